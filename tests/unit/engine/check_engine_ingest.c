/* Samples on their way in: dedupe, gaps, refusals, acks, quality, late and doubled values. */
#include <check.h>
#include <math.h>

#include "rig.h"
#include "testlib/run.h"

#define T0 RUN_MONDAY

static struct rig g;
static uint32_t p;

static void begin(void)
{
	rig_init(&g, true, T0);
	p = rig_declare(&g, "s", "x/a", UNIT_W, MS_PER_MIN);
	rig_settle(&g);
	rig_listen(&g);
}

static void end(void)
{
	rig_fini(&g);
}

static const struct source_ack *last_ack(void)
{
	ck_assert_uint_gt(g.n_acks, 0);
	return &g.acks[g.n_acks - 1];
}

START_TEST(no_ack_comes_before_the_flush)
{
	ck_assert_int_eq(rig_push(&g, 1, p, T0, 5), PUSH_TAKEN);
	ck_assert_uint_eq(g.n_acks, 0);
	/* ticks alone do not bring it */
	engine_tick(g.engine);
	ck_assert_uint_eq(g.n_acks, 0);
	rig_settle(&g);
	ck_assert_uint_eq(g.n_acks, 1);
	ck_assert_uint_eq(last_ack()->seq, 1);
	ck_assert_uint_eq(last_ack()->epoch, 1);
}
END_TEST

START_TEST(a_duplicate_is_acknowledged_and_ignored)
{
	struct sample s;

	rig_push(&g, 1, p, T0, 5);
	rig_settle(&g);
	ck_assert_int_eq(rig_push(&g, 1, p, T0 + 1, 6), PUSH_DUPLICATE);
	rig_settle(&g);
	ck_assert_uint_eq(last_ack()->seq, 1);
	ck_assert_uint_eq(last_ack()->duplicates, 1);
	engine_latest(g.engine, p, &s);
	ck_assert_double_eq(s.value, 5);
	ck_assert_int_eq(disk_count_batch(&g.world.disk, "s", 1, 1), 1);
}
END_TEST

START_TEST(a_gap_is_reported_once_and_is_final)
{
	rig_push(&g, 1, p, T0, 5);
	rig_settle(&g);
	rig_push(&g, 4, p, T0 + 1000, 5);
	rig_settle(&g);
	ck_assert_uint_eq(last_ack()->seq, 4);
	ck_assert_uint_eq(last_ack()->n_gaps, 1);
	ck_assert_uint_eq(last_ack()->gaps[0].from_seq, 2);
	ck_assert_uint_eq(last_ack()->gaps[0].to_seq, 3);
	ck_assert_int_eq(rig_push(&g, 3, p, T0 + 500, 5), PUSH_DUPLICATE);
	rig_settle(&g);
	ck_assert_uint_eq(last_ack()->n_gaps, 0);
}
END_TEST

START_TEST(a_refused_batch_counts_as_seen)
{
	ck_assert_int_eq(rig_push(&g, 1, 999, T0, 5), ERR_INVALID);
	ck_assert_int_eq(rig_push(&g, 2, p, T0, 5), PUSH_TAKEN);
	rig_settle(&g);
	ck_assert_uint_eq(last_ack()->seq, 2);
	ck_assert_uint_eq(last_ack()->n_gaps, 0);
	engine_skip_batch(g.engine, "s", 1, 3);
	rig_settle(&g);
	ck_assert_uint_eq(last_ack()->seq, 3);
}
END_TEST

START_TEST(a_skipped_batch_does_not_pass_one_that_is_not_flushed)
{
	rig_push(&g, 1, p, T0, 5);
	engine_skip_batch(g.engine, "s", 1, 2);
	engine_tick(g.engine);
	ck_assert_uint_eq(g.n_acks, 0);
	rig_settle(&g);
	ck_assert_uint_eq(last_ack()->seq, 2);
}
END_TEST

START_TEST(the_points_of_others_are_denied)
{
	uint32_t other = rig_declare(&g, "t", "x/b", UNIT_W, MS_PER_MIN);

	ck_assert_int_eq(rig_push(&g, 1, other, T0, 5), ERR_DENIED);
}
END_TEST

START_TEST(what_a_failed_flush_lost_is_not_acknowledged_and_taken_again)
{
	g.world.faults.journal_fails_ppm = 1000000;
	rig_push(&g, 1, p, T0, 5);
	rig_push(&g, 2, p, T0 + 1000, 6);
	rig_settle(&g);
	ck_assert_uint_eq(g.n_acks, 0);
	g.world.faults.journal_fails_ppm = 0;
	ck_assert_int_eq(rig_push(&g, 1, p, T0, 5), PUSH_TAKEN);
	ck_assert_int_eq(rig_push(&g, 2, p, T0 + 1000, 6), PUSH_TAKEN);
	rig_settle(&g);
	ck_assert_uint_eq(last_ack()->seq, 2);
	ck_assert_int_eq(disk_count_batch(&g.world.disk, "s", 1, 1), 1);
	ck_assert_int_eq(disk_count_batch(&g.world.disk, "s", 1, 2), 1);
}
END_TEST

START_TEST(cursors_survive_a_death)
{
	rig_push(&g, 1, p, T0, 5);
	rig_settle(&g);
	rig_crash(&g);
	rig_listen(&g);
	ck_assert_int_eq(rig_push(&g, 1, p, T0, 5), PUSH_DUPLICATE);
	ck_assert_int_eq(rig_push(&g, 2, p, T0 + 1000, 5), PUSH_TAKEN);
	rig_settle(&g);
	ck_assert_uint_eq(last_ack()->seq, 2);
}
END_TEST

