/* Operators who change their minds each time that a solve begins. */
#include <check.h>
#include <string.h>

#include "base/log.h"
#include "simtest/run.h"
#include "testlib/run.h"

#define START (RUN_MONDAY + 21 * MS_PER_H)
#define ROUNDS 60

static struct run r;

static void begin(void)
{
	struct run_settings s = {
		.seed = 1, .start_ms = RUN_MONDAY + 18 * MS_PER_H, .step_ms = 5 * MS_PER_MIN};

	log_set_level(LOG_WARNING);
	run_init(&r, &s);
	run_to(&r, r.now_ms + MS_PER_H);
}

static void end(void)
{
	run_fini(&r);
}

static uint64_t plans_on_disk(void)
{
	return r.world.disk.ledger[LEDGER_PLAN].n;
}

/* To where a solve has just begun. */
static void await_solve(void)
{
	uint64_t solves = r.world.solves;
	int turns = 0;

	while (r.world.solves == solves || !r.world.job) {
		ck_assert(world_turn(&r.world));
		ck_assert_int_lt(++turns, 10000);
	}
}

static uint64_t put(const char *external_id, uint64_t revision)
{
	struct event ev = run_event(external_id, START, START + MS_PER_H, 1000000);
	struct fault f = {0};
	uint64_t id;

	ev.revision = revision;
	ck_assert_msg(engine_put_event(r.engine, &ev, "o", NULL, &id, &f) == 0, "%s", f.text);
	return id;
}

static void cancel(const char *external_id)
{
	struct event_cancel c = {"grid", external_id, "operator", "or not"};
	uint64_t id;

	ck_assert_int_eq(engine_cancel_event(r.engine, &c, NULL, &id, NULL), 0);
}

static void plans_serve(uint64_t id)
{
	const struct event *ev = engine_event(r.engine, id);
	const struct plan *p;
	struct arena a;

	arena_init(&a, (size_t)16 << 20);
	ck_assert_int_eq(ev->phase, EVENT_ACCEPTED);
	ck_assert_int_eq(engine_get_plan(r.engine, "hongyuan", 0, 0, &a, &p), 0);
	ck_assert_uint_eq(p->n_events, 1);
	ck_assert_str_eq(p->events[0], ev->correlation_id);
	arena_fini(&a);
}

START_TEST(revisions_that_come_all_the_time_do_not_keep_a_site_from_plans)
{
	uint64_t before = plans_on_disk(), id = 0;

	for (uint64_t i = 1; i <= ROUNDS; i++) {
		id = put("e1", i);
		await_solve();
	}
	ck_assert_uint_ge(plans_on_disk(), before + ROUNDS / 12);
	run_settle(&r);
	plans_serve(id);
}
END_TEST

START_TEST(events_that_come_and_go_all_the_time_do_not_keep_a_site_from_plans)
{
	uint64_t before = plans_on_disk(), id = put("stays", 1);

	run_settle(&r);
	for (uint64_t i = 1; i <= ROUNDS; i++) {
		put("goes", i);
		await_solve();
		cancel("goes");
		await_solve();
	}
	ck_assert_uint_ge(plans_on_disk(), before + ROUNDS / 12);
	run_settle(&r);
	plans_serve(id);
}
END_TEST

/* A change on the way stops the first solve only: the answer to it comes after two at most. */
START_TEST(one_change_stops_what_it_outdates)
{
	uint64_t id = put("e1", 1), dropped;

	await_solve();
	dropped = put("e1", 2);
	ck_assert(r.world.job_canceled);
	run_settle(&r);
	ck_assert_int_eq(engine_event(r.engine, id)->phase, EVENT_SUPERSEDED);
	plans_serve(dropped);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim_storm");
	TCase *t = tcase_create("storm");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, revisions_that_come_all_the_time_do_not_keep_a_site_from_plans);
	tcase_add_test(t, events_that_come_and_go_all_the_time_do_not_keep_a_site_from_plans);
	tcase_add_test(t, one_change_stops_what_it_outdates);
	suite_add_tcase(s, t);
	return run_suite(s);
}
