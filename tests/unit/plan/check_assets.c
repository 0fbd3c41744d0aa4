/* Assets beyond the plain: energy that is bought, windows of operators, curves and tiers of queues, cooling; by hand. Steps
 * of an hour. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/slot.h"
#include "planlib/made.h"
#include "planlib/rich.h"
#include "planlib/sites.h"
#include "testlib/run.h"

static bool is_noted(const struct plan *p, const char *input)
{
	for (uint32_t i = 0; i < p->n_sources; i++) {
		if (strcmp(p->sources[i].input, input) == 0)
			return true;
	}
	return false;
}

START_TEST(bought_energy_is_used_where_the_grid_is_dearer)
{
	struct plan_input *in = sites_plain(&made_arena, 2, MS_PER_H, 1, 0, 0);
	struct plan *p;

	made_set_load(in, 100 * KW);
	in->generators[0].kind = ASSET_HYDRO;
	in->generators[0].curtailable = true;
	in->generators[0].price_e4 = 4000;
	in->generator_w[0][0] = in->generator_w[0][1] = 60 * KW;
	in->price_buy_e4[1] = 3500;
	in->price_sell_e4[0] = in->price_sell_e4[1] = 0;
	p = made_plan(in);
	ck_assert_int_eq(made_power(p, "site/pv1", 0), -60 * KW);
	ck_assert_int_eq(made_power(p, "site/pv1", 1), 0);
	ck_assert_int_eq(p->assets[0].kind, ASSET_HYDRO);
	/* 40 × 0.5 + 60 × 0.4 + 100 × 0.35. */
	ck_assert_int_eq(p->cost_e4, 79 * CNY);
}
END_TEST

START_TEST(a_window_holds_against_price_and_reserve)
{
	struct plan_input *in = made_two_prices(1, 0);
	struct plan_window *w = rich_window(in, &made_arena, &in->storage_window[0]);
	struct plan *p;

	in->storage[0].reserve_wh = 50 * KW;
	in->storage[0].charge_max_w = 0;
	w->hi_w[0] = -20 * KW; /* in the cheap hour, out of the reserve */
	p = made_plan(in);
	ck_assert_int_eq(made_power(p, "site/bess1", 0), -20 * KW);
	ck_assert_int_eq(made_level(p, "site/bess1", 0), 30 * KW);
	ck_assert_int_eq(made_relaxation(p, "storage[bess1].reserve")->amount, 20 * KW);
	ck_assert_ptr_nonnull(made_binding(p, "storage[bess1].override"));
	ck_assert(!is_noted(p, "storage[bess1].override"));
}
END_TEST

START_TEST(an_impossible_window_is_clipped_and_noted)
{
	struct plan_input *in = made_two_prices(1, 0);
	struct plan_window *w = rich_window(in, &made_arena, &in->storage_window[0]);
	struct plan *p;

	/* 80 kWh and 80 kWh out of 100 at most: the second is cut to what is left. */
	w->hi_w[0] = 0;
	w->lo_w[1] = 200 * KW;
	w->hi_w[2] = w->hi_w[3] = -80 * KW;
	p = made_plan(in);
	ck_assert_int_le(made_power(p, "site/bess1", 2), -80 * KW + 1);
	ck_assert_int_le(llabs(made_level(p, "site/bess1", 3)), 2);
	ck_assert_int_ge(made_level(p, "site/bess1", 1), 100 * KW - 2);
	ck_assert(is_noted(p, "storage[bess1].override"));
}
END_TEST

