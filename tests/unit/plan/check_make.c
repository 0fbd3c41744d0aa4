/* Cases small enough to calculate by hand. Unless a test says otherwise: steps of an hour, 0.5 CNY to buy, 0.3 to sell,
 * a lossless battery of 100 kWh and 100 kW with 50 kWh in it. */
#include "plan/plan.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "planlib/sites.h"
#include "testlib/run.h"

#define KW INT64_C(1000)
#define CNY INT64_C(10000)

static struct arena arena;

static void setup(void)
{
	arena_init(&arena, PLAN_ARENA_CAP);
}

static void teardown(void)
{
	arena_fini(&arena);
}

static struct plan *make(const struct plan_input *in)
{
	struct plan *p = NULL;
	struct fault f = {0};
	int r = plan_make(in, NULL, &arena, &p, &f);

	ck_assert_msg(r == 0, "%s: %s", err_name(r), f.text);
	ck_assert_int_eq(plan_imbalance_w(p), 0);
	ck_assert_double_le(p->gap, 1e-6);
	ck_assert_double_le(p->residual, 1e-6);
	return p;
}

/* Hourly steps are four slots each. */
static int64_t power_in_hour(const struct plan *p, const char *asset, uint32_t hour)
{
	const struct plan_asset *a = plan_find_asset(p, asset);

	ck_assert_ptr_nonnull(a);
	for (uint32_t k = 1; k < 4; k++)
		ck_assert_int_eq(a->power_w[4 * hour], a->power_w[4 * hour + k]);
	return a->power_w[4 * hour];
}

static int64_t level_after_hour(const struct plan *p, const char *asset, uint32_t hour)
{
	return plan_find_asset(p, asset)->level[4 * hour + 3];
}

static const struct plan_relaxation *relaxation(const struct plan *p, const char *limit)
{
	for (uint32_t i = 0; i < p->n_relaxations; i++) {
		if (strcmp(p->relaxations[i].limit, limit) == 0)
			return &p->relaxations[i];
	}
	return NULL;
}

static const struct plan_binding *binding(const struct plan *p, const char *limit)
{
	for (uint32_t i = 0; i < p->n_bindings; i++) {
		if (strcmp(p->bindings[i].limit, limit) == 0)
			return &p->bindings[i];
	}
	return NULL;
}

static void set_load(struct plan_input *in, int64_t w)
{
	for (uint32_t t = 0; t < in->n; t++)
		in->load_it_w[t] = w;
}

/* Cheap for two hours, dear for two: 0.2 and 1.0 CNY. */
static struct plan_input *two_prices(int n_storage, int n_queues)
{
	struct plan_input *in = sites_plain(&arena, 4, MS_PER_H, 0, n_storage, n_queues);

	set_load(in, 200 * KW);
	for (uint32_t t = 0; t < 4; t++) {
		in->price_buy_e4[t] = t < 2 ? 2000 : 10000;
		in->price_sell_e4[t] = 0;
	}
	for (int i = 0; i < n_storage; i++)
		sites_battery(in, i);
	for (int i = 0; i < n_queues; i++)
		sites_queue(in, i);
	return in;
}

START_TEST(a_battery_fills_when_cheap_and_empties_when_dear_earliest_first)
{
	struct plan *p = make(two_prices(1, 0));

	ck_assert_int_eq(power_in_hour(p, "site/bess1", 0), 50 * KW);
	ck_assert_int_eq(power_in_hour(p, "site/bess1", 1), 0);
	ck_assert_int_eq(power_in_hour(p, "site/bess1", 2), -100 * KW);
	ck_assert_int_eq(power_in_hour(p, "site/bess1", 3), 0);
	ck_assert_int_eq(level_after_hour(p, "site/bess1", 0), 100 * KW);
	ck_assert_int_eq(level_after_hour(p, "site/bess1", 3), 0);
	/* (400 + 50) × 0.2 + 300 × 1.0 = 390; wear 100 × 0.01, and a tie-break far below a fen. */
	ck_assert_int_eq(p->cost_e4, 390 * CNY);
	ck_assert_int_ge(p->objective_e4, 391 * CNY);
	ck_assert_int_le(p->objective_e4, 391 * CNY + 200);
	ck_assert_int_eq(p->marginal_price_e4[0], 2000);
	ck_assert_int_eq(p->marginal_price_e4[8], 10000);
	ck_assert_uint_eq(p->n_relaxations, 0);
	/* Between 0.2 and 1.0 − 0.01 per kWh of room. */
	ck_assert_int_ge(binding(p, "storage[bess1].soc_max")->shadow_price_e4, 7800);
}
END_TEST

