#include "plan/whatif.h"

#include <check.h>

#include "planlib/made.h"
#include "planlib/regions.h"
#include "testlib/run.h"

static struct plan **make(const struct plan_region *in)
{
	struct plan **p = ARENA_ARRAY(&made_arena, (size_t)in->n_sites, struct plan *);

	ck_assert_int_eq(region_make(in, NULL, &made_arena, p, NULL), 0);
	return p;
}

static const struct whatif_window none;

/* a and b with 200 kW of load; 100 kWh of work at a, due by the end; 0.5 CNY per kWh. */
static struct plan_region *two_sites(void)
{
	struct plan_region *in = regions_plain(&made_arena, 2, 0);

	in->sites[0]->backlog_ds[0] = in->sites[0]->due_ds[0][3] = 360000;
	return in;
}

START_TEST(nothing_changes_nothing)
{
	struct plan **p = make(two_sites());
	struct whatif sites[2], all;

	ck_assert_int_eq(whatif_compare((const struct plan *const *)p,
					(const struct plan *const *)p, 2, &none, sites, &all),
			 0);
	ck_assert_int_eq(all.now.money_e4, 850 * CNY);
	ck_assert_int_eq(all.now.peak_w, 500 * KW);
	ck_assert_int_eq(sites[0].now.money_e4, 450 * CNY);
	ck_assert_int_eq(sites[1].now.peak_w, 200 * KW);
	ck_assert_int_eq(all.change.money_e4, 0);
	ck_assert_int_eq(all.change.peak_w, 0);
	ck_assert_int_eq(all.then.deliverable_w, 0);
}
END_TEST

START_TEST(a_dearer_hour_costs_money_and_moves_work)
{
	struct plan_region *in = two_sites();
	struct plan **now = make(in), **then;
	struct whatif sites[2], all;

	for (uint32_t t = 0; t < 4; t++)
		in->sites[0]->price_buy_e4[t] = 10000;
	regions_link(in, 0, 1);
	then = make(in);
	ck_assert_int_eq(whatif_compare((const struct plan *const *)now,
					(const struct plan *const *)then, 2, &none, sites, &all),
			 0);
	/* 800 kWh of load at a cost 0.5 more each; its work goes to b. */
	ck_assert_int_eq(all.change.money_e4, 400 * CNY);
	ck_assert_int_eq(sites[0].change.money_e4, 350 * CNY);
	ck_assert_int_eq(sites[1].change.money_e4, 50 * CNY);
	ck_assert_int_eq(all.change.moved_ds, 360000);
	ck_assert_int_eq(sites[1].change.peak_w, 100 * KW);
	ck_assert_int_eq(all.change.peak_w, 0);
}
END_TEST

START_TEST(a_limit_delivers_power_and_makes_work_late)
{
	struct plan_region *in = two_sites();
	struct whatif_window window = {DIRECTION_UP, in->sites[0]->start_ms[0],
				       in->sites[0]->start_ms[1]};
	struct plan **now, **then;
	struct whatif all;

	in->sites[0]->due_ds[0][0] = 360000;
	in->sites[0]->load.floor_w = 100 * KW;
	now = make(in);
	regions_limit(in, &made_arena, 420 * KW)->background_w[0] = 0;
	for (uint32_t t = 1; t < 4; t++)
		in->limits[0].background_w[t] = -100 * KW;
	then = make(in);
	ck_assert_int_eq(whatif_compare((const struct plan *const *)now,
					(const struct plan *const *)then, 2, &window, NULL, &all),
			 0);
	ck_assert_int_eq(all.then.deliverable_w, 80 * KW);
	ck_assert_int_eq(all.now.deliverable_w, 0);
	ck_assert_int_eq(all.now.late_ds, 0);
	ck_assert_int_eq(all.change.late_ds, 80 * 3600);
	ck_assert_int_eq(all.change.peak_w, -20 * KW);
	ck_assert_int_eq(all.change.unserved_wh, 0);
	/* The other way nothing is delivered. */
	window.direction = DIRECTION_DN;
	ck_assert_int_eq(whatif_compare((const struct plan *const *)now,
					(const struct plan *const *)then, 2, &window, NULL, &all),
			 0);
	ck_assert_int_eq(all.then.deliverable_w, 0);
}
END_TEST

START_TEST(load_that_is_not_served_is_counted)
{
	struct plan_region *in = two_sites();
	struct plan **now = make(in), **then;
	struct whatif all;

	/* A price of the ladder that says: rather not serve. */
	for (int i = 0; i < 2; i++)
		in->sites[i]->prices.unserved_e4 = 100000;
	regions_limit(in, &made_arena, 380 * KW);
	then = make(in);
	ck_assert_int_eq(whatif_compare((const struct plan *const *)now,
					(const struct plan *const *)then, 2, &none, NULL, &all),
			 0);
	/* 20 kW in four hours; the work is late besides, for there is no room at all. */
	ck_assert_int_ge(all.change.unserved_wh, 80 * KW);
	ck_assert_int_lt(all.change.money_e4, 0);
}
END_TEST

START_TEST(plans_of_other_sites_or_times_are_no_comparison)
{
	struct plan_region *in = two_sites();
	struct plan **p = make(in);
	const struct plan *swapped[] = {p[1], p[0]};
	struct plan *left = NULL;
	struct whatif all;

	ck_assert_int_eq(
		whatif_compare((const struct plan *const *)p, swapped, 2, &none, NULL, &all),
		ERR_INVALID);
	ck_assert_int_eq(plan_shift(p[0], p[0]->start_ms[4], &made_arena, &left), 0);
	swapped[0] = left;
	ck_assert_int_eq(
		whatif_compare((const struct plan *const *)p, swapped, 1, &none, NULL, &all),
		ERR_INVALID);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/whatif");
	TCase *tc = tcase_create("whatif");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, made_setup, made_teardown);
	tcase_add_test(tc, nothing_changes_nothing);
	tcase_add_test(tc, a_dearer_hour_costs_money_and_moves_work);
	tcase_add_test(tc, a_limit_delivers_power_and_makes_work_late);
	tcase_add_test(tc, load_that_is_not_served_is_counted);
	tcase_add_test(tc, plans_of_other_sites_or_times_are_no_comparison);
	return run_suite(suite);
}
