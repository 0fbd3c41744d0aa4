/* The blocking client against a server of the test's own, one connection per test, in a thread. */
#include "proto/client_sync.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "proto/codec.h"
#include "proto/frame.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

/* -- the server; a failure in its thread is a failure of the test -- */

struct server {
	char *path;
	int listen_fd, fd;
	pthread_t thread;
	bool running;
	void (*script)(struct server *);
	struct buf in;
	struct arena arena;
};

static struct server server;

/* The client's next frame; NULL when it has gone. */
static Suandian__V1__Envelope *hear(struct server *s)
{
	Suandian__V1__Envelope *env = NULL;
	struct frame f;
	uint8_t part[4096];

	while (frame_split(buf_peek(&s->in), buf_avail(&s->in), &f) != FRAME_READY) {
		ssize_t n = recv(s->fd, part, sizeof(part), 0);
		if (n <= 0)
			return NULL;
		ck_assert_int_eq(buf_append(&s->in, part, (size_t)n), 0);
	}
	ck_assert_int_eq(codec_decode(&s->arena, f.body, f.len, &env, NULL), 0);
	buf_consume(&s->in, f.size);
	return env;
}

static Suandian__V1__Envelope *hear_a(struct server *s, int body_case)
{
	Suandian__V1__Envelope *env = hear(s);

	ck_assert_msg(env && (int)env->body_case == body_case, "the client says %s",
		      env ? codec_body_name(codec_body_number(env)) : "nothing");
	return env;
}

static void say(struct server *s, uint64_t id, Suandian__V1__Envelope *env)
{
	struct buf out;

	buf_init(&out, 0);
	env->id = id;
	ck_assert_int_eq(codec_encode(&out, env), 0);
	/* in two pieces */
	(void)!send(s->fd, buf_peek(&out), 1, MSG_NOSIGNAL);
	(void)!send(s->fd, buf_peek(&out) + 1, buf_avail(&out) - 1, MSG_NOSIGNAL);
	buf_fini(&out);
}

#define SAY(s, id, name, NAME, ...)                                                                \
	do {                                                                                       \
		Suandian__V1__Envelope say_env = SUANDIAN__V1__ENVELOPE__INIT;                     \
		say_env.body_case = SUANDIAN__V1__ENVELOPE__BODY_##NAME;                           \
		say_env.name = (__VA_ARGS__);                                                      \
		say((s), (id), &say_env);                                                          \
	} while (0)

static void say_ok(struct server *s, uint64_t id, int64_t t_ms)
{
	Suandian__V1__Ok ok = SUANDIAN__V1__OK__INIT;

	ok.t_ms = t_ms;
	SAY(s, id, ok, OK, &ok);
}

static void say_error(struct server *s, uint64_t id, const char *code, const char *text)
{
	Suandian__V1__Error error = SUANDIAN__V1__ERROR__INIT;

	error.code = (char *)code;
	error.text = (char *)text;
	SAY(s, id, error, ERROR, &error);
}

static void welcome(struct server *s)
{
	Suandian__V1__Welcome w = SUANDIAN__V1__WELCOME__INIT;
	Suandian__V1__Limits limits = SUANDIAN__V1__LIMITS__INIT;
	Suandian__V1__Envelope *env = hear_a(s, SUANDIAN__V1__ENVELOPE__BODY_HELLO);

	limits.max_in_flight = 4;
	limits.credit_bytes = 1 << 30;
	limits.max_batch = 1000;
	w.api_major = 1;
	w.user = "tester";
	w.limits = &limits;
	SAY(s, env->id, welcome, WELCOME, &w);
}

static void *serve(void *arg)
{
	struct server *s = arg;

	s->fd = accept(s->listen_fd, NULL, NULL);
	if (s->fd >= 0) {
		s->script(s);
		close(s->fd);
	}
	return NULL;
}

