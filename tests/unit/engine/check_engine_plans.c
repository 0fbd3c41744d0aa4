/* Plans in force, kept, shifted; records, explanations, audit, health, metrics; with the real planner. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "rig.h"
#include "testlib/run.h"

#define T0 RUN_MONDAY

static struct rig g;
static struct arena arena;
static uint32_t soc;
static uint64_t seq;

static void feed(int64_t t, double percent)
{
	ck_assert_int_eq(rig_push(&g, ++seq, soc, t, percent), PUSH_TAKEN);
	rig_settle(&g);
}

static void begin(void)
{
	arena_init(&arena, (size_t)64 << 20);
	rig_init(&g, true, T0);
	g.world.solver = world_solve_for_real;
	soc = rig_declare(&g, "s", "hongyuan/bess.soc", UNIT_PERCENT, MS_PER_MIN);
	seq = 0;
	feed(T0, 50);
}

static void end(void)
{
	rig_fini(&g);
	arena_fini(&arena);
}

static const struct plan *in_force(void)
{
	const struct plan *p = NULL;

	ck_assert_int_eq(engine_get_plan(g.engine, "hongyuan", 0, 0, &arena, &p), 0);
	return p;
}

START_TEST(the_plan_in_force_is_found_by_time_and_by_number)
{
	const struct plan *p, *again;

	ck_assert_int_eq(engine_get_plan(g.engine, "hongyuan", 0, 0, &arena, &p), ERR_NODATA);
	rig_advance(&g, T0);
	p = in_force();
	ck_assert_uint_eq(p->id, 1);
	ck_assert_int_eq(p->created_ms, T0);
	ck_assert_int_eq(engine_get_plan(g.engine, "hongyuan", 1, 0, &arena, &again), 0);
	ck_assert_int_eq(again->objective_e4, p->objective_e4);
	ck_assert_int_eq(engine_get_plan(g.engine, "elsewhere", 0, 0, &arena, &again),
			 ERR_NOTFOUND);
	ck_assert_int_eq(engine_get_plan(g.engine, "hongyuan", 99, 0, &arena, &again),
			 ERR_NOTFOUND);
	rig_advance(&g, T0 + MS_PER_DAY);
	ck_assert_uint_gt(in_force()->id, 1);
	ck_assert_int_eq(engine_get_plan(g.engine, "hongyuan", 0, T0 + 5, &arena, &again), 0);
	ck_assert_uint_eq(again->id, 1);
}
END_TEST

START_TEST(the_record_is_composed_of_what_was_in_force_slot_by_slot)
{
	struct plan *rec;
	struct fault f = {0};

	for (int i = 0; i < 8; i++) {
		feed(T0 + i * SLOT_MS, 50 - i * 3);
		rig_advance(&g, T0 + i * SLOT_MS);
	}
	(void)f;
	ck_assert_int_eq(engine_get_record(g.engine, "hongyuan", T0, T0 + MS_PER_DAY, &arena, &rec),
			 0);
	ck_assert_uint_eq(rec->n, 96);
	ck_assert_int_eq(plan_imbalance_w(rec), 0);
	for (uint32_t i = 0; i < rec->n; i++)
		ck_assert_int_eq(rec->start_ms[i], T0 + (int64_t)i * SLOT_MS);
	ck_assert_uint_eq(rec->slot_plan_id[0], 1);
	ck_assert_uint_eq(rec->slot_plan_id[95], in_force()->id);
	ck_assert_int_eq(engine_get_record(g.engine, "hongyuan", T0 - MS_PER_DAY, T0, &arena, &rec),
			 ERR_NODATA);
	ck_assert_int_eq(engine_get_record(g.engine, "hongyuan", T0, T0, &arena, &rec),
			 ERR_INVALID);
}
END_TEST

START_TEST(a_plan_that_saves_nothing_does_not_replace_the_one_in_force)
{
	const struct plan *p;

	rig_advance(&g, T0);
	p = in_force();
	/* the battery does just what was planned */
	feed(T0 + SLOT_MS, 100.0 * (double)plan_find_asset(p, "hongyuan/bess")->level[0] / 8e6);
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_uint_eq(in_force()->id, 1);
	ck_assert_uint_eq(g.world.solves, 2);
}
END_TEST

