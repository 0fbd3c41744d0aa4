/* A connection: the first message, broken frames, timers. */
#include <check.h>
#include <string.h>
#include <unistd.h>

#include "api/limits.h"
#include "base/clock.h"
#include "fake_engine.h"
#include "proto/codec.h"
#include "proto/frame.h"
#include "rig.h"
#include "testlib/rng.h"
#include "testlib/run.h"

static struct rig rig;
static int64_t ahead_ms, frozen_ms; /* frozen: 0 = the clock runs */

int64_t __real_clock_mono_ms(void);
int64_t __wrap_clock_mono_ms(void);
int64_t __wrap_clock_mono_ms(void)
{
	return (frozen_ms ? frozen_ms : __real_clock_mono_ms()) + ahead_ms;
}

static void setup(void)
{
	ahead_ms = frozen_ms = 0;
	rig_start(&rig);
}

static void teardown(void)
{
	rig_stop(&rig);
}

static void check_goodbye(struct peer_end *p, const char *code)
{
	const Suandian__V1__Envelope *env;

	ck_assert_answer(env, p, GOODBYE);
	ck_assert_uint_eq(env->id, 0);
	ck_assert_str_eq(env->goodbye->code, code);
	ck_assert_ptr_null(peer_next(p));
}

/* ---- Hello ------------------------------------------------------------------------------------- */

START_TEST(a_hello_is_answered_with_version_and_limits)
{
	const Suandian__V1__Envelope *env;
	struct peer_end p;

	peer_connect(&rig, SERVER_CONTROL, &p);
	peer_hello(&p, 1, "operate", "test");
	ck_assert_answer(env, &p, WELCOME);
	ck_assert_uint_eq(env->id, 1);
	ck_assert_uint_eq(env->welcome->api_major, 1);
	ck_assert_int_eq(env->welcome->server_time_ms, fake.now_ms);
	ck_assert_str_eq(env->welcome->role, "operate");
	ck_assert_str_ne(env->welcome->user, "");
	ck_assert_uint_eq(env->welcome->limits->max_in_flight, IN_FLIGHT_MAX);
	ck_assert_uint_eq(env->welcome->limits->credit_bytes, CREDIT_MAX);
	ck_assert_uint_eq(env->welcome->limits->max_frame_bytes, 1 << 20);
	peer_close(&p);
}
END_TEST

START_TEST(another_major_version_is_refused)
{
	struct peer_end p;

	peer_connect(&rig, SERVER_CONTROL, &p);
	peer_hello(&p, 2, "operate", "test");
	ck_assert_refused(&p, "VERSION");
	ck_assert_ptr_null(peer_next(&p));
	peer_close(&p);
}
END_TEST

START_TEST(an_unknown_role_is_refused)
{
	struct peer_end p;

	peer_connect(&rig, SERVER_CONTROL, &p);
	peer_hello(&p, 1, "king", "test");
	ck_assert_refused(&p, "INVALID");
	ck_assert_ptr_null(peer_next(&p));
	peer_close(&p);
}
END_TEST

START_TEST(each_door_lets_its_own_roles_in)
{
	static const char *const roles[] = {"observe", "operate", "admin", "adapter"};

	for (int i = 0; i < 4; i++) {
		struct peer_end p;

		peer_connect(&rig, i == 3 ? SERVER_CONTROL : SERVER_ADAPTER, &p);
		peer_hello(&p, 1, roles[i], "sim");
		ck_assert_refused(&p, "DENIED");
		ck_assert_ptr_null(peer_next(&p));
		peer_close(&p);
		peer_enter(&rig, i == 3 ? SERVER_ADAPTER : SERVER_CONTROL, roles[i], "sim", &p);
		peer_close(&p);
	}
	ck_assert_uint_eq(fake.refusals, 4);
	ck_assert_str_eq(fake.last_refusal, "hello");
}
END_TEST

START_TEST(who_is_not_allowed_is_refused_and_audited)
{
	struct peer_end p;

	fake.allow = false;
	peer_connect(&rig, SERVER_CONTROL, &p);
	peer_hello(&p, 1, "observe", "test");
	ck_assert_refused(&p, "DENIED");
	ck_assert_ptr_null(peer_next(&p));
	ck_assert_uint_eq(fake.refusals, 1);
	peer_close(&p);
}
END_TEST

/* Whoever is refused cannot fill the disk with it. */
START_TEST(refusals_are_recorded_at_a_bounded_pace)
{
	struct peer_end p;

	fake.allow = false;
	frozen_ms = clock_mono_ms();
	for (int i = 0; i < REFUSAL_BURST + 100; i++) {
		peer_connect(&rig, SERVER_CONTROL, &p);
		peer_hello(&p, 1, "observe", "test");
		ck_assert_refused(&p, "DENIED");
		peer_close(&p);
	}
	ck_assert_uint_eq(fake.refusals, REFUSAL_BURST);
	ck_assert_ptr_null(strstr(fake.last_refusal_text, "not recorded"));
	ahead_ms += REFUSAL_EVERY_MS;
	peer_connect(&rig, SERVER_CONTROL, &p);
	peer_hello(&p, 1, "observe", "test");
	ck_assert_refused(&p, "DENIED");
	peer_close(&p);
	ck_assert_ptr_nonnull(strstr(fake.last_refusal_text, "not recorded"));
}
END_TEST

