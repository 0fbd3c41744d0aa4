/* Points, layouts and samples of the client, against a peer that the test plays. */
#include "proto/client.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "peer.h"
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

/* -- points -- */

static int declare(const char *a, const char *b)
{
	Suandian__V1__DeclarePoints points = SUANDIAN__V1__DECLARE_POINTS__INIT;
	Suandian__V1__PointDecl decl[2] = {SUANDIAN__V1__POINT_DECL__INIT,
					   SUANDIAN__V1__POINT_DECL__INIT};
	Suandian__V1__PointDecl *list[2] = {&decl[0], &decl[1]};

	decl[0].name = (char *)a;
	decl[1].name = (char *)b;
	points.n_points = 2;
	points.points = list;
	return client_declare(p.c, &points);
}

static int say_declared(uint64_t id, uint32_t *ids, size_t n)
{
	Suandian__V1__PointsDeclared d = SUANDIAN__V1__POINTS_DECLARED__INIT;

	d.id = ids;
	d.n_id = n;
	return PEER_SAY(&p, id, points_declared, POINTS_DECLARED, &d);
}

START_TEST(points_are_declared_after_every_welcome)
{
	Suandian__V1__Envelope *env;
	uint32_t ids[] = {41, 42};

	ck_assert_int_eq(declare("s/a", "s/b"), 0);
	for (int i = 1; i <= 3; i++) {
		peer_ready(&p);
		env = peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_DECLARE_POINTS);
		ck_assert_uint_eq(env->declare_points->n_points, 2);
		ck_assert_str_eq(env->declare_points->points[1]->name, "s/b");
		ck_assert_int_eq(say_declared(env->id, ids, 2), 0);
		ck_assert_int_eq(p.n_points_calls, i);
		ck_assert(p.n_points == 2 && p.points[0] == 41 && p.points[1] == 42);
		peer_expect_silence(&p);
		peer_lose(&p);
	}
	/* a later declaration replaces */
	peer_ready(&p);
	(void)peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_DECLARE_POINTS);
	ck_assert_int_eq(declare("s/c", "s/d"), 0);
	env = peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_DECLARE_POINTS);
	ck_assert_str_eq(env->declare_points->points[0]->name, "s/c");
	ck_assert_int_eq(p.n_faults, 0);
}
END_TEST

START_TEST(a_declaration_that_is_refused_or_answered_wrongly_is_told)
{
	uint32_t ids[] = {41, 42, 43};

	ck_assert_int_eq(declare("s/a", "s/b"), 0);
	peer_ready(&p);
	uint64_t id = peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_DECLARE_POINTS)->id;
	ck_assert_int_eq(peer_say_error(&p, id, "EXISTS", "another unit", 0), 0);
	ck_assert_int_eq(p.fault.code, ERR_EXISTS);
	ck_assert(!p.closing);
	peer_lose(&p);
	peer_ready(&p);
	id = peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_DECLARE_POINTS)->id;
	ck_assert_int_eq(say_declared(id, ids, 3), 0);
	ck_assert_int_eq(p.fault.code, ERR_MALFORMED);
	ck_assert_int_eq(p.n_points_calls, 0);
	ck_assert_int_eq(p.n_faults, 2);
}
END_TEST

/* -- samples -- */

/* One batch of n samples of points first, first + 1, …, one second apart. */
static int push(uint32_t first, size_t n)
{
	static uint32_t point[5000];
	static int64_t t_ms[5000];
	static double value[5000];

	for (size_t i = 0; i < n; i++) {
		point[i] = first + (uint32_t)i;
		t_ms[i] = 1752498000000 + (int64_t)i * 1000;
		value[i] = (double)i;
	}
	return client_push(p.c, point, t_ms, value, NULL, n);
}

static Suandian__V1__PushSamples *take_batch(uint64_t seq)
{
	Suandian__V1__Envelope *env = peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_PUSH_SAMPLES);

	ck_assert_uint_eq(env->push_samples->epoch, 77);
	ck_assert_uint_eq(env->push_samples->seq, seq);
	return env->push_samples;
}

static struct client_stats stats(void)
{
	struct client_stats s;

	client_get_stats(p.c, &s);
	return s;
}

