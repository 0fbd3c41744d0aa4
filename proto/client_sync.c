#include "proto/client_sync.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/require.h"
#include "proto/codec.h"

#define READ_SIZE ((size_t)64 << 10)
#define DEFAULT_TIMEOUT_MS 30000

/* An answer, copied out of the callback that brought it. */
struct part {
	struct list node;
	struct arena arena;
	Suandian__V1__Envelope *env;
};

struct client_sync {
	int fd;
	struct client *client;
	struct client_events events; /* the user's */
	struct arena arena;	     /* of the Welcome */
	Suandian__V1__Welcome *welcome;

	struct list parts;  /* that have come and were not asked for yet */
	struct part *given; /* what the user looks at */
	bool pending;	    /* a call or stream waits for more */
	bool stream;
	uint64_t id;
	int code; /* of the answer that ended it */
	struct fault fault;
	uint8_t bytes[READ_SIZE];
};

/* ---- Copies ------------------------------------------------------------------------------------ */

static int copy_message(struct arena *a, const ProtobufCMessage *m, ProtobufCMessage **ret)
{
	size_t n = protobuf_c_message_get_packed_size(m);
	uint8_t *bytes = arena_alloc(a, n);

	if (!bytes)
		return -ENOMEM;
	protobuf_c_message_pack(m, bytes);
	return codec_decode_message(a, m->descriptor, bytes, n, ret, NULL);
}

static void part_free(struct part *part)
{
	if (!part)
		return;
	list_remove(&part->node);
	arena_fini(&part->arena);
	free(part);
}

static int keep_part(struct client_sync *s, const Suandian__V1__Envelope *env)
{
	struct part *part = calloc(1, sizeof(*part));
	ProtobufCMessage *message;
	int r;

	if (!part)
		return -ENOMEM;
	list_init(&part->node);
	/* its packed form, and what decoding that may take */
	arena_init(&part->arena, SIZE_MAX);
	r = copy_message(&part->arena, &env->base, &message);
	if (r < 0) {
		part_free(part);
		return r;
	}
	part->env = (Suandian__V1__Envelope *)message;
	list_insert(&s->parts, &part->node);
	return 0;
}

static void forget_parts(struct client_sync *s)
{
	list_foreach(it, &s->parts) part_free(list_entry(it, struct part, node));
	part_free(s->given);
	s->given = NULL;
}

/* ---- The user's callbacks, behind ours --------------------------------------------------------- */

static void on_welcome(void *arg, const Suandian__V1__Welcome *welcome)
{
	struct client_sync *s = arg;
	ProtobufCMessage *message;

	if (copy_message(&s->arena, &welcome->base, &message) == 0)
		s->welcome = (Suandian__V1__Welcome *)message;
	if (s->events.on_welcome)
		s->events.on_welcome(s->events.arg, welcome);
}

static void on_points(void *arg, const uint32_t *id, size_t n)
{
	struct client_sync *s = arg;

	if (s->events.on_points)
		s->events.on_points(s->events.arg, id, n);
}

static void on_decision(void *arg, const Suandian__V1__Decision *decision)
{
	struct client_sync *s = arg;

	if (s->events.on_decision)
		s->events.on_decision(s->events.arg, decision);
}

static void on_fallback(void *arg, const Suandian__V1__Decision *decision)
{
	struct client_sync *s = arg;

	if (s->events.on_fallback)
		s->events.on_fallback(s->events.arg, decision);
}

static void on_fault(void *arg, const struct fault *fault, bool closing)
{
	struct client_sync *s = arg;

	if (s->events.on_fault)
		s->events.on_fault(s->events.arg, fault, closing);
}

static void on_answer(void *arg, const struct client_answer *answer)
{
	struct client_sync *s = arg;
	int r = 0;

	if (answer->code == 0)
		r = keep_part(s, answer->env);
	if (r < 0)
		fault_set(&s->fault, r, "%s", err_text(r));
	else if (answer->code)
		s->fault = *answer->fault;
	s->code = r < 0 ? r : answer->code;
	if (answer->last || r < 0)
		s->pending = false;
}

/* ---- The socket -------------------------------------------------------------------------------- */

/* The connection is of no more use; tells why. */
static int lost(struct client_sync *s, int code)
{
	const struct fault *why = client_get_fault(s->client);

	if (why->code)
		code = why->code;
	client_disconnected(s->client);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	return code;
}

static int read_some(struct client_sync *s)
{
	ssize_t n = recv(s->fd, s->bytes, sizeof(s->bytes), 0);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : lost(s, -errno);
	if (n == 0)
		return lost(s, ERR_CLOSED);
	if (client_feed(s->client, s->bytes, (size_t)n, clock_mono_ms()) < 0)
		return lost(s, ERR_CLOSED);
	return 0;
}

