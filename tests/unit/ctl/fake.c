#include "fake.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "proto/codec.h"
#include "proto/frame.h"
#include "testlib/tmpdir.h"
#include "world.h"

struct conn {
	int fd;
	enum fake_mode mode;
	struct buf in, out;
	struct arena arena;
	char role[16];
	int lists; /* of decisions that were given */
};

static pid_t server = -1;

static void send_envelope(struct conn *c, Suandian__V1__Envelope *env, uint64_t id)
{
	env->id = id;
	if (codec_encode(&c->out, env) < 0)
		abort();
}

static void flush_out(struct conn *c)
{
	while (buf_avail(&c->out)) {
		ssize_t n = send(c->fd, buf_peek(&c->out), buf_avail(&c->out), MSG_NOSIGNAL);

		if (n < 0)
			_exit(0);
		buf_consume(&c->out, (size_t)n);
	}
}

static void refuse(struct conn *c, uint64_t id, const char *code, const char *text)
{
	Suandian__V1__Error error = SUANDIAN__V1__ERROR__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	error.code = (char *)code;
	error.text = (char *)text;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_ERROR;
	env.error = &error;
	send_envelope(c, &env, id);
}

static void welcome(struct conn *c, const Suandian__V1__Envelope *hello)
{
	Suandian__V1__Limits limits = SUANDIAN__V1__LIMITS__INIT;
	Suandian__V1__Welcome body = SUANDIAN__V1__WELCOME__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	if (c->mode == FAKE_OLD) {
		refuse(c, hello->id, "VERSION", "this daemon speaks version 7");
		return;
	}
	if (c->mode == FAKE_STRICT) {
		refuse(c, hello->id, "DENIED", "nobody has no role here");
		return;
	}
	strncpy(c->role, hello->hello->role, sizeof(c->role) - 1);
	limits.max_frame_bytes = FRAME_BODY_MAX;
	limits.max_in_flight = 16;
	limits.credit_bytes = 1 << 20;
	limits.max_batch = 1000;
	body.api_major = 1;
	body.limits = &limits;
	body.server_time_ms = WORLD_NOW_MS;
	body.driven_clock = true;
	body.build = "fake";
	body.role = c->role;
	body.user = "tester";
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_WELCOME;
	env.welcome = &body;
	send_envelope(c, &env, hello->id);
}

/* Lists without anything in them. */
static bool answer_empty(struct conn *c, const Suandian__V1__Envelope *q)
{
	Suandian__V1__SiteList sites = SUANDIAN__V1__SITE_LIST__INIT;
	Suandian__V1__PointList points = SUANDIAN__V1__POINT_LIST__INIT;
	Suandian__V1__EventList events = SUANDIAN__V1__EVENT_LIST__INIT;
	Suandian__V1__DecisionList decisions = SUANDIAN__V1__DECISION_LIST__INIT;
	Suandian__V1__LatestValues latest = SUANDIAN__V1__LATEST_VALUES__INIT;
	Suandian__V1__Plan plan = SUANDIAN__V1__PLAN__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	env.body_case = q->body_case + 1;
	switch (q->body_case) {
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_SITES:
		env.site_list = &sites;
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_POINTS:
		env.point_list = &points;
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_QUERY_LATEST:
		env.latest_values = &latest;
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_EVENTS:
		env.event_list = &events;
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_DECISIONS:
		env.decision_list = &decisions;
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_GET_PLAN:
		env.plan = &plan;
		break;
	default:
		return false;
	}
	send_envelope(c, &env, q->id);
	return true;
}

static void answer(struct conn *c, const Suandian__V1__Envelope *q)
{
	bool sites = q->body_case == SUANDIAN__V1__ENVELOPE__BODY_LIST_SITES;
	Suandian__V1__Ok ok = SUANDIAN__V1__OK__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	Suandian__V1__Envelope **list;
	size_t n;

	if (q->body_case == SUANDIAN__V1__ENVELOPE__BODY_UNSUBSCRIBE)
		return;
	if (c->mode == FAKE_EMPTY && answer_empty(c, q))
		return;
	if (c->mode == FAKE_SLOW && !sites)
		return;
	if (c->mode == FAKE_HANGUP && !sites)
		_exit(0);
	if (c->mode == FAKE_CONFUSED && !sites) {
		env.body_case = SUANDIAN__V1__ENVELOPE__BODY_OK;
		env.ok = &ok;
		send_envelope(c, &env, q->id);
		return;
	}
	list = world_answer(&c->arena, q, c->role, c->mode == FAKE_HOSTILE, &n);
	/* the newest decision of all gets on from one list to the next */
	if (list[0]->body_case == SUANDIAN__V1__ENVELOPE__BODY_DECISION_LIST &&
	    !*q->list_decisions->asset && c->lists++ > 0)
		list[0]->decision_list->decisions[0]->state =
			SUANDIAN__V1__DECISION_STATE__DECISION_VERIFIED;
	for (size_t i = 0; i < n; i++)
		send_envelope(c, list[i], q->id);
}

static void handle(struct conn *c)
{
	struct frame f;

	while (frame_split(buf_peek(&c->in), buf_avail(&c->in), &f) == FRAME_READY) {
		Suandian__V1__Envelope *q;

		arena_reset(&c->arena);
		if (codec_decode(&c->arena, f.body, f.len, &q, NULL) < 0)
			_exit(1);
		if (q->body_case == SUANDIAN__V1__ENVELOPE__BODY_HELLO)
			welcome(c, q);
		else
			answer(c, q);
		buf_consume(&c->in, f.size);
	}
	flush_out(c);
}

static void serve(int listener, enum fake_mode mode)
{
	for (;;) {
		struct conn c = {.fd = accept(listener, NULL, NULL), .mode = mode};
		ssize_t n = 1;

		if (c.fd < 0)
			_exit(1);
		buf_init(&c.in, 0);
		buf_init(&c.out, 0);
		arena_init(&c.arena, SIZE_MAX);
		while (n > 0) {
			uint8_t *room = buf_reserve(&c.in, 65536);

			n = room ? recv(c.fd, room, 65536, 0) : -1;
			if (n <= 0)
				break;
			buf_commit(&c.in, (size_t)n);
			if (mode != FAKE_MUTE)
				handle(&c);
		}
		close(c.fd);
		buf_fini(&c.in);
		buf_fini(&c.out);
		arena_fini(&c.arena);
	}
}

const char *fake_start(enum fake_mode mode)
{
	static struct sockaddr_un addr = {.sun_family = AF_UNIX};
	char *path = tmpdir_path(tmpdir_new(), "control.sock");
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert(fd >= 0 && server < 0 && strlen(path) < sizeof(addr.sun_path));
	memcpy(addr.sun_path, path, strlen(path) + 1);
	free(path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	server = fork();
	ck_assert(server >= 0);
	if (server == 0) {
		/* no helper may outlive its test, whatever becomes of that */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(fd, mode);
	}
	close(fd);
	return addr.sun_path;
}

void fake_stop(void)
{
	if (server < 0)
		return;
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	server = -1;
}
