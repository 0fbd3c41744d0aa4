/* Events: a two-sided band, pay and penalty, by hand. */
#include "plan/plan.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "planlib/made.h"
#include "planlib/sites.h"
#include "testlib/run.h"

/* 500 kW of load in four quarters, and an event in the middle two: 60 kW less, at most 63. */
static struct plan_input *with_event(enum direction direction)
{
	struct plan_input *in = sites_plain(&made_arena, 4, SLOT_MS, 0, 1, 0);
	struct plan_event *e = &in->events[0];
	int64_t sign = direction == DIRECTION_UP ? 1 : -1;
	static bool active[4] = {false, true, true, false};
	static int64_t target[4], band[4], baseline[4];

	sites_battery(in, 0);
	in->storage[0].terminal_price_e4 = 4980; /* neither charging nor discharging pays */
	made_set_load(in, 500 * KW);
	in->n_events = 1;
	*e = (struct plan_event){.correlation_id = "vpp-7",
				 .direction = direction,
				 .penalty_price_e4 = 30000,
				 .surplus_price_e4 = 2000,
				 .pay_price_e4 = 10000,
				 .penalty_bill_e4 = 30000,
				 .pay_bill_e4 = 10000,
				 .active = active,
				 .target_pcc_w = target,
				 .band_pcc_w = band,
				 .baseline_pcc_w = baseline};
	for (int t = 0; t < 4; t++) {
		baseline[t] = 500 * KW;
		target[t] = (500 - sign * 60) * KW;
		band[t] = (500 - sign * 63) * KW;
	}
	return in;
}

START_TEST(an_event_is_served_to_its_target_and_paid)
{
	struct plan *p = made_plan(with_event(DIRECTION_UP));

	ck_assert_int_eq(p->pcc_w[0], 500 * KW);
	ck_assert_int_eq(p->pcc_w[1], 440 * KW);
	ck_assert_int_eq(p->pcc_w[2], 440 * KW);
	ck_assert_int_eq(p->pcc_w[3], 500 * KW);
	/* 470 kWh × 0.5 − 30 kWh × 1.0. */
	ck_assert_int_eq(p->cost_e4, 205 * CNY);
	ck_assert_uint_eq(p->n_relaxations, 0);
	ck_assert_uint_eq(p->n_events, 1);
	ck_assert_str_eq(p->events[0], "vpp-7");
	ck_assert_int_eq(made_binding(p, "event:vpp-7")->value, 440 * KW);
	ck_assert_int_eq(made_binding(p, "event:vpp-7")->slot, 1);
}
END_TEST

/* Whatever the money, the planner weighs an event as it is told to; the bill is the programme's. */
START_TEST(a_plan_weighs_one_price_and_bills_another)
{
	struct plan_input *in = with_event(DIRECTION_UP);
	struct plan *weighed, *billed;

	in->storage[0].discharge_max_w = 20 * KW;
	weighed = made_plan(in);
	in->events[0].penalty_bill_e4 = 300000;
	in->events[0].pay_bill_e4 = 50000;
	billed = made_plan(in);
	ck_assert_int_eq(billed->objective_e4, weighed->objective_e4);
	ck_assert_mem_eq(billed->pcc_w, weighed->pcc_w, 4 * sizeof(int64_t));
	/* half an hour: 40 kW short at 27 more, 20 kW delivered at 4 more */
	ck_assert_int_eq(billed->cost_e4 - weighed->cost_e4, (20 * 27 - 10 * 4) * CNY);
}
END_TEST

START_TEST(an_event_to_take_more_is_the_mirror_image)
{
	struct plan *p = made_plan(with_event(DIRECTION_DN));

	ck_assert_int_eq(p->pcc_w[1], 560 * KW);
	ck_assert_int_eq(p->pcc_w[2], 560 * KW);
	/* 530 kWh × 0.5 − 30. */
	ck_assert_int_eq(p->cost_e4, 235 * CNY);
}
END_TEST

START_TEST(a_shortfall_is_penalised_and_named)
{
	struct plan_input *in = with_event(DIRECTION_UP);
	const struct plan_relaxation *r;
	struct plan *p;

	in->storage[0].discharge_max_w = 20 * KW;
	p = made_plan(in);
	ck_assert_int_eq(p->pcc_w[1], 480 * KW);
	r = made_relaxation(p, "event:vpp-7");
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(r->amount, 40 * KW);
	ck_assert_int_eq(r->cost_e4, 30 * CNY);
	/* 490 kWh × 0.5 − 10 + 20 × 3. */
	ck_assert_int_eq(p->cost_e4, 295 * CNY);
	ck_assert_int_eq(made_binding(p, "event:vpp-7")->shadow_price_e4, 40000);
}
END_TEST

START_TEST(more_than_the_band_is_not_given_away)
{
	struct plan_input *in = with_event(DIRECTION_UP);
	struct plan *p;

	/* Emptying pays 0.05 per kWh: less than the surplus costs. */
	in->storage[0].terminal_price_e4 = 4400;
	in->soc_wh[0] = 100 * KW;
	p = made_plan(in);
	ck_assert_int_eq(p->pcc_w[1], 437 * KW);
	ck_assert_int_eq(p->pcc_w[2], 437 * KW);
	ck_assert_ptr_null(made_relaxation(p, "event:vpp-7.surplus"));
	ck_assert_int_eq(p->pcc_w[0], 400 * KW);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/event");
	TCase *tc = tcase_create("event");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, made_setup, made_teardown);
	tcase_add_test(tc, an_event_is_served_to_its_target_and_paid);
	tcase_add_test(tc, a_plan_weighs_one_price_and_bills_another);
	tcase_add_test(tc, an_event_to_take_more_is_the_mirror_image);
	tcase_add_test(tc, a_shortfall_is_penalised_and_named);
	tcase_add_test(tc, more_than_the_band_is_not_given_away);
	return run_suite(suite);
}