static void listen_at(struct server *s)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};

	s->path = tmpdir_path(tmpdir_new(), "s");
	memcpy(addr.sun_path, s->path, strlen(s->path) + 1);
	s->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(s->listen_fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(s->listen_fd, 4), 0);
}

static void start(void (*script)(struct server *))
{
	server.script = script;
	ck_assert_int_eq(pthread_create(&server.thread, NULL, serve, &server), 0);
	server.running = true;
}

static struct client_sync *sync_client;
static struct fault fault;

static void setup(void)
{
	server = (struct server){0};
	buf_init(&server.in, 0);
	arena_init(&server.arena, (size_t)64 << 20);
	listen_at(&server);
}

static void teardown(void)
{
	client_sync_free(sync_client);
	if (server.running)
		pthread_join(server.thread, NULL);
	close(server.listen_fd);
	buf_fini(&server.in);
	arena_fini(&server.arena);
	free(server.path);
}

static int connect_within(int64_t timeout_ms)
{
	struct client_options options = {.role = "adapter", .name = "test", .epoch = 1};

	return client_sync_connect(server.path, &options, NULL, timeout_ms, &sync_client, &fault);
}

/* Asks for the health, which has no arguments. */
static int ask(int64_t timeout_ms, const Suandian__V1__Envelope **ret)
{
	Suandian__V1__Health health = SUANDIAN__V1__HEALTH__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_HEALTH;
	env.health = &health;
	return client_sync_call(sync_client, &env, timeout_ms, ret, &fault);
}

static int open_range(void)
{
	Suandian__V1__QueryRange range = SUANDIAN__V1__QUERY_RANGE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE;
	env.query_range = &range;
	return client_sync_stream(sync_client, &env, &fault);
}

/* -- connecting -- */

static void until_it_goes(struct server *s)
{
	welcome(s);
	while (hear(s))
		;
}

START_TEST(connecting_gives_the_welcome)
{
	start(until_it_goes);
	ck_assert_int_eq(connect_within(10000), 0);
	ck_assert_str_eq(client_sync_welcome(sync_client)->user, "tester");
	ck_assert_uint_eq(client_sync_welcome(sync_client)->limits->max_in_flight, 4);
}
END_TEST

START_TEST(a_daemon_that_is_not_there_is_said)
{
	struct client_options options = {.role = "observe", .name = "test"};
	struct client_sync *c = NULL;
	char too_long[200];

	ck_assert_int_eq(client_sync_connect("/nonexistent/s", &options, NULL, 100, &c, &fault),
			 -ENOENT);
	ck_assert_ptr_nonnull(strstr(fault.text, "/nonexistent/s"));
	memset(too_long, 'x', sizeof(too_long) - 1);
	too_long[sizeof(too_long) - 1] = '\0';
	ck_assert_int_eq(client_sync_connect(too_long, &options, NULL, 100, &c, NULL), ERR_INVALID);
	ck_assert_int_eq(client_sync_connect("", &options, NULL, 100, &c, &fault), ERR_INVALID);
	close(server.listen_fd);
	ck_assert_int_eq(connect_within(100), -ECONNREFUSED);
	ck_assert_ptr_null(c);
	ck_assert_ptr_null(sync_client);
}
END_TEST

static void say_nothing(struct server *s)
{
	while (hear(s))
		;
}

START_TEST(a_daemon_that_does_not_answer_times_out)
{
	int64_t until_ms = clock_mono_ms() + 50;

	start(say_nothing);
	ck_assert_int_eq(connect_within(50), ERR_TIMEOUT);
	ck_assert_int_ge(clock_mono_ms(), until_ms);
	ck_assert_int_eq(fault.code, ERR_TIMEOUT);
}
END_TEST

static void refuse(struct server *s)
{
	say_error(s, hear(s)->id, "VERSION", "speak 2.0");
}

