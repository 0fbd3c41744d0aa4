/* The thinnest way through the whole engine: samples in, latest, plan, decision, ack, quiescent; then an event. */
#include <check.h>
#include <string.h>

#include "base/log.h"
#include "simtest/run.h"
#include "simtest/watch.h"
#include "testlib/run.h"

static struct run r;

static void begin(void)
{
	struct run_settings s = {
		.seed = 1, .start_ms = RUN_MONDAY + 18 * MS_PER_H, .step_ms = 5 * MS_PER_MIN};

	log_set_level(LOG_WARNING);
	run_init(&r, &s);
}

static void end(void)
{
	run_fini(&r);
}

START_TEST(samples_become_latest_values_plans_and_decisions_that_are_obeyed)
{
	struct watch w = {0};
	struct sample s;

	run_to(&r, r.now_ms + MS_PER_H);
	ck_assert_int_eq(engine_latest(r.engine, r.ids[0][PLANT_LOAD], &s), 0);
	ck_assert_int_eq(s.t_ms, r.now_ms);
	ck_assert_int_eq(s.quality, QUALITY_OK);
	ck_assert_double_eq(s.value, r.plant.value[PLANT_LOAD]);
	watch_plan(&w, &r);
	ck_assert_str_eq(w.why, "");
	ck_assert_uint_ge(w.last_plan, 1);
	ck_assert_uint_ge(r.decisions, 4);
	ck_assert(r.plant.storage[0].any);
}
END_TEST

START_TEST(an_event_lives_from_issue_to_completion_and_is_delivered)
{
	struct event ev = run_event("ev1", RUN_MONDAY + 21 * MS_PER_H,
				    RUN_MONDAY + 22 * MS_PER_H + SLOT_MS, 1000000);
	const struct event *now;
	uint64_t id;

	run_to(&r, r.now_ms + MS_PER_H);
	ck_assert_int_eq(run_put_event(&r, &ev, &id), 0);
	now = engine_event(r.engine, id);
	ck_assert_int_eq(now->phase, EVENT_ACCEPTED);
	ck_assert_str_ne(now->baseline_hash, "");
	ck_assert_msg(now->shortfall_wh == 0, "%s", now->text);
	run_to(&r, RUN_MONDAY + 23 * MS_PER_H);
	ck_assert_int_eq(now->phase, EVENT_COMPLETED);
	for (int i = 0; i < now->n_slots; i++) {
		const struct event_slot *s = &now->slots[i];
		int64_t delivered = s->baseline_w - s->metered_w;

		ck_assert_int_eq(s->quality, QUALITY_OK);
		ck_assert_msg(s->ramp || (delivered > 800000 && delivered < 1200000),
			      "slot %d: %ld of %ld W, planned %ld", i, (long)delivered,
			      (long)s->target_w, (long)s->planned_w);
	}
}
END_TEST

START_TEST(the_same_event_again_changes_nothing)
{
	struct event ev =
		run_event("ev1", RUN_MONDAY + 21 * MS_PER_H, RUN_MONDAY + 22 * MS_PER_H, 500000);
	uint64_t id, again, audit;
	struct health h;

	run_to(&r, r.now_ms + SLOT_MS);
	ck_assert_int_eq(run_put_event(&r, &ev, &id), 0);
	run_settle(&r);
	engine_health(r.engine, &h);
	audit = h.audit_seq;
	ck_assert_int_eq(run_put_event(&r, &ev, &again), 0);
	run_settle(&r);
	engine_health(r.engine, &h);
	ck_assert_uint_eq(id, again);
	ck_assert_uint_eq(h.audit_seq, audit);
}
END_TEST

START_TEST(an_event_to_take_more_is_delivered_upwards)
{
	struct event ev = run_event("dn", RUN_MONDAY + 21 * MS_PER_H,
				    RUN_MONDAY + 22 * MS_PER_H + SLOT_MS, 1000000);
	const struct event *now;
	uint64_t id;

	ev.direction = DIRECTION_DN;
	run_to(&r, r.now_ms + MS_PER_H);
	ck_assert_int_eq(run_put_event(&r, &ev, &id), 0);
	now = engine_event(r.engine, id);
	ck_assert_msg(now->shortfall_wh == 0, "%s", now->text);
	run_to(&r, RUN_MONDAY + 23 * MS_PER_H);
	ck_assert_int_eq(now->phase, EVENT_COMPLETED);
	for (int i = 0; i < now->n_slots; i++) {
		const struct event_slot *s = &now->slots[i];
		int64_t delivered = s->metered_w - s->baseline_w;

		ck_assert_int_eq(s->quality, QUALITY_OK);
		ck_assert_msg(s->ramp || (delivered > 800000 && delivered < 1200000),
			      "slot %d: %ld of %ld W, planned %ld", i, (long)delivered,
			      (long)s->target_w, (long)s->planned_w);
	}
}
END_TEST

