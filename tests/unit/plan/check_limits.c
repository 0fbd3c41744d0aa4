/* Limits beyond the connection's own: charges, carbon, feeders, rations, and a view that reaches further than what is
 * published; by hand. Steps of an hour. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/slot.h"
#include "plan/explain.h"
#include "planlib/made.h"
#include "planlib/rich.h"
#include "planlib/sites.h"
#include "testlib/run.h"

static void says(const struct plan *p, const char *asset, uint32_t hour, const char *en_part,
		 const char *zh_part)
{
	const struct zone *zone;
	struct explanation x;
	struct buf en, zh;

	buf_init(&en, 0);
	buf_init(&zh, 0);
	ck_assert_int_eq(zone_load("Asia/Shanghai", &zone), 0);
	ck_assert_int_eq(plan_explain(p, asset, SITES_T0 + hour * MS_PER_H, &x), 0);
	ck_assert_int_eq(plan_explain_text(p, zone, &x, &en, &zh), 0);
	ck_assert_msg(strstr(buf_str(&en), en_part) != NULL, "%s", buf_str(&en));
	ck_assert_msg(strstr(buf_str(&zh), zh_part) != NULL, "%s", buf_str(&zh));
	buf_fini(&en);
	buf_fini(&zh);
	zone_unload_all();
}

START_TEST(each_charge_counts_its_own_hours)
{
	struct plan_input *in = sites_plain(&made_arena, 4, MS_PER_H, 0, 1, 0);
	struct plan *p;

	sites_battery(in, 0);
	in->storage[0].charge_max_w = 0;
	in->storage[0].terminal_price_e4 = 5000;
	made_set_load(in, 100 * KW);
	in->load_it_w[0] = 300 * KW;
	in->load_it_w[2] = 220 * KW;
	sites_demand(in, &made_arena, 40 * CNY, 150 * KW);
	for (uint32_t t = 0; t < 4; t++)
		in->demands[0].in_window[t] = t >= 2;
	p = made_plan(in);
	/* The higher peak is outside the window: the 50 kWh go to the other one. */
	ck_assert_int_eq(made_power(p, "site/bess1", 0), 0);
	ck_assert_int_eq(made_power(p, "site/bess1", 2), -50 * KW);
	ck_assert_int_eq(p->cost_e4, 335 * CNY + 20 * 40 * CNY);
	says(p, "site/pcc", 2, "Bound by the demand peak of the billing period: 40.0", "最大需量");

	/* A second charge at all times, and dearer. */
	sites_demand(in, &made_arena, 50 * CNY, 0);
	p = made_plan(in);
	ck_assert_int_eq(made_power(p, "site/bess1", 0), -50 * KW);
	ck_assert_int_eq(p->cost_e4, 335 * CNY + 70 * 40 * CNY + 250 * 50 * CNY);
	ck_assert_ptr_nonnull(made_binding(p, "demand[demand-2]"));
}
END_TEST

START_TEST(carbon_moves_energy_but_is_not_money)
{
	struct plan_input *in = sites_plain(&made_arena, 4, MS_PER_H, 0, 1, 0);
	struct plan *p;

	sites_battery(in, 0);
	made_set_load(in, 200 * KW);
	in->storage[0].terminal_price_e4 = 5000;
	for (uint32_t t = 0; t < 4; t++)
		in->carbon_g[t] = t < 2 ? 100 : 900;
	p = made_plan(in);
	ck_assert_int_eq(made_power(p, "site/bess1", 0), 0);
	ck_assert_int_eq(p->co2_g, 400 * 100 + 400 * 900);
	ck_assert_int_eq(p->carbon_g[9], 900);

	in->carbon.price_e4_per_kg = CNY; /* 0.8 CNY between the hours */
	p = made_plan(in);
	ck_assert_int_eq(made_level(p, "site/bess1", 1), 100 * KW);
	ck_assert_int_eq(made_level(p, "site/bess1", 3), 0);
	ck_assert_int_eq(p->co2_g, 450 * 100 + 300 * 900);
	ck_assert_int_eq(p->cost_e4, 750 * CNY / 2);
	ck_assert_int_eq(p->marginal_price_e4[8], 14000);
	ck_assert_int_eq(p->price_buy_e4[8], 5000);
}
END_TEST

START_TEST(a_feeder_limits_what_hangs_below_it)
{
	struct plan_input *in = made_two_prices(2, 0);
	struct plan *p;

	in->soc_wh[0] = in->soc_wh[1] = 0;
	in->n_feeders = 2;
	in->feeders[0] = (struct feeder){.id = "main",
					 .import_max_w = 70 * KW,
					 .export_max_w = 100 * KW,
					 .n_assets = 1,
					 .assets = {"bess1"}};
	in->feeders[1] = (struct feeder){.id = "branch",
					 .parent = "main",
					 .import_max_w = 20 * KW,
					 .export_max_w = 15 * KW,
					 .n_assets = 1,
					 .assets = {"bess2"}};
	p = made_plan(in);
	for (uint32_t h = 0; h < 4; h++) {
		int64_t one = made_power(p, "site/bess1", h), two = made_power(p, "site/bess2", h);

		ck_assert_int_le(one + two, 70 * KW);
		ck_assert_int_le(two, 20 * KW);
		ck_assert_int_ge(two, -15 * KW);
	}
	/* What the branch can give back in two hours is all that it takes. */
	ck_assert_int_eq(made_level(p, "site/bess2", 1), 30 * KW);
	ck_assert_int_eq(made_level(p, "site/bess1", 1), 100 * KW);
	ck_assert_ptr_nonnull(made_binding(p, "feeder[branch]"));
	ck_assert_uint_eq(p->n_relaxations, 0);
	says(p, "site/bess2", 2, "Bound by the limit of feeder branch: 0.7", "馈线 branch 容量");
}
END_TEST