static int write_some(struct client_sync *s)
{
	size_t n;
	const uint8_t *p;

	while ((p = client_next_out(s->client, &n))) {
		ssize_t sent = send(s->fd, p, n, MSG_NOSIGNAL);

		if (sent < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		/* What the daemon said before it hung up is still to be read: it may say why. */
		if (sent < 0 && errno == EPIPE)
			return read_some(s);
		if (sent < 0)
			return lost(s, -errno);
		client_sent(s->client, (size_t)sent);
	}
	return 0;
}

static int wait_ms(const struct client_sync *s, int64_t until_ms)
{
	int64_t now_ms = clock_mono_ms();
	int64_t next_ms = min_i64(until_ms, client_next_tick_ms(s->client));

	return (int)clamp_i64(next_ms - now_ms, 0, INT32_MAX);
}

/* One turn: waits for something to happen until the time given at the latest. */
static int turn(struct client_sync *s, int64_t until_ms)
{
	struct pollfd pfd = {.fd = s->fd, .events = POLLIN};
	size_t n;
	int r;

	if (s->fd < 0)
		return ERR_CLOSED;
	if (client_next_out(s->client, &n))
		pfd.events |= POLLOUT;
	r = poll(&pfd, 1, wait_ms(s, until_ms));
	if (r < 0 && errno != EINTR)
		return lost(s, -errno);
	r = 0;
	if (pfd.revents & POLLOUT)
		r = write_some(s);
	if (r == 0 && (pfd.revents & (POLLIN | POLLHUP | POLLERR)))
		r = read_some(s);
	if (r == 0 && client_tick(s->client, clock_mono_ms()) < 0)
		r = lost(s, ERR_CLOSED);
	return r;
}

static int64_t deadline_ms(int64_t timeout_ms)
{
	return clock_mono_ms() + max_i64(timeout_ms, 0);
}

int client_sync_pump(struct client_sync *s, bool (*done)(void *arg), void *arg, int64_t timeout_ms)
{
	int64_t until_ms = deadline_ms(timeout_ms);
	size_t n;
	int r;

	for (;;) {
		if (done ? done(arg) : client_next_out(s->client, &n) == NULL)
			return 0;
		/* at least one turn, so that a time-out of 0 takes what is there already */
		r = turn(s, until_ms);
		if (r < 0)
			return r;
		if (clock_mono_ms() >= until_ms)
			return (done ? done(arg) : client_next_out(s->client, &n) == NULL)
				       ? 0
				       : ERR_TIMEOUT;
	}
}

/* ---- Connecting -------------------------------------------------------------------------------- */

static int finish_connect(int fd, int64_t until_ms)
{
	struct pollfd pfd = {.fd = fd, .events = POLLOUT};
	socklen_t len = sizeof(int);
	int error = 0;
	int r = poll(&pfd, 1, (int)clamp_i64(until_ms - clock_mono_ms(), 0, INT32_MAX));

	if (r < 0)
		return -errno;
	if (r == 0)
		return ERR_TIMEOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return -errno;
	return -error;
}

static int open_socket(const char *path, int64_t until_ms, int *ret_fd)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd, r = 0;

	if (path[0] == '\0' || strlen(path) >= sizeof(addr.sun_path))
		return ERR_INVALID;
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* EAGAIN: the listener's queue is full; a unix socket does not wait for it by itself. */
	while (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		r = errno == EINPROGRESS ? finish_connect(fd, until_ms) : -errno;
		if (r != -EAGAIN)
			break;
		if (clock_mono_ms() >= until_ms) {
			r = ERR_TIMEOUT;
			break;
		}
		r = 0;
		poll(NULL, 0, 5);
	}
	if (r < 0)
		close(fd);
	else
		*ret_fd = fd;
	return r;
}

static bool is_ready(void *arg)
{
	struct client_sync *s = arg;

	return client_get_state(s->client) == CLIENT_READY;
}

static int sync_new(const struct client_options *options, const struct client_events *events,
		    struct client_sync **ret)
{
	struct client_sync *s = calloc(1, sizeof(*s));
	struct client_events mine = {on_welcome, on_points, on_decision, on_fallback, on_fault, s};
	int r;

	if (!s)
		return -ENOMEM;
	s->fd = -1;
	list_init(&s->parts);
	arena_init(&s->arena, SIZE_MAX);
	if (events)
		s->events = *events;
	r = client_new(options, &mine, &s->client);
	if (r < 0) {
		free(s);
		return r;
	}
	*ret = s;
	return 0;
}

