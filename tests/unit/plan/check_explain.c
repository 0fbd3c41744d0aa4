#include "plan/explain.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/slot.h"
#include "planlib/made.h"
#include "planlib/sites.h"
#include "testlib/run.h"

static const struct zone *zone;
static struct buf en, zh;

static void setup(void)
{
	made_setup();
	ck_assert_int_eq(zone_load("Asia/Shanghai", &zone), 0);
	buf_init(&en, 0);
	buf_init(&zh, 0);
}

static void teardown(void)
{
	buf_fini(&en);
	buf_fini(&zh);
	zone_unload_all();
	made_teardown();
}

static struct explanation explain(const struct plan *p, const char *asset, uint32_t hour)
{
	struct explanation x;

	buf_reset(&en);
	buf_reset(&zh);
	ck_assert_int_eq(plan_explain(p, asset, SITES_T0 + hour * MS_PER_H + 60000, &x), 0);
	ck_assert_int_eq(plan_explain_text(p, zone, &x, &en, &zh), 0);
	ck_assert(text_is_valid((const char *)buf_peek(&en), buf_avail(&en)));
	ck_assert(text_is_valid((const char *)buf_peek(&zh), buf_avail(&zh)));
	return x;
}

/* Two sentences that matter are compared whole: whoever changes them sees how they read. */
START_TEST(a_battery_says_what_it_does_what_it_earns_and_what_else_it_could_do)
{
	struct plan *p = made_plan(made_two_prices(1, 0));
	struct explanation x = explain(p, "site/bess1", 2);

	ck_assert_int_eq(x.power_w, -100 * KW);
	ck_assert_int_eq(x.marginal_price_e4, 10000);
	ck_assert_uint_eq(x.slot, 8);
	ck_assert_uint_eq(x.next_best_slot, 12);
	ck_assert_str_eq(
		buf_str(&en),
		"02:00: site/bess1 discharges 100 kW and ends the slot with 75 kWh. One kWh is "
		"worth 1.000 CNY here now, later 1.000 throughout. The best other use of its "
		"energy is 03:00, at 1.000 CNY/kWh.");
	ck_assert_str_eq(
		buf_str(&zh),
		"02:00：site/bess1 放电 100 kW，时段末电量 75 kWh。此刻每度电价值 1.000 元，"
		"此后均为 1.000 元。电量的次优用途在 03:00，1.000 元/kWh。");
	explain(p, "site/bess1", 0);
	ck_assert_ptr_nonnull(strstr(buf_str(&en), "charges 50 kW"));
	ck_assert_ptr_nonnull(
		strstr(buf_str(&en), "later between 0.200 (00:15) and 1.000 (02:00)"));
	ck_assert_ptr_nonnull(strstr(buf_str(&zh), "充电 50 kW"));
	x = explain(p, "site/bess1", 1);
	ck_assert_ptr_nonnull(strstr(buf_str(&en), "holds its energy, 100 kWh"));
	ck_assert_ptr_nonnull(strstr(buf_str(&en), "Bound by its highest state of charge: 0.7"));
	ck_assert_ptr_nonnull(strstr(buf_str(&zh), "受电量上限约束"));
	ck_assert_str_eq(x.limit, "storage[bess1].soc_max");
}
END_TEST

START_TEST(a_queue_says_that_it_waits_and_for_when)
{
	struct plan_input *in = made_two_prices(1, 1);
	struct plan *p;

	for (uint32_t t = 0; t < 4; t++)
		in->price_buy_e4[t] = t < 2 ? 10000 : 2000;
	in->storage[0].charge_max_w = in->storage[0].discharge_max_w = 0;
	in->backlog_ds[0] = 150 * 3600;
	p = made_plan(in);
	explain(p, "site/queue1", 0);
	ck_assert_ptr_nonnull(strstr(buf_str(&en), "waits with 150 device-hours of work"));
	ck_assert_ptr_nonnull(strstr(buf_str(&en), "cheapest other time for its work"));
	ck_assert_ptr_nonnull(strstr(buf_str(&zh), "暂缓运行，积压 150 设备小时"));
	explain(p, "site/queue1", 2);
	ck_assert_ptr_nonnull(strstr(buf_str(&en), "runs at 100 kW; 125 device-hours"));
	in->backlog_ds[0] = 0;
	explain(made_plan(in), "site/queue1", 2);
	ck_assert_ptr_nonnull(strstr(buf_str(&en), "has no work"));
}
END_TEST

