/* Queues of deferrable work, by hand. */
#include "plan/plan.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "planlib/made.h"
#include "planlib/sites.h"
#include "testlib/run.h"

START_TEST(pue_multiplies_what_the_cluster_takes)
{
	struct plan_input *in = made_two_prices(0, 1);
	struct plan *p;

	in->load.pue_ppm = 1300000;
	in->backlog_ds[0] = 100 * 3600;
	p = made_plan(in);
	ck_assert_int_eq(p->load_w[0], 260 * KW);
	ck_assert_int_eq(made_power(p, "site/queue1", 0), 130 * KW);
	ck_assert_int_eq(made_level(p, "site/queue1", 0), 0);
}
END_TEST

START_TEST(work_waits_for_cheap_hours_up_to_its_deadline)
{
	struct plan_input *in = made_two_prices(0, 1);
	struct plan *p;

	for (uint32_t t = 0; t < 4; t++)
		in->price_buy_e4[t] = t < 2 ? 10000 : 2000;
	in->backlog_ds[0] = 150 * 3600;
	/* 60 device-hours are due after two hours, the rest when all is cheap. */
	in->due_ds[0][1] = in->due_ds[0][2] = 60 * 3600;
	in->due_ds[0][3] = 150 * 3600;
	p = made_plan(in);
	ck_assert_int_eq(made_power(p, "site/queue1", 0), 60 * KW);
	ck_assert_int_eq(made_power(p, "site/queue1", 1), 0);
	ck_assert_int_eq(made_power(p, "site/queue1", 2), 90 * KW);
	ck_assert_int_eq(made_level(p, "site/queue1", 3), 0);
	ck_assert_int_eq(made_level(p, "site/queue1", 1), 90 * 3600);
	ck_assert_int_eq(made_binding(p, "queue[queue1].due")->value, 90 * 3600);
}
END_TEST

START_TEST(late_work_is_priced_and_named)
{
	struct plan_input *in = made_two_prices(0, 1);
	const struct plan_relaxation *r;
	struct plan *p;

	in->backlog_ds[0] = 300 * 3600;
	in->due_ds[0][1] = in->due_ds[0][2] = in->due_ds[0][3] = 300 * 3600;
	p = made_plan(in);
	for (uint32_t h = 0; h < 3; h++)
		ck_assert_int_eq(made_power(p, "site/queue1", h), 100 * KW);
	r = made_relaxation(p, "queue[queue1].due");
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(r->amount, 100 * 3600);
	ck_assert_str_eq(r->unit, "device_s");
	ck_assert_int_eq(r->cost_e4, 500 * CNY);
	ck_assert_int_eq(r->start_ms, SITES_T0 + MS_PER_H);
	ck_assert_uint_eq(p->n_relaxations, 1);
}
END_TEST

START_TEST(arrivals_are_due_after_the_slack)
{
	struct plan_input *in = sites_plain(&made_arena, 4, MS_PER_H, 0, 0, 1);
	struct plan *p;

	sites_queue(in, 0);
	in->queues[0].slack_ms = MS_PER_H;
	in->arrivals_ds[0][0] = 80 * 3600;
	for (uint32_t t = 0; t < 4; t++)
		in->price_buy_e4[t] = 9000 - 2000 * t; /* cheaper every hour */
	p = made_plan(in);
	/* What comes in the first hour is due, spread evenly, in the second. */
	ck_assert_int_eq(made_power(p, "site/queue1", 0), 0);
	ck_assert_int_eq(made_power(p, "site/queue1", 1), 80 * KW);
}
END_TEST

START_TEST(a_queue_keeps_its_minimum_power_while_there_is_work)
{
	struct plan_input *in = made_two_prices(0, 1);
	struct plan *p;

	for (uint32_t t = 0; t < 4; t++)
		in->price_buy_e4[t] = t < 2 ? 10000 : 2000;
	in->queues[0].power_min_w = 20 * KW;
	in->backlog_ds[0] = 110 * 3600;
	p = made_plan(in);
	ck_assert_int_eq(made_power(p, "site/queue1", 0), 20 * KW);
	ck_assert_int_eq(made_power(p, "site/queue1", 1), 20 * KW);
	ck_assert_int_eq(made_power(p, "site/queue1", 2), 70 * KW);
	ck_assert_int_eq(made_power(p, "site/queue1", 3), 0);
	ck_assert_ptr_null(made_relaxation(p, "queue[queue1].power_min"));
	ck_assert_ptr_nonnull(made_binding(p, "queue[queue1].power_min"));
}
END_TEST

START_TEST(it_capacity_is_shared_by_load_and_queues)
{
	struct plan_input *in = made_two_prices(0, 1);
	struct plan *p;

	in->load.capacity_w = 230 * KW;
	in->load_it_w[3] = 250 * KW;
	in->backlog_ds[0] = 500 * 3600;
	in->due_ds[0][3] = 500 * 3600;
	p = made_plan(in);
	ck_assert_int_eq(made_power(p, "site/queue1", 0), 30 * KW);
	ck_assert_int_eq(made_power(p, "site/queue1", 3), 0);
	ck_assert_int_eq(made_relaxation(p, "load.capacity")->amount, 20 * KW);
	ck_assert_ptr_nonnull(made_binding(p, "load.capacity"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/work");
	TCase *tc = tcase_create("work");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, made_setup, made_teardown);
	tcase_add_test(tc, pue_multiplies_what_the_cluster_takes);
	tcase_add_test(tc, work_waits_for_cheap_hours_up_to_its_deadline);
	tcase_add_test(tc, late_work_is_priced_and_named);
	tcase_add_test(tc, arrivals_are_due_after_the_slack);
	tcase_add_test(tc, a_queue_keeps_its_minimum_power_while_there_is_work);
	tcase_add_test(tc, it_capacity_is_shared_by_load_and_queues);
	return run_suite(suite);
}