int client_sync_connect(const char *path, const struct client_options *options,
			const struct client_events *events, int64_t timeout_ms,
			struct client_sync **ret, struct fault *ret_fault)
{
	int64_t until_ms = deadline_ms(timeout_ms);
	struct client_sync *s = NULL;
	int r = sync_new(options, events, &s);

	if (r < 0)
		return fault_set(ret_fault, r, "%s", err_text(r));
	r = open_socket(path, until_ms, &s->fd);
	if (r == 0) {
		client_connected(s->client, clock_mono_ms());
		r = client_sync_pump(s, is_ready, s, until_ms - clock_mono_ms());
	}
	if (r == 0 && !s->welcome)
		r = -ENOMEM;
	if (r < 0) {
		const struct fault *why = client_get_fault(s->client);

		fault_set(ret_fault, r, "%s: %s", path, why->code ? why->text : err_text(r));
		client_sync_free(s);
		return r;
	}
	*ret = s;
	return 0;
}

void client_sync_free(struct client_sync *s)
{
	if (!s)
		return;
	forget_parts(s);
	if (s->fd >= 0)
		close(s->fd);
	client_free(s->client);
	arena_fini(&s->arena);
	free(s);
}

const Suandian__V1__Welcome *client_sync_welcome(const struct client_sync *s)
{
	return s->welcome;
}

struct client *client_sync_client(struct client_sync *s)
{
	return s->client;
}

/* ---- Calls and streams ------------------------------------------------------------------------- */

static bool has_news(void *arg)
{
	struct client_sync *s = arg;

	return !s->pending || !list_is_empty(&s->parts);
}

static int begin(struct client_sync *s, Suandian__V1__Envelope *request, bool stream,
		 struct fault *ret_fault)
{
	struct client_request how = {.on_answer = on_answer, .arg = s, .timeout_ms = -1};
	int r;

	REQUIRE(!s->pending && !s->stream);
	forget_parts(s);
	s->code = 0;
	s->fault = (struct fault){0};
	r = s->fd < 0 ? ERR_CLOSED : client_request(s->client, request, &how, &s->id);
	if (r < 0)
		return fault_set(ret_fault, r, "%s", err_text(r));
	s->pending = true;
	s->stream = stream;
	return 0;
}

/* 1 with the next part, 0 at the end, or why there is none. */
static int next_part(struct client_sync *s, int64_t timeout_ms, const Suandian__V1__Envelope **ret,
		     struct fault *ret_fault)
{
	int r = client_sync_pump(s, has_news, s, timeout_ms);

	part_free(s->given);
	s->given = NULL;
	if (!list_is_empty(&s->parts)) {
		s->given = list_entry(s->parts.next, struct part, node);
		list_remove(&s->given->node);
		*ret = s->given->env;
		return 1;
	}
	if (s->code && s->code != ERR_CLOSED) {
		if (ret_fault)
			*ret_fault = s->fault;
		return s->code;
	}
	if (r < 0) {
		const struct fault *why = client_get_fault(s->client);

		return fault_set(ret_fault, r, "%s", why->code ? why->text : err_text(r));
	}
	return s->code ? fault_set(ret_fault, s->code, "%s", s->fault.text) : 0;
}

int client_sync_call(struct client_sync *s, Suandian__V1__Envelope *request, int64_t timeout_ms,
		     const Suandian__V1__Envelope **ret, struct fault *ret_fault)
{
	int r = begin(s, request, false, ret_fault);

	if (r < 0)
		return r;
	r = next_part(s, timeout_ms ? timeout_ms : DEFAULT_TIMEOUT_MS, ret, ret_fault);
	if (s->pending)
		(void)client_cancel(s->client, s->id);
	s->pending = false;
	return r == 1 ? 0 : r;
}

int client_sync_stream(struct client_sync *s, Suandian__V1__Envelope *request,
		       struct fault *ret_fault)
{
	return begin(s, request, true, ret_fault);
}

int client_sync_next(struct client_sync *s, int64_t timeout_ms, const Suandian__V1__Envelope **ret,
		     struct fault *ret_fault)
{
	int r;

	if (!s->stream)
		return 0;
	r = next_part(s, timeout_ms, ret, ret_fault);
	/* a time-out of the daemon's own is its last word */
	if (r <= 0 && (r != ERR_TIMEOUT || !s->pending))
		client_sync_stream_end(s);
	return r;
}

void client_sync_stream_end(struct client_sync *s)
{
	if (s->pending)
		(void)client_cancel(s->client, s->id);
	s->pending = s->stream = false;
}

static bool is_flushed(void *arg)
{
	struct client_stats stats;

	client_get_stats(arg, &stats);
	return stats.spool_bytes == 0;
}

int client_sync_flush(struct client_sync *s, int64_t timeout_ms)
{
	return client_sync_pump(s, is_flushed, s->client, timeout_ms);
}