START_TEST(what_is_pushed_goes_out_numbered_and_stays_until_acknowledged)
{
	peer_ready(&p);
	for (uint64_t seq = 1; seq <= 3; seq++) {
		ck_assert_int_eq(push(10, 4), 0);
		ck_assert_uint_eq(take_batch(seq)->n_value, 4);
	}
	ck_assert_uint_eq(stats().last_seq, 3);
	ck_assert_uint_eq(stats().acked_seq, 0);
	ck_assert_uint_gt(stats().spool_bytes, 0);
	ck_assert_int_eq(peer_say_ack(&p, 2, 100000), 0);
	ck_assert_uint_eq(stats().acked_seq, 2);
	ck_assert_uint_eq(stats().batches_acked, 2);
	ck_assert_int_eq(peer_say_ack(&p, 3, 100000), 0);
	ck_assert_uint_eq(stats().spool_bytes, 0);
	ck_assert_uint_eq(stats().in_flight_bytes, 0);
	peer_expect_silence(&p);
}
END_TEST

START_TEST(what_was_not_acknowledged_is_sent_again_after_a_reconnect)
{
	peer_ready(&p);
	for (uint64_t seq = 1; seq <= 3; seq++)
		ck_assert_int_eq(push(10, 4), 0);
	(void)take_batch(1);
	(void)take_batch(2);
	(void)take_batch(3);
	ck_assert_int_eq(peer_say_ack(&p, 1, 100000), 0);
	peer_lose(&p);
	ck_assert_int_eq(push(20, 4), 0);
	peer_ready(&p);
	(void)take_batch(2);
	(void)take_batch(3);
	ck_assert_int_eq(take_batch(4)->point_delta[0], 20);
	ck_assert_uint_eq(stats().batches_resent, 2);
	/* both reached the disk before: the daemon says so */
	Suandian__V1__SamplesAck ack = SUANDIAN__V1__SAMPLES_ACK__INIT;
	ack.epoch = 77;
	ack.seq = 4;
	ack.credit_bytes = 1000;
	ack.duplicates = 2;
	ck_assert_int_eq(PEER_SAY(&p, 0, samples_ack, SAMPLES_ACK, &ack), 0);
	ck_assert_uint_eq(stats().duplicates, 2);
	ck_assert_uint_eq(stats().spool_bytes, 0);
}
END_TEST

START_TEST(the_daemons_credit_bounds_what_is_outstanding)
{
	Suandian__V1__Welcome w = SUANDIAN__V1__WELCOME__INIT;
	Suandian__V1__Limits limits = SUANDIAN__V1__LIMITS__INIT;
	size_t one;

	limits.credit_bytes = 0;
	w.limits = &limits;
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(push(10, 20), 0);
	one = stats().spool_bytes / 6;
	peer_connect(&p);
	ck_assert_int_eq(peer_welcome(&p, &w), 0);
	peer_expect_silence(&p);
	ck_assert_int_eq(peer_say_ack(&p, 0, 2 * one + one / 2), 0);
	(void)take_batch(1);
	(void)take_batch(2);
	peer_expect_silence(&p);
	ck_assert_uint_eq(stats().in_flight_bytes, 2 * one);
	ck_assert_int_eq(peer_say_ack(&p, 1, 2 * one), 0);
	(void)take_batch(3);
	peer_expect_silence(&p);
	/* less than one batch: still one at a time, for the daemon could never get it otherwise */
	ck_assert_int_eq(peer_say_ack(&p, 3, 1), 0);
	(void)take_batch(4);
	peer_expect_silence(&p);
	ck_assert_int_eq(peer_say_ack(&p, 4, 0), 0);
	peer_expect_silence(&p);
	ck_assert_int_eq(peer_say_ack(&p, 4, 100000), 0);
	(void)take_batch(5);
	(void)take_batch(6);
}
END_TEST