START_TEST(a_spread_that_does_not_pay_for_losses_and_wear_moves_nothing)
{
	struct plan_input *in = two_prices(1, 0);

	for (uint32_t t = 2; t < 4; t++)
		in->price_buy_e4[t] = 2500;
	in->storage[0].eta_charge_ppm = in->storage[0].eta_discharge_ppm = 900000;
	in->storage[0].terminal_price_e4 = 2180;
	for (uint32_t h = 0; h < 4; h++)
		ck_assert_int_eq(power_in_hour(make(in), "site/bess1", h), 0);
}
END_TEST

START_TEST(losses_are_paid_on_both_ways)
{
	struct plan_input *in = two_prices(1, 0);
	struct plan *p;

	in->storage[0].eta_charge_ppm = 800000;
	in->storage[0].eta_discharge_ppm = 500000;
	in->price_buy_e4[0] = 1999; /* or the tie-break would choose */
	p = make(in);
	/* 62.5 kW for an hour bring 50 kWh in; 100 kWh give 50 kWh back. */
	ck_assert_int_eq(power_in_hour(p, "site/bess1", 0), 62500);
	ck_assert_int_eq(level_after_hour(p, "site/bess1", 1), 100 * KW);
	ck_assert_int_eq(power_in_hour(p, "site/bess1", 2) + power_in_hour(p, "site/bess1", 3),
			 -50 * KW);
	ck_assert_int_eq(level_after_hour(p, "site/bess1", 3), 0);
}
END_TEST

START_TEST(a_reserve_is_kept_where_energy_is_cheaper_than_it)
{
	struct plan_input *in = two_prices(1, 0);
	struct plan *p;

	in->storage[0].reserve_wh = 40 * KW;
	p = make(in);
	ck_assert_int_eq(level_after_hour(p, "site/bess1", 3), 40 * KW);
	ck_assert_int_eq(p->cost_e4, 430 * CNY);
	ck_assert_ptr_nonnull(binding(p, "storage[bess1].reserve"));
	ck_assert_uint_eq(p->n_relaxations, 0);
}
END_TEST

START_TEST(a_reserve_gives_way_to_what_is_dearer_and_is_named)
{
	struct plan_input *in = two_prices(1, 0);
	const struct plan_relaxation *r;
	struct plan *p;

	/* 20 kWh missing for an hour cost 100 CNY; 20 kWh over the import limit cost 400. */
	in->storage[0].reserve_wh = 50 * KW;
	in->storage[0].charge_max_w = 0;
	in->pcc.import_max_w = 180 * KW;
	for (uint32_t t = 0; t < 3; t++)
		in->load_it_w[t] = 100 * KW;
	p = make(in);
	ck_assert_int_eq(level_after_hour(p, "site/bess1", 3), 30 * KW);
	ck_assert_ptr_null(relaxation(p, "import_max"));
	r = relaxation(p, "storage[bess1].reserve");
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(r->amount, 20 * KW);
	ck_assert_str_eq(r->unit, "Wh");
	ck_assert_int_eq(r->cost_e4, 100 * CNY);
	ck_assert_int_eq(r->start_ms, SITES_T0 + 3 * MS_PER_H);
}
END_TEST

START_TEST(a_demand_price_shaves_the_peak_but_not_below_what_is_paid)
{
	struct plan_input *in = sites_plain(&arena, 4, MS_PER_H, 0, 1, 0);
	struct plan *p;

	sites_battery(in, 0);
	in->storage[0].terminal_price_e4 = 5000;
	set_load(in, 100 * KW);
	in->load_it_w[2] = 300 * KW;
	in->demand_price_e4 = 40 * CNY;
	in->demand_incumbent_w = 150 * KW;
	p = make(in);
	/* The battery gives 100 kW in the hour of the peak, having taken 50 kWh before it. */
	ck_assert_int_eq(power_in_hour(p, "site/bess1", 2), -100 * KW);
	ck_assert_int_eq(p->pcc_w[8], 200 * KW);
	ck_assert_int_le(p->pcc_w[0], 200 * KW);
	ck_assert_int_eq(level_after_hour(p, "site/bess1", 3), 0);
	/* 550 kWh × 0.5 + 50 kW × 40. */
	ck_assert_int_eq(p->cost_e4, 275 * CNY + 2000 * CNY);
	ck_assert_int_eq(binding(p, "storage[bess1].discharge_max")->slot / 4, 2);

	in->demand_incumbent_w = 300 * KW;
	p = make(in);
	for (uint32_t h = 0; h < 4; h++)
		ck_assert_int_eq(power_in_hour(p, "site/bess1", h), 0);
	ck_assert_int_eq(p->cost_e4, 300 * CNY);
}
END_TEST