START_TEST(an_overloaded_feeder_is_named)
{
	struct plan_input *in = sites_plain(&made_arena, 1, MS_PER_H, 0, 0, 0);
	const struct plan_relaxation *r;

	made_set_load(in, 100 * KW);
	in->load.floor_w = 100 * KW;
	in->n_feeders = 1;
	in->feeders[0] = (struct feeder){
		.id = "main", .import_max_w = 70 * KW, .n_assets = 1, .assets = {"it"}};
	r = made_relaxation(made_plan(in), "feeder[main]");
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(r->amount, 30 * KW);
	ck_assert_int_eq(r->cost_e4, 30 * 20 * CNY);
}
END_TEST

START_TEST(a_ration_moves_work_to_another_day)
{
	struct plan_input *in = made_two_prices(0, 1);
	struct plan *p;

	/* Cheap hours, but 450 kWh at most in them; 100 kWh of work. */
	in->backlog_ds[0] = 100 * 3600;
	in->has_terminal = true;
	in->terminal_work_e4[0] = 20000;
	in->n_rations = 1;
	in->rations[0].end = 2;
	in->rations[0].left_wh = 450 * KW;
	p = made_plan(in);
	ck_assert_int_eq(made_power(p, "site/queue1", 0) + made_power(p, "site/queue1", 1),
			 50 * KW);
	ck_assert_int_eq(made_level(p, "site/queue1", 3), 0);
	ck_assert_int_ge(made_binding(p, "ration")->shadow_price_e4, 7900);
	ck_assert_uint_eq(p->n_relaxations, 0);
	says(p, "site/queue1", 0, "Bound by the energy ration of the day: 0.8", "日电量上限");
}
END_TEST

START_TEST(a_ration_that_cannot_be_kept_is_named)
{
	struct plan_input *in = made_two_prices(0, 0);
	const struct plan_relaxation *r;

	in->load.floor_w = 200 * KW;
	in->n_rations = 1;
	in->rations[0].first = 1;
	in->rations[0].end = 4;
	in->rations[0].left_wh = 500 * KW;
	r = made_relaxation(made_plan(in), "ration");
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(r->amount, 100 * KW);
	ck_assert_str_eq(r->unit, "Wh");
	ck_assert_int_eq(r->start_ms, SITES_T0 + MS_PER_H);
	ck_assert_int_eq(r->cost_e4, 100 * 20 * CNY);
}
END_TEST

START_TEST(the_view_reaches_further_than_the_plan)
{
	struct plan_input *in = made_two_prices(1, 0);
	struct plan *p;

	in->publish_until_ms = SITES_T0 + 2 * MS_PER_H;
	in->load.floor_w = 200 * KW;
	in->n_rations = 1;
	in->rations[0].first = 2;
	in->rations[0].end = 4;
	p = made_plan(in);
	/* Charged for hours that are not published; what gives way there is not told either. */
	ck_assert_uint_eq(p->n, 8);
	ck_assert_int_eq(made_level(p, "site/bess1", 1), 100 * KW);
	ck_assert_int_eq(p->cost_e4, 450 * CNY / 5);
	ck_assert_uint_eq(p->n_relaxations, 0);
	for (uint32_t i = 0; i < p->n_bindings; i++)
		ck_assert_uint_lt(p->bindings[i].slot, p->n);
	in->publish_until_ms++;
	ck_assert_uint_eq(made_plan(in)->n, 12);
}
END_TEST

START_TEST(new_limits_are_explained)
{
	struct plan_input *in = made_two_prices(0, 1);

	rich_cooling(in, 0, 100 * KW);
	says(made_plan(in), "site/chiller1", 1, "Bound by the lowest temperature allowed",
	     "受允许温度下限约束");
	says(made_plan(in), "site/chiller1", 0, "cools with", "制冷");
	in->queues[0].tier = FLEX_F1;
	in->arrivals_ds[0][0] = 50 * 3600;
	in->price_buy_e4[0] = 3000;
	says(made_plan(in), "site/queue1", 0, "Bound by the slow-down that its tier allows",
	     "受业务等级允许的降速幅度约束");
	rich_window(in, &made_arena, &in->queue_window[0])->lo_w[0] = 49 * KW;
	says(made_plan(in), "site/queue1", 0, "Bound by what its jobs, or an operator, hold it to",
	     "受作业或调度人员设定约束");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/limits");
	TCase *tc = tcase_create("limits");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, made_setup, made_teardown);
	tcase_add_test(tc, each_charge_counts_its_own_hours);
	tcase_add_test(tc, carbon_moves_energy_but_is_not_money);
	tcase_add_test(tc, a_feeder_limits_what_hangs_below_it);
	tcase_add_test(tc, an_overloaded_feeder_is_named);
	tcase_add_test(tc, a_ration_moves_work_to_another_day);
	tcase_add_test(tc, a_ration_that_cannot_be_kept_is_named);
	tcase_add_test(tc, the_view_reaches_further_than_the_plan);
	tcase_add_test(tc, new_limits_are_explained);
	return run_suite(suite);
}
