/* Plans solved again, and for what is not so; the ledger stays as it is. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/region.h"
#include "rig.h"
#include "simtest/greedy.h"
#include "testlib/run.h"

#define T0 (RUN_MONDAY + 8 * MS_PER_H)
#define FROM (RUN_MONDAY + 19 * MS_PER_H)
#define TO (RUN_MONDAY + 20 * MS_PER_H)

static struct rig g;
static uint32_t soc;
static struct arena op_arena;

static void begin(void)
{
	rig_init(&g, true, T0);
	g.world.solver = world_solve_for_real;
	/* a battery that can be planned with */
	soc = rig_declare(&g, "s", "hongyuan/bess.soc", UNIT_PERCENT, MS_PER_MIN);
	rig_push(&g, 1, soc, T0 - MS_PER_MIN, 60);
	rig_settle(&g);
}

static void end(void)
{
	rig_fini(&g);
}

static struct plan_replay replay(uint64_t id)
{
	struct rig_answer a = rig_answer_new();
	struct plan_replay ret;
	struct fault f = {0};

	ck_assert_msg(engine_replay(g.engine, id, &ret, &a.w, &f) == 0, "%s", f.text);
	rig_settle(&g);
	ck_assert(a.done);
	ck_assert_int_eq(a.rc, 0);
	return ret;
}

START_TEST(a_plan_solved_again_is_the_same_to_the_byte)
{
	struct plan_replay r;

	rig_advance(&g, T0);
	rig_advance(&g, T0 + SLOT_MS);
	r = replay(1);
	ck_assert_msg(r.same, "%s", r.what);
	ck_assert_str_eq(r.site, "hongyuan");
	ck_assert_uint_eq(r.region_id, 1);
	ck_assert_mem_eq(r.stored_hash, r.solved_hash, SHA256_LEN);
	/* and by an engine that did not make it */
	rig_crash(&g);
	r = replay(1);
	ck_assert(r.same);
}
END_TEST

/* ---- what was stored before there were regions ---- */

/* Solves what an input of the version before says, as the daemon of that time did. */
static int solve_as_before(struct solve_job *job)
{
	struct plan_region *old;
	struct buf b;

	ck_assert_int_eq(job->region->n_sites, 1);
	job->region->sites[0]->version = PLAN_INPUT_VERSION_OLD;
	buf_init(&b, 0);
	ck_assert_int_eq(plan_region_encode(job->region, &b), 0);
	ck_assert_int_eq(plan_region_decode(buf_peek(&b), buf_avail(&b), &job->arena, &old), 0);
	buf_fini(&b);
	ck_assert_uint_eq(old->sites[0]->version, PLAN_INPUT_VERSION_OLD);
	job->region = old;
	return world_solve_for_real(job);
}

static bool take_plan(void *arg, const struct ledger_op *op)
{
	*(struct plan **)arg = plan_clone(op->plan, &op_arena);
	return false;
}

static bool take_version(void *arg, const struct ledger_op *op)
{
	struct plan_region *region;

	ck_assert_int_eq(plan_region_decode(op->blob->data, op->blob->len, &op_arena, &region), 0);
	*(uint32_t *)arg = region->sites[0]->version;
	return false;
}