START_TEST(a_window_caps_the_sun_and_a_queue)
{
	struct plan_input *in = sites_plain(&made_arena, 2, MS_PER_H, 1, 0, 1);
	struct plan *p;

	sites_queue(in, 0);
	in->generators[0].curtailable = true;
	in->generator_w[0][0] = in->generator_w[0][1] = 60 * KW;
	rich_window(in, &made_arena, &in->generator_window[0])->lo_w[1] = -10 * KW;
	in->backlog_ds[0] = 150 * 3600;
	in->due_ds[0][0] = in->due_ds[0][1] = 150 * 3600;
	rich_window(in, &made_arena, &in->queue_window[0])->hi_w[0] = 30 * KW;
	in->load.pue_ppm = 1200000;
	p = made_plan(in);
	ck_assert_int_eq(made_power(p, "site/pv1", 0), -60 * KW);
	ck_assert_int_eq(made_power(p, "site/pv1", 1), -10 * KW);
	ck_assert_int_eq(made_power(p, "site/queue1", 0), 30 * KW);
	ck_assert_int_eq(made_power(p, "site/queue1", 1), 120 * KW);
	ck_assert_ptr_nonnull(made_binding(p, "pv[pv1].override"));
	ck_assert_ptr_nonnull(made_binding(p, "queue[queue1].held"));
}
END_TEST

/* Half of the power does four fifths of the work. */
static struct plan_input *with_curve(uint32_t n)
{
	struct plan_input *in = sites_plain(&made_arena, n, MS_PER_H, 0, 0, 1);
	struct queue *q = &in->queues[0];

	sites_queue(in, 0);
	q->n_segments = 2;
	q->segment_power_ppm[0] = 500000;
	q->segment_work_ppm[0] = 800000;
	q->segment_power_ppm[1] = q->segment_work_ppm[1] = PPM;
	return in;
}

START_TEST(slower_devices_do_the_same_work_with_less)
{
	struct plan_input *in = with_curve(2);
	struct plan *p;

	in->backlog_ds[0] = 130 * 3600;
	in->due_ds[0][0] = in->due_ds[0][1] = 130 * 3600;
	p = made_plan(in);
	/* Full speed now: less of it is late. 100 done, the other 30 take 18.75 kW. */
	ck_assert_int_eq(made_power(p, "site/queue1", 0), 100 * KW);
	ck_assert_int_eq(made_level(p, "site/queue1", 0), 30 * 3600);
	ck_assert_int_eq(made_power(p, "site/queue1", 1), 18750);
	ck_assert_int_eq(made_level(p, "site/queue1", 1), 0);

	/* Nothing is late: the good half of the curve, one hour after the other. */
	in->due_ds[0][0] = 0;
	p = made_plan(in);
	ck_assert_int_eq(made_power(p, "site/queue1", 0), 50 * KW);
	ck_assert_int_eq(made_level(p, "site/queue1", 0), 50 * 3600);
	ck_assert_int_eq(made_power(p, "site/queue1", 1), 31250);
}
END_TEST

START_TEST(no_device_runs_at_the_dear_end_of_its_curve_first)
{
	struct plan_input *in = with_curve(4);
	double left = 150;
	struct plan *p;
	int64_t again;

	/* Every kWh burnt earns 2 CNY. */
	in->backlog_ds[0] = 150 * 3600;
	for (uint32_t t = 0; t < 4; t++)
		in->price_buy_e4[t] = in->price_sell_e4[t] = -20000;
	p = made_plan(in);
	for (uint32_t h = 0; h < 4; h++) {
		double kw = (double)made_power(p, "site/queue1", h) / 1e3;
		double work = kw <= 50 ? 1.6 * kw : 80 + 0.4 * (kw - 50);

		left -= work < left ? work : left;
		ck_assert_int_le(llabs(made_level(p, "site/queue1", h) - (int64_t)(left * 3600)),
				 10);
	}
	ck_assert_int_eq(plan_evaluate(in, p, &again), 0);
	ck_assert_int_eq(again, p->objective_e4);
}
END_TEST

START_TEST(a_curve_that_is_none_is_taken_as_linear_and_noted)
{
	struct plan_input *in = with_curve(1);

	in->queues[0].segment_work_ppm[0] = 300000; /* convex */
	in->backlog_ds[0] = 40 * 3600;
	in->due_ds[0][0] = 40 * 3600;
	ck_assert_int_eq(made_power(made_plan(in), "site/queue1", 0), 40 * KW);
	ck_assert(is_noted(made_plan(in), "queue[queue1].curve"));
}
END_TEST

