/* The client's connection and its requests, against a peer that the test plays. */
#include "proto/client.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "peer.h"
#include "testlib/heap.h"
#include "testlib/run.h"

static struct peer p;

static void setup(void)
{
	peer_start(&p, 0);
}

static void teardown(void)
{
	peer_stop(&p);
}

/* -- opening -- */

START_TEST(hello_comes_first_and_nothing_else_before_the_welcome)
{
	static const uint32_t point = 1;
	static const int64_t t_ms = 5;
	static const double value = 1;

	ck_assert_int_eq(client_get_state(p.c), CLIENT_IDLE);
	ck_assert_int_eq(client_push(p.c, &point, &t_ms, &value, NULL, 1), 0);
	peer_expect_silence(&p);
	peer_connect(&p);
	ck_assert_int_eq(client_push(p.c, &point, &t_ms, &value, NULL, 1), 0);
	peer_expect_silence(&p);
	ck_assert_int_eq(peer_welcome(&p, NULL), 0);
	(void)peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_PUSH_SAMPLES);
	(void)peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_PUSH_SAMPLES);
	peer_expect_silence(&p);
}
END_TEST

START_TEST(a_daemon_of_another_major_version_is_refused)
{
	Suandian__V1__Welcome w = SUANDIAN__V1__WELCOME__INIT;

	peer_connect(&p);
	w.api_major = 2;
	ck_assert_int_eq(peer_welcome(&p, &w), ERR_VERSION);
	ck_assert_int_eq(client_get_state(p.c), CLIENT_CLOSING);
	ck_assert(p.closing && p.fault.code == ERR_VERSION);
	ck_assert_int_eq(p.welcomes, 0);
	/* and says so again to whoever goes on */
	ck_assert_int_eq(client_feed(p.c, (const uint8_t *)"x", 1, p.now_ms), ERR_VERSION);
	ck_assert_int_eq(client_tick(p.c, p.now_ms), ERR_VERSION);
	ck_assert_int_eq(client_get_fault(p.c)->code, ERR_VERSION);
}
END_TEST

START_TEST(a_daemon_of_another_minor_version_is_welcome)
{
	Suandian__V1__Welcome w = SUANDIAN__V1__WELCOME__INIT;

	peer_connect(&p);
	w.api_minor = 99;
	ck_assert_int_eq(peer_welcome(&p, &w), 0);
	ck_assert_int_eq(client_get_state(p.c), CLIENT_READY);
}
END_TEST

START_TEST(a_refused_hello_says_why)
{
	static const struct {
		const char *name;
		int code;
	} refusals[] = {{"VERSION", ERR_VERSION},
			{"DENIED", ERR_DENIED},
			{"FULL", ERR_FULL},
			{"OF_A_LATER_VERSION", -EPROTO}};

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		peer_connect(&p);
		ck_assert_int_eq(peer_say_error(&p, 1, refusals[i].name, "because", 0),
				 refusals[i].code);
		ck_assert_int_eq(client_get_state(p.c), CLIENT_CLOSING);
		ck_assert_int_eq(client_get_fault(p.c)->code, refusals[i].code);
		ck_assert_ptr_nonnull(strstr(p.fault.text, "because"));
		peer_lose(&p);
	}
	/* the next connection starts afresh */
	peer_ready(&p);
	ck_assert_int_eq(client_get_fault(p.c)->code, 0);
}
END_TEST

START_TEST(anything_else_in_answer_to_hello_is_malformed)
{
	peer_connect(&p);
	ck_assert_int_eq(peer_say_ok(&p, 1), ERR_MALFORMED);
	ck_assert_int_eq(client_get_state(p.c), CLIENT_CLOSING);
}
END_TEST

START_TEST(a_welcome_that_does_not_come_is_waited_for_ten_seconds)
{
	peer_connect(&p);
	ck_assert_int_eq(peer_pass(&p, CLIENT_HELLO_TIMEOUT_MS - 1), 0);
	ck_assert_int_eq(peer_pass(&p, 1), ERR_TIMEOUT);
	ck_assert_int_eq(client_get_state(p.c), CLIENT_CLOSING);
	ck_assert(p.closing);
}
END_TEST

