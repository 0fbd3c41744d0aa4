/* Every feature of a case alone, with an optimum that can be worked out by hand. */
#include <stdlib.h>
#include <string.h>

#include "calclib.h"
#include "testlib/run.h"

#define TWO "'n': 2, 'dt_h': 0.5, "

START_TEST(energy_costs_power_times_hours)
{
	expect_cost(TWO "'buy': [1, 2], 'sell': 0, 'load': [3, 4]", 5.5);
	expect_cost(TWO "'buy': 2, 'sell': 1, 'load': 1, 'pv': [0, 5]", 1 - 2);
	expect_cost(TWO "'buy': 2, 'sell': -1, 'load': 1, 'pv': [0, 5]", 1 + 2);
}
END_TEST

START_TEST(curtailing_avoids_a_negative_price)
{
	expect_cost(TWO "'buy': 2, 'sell': -1, 'load': 1, 'pv': [0, 5], 'pv_curtailable': true", 1);
}
END_TEST

START_TEST(limits_are_hard)
{
	expect_status(TWO "'buy': 1, 'sell': 0, 'load': 3, 'import_max': [3, 2.9]", "infeasible");
	expect_status(TWO "'buy': 1, 'sell': 0, 'pv': 3, 'export_max': [2, null]", "infeasible");
	expect_cost(TWO "'buy': 1, 'sell': 0, 'pv': 3, 'export_max': 2, 'pv_curtailable': 1", 0);
	expect_cost(TWO "'buy': 1, 'sell': 0, 'load': 3, 'import_max': null", 3);
}
END_TEST

START_TEST(selling_above_the_buying_price_is_no_money_pump)
{
	expect_cost(TWO "'buy': 1, 'sell': 3, 'load': 1", 1);
	expect_cost(TWO "'buy': 1, 'sell': 3, 'load': 1, 'import_max': 9, 'export_max': 9", 1);
	/* Only what is stored can be sold: 2 in, 2 out. */
	expect_cost(TWO "'buy': [1, 9], 'sell': [0, 3], 'storages': [{'soc0': 0, 'soc_min': 0, "
			"'soc_max': 1}]",
		    1 - 3);
}
END_TEST

START_TEST(a_storage_loses_energy_on_both_ways)
{
	/* 2 kWh at 1 become 1.6, of which 0.8 come out, at 10. */
	expect_cost("'n': 2, 'dt_h': 1, 'buy': [1, 10], 'sell': 0, 'load': [0, 2], 'storages': "
		    "[{'soc0': 0, 'soc_min': 0, 'soc_max': 1.6, 'eta_c': 0.8, 'eta_d': 0.5}]",
		    2 + 10 * 1.2);
}
END_TEST

START_TEST(a_storage_that_leaks_loses_evenly_over_the_step)
{
	/* a = 0.5: 0.72134752 of what flows in is left after its own step, half of it one later. */
	expect_cost("'n': 2, 'dt_h': 1, 'buy': [1, 10], 'sell': 0, 'storages': [{'soc0': 0, "
		    "'retention': 0.5, 'charge_max': [9, 0], 'discharge_max': 0, 'targets': "
		    "[{'end_of_step': 1, 'op': 'ge', 'value': 1}]}]",
		    2 / 0.72134752044448170);
}
END_TEST

START_TEST(a_storage_does_not_burn_energy_by_doing_both)
{
	/* Paid 5 per kWh taken, for two hours: with one flow at a time a full lossy storage can only empty into the
	 * load and take that in again. */
	expect_cost(
		"'n': 2, 'dt_h': 1, 'buy': -5, 'sell': -5, 'storages': [{'soc0': 2, 'soc_min': 0, "
		"'soc_max': 2, 'charge_max': 2, 'discharge_max': 2, 'eta_c': 0.5}]",
		/* 1 out, and 2 in for it */ -5);
	expect_cost(
		"'n': 1, 'dt_h': 1, 'buy': -5, 'sell': -5, 'storages': [{'soc0': 2, 'soc_min': 0, "
		"'soc_max': 2, 'charge_max': 2, 'discharge_max': 2, 'eta_c': 0.5}]",
		0);
}
END_TEST

START_TEST(wear_that_pays_does_not_make_flows_overlap)
{
	expect_cost(
		"'n': 1, 'dt_h': 1, 'buy': 1, 'sell': 1, 'storages': [{'soc0': 1, 'soc_min': 1, "
		"'soc_max': 1, 'charge_max': 1, 'discharge_max': 1, 'cycle_cost_charge': -3}]",
		0);
}
END_TEST