START_TEST(gaps_that_the_daemon_reports_are_counted)
{
	Suandian__V1__SamplesAck ack = SUANDIAN__V1__SAMPLES_ACK__INIT;
	Suandian__V1__SeqGap gap[3] = {SUANDIAN__V1__SEQ_GAP__INIT, SUANDIAN__V1__SEQ_GAP__INIT,
				       SUANDIAN__V1__SEQ_GAP__INIT};
	Suandian__V1__SeqGap *gaps[3] = {&gap[0], &gap[1], &gap[2]};

	peer_ready(&p);
	ck_assert_int_eq(push(1, 1), 0);
	(void)take_batch(1);
	ack.epoch = 77;
	ack.seq = 1;
	gap[0].from_seq = gap[0].to_seq = 5;
	gap[1].from_seq = 7;
	gap[1].to_seq = 9;
	/* nonsense */
	gap[2].from_seq = 7;
	gap[2].to_seq = 6;
	ack.n_gaps = 3;
	ack.gaps = gaps;
	ck_assert_int_eq(PEER_SAY(&p, 0, samples_ack, SAMPLES_ACK, &ack), 0);
	ck_assert_uint_eq(stats().gaps, 4);
}
END_TEST

START_TEST(acks_for_others_or_for_what_was_never_sent_change_nothing)
{
	Suandian__V1__SamplesAck ack = SUANDIAN__V1__SAMPLES_ACK__INIT;

	peer_ready(&p);
	ck_assert_int_eq(push(1, 1), 0);
	ack.epoch = 76;
	ack.seq = 1;
	ck_assert_int_eq(PEER_SAY(&p, 0, samples_ack, SAMPLES_ACK, &ack), 0);
	ack.epoch = 77;
	ack.source = "another";
	ck_assert_int_eq(PEER_SAY(&p, 0, samples_ack, SAMPLES_ACK, &ack), 0);
	ck_assert_int_eq(p.n_faults, 0);
	/* not even on the wire: the epoch was used before */
	ck_assert_int_eq(peer_say_ack(&p, 1, 1000), 0);
	ck_assert_int_eq(p.n_faults, 1);
	ck_assert_ptr_nonnull(strstr(p.fault.text, "epoch 77"));
	ck_assert_uint_eq(stats().acked_seq, 0);
	(void)take_batch(1);
	ck_assert_int_eq(peer_say_ack(&p, 1, 1000), 0);
	ck_assert_uint_eq(stats().acked_seq, 1);
}
END_TEST

START_TEST(a_refused_batch_is_told_and_does_not_come_again)
{
	peer_ready(&p);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(push(1, 1), 0);
	for (uint64_t seq = 1; seq <= 3; seq++)
		(void)take_batch(seq);
	ck_assert_int_eq(peer_say_error(&p, 3, "INVALID", "no such point", 2), 0);
	ck_assert_uint_eq(stats().batches_refused, 1);
	ck_assert_int_eq(p.fault.code, ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(p.fault.text, "batch 2"));
	ck_assert(!p.closing);
	peer_lose(&p);
	peer_ready(&p);
	(void)take_batch(1);
	(void)take_batch(3);
	ck_assert_int_eq(peer_say_ack(&p, 3, 1000), 0);
	ck_assert_uint_eq(stats().spool_bytes, 0);
}
END_TEST

START_TEST(a_spool_that_overflows_drops_its_oldest_and_counts)
{
	struct client_stats s;
	uint64_t first;

	peer_stop(&p);
	peer_start(&p, 2000);
	for (int i = 0; i < 50; i++)
		ck_assert_int_eq(push(1, 10), 0);
	s = stats();
	ck_assert_uint_le(s.spool_bytes, 2000);
	ck_assert_uint_eq(s.last_seq, 50);
	ck_assert_uint_gt(s.batches_dropped, 0);
	ck_assert_uint_eq(s.samples_dropped, 10 * s.batches_dropped);
	/* what is left are the latest, in order, after a gap in the numbers */
	first = s.batches_dropped + 1;
	peer_ready(&p);
	while (first <= 50) {
		(void)take_batch(first);
		ck_assert_int_eq(peer_say_ack(&p, first, 100000), 0);
		first++;
	}
	peer_expect_silence(&p);
	ck_assert_uint_eq(stats().spool_bytes, 0);
}
END_TEST

START_TEST(a_long_push_becomes_batches_of_what_the_daemon_takes)
{
	peer_ready(&p);
	ck_assert_int_eq(push(1, 2500), 0);
	ck_assert_uint_eq(take_batch(1)->n_value, 1000);
	ck_assert_uint_eq(take_batch(2)->n_value, 1000);
	Suandian__V1__PushSamples *b = take_batch(3);
	ck_assert_uint_eq(b->n_value, 500);
	ck_assert_int_eq(b->point_delta[0], 2001);
	ck_assert_int_eq(b->base_ms, 1752498000000 + 2000 * 1000);
	ck_assert(b->value[0] == 2000);
}
END_TEST

