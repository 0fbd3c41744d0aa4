/* Same recorded input, same bytes: the order in which rows came, and the batches they came in, leave no trace in plans
 * and audit chain. With the real planner. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "simtest/run.h"
#include "simtest/watch.h"
#include "testlib/run.h"

static void day(struct run *r, bool shuffle, uint64_t shuffle_seed)
{
	struct run_settings s = {.seed = 3,
				 .start_ms = RUN_MONDAY + 12 * MS_PER_H,
				 .step_ms = 5 * MS_PER_MIN,
				 .shuffle = shuffle,
				 .shuffle_seed = shuffle_seed,
				 .faults.late_ppm = 20000};
	struct event ev = run_event("evening", RUN_MONDAY + 21 * MS_PER_H,
				    RUN_MONDAY + 22 * MS_PER_H, 1000000);
	uint64_t id;

	run_init(r, &s);
	run_to(r, RUN_MONDAY + 18 * MS_PER_H);
	ck_assert_int_eq(run_put_event(r, &ev, &id), 0);
	run_to(r, RUN_MONDAY + 24 * MS_PER_H);
	run_settle(r);
}

static void check_same_table(const struct disk *a, const struct disk *b, enum ledger_kind kind)
{
	const struct disk_table *x = &a->ledger[kind], *y = &b->ledger[kind];

	ck_assert_uint_eq(x->n, y->n);
	for (size_t i = 0; i < x->n; i++) {
		ck_assert_uint_eq(x->rows[i].len, y->rows[i].len);
		ck_assert_mem_eq(x->rows[i].value, y->rows[i].value, x->rows[i].len);
	}
}

START_TEST(shuffled_rows_give_the_same_bytes)
{
	static const enum ledger_kind kinds[] = {LEDGER_PLAN,	  LEDGER_SNAPSHOT, LEDGER_DISPATCH,
						 LEDGER_DECISION, LEDGER_EVENT,	   LEDGER_AUDIT};
	struct watch w = {0};
	struct run a, b;
	uint8_t one[32], two[32];

	day(&a, false, 0);
	day(&b, true, (uint64_t)_i + 11);
	watch_end(&w, &a, one);
	watch_end(&w, &b, two);
	ck_assert_str_eq(w.why, "");
	ck_assert_uint_gt(a.world.disk.ledger[LEDGER_PLAN].n, 5);
	ck_assert_uint_ne(a.world.disk.flushes, b.world.disk.flushes);
	ck_assert_mem_eq(one, two, 32);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		check_same_table(&a.world.disk, &b.world.disk, kinds[i]);
	run_fini(&a);
	run_fini(&b);
}
END_TEST

struct replay {
	int n;
	const struct disk *disk;
};

static bool solve_again(void *arg, const struct ledger_op *op)
{
	struct replay *rp = arg;
	struct plan_region *region;
	struct plan *p;
	struct arena a;
	struct fault f = {0};
	struct solve_ctl ctl = {.max_iterations = 200000};
	const struct disk_table *plans = &rp->disk->ledger[LEDGER_PLAN];
	const struct disk_row *row = &plans->rows[rp->n];
	struct record raw = {row->key, row->value, row->key_len, row->len};
	struct ledger_op stored;
	uint8_t hash[SHA256_LEN];

	arena_init(&a, PLAN_ARENA_CAP);
	ck_assert_int_eq(plan_region_decode(op->blob->data, op->blob->len, &a, &region), 0);
	ck_assert_int_eq(record_decode(LEDGER_PLAN, &raw, &a, &stored), 0);
	sha256(op->blob->data, op->blob->len, hash);
	ck_assert_mem_eq(hash, stored.plan->snapshot_hash, SHA256_LEN);
	ck_assert_int_eq(region_make(region, &ctl, &a, &p, &f), 0);
	plan_hash_compute(p, hash);
	/* the snapshot's hash is not part of the plan's: both were checked */
	ck_assert_mem_eq(hash, stored.plan->plan_hash, SHA256_LEN);
	arena_fini(&a);
	rp->n++;
	return true;
}

START_TEST(every_plan_can_be_made_again_from_its_stored_input)
{
	struct replay rp = {0};
	struct run r;

	day(&r, false, 0);
	rp.disk = &r.world.disk;
	ck_assert_int_eq(disk_scan(&r.world.disk, LEDGER_SNAPSHOT, 1, solve_again, &rp), 0);
	ck_assert_uint_eq((size_t)rp.n, r.world.disk.ledger[LEDGER_PLAN].n);
	run_fini(&r);
}
END_TEST

START_TEST(faults_leave_the_real_planner_legal)
{
	struct run_settings s = {.seed = (uint64_t)_i + 21,
				 .start_ms = RUN_MONDAY,
				 .step_ms = SLOT_MS,
				 .faults = {.lost_ppm = 20000,
					    .late_ppm = 20000,
					    .corrupt_ppm = 20000,
					    .ack_lost_ppm = 20000,
					    .fails_ppm = 20000},
				 .world = {.solver_fails_ppm = 50000, .crash_ppm = 2000}};
	struct event ev = run_event("evening", RUN_MONDAY + 21 * MS_PER_H,
				    RUN_MONDAY + 22 * MS_PER_H, 2000000);
	struct watch w = {0};
	uint8_t head[32];
	struct run r;
	uint64_t id;

	run_init(&r, &s);
	run_to(&r, RUN_MONDAY + 19 * MS_PER_H);
	ck_assert_int_eq(run_put_event(&r, &ev, &id), 0);
	run_to(&r, RUN_MONDAY + 26 * MS_PER_H);
	run_settle(&r);
	watch_end(&w, &r, head);
	ck_assert_msg(!w.why[0], "seed %d: %s", _i + 21, w.why);
	run_fini(&r);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim_order");
	TCase *t = tcase_create("order");

	log_set_level(LOG_ERROR);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, shuffled_rows_give_the_same_bytes, 0, 2);
	tcase_add_test(t, every_plan_can_be_made_again_from_its_stored_input);
	tcase_add_loop_test(t, faults_leave_the_real_planner_legal, 0, 3);
	suite_add_tcase(s, t);
	return run_suite(s);
}