START_TEST(cycling_and_holding_cost)
{
	expect_cost(
		"'n': 2, 'dt_h': 0.5, 'buy': 1, 'sell': 0, 'load': [0, 2], 'import_max': [9, 1], "
		"'storages': [{'soc0': 0, 'soc_min': 0, 'soc_max': 9, 'cycle_cost_charge': 2, "
		"'cycle_cost_discharge': 3, 'hold_cost': 7}]",
		/* half a kWh stored over the end of step 0 */
		1 + 0.5 * 2 + 0.5 * 3 + 0.5 * 7 * 0.5);
}
END_TEST

START_TEST(targets_bind_from_their_side)
{
#define STORE(op, value, more)                                                                         \
	"'n': 1, 'dt_h': 1, 'buy': 2, 'sell': 1, 'storages': [{'soc0': 1, 'soc_min': 0, "              \
	"'soc_max': 4, 'charge_max': 2, 'discharge_max': 2, 'targets': [{'end_of_step': 0, 'op': '" op \
	"', 'value': " value more "}]}]"
	expect_cost(STORE("eq", "3", ""), 4);
	expect_cost(STORE("ge", "2", ""), 2);
	expect_cost(STORE("le", "2", ""), -1);
	expect_cost(STORE("le", "0.5", ""), -1);
	expect_status(STORE("ge", "3.5", ""), "infeasible");
	expect_cost(STORE("ge", "3.5", ", 'penalty': 10"), 4 + 5);
	expect_cost(STORE("ge", "3.5", ", 'penalty': 1.5"), 3.75);
	expect_cost(STORE("eq", "0.5", ", 'penalty': 10"), -0.5);
	expect_cost(STORE("le", "-1", ", 'penalty': 10"), -1 + 10);
	expect_cost(STORE("ge", "3.5", ", 'penalty': 0"), -1);
}
END_TEST

START_TEST(what_is_stored_stays_off_the_grid)
{
#define KEPT(more)                                                                                 \
	"'n': 1, 'dt_h': 1, 'buy': 2, 'sell': 1, 'load': 1, 'pv': [2], 'storages': [{'soc0': 5, "  \
	"'soc_min': 0, 'soc_max': 5" more "}]"
	expect_cost(KEPT(""), -6);
	expect_cost(KEPT(", 'no_discharge_to_grid': true"), -2);
	expect_cost(KEPT(", 'no_discharge_to_grid': 0"), -6);
}
END_TEST

START_TEST(a_load_runs_in_its_cheapest_steps)
{
#define FOUR "'n': 4, 'dt_h': 0.5, 'buy': [4, 1, 3, 2], 'sell': 0, "
	expect_cost(FOUR "'loads': [{'power': 2, 'steps_on': 2}]", 3);
	expect_cost(FOUR "'loads': [{'power': 2, 'energy': 2}]", 3);
	expect_cost(FOUR "'loads': [{'power': 2, 'steps_on': 2, 'allowed': [1, 0, 1, 1]}]", 5);
	expect_cost(FOUR "'loads': [{'power': [2, 3, 2, 2], 'steps_on': 2}]", 3.5);
	expect_cost(FOUR "'loads': [{'power': 2, 'steps_on': 0}]", 0);
	expect_cost(FOUR "'loads': [{'power': 2}]", 0);
	expect_cost("'n': 1, 'dt_h': 1, 'buy': -1, 'sell': -2, 'loads': [{'power': 2}]", -2);
	expect_status(FOUR "'loads': [{'power': 2, 'energy': 1.5}]", "infeasible");
	expect_status(FOUR "'loads': [{'power': 2, 'steps_on': 5}]", "infeasible");
}
END_TEST

START_TEST(a_continuous_load_takes_any_level)
{
	expect_cost(FOUR "'loads': [{'power': 2, 'kind': 'continuous', 'energy': 1.5}]", 1 + 1);
	expect_cost(FOUR "'loads': [{'power': 2, 'kind': 'continuous', 'steps_on': 2}]", 3);
	expect_cost(FOUR "'import_max': 1, 'loads': [{'power': 2, 'kind': 'continuous', "
			 "'steps_on': 2}]",
		    5);
	expect_status(FOUR "'loads': [{'power': 2, 'kind': 'continuous', 'energy': 4.1}]",
		      "infeasible");
}
END_TEST

START_TEST(starts_cost_and_can_be_limited)
{
#define STARTS(more) FOUR "'loads': [{'power': 2, 'steps_on': 2, " more "}]"
	expect_cost(STARTS("'startup_cost_per_price': 0.2"), 3 + 0.2 * 3);
	/* Steps 1 and 2: one start at 1, energy at 1 and 3. */
	expect_cost(STARTS("'startup_cost_per_price': 2"), 4 + 2);
	expect_cost(STARTS("'single_block': true"), 4);
	expect_cost(STARTS("'single_block': true, 'allowed': [1, 1, 0, 1]"), 5);
	expect_status(STARTS("'single_block': true, 'allowed': [1, 0, 1, 0]"), "infeasible");
	/* Running already: steps 0 and 1 need no start. */
	expect_cost(STARTS("'startup_cost_per_price': 3, 'initial_on': true"), 5);
	expect_cost(STARTS("'single_block': true, 'initial_on': true"), 4);
	/* A continuous load may idle while it is on. */
	expect_cost(FOUR "'loads': [{'power': 2, 'kind': 'continuous', 'energy': 2, "
			 "'single_block': true}]",
		    3);
	expect_status(FOUR "'loads': [{'power': 2, 'kind': 'continuous', 'energy': 3, "
			   "'single_block': true, 'allowed': [1, 1, 0, 1]}]",
		      "infeasible");
}
END_TEST