/* 60 kWh of work, 40 more in the first hour; power is dear first. */
static struct plan_input *with_tier(enum flex_tier tier)
{
	struct plan_input *in = made_two_prices(0, 1);

	for (uint32_t t = 0; t < 4; t++)
		in->price_buy_e4[t] = t < 2 ? 10000 : 2000;
	in->queues[0].tier = tier;
	in->backlog_ds[0] = 60 * 3600;
	in->arrivals_ds[0][0] = 40 * 3600;
	return in;
}

START_TEST(a_tier_says_how_much_may_wait)
{
	static const int64_t first[] = {100 * KW, 36 * KW, 30 * KW, 0};

	for (int tier = FLEX_F0; tier <= FLEX_F3; tier++) {
		struct plan *p = made_plan(with_tier((enum flex_tier)tier));

		ck_assert_int_eq(made_power(p, "site/queue1", 0), first[tier]);
		ck_assert_int_eq(made_power(p, "site/queue1", 1), 0);
		ck_assert_int_eq(made_level(p, "site/queue1", 3), 0);
		ck_assert_uint_eq(p->n_relaxations, 0);
		ck_assert((tier < FLEX_F3) == (made_binding(p, "queue[queue1].tier") != NULL));
	}
}
END_TEST

START_TEST(work_of_the_first_tier_waits_only_where_it_cannot_run)
{
	struct plan_input *in = with_tier(FLEX_F0);
	const struct plan_relaxation *r;
	struct plan *p;

	in->pcc.import_max_w =
		250 * KW; /* 200 of them for the load; overload is dearer than waiting */
	p = made_plan(in);
	ck_assert_int_eq(made_power(p, "site/queue1", 0), 50 * KW);
	r = made_relaxation(p, "queue[queue1].tier");
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(r->amount, 50 * KW);
	ck_assert_str_eq(r->unit, "W");
}
END_TEST

static struct plan_input *with_cooling(void)
{
	struct plan_input *in = made_two_prices(0, 0);

	rich_cooling(in, 0, 100 * KW);
	return in;
}

START_TEST(rooms_are_cooled_ahead_of_dear_hours)
{
	struct plan *p = made_plan(with_cooling());

	/* 200 kW of heat are 50 kW of cooling; between 18 and 27 °C lie 90 kWh of heat. */
	ck_assert_int_eq(made_level(p, "site/chiller1", 1), 18000);
	ck_assert_int_eq(made_level(p, "site/chiller1", 3), 27000);
	ck_assert_int_eq(made_power(p, "site/chiller1", 0) + made_power(p, "site/chiller1", 1),
			 110 * KW);
	ck_assert_int_eq(made_power(p, "site/chiller1", 2) + made_power(p, "site/chiller1", 3),
			 77500);
	ck_assert_int_eq(p->cost_e4, (400 + 110) * CNY / 5 + (400 * CNY + 775 * CNY / 10));
	ck_assert_int_eq(p->assets[0].kind, ASSET_COOLING);
	ck_assert_ptr_nonnull(made_binding(p, "cooling[chiller1].temp_min"));
	ck_assert_ptr_nonnull(made_binding(p, "cooling[chiller1].temp_max"));
	ck_assert_uint_eq(p->n_relaxations, 0);
}
END_TEST