START_TEST(batches_fit_the_daemons_frames)
{
	Suandian__V1__Welcome w = SUANDIAN__V1__WELCOME__INIT;
	Suandian__V1__Limits limits = SUANDIAN__V1__LIMITS__INIT;
	size_t got = 0;

	limits.max_frame_bytes = 2000;
	limits.credit_bytes = 1 << 20;
	limits.max_batch = 1000;
	w.limits = &limits;
	peer_connect(&p);
	ck_assert_int_eq(peer_welcome(&p, &w), 0);
	ck_assert_int_eq(push(1, 1000), 0);
	for (uint64_t seq = 1; got < 1000; seq++) {
		Suandian__V1__PushSamples *b = take_batch(seq);
		got += b->n_value;
		ck_assert_uint_le(protobuf_c_message_get_packed_size(&b->base), 2000);
	}
	ck_assert_uint_eq(got, 1000);
}
END_TEST

START_TEST(a_push_that_cannot_be_takes_nothing)
{
	uint32_t point[] = {1, UINT32_MAX};
	int64_t t_ms[] = {1, 2};
	double value[] = {1, 2};

	peer_ready(&p);
	ck_assert_int_eq(client_push(p.c, point, t_ms, value, NULL, 2), ERR_INVALID);
	ck_assert_int_eq(client_push(p.c, point, t_ms, value, NULL, 0), 0);
	ck_assert_uint_eq(stats().last_seq, 0);
	peer_expect_silence(&p);
}
END_TEST

START_TEST(time_that_leaps_makes_another_batch)
{
	uint32_t point[] = {1, 2, 3};
	int64_t t_ms[] = {0, 1, 1752498000000};
	double value[] = {1, NAN, 3};

	peer_ready(&p);
	ck_assert_int_eq(client_push(p.c, point, t_ms, value, NULL, 3), 0);
	Suandian__V1__PushSamples *b = take_batch(1);
	ck_assert_uint_eq(b->n_value, 2);
	ck_assert_uint_eq(b->n_q_index, 1);
	b = take_batch(2);
	ck_assert_int_eq(b->base_ms, 1752498000000);
	ck_assert_uint_eq(b->n_q_index, 0);
}
END_TEST

/* -- layouts -- */

static const uint32_t abc[] = {11, 5, 7};

/* n samples that follow the layout. */
static int push_abc(size_t n)
{
	uint32_t point[16];
	int64_t t_ms[16];
	double value[16];

	for (size_t i = 0; i < n; i++) {
		point[i] = abc[i % 3];
		t_ms[i] = (int64_t)i;
		value[i] = (double)i;
	}
	return client_push(p.c, point, t_ms, value, NULL, n);
}

static uint64_t take_layout(void)
{
	Suandian__V1__Envelope *env = peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_REGISTER_LAYOUT);

	ck_assert_uint_eq(env->register_layout->layout, 1);
	ck_assert_uint_eq(env->register_layout->n_point, 3);
	ck_assert(memcmp(env->register_layout->point, abc, sizeof(abc)) == 0);
	return env->id;
}

START_TEST(pushes_that_follow_a_layout_go_without_points)
{
	Suandian__V1__PushSamples *b;

	ck_assert_int_eq(client_add_layout(p.c, abc, 3), 0);
	ck_assert_int_eq(client_add_layout(p.c, abc, 3), 0);
	peer_ready(&p);
	ck_assert_int_eq(peer_say_ok(&p, take_layout()), 0);
	ck_assert_int_eq(push_abc(7), 0);
	b = take_batch(1);
	ck_assert(b->layout == 1 && b->n_point_delta == 0 && b->n_value == 7);
	/* another order does not */
	ck_assert_int_eq(push(5, 3), 0);
	b = take_batch(2);
	ck_assert(b->layout == 0 && b->n_point_delta == 3);
	/* registered again for the next session, before the samples */
	peer_lose(&p);
	peer_ready(&p);
	(void)take_layout();
	(void)take_batch(1);
	(void)take_batch(2);
}
END_TEST