START_TEST(a_plan_of_the_version_before_is_solved_again_to_the_same_bytes)
{
	struct plan *p = NULL;
	struct plan_replay r;
	uint32_t version = 0;
	struct ledger_op op = {.kind = LEDGER_PLAN};

	arena_init(&op_arena, (size_t)64 << 20);
	g.world.solver = solve_as_before;
	rig_advance(&g, T0);
	g.world.solver = world_solve_for_real;
	ck_assert_int_eq(disk_scan(&g.world.disk, LEDGER_SNAPSHOT, 1, take_version, &version), 0);
	ck_assert_uint_eq(version, PLAN_INPUT_VERSION_OLD);
	/* nor did its plan say of which run it was */
	ck_assert_int_eq(disk_scan(&g.world.disk, LEDGER_PLAN, 1, take_plan, &p), 0);
	ck_assert_uint_eq(p->id, 1);
	p->region_id = 0;
	op.plan = p;
	disk_flush(&g.world.disk, disk_write_ops(&op, 1, 1));
	rig_crash(&g);
	r = replay(1);
	ck_assert_msg(r.same, "%s", r.what);
	ck_assert_uint_eq(r.region_id, 1);
	ck_assert_mem_eq(r.stored_hash, r.solved_hash, SHA256_LEN);
	/* the plans that follow are of the present version */
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_int_eq(disk_scan(&g.world.disk, LEDGER_SNAPSHOT, 2, take_version, &version), 0);
	ck_assert_uint_eq(version, PLAN_INPUT_VERSION);
	ck_assert(replay(2).same);
	arena_fini(&op_arena);
}
END_TEST

START_TEST(another_solver_is_found_out_by_its_first_difference)
{
	struct plan_replay r;

	rig_advance(&g, T0);
	g.world.solver = greedy_solve;
	r = replay(1);
	ck_assert(!r.same);
	ck_assert_str_ne(r.what, "");
	ck_assert_int_ne(r.stored, r.solved);
}
END_TEST

START_TEST(what_cannot_be_solved_again_is_refused_with_the_reason)
{
	struct plan_replay ret;
	struct fault f = {0};

	rig_advance(&g, T0);
	ck_assert_int_eq(engine_replay(g.engine, 99, &ret, NULL, &f), ERR_NOTFOUND);
	g.world.faults.solver_fails_ppm = 1000000;
	rig_advance(&g, T0 + SLOT_MS);
	/* kept for lack of a result */
	ck_assert_int_eq(engine_replay(g.engine, 2, &ret, NULL, &f), ERR_STATE);
	ck_assert_ptr_nonnull(strstr(f.text, "kept from plan 1"));
}
END_TEST

/* Bytes of the whole ledger. */
static void hash_ledger(uint8_t ret[SHA256_LEN])
{
	struct sha256 *h = sha256_new();

	for (int k = 0; k < LEDGER_KINDS; k++) {
		const struct disk_table *t = &g.world.disk.ledger[k];

		for (size_t i = 0; i < t->n; i++) {
			sha256_update(h, t->rows[i].key, t->rows[i].key_len);
			sha256_update(h, t->rows[i].value, t->rows[i].len);
		}
	}
	sha256_final(h, ret);
}

static struct whatif_answer answer;

static void ask(const struct whatif_question *q)
{
	struct rig_answer a = rig_answer_new();
	struct fault f = {0};

	ck_assert_msg(engine_whatif(g.engine, q, &answer, &a.w, &f) == 0, "%s", f.text);
	rig_settle(&g);
	ck_assert(a.done);
	ck_assert_int_eq(a.rc, 0);
	ck_assert_int_eq(answer.n_sites, 1);
	ck_assert_str_eq(answer.sites[0].site, "hongyuan");
	ck_assert_uint_gt(answer.n_slots, 100);
}

static struct whatif_question event(int64_t target_w)
{
	return (struct whatif_question){.kind = WHATIF_EVENT,
					.site = "hongyuan",
					.from_ms = FROM,
					.to_ms = TO,
					.direction = DIRECTION_UP,
					.target_w = target_w,
					.pay_price_e4 = 30000};
}

