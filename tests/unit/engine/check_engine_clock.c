/* Engine time: driven by the one who claimed it, or following a wall clock that steps. */
#include <check.h>
#include <string.h>

#include "rig.h"
#include "testlib/run.h"

#define T0 RUN_MONDAY

static struct rig g;

static void begin_driven(void)
{
	rig_init(&g, true, T0);
}

static void begin_wall(void)
{
	rig_init(&g, false, T0 + 5 * MS_PER_MIN);
}

static void end(void)
{
	rig_fini(&g);
}

START_TEST(only_the_claimant_moves_the_clock_and_only_forward)
{
	struct rig_answer a = rig_answer_new();
	struct fault f = {0};
	int64_t now;

	ck_assert_int_eq(engine_claim_clock(g.engine, 2, 0, &now, &f), ERR_CLOCK);
	ck_assert_int_eq(engine_advance(g.engine, 2, T0 + 1, &a.w, &f), ERR_CLOCK);
	ck_assert_int_eq(engine_advance(g.engine, 1, T0 - 1, &a.w, &f), ERR_STALE);
	ck_assert_int_eq(engine_claim_clock(g.engine, 1, T0 - 1, &now, &f), ERR_STALE);
	ck_assert_int_eq(engine_advance(g.engine, 1, T0 + 1, &a.w, &f), 0);
	ck_assert_int_eq(engine_advance(g.engine, 1, T0 + 2, &a.w, &f), ERR_STATE);
	rig_settle(&g);
	ck_assert(a.done);
	ck_assert_int_eq(engine_now(g.engine), T0 + 1);
	engine_release_clock(g.engine, 1);
	ck_assert_int_eq(engine_claim_clock(g.engine, 2, 0, &now, &f), 0);
	ck_assert_int_eq(now, T0 + 1);
}
END_TEST

START_TEST(a_claimant_that_leaves_gets_its_answer)
{
	struct rig_answer a = rig_answer_new();

	ck_assert_int_eq(engine_advance(g.engine, 1, T0 + MS_PER_H, &a.w, NULL), 0);
	engine_release_clock(g.engine, 1);
	ck_assert(!a.done);
	rig_settle(&g);
	ck_assert(a.done);
	ck_assert_int_eq(a.rc, ERR_CANCELED);
}
END_TEST

static void advance_on_a_broken_disk(struct rig_answer *a)
{
	int64_t before = g.world.mono_ms;
	int turns = 0;

	ck_assert_int_eq(engine_advance(g.engine, 1, T0 + MS_PER_H, &a->w, NULL), 0);
	while (!a->done) {
		ck_assert(world_turn(&g.world));
		ck_assert_int_lt(++turns, 100000);
	}
	ck_assert_int_eq(a->rc, ERR_STORE);
	ck_assert_int_ge(g.world.mono_ms - before, 10 * MS_PER_S);
	ck_assert_int_le(g.world.mono_ms - before, MS_PER_MIN);
}

/* Whether commits come back as failures or do not come back. */
START_TEST(a_disk_that_stays_broken_ends_an_advance_and_a_sound_one_takes_it_up)
{
	struct rig_answer a = rig_answer_new();
	struct health h;

	rig_advance(&g, T0);
	g.world.faults.commit_fails_ppm = _i ? 0 : 1000000;
	g.world.trouble = _i;
	advance_on_a_broken_disk(&a);
	engine_health(g.engine, &h);
	ck_assert_int_eq(h.state, HEALTH_FAILED);
	/* asked again, it takes as long again, and says the same */
	a = rig_answer_new();
	advance_on_a_broken_disk(&a);
	g.world.faults.commit_fails_ppm = 0;
	g.world.trouble = false;
	rig_advance(&g, T0 + MS_PER_H);
	ck_assert_int_eq(engine_now(g.engine), T0 + MS_PER_H);
	engine_health(g.engine, &h);
	ck_assert_int_ne(h.state, HEALTH_FAILED);
}
END_TEST

START_TEST(time_never_falls_behind_the_ledger)
{
	struct fault f = {0};
	int64_t now;

	rig_advance(&g, T0 + MS_PER_H);
	rig_crash(&g);
	ck_assert_int_eq(engine_now(g.engine), T0 + MS_PER_H);
	ck_assert_int_eq(engine_claim_clock(g.engine, 1, T0, &now, &f), ERR_STALE);
}
END_TEST

START_TEST(quiescent_says_what_was_done)
{
	struct quiescent q;

	rig_advance(&g, T0);
	q = engine_quiescent(g.engine);
	ck_assert_int_eq(q.t_ms, T0);
	ck_assert_uint_eq(q.plans, 1);
	ck_assert_uint_gt(q.decisions, 0);
	ck_assert_uint_gt(q.audit_seq, q.decisions);
	rig_advance(&g, T0 + 1);
	q = engine_quiescent(g.engine);
	ck_assert_uint_eq(q.plans, 0);
	ck_assert_uint_eq(q.decisions, 0);
}
END_TEST

