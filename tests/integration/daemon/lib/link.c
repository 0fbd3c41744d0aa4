#include "testdaemon/link.h"

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "loop/unixsock.h"
#include "proto/codec.h"

#define LINKS_MAX 8
#define PATIENCE_MS 60000

struct link {
	struct client *client;
	char *path;
	int fd; /* -1: not connected */
	uint32_t points[256];
	size_t n_points;
	size_t decisions;
	struct fault note;
	/* of the call under way */
	bool answered;
	int code;
	struct fault fault;
	struct arena arena;
	const Suandian__V1__Envelope *env;
	void (*on_part)(void *arg, const Suandian__V1__Envelope *part);
	void *part_arg;
};

static struct link *links[LINKS_MAX];

/* ---- What the client tells --------------------------------------------------------------------- */

static void on_points(void *arg, const uint32_t *id, size_t n)
{
	struct link *l = arg;

	ck_assert_uint_le(n, ARRAY_SIZE(l->points));
	memcpy(l->points, id, n * sizeof(*id));
	l->n_points = n;
}

static void on_decision(void *arg, const Suandian__V1__Decision *d)
{
	struct link *l = arg;
	struct client_ack ack = {.decision_id = d->id};

	l->decisions++;
	ack.state = SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED;
	ck_assert_int_eq(client_ack_decision(l->client, &ack), 0);
	ack.state = SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED;
	ck_assert_int_eq(client_ack_decision(l->client, &ack), 0);
}

static void on_fault(void *arg, const struct fault *fault, bool closing)
{
	struct link *l = arg;

	(void)closing;
	l->note = *fault;
	fprintf(stderr, "%s: %s\n", l->path, fault->text);
}

static void on_answer(void *arg, const struct client_answer *answer)
{
	struct link *l = arg;

	l->code = answer->code;
	if (answer->fault)
		l->fault = *answer->fault;
	if (l->on_part && answer->env && answer->code == 0)
		l->on_part(l->part_arg, answer->env);
	if (!answer->last)
		return;
	l->answered = true;
	l->env = NULL;
	if (answer->env && !l->on_part) {
		size_t n = protobuf_c_message_get_packed_size(&answer->env->base);
		uint8_t *bytes = arena_alloc(&l->arena, n);
		Suandian__V1__Envelope *copy;

		ck_assert_ptr_nonnull(bytes);
		protobuf_c_message_pack(&answer->env->base, bytes);
		ck_assert_int_eq(codec_decode(&l->arena, bytes, n, &copy, NULL), 0);
		l->env = copy;
	}
}

/* ---- Bytes ------------------------------------------------------------------------------------- */

static void drop(struct link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	client_disconnected(l->client);
}

static void write_out(struct link *l)
{
	const uint8_t *p;
	size_t n;

	while ((p = client_next_out(l->client, &n))) {
		ssize_t sent = send(l->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);

		/* what the daemon said last is still to be read; its end is seen there */
		if (sent <= 0)
			return;
		client_sent(l->client, (size_t)sent);
	}
}

static void read_in(struct link *l)
{
	static uint8_t bytes[65536];
	ssize_t n;

	while (l->fd >= 0 && (n = recv(l->fd, bytes, sizeof(bytes), MSG_DONTWAIT)) != 0) {
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0 || client_feed(l->client, bytes, (size_t)n, clock_mono_ms()) < 0) {
			drop(l);
			return;
		}
	}
	if (l->fd >= 0)
		drop(l);
}

static void turn(int timeout_ms)
{
	struct pollfd p[LINKS_MAX];
	struct link *of[LINKS_MAX];
	nfds_t n = 0;

	for (int i = 0; i < LINKS_MAX; i++) {
		struct link *l = links[i];
		size_t left;

		if (!l || l->fd < 0)
			continue;
		write_out(l);
		if (l->fd < 0)
			continue;
		of[n] = l;
		p[n].fd = l->fd;
		p[n].events = POLLIN;
		if (client_next_out(l->client, &left))
			p[n].events |= POLLOUT;
		n++;
	}
	(void)poll(p, n, timeout_ms);
	for (nfds_t i = 0; i < n; i++) {
		if (p[i].revents & (POLLIN | POLLHUP | POLLERR))
			read_in(of[i]);
		if (of[i]->fd >= 0 && client_tick(of[i]->client, clock_mono_ms()) < 0)
			drop(of[i]);
	}
}