START_TEST(an_event_that_is_not_real_changes_nothing_but_the_answer)
{
	struct whatif_question q = event(1000000);
	uint8_t before[SHA256_LEN], after[SHA256_LEN];

	rig_advance(&g, T0);
	hash_ledger(before);
	ask(&q);
	hash_ledger(after);
	ck_assert_mem_eq(before, after, SHA256_LEN);
	ck_assert_int_ge(answer.sites[0].then.deliverable_w, 990000);
	for (uint32_t i = 0; i < answer.n_slots; i++) {
		const struct whatif_slot *s = &answer.slots[i];

		if (s->start_ms >= FROM && s->start_ms < TO)
			ck_assert_int_ge(s->now_w - s->then_w, 990000);
	}
	/* a battery emptied at once cannot serve the evening: what was not drawn then is drawn later */
	q.from_ms = T0 + SLOT_MS;
	q.to_ms = T0 + 5 * SLOT_MS;
	ask(&q);
	ck_assert_int_gt(answer.rebound_wh, 0);
	ck_assert_int_ge(answer.rebound_wh, answer.rebound_w / 4);
	q = event(1000000);
	/* nor does it leave a trace in the plans to come */
	rig_advance(&g, T0 + SLOT_MS);
	hash_ledger(before);
	ask(&q);
	hash_ledger(after);
	ck_assert_mem_eq(before, after, SHA256_LEN);
}
END_TEST

START_TEST(an_open_target_tells_how_much_can_be_had)
{
	struct whatif_question some = event(500000), all = event(0);
	int64_t had;

	rig_advance(&g, T0);
	ask(&some);
	had = answer.sites[0].then.deliverable_w;
	ask(&all);
	ck_assert_int_gt(answer.sites[0].then.deliverable_w, had);
	/* paid for what is delivered, fined for nothing */
	ck_assert_int_lt(answer.sites[0].then.money_e4, answer.sites[0].now.money_e4);
}
END_TEST

START_TEST(without_its_battery_or_at_other_prices_a_site_pays_more)
{
	struct whatif_question out = {.kind = WHATIF_OUTAGE,
				      .site = "hongyuan",
				      .from_ms = T0,
				      .to_ms = T0 + 8 * MS_PER_H,
				      .asset = "bess"},
			       dear = {.kind = WHATIF_PRICE,
				       .site = "hongyuan",
				       .from_ms = T0,
				       .to_ms = T0 + MS_PER_DAY,
				       .factor_ppm = 2 * PPM},
			       same = {.kind = WHATIF_PRICE,
				       .site = "hongyuan",
				       .from_ms = T0,
				       .to_ms = T0 + MS_PER_DAY,
				       .factor_ppm = PPM};

	rig_advance(&g, T0);
	ask(&out);
	ck_assert_int_gt(answer.all.then.money_e4, answer.all.now.money_e4);
	ask(&dear);
	ck_assert_int_gt(answer.all.then.money_e4, answer.all.now.money_e4 * 3 / 2);
	ask(&same);
	ck_assert_int_eq(answer.all.then.money_e4, answer.all.now.money_e4);
	ck_assert_int_eq(answer.all.then.peak_w, answer.all.now.peak_w);
	ck_assert_int_eq(answer.rebound_wh, 0);
}
END_TEST

START_TEST(senseless_questions_are_refused)
{
	struct whatif_question q = event(1);
	struct fault f = {0};

	ck_assert_int_eq(engine_whatif(g.engine, &q, &answer, NULL, &f), 0);
	rig_advance(&g, T0);
	q.to_ms = q.from_ms;
	ck_assert_int_eq(engine_whatif(g.engine, &q, &answer, NULL, &f), ERR_INVALID);
	q = event(1);
	q.direction = DIRECTION_NONE;
	ck_assert_int_eq(engine_whatif(g.engine, &q, &answer, NULL, &f), ERR_INVALID);
	q = event(1);
	q.to_ms = T0 + 30 * MS_PER_DAY;
	ck_assert_int_eq(engine_whatif(g.engine, &q, &answer, NULL, &f), ERR_INVALID);
	q = event(INT64_MAX);
	ck_assert_int_eq(engine_whatif(g.engine, &q, &answer, NULL, &f), ERR_INVALID);
	q = event(1);
	q.pay_price_e4 = INT64_MAX;
	ck_assert_int_eq(engine_whatif(g.engine, &q, &answer, NULL, &f), ERR_INVALID);
	q = event(1);
	q.penalty_price_e4 = -1;
	ck_assert_int_eq(engine_whatif(g.engine, &q, &answer, NULL, &f), ERR_INVALID);
	q = event(1);
	snprintf(q.site, sizeof(q.site), "nowhere");
	ck_assert_int_eq(engine_whatif(g.engine, &q, &answer, NULL, &f), ERR_NOTFOUND);
	q = event(1);
	q.kind = WHATIF_OUTAGE;
	snprintf(q.asset, sizeof(q.asset), "nothing");
	ck_assert_int_eq(engine_whatif(g.engine, &q, &answer, NULL, &f), ERR_NOTFOUND);
}
END_TEST