START_TEST(hot_weather_makes_cooling_dearer_and_work_makes_heat)
{
	struct plan_input *in = with_cooling();
	struct plan *p;

	in->cooling[0].cop_slope_ppm_per_k = 200000;
	in->cooling[0].temp_min_mc = in->cooling[0].temp_max_mc = 22000;
	for (uint32_t t = 0; t < 4; t++)
		in->outdoor_mc[t] = t < 2 ? 15000 : 30000; /* COP 4, then 2 */
	p = made_plan(in);
	ck_assert_int_eq(made_power(p, "site/chiller1", 0), 50 * KW);
	ck_assert_int_eq(made_power(p, "site/chiller1", 2), 100 * KW);
	in->load_it_w[0] += 40 * KW;
	ck_assert_int_eq(made_power(made_plan(in), "site/chiller1", 0), 60 * KW);
}
END_TEST

START_TEST(any_measured_temperature_is_legal_and_named)
{
	struct plan_input *in = with_cooling();
	const struct plan_relaxation *r;
	struct plan *p;

	in->temp_mc[0] = 60000;
	p = made_plan(in);
	/* 38 K above are 380 kWh of heat; 100 kW of cooling gain 200 in an hour: 13 K above the band. */
	ck_assert_int_eq(made_power(p, "site/chiller1", 0), 100 * KW);
	ck_assert_int_eq(made_level(p, "site/chiller1", 0), 40000);
	r = made_relaxation(p, "cooling[chiller1].temp_max");
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(r->amount, 13000);
	ck_assert_str_eq(r->unit, "m°C");
	ck_assert_int_eq(r->cost_e4, 130 * CNY);
	in->temp_mc[0] = 5000;
	p = made_plan(in);
	/* 130 of the 200 kWh that come bring it up to the least; the rest is moved out again. */
	ck_assert_int_eq(made_power(p, "site/chiller1", 0), 17500);
	ck_assert_int_eq(made_level(p, "site/chiller1", 0), 18000);
	in->temp_mc[0] = INT64_MIN;
	made_plan(in);
}
END_TEST

START_TEST(cooling_out_of_service_is_load)
{
	struct plan_input *in = with_cooling();
	struct plan *p;

	in->cooling_out[0] = true;
	p = made_plan(in);
	ck_assert_uint_eq(p->n_assets, 0);
	ck_assert_int_eq(p->load_w[0], 250 * KW);
	ck_assert_int_eq(p->pcc_w[0], 250 * KW);
	ck_assert(is_noted(p, "cooling[chiller1]"));
}
END_TEST

START_TEST(a_longer_view_says_what_is_left_is_worth)
{
	struct plan_input *in = made_two_prices(1, 0);

	in->has_terminal = true;
	in->terminal_soc_e4[0] = 12000;
	ck_assert_int_eq(made_level(made_plan(in), "site/bess1", 3), 100 * KW);
	in->terminal_soc_e4[0] = 0;
	ck_assert_int_eq(made_level(made_plan(in), "site/bess1", 3), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/assets");
	TCase *tc = tcase_create("assets");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, made_setup, made_teardown);
	tcase_add_test(tc, bought_energy_is_used_where_the_grid_is_dearer);
	tcase_add_test(tc, a_window_holds_against_price_and_reserve);
	tcase_add_test(tc, an_impossible_window_is_clipped_and_noted);
	tcase_add_test(tc, a_window_caps_the_sun_and_a_queue);
	tcase_add_test(tc, slower_devices_do_the_same_work_with_less);
	tcase_add_test(tc, no_device_runs_at_the_dear_end_of_its_curve_first);
	tcase_add_test(tc, a_curve_that_is_none_is_taken_as_linear_and_noted);
	tcase_add_test(tc, a_tier_says_how_much_may_wait);
	tcase_add_test(tc, work_of_the_first_tier_waits_only_where_it_cannot_run);
	tcase_add_test(tc, rooms_are_cooled_ahead_of_dear_hours);
	tcase_add_test(tc, hot_weather_makes_cooling_dearer_and_work_makes_heat);
	tcase_add_test(tc, any_measured_temperature_is_legal_and_named);
	tcase_add_test(tc, cooling_out_of_service_is_load);
	tcase_add_test(tc, a_longer_view_says_what_is_left_is_worth);
	return run_suite(suite);
}