START_TEST(a_refused_hello_says_why)
{
	start(refuse);
	ck_assert_int_eq(connect_within(10000), ERR_VERSION);
	ck_assert_ptr_nonnull(strstr(fault.text, "speak 2.0"));
}
END_TEST

static void hang_up(struct server *s)
{
	(void)hear(s);
}

START_TEST(a_daemon_that_hangs_up_is_said)
{
	start(hang_up);
	ck_assert_int_eq(connect_within(10000), ERR_CLOSED);
}
END_TEST

/* -- calls -- */

static void answer_twice(struct server *s)
{
	welcome(s);
	say_ok(s, hear(s)->id, 5);
	say_error(s, hear(s)->id, "STATE", "not now");
	say_ok(s, hear(s)->id, 7);
	while (hear(s))
		;
}

START_TEST(a_call_brings_its_answer_or_its_error)
{
	const Suandian__V1__Envelope *env = NULL;

	start(answer_twice);
	ck_assert_int_eq(connect_within(10000), 0);
	ck_assert_int_eq(ask(0, &env), 0);
	ck_assert_int_eq(env->ok->t_ms, 5);
	ck_assert_int_eq(ask(0, &env), ERR_STATE);
	ck_assert_int_eq(fault.code, ERR_STATE);
	ck_assert_str_eq(fault.text, "not now");
	ck_assert_int_eq(ask(0, &env), 0);
	ck_assert_int_eq(env->ok->t_ms, 7);
}
END_TEST

static void answer_late(struct server *s)
{
	uint64_t first;

	welcome(s);
	first = hear(s)->id;
	/* the second request comes only after the first was given up */
	uint64_t second = hear(s)->id;
	say_ok(s, first, 1);
	say_ok(s, second, 2);
	while (hear(s))
		;
}

START_TEST(after_a_time_out_the_connection_is_still_of_use)
{
	const Suandian__V1__Envelope *env = NULL;

	start(answer_late);
	ck_assert_int_eq(connect_within(10000), 0);
	ck_assert_int_eq(ask(20, &env), ERR_TIMEOUT);
	ck_assert_int_eq(ask(10000, &env), 0);
	ck_assert_int_eq(env->ok->t_ms, 2);
}
END_TEST

static void leave_in_the_middle(struct server *s)
{
	welcome(s);
	(void)hear(s);
}

START_TEST(a_daemon_that_leaves_ends_the_call)
{
	const Suandian__V1__Envelope *env = NULL;

	start(leave_in_the_middle);
	ck_assert_int_eq(connect_within(10000), 0);
	ck_assert_int_eq(ask(10000, &env), ERR_CLOSED);
	ck_assert_int_eq(ask(10000, &env), ERR_CLOSED);
	ck_assert_int_eq(client_sync_pump(sync_client, NULL, NULL, 0), 0);
	ck_assert_int_eq(open_range(), ERR_CLOSED);
}
END_TEST

/* -- the last words -- */

static pthread_barrier_t said;

static void say_goodbye_unheard(struct server *s)
{
	Suandian__V1__Goodbye bye = SUANDIAN__V1__GOODBYE__INIT;

	welcome(s);
	pthread_barrier_wait(&said);
	/* most of what the client has sent stays unread: the kernel resets the connection */
	(void)hear(s);
	bye.code = "CLOSED";
	bye.text = "going down";
	SAY(s, 0, goodbye, GOODBYE, &bye);
	close(s->fd);
	s->fd = -1;
	pthread_barrier_wait(&said);
}

static int push_much(void)
{
	static uint32_t point[10000];
	static int64_t t_ms[10000];
	static double value[10000];
	struct client *c = client_sync_client(sync_client);
	int r = 0;

	for (int i = 0; r == 0 && i < 40; i++)
		r = client_push(c, point, t_ms, value, NULL, ARRAY_SIZE(point));
	return r;
}