START_TEST(an_adapter_needs_a_name_that_it_may_have)
{
	struct peer_end p;

	peer_connect(&rig, SERVER_ADAPTER, &p);
	peer_hello(&p, 1, "adapter", "");
	ck_assert_refused(&p, "INVALID");
	peer_close(&p);
	peer_connect(&rig, SERVER_ADAPTER, &p);
	peer_hello(&p, 1, "adapter", "stranger");
	ck_assert_refused(&p, "DENIED");
	peer_close(&p);
}
END_TEST

START_TEST(anything_else_first_is_refused)
{
	Suandian__V1__Health body = SUANDIAN__V1__HEALTH__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct peer_end p;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_HEALTH;
	env.health = &body;
	peer_connect(&rig, SERVER_CONTROL, &p);
	peer_send(&p, 9, &env);
	ck_assert_refused(&p, "STATE");
	ck_assert_ptr_null(peer_next(&p));
	peer_close(&p);
}
END_TEST

START_TEST(hello_comes_once)
{
	struct peer_end p;

	peer_enter(&rig, SERVER_CONTROL, "observe", "test", &p);
	peer_hello(&p, 1, "admin", "test");
	ck_assert_refused(&p, "STATE");
	peer_close(&p);
}
END_TEST

START_TEST(bytes_may_come_one_by_one)
{
	Suandian__V1__Hello body = SUANDIAN__V1__HELLO__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	struct peer_end p;
	struct buf b;

	body.api_major = 1;
	body.role = "observe";
	env.id = 3;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_HELLO;
	env.hello = &body;
	buf_init(&b, 0);
	ck_assert_int_eq(codec_encode(&b, &env), 0);
	peer_connect(&rig, SERVER_CONTROL, &p);
	for (size_t i = 0; i < buf_avail(&b); i++)
		peer_send_bytes(&p, buf_peek(&b) + i, 1);
	ck_assert_answer(answer, &p, WELCOME);
	ck_assert_uint_eq(answer->id, 3);
	buf_fini(&b);
	peer_close(&p);
}
END_TEST

/* ---- Broken frames ----------------------------------------------------------------------------- */

static const struct {
	const char *bytes;
	size_t n;
} broken[] = {
	{"\xff\xff\xff\xff\xff", 5}, /* a length without end */
	{"\x81\x80\x80\x01", 4},     /* above 1 MiB */
	{"\x00", 1},		     /* empty */
	{"\x81\x00", 2},	     /* overlong */
	{"\x03\xff\xff\xff", 4},     /* no Envelope */
	{"\xff\xff\x3f"
	 "abc",
	 6},				/* a megabyte announced before Hello */
	{"GET / HTTP/1.1\r\n\r\n", 18}, /* another protocol */
};

START_TEST(broken_bytes_are_named_and_end_the_connection)
{
	struct peer_end p;

	peer_connect(&rig, SERVER_CONTROL, &p);
	peer_send_bytes(&p, broken[_i].bytes, broken[_i].n);
	/* the text that looks like HTTP announces 71 bytes and is told when they are there */
	if (_i == 6)
		peer_send_bytes(&p,
				"0123456789012345678901234567890123456789012345678901234567890123"
				"456789",
				70);
	ck_assert_refused(&p, "MALFORMED");
	ck_assert_ptr_null(peer_next(&p));
	peer_close(&p);
}
END_TEST

/* 1 MiB of empty submessages would take 48 MiB. */
START_TEST(a_frame_that_needs_too_much_memory_is_refused)
{
	static uint8_t bytes[1000000];
	struct peer_end p;
	size_t n = 0;

	peer_enter(&rig, SERVER_ADAPTER, "adapter", "sim", &p);
	/* declare_points (30), then empty declarations (field 2) */
	n = frame_put_prefix(bytes, 900000 + 5);
	bytes[n++] = 0xf2;
	bytes[n++] = 0x01;
	bytes[n++] = 0x80 | (900000 & 0x7f);
	bytes[n++] = 0x80 | ((900000 >> 7) & 0x7f);
	bytes[n++] = 900000 >> 14;
	for (size_t i = 0; i < 900000; i += 2) {
		bytes[n++] = 0x12;
		bytes[n++] = 0x00;
	}
	peer_send_bytes(&p, bytes, n);
	ck_assert_refused(&p, "FULL");
	ck_assert_ptr_null(peer_next(&p));
	peer_close(&p);
}
END_TEST