START_TEST(goodbye_closes_with_its_text)
{
	Suandian__V1__Goodbye bye = SUANDIAN__V1__GOODBYE__INIT;

	peer_ready(&p);
	bye.code = "CLOSED";
	bye.text = "going down";
	ck_assert_int_eq(PEER_SAY(&p, 0, goodbye, GOODBYE, &bye), ERR_CLOSED);
	ck_assert_ptr_nonnull(strstr(client_get_fault(p.c)->text, "going down"));
	ck_assert(p.closing);
	peer_lose(&p);
	peer_connect(&p);
	ck_assert_int_eq(PEER_SAY(&p, 0, goodbye, GOODBYE, &bye), ERR_CLOSED);
}
END_TEST

START_TEST(what_is_no_frame_or_no_message_closes)
{
	static const char *const broken[] = {"\xff\xff\xff\xff", "\x03\xff\xff\xff", "\x80\x01x"};
	static const size_t size[] = {4, 4, 3};

	for (size_t i = 0; i < 2; i++) {
		peer_ready(&p);
		ck_assert_int_eq(client_feed(p.c, (const uint8_t *)broken[i], size[i], p.now_ms),
				 ERR_MALFORMED);
		ck_assert_int_eq(client_get_state(p.c), CLIENT_CLOSING);
		peer_lose(&p);
	}
	/* the beginning of a frame is forgotten with its connection */
	peer_ready(&p);
	ck_assert_int_eq(client_feed(p.c, (const uint8_t *)broken[2], size[2], p.now_ms), 0);
	peer_lose(&p);
	peer_ready(&p);
}
END_TEST

/* -- requests -- */

static int n_answers, last_code;
static bool last_last;
static char last_text[240];
static uint64_t last_id;

static void on_answer(void *arg, const struct client_answer *answer)
{
	ck_assert_ptr_eq(arg, &n_answers);
	ck_assert((answer->code != 0) == (answer->fault != NULL));
	n_answers++;
	last_code = answer->code;
	last_last = answer->last;
	last_id = answer->env ? answer->env->id : 0;
	snprintf(last_text, sizeof(last_text), "%s", answer->fault ? answer->fault->text : "");
}

/* Asks for the health, which has no arguments. */
static int ask(const struct client_request *how, uint64_t *ret_id)
{
	struct client_request usual = {.on_answer = on_answer, .arg = &n_answers};
	Suandian__V1__Health health = SUANDIAN__V1__HEALTH__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_HEALTH;
	env.health = &health;
	return client_request(p.c, &env, how ? how : &usual, ret_id);
}

static uint64_t take_health(void)
{
	return peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_HEALTH)->id;
}

START_TEST(answers_find_their_requests_in_any_order)
{
	uint64_t a, b, c;

	peer_ready(&p);
	ck_assert_int_eq(ask(NULL, &a), 0);
	ck_assert_int_eq(ask(NULL, &b), 0);
	ck_assert_int_eq(ask(NULL, &c), 0);
	ck_assert(a != b && b != c && a != c);
	ck_assert_uint_eq(take_health(), a);
	ck_assert_uint_eq(take_health(), b);
	ck_assert_uint_eq(take_health(), c);
	ck_assert_int_eq(peer_say_ok(&p, b), 0);
	ck_assert_uint_eq(last_id, b);
	ck_assert_int_eq(peer_say_ok(&p, c), 0);
	ck_assert_uint_eq(last_id, c);
	ck_assert_int_eq(peer_say_error(&p, a, "STATE", "not now", 0), 0);
	ck_assert_uint_eq(last_id, a);
	ck_assert_int_eq(last_code, ERR_STATE);
	ck_assert_str_eq(last_text, "not now");
	ck_assert(last_last);
	ck_assert_int_eq(n_answers, 3);
	/* a second answer is nobody's */
	ck_assert_int_eq(peer_say_ok(&p, a), 0);
	ck_assert_int_eq(n_answers, 3);
}
END_TEST