/* Values of point p. */
struct rows {
	bool correction;
	uint32_t n;
	const int64_t *t;
	const double *v;
	const uint8_t *q;
};

static int push_all(uint64_t epoch, uint64_t seq, const struct rows *rows)
{
	uint32_t points[8] = {p, p, p, p, p, p, p, p};
	struct sample_batch b = {.source = "s",
				 .epoch = epoch,
				 .seq = seq,
				 .correction = rows->correction,
				 .n = rows->n,
				 .point = points,
				 .t_ms = rows->t,
				 .value = rows->v,
				 .quality = rows->q};
	enum push_result r;

	ck_assert_int_eq(engine_push_samples(g.engine, &b, &r, NULL), 0);
	return (int)r;
}

START_TEST(a_new_epoch_begins_at_one_and_an_old_one_is_over)
{
	int64_t t[] = {T0};
	double v[] = {1};
	uint8_t q[] = {QUALITY_OK};
	struct rows rows = {.n = 1, .t = t, .v = v, .q = q};

	push_all(1, 1, &rows);
	ck_assert_int_eq(push_all(2, 1, &rows), PUSH_TAKEN);
	ck_assert_int_eq(push_all(1, 2, &rows), PUSH_DUPLICATE);
	rig_settle(&g);
	ck_assert_uint_eq(last_ack()->epoch, 2);
	ck_assert_uint_eq(last_ack()->n_gaps, 0);
}
END_TEST

START_TEST(of_two_values_of_one_time_the_better_stands_in_any_order)
{
	int64_t t[] = {T0 + 2000, T0 + 1000, T0 + 1000};
	double v[] = {7, 1, 2};
	uint8_t q[] = {QUALITY_OK, QUALITY_ESTIMATED, QUALITY_OK};
	int64_t late[] = {T0 + 2000};
	double worse[] = {9};
	uint8_t bad[] = {QUALITY_ESTIMATED};
	struct rows rows = {.n = 3, .t = t, .v = v, .q = q};
	struct sample s;

	push_all(1, 1, &rows);
	rig_settle(&g);
	rows = (struct rows){.n = 1, .t = late, .v = worse, .q = bad};
	push_all(1, 2, &rows);
	rig_settle(&g);
	engine_latest(g.engine, p, &s);
	ck_assert_int_eq(s.t_ms, T0 + 2000);
	ck_assert_double_eq(s.value, 7);
	/* a correction replaces it */
	rows = (struct rows){.correction = true, .n = 1, .t = late, .v = worse, .q = q};
	push_all(1, 3, &rows);
	rig_settle(&g);
	engine_latest(g.engine, p, &s);
	ck_assert_double_eq(s.value, 9);
}
END_TEST

START_TEST(values_are_judged_and_missing_ones_dropped)
{
	struct point_decl d = {.name = "x/c",
			       .unit = UNIT_W,
			       .kind = KIND_INSTANT,
			       .period_ms = MS_PER_MIN,
			       .has_max = true,
			       .max = 10};
	struct point_declaration all = {.source = "s", .decls = &d, .n = 1};
	struct sample s;
	uint32_t id;

	ck_assert_int_eq(engine_declare_points(g.engine, &all, &id, NULL, NULL), 0);
	rig_push(&g, 1, id, T0, 11);
	rig_push(&g, 2, id, T0 + 1, NAN);
	rig_settle(&g);
	engine_latest(g.engine, id, &s);
	ck_assert_int_eq(s.t_ms, T0);
	ck_assert_int_eq(s.quality, QUALITY_BAD);
	ck_assert_uint_eq(last_ack()->seq, 2);
}
END_TEST

START_TEST(an_old_value_is_missing_and_no_value_too)
{
	struct sample s;

	engine_latest(g.engine, p, &s);
	ck_assert_int_eq(s.quality, QUALITY_MISSING);
	ck_assert_int_eq(s.t_ms, 0);
	rig_push(&g, 1, p, T0, 5);
	rig_settle(&g);
	rig_advance(&g, T0 + 2 * MS_PER_MIN);
	engine_latest(g.engine, p, &s);
	ck_assert_int_eq(s.quality, QUALITY_OK);
	rig_advance(&g, T0 + 2 * MS_PER_MIN + 1);
	engine_latest(g.engine, p, &s);
	ck_assert_int_eq(s.quality, QUALITY_MISSING);
	ck_assert_double_eq(s.value, 5);
	ck_assert_int_eq(engine_latest(g.engine, 77, &s), ERR_NOTFOUND);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ingest");
	TCase *t = tcase_create("ingest");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, no_ack_comes_before_the_flush);
	tcase_add_test(t, a_duplicate_is_acknowledged_and_ignored);
	tcase_add_test(t, a_gap_is_reported_once_and_is_final);
	tcase_add_test(t, a_refused_batch_counts_as_seen);
	tcase_add_test(t, a_skipped_batch_does_not_pass_one_that_is_not_flushed);
	tcase_add_test(t, the_points_of_others_are_denied);
	tcase_add_test(t, what_a_failed_flush_lost_is_not_acknowledged_and_taken_again);
	tcase_add_test(t, cursors_survive_a_death);
	tcase_add_test(t, a_new_epoch_begins_at_one_and_an_old_one_is_over);
	tcase_add_test(t, of_two_values_of_one_time_the_better_stands_in_any_order);
	tcase_add_test(t, values_are_judged_and_missing_ones_dropped);
	tcase_add_test(t, an_old_value_is_missing_and_no_value_too);
	suite_add_tcase(s, t);
	return run_suite(s);
}