START_TEST(random_bytes_never_harm_others)
{
	struct rng rng;
	struct peer_end good;
	const Suandian__V1__Envelope *env;

	rng_init(&rng, rng_seed(3));
	peer_enter(&rig, SERVER_CONTROL, "observe", "test", &good);
	for (int i = 0; i < 200; i++) {
		uint8_t bytes[512];
		size_t n = 1 + rng_below(&rng, sizeof(bytes));
		struct peer_end p;

		for (size_t k = 0; k < n; k++)
			bytes[k] = (uint8_t)rng_next(&rng);
		/* half of them get in first */
		if (i % 2)
			peer_enter(&rig, SERVER_CONTROL, "observe", "test", &p);
		else
			peer_connect(&rig, SERVER_CONTROL, &p);
		peer_send_bytes(&p, bytes, n);
		peer_close(&p);
	}
	Suandian__V1__Health body = SUANDIAN__V1__HEALTH__INIT;
	Suandian__V1__Envelope ask = SUANDIAN__V1__ENVELOPE__INIT;
	ask.body_case = SUANDIAN__V1__ENVELOPE__BODY_HEALTH;
	ask.health = &body;
	peer_send(&good, 5, &ask);
	ck_assert_answer(env, &good, HEALTH_REPORT);
	ck_assert_uint_eq(env->health_report->sessions, 1);
	peer_close(&good);
}
END_TEST

/* ---- Time -------------------------------------------------------------------------------------- */

START_TEST(who_says_nothing_is_sent_away)
{
	struct peer_end p;

	peer_connect(&rig, SERVER_CONTROL, &p);
	ck_assert(peer_is_silent(&p));
	ahead_ms += HELLO_TIMEOUT_MS - 2000;
	ck_assert(peer_is_silent(&p));
	ahead_ms += 3000;
	check_goodbye(&p, "TIMEOUT");
	peer_close(&p);
}
END_TEST

START_TEST(an_idle_session_ends_and_a_living_one_does_not)
{
	Suandian__V1__Health body = SUANDIAN__V1__HEALTH__INIT;
	Suandian__V1__Envelope ask = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *env;
	struct peer_end idle;
	struct peer_end living;

	ask.body_case = SUANDIAN__V1__ENVELOPE__BODY_HEALTH;
	ask.health = &body;
	peer_enter(&rig, SERVER_CONTROL, "observe", "idle", &idle);
	peer_enter(&rig, SERVER_CONTROL, "observe", "living", &living);
	ahead_ms += IDLE_TIMEOUT_MS / 2;
	peer_send(&living, 2, &ask);
	ck_assert_answer(env, &living, HEALTH_REPORT);
	ahead_ms += IDLE_TIMEOUT_MS / 2 + 1000;
	check_goodbye(&idle, "TIMEOUT");
	peer_send(&living, 3, &ask);
	ck_assert_answer(env, &living, HEALTH_REPORT);
	peer_close(&idle);
	peer_close(&living);
}
END_TEST

START_TEST(a_frame_that_is_dribbled_ends_in_time)
{
	struct peer_end p;

	peer_enter(&rig, SERVER_CONTROL, "observe", "test", &p);
	peer_send_bytes(&p, "\xff\xff\x3f", 3);
	for (int i = 0; i < 20; i++) {
		peer_send_bytes(&p, "x", 1);
		ck_assert(peer_is_silent(&p));
		ahead_ms += FRAME_TIMEOUT_MS / 25;
	}
	ahead_ms += FRAME_TIMEOUT_MS / 4;
	check_goodbye(&p, "TIMEOUT");
	peer_close(&p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("api session");
	TCase *t = tcase_create("session");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_hello_is_answered_with_version_and_limits);
	tcase_add_test(t, another_major_version_is_refused);
	tcase_add_test(t, an_unknown_role_is_refused);
	tcase_add_test(t, each_door_lets_its_own_roles_in);
	tcase_add_test(t, who_is_not_allowed_is_refused_and_audited);
	tcase_add_test(t, refusals_are_recorded_at_a_bounded_pace);
	tcase_add_test(t, an_adapter_needs_a_name_that_it_may_have);
	tcase_add_test(t, anything_else_first_is_refused);
	tcase_add_test(t, hello_comes_once);
	tcase_add_test(t, bytes_may_come_one_by_one);
	tcase_add_loop_test(t, broken_bytes_are_named_and_end_the_connection, 0,
			    (int)ARRAY_SIZE(broken));
	tcase_add_test(t, a_frame_that_needs_too_much_memory_is_refused);
	tcase_add_test(t, random_bytes_never_harm_others);
	tcase_add_test(t, who_says_nothing_is_sent_away);
	tcase_add_test(t, an_idle_session_ends_and_a_living_one_does_not);
	tcase_add_test(t, a_frame_that_is_dribbled_ends_in_time);
	suite_add_tcase(s, t);
	return run_suite(s);
}