START_TEST(an_answer_of_an_unknown_kind_ends_its_request)
{
	static const uint8_t later[] = {5, 8, 2, 0x92, 13, 0};
	uint64_t id;

	peer_ready(&p);
	ck_assert_int_eq(ask(NULL, &id), 0);
	ck_assert_uint_eq(id, 2);
	ck_assert_int_eq(client_feed(p.c, later, sizeof(later), p.now_ms), 0);
	ck_assert_int_eq(n_answers, 1);
	ck_assert_int_eq(last_code, ERR_UNIMPLEMENTED);
	ck_assert_ptr_nonnull(strstr(last_text, "210"));
}
END_TEST

START_TEST(requests_are_refused_where_they_cannot_be_made)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	Suandian__V1__ListPoints list = SUANDIAN__V1__LIST_POINTS__INIT;
	Suandian__V1__Welcome w = SUANDIAN__V1__WELCOME__INIT;
	Suandian__V1__Limits limits = SUANDIAN__V1__LIMITS__INIT;
	struct client_request how = {0};
	static char text[3000];

	ck_assert_int_eq(ask(NULL, NULL), ERR_STATE);
	peer_connect(&p);
	ck_assert_int_eq(ask(NULL, NULL), ERR_STATE);
	limits.max_in_flight = 2;
	limits.max_frame_bytes = 2000;
	w.limits = &limits;
	ck_assert_int_eq(peer_welcome(&p, &w), 0);
	ck_assert_int_eq(client_request(p.c, &env, &how, NULL), ERR_INVALID);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_LIST_POINTS;
	env.list_points = &list;
	memset(text, 'x', sizeof(text) - 1);
	list.prefix = text;
	ck_assert_int_eq(client_request(p.c, &env, &how, NULL), ERR_INVALID);
	peer_expect_silence(&p);
	ck_assert_int_eq(ask(NULL, NULL), 0);
	ck_assert_int_eq(ask(NULL, NULL), 0);
	ck_assert_int_eq(ask(NULL, NULL), ERR_FULL);
	ck_assert_int_eq(peer_say_ok(&p, take_health()), 0);
	ck_assert_int_eq(ask(NULL, NULL), 0);
}
END_TEST

START_TEST(a_request_without_an_answer_times_out)
{
	struct client_request quick = {
		.on_answer = on_answer, .arg = &n_answers, .timeout_ms = 100};
	struct client_request patient = {
		.on_answer = on_answer, .arg = &n_answers, .timeout_ms = -1};
	uint64_t id;

	peer_ready(&p);
	ck_assert_int_eq(ask(NULL, NULL), 0);
	ck_assert_int_eq(ask(&quick, &id), 0);
	ck_assert_int_eq(ask(&patient, NULL), 0);
	ck_assert_int_eq(client_next_tick_ms(p.c), p.now_ms + 100);
	ck_assert_int_eq(peer_pass(&p, 99), 0);
	ck_assert_int_eq(n_answers, 0);
	ck_assert_int_eq(peer_pass(&p, 1), 0);
	ck_assert_int_eq(n_answers, 1);
	ck_assert_int_eq(last_code, ERR_TIMEOUT);
	ck_assert(last_last);
	/* too late: nobody's */
	ck_assert_int_eq(peer_say_ok(&p, id), 0);
	ck_assert_int_eq(n_answers, 1);
	ck_assert_int_eq(peer_pass(&p, CLIENT_REQUEST_TIMEOUT_MS), 0);
	ck_assert_int_eq(n_answers, 2);
	ck_assert_int_eq(peer_pass(&p, MS_PER_DAY), 0);
	ck_assert_int_eq(n_answers, 2);
}
END_TEST

