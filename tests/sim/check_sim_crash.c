/* The process dies at every single store operation of an evening with an event, once each, and recovers. */
#include <check.h>
#include <inttypes.h>

#include "base/log.h"
#include "simtest/run.h"
#include "simtest/watch.h"
#include "testlib/run.h"

#define FROM (RUN_MONDAY + 20 * MS_PER_H)
#define START (RUN_MONDAY + 21 * MS_PER_H)
#define END (RUN_MONDAY + 21 * MS_PER_H + 2 * SLOT_MS)

static uint64_t put(struct run *r)
{
	struct event ev = run_event("evening", START, END, 900000);
	uint64_t id = 0;

	ck_assert_int_eq(run_put_event(r, &ev, &id), 0);
	return id;
}

static void evening(struct run *r, uint64_t crash_at)
{
	struct run_settings s = {.seed = 5,
				 .start_ms = FROM,
				 .step_ms = 5 * MS_PER_MIN,
				 .greedy = true,
				 .world.crash_at = crash_at};

	run_init(r, &s);
	run_to(r, FROM + SLOT_MS);
	put(r);
	run_to(r, END + 2 * SLOT_MS);
	run_settle(r);
}

START_TEST(a_death_at_any_store_operation_loses_and_doubles_nothing)
{
	uint64_t ops;
	struct run r;

	evening(&r, 0);
	ops = r.world.store_ops;
	ck_assert_uint_gt(ops, 100);
	ck_assert_uint_eq(r.restarts, 0);
	run_fini(&r);
	for (uint64_t at = 1; at <= ops; at++) {
		struct watch w = {0};
		uint8_t head[32];
		const struct event *ev;

		evening(&r, at);
		ck_assert_uint_eq(r.restarts, 1);
		watch_end(&w, &r, head);
		ck_assert_msg(!w.why[0], "death at %" PRIu64 ": %s", at, w.why);
		ev = engine_event(r.engine, 1);
		ck_assert_int_eq(ev->phase, EVENT_COMPLETED);
		for (int i = 0; i < ev->n_slots; i++)
			ck_assert_int_ne(ev->slots[i].quality, QUALITY_MISSING);
		run_fini(&r);
	}
}
END_TEST

START_TEST(an_active_event_goes_on_where_it_stood)
{
	struct run_settings s = {.seed = 6, .start_ms = FROM, .step_ms = 5 * MS_PER_MIN};
	struct decision before, after;
	const struct decision *d;
	char hash[65];
	struct run r;
	uint64_t id;

	run_init(&r, &s);
	run_to(&r, FROM + SLOT_MS);
	id = put(&r);
	run_to(&r, START + 10 * MS_PER_MIN);
	ck_assert_int_eq(engine_event(r.engine, id)->phase, EVENT_ACTIVE);
	memcpy(hash, engine_event(r.engine, id)->baseline_hash, sizeof(hash));
	before = r.plant.storage[0].d;
	run_crash(&r);
	run_settle(&r);
	ck_assert_int_eq(engine_event(r.engine, id)->phase, EVENT_ACTIVE);
	ck_assert_str_eq(engine_event(r.engine, id)->baseline_hash, hash);
	after = r.plant.storage[0].d;
	/* the same promise, not a second one */
	ck_assert_uint_eq(after.id, before.id);
	ck_assert_int_eq(after.action.value, before.action.value);
	d = engine_decision(r.engine, before.id);
	ck_assert_ptr_nonnull(d);
	ck_assert_int_ge(d->valid_until_ms, before.valid_until_ms);
	run_to(&r, END + SLOT_MS);
	ck_assert_int_eq(engine_event(r.engine, id)->phase, EVENT_COMPLETED);
	run_fini(&r);
}
END_TEST

START_TEST(latest_values_and_history_are_back_after_a_death)
{
	struct run_settings s = {
		.seed = 8, .start_ms = FROM, .step_ms = 5 * MS_PER_MIN, .greedy = true};
	struct sample before[PLANT_POINTS], after;
	struct run r;

	run_init(&r, &s);
	run_to(&r, FROM + MS_PER_H);
	run_settle(&r);
	for (int i = 0; i < PLANT_POINTS; i++)
		ck_assert_int_eq(engine_latest(r.engine, r.ids[0][i], &before[i]), 0);
	run_crash(&r);
	for (int i = 0; i < PLANT_POINTS; i++) {
		ck_assert_int_eq(engine_latest(r.engine, r.ids[0][i], &after), 0);
		ck_assert_int_eq(after.t_ms, before[i].t_ms);
		ck_assert_double_eq(after.value, before[i].value);
		ck_assert_int_eq(after.quality, before[i].quality);
	}
	run_fini(&r);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim_crash");
	TCase *t = tcase_create("crash");

	log_set_level(LOG_ERROR);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_death_at_any_store_operation_loses_and_doubles_nothing);
	tcase_add_test(t, an_active_event_goes_on_where_it_stood);
	tcase_add_test(t, latest_values_and_history_are_back_after_a_death);
	suite_add_tcase(s, t);
	return run_suite(s);
}