bool link_pump(bool (*done)(void *arg), void *arg, int64_t timeout_ms)
{
	int64_t until_ms = clock_mono_ms() + timeout_ms;

	while (!done(arg)) {
		if (clock_mono_ms() >= until_ms)
			return false;
		turn(10);
	}
	return true;
}

/* ---- Life -------------------------------------------------------------------------------------- */

static bool is_ready_or_down(void *arg)
{
	struct link *l = arg;

	return l->fd < 0 || client_get_state(l->client) == CLIENT_READY;
}

void link_reconnect(struct link *l)
{
	int rc;

	drop(l);
	rc = unixsock_connect(l->path, &l->fd);
	if (rc < 0)
		ck_abort_msg("%s: %s", l->path, err_text(rc));
	client_connected(l->client, clock_mono_ms());
	ck_assert(link_pump(is_ready_or_down, l, PATIENCE_MS));
	if (l->fd < 0)
		ck_abort_msg("refused: %s", client_get_fault(l->client)->text);
}

struct link *link_open(const char *path, const char *role, const char *name, uint64_t epoch)
{
	struct link *l = calloc(1, sizeof(*l));
	struct client_options options = {.role = role, .name = name, .epoch = epoch};
	struct client_events events = {
		.on_points = on_points, .on_decision = on_decision, .on_fault = on_fault, .arg = l};

	ck_assert_ptr_nonnull(l);
	l->fd = -1;
	l->path = strdup(path);
	arena_init(&l->arena, (size_t)64 << 20);
	ck_assert_int_eq(client_new(&options, &events, &l->client), 0);
	for (int i = 0; i < LINKS_MAX; i++)
		if (!links[i]) {
			links[i] = l;
			link_reconnect(l);
			return l;
		}
	ck_abort_msg("too many links");
	return NULL;
}

struct client *link_client(struct link *l)
{
	return l->client;
}

bool link_is_up(const struct link *l)
{
	return l->fd >= 0;
}

void link_close(struct link *l)
{
	for (int i = 0; i < LINKS_MAX; i++)
		if (links[i] == l)
			links[i] = NULL;
	drop(l);
	client_free(l->client);
	arena_fini(&l->arena);
	free(l->path);
	free(l);
}

const uint32_t *link_points(const struct link *l, size_t *ret_n)
{
	*ret_n = l->n_points;
	return l->n_points ? l->points : NULL;
}

size_t link_take_decisions(struct link *l)
{
	size_t n = l->decisions;

	l->decisions = 0;
	return n;
}

static bool is_flushed_or_down(void *arg)
{
	struct link *l = arg;
	struct client_stats s;

	client_get_stats(l->client, &s);
	return l->fd < 0 || s.spool_bytes == 0;
}

bool link_flush(struct link *l, int64_t timeout_ms)
{
	struct client_stats s;

	if (!link_pump(is_flushed_or_down, l, timeout_ms))
		return false;
	client_get_stats(l->client, &s);
	return s.spool_bytes == 0;
}

/* ---- Calls ------------------------------------------------------------------------------------- */

static bool is_answered_or_down(void *arg)
{
	struct link *l = arg;

	return l->answered || l->fd < 0;
}

static int call(struct link *l, Suandian__V1__Envelope *env)
{
	struct client_request how = {.on_answer = on_answer, .arg = l, .timeout_ms = PATIENCE_MS};
	int rc;

	arena_reset(&l->arena);
	l->answered = false;
	l->fault = (struct fault){0};
	rc = client_request(l->client, env, &how, NULL);
	if (rc < 0)
		return rc;
	ck_assert(link_pump(is_answered_or_down, l, 2 * PATIENCE_MS));
	return l->answered ? l->code : ERR_CLOSED;
}

int link_call(struct link *l, Suandian__V1__Envelope *env, const Suandian__V1__Envelope **ret)
{
	int rc;

	l->on_part = NULL;
	rc = call(l, env);
	if (rc == 0)
		*ret = l->env;
	return rc;
}

int link_stream(struct link *l, Suandian__V1__Envelope *env,
		void (*on_part)(void *arg, const Suandian__V1__Envelope *part), void *arg)
{
	l->on_part = on_part;
	l->part_arg = arg;
	return call(l, env);
}

const char *link_fault(const struct link *l)
{
	return l->fault.text;
}

int link_noted(const struct link *l)
{
	return l->note.code;
}