START_TEST(what_the_daemon_said_before_it_hung_up_is_heard)
{
	const Suandian__V1__Envelope *env = NULL;

	pthread_barrier_init(&said, NULL, 2);
	start(say_goodbye_unheard);
	ck_assert_int_eq(connect_within(10000), 0);
	/* more than the socket holds, of which the server reads one frame */
	ck_assert_int_eq(push_much(), 0);
	ck_assert_int_eq(client_sync_pump(sync_client, NULL, NULL, 0), ERR_TIMEOUT);
	pthread_barrier_wait(&said);
	pthread_barrier_wait(&said);
	ck_assert_int_eq(ask(10000, &env), ERR_CLOSED);
	ck_assert_msg(strstr(fault.text, "going down") != NULL, "%s", fault.text);
}
END_TEST

/* -- streams -- */

static void say_chunk(struct server *s, uint64_t id, int64_t base_ms, bool last)
{
	Suandian__V1__RangeChunk chunk = SUANDIAN__V1__RANGE_CHUNK__INIT;

	chunk.base_ms = base_ms;
	chunk.last = last;
	SAY(s, id, range_chunk, RANGE_CHUNK, &chunk);
}

static void stream_three(struct server *s)
{
	uint64_t id;

	welcome(s);
	id = hear_a(s, SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE)->id;
	for (int i = 1; i <= 3; i++)
		say_chunk(s, id, i, i == 3);
	say_ok(s, hear_a(s, SUANDIAN__V1__ENVELOPE__BODY_HEALTH)->id, 9);
	while (hear(s))
		;
}

START_TEST(a_stream_brings_its_parts_and_then_its_end)
{
	const Suandian__V1__Envelope *env = NULL;

	start(stream_three);
	ck_assert_int_eq(connect_within(10000), 0);
	ck_assert_int_eq(open_range(), 0);
	for (int i = 1; i <= 3; i++) {
		ck_assert_int_eq(client_sync_next(sync_client, 10000, &env, &fault), 1);
		ck_assert_int_eq(env->range_chunk->base_ms, i);
	}
	ck_assert_int_eq(client_sync_next(sync_client, 10000, &env, &fault), 0);
	ck_assert_int_eq(client_sync_next(sync_client, 10000, &env, &fault), 0);
	ck_assert_int_eq(ask(10000, &env), 0);
	ck_assert_int_eq(env->ok->t_ms, 9);
}
END_TEST

static void stream_slowly(struct server *s)
{
	uint64_t id;

	welcome(s);
	id = hear_a(s, SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE)->id;
	say_chunk(s, id, 1, false);
	/* until the client has timed out once */
	pthread_barrier_wait(&said);
	say_chunk(s, id, 2, false);
	ck_assert_uint_eq(
		hear_a(s, SUANDIAN__V1__ENVELOPE__BODY_UNSUBSCRIBE)->unsubscribe->request_id, id);
	while (hear(s))
		;
}

START_TEST(a_time_out_does_not_end_a_stream_and_ending_it_unsubscribes)
{
	const Suandian__V1__Envelope *env = NULL;

	pthread_barrier_init(&said, NULL, 2);
	start(stream_slowly);
	ck_assert_int_eq(connect_within(10000), 0);
	ck_assert_int_eq(open_range(), 0);
	ck_assert_int_eq(client_sync_next(sync_client, 10000, &env, &fault), 1);
	ck_assert_int_eq(client_sync_next(sync_client, 20, &env, &fault), ERR_TIMEOUT);
	pthread_barrier_wait(&said);
	ck_assert_int_eq(client_sync_next(sync_client, 10000, &env, &fault), 1);
	ck_assert_int_eq(env->range_chunk->base_ms, 2);
	client_sync_stream_end(sync_client);
	ck_assert_int_eq(client_sync_next(sync_client, 0, &env, &fault), 0);
	ck_assert_int_eq(client_sync_pump(sync_client, NULL, NULL, 10000), 0);
}
END_TEST