START_TEST(sun_says_what_is_curtailed_and_why)
{
	struct plan_input *in = sites_plain(&made_arena, 1, MS_PER_H, 1, 0, 0);
	struct plan *p;

	in->generators[0].curtailable = true;
	in->generator_w[0][0] = 500 * KW;
	p = made_plan(in);
	explain(p, "site/pv1", 0);
	ck_assert_ptr_nonnull(strstr(buf_str(&en), "generates all it can, 500 kW"));
	in->pcc.export_max_w = 300 * KW;
	p = made_plan(in);
	explain(p, "site/pv1", 0);
	ck_assert_ptr_nonnull(strstr(
		buf_str(&en), "generates 300 kW of the 500 kW available; 200 kW is curtailed"));
	ck_assert_ptr_nonnull(
		strstr(buf_str(&en),
		       "Bound by the export limit of the connection: 0.300 CNY for each kWh"));
	ck_assert_ptr_nonnull(strstr(buf_str(&zh), "限电 200 kW"));
	explain(p, "site/pcc", 0);
	ck_assert_ptr_nonnull(strstr(buf_str(&en), "site/pcc exports 300 kW"));
	ck_assert_ptr_nonnull(strstr(buf_str(&zh), "上网 300 kW"));
}
END_TEST

START_TEST(an_event_is_named_in_its_slots_only)
{
	struct plan_input *in = made_two_prices(1, 0);
	static bool active[4] = {false, false, true, false};
	static int64_t target[4], baseline[4];
	struct plan *p;
	struct explanation x;

	target[2] = 120 * KW;
	baseline[2] = 200 * KW;
	in->n_events = 1;
	in->events[0] = (struct plan_event){.correlation_id = "vpp-7",
					    .direction = DIRECTION_UP,
					    .penalty_price_e4 = 30000,
					    .active = active,
					    .target_pcc_w = target,
					    .band_pcc_w = target,
					    .baseline_pcc_w = baseline};
	in->soc_wh[0] = 20 * KW;
	in->storage[0].charge_max_w = 0;
	p = made_plan(in);
	x = explain(p, "site/bess1", 2);
	ck_assert_str_eq(x.event, "vpp-7");
	ck_assert_str_eq(x.limit, "event:vpp-7");
	ck_assert_ptr_nonnull(strstr(buf_str(&en), "It serves event vpp-7."));
	ck_assert_ptr_nonnull(strstr(buf_str(&en), "Bound by the target of event vpp-7: 3.0"));
	ck_assert_ptr_nonnull(strstr(buf_str(&zh), "服务于需求响应事件 vpp-7"));
	x = explain(p, "site/bess1", 3);
	ck_assert_str_eq(x.event, "");
}
END_TEST

START_TEST(limits_of_other_assets_are_not_mentioned)
{
	struct plan_input *in = made_two_prices(2, 0);
	struct plan *p = made_plan(in);
	struct explanation x = explain(p, "site/bess2", 1);

	for (uint32_t i = 0; i < x.n_bindings; i++) {
		ck_assert_ptr_null(strstr(x.bindings[i]->limit, "[bess1]"));
		if (i > 0)
			ck_assert_int_ge(x.bindings[i - 1]->shadow_price_e4,
					 x.bindings[i]->shadow_price_e4);
	}
	ck_assert_uint_gt(x.n_bindings, 0);
}
END_TEST

START_TEST(an_unknown_asset_or_time_has_no_explanation)
{
	struct plan *p = made_plan(made_two_prices(1, 0));
	struct explanation x;

	ck_assert_int_eq(plan_explain(p, "site/bess9", SITES_T0, &x), ERR_NOTFOUND);
	ck_assert_int_eq(plan_explain(p, "other/pcc", SITES_T0, &x), ERR_NOTFOUND);
	ck_assert_int_eq(plan_explain(p, "", SITES_T0, &x), ERR_NOTFOUND);
	ck_assert_int_eq(plan_explain(p, "site/bess1", SITES_T0 - 1, &x), ERR_NODATA);
	ck_assert_int_eq(plan_explain(p, "site/bess1", SITES_T0 + 4 * MS_PER_H, &x), ERR_NODATA);
}
END_TEST

START_TEST(every_slot_of_every_plan_can_be_explained)
{
	struct rng r;

	for (uint64_t seed = 0; seed < 40; seed++) {
		struct explanation x;
		struct plan *p;

		rng_init(&r, seed);
		p = made_plan(sites_random(&made_arena, &r));
		for (uint32_t a = 0; a < p->n_assets; a++) {
			for (uint32_t k = 0; k < p->n; k += 5) {
				buf_reset(&en);
				buf_reset(&zh);
				ck_assert_int_eq(
					plan_explain(p, p->assets[a].asset, p->start_ms[k], &x), 0);
				ck_assert_int_eq(plan_explain_text(p, zone, &x, &en, &zh), 0);
				ck_assert_uint_gt(buf_avail(&en), 40);
				ck_assert_uint_gt(buf_avail(&zh), 40);
			}
		}
		arena_reset(&made_arena);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/explain");
	TCase *tc = tcase_create("explain");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_battery_says_what_it_does_what_it_earns_and_what_else_it_could_do);
	tcase_add_test(tc, a_queue_says_that_it_waits_and_for_when);
	tcase_add_test(tc, sun_says_what_is_curtailed_and_why);
	tcase_add_test(tc, an_event_is_named_in_its_slots_only);
	tcase_add_test(tc, limits_of_other_assets_are_not_mentioned);
	tcase_add_test(tc, an_unknown_asset_or_time_has_no_explanation);
	tcase_add_test(tc, every_slot_of_every_plan_can_be_explained);
	return run_suite(suite);
}