START_TEST(a_start_at_a_negative_price_pays_once_only)
{
	/* Starts pay 2 each: on, off, on is the most that can be had of three steps. */
	expect_cost("'n': 3, 'dt_h': 1, 'buy': -1, 'sell': -1, 'loads': [{'power': 0, "
		    "'startup_cost_per_price': 2}]",
		    -4);
	expect_cost("'n': 3, 'dt_h': 1, 'buy': -1, 'sell': -1, 'loads': [{'power': 0, "
		    "'startup_cost_per_price': 2, 'initial_on': true}]",
		    -2);
}
END_TEST

START_TEST(charges_are_on_the_excess)
{
#define CHARGE(more)                                                                                 \
	TWO "'buy': 0, 'sell': -1, 'load': [3, 5], 'flow_charges': [{'over': 'import', 'price': 2, " \
	    "'threshold': 1, " more "}]"
	expect_cost(CHARGE("'aggregate': 'max'"), 8);
	expect_cost(CHARGE("'aggregate': 'sum'"), 12);
	expect_cost(CHARGE("'aggregate': 'sum', 'per_hour': true"), 6);
	expect_cost(TWO "'buy': 0, 'sell': 0, 'pv': [3, 5], 'flow_charges': [{'over': 'export', "
			"'price': 2, 'threshold': [9, 4], 'aggregate': 'max'}]",
		    2);
	expect_cost(TWO "'buy': 0, 'sell': -1, 'load': 1, 'flow_charges': [{'over': 'export', "
			"'price': 2, 'threshold': 0, 'aggregate': 'max'}]",
		    0);
}
END_TEST

START_TEST(peaks_are_means_of_closed_intervals)
{
#define PEAK(more)                                                                                          \
	"'n': 5, 'dt_h': 0.5, 'buy': 0, 'sell': -1, 'load': [1, 3, 2, 2, 8], 'peaks': [{'price': 10, " more \
	"}]"
	expect_cost(PEAK("'incumbent': 0"), 80);
	expect_cost(PEAK("'interval_steps': 2"), 20);
	expect_cost(PEAK("'interval_steps': 2, 'history': [5]"), 50);
	expect_cost(PEAK("'interval_steps': 2, 'history': [5], 'window': [0, 1, 1, 1, 1]"), 50);
	expect_cost(PEAK("'interval_steps': 2, 'history': [5], 'window': [0, 0, 1, 1, 0]"), 25);
	expect_cost(PEAK("'interval_steps': 5"), 32);
	expect_cost(PEAK("'interval_steps': 6"), 0);
	expect_cost(PEAK("'interval_steps': 6, 'history': [2]"), 30);
	expect_cost(PEAK("'interval_steps': 6, 'incumbent': 4"), 40);
}
END_TEST

START_TEST(a_case_of_nothing_costs_nothing)
{
	expect_cost("'n': 1, 'dt_h': 1, 'buy': 0, 'sell': 0", 0);
	expect_cost(
		"'n': 1, 'dt_h': 1, 'buy': 0, 'sell': 0, 'storages': [{'soc0': 0, 'soc_min': 0, "
		"'soc_max': 0}], 'loads': [{'power': 0}], 'peaks': [{'price': 0}]",
		0);
}
END_TEST

START_TEST(prices_of_any_size_are_solved)
{
	expect_cost(TWO "'buy': [1e9, 2e9], 'sell': 0, 'load': 1, 'storages': [{'soc0': 0, "
			"'soc_min': 0, 'soc_max': 9}]",
		    1e9);
	expect_cost(TWO "'buy': [1e-4, 2e-4], 'sell': 0, 'load': 1000000, 'storages': [{'soc0': 0, "
			"'soc_min': 0, 'soc_max': 1e9}]",
		    100);
	/* A penalty 1e8 times the price does not blur the price. */
	expect_cost(TWO "'buy': [0.1, 0.100001], 'sell': 0, 'load': 1000, 'storages': [{'soc0': 0, "
			"'soc_min': 0, 'soc_max': 9000, 'targets': [{'end_of_step': 1, 'op': 'ge', "
			"'value': 10, 'penalty': 10000000}]}]",
		    101);
}
END_TEST

