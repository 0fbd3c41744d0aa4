/* Stores, the connection, load and sun, in cases small enough to calculate by hand. Unless a test says otherwise: steps
 * of an hour, 0.5 CNY to buy, 0.3 to sell, a lossless battery of 100 kWh and 100 kW with 50 kWh in it. */
#include "plan/plan.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "planlib/made.h"
#include "planlib/sites.h"
#include "testlib/run.h"

START_TEST(a_battery_fills_when_cheap_and_empties_when_dear_earliest_first)
{
	struct plan *p = made_plan(made_two_prices(1, 0));

	ck_assert_int_eq(made_power(p, "site/bess1", 0), 50 * KW);
	ck_assert_int_eq(made_power(p, "site/bess1", 1), 0);
	ck_assert_int_eq(made_power(p, "site/bess1", 2), -100 * KW);
	ck_assert_int_eq(made_power(p, "site/bess1", 3), 0);
	ck_assert_int_eq(made_level(p, "site/bess1", 0), 100 * KW);
	ck_assert_int_eq(made_level(p, "site/bess1", 3), 0);
	/* (400 + 50) × 0.2 + 300 × 1.0 = 390; wear 100 × 0.01, and a tie-break far below a fen. */
	ck_assert_int_eq(p->cost_e4, 390 * CNY);
	ck_assert_int_ge(p->objective_e4, 391 * CNY);
	ck_assert_int_le(p->objective_e4, 391 * CNY + 200);
	ck_assert_int_eq(p->marginal_price_e4[0], 2000);
	ck_assert_int_eq(p->marginal_price_e4[8], 10000);
	ck_assert_uint_eq(p->n_relaxations, 0);
	/* Between 0.2 and 1.0 − 0.01 per kWh of room. */
	ck_assert_int_ge(made_binding(p, "storage[bess1].soc_max")->shadow_price_e4, 7800);
}
END_TEST

START_TEST(a_spread_that_does_not_pay_for_losses_and_wear_moves_nothing)
{
	struct plan_input *in = made_two_prices(1, 0);

	for (uint32_t t = 2; t < 4; t++)
		in->price_buy_e4[t] = 2500;
	in->storage[0].eta_charge_ppm = in->storage[0].eta_discharge_ppm = 900000;
	in->storage[0].terminal_price_e4 = 2180;
	for (uint32_t h = 0; h < 4; h++)
		ck_assert_int_eq(made_power(made_plan(in), "site/bess1", h), 0);
}
END_TEST

START_TEST(losses_are_paid_on_both_ways)
{
	struct plan_input *in = made_two_prices(1, 0);
	struct plan *p;

	in->storage[0].eta_charge_ppm = 800000;
	in->storage[0].eta_discharge_ppm = 500000;
	in->price_buy_e4[0] = 1999; /* or the tie-break would choose */
	p = made_plan(in);
	/* 62.5 kW for an hour bring 50 kWh in; 100 kWh give 50 kWh back. */
	ck_assert_int_eq(made_power(p, "site/bess1", 0), 62500);
	ck_assert_int_eq(made_level(p, "site/bess1", 1), 100 * KW);
	ck_assert_int_eq(made_power(p, "site/bess1", 2) + made_power(p, "site/bess1", 3), -50 * KW);
	ck_assert_int_eq(made_level(p, "site/bess1", 3), 0);
}
END_TEST

START_TEST(a_reserve_is_kept_where_energy_is_cheaper_than_it)
{
	struct plan_input *in = made_two_prices(1, 0);
	struct plan *p;

	in->storage[0].reserve_wh = 40 * KW;
	p = made_plan(in);
	ck_assert_int_eq(made_level(p, "site/bess1", 3), 40 * KW);
	ck_assert_int_eq(p->cost_e4, 430 * CNY);
	ck_assert_ptr_nonnull(made_binding(p, "storage[bess1].reserve"));
	ck_assert_uint_eq(p->n_relaxations, 0);
}
END_TEST

START_TEST(a_reserve_gives_way_to_what_is_dearer_and_is_named)
{
	struct plan_input *in = made_two_prices(1, 0);
	const struct plan_relaxation *r;
	struct plan *p;

	/* 20 kWh missing for an hour cost 100 CNY; 20 kWh over the import limit cost 400. */
	in->storage[0].reserve_wh = 50 * KW;
	in->storage[0].charge_max_w = 0;
	in->pcc.import_max_w = 180 * KW;
	for (uint32_t t = 0; t < 3; t++)
		in->load_it_w[t] = 100 * KW;
	p = made_plan(in);
	ck_assert_int_eq(made_level(p, "site/bess1", 3), 30 * KW);
	ck_assert_ptr_null(made_relaxation(p, "import_max"));
	r = made_relaxation(p, "storage[bess1].reserve");
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(r->amount, 20 * KW);
	ck_assert_str_eq(r->unit, "Wh");
	ck_assert_int_eq(r->cost_e4, 100 * CNY);
	ck_assert_int_eq(r->start_ms, SITES_T0 + 3 * MS_PER_H);
}
END_TEST