/* A cap that lies below the baseline, UP, and a floor above it, DN. */
static void keep_to(enum direction direction, int64_t cap_w)
{
	struct event ev = run_event("cap", RUN_MONDAY + 21 * MS_PER_H,
				    RUN_MONDAY + 21 * MS_PER_H + 2 * SLOT_MS, 0);
	const struct event *now;
	uint64_t id;

	ev.direction = direction;
	ev.target = TARGET_PCC_CAP;
	ev.target_w = cap_w;
	run_to(&r, r.now_ms + MS_PER_H);
	ck_assert_int_eq(run_put_event(&r, &ev, &id), 0);
	now = engine_event(r.engine, id);
	ck_assert_int_gt(now->slots[1].target_w, 0);
	ck_assert_msg(now->shortfall_wh == 0, "%s", now->text);
	run_to(&r, RUN_MONDAY + 22 * MS_PER_H);
	for (int i = 1; i < now->n_slots; i++) {
		int64_t over = now->slots[i].metered_w - cap_w;

		/* the load is known to 2 % */
		ck_assert_msg((direction == DIRECTION_UP ? over : -over) < 100000,
			      "slot %d: %ld W, asked %ld", i, (long)now->slots[i].metered_w,
			      (long)cap_w);
	}
}

START_TEST(a_cap_is_kept)
{
	keep_to(DIRECTION_UP, 2000000);
}
END_TEST

START_TEST(a_floor_is_kept)
{
	keep_to(DIRECTION_DN, 6500000);
}
END_TEST

/* Asks for more than the site has; whatever it pays, reserves are kept, load is served and limits hold. */
static void ask_too_much(enum direction direction, int64_t penalty_e4, int64_t pay_e4)
{
	struct event ev = run_event("big", RUN_MONDAY + 21 * MS_PER_H,
				    RUN_MONDAY + 21 * MS_PER_H + SLOT_MS, INT64_C(40000000));
	const struct plan *p = NULL;
	struct arena a;
	uint64_t id;

	ev.direction = direction;
	ev.penalty_price_e4 = penalty_e4;
	ev.pay_price_e4 = pay_e4;
	run_to(&r, RUN_MONDAY + 20 * MS_PER_H);
	/* nothing to spare */
	r.plant.soc_wh[0] = (double)r.plant.site->storage[0].reserve_wh;
	run_to(&r, RUN_MONDAY + 20 * MS_PER_H + 2 * SLOT_MS);
	ck_assert_int_eq(run_put_event(&r, &ev, &id), 0);
	ck_assert_int_gt(engine_event(r.engine, id)->shortfall_wh, 0);
	arena_init(&a, (size_t)16 << 20);
	ck_assert_int_eq(engine_get_plan(r.engine, "hongyuan", 0, 0, &a, &p), 0);
	for (uint32_t i = 0; i < p->n_relaxations; i++) {
		const char *limit = p->relaxations[i].limit;

		/* late work is below events on the ladder */
		ck_assert_msg(strncmp(limit, "event:", 6) == 0 || strncmp(limit, "queue[", 6) == 0,
			      "%s by %ld %s", limit, (long)p->relaxations[i].amount,
			      p->relaxations[i].unit);
	}
	arena_fini(&a);
}

START_TEST(an_event_takes_nothing_from_reserves_and_limits)
{
	ask_too_much(_i % 2 ? DIRECTION_DN : DIRECTION_UP, 0, 0);
}
END_TEST

START_TEST(not_at_any_price)
{
	ask_too_much(_i % 2 ? DIRECTION_DN : DIRECTION_UP, _i / 2 ? 0 : INT64_C(10000000000),
		     _i / 2 ? INT64_C(10000000000) : 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim_path");
	TCase *t = tcase_create("path");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, samples_become_latest_values_plans_and_decisions_that_are_obeyed);
	tcase_add_test(t, an_event_lives_from_issue_to_completion_and_is_delivered);
	tcase_add_test(t, the_same_event_again_changes_nothing);
	tcase_add_test(t, an_event_to_take_more_is_delivered_upwards);
	tcase_add_test(t, a_cap_is_kept);
	tcase_add_test(t, a_floor_is_kept);
	tcase_add_loop_test(t, an_event_takes_nothing_from_reserves_and_limits, 0, 2);
	tcase_add_loop_test(t, not_at_any_price, 0, 4);
	suite_add_tcase(s, t);
	return run_suite(s);
}