START_TEST(without_a_cheapest_plan_it_says_so)
{
	expect_status(TWO "'buy': [1, 9], 'sell': [0, 3], 'storages': [{'soc0': 0, 'soc_min': 0}]",
		      "unbounded");
}
END_TEST

START_TEST(exclusions_without_a_limit_ask_for_one)
{
	char *text = case_text(TWO "'buy': 1, 'sell': 2, 'storages': [{'soc0': 0}]");
	struct outcome o;

	calc_plan(&o, text);
	ck_assert_int_eq(o.code, 1);
	ck_assert_ptr_nonnull(strstr(o.err, "import and export exclude each other in step 0"));
	calc_end(&o);
	free(text);
}
END_TEST

START_TEST(of_equal_plans_the_earliest_is_taken)
{
	char *text =
		case_text("'n': 6, 'dt_h': 1, 'buy': [2, 1, 1, 1, 1, 1], 'sell': 0, 'loads': "
			  "[{'power': 2, 'steps_on': 2}, {'power': 3, 'kind': 'continuous', "
			  "'energy': 4}], 'storages': [{'soc0': 0, 'soc_min': 0, 'soc_max': 2, "
			  "'charge_max': 1, 'discharge_max': 1, 'targets': [{'end_of_step': 5, "
			  "'op': 'ge', 'value': 2}]}]");
	struct outcome o;

	calc_plan(&o, text);
	ck_assert_str_eq(o.err, "");
	ck_assert_double_eq_tol(cost_of(&o), 4 + 4 + 2, 1e-9);
	for (int t = 0; t < 6; t++) {
		bool early = t == 1 || t == 2;

		ck_assert_double_eq_tol(series_at(&o, "loads.0.power", t), early ? 2 : 0, 1e-9);
		ck_assert_double_eq_tol(series_at(&o, "storages.0.charge", t), early, 1e-9);
	}
	ck_assert_double_eq_tol(series_at(&o, "loads.1.power", 1), 3, 1e-9);
	ck_assert_double_eq_tol(series_at(&o, "loads.1.power", 2), 1, 1e-9);
	calc_end(&o);
	free(text);
}
END_TEST

START_TEST(the_same_case_gives_the_same_bytes)
{
	char *text = case_text(
		"'n': 6, 'dt_h': 1, 'buy': [3, 1, 4, 1, 5, 9], 'sell': [2, 6, 5, 3, 5, 8], "
		"'loads': [{'power': 2, 'steps_on': 2, 'startup_cost_per_price': 1}], 'storages': "
		"[{'soc0': 1, 'soc_min': 0, 'soc_max': 2, 'charge_max': 1, 'discharge_max': 1, "
		"'eta_c': 0.9}]");
	struct outcome a, b;

	calc_plan(&a, text);
	calc_plan(&b, text);
	ck_assert_int_eq(a.code, 0);
	ck_assert_str_eq(a.out, b.out);
	calc_end(&a);
	calc_end(&b);
	free(text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("plan");
	TCase *c = tcase_create("plan");

	tcase_add_test(c, energy_costs_power_times_hours);
	tcase_add_test(c, curtailing_avoids_a_negative_price);
	tcase_add_test(c, limits_are_hard);
	tcase_add_test(c, selling_above_the_buying_price_is_no_money_pump);
	tcase_add_test(c, a_storage_loses_energy_on_both_ways);
	tcase_add_test(c, a_storage_that_leaks_loses_evenly_over_the_step);
	tcase_add_test(c, a_storage_does_not_burn_energy_by_doing_both);
	tcase_add_test(c, wear_that_pays_does_not_make_flows_overlap);
	tcase_add_test(c, cycling_and_holding_cost);
	tcase_add_test(c, targets_bind_from_their_side);
	tcase_add_test(c, what_is_stored_stays_off_the_grid);
	tcase_add_test(c, a_load_runs_in_its_cheapest_steps);
	tcase_add_test(c, a_continuous_load_takes_any_level);
	tcase_add_test(c, starts_cost_and_can_be_limited);
	tcase_add_test(c, a_start_at_a_negative_price_pays_once_only);
	tcase_add_test(c, charges_are_on_the_excess);
	tcase_add_test(c, peaks_are_means_of_closed_intervals);
	tcase_add_test(c, a_case_of_nothing_costs_nothing);
	tcase_add_test(c, prices_of_any_size_are_solved);
	tcase_add_test(c, without_a_cheapest_plan_it_says_so);
	tcase_add_test(c, exclusions_without_a_limit_ask_for_one);
	tcase_add_test(c, of_equal_plans_the_earliest_is_taken);
	tcase_add_test(c, the_same_case_gives_the_same_bytes);
	suite_add_tcase(s, c);
	return run_suite(s);
}
