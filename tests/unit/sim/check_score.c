/* Money, limits and means of a run, against figures worked out by hand. */
#include <string.h>

#include "plants.h"
#include "sim/battery.h"
#include "sim/score.h"
#include "testlib/run.h"

static struct plant plant;
static struct twin twin;
static struct score score;

static void setup(void)
{
	plant = plant_hongyuan();
	twin_init(&twin, &plant, 0);
	score_init(&score, &twin);
}

static void teardown(void)
{
	score_fini(&score);
	twin_fini(&twin);
}

static void step(const struct twin_exogenous *x, int64_t dt_ms, int64_t buy_e4)
{
	struct score_prices prices = {.buy_e4 = buy_e4, .sell_e4 = 2000, .carbon_g_kwh = 500};
	struct twin_row row;

	ck_assert_int_eq(twin_step(&twin, x, dt_ms, &row), 0);
	ck_assert_int_eq(score_add(&score, &row, &twin, &prices), 0);
}

START_TEST(energy_is_bought_and_sold_at_its_price)
{
	struct twin_exogenous night = {.load_it_w = 4000000};
	struct twin_exogenous noon = {.load_it_w = 4000000, .gen_w = {8000000}};
	struct score_result r;

	step(&night, SLOT_MS, 6000); /* 5 MW × ¼ h × 0.6 CNY = 750 CNY */
	step(&noon, SLOT_MS, 6000);  /* −3 MW × ¼ h × 0.2 CNY = −150 CNY */
	score_finish(&score);
	r = score_result(&score);
	ck_assert_int_eq(r.energy_e4, 6000000);
	ck_assert_int_eq(r.total_e4, 6000000);
	ck_assert_int_eq(r.import_wh, 1250000);
	ck_assert_int_eq(r.export_wh, 750000);
	ck_assert_int_eq(r.carbon_kg, 625);
	ck_assert_int_eq(r.peak_w, 5000000);
	ck_assert_int_eq(r.mean_price_e4, 6000);
	ck_assert(!r.hard_breach && score.n_breaches == 0);
}
END_TEST

START_TEST(what_is_left_in_storage_and_waiting_work_are_valued_at_the_mean_price)
{
	struct twin_exogenous x = {.load_it_w = 4000000, .arrived_dms = {3600000 * INT64_C(1000)}};
	struct score_result r;

	twin.control.storage_w[0] = 1000000;
	twin.control.queue_cap_w[0] = 0;
	step(&x, SLOT_MS, 8000);
	r = score_result(&score);
	ck_assert_int_eq(r.energy_e4, 12000000); /* 6 MW × ¼ h × 0.8 */
	/* 237.5 kWh stored × 0.95 × 0.8; 1000 device-hours × 0.7 kW × 1.25 × 0.8 */
	ck_assert_int_eq(r.soc_value_e4, 1805000);
	ck_assert_int_eq(r.backlog_value_e4, 7000000);
	ck_assert_int_eq(r.total_e4, 12000000 - 1805000 + 7000000);
	ck_assert_int_eq(r.backlog_ds, 3600000);
	/* and wear counts what is taken out */
	twin.control.storage_w[0] = -2000000;
	x.arrived_dms[0] = 0;
	step(&x, SLOT_MS, 8000);
	ck_assert_int_eq(score_result(&score).wear_e4, 250000);
}
END_TEST

START_TEST(late_work_costs_its_price_for_as_long_as_it_waits)
{
	struct twin_exogenous x = {.load_it_w = 0, .arrived_dms = {3600000 * INT64_C(1000)}};
	struct score_result r;

	plant.queues[0].slack_ms = SLOT_MS;
	twin.control.queue_cap_w[0] = 0;
	step(&x, SLOT_MS, 0);
	x.arrived_dms[0] = 0;
	for (int i = 0; i < 4; i++)
		step(&x, SLOT_MS, 0);
	r = score_result(&score);
	ck_assert_int_eq(r.late_ds, 3600000);
	ck_assert_int_eq(r.late_e4, 7000000); /* 700 kWh × 1 h × 1 CNY */
}
END_TEST

START_TEST(limits_that_are_broken_are_told_with_time_and_amount)
{
	struct twin_exogenous heavy = {.load_it_w = 8000000}, light = {.load_it_w = 3000000};
	const struct score_breach *b = score.breaches;

	plant.pcc.import_max_w = 9000000;
	plant.pcc.contracted_w = 0;
	for (int i = 0; i < 6; i++)
		step(i == 0 || i > 3 ? &light : &heavy, 5 * MS_PER_MIN, 6000);
	score_finish(&score);
	ck_assert_int_eq(score.n_breaches, 1);
	ck_assert_str_eq(b[0].limit, "pcc.import_max");
	ck_assert_int_eq(b[0].from_ms, 5 * MS_PER_MIN);
	ck_assert_int_eq(b[0].to_ms, 20 * MS_PER_MIN);
	ck_assert_int_eq(b[0].amount, 1000000);
	ck_assert(b[0].hard);
}
END_TEST

START_TEST(the_contract_is_on_the_mean_of_a_quarter_hour)
{
	struct twin_exogenous heavy = {.load_it_w = 8000000}, light = {.load_it_w = 3000000};
	struct score_result r;

	plant.pcc.contracted_w = 8000000;
	step(&light, 5 * MS_PER_MIN, 6000);
	step(&heavy, 5 * MS_PER_MIN, 6000);
	step(&heavy, 5 * MS_PER_MIN, 6000); /* mean (3.75 + 10 + 10) / 3 < 8 MW */
	ck_assert_int_eq(score.n_breaches, 0);
	for (int i = 0; i < 3; i++)
		step(&heavy, 5 * MS_PER_MIN, 6000);
	score_finish(&score);
	ck_assert_int_eq(score.n_breaches, 1);
	ck_assert_str_eq(score.breaches[0].limit, "pcc.contracted_demand");
	ck_assert_int_eq(score.breaches[0].from_ms, SLOT_MS);
	ck_assert_int_eq(score.breaches[0].amount, 2000000);
	r = score_result(&score);
	ck_assert(!r.hard_breach);
	ck_assert_int_eq(r.over_e4, 10000000); /* 2 MW × ¼ h × 2 CNY */
}
END_TEST

START_TEST(a_level_outside_its_limits_is_a_breach)
{
	struct twin_exogenous x = {.load_it_w = 4000000};

	twin.soc_mj[0] = 700000 * MJ_PER_WH;
	twin.soc_mj[1] = 600001 * MJ_PER_WH;
	step(&x, SLOT_MS, 6000);
	ck_assert_int_eq(score.n_breaches, 2);
	ck_assert_str_eq(score.breaches[0].limit, "storage[bess].soc_min");
	ck_assert_int_eq(score.breaches[0].amount, 100000);
	ck_assert_str_eq(score.breaches[1].limit, "storage[ups].soc_max");
	ck_assert_int_eq(score.breaches[1].amount, 1);
	ck_assert(score_result(&score).hard_breach);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("score");
	TCase *tc = tcase_create("score");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, energy_is_bought_and_sold_at_its_price);
	tcase_add_test(tc, what_is_left_in_storage_and_waiting_work_are_valued_at_the_mean_price);
	tcase_add_test(tc, late_work_costs_its_price_for_as_long_as_it_waits);
	tcase_add_test(tc, limits_that_are_broken_are_told_with_time_and_amount);
	tcase_add_test(tc, the_contract_is_on_the_mean_of_a_quarter_hour);
	tcase_add_test(tc, a_level_outside_its_limits_is_a_breach);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