static uint64_t ask_range(void)
{
	struct client_request how = {.on_answer = on_answer, .arg = &n_answers, .timeout_ms = 100};
	Suandian__V1__QueryRange range = SUANDIAN__V1__QUERY_RANGE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	uint64_t id;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE;
	env.query_range = &range;
	ck_assert_int_eq(client_request(p.c, &env, &how, &id), 0);
	ck_assert_uint_eq(peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE)->id, id);
	return id;
}

static int say_chunk(uint64_t id, bool last)
{
	Suandian__V1__RangeChunk chunk = SUANDIAN__V1__RANGE_CHUNK__INIT;

	chunk.last = last;
	return PEER_SAY(&p, id, range_chunk, RANGE_CHUNK, &chunk);
}

START_TEST(a_stream_goes_on_until_its_last_part_and_each_part_renews_its_time)
{
	uint64_t id;

	peer_ready(&p);
	id = ask_range();
	for (int i = 1; i <= 5; i++) {
		ck_assert_int_eq(peer_pass(&p, 99), 0);
		ck_assert_int_eq(say_chunk(id, i == 5), 0);
		ck_assert_int_eq(n_answers, i);
		ck_assert_int_eq(last_last, i == 5);
	}
	ck_assert_int_eq(peer_pass(&p, 1000), 0);
	ck_assert_int_eq(n_answers, 5);
	/* one that stops in the middle is unsubscribed */
	id = ask_range();
	ck_assert_int_eq(say_chunk(id, false), 0);
	ck_assert_int_eq(peer_pass(&p, 100), 0);
	ck_assert_int_eq(last_code, ERR_TIMEOUT);
	ck_assert_uint_eq(
		peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_UNSUBSCRIBE)->unsubscribe->request_id,
		id);
}
END_TEST

START_TEST(a_cancelled_request_is_not_heard_of_again)
{
	uint64_t id;

	peer_ready(&p);
	ck_assert_int_eq(ask(NULL, &id), 0);
	(void)take_health();
	ck_assert_int_eq(client_cancel(p.c, id), 0);
	ck_assert_int_eq(client_cancel(p.c, id), ERR_NOTFOUND);
	ck_assert_int_eq(peer_say_ok(&p, id), 0);
	peer_expect_silence(&p);
	id = ask_range();
	ck_assert_int_eq(client_cancel(p.c, id), 0);
	ck_assert_uint_eq(
		peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_UNSUBSCRIBE)->unsubscribe->request_id,
		id);
	ck_assert_int_eq(say_chunk(id, true), 0);
	ck_assert_int_eq(n_answers, 0);
}
END_TEST

START_TEST(a_lost_connection_ends_requests_but_those_that_are_kept)
{
	struct client_request keep = {.on_answer = on_answer, .arg = &n_answers, .keep = true};
	uint64_t a, b, c, d;

	/* kept ones may be made at any time */
	ck_assert_int_eq(ask(&keep, &a), 0);
	peer_ready(&p);
	ck_assert_uint_eq(take_health(), a);
	ck_assert_int_eq(ask(NULL, &b), 0);
	ck_assert_int_eq(ask(&keep, &c), 0);
	(void)take_health();
	(void)take_health();
	peer_lose(&p);
	ck_assert_int_eq(n_answers, 1);
	ck_assert_int_eq(last_code, ERR_CLOSED);
	ck_assert_int_eq(ask(&keep, &d), 0);
	ck_assert_int_eq(peer_pass(&p, MS_PER_DAY), 0);
	ck_assert_int_eq(n_answers, 1);
	peer_ready(&p);
	ck_assert_uint_eq(take_health(), a);
	ck_assert_uint_eq(take_health(), c);
	ck_assert_uint_eq(take_health(), d);
	peer_expect_silence(&p);
	ck_assert_int_eq(peer_say_ok(&p, c), 0);
	peer_lose(&p);
	peer_ready(&p);
	ck_assert_uint_eq(take_health(), a);
	ck_assert_uint_eq(take_health(), d);
	peer_expect_silence(&p);
	ck_assert_int_eq(n_answers, 2);
}
END_TEST