START_TEST(a_demand_price_shaves_the_peak_but_not_below_what_is_paid)
{
	struct plan_input *in = sites_plain(&made_arena, 4, MS_PER_H, 0, 1, 0);
	struct plan *p;

	sites_battery(in, 0);
	in->storage[0].terminal_price_e4 = 5000;
	made_set_load(in, 100 * KW);
	in->load_it_w[2] = 300 * KW;
	sites_demand(in, &made_arena, 40 * CNY, 150 * KW);
	p = made_plan(in);
	/* The battery gives 100 kW in the hour of the peak, having taken 50 kWh before it. */
	ck_assert_int_eq(made_power(p, "site/bess1", 2), -100 * KW);
	ck_assert_int_eq(p->pcc_w[8], 200 * KW);
	ck_assert_int_le(p->pcc_w[0], 200 * KW);
	ck_assert_int_eq(made_level(p, "site/bess1", 3), 0);
	/* 550 kWh × 0.5 + 50 kW × 40. */
	ck_assert_int_eq(p->cost_e4, 275 * CNY + 2000 * CNY);
	ck_assert_int_eq(made_binding(p, "storage[bess1].discharge_max")->slot / 4, 2);

	in->demands[0].incumbent_w = 300 * KW;
	p = made_plan(in);
	for (uint32_t h = 0; h < 4; h++)
		ck_assert_int_eq(made_power(p, "site/bess1", h), 0);
	ck_assert_int_eq(p->cost_e4, 300 * CNY);
}
END_TEST

START_TEST(contracted_demand_is_exceeded_only_at_its_price_and_named)
{
	struct plan_input *in = sites_plain(&made_arena, 2, MS_PER_H, 0, 1, 0);
	struct plan *p;

	sites_battery(in, 0);
	made_set_load(in, 200 * KW);
	in->pcc.contracted_demand_w = 170 * KW;
	in->pcc.over_demand_price_e4 = 20000;
	p = made_plan(in);
	/* 60 kWh are over the contract; the battery has 50 of them. */
	ck_assert_int_eq(made_level(p, "site/bess1", 1), 0);
	ck_assert_int_eq(p->pcc_w[0] + p->pcc_w[4], 350 * KW);
	ck_assert_ptr_nonnull(made_relaxation(p, "contracted_demand"));
	ck_assert_ptr_null(made_relaxation(p, "import_max"));
	ck_assert_ptr_nonnull(made_binding(p, "contracted_demand"));
}
END_TEST

START_TEST(an_unavoidable_breach_is_named_with_slot_amount_and_cost)
{
	struct plan_input *in = sites_plain(&made_arena, 2, MS_PER_H, 0, 0, 0);
	const struct plan_relaxation *r;
	struct plan *p;

	made_set_load(in, 80 * KW);
	in->load_it_w[1] = 150 * KW;
	in->load.floor_w = 150 * KW;
	in->pcc.import_max_w = 100 * KW;
	p = made_plan(in);
	ck_assert_uint_eq(p->n_relaxations, 1);
	r = &p->relaxations[0];
	ck_assert_str_eq(r->limit, "import_max");
	ck_assert_int_eq(r->amount, 50 * KW);
	ck_assert_str_eq(r->unit, "W");
	ck_assert_int_eq(r->start_ms, SITES_T0 + MS_PER_H);
	ck_assert_int_eq(r->cost_e4, 50 * 20 * CNY);
	ck_assert_int_eq(p->pcc_w[4], 150 * KW);
}
END_TEST

START_TEST(load_is_dropped_only_above_the_protected_floor)
{
	struct plan_input *in = sites_plain(&made_arena, 1, MS_PER_H, 0, 0, 0);
	struct plan *p;

	made_set_load(in, 150 * KW);
	in->load.floor_w = 120 * KW;
	in->pcc.import_max_w = 100 * KW;
	in->prices.unserved_e4 = 10 * CNY; /* cheaper than the overload at 20 */
	p = made_plan(in);
	ck_assert_int_eq(p->unserved_w[0], 30 * KW);
	ck_assert_int_eq(p->pcc_w[0], 120 * KW);
	ck_assert_int_eq(made_relaxation(p, "load.unserved")->amount, 30 * KW);
	ck_assert_int_eq(made_relaxation(p, "import_max")->amount, 20 * KW);
}
END_TEST