START_TEST(contracted_demand_is_exceeded_only_at_its_price_and_named)
{
	struct plan_input *in = sites_plain(&arena, 2, MS_PER_H, 0, 1, 0);
	struct plan *p;

	sites_battery(in, 0);
	set_load(in, 200 * KW);
	in->pcc.contracted_demand_w = 170 * KW;
	in->pcc.over_demand_price_e4 = 20000;
	p = make(in);
	/* 60 kWh are over the contract; the battery has 50 of them. */
	ck_assert_int_eq(level_after_hour(p, "site/bess1", 1), 0);
	ck_assert_int_eq(p->pcc_w[0] + p->pcc_w[4], 350 * KW);
	ck_assert_ptr_nonnull(relaxation(p, "contracted_demand"));
	ck_assert_ptr_null(relaxation(p, "import_max"));
	ck_assert_ptr_nonnull(binding(p, "contracted_demand"));
}
END_TEST

START_TEST(an_unavoidable_breach_is_named_with_slot_amount_and_cost)
{
	struct plan_input *in = sites_plain(&arena, 2, MS_PER_H, 0, 0, 0);
	const struct plan_relaxation *r;
	struct plan *p;

	set_load(in, 80 * KW);
	in->load_it_w[1] = 150 * KW;
	in->load.floor_w = 150 * KW;
	in->pcc.import_max_w = 100 * KW;
	p = make(in);
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
	struct plan_input *in = sites_plain(&arena, 1, MS_PER_H, 0, 0, 0);
	struct plan *p;

	set_load(in, 150 * KW);
	in->load.floor_w = 120 * KW;
	in->pcc.import_max_w = 100 * KW;
	in->prices.unserved_e4 = 10 * CNY; /* cheaper than the overload at 20 */
	p = make(in);
	ck_assert_int_eq(p->unserved_w[0], 30 * KW);
	ck_assert_int_eq(p->pcc_w[0], 120 * KW);
	ck_assert_int_eq(relaxation(p, "load.unserved")->amount, 30 * KW);
	ck_assert_int_eq(relaxation(p, "import_max")->amount, 20 * KW);
}
END_TEST

START_TEST(sun_is_curtailed_only_where_it_cannot_go_anywhere)
{
	struct plan_input *in = sites_plain(&arena, 2, MS_PER_H, 1, 0, 0);
	struct plan *p;

	set_load(in, 100 * KW);
	in->pv_w[0][0] = in->pv_w[0][1] = 500 * KW;
	in->pv[0].curtailable = true;
	in->pcc.export_max_w = 300 * KW;
	p = make(in);
	ck_assert_int_eq(power_in_hour(p, "site/pv1", 0), -400 * KW);
	ck_assert_int_eq(p->pcc_w[0], -300 * KW);
	ck_assert_int_eq(binding(p, "export_max")->shadow_price_e4, 3000);
	ck_assert_int_eq(plan_find_asset(p, "site/pv1")->available_w[0], 500 * KW);

	in->price_sell_e4[0] = -400;
	in->pv[0].curtail_price_e4 = 300;
	p = make(in);
	ck_assert_int_eq(p->pcc_w[0], 0); /* 0.04 to export is more than 0.03 to curtail */

	in->pv[0].curtailable = false;
	p = make(in);
	ck_assert_int_eq(power_in_hour(p, "site/pv1", 0), -500 * KW);
	ck_assert_int_eq(relaxation(p, "export_max")->amount, 100 * KW);
}
END_TEST