START_TEST(jobs_are_pushed_again_until_they_are_on_disk)
{
	Suandian__V1__PushJobs push = SUANDIAN__V1__PUSH_JOBS__INIT;
	Suandian__V1__JobEvents tell = SUANDIAN__V1__JOB_EVENTS__INIT;
	Suandian__V1__JobEvent event = SUANDIAN__V1__JOB_EVENT__INIT, *events[] = {&event};
	Suandian__V1__Job job = SUANDIAN__V1__JOB__INIT, *jobs[] = {&job};
	const Suandian__V1__Envelope *env;
	uint64_t id;

	job.id = "train-17";
	push.jobs = jobs;
	push.n_jobs = 1;
	event.job = "train-17";
	event.kind = SUANDIAN__V1__JOB_EVENT_KIND__JOB_EVENT_FINISHED;
	tell.events = events;
	tell.n_events = 1;
	ck_assert_int_eq(client_push_jobs(p.c, &push, on_answer, &n_answers), 0);
	peer_ready(&p);
	id = peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_PUSH_JOBS)->id;
	ck_assert_int_eq(client_job_events(p.c, &tell, on_answer, &n_answers), 0);
	(void)peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_JOB_EVENTS);
	peer_lose(&p);
	ck_assert_int_eq(n_answers, 0);
	peer_ready(&p);
	env = peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_PUSH_JOBS);
	ck_assert_uint_eq(env->id, id);
	ck_assert_str_eq(env->push_jobs->jobs[0]->id, "train-17");
	env = peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_JOB_EVENTS);
	ck_assert_int_eq(peer_say_ok(&p, id), 0);
	ck_assert_int_eq(peer_say_ok(&p, env->id), 0);
	ck_assert_int_eq(n_answers, 2);
	peer_lose(&p);
	peer_ready(&p);
	peer_expect_silence(&p);
}
END_TEST

START_TEST(what_is_kept_is_bounded)
{
	struct client_request keep = {.keep = true};

	for (int i = 0; i < CLIENT_KEPT_MAX; i++)
		ck_assert_int_eq(ask(&keep, NULL), 0);
	ck_assert_int_eq(ask(&keep, NULL), ERR_FULL);
	peer_ready(&p);
	ck_assert_int_eq(peer_say_ok(&p, take_health()), 0);
	ck_assert_int_eq(ask(&keep, NULL), 0);
}
END_TEST

static uint64_t next;

static void ask_again(void *arg, const struct client_answer *answer)
{
	struct client_request how = {.on_answer = ask_again, .arg = arg};

	(void)answer;
	n_answers++;
	if (client_get_state(p.c) == CLIENT_READY && n_answers < 4)
		ck_assert_int_eq(ask(&how, &next), 0);
}

START_TEST(a_callback_may_ask_again_and_cancel)
{
	struct client_request how = {.on_answer = ask_again, .arg = NULL};

	peer_ready(&p);
	ck_assert_int_eq(ask(&how, &next), 0);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(peer_say_ok(&p, next), 0);
	ck_assert_int_eq(n_answers, 4);
	/* one asked for inside its own time-out is not timed out at once */
	n_answers = 0;
	ck_assert_int_eq(ask(&how, &next), 0);
	ck_assert_int_eq(client_tick(p.c, p.now_ms + 2 * CLIENT_REQUEST_TIMEOUT_MS), 0);
	ck_assert_int_eq(n_answers, 1);
}
END_TEST

START_TEST(errors_for_nobody_are_told_as_faults)
{
	peer_ready(&p);
	ck_assert_int_eq(peer_say_error(&p, 0, "STORE", "disk full", 0), 0);
	ck_assert_int_eq(p.fault.code, ERR_STORE);
	ck_assert(!p.closing);
	ck_assert_int_eq(client_get_state(p.c), CLIENT_READY);
}
END_TEST

/* -- keeping alive -- */