static void stream_fails(struct server *s)
{
	uint64_t id;

	welcome(s);
	id = hear_a(s, SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE)->id;
	say_chunk(s, id, 1, false);
	say_error(s, id, "TIMEOUT", "the store took too long");
	while (hear(s))
		;
}

START_TEST(a_stream_that_fails_says_so_and_has_ended)
{
	const Suandian__V1__Envelope *env = NULL;

	start(stream_fails);
	ck_assert_int_eq(connect_within(10000), 0);
	ck_assert_int_eq(open_range(), 0);
	ck_assert_int_eq(client_sync_next(sync_client, 10000, &env, &fault), 1);
	ck_assert_int_eq(client_sync_next(sync_client, 10000, &env, &fault), ERR_TIMEOUT);
	ck_assert_str_eq(fault.text, "the store took too long");
	ck_assert_int_eq(client_sync_next(sync_client, 10000, &env, &fault), 0);
	/* another may begin */
	ck_assert_int_eq(open_range(), 0);
	client_sync_stream_end(sync_client);
}
END_TEST

/* -- samples -- */

static void acknowledge_all(struct server *s)
{
	Suandian__V1__Envelope *env;

	welcome(s);
	while ((env = hear(s))) {
		Suandian__V1__SamplesAck ack = SUANDIAN__V1__SAMPLES_ACK__INIT;

		if (env->body_case != SUANDIAN__V1__ENVELOPE__BODY_PUSH_SAMPLES)
			continue;
		ack.epoch = 1;
		ack.seq = env->push_samples->seq;
		ack.credit_bytes = 1 << 20;
		SAY(s, env->id, samples_ack, SAMPLES_ACK, &ack);
		arena_reset(&s->arena);
	}
}

START_TEST(flushing_waits_until_all_is_acknowledged)
{
	struct client_stats stats;

	start(acknowledge_all);
	ck_assert_int_eq(connect_within(10000), 0);
	ck_assert_int_eq(client_sync_flush(sync_client, 0), 0);
	ck_assert_int_eq(push_much(), 0);
	ck_assert_int_eq(client_sync_flush(sync_client, 20000), 0);
	client_get_stats(client_sync_client(sync_client), &stats);
	ck_assert_uint_eq(stats.acked_seq, stats.last_seq);
	ck_assert_uint_ge(stats.last_seq, 40);
}
END_TEST

START_TEST(flushing_gives_up_when_its_time_is_over)
{
	start(until_it_goes);
	ck_assert_int_eq(connect_within(10000), 0);
	ck_assert_int_eq(push_much(), 0);
	ck_assert_int_eq(client_sync_flush(sync_client, 50), ERR_TIMEOUT);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("client_sync");
	TCase *t = tcase_create("client_sync");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, connecting_gives_the_welcome);
	tcase_add_test(t, a_daemon_that_is_not_there_is_said);
	tcase_add_test(t, a_daemon_that_does_not_answer_times_out);
	tcase_add_test(t, a_refused_hello_says_why);
	tcase_add_test(t, a_daemon_that_hangs_up_is_said);
	tcase_add_test(t, a_call_brings_its_answer_or_its_error);
	tcase_add_test(t, after_a_time_out_the_connection_is_still_of_use);
	tcase_add_test(t, a_daemon_that_leaves_ends_the_call);
	tcase_add_test(t, what_the_daemon_said_before_it_hung_up_is_heard);
	tcase_add_test(t, a_stream_brings_its_parts_and_then_its_end);
	tcase_add_test(t, a_time_out_does_not_end_a_stream_and_ending_it_unsubscribes);
	tcase_add_test(t, a_stream_that_fails_says_so_and_has_ended);
	tcase_add_test(t, flushing_waits_until_all_is_acknowledged);
	tcase_add_test(t, flushing_gives_up_when_its_time_is_over);
	suite_add_tcase(s, t);
	return run_suite(s);
}