START_TEST(pue_multiplies_what_the_cluster_takes)
{
	struct plan_input *in = two_prices(0, 1);
	struct plan *p;

	in->load.pue_ppm = 1300000;
	in->backlog_ds[0] = 100 * 3600;
	p = make(in);
	ck_assert_int_eq(p->load_w[0], 260 * KW);
	ck_assert_int_eq(power_in_hour(p, "site/queue1", 0), 130 * KW);
	ck_assert_int_eq(level_after_hour(p, "site/queue1", 0), 0);
}
END_TEST

START_TEST(work_waits_for_cheap_hours_up_to_its_deadline)
{
	struct plan_input *in = two_prices(0, 1);
	struct plan *p;

	for (uint32_t t = 0; t < 4; t++)
		in->price_buy_e4[t] = t < 2 ? 10000 : 2000;
	in->backlog_ds[0] = 150 * 3600;
	/* 60 device-hours are due after two hours, the rest when all is cheap. */
	in->due_ds[0][1] = in->due_ds[0][2] = 60 * 3600;
	in->due_ds[0][3] = 150 * 3600;
	p = make(in);
	ck_assert_int_eq(power_in_hour(p, "site/queue1", 0), 60 * KW);
	ck_assert_int_eq(power_in_hour(p, "site/queue1", 1), 0);
	ck_assert_int_eq(power_in_hour(p, "site/queue1", 2), 90 * KW);
	ck_assert_int_eq(level_after_hour(p, "site/queue1", 3), 0);
	ck_assert_int_eq(level_after_hour(p, "site/queue1", 1), 90 * 3600);
	ck_assert_int_eq(binding(p, "queue[queue1].due")->value, 90 * 3600);
}
END_TEST

START_TEST(late_work_is_priced_and_named)
{
	struct plan_input *in = two_prices(0, 1);
	const struct plan_relaxation *r;
	struct plan *p;

	in->backlog_ds[0] = 300 * 3600;
	in->due_ds[0][1] = in->due_ds[0][2] = in->due_ds[0][3] = 300 * 3600;
	p = make(in);
	for (uint32_t h = 0; h < 3; h++)
		ck_assert_int_eq(power_in_hour(p, "site/queue1", h), 100 * KW);
	r = relaxation(p, "queue[queue1].due");
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
	struct plan_input *in = sites_plain(&arena, 4, MS_PER_H, 0, 0, 1);
	struct plan *p;

	sites_queue(in, 0);
	in->queues[0].slack_ms = MS_PER_H;
	in->arrivals_ds[0][0] = 80 * 3600;
	for (uint32_t t = 0; t < 4; t++)
		in->price_buy_e4[t] = 9000 - 2000 * t; /* cheaper every hour */
	p = make(in);
	/* What comes in the first hour is due, spread evenly, in the second. */
	ck_assert_int_eq(power_in_hour(p, "site/queue1", 0), 0);
	ck_assert_int_eq(power_in_hour(p, "site/queue1", 1), 80 * KW);
}
END_TEST

START_TEST(a_queue_keeps_its_minimum_power_while_there_is_work)
{
	struct plan_input *in = two_prices(0, 1);
	struct plan *p;

	for (uint32_t t = 0; t < 4; t++)
		in->price_buy_e4[t] = t < 2 ? 10000 : 2000;
	in->queues[0].power_min_w = 20 * KW;
	in->backlog_ds[0] = 110 * 3600;
	p = make(in);
	ck_assert_int_eq(power_in_hour(p, "site/queue1", 0), 20 * KW);
	ck_assert_int_eq(power_in_hour(p, "site/queue1", 1), 20 * KW);
	ck_assert_int_eq(power_in_hour(p, "site/queue1", 2), 70 * KW);
	ck_assert_int_eq(power_in_hour(p, "site/queue1", 3), 0);
	ck_assert_ptr_null(relaxation(p, "queue[queue1].power_min"));
	ck_assert_ptr_nonnull(binding(p, "queue[queue1].power_min"));
}
END_TEST

START_TEST(it_capacity_is_shared_by_load_and_queues)
{
	struct plan_input *in = two_prices(0, 1);
	struct plan *p;

	in->load.capacity_w = 230 * KW;
	in->load_it_w[3] = 250 * KW;
	in->backlog_ds[0] = 500 * 3600;
	in->due_ds[0][3] = 500 * 3600;
	p = make(in);
	ck_assert_int_eq(power_in_hour(p, "site/queue1", 0), 30 * KW);
	ck_assert_int_eq(power_in_hour(p, "site/queue1", 3), 0);
	ck_assert_int_eq(relaxation(p, "load.capacity")->amount, 20 * KW);
	ck_assert_ptr_nonnull(binding(p, "load.capacity"));
}
END_TEST