START_TEST(an_idle_connection_is_never_silent_for_its_term)
{
	Suandian__V1__Welcome w = SUANDIAN__V1__WELCOME__INIT;
	Suandian__V1__Limits limits = SUANDIAN__V1__LIMITS__INIT;
	int64_t last_ms;
	unsigned seen;

	limits.idle_timeout_ms = 3000;
	w.limits = &limits;
	peer_connect(&p);
	ck_assert_int_eq(peer_welcome(&p, &w), 0);
	last_ms = p.now_ms;
	for (int i = 0; i < 200; i++) {
		struct client_request mine = {.timeout_ms = -1};
		seen = p.n_got;
		ck_assert_int_eq(peer_pass(&p, rng_range(&p.rng, 1, 700)), 0);
		if (rng_below(&p.rng, 5) == 0)
			ck_assert_int_eq(ask(&mine, NULL), 0);
		while (p.n_taken < p.n_got || client_next_out(p.c, &(size_t){0}))
			ck_assert_int_eq(peer_say_ok(&p, take_health()), 0);
		if (p.n_got > seen)
			last_ms = p.now_ms;
		ck_assert_int_lt(p.now_ms - last_ms, 3000);
	}
}
END_TEST

START_TEST(a_connection_without_a_term_may_be_silent)
{
	peer_ready(&p);
	ck_assert_int_eq(client_next_tick_ms(p.c), INT64_MAX);
	ck_assert_int_eq(peer_pass(&p, MS_PER_DAY), 0);
	peer_expect_silence(&p);
}
END_TEST

START_TEST(memory_that_runs_out_is_an_error)
{
	struct client_options options = {.role = "observe", .name = "x"};
	struct client *c = NULL;
	int r;

	for (long k = 1;; k++) {
		heap_fail_at(k);
		r = client_new(&options, NULL, &c);
		if (!heap_stop())
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_ptr_null(c);
	}
	ck_assert_int_eq(r, 0);
	client_free(c);
	client_free(NULL);
}
END_TEST

static TCase *connection(void)
{
	TCase *t = tcase_create("connection");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, hello_comes_first_and_nothing_else_before_the_welcome);
	tcase_add_test(t, a_daemon_of_another_major_version_is_refused);
	tcase_add_test(t, a_daemon_of_another_minor_version_is_welcome);
	tcase_add_test(t, a_refused_hello_says_why);
	tcase_add_test(t, anything_else_in_answer_to_hello_is_malformed);
	tcase_add_test(t, a_welcome_that_does_not_come_is_waited_for_ten_seconds);
	tcase_add_test(t, goodbye_closes_with_its_text);
	tcase_add_test(t, what_is_no_frame_or_no_message_closes);
	tcase_add_test(t, an_idle_connection_is_never_silent_for_its_term);
	tcase_add_test(t, a_connection_without_a_term_may_be_silent);
	tcase_add_test(t, memory_that_runs_out_is_an_error);
	return t;
}

static TCase *requests(void)
{
	TCase *t = tcase_create("requests");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, answers_find_their_requests_in_any_order);
	tcase_add_test(t, an_answer_of_an_unknown_kind_ends_its_request);
	tcase_add_test(t, requests_are_refused_where_they_cannot_be_made);
	tcase_add_test(t, a_request_without_an_answer_times_out);
	tcase_add_test(t, a_stream_goes_on_until_its_last_part_and_each_part_renews_its_time);
	tcase_add_test(t, a_cancelled_request_is_not_heard_of_again);
	tcase_add_test(t, a_lost_connection_ends_requests_but_those_that_are_kept);
	tcase_add_test(t, jobs_are_pushed_again_until_they_are_on_disk);
	tcase_add_test(t, what_is_kept_is_bounded);
	tcase_add_test(t, a_callback_may_ask_again_and_cancel);
	tcase_add_test(t, errors_for_nobody_are_told_as_faults);
	return t;
}

int main(void)
{
	Suite *s = suite_create("client");

	suite_add_tcase(s, connection());
	suite_add_tcase(s, requests());
	return run_suite(s);
}
