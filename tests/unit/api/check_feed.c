/* Batches in, acks out: nothing lost, nothing acknowledged that was not, bounded. */
#include <check.h>
#include <string.h>

#include "api/limits.h"
#include "ask.h"
#include "fake_engine.h"
#include "rig.h"
#include "testlib/run.h"

static struct rig rig;
static const Suandian__V1__Envelope *answer;
static struct peer_end peer;

static void setup(void)
{
	rig_start(&rig);
	peer_enter(&rig, SERVER_ADAPTER, "adapter", "sim", &peer);
}

static void teardown(void)
{
	peer_close(&peer);
	rig_stop(&rig);
}

#define BIG 2000

static void push_n(uint64_t id, uint64_t seq, uint32_t layout, size_t n)
{
	static int32_t point[BIG];
	static int32_t dt[BIG];
	static double value[BIG];
	ASK(PUSH_SAMPLES, push_samples, Suandian__V1__PushSamples,
	    SUANDIAN__V1__PUSH_SAMPLES__INIT);

	for (size_t i = 0; i < n; i++)
		point[i] = i == 0;
	body.epoch = 5;
	body.seq = seq;
	body.base_ms = fake.now_ms;
	body.layout = layout;
	body.point_delta = point;
	body.n_point_delta = layout ? 0 : n;
	body.dt_ms = dt;
	body.n_dt_ms = n;
	body.value = value;
	body.n_value = n;
	peer_send(&peer, id, &env);
	rig_turn(&rig);
}

static void push(uint64_t id, uint64_t seq)
{
	push_n(id, seq, 0, 3);
}

START_TEST(an_ack_is_cumulative_and_names_the_latest_batch)
{
	push(10, 1);
	push(11, 2);
	push(12, 3);
	ck_assert_uint_eq(fake.pushes, 3);
	ck_assert_uint_eq(fake.samples, 9);
	ck_assert(peer_is_silent(&peer));
	fake_acknowledge(5, 2);
	ck_assert_answer(answer, &peer, SAMPLES_ACK);
	ck_assert_uint_eq(answer->id, 11);
	ck_assert_uint_eq(answer->samples_ack->seq, 2);
	ck_assert_uint_eq(answer->samples_ack->epoch, 5);
	ck_assert_str_eq(answer->samples_ack->source, "sim");
	ck_assert_uint_eq(answer->samples_ack->duplicates, 1);
	ck_assert_uint_eq(answer->samples_ack->n_gaps, 1);
	ck_assert_uint_eq(answer->samples_ack->gaps[0]->to_seq, 4);
	ck_assert_uint_gt(answer->samples_ack->credit_bytes, CREDIT_MIN);
	fake_acknowledge(5, 3);
	ck_assert_answer(answer, &peer, SAMPLES_ACK);
	ck_assert_uint_eq(answer->id, 12);
}
END_TEST

START_TEST(a_refused_batch_counts_as_seen_and_names_its_seq)
{
	ASK(PUSH_SAMPLES, push_samples, Suandian__V1__PushSamples,
	    SUANDIAN__V1__PUSH_SAMPLES__INIT);
	double value[] = {1};

	body.seq = 4;
	body.value = value;
	body.n_value = 1;
	peer_send(&peer, 2, &env);
	answer = peer_next(&peer);
	ck_assert_str_eq(answer->error->code, "INVALID");
	ck_assert_str_eq(answer->error->field, "dt_ms");
	ck_assert_uint_eq(answer->error->seq, 4);
	ck_assert_uint_eq(fake.skips, 1);
	ck_assert_uint_eq(fake.last_skip, 4);
	ck_assert_uint_eq(fake.pushes, 0);
	/* the engine's own refusal is not skipped twice */
	fake.push_rc = ERR_DENIED;
	push(3, 5);
	ck_assert_refused(&peer, "DENIED");
	ck_assert_uint_eq(fake.skips, 1);
}
END_TEST

START_TEST(when_the_disk_is_behind_the_session_waits_and_loses_nothing)
{
	push(2, 1);
	fake.push_rc = ERR_FULL;
	push(3, 2);
	push(4, 3);
	ck_assert_uint_eq(fake.pushes, 1);
	ck_assert(peer_is_silent(&peer));
	fake.push_rc = 0;
	fake_acknowledge(5, 1);
	ck_assert_answer(answer, &peer, SAMPLES_ACK);
	rig_turn(&rig);
	ck_assert_uint_eq(fake.pushes, 3);
	ck_assert_uint_eq(fake.last_seq, 3);
	fake_acknowledge(5, 3);
	ck_assert_answer(answer, &peer, SAMPLES_ACK);
	ck_assert_uint_eq(answer->id, 4);
}
END_TEST

/* An Error with the seq of a batch is its end: the client gives it up. */
START_TEST(when_the_disk_is_in_trouble_no_batch_is_given_up)
{
	fake.push_rc = ERR_STORE;
	push(2, 1);
	push(3, 2);
	ck_assert(peer_is_silent(&peer));
	fake.push_rc = 0;
	while (fake.pushes < 2)
		rig_turn(&rig);
	ck_assert_uint_eq(fake.last_seq, 2);
	fake_acknowledge(5, 2);
	ck_assert_answer(answer, &peer, SAMPLES_ACK);
	ck_assert_uint_eq(answer->id, 3);
}
END_TEST

