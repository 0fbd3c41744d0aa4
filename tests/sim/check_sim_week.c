/* A week at the site under faults on every side, and what must hold all the same. One seed is one week; how many
 * says $SUANDIAN_SIM_SEEDS. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "simtest/run.h"
#include "simtest/watch.h"
#include "testlib/run.h"

#define DAYS 7
#define SEEDS 20

static const struct run_faults input_faults = {
	.lost_ppm = 10000,
	.late_ppm = 10000,
	.doubled_ppm = 20000,
	.corrupt_ppm = 10000,
	.ack_lost_ppm = 10000,
	.fails_ppm = 5000,
	.rejects_ppm = 5000,
	.queue_full_ppm = 20000,
};

static const struct world_faults world_faults = {
	.commit_fails_ppm = 5000,
	.journal_fails_ppm = 0, /* tested by itself: such a batch is never acknowledged */
	.solver_fails_ppm = 20000,
	.solver_slow_ppm = 20000,
	.crash_ppm = 400,
};

static int seeds(void)
{
	const char *s = getenv("SUANDIAN_SIM_SEEDS");
	int n = s && *s ? (int)strtol(s, NULL, 10) : SEEDS;

	return n > 0 ? n : SEEDS;
}

/* An event each evening; on some days it is called off, or asked for again with more. */
static void evening(struct run *r, int day)
{
	int64_t start = RUN_MONDAY + day * MS_PER_DAY + 21 * MS_PER_H;
	struct event ev;
	char name[32];
	uint64_t id;

	snprintf(name, sizeof(name), "day-%d", day);
	ev = run_event(name, start, start + 5 * SLOT_MS, 800000);
	ck_assert_int_eq(run_put_event(r, &ev, &id), 0);
	if (day % 3 == 1) {
		run_to(r, start + SLOT_MS);
		ck_assert_int_eq(run_cancel_event(r, name), 0);
	}
	if (day % 3 == 2) {
		run_to(r, start - MS_PER_H);
		ev.revision = 2;
		ev.target_w = 1200000;
		ck_assert_int_eq(run_put_event(r, &ev, &id), 0);
	}
}

/* So many days from Monday on. */
static void live(int days, uint64_t seed, bool faulty, uint8_t head[32], struct watch *w)
{
	struct run_settings s = {
		.seed = seed, .start_ms = RUN_MONDAY, .step_ms = 5 * MS_PER_MIN, .greedy = true};
	struct run r;

	if (faulty) {
		s.faults = input_faults;
		s.world = world_faults;
	}
	run_init(&r, &s);
	for (int day = 0; day < days; day++) {
		int64_t midnight = RUN_MONDAY + day * MS_PER_DAY;

		for (int h = 1; h <= 18; h++) {
			run_to(&r, midnight + h * MS_PER_H);
			watch_plan(w, &r);
		}
		evening(&r, day);
		watch_plan(w, &r);
		run_to(&r, midnight + MS_PER_DAY);
		watch_plan(w, &r);
	}
	run_settle(&r);
	watch_end(w, &r, head);
	/* the twin keeps its own limits, whatever it was told */
	ck_assert_double_lt(r.plant.import_max_w, 20e6);
	ck_assert_double_lt(r.plant.export_max_w, 12e6);
	ck_assert_uint_gt(w->plans, (uint64_t)(7 * days));
	if (faulty)
		ck_assert_uint_gt(r.restarts + r.refused, 0);
	run_fini(&r);
}

START_TEST(whatever_fails_what_must_hold_holds)
{
	struct watch w = {0};
	uint8_t head[32];

	live(DAYS, (uint64_t)_i + 1, true, head, &w);
	ck_assert_msg(!w.why[0], "seed %d: %s", _i + 1, w.why);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_chain)
{
	struct watch w = {0}, again = {0};
	uint8_t one[32], two[32];

	live(3, 77, true, one, &w);
	live(3, 77, true, two, &again);
	ck_assert_str_eq(w.why, "");
	ck_assert_mem_eq(one, two, 32);
}
END_TEST

START_TEST(another_seed_gives_another_chain)
{
	struct watch w = {0}, other = {0};
	uint8_t one[32], two[32];

	live(1, 78, false, one, &w);
	live(1, 79, false, two, &other);
	ck_assert_str_eq(w.why, "");
	ck_assert_mem_ne(one, two, 32);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim_week");
	TCase *t = tcase_create("week");

	log_set_level(LOG_ERROR);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, whatever_fails_what_must_hold_holds, 0, seeds());
	tcase_add_test(t, the_same_seed_gives_the_same_chain);
	tcase_add_test(t, another_seed_gives_another_chain);
	suite_add_tcase(s, t);
	return run_suite(s);
}