START_TEST(sun_is_curtailed_only_where_it_cannot_go_anywhere)
{
	struct plan_input *in = sites_plain(&made_arena, 2, MS_PER_H, 1, 0, 0);
	struct plan *p;

	made_set_load(in, 100 * KW);
	in->generator_w[0][0] = in->generator_w[0][1] = 500 * KW;
	in->generators[0].curtailable = true;
	in->pcc.export_max_w = 300 * KW;
	p = made_plan(in);
	ck_assert_int_eq(made_power(p, "site/pv1", 0), -400 * KW);
	ck_assert_int_eq(p->pcc_w[0], -300 * KW);
	ck_assert_int_eq(made_binding(p, "export_max")->shadow_price_e4, 3000);
	ck_assert_int_eq(plan_find_asset(p, "site/pv1")->available_w[0], 500 * KW);

	in->price_sell_e4[0] = -400;
	in->generators[0].curtail_price_e4 = 300;
	p = made_plan(in);
	ck_assert_int_eq(p->pcc_w[0], 0); /* 0.04 to export is more than 0.03 to curtail */

	in->generators[0].curtailable = false;
	p = made_plan(in);
	ck_assert_int_eq(made_power(p, "site/pv1", 0), -500 * KW);
	ck_assert_int_eq(made_relaxation(p, "export_max")->amount, 100 * KW);
}
END_TEST

START_TEST(a_store_out_of_bounds_comes_back)
{
	struct plan_input *in = sites_plain(&made_arena, 4, MS_PER_H, 0, 2, 0);
	struct plan *p;

	sites_battery(in, 0);
	sites_battery(in, 1);
	in->storage[0].soc_min_wh = in->storage[0].reserve_wh = 20 * KW;
	in->soc_wh[0] = 5 * KW;
	in->storage[1].soc_max_wh = 80 * KW;
	in->soc_wh[1] = 95 * KW;
	in->storage[1].terminal_price_e4 = 6000;
	made_set_load(in, 100 * KW);
	p = made_plan(in);
	ck_assert_int_eq(made_power(p, "site/bess1", 0), 15 * KW);
	ck_assert_int_eq(made_power(p, "site/bess2", 0), -15 * KW);
	ck_assert_int_eq(made_level(p, "site/bess1", 3), 20 * KW);
	ck_assert_int_eq(made_level(p, "site/bess2", 3), 80 * KW);

	in->storage_out[0] = in->storage_out[1] = true;
	p = made_plan(in);
	ck_assert_int_eq(made_level(p, "site/bess1", 3), 5 * KW);
	ck_assert_int_eq(made_relaxation(p, "storage[bess1].soc_min")->amount, 15 * KW);
	ck_assert_int_eq(made_relaxation(p, "storage[bess1].reserve")->amount, 15 * KW);
	ck_assert_int_eq(made_relaxation(p, "storage[bess2].soc_max")->amount, 15 * KW);
}
END_TEST

START_TEST(a_paid_battery_does_not_charge_and_discharge_at_once)
{
	struct plan_input *in = sites_plain(&made_arena, 8, MS_PER_H, 0, 1, 0);
	int64_t again, soc = 50 * KW;
	struct plan *p;

	/* Every kWh burnt earns 2 CNY: far more than wear. */
	sites_battery(in, 0);
	in->storage[0].eta_charge_ppm = in->storage[0].eta_discharge_ppm = 900000;
	made_set_load(in, 10 * KW);
	for (uint32_t t = 0; t < 8; t++)
		in->price_buy_e4[t] = in->price_sell_e4[t] = -20000;
	p = made_plan(in);
	for (uint32_t h = 0; h < 8; h++) {
		int64_t w = made_power(p, "site/bess1", h);

		/* The level is what one direction of the net power gives. */
		soc += w > 0 ? w * 9 / 10 : w * 10 / 9;
		ck_assert_int_ge(made_level(p, "site/bess1", h), soc - 8);
		ck_assert_int_le(made_level(p, "site/bess1", h), soc + 8);
	}
	ck_assert_int_eq(plan_evaluate(in, p, &again), 0);
	ck_assert_int_eq(again, p->objective_e4);
	ck_assert_int_lt(p->objective_e4, 80 * -2 * CNY);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/make");
	TCase *tc = tcase_create("make");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, made_setup, made_teardown);
	tcase_add_test(tc, a_battery_fills_when_cheap_and_empties_when_dear_earliest_first);
	tcase_add_test(tc, a_spread_that_does_not_pay_for_losses_and_wear_moves_nothing);
	tcase_add_test(tc, losses_are_paid_on_both_ways);
	tcase_add_test(tc, a_reserve_is_kept_where_energy_is_cheaper_than_it);
	tcase_add_test(tc, a_reserve_gives_way_to_what_is_dearer_and_is_named);
	tcase_add_test(tc, a_demand_price_shaves_the_peak_but_not_below_what_is_paid);
	tcase_add_test(tc, contracted_demand_is_exceeded_only_at_its_price_and_named);
	tcase_add_test(tc, an_unavoidable_breach_is_named_with_slot_amount_and_cost);
	tcase_add_test(tc, load_is_dropped_only_above_the_protected_floor);
	tcase_add_test(tc, sun_is_curtailed_only_where_it_cannot_go_anywhere);
	tcase_add_test(tc, a_store_out_of_bounds_comes_back);
	tcase_add_test(tc, a_paid_battery_does_not_charge_and_discharge_at_once);
	return run_suite(suite);
}