START_TEST(when_the_solver_fails_the_plan_goes_on_and_says_so)
{
	const struct plan *p;
	struct health h;
	bool said = false;

	rig_advance(&g, T0);
	g.world.faults.solver_fails_ppm = 1000000;
	rig_advance(&g, T0 + SLOT_MS);
	p = in_force();
	ck_assert_uint_eq(p->id, 2);
	ck_assert_int_eq(p->status, PLAN_SHIFTED);
	ck_assert_ptr_nonnull(strstr(p->solver, "plan 1"));
	ck_assert_int_eq(plan_imbalance_w(p), 0);
	engine_health(g.engine, &h);
	for (uint32_t i = 0; i < h.n; i++)
		said |= strcmp(h.reasons[i].code, "solver_failed") == 0;
	ck_assert(said);
	/* no new number for every failure, and the next good plan goes before it */
	rig_advance(&g, T0 + 2 * SLOT_MS);
	ck_assert_uint_eq(in_force()->id, 2);
	g.world.faults.solver_fails_ppm = 0;
	rig_advance(&g, T0 + 3 * SLOT_MS);
	ck_assert_uint_eq(in_force()->id, 3);
	ck_assert_int_eq(in_force()->status, PLAN_OPTIMAL);
}
END_TEST

START_TEST(a_plan_that_ran_out_is_no_plan)
{
	const struct plan *p;

	rig_advance(&g, T0);
	g.world.faults.solver_fails_ppm = 1000000;
	rig_advance(&g, T0 + 3 * MS_PER_DAY);
	ck_assert_int_eq(engine_get_plan(g.engine, "hongyuan", 0, 0, &arena, &p), ERR_NODATA);
	g.world.faults.solver_fails_ppm = 0;
	rig_advance(&g, T0 + 3 * MS_PER_DAY + SLOT_MS);
	ck_assert_int_eq(in_force()->status, PLAN_OPTIMAL);
}
END_TEST

START_TEST(a_death_leaves_the_plan_in_force)
{
	int64_t objective;

	rig_advance(&g, T0);
	objective = in_force()->objective_e4;
	rig_crash(&g);
	ck_assert_uint_eq(in_force()->id, 1);
	ck_assert_int_eq(in_force()->objective_e4, objective);
	rig_advance(&g, T0 + MS_PER_MIN);
	ck_assert_uint_eq(in_force()->id, 1);
	ck_assert_uint_eq(g.world.solves, 1);
}
END_TEST

START_TEST(explanations_name_plan_and_decision)
{
	struct why why;

	rig_advance(&g, T0);
	ck_assert_int_eq(engine_explain(g.engine, "hongyuan/bess", 0, 0, &arena, &why), 0);
	ck_assert_uint_eq(why.plan->id, 1);
	ck_assert_uint_ne(why.decision_id, 0);
	ck_assert_str_ne(why.text_en, "");
	ck_assert_str_ne(why.text_zh, "");
	ck_assert_int_eq(engine_explain(g.engine, "", 0, why.decision_id, &arena, &why), 0);
	ck_assert_int_eq(why.t_ms, T0);
	ck_assert_int_eq(engine_explain(g.engine, "hongyuan/nothing", 0, 0, &arena, &why),
			 ERR_NOTFOUND);
	ck_assert_int_eq(engine_explain(g.engine, "nowhere/x", 0, 0, &arena, &why), ERR_NOTFOUND);
	ck_assert_int_eq(engine_explain(g.engine, "", 0, 4711, &arena, &why), ERR_NOTFOUND);
}
END_TEST

struct reading {
	uint32_t n;
	char first[200];
};

static bool read(void *arg, const struct ledger_audit *a)
{
	struct reading *r = arg;

	if (r->n++ == 0)
		snprintf(r->first, sizeof(r->first), "%.*s", (int)a->len, (const char *)a->body);
	return true;
}

START_TEST(refusals_are_audited_at_a_bounded_rate)
{
	struct reading r = {0};
	uint64_t records;
	uint8_t head[32];
	struct health h;

	engine_health(g.engine, &h);
	for (int i = 0; i < 1000; i++)
		engine_audit_refusal(g.engine, "eve", "PutEvent", ERR_DENIED, "no \"role\"");
	rig_settle(&g);
	ck_assert_int_eq(engine_read_audit(g.engine, h.audit_seq + 1, 0, read, &r), 0);
	ck_assert_uint_eq(r.n, 60);
	ck_assert_str_eq(r.first,
			 "{\"code\":\"DENIED\",\"kind\":\"refusal\",\"request\":\"PutEvent\","
			 "\"suppressed\":0,\"t_ms\":1752422400000,"
			 "\"text\":\"no \\\"role\\\"\",\"who\":\"eve\"}");
	r.n = 0;
	engine_read_audit(g.engine, 1, 3, read, &r);
	ck_assert_uint_eq(r.n, 3);
	ck_assert(disk_verify_audit(&g.world.disk, &records, head));
	ck_assert_uint_eq(records, h.audit_seq + 60);
}
END_TEST