static double outlooks(void)
{
	static const char name[] = "\nsuandian_outlooks_total ";
	const char *at;
	struct buf text;
	double n;

	buf_init(&text, 0);
	ck_assert_int_eq(engine_metrics(g.engine, &text), 0);
	at = strstr(buf_str(&text), name);
	ck_assert_ptr_nonnull(at);
	n = strtod(at + strlen(name), NULL);
	buf_fini(&text);
	return n;
}

START_TEST(only_so_many_may_wait_and_all_are_answered_at_the_end)
{
	struct rig_answer a[9];
	struct whatif_question q = event(1000000);
	struct fault f = {0};
	double before;
	uint32_t load = rig_declare(&g, "s", "hongyuan/it.power", UNIT_W, MS_PER_MIN);

	/* of which something is foretold */
	for (int i = 0; i < 60; i++)
		rig_push(&g, (uint64_t)i + 2, load, T0 - (60 - i) * MS_PER_MIN, 4e6);
	rig_advance(&g, T0);
	for (int i = 0; i < 8; i++) {
		a[i] = rig_answer_new();
		ck_assert_int_eq(engine_whatif(g.engine, &q, &answer, &a[i].w, &f), 0);
	}
	a[8] = rig_answer_new();
	before = outlooks();
	ck_assert_double_gt(before, 0);
	ck_assert_int_eq(engine_whatif(g.engine, &q, &answer, &a[8].w, &f), ERR_FULL);
	/* and no work was done for it */
	ck_assert_double_eq(outlooks(), before);
	while (!engine_stop(g.engine))
		ck_assert(world_turn(&g.world));
	for (int i = 0; i < 8; i++) {
		ck_assert(a[i].done);
		ck_assert_int_eq(a[i].rc, ERR_CLOSED);
	}
}
END_TEST

START_TEST(a_plan_that_is_due_waits_for_one_solve_at_most)
{
	struct rig_answer a = rig_answer_new();
	struct whatif_question q = event(1000000);
	struct fault f = {0};
	uint64_t solves;

	rig_advance(&g, T0);
	solves = g.world.solves;
	ck_assert_int_eq(engine_whatif(g.engine, &q, &answer, &a.w, &f), 0);
	/* the first of its two runs is under way when the slot ends */
	engine_tick(g.engine);
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_uint_ge(g.world.solves, solves + 2);
	rig_settle(&g);
	ck_assert(a.done);
	ck_assert_int_eq(a.rc, 0);
	ck_assert_uint_eq(g.world.solves, solves + 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("studies");
	TCase *t = tcase_create("studies");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_plan_solved_again_is_the_same_to_the_byte);
	tcase_add_test(t, a_plan_of_the_version_before_is_solved_again_to_the_same_bytes);
	tcase_add_test(t, another_solver_is_found_out_by_its_first_difference);
	tcase_add_test(t, what_cannot_be_solved_again_is_refused_with_the_reason);
	tcase_add_test(t, an_event_that_is_not_real_changes_nothing_but_the_answer);
	tcase_add_test(t, an_open_target_tells_how_much_can_be_had);
	tcase_add_test(t, without_its_battery_or_at_other_prices_a_site_pays_more);
	tcase_add_test(t, senseless_questions_are_refused);
	tcase_add_test(t, only_so_many_may_wait_and_all_are_answered_at_the_end);
	tcase_add_test(t, a_plan_that_is_due_waits_for_one_solve_at_most);
	suite_add_tcase(s, t);
	return run_suite(s);
}