/* Others may have filled the queue: then no ack of ours comes. */
START_TEST(a_stopped_session_looks_again_by_itself)
{
	fake.push_rc = ERR_FULL;
	push(2, 1);
	ck_assert_uint_eq(fake.pushes, 0);
	fake.push_rc = 0;
	while (fake.pushes == 0)
		ck_assert(loop_step(rig.loop, true));
	ck_assert_uint_eq(fake.last_seq, 1);
}
END_TEST

START_TEST(credit_shrinks_with_what_is_not_acknowledged)
{
	uint64_t before;

	push(2, 1);
	fake_acknowledge(5, 1);
	ck_assert_answer(answer, &peer, SAMPLES_ACK);
	before = answer->samples_ack->credit_bytes;
	ck_assert_uint_eq(before, CREDIT_MAX);
	for (uint64_t i = 2; i < 20; i++)
		push_n(i + 1, i, 0, BIG);
	fake_acknowledge(5, 2);
	ck_assert_answer(answer, &peer, SAMPLES_ACK);
	ck_assert_uint_lt(answer->samples_ack->credit_bytes, before);
	ck_assert_uint_ge(answer->samples_ack->credit_bytes, CREDIT_MIN);
}
END_TEST

/* Batches of some 20 kB: 512 KiB of them may be outstanding, the rest stays in the socket. */
START_TEST(a_client_far_beyond_its_credit_is_not_read)
{
	enum { ALL = 34 };
	uint32_t taken;

	for (uint64_t seq = 1; seq <= ALL; seq++)
		push_n(seq + 1, seq, 0, BIG);
	taken = fake.pushes;
	ck_assert_uint_lt(taken, ALL);
	ck_assert_uint_gt(taken, 10);
	fake_acknowledge(5, taken);
	rig_turn(&rig);
	ck_assert_uint_eq(fake.pushes, ALL);
	ck_assert_uint_eq(fake.last_seq, ALL);
}
END_TEST

START_TEST(a_layout_is_known_once_registered)
{
	ASK(REGISTER_LAYOUT, register_layout, Suandian__V1__RegisterLayout,
	    SUANDIAN__V1__REGISTER_LAYOUT__INIT);
	uint32_t points[] = {1, 2, 3};

	push_n(2, 1, 9, 6);
	ck_assert_refused(&peer, "INVALID");
	body.layout = 9;
	body.point = points;
	body.n_point = 3;
	peer_send(&peer, 3, &env);
	ck_assert_answer(answer, &peer, OK);
	push_n(4, 2, 9, 6);
	ck_assert_uint_eq(fake.samples, 6);
	body.n_point = 2;
	peer_send(&peer, 5, &env);
	ck_assert_answer(answer, &peer, OK);
	push_n(6, 3, 9, 5);
	ck_assert_uint_eq(fake.samples, 11);
}
END_TEST

START_TEST(layouts_are_bounded)
{
	ASK(REGISTER_LAYOUT, register_layout, Suandian__V1__RegisterLayout,
	    SUANDIAN__V1__REGISTER_LAYOUT__INIT);
	uint32_t points[] = {1};

	body.point = points;
	body.n_point = 1;
	for (body.layout = 1; body.layout <= LAYOUTS_MAX; body.layout++) {
		peer_send(&peer, body.layout + 1, &env);
		ck_assert_answer(answer, &peer, OK);
	}
	peer_send(&peer, 1000, &env);
	ck_assert_refused(&peer, "FULL");
}
END_TEST

START_TEST(the_newest_session_of_a_source_is_its_voice)
{
	struct peer_end old = peer;

	push(2, 1);
	peer_enter(&rig, SERVER_ADAPTER, "adapter", "sim", &peer);
	push(2, 2);
	ck_assert_answer(answer, &old, GOODBYE);
	ck_assert_str_eq(answer->goodbye->code, "EXISTS");
	ck_assert_ptr_null(peer_next(&old));
	peer_close(&old);
	fake_acknowledge(5, 2);
	ck_assert_answer(answer, &peer, SAMPLES_ACK);
	ck_assert_uint_eq(answer->id, 2);
}
END_TEST

START_TEST(an_ended_session_listens_no_more)
{
	push(2, 1);
	peer_close(&peer);
	ck_assert_uint_eq(fake.unlistens, 1);
	ck_assert_ptr_null(fake.on_ack);
	peer_enter(&rig, SERVER_ADAPTER, "adapter", "sim", &peer);
	push(2, 2);
	fake_acknowledge(5, 2);
	ck_assert_answer(answer, &peer, SAMPLES_ACK);
	ck_assert_uint_eq(answer->samples_ack->credit_bytes, CREDIT_MAX);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("api feed");
	TCase *t = tcase_create("feed");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, an_ack_is_cumulative_and_names_the_latest_batch);
	tcase_add_test(t, a_refused_batch_counts_as_seen_and_names_its_seq);
	tcase_add_test(t, when_the_disk_is_behind_the_session_waits_and_loses_nothing);
	tcase_add_test(t, when_the_disk_is_in_trouble_no_batch_is_given_up);
	tcase_add_test(t, a_stopped_session_looks_again_by_itself);
	tcase_add_test(t, credit_shrinks_with_what_is_not_acknowledged);
	tcase_add_test(t, a_client_far_beyond_its_credit_is_not_read);
	tcase_add_test(t, a_layout_is_known_once_registered);
	tcase_add_test(t, layouts_are_bounded);
	tcase_add_test(t, the_newest_session_of_a_source_is_its_voice);
	tcase_add_test(t, an_ended_session_listens_no_more);
	suite_add_tcase(s, t);
	return run_suite(s);
}