START_TEST(an_unclaimed_empty_engine_plans_nothing)
{
	struct event ev = run_event("e", T0, T0 + MS_PER_H, 1000);
	uint64_t id;

	rig_fini(&g);
	rig_init(&g, true, 0);
	ck_assert_int_eq(engine_now(g.engine), 0);
	ck_assert_uint_eq(g.world.solves, 0);
	ck_assert_int_eq(engine_put_event(g.engine, &ev, "o", NULL, &id, NULL), ERR_STATE);
}
END_TEST

START_TEST(the_wall_clock_cannot_be_driven)
{
	int64_t now;

	ck_assert_int_eq(engine_claim_clock(g.engine, 1, 0, &now, NULL), ERR_CLOCK);
	ck_assert(!engine_is_driven(g.engine));
}
END_TEST

START_TEST(a_plan_is_made_at_the_start_and_at_each_slot)
{
	ck_assert_uint_eq(g.world.solves, 1);
	ck_assert_int_le(g.world.wall_due_ms, T0 + SLOT_MS);
	g.world.wall_ms = T0 + SLOT_MS - 1;
	engine_tick(g.engine);
	rig_settle(&g);
	ck_assert_uint_eq(g.world.solves, 1);
	g.world.wall_ms = T0 + SLOT_MS;
	engine_tick(g.engine);
	rig_settle(&g);
	ck_assert_uint_eq(g.world.solves, 2);
	/* a long sleep is one plan, not one for each slot slept through */
	g.world.wall_ms = T0 + 5 * MS_PER_H;
	engine_clock_stepped(g.engine, 4 * MS_PER_H);
	rig_settle(&g);
	ck_assert_uint_eq(g.world.solves, 3);
	ck_assert_int_eq(engine_now(g.engine), T0 + 5 * MS_PER_H);
}
END_TEST

START_TEST(when_the_wall_clock_goes_back_engine_time_stands)
{
	struct health h;
	bool said = false;

	g.world.wall_ms = T0;
	engine_clock_stepped(g.engine, -5 * MS_PER_MIN);
	rig_settle(&g);
	ck_assert_int_eq(engine_now(g.engine), T0 + 5 * MS_PER_MIN);
	engine_health(g.engine, &h);
	for (uint32_t i = 0; i < h.n; i++)
		said |= strcmp(h.reasons[i].code, "clock_held") == 0;
	ck_assert(said);
	g.world.wall_ms = T0 + 6 * MS_PER_MIN;
	engine_tick(g.engine);
	ck_assert_int_eq(engine_now(g.engine), T0 + 6 * MS_PER_MIN);
	engine_health(g.engine, &h);
	for (uint32_t i = 0; i < h.n; i++)
		ck_assert_str_ne(h.reasons[i].code, "clock_held");
}
END_TEST

START_TEST(a_wall_clock_that_is_set_late_is_followed_and_planned_from)
{
	rig_fini(&g);
	rig_init(&g, false, -MS_PER_DAY);
	ck_assert_uint_eq(g.world.solves, 0);
	g.world.wall_ms = T0;
	engine_clock_stepped(g.engine, T0 + MS_PER_DAY);
	rig_settle(&g);
	ck_assert_int_eq(engine_now(g.engine), T0);
	ck_assert_uint_eq(g.world.solves, 1);
}
END_TEST

START_TEST(samples_from_the_future_are_refused)
{
	uint32_t p = rig_declare(&g, "s", "x/a", UNIT_W, MS_PER_MIN);

	ck_assert_int_eq(rig_push(&g, 1, p, T0 + MS_PER_DAY, 1), ERR_INVALID);
	ck_assert_int_eq(rig_push(&g, 2, p, T0 + 6 * MS_PER_MIN, 1), PUSH_TAKEN);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("clock");
	TCase *driven = tcase_create("driven"), *wall = tcase_create("wall");

	tcase_add_checked_fixture(driven, begin_driven, end);
	tcase_add_test(driven, only_the_claimant_moves_the_clock_and_only_forward);
	tcase_add_test(driven, a_claimant_that_leaves_gets_its_answer);
	tcase_add_loop_test(
		driven, a_disk_that_stays_broken_ends_an_advance_and_a_sound_one_takes_it_up, 0, 2);
	tcase_add_test(driven, time_never_falls_behind_the_ledger);
	tcase_add_test(driven, quiescent_says_what_was_done);
	tcase_add_test(driven, an_unclaimed_empty_engine_plans_nothing);
	suite_add_tcase(s, driven);
	tcase_add_checked_fixture(wall, begin_wall, end);
	tcase_add_test(wall, the_wall_clock_cannot_be_driven);
	tcase_add_test(wall, a_plan_is_made_at_the_start_and_at_each_slot);
	tcase_add_test(wall, when_the_wall_clock_goes_back_engine_time_stands);
	tcase_add_test(wall, a_wall_clock_that_is_set_late_is_followed_and_planned_from);
	tcase_add_test(wall, samples_from_the_future_are_refused);
	suite_add_tcase(s, wall);
	return run_suite(s);
}