/* What the disk holds, not what is still on its way; and after a restart the same. */
START_TEST(the_end_of_the_chain_is_that_of_the_disk)
{
	struct audit_end end;
	uint64_t records;
	uint8_t head[32];

	rig_settle(&g);
	engine_audit_refusal(g.engine, "eve", "PutEvent", ERR_DENIED, "no");
	engine_audit_end(g.engine, &end);
	ck_assert(disk_verify_audit(&g.world.disk, &records, head));
	ck_assert_uint_eq(end.seq, records);
	rig_settle(&g);
	engine_audit_end(g.engine, &end);
	ck_assert_uint_eq(end.seq, records + 1);
	ck_assert(disk_verify_audit(&g.world.disk, &records, head));
	ck_assert_mem_eq(end.head, head, sizeof(head));
	rig_crash(&g);
	engine_audit_end(g.engine, &end);
	ck_assert_uint_eq(end.seq, records);
	ck_assert_mem_eq(end.head, head, sizeof(head));
}
END_TEST

START_TEST(the_configuration_is_audited_once_as_long_as_it_stays)
{
	struct health h;

	rig_settle(&g);
	engine_health(g.engine, &h);
	ck_assert_uint_eq(h.audit_seq, 1);
	ck_assert_uint_eq(g.world.disk.ledger[LEDGER_CONFIG].n, 1);
	rig_crash(&g);
	engine_health(g.engine, &h);
	ck_assert_uint_eq(h.audit_seq, 1);
}
END_TEST

START_TEST(a_store_that_refuses_is_told_and_nothing_is_announced)
{
	struct rig_answer a = rig_answer_new();
	struct event ev = run_event("e", T0 + MS_PER_H, T0 + 2 * MS_PER_H, 1000);
	struct fault f = {0};
	struct health h;
	uint64_t id;

	rig_advance(&g, T0);
	g.world.faults.commit_fails_ppm = 1000000;
	ck_assert_int_eq(engine_put_event(g.engine, &ev, "o", &a.w, &id, &f), 0);
	rig_settle(&g);
	engine_health(g.engine, &h);
	ck_assert_int_eq(h.state, HEALTH_FAILED);
	ck_assert_str_eq(h.reasons[0].code, "store_error");
	ck_assert_int_eq(engine_put_event(g.engine, &ev, "o", NULL, &id, &f), ERR_STORE);
	ck_assert_uint_eq(g.world.disk.ledger[LEDGER_EVENT].n, 0);
	/* it comes back by itself, and what was kept lands whole */
	g.world.faults.commit_fails_ppm = 0;
	while (!a.done)
		ck_assert(world_turn(&g.world));
	rig_settle(&g);
	engine_health(g.engine, &h);
	ck_assert_int_ne(h.state, HEALTH_FAILED);
	ck_assert_int_eq(engine_event(g.engine, id)->phase, EVENT_ACCEPTED);
}
END_TEST

START_TEST(metrics_are_a_valid_exposition)
{
	struct buf out;

	rig_advance(&g, T0);
	buf_init(&out, 0);
	ck_assert_int_eq(engine_metrics(g.engine, &out), 0);
	ck_assert_ptr_nonnull(strstr(buf_str(&out), "\nsuandian_plans_adopted_total 1\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&out), "# TYPE suandian_decisions_total counter\n"));
	ck_assert_ptr_nonnull(
		strstr(buf_str(&out), "suandian_ingest_samples_total{quality=\"ok\"} 1\n"));
	buf_fini(&out);
}
END_TEST

START_TEST(stopping_waits_for_what_is_under_way)
{
	struct rig_answer a = rig_answer_new();
	int turns = 0;

	ck_assert_int_eq(engine_advance(g.engine, 1, T0, &a.w, NULL), 0);
	while (!g.world.job)
		ck_assert(world_turn(&g.world));
	ck_assert(!engine_stop(g.engine));
	while (!engine_stop(g.engine)) {
		ck_assert(world_turn(&g.world));
		ck_assert_int_lt(++turns, 1000);
	}
	ck_assert(a.done);
	ck_assert_int_eq(a.rc, ERR_CANCELED);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("plans");
	TCase *t = tcase_create("plans");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, the_plan_in_force_is_found_by_time_and_by_number);
	tcase_add_test(t, the_record_is_composed_of_what_was_in_force_slot_by_slot);
	tcase_add_test(t, a_plan_that_saves_nothing_does_not_replace_the_one_in_force);
	tcase_add_test(t, when_the_solver_fails_the_plan_goes_on_and_says_so);
	tcase_add_test(t, a_plan_that_ran_out_is_no_plan);
	tcase_add_test(t, a_death_leaves_the_plan_in_force);
	tcase_add_test(t, explanations_name_plan_and_decision);
	tcase_add_test(t, refusals_are_audited_at_a_bounded_rate);
	tcase_add_test(t, the_end_of_the_chain_is_that_of_the_disk);
	tcase_add_test(t, the_configuration_is_audited_once_as_long_as_it_stays);
	tcase_add_test(t, a_store_that_refuses_is_told_and_nothing_is_announced);
	tcase_add_test(t, metrics_are_a_valid_exposition);
	tcase_add_test(t, stopping_waits_for_what_is_under_way);
	suite_add_tcase(s, t);
	return run_suite(s);
}