START_TEST(a_refused_layout_is_told_and_not_used)
{
	uint64_t id;

	ck_assert_int_eq(client_add_layout(p.c, abc, 3), 0);
	peer_ready(&p);
	id = take_layout();
	ck_assert_int_eq(peer_say_error(&p, id, "FULL", "too many", 0), 0);
	ck_assert_int_eq(p.fault.code, ERR_FULL);
	ck_assert_int_eq(push_abc(3), 0);
	ck_assert_uint_eq(take_batch(1)->layout, 0);
	/* the next session may take it */
	peer_lose(&p);
	peer_ready(&p);
	ck_assert_int_eq(peer_say_ok(&p, take_layout()), 0);
	(void)take_batch(1);
	ck_assert_int_eq(push_abc(3), 0);
	ck_assert_uint_eq(take_batch(2)->layout, 1);
}
END_TEST

START_TEST(layouts_are_bounded_and_checked)
{
	uint32_t point = 0;

	ck_assert_int_eq(client_add_layout(p.c, &point, 0), ERR_INVALID);
	ck_assert_int_eq(client_add_layout(p.c, &point, 1 << 20), ERR_INVALID);
	for (; point < CLIENT_LAYOUTS_MAX; point++)
		ck_assert_int_eq(client_add_layout(p.c, &point, 1), 0);
	ck_assert_int_eq(client_add_layout(p.c, &point, 1), ERR_FULL);
	point = 3;
	ck_assert_int_eq(client_add_layout(p.c, &point, 1), 0);
}
END_TEST

/* A batch of a layout begins at its first point wherever it is cut. */
START_TEST(batches_cut_by_limits_still_begin_with_the_layout)
{
	Suandian__V1__Welcome w = SUANDIAN__V1__WELCOME__INIT;
	Suandian__V1__Limits limits = SUANDIAN__V1__LIMITS__INIT;
	size_t at = 0;

	limits.max_batch = 4;
	limits.credit_bytes = 1 << 20;
	w.limits = &limits;
	ck_assert_int_eq(client_add_layout(p.c, abc, 3), 0);
	peer_connect(&p);
	ck_assert_int_eq(peer_welcome(&p, &w), 0);
	(void)take_layout();
	ck_assert_int_eq(push_abc(13), 0);
	for (uint64_t seq = 1; at < 13; seq++) {
		Suandian__V1__PushSamples *b = take_batch(seq);
		uint32_t point = 0;
		ck_assert_uint_le(b->n_value, 4);
		for (size_t i = 0; i < b->n_value; i++, at++) {
			point = b->layout ? abc[i % 3] : point + (uint32_t)b->point_delta[i];
			ck_assert_uint_eq(point, abc[at % 3]);
			ck_assert(b->value[i] == (double)at);
		}
	}
	ck_assert_uint_eq(at, 13);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("client_samples");
	TCase *t = tcase_create("client_samples");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, points_are_declared_after_every_welcome);
	tcase_add_test(t, a_declaration_that_is_refused_or_answered_wrongly_is_told);
	tcase_add_test(t, what_is_pushed_goes_out_numbered_and_stays_until_acknowledged);
	tcase_add_test(t, what_was_not_acknowledged_is_sent_again_after_a_reconnect);
	tcase_add_test(t, the_daemons_credit_bounds_what_is_outstanding);
	tcase_add_test(t, gaps_that_the_daemon_reports_are_counted);
	tcase_add_test(t, acks_for_others_or_for_what_was_never_sent_change_nothing);
	tcase_add_test(t, a_refused_batch_is_told_and_does_not_come_again);
	tcase_add_test(t, a_spool_that_overflows_drops_its_oldest_and_counts);
	tcase_add_test(t, a_long_push_becomes_batches_of_what_the_daemon_takes);
	tcase_add_test(t, batches_fit_the_daemons_frames);
	tcase_add_test(t, a_push_that_cannot_be_takes_nothing);
	tcase_add_test(t, time_that_leaps_makes_another_batch);
	tcase_add_test(t, pushes_that_follow_a_layout_go_without_points);
	tcase_add_test(t, a_refused_layout_is_told_and_not_used);
	tcase_add_test(t, layouts_are_bounded_and_checked);
	tcase_add_test(t, batches_cut_by_limits_still_begin_with_the_layout);
	suite_add_tcase(s, t);
	return run_suite(s);
}