/* 500 kW of load in four quarters, and an event in the middle two: 60 kW less, at most 63. */
static struct plan_input *with_event(enum direction direction)
{
	struct plan_input *in = sites_plain(&arena, 4, SLOT_MS, 0, 1, 0);
	struct plan_event *e = &in->events[0];
	int64_t sign = direction == DIRECTION_UP ? 1 : -1;
	static bool active[4] = {false, true, true, false};
	static int64_t target[4], band[4], baseline[4];

	sites_battery(in, 0);
	in->storage[0].terminal_price_e4 = 4980; /* neither charging nor discharging pays */
	set_load(in, 500 * KW);
	in->n_events = 1;
	*e = (struct plan_event){.correlation_id = "vpp-7",
				 .direction = direction,
				 .penalty_price_e4 = 30000,
				 .surplus_price_e4 = 2000,
				 .pay_price_e4 = 10000,
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
	struct plan *p = make(with_event(DIRECTION_UP));

	ck_assert_int_eq(p->pcc_w[0], 500 * KW);
	ck_assert_int_eq(p->pcc_w[1], 440 * KW);
	ck_assert_int_eq(p->pcc_w[2], 440 * KW);
	ck_assert_int_eq(p->pcc_w[3], 500 * KW);
	/* 470 kWh × 0.5 − 30 kWh × 1.0. */
	ck_assert_int_eq(p->cost_e4, 205 * CNY);
	ck_assert_uint_eq(p->n_relaxations, 0);
	ck_assert_uint_eq(p->n_events, 1);
	ck_assert_str_eq(p->events[0], "vpp-7");
	ck_assert_int_eq(binding(p, "event:vpp-7")->value, 440 * KW);
	ck_assert_int_eq(binding(p, "event:vpp-7")->slot, 1);
}
END_TEST

START_TEST(an_event_to_take_more_is_the_mirror_image)
{
	struct plan *p = make(with_event(DIRECTION_DN));

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
	p = make(in);
	ck_assert_int_eq(p->pcc_w[1], 480 * KW);
	r = relaxation(p, "event:vpp-7");
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(r->amount, 40 * KW);
	ck_assert_int_eq(r->cost_e4, 30 * CNY);
	/* 490 kWh × 0.5 − 10 + 20 × 3. */
	ck_assert_int_eq(p->cost_e4, 295 * CNY);
	ck_assert_int_eq(binding(p, "event:vpp-7")->shadow_price_e4, 40000);
}
END_TEST

START_TEST(more_than_the_band_is_not_given_away)
{
	struct plan_input *in = with_event(DIRECTION_UP);
	struct plan *p;

	/* Emptying pays 0.05 per kWh: less than the surplus costs. */
	in->storage[0].terminal_price_e4 = 4400;
	in->soc_wh[0] = 100 * KW;
	p = make(in);
	ck_assert_int_eq(p->pcc_w[1], 437 * KW);
	ck_assert_int_eq(p->pcc_w[2], 437 * KW);
	ck_assert_ptr_null(relaxation(p, "event:vpp-7.surplus"));
	ck_assert_int_eq(p->pcc_w[0], 400 * KW);
}
END_TEST

START_TEST(a_store_out_of_bounds_comes_back)
{
	struct plan_input *in = sites_plain(&arena, 4, MS_PER_H, 0, 2, 0);
	struct plan *p;

	sites_battery(in, 0);
	sites_battery(in, 1);
	in->storage[0].soc_min_wh = in->storage[0].reserve_wh = 20 * KW;
	in->soc_wh[0] = 5 * KW;
	in->storage[1].soc_max_wh = 80 * KW;
	in->soc_wh[1] = 95 * KW;
	in->storage[1].terminal_price_e4 = 6000;
	set_load(in, 100 * KW);
	p = make(in);
	ck_assert_int_eq(power_in_hour(p, "site/bess1", 0), 15 * KW);
	ck_assert_int_eq(power_in_hour(p, "site/bess2", 0), -15 * KW);
	ck_assert_int_eq(level_after_hour(p, "site/bess1", 3), 20 * KW);
	ck_assert_int_eq(level_after_hour(p, "site/bess2", 3), 80 * KW);

	in->storage_out[0] = in->storage_out[1] = true;
	p = make(in);
	ck_assert_int_eq(level_after_hour(p, "site/bess1", 3), 5 * KW);
	ck_assert_int_eq(relaxation(p, "storage[bess1].soc_min")->amount, 15 * KW);
	ck_assert_int_eq(relaxation(p, "storage[bess1].reserve")->amount, 15 * KW);
	ck_assert_int_eq(relaxation(p, "storage[bess2].soc_max")->amount, 15 * KW);
}
END_TEST

START_TEST(impossible_measurements_are_clipped_and_said)
{
	struct plan_input *in = sites_plain(&arena, 2, MS_PER_H, 0, 1, 0);
	struct plan_source given = {"price.buy", "tariff", QUALITY_OK};
	struct plan *p;

	sites_battery(in, 0);
	in->sources = &given;
	in->n_sources = 1;
	in->soc_wh[0] = 130 * KW;
	in->price_sell_e4[1] = 6000;
	p = make(in);
	ck_assert_uint_eq(p->n_sources, 3);
	ck_assert_str_eq(p->sources[0].input, "price.buy");
	ck_assert_str_eq(p->sources[1].input, "storage[bess1].soc");
	ck_assert_int_eq(p->sources[1].quality, QUALITY_BAD);
	ck_assert_str_eq(p->sources[2].input, "price.sell");
}
END_TEST

START_TEST(a_paid_battery_does_not_charge_and_discharge_at_once)
{
	struct plan_input *in = sites_plain(&arena, 8, MS_PER_H, 0, 1, 0);
	int64_t again, soc = 50 * KW;
	struct plan *p;

	/* Every kWh burnt earns 2 CNY: far more than wear. */
	sites_battery(in, 0);
	in->storage[0].eta_charge_ppm = in->storage[0].eta_discharge_ppm = 900000;
	set_load(in, 10 * KW);
	for (uint32_t t = 0; t < 8; t++)
		in->price_buy_e4[t] = in->price_sell_e4[t] = -20000;
	p = make(in);
	for (uint32_t h = 0; h < 8; h++) {
		int64_t w = power_in_hour(p, "site/bess1", h);

		/* The level is what one direction of the net power gives. */
		soc += w > 0 ? w * 9 / 10 : w * 10 / 9;
		ck_assert_int_ge(level_after_hour(p, "site/bess1", h), soc - 8);
		ck_assert_int_le(level_after_hour(p, "site/bess1", h), soc + 8);
	}
	ck_assert_int_eq(plan_evaluate(in, p, &again), 0);
	ck_assert_int_eq(again, p->objective_e4);
	ck_assert_int_lt(p->objective_e4, 80 * -2 * CNY);
}
END_TEST

START_TEST(a_run_can_be_stopped)
{
	struct plan *p = NULL;
	struct fault f = {0};
	struct rng r;
	struct solve_ctl few = {.max_iterations = 20};
	struct plan_input *in;

	rng_init(&r, 3);
	in = sites_hongyuan(&arena, &r, 36, 6);
	ck_assert_int_eq(plan_make(in, &few, &arena, &p, &f), ERR_TIMEOUT);
	ck_assert_ptr_null(p);
	ck_assert_int_eq(f.code, ERR_TIMEOUT);
	few.max_iterations = 100000;
	ck_assert_int_eq(plan_make(in, &few, &arena, &p, &f), 0);
}
END_TEST

static bool stop_after(void *arg)
{
	int *left = arg;

	return (*left)-- <= 0;
}

START_TEST(a_run_can_be_cancelled_and_pieces_change_nothing)
{
	struct plan *whole, *pieces = NULL;
	struct fault f = {0};
	struct rng r;
	int left = 0;
	struct solve_ctl ctl = {.should_stop = stop_after, .arg = &left};
	struct plan_input *in;

	rng_init(&r, 3);
	in = sites_hongyuan(&arena, &r, 48, 48);
	whole = make(in);
	ck_assert_uint_gt(whole->iterations, 500);
	ck_assert_int_eq(plan_make(in, &ctl, &arena, &pieces, &f), ERR_CANCELED);
	left = 1;
	ck_assert_int_eq(plan_make(in, &ctl, &arena, &pieces, &f), ERR_CANCELED);
	left = 1000000;
	ck_assert_int_eq(plan_make(in, &ctl, &arena, &pieces, &f), 0);
	ck_assert_int_lt(left, 1000000 - 1);
	ck_assert_double_le(pieces->gap, 1e-6);
	ck_assert_int_le(llabs(pieces->objective_e4 - whole->objective_e4), 100);
}
END_TEST

START_TEST(nonsense_is_refused_with_words)
{
	struct plan *p = NULL;
	struct fault f = {0};
	struct plan_input *in = two_prices(1, 1);

	in->start_ms[2] += SLOT_MS;
	ck_assert_int_eq(plan_make(in, NULL, &arena, &p, &f), ERR_INVALID);
	ck_assert_str_eq(f.text, "step 2 does not follow the one before");
	in->start_ms[2] -= SLOT_MS;
	in->storage[0].eta_charge_ppm = 0;
	ck_assert_int_eq(plan_make(in, NULL, &arena, &p, &f), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(f.text, "storage[bess1]"));
	in->storage[0].eta_charge_ppm = PPM;
	in->now_ms += MS_PER_H;
	ck_assert_int_eq(plan_make(in, NULL, &arena, &p, &f), ERR_INVALID);
	in->now_ms -= MS_PER_H;
	in->prices.overload_e4 = -1;
	ck_assert_int_eq(plan_make(in, NULL, &arena, &p, &f), ERR_INVALID);
	ck_assert_ptr_null(p);
}
END_TEST

START_TEST(an_arena_that_is_too_small_is_no_memory)
{
	struct plan_input *in = two_prices(1, 1);
	int failed = 0;

	for (size_t cap = 256;; cap += cap / 8) {
		struct arena small;
		struct plan *p = NULL;
		int r;

		arena_init(&small, cap);
		r = plan_make(in, NULL, &small, &p, NULL);
		arena_fini(&small);
		if (r == 0)
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_ptr_null(p);
		failed++;
	}
	ck_assert_int_gt(failed, 20);
}
END_TEST

START_TEST(the_first_step_counts_only_what_is_left_of_it)
{
	struct plan_input *in = two_prices(1, 0);
	struct plan *p;

	in->now_ms += 30 * MS_PER_MIN;
	p = make(in);
	/* Half an hour of charging at 100 kW fills the 50 kWh. */
	ck_assert_int_eq(power_in_hour(p, "site/bess1", 0), 100 * KW);
	ck_assert_int_eq(level_after_hour(p, "site/bess1", 0), 100 * KW);
	/* (150 + 200) × 0.2 + 300 × 1.0. */
	ck_assert_int_eq(p->cost_e4, 370 * CNY);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/make");
	TCase *tc = tcase_create("make");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, setup, teardown);
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
	tcase_add_test(tc, pue_multiplies_what_the_cluster_takes);
	tcase_add_test(tc, work_waits_for_cheap_hours_up_to_its_deadline);
	tcase_add_test(tc, late_work_is_priced_and_named);
	tcase_add_test(tc, arrivals_are_due_after_the_slack);
	tcase_add_test(tc, a_queue_keeps_its_minimum_power_while_there_is_work);
	tcase_add_test(tc, it_capacity_is_shared_by_load_and_queues);
	tcase_add_test(tc, an_event_is_served_to_its_target_and_paid);
	tcase_add_test(tc, an_event_to_take_more_is_the_mirror_image);
	tcase_add_test(tc, a_shortfall_is_penalised_and_named);
	tcase_add_test(tc, more_than_the_band_is_not_given_away);
	tcase_add_test(tc, a_store_out_of_bounds_comes_back);
	tcase_add_test(tc, impossible_measurements_are_clipped_and_said);
	tcase_add_test(tc, a_paid_battery_does_not_charge_and_discharge_at_once);
	tcase_add_test(tc, a_run_can_be_stopped);
	tcase_add_test(tc, a_run_can_be_cancelled_and_pieces_change_nothing);
	tcase_add_test(tc, nonsense_is_refused_with_words);
	tcase_add_test(tc, an_arena_that_is_too_small_is_no_memory);
	tcase_add_test(tc, the_first_step_counts_only_what_is_left_of_it);
	return run_suite(suite);
}
