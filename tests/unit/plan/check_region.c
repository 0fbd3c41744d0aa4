/* Regions that can be calculated by hand: what is shared, what moves, and what is refused. */
#include "plan/region.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"
#include "planlib/made.h"
#include "planlib/regions.h"
#include "testlib/run.h"

#define KWH_DS INT64_C(3600) /* device-seconds of a 1-kW device in a kWh */

static struct plan *plans[4];

static void make(const struct plan_region *in)
{
	struct fault f = {0};
	int r = region_make(in, NULL, &made_arena, plans, &f);

	ck_assert_msg(r == 0, "%s: %s", err_name(r), f.text);
	for (int i = 0; i < in->n_sites; i++) {
		ck_assert_str_eq(plans[i]->site, in->sites[i]->site);
		ck_assert_int_eq(plan_imbalance_w(plans[i]), 0);
		ck_assert_double_le(plans[i]->gap, 1e-6);
		ck_assert_double_le(plans[i]->residual, 1e-6);
		ck_assert_int_eq(plans[i]->objective_e4, plans[0]->objective_e4);
	}
}

static int refused(const struct plan_region *in, struct fault *f)
{
	struct plan *none[4] = {0};
	int r = region_make(in, NULL, &made_arena, none, f);

	ck_assert_ptr_null(none[0]);
	return r;
}

static void set_prices(struct plan_input *in, int64_t early_e4, int64_t late_e4)
{
	for (uint32_t t = 0; t < in->n; t++) {
		in->price_buy_e4[t] = t < 2 ? early_e4 : late_e4;
		in->price_sell_e4[t] = 0;
	}
}

/* kWh of work that are there now and due by the end of an hour. */
static void set_backlog(struct plan_input *in, int64_t kwh, uint32_t due_h)
{
	in->backlog_ds[0] = kwh * KWH_DS;
	for (uint32_t t = due_h; t < in->n; t++)
		in->due_ds[0][t] = kwh * KWH_DS;
}

static int64_t sum_moves(const struct plan *p, bool out, uint32_t from, uint32_t to)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < p->n_moves; i++) {
		if (p->moves[i].out == out && p->moves[i].slot >= from && p->moves[i].slot < to)
			sum += p->moves[i].work_ds;
	}
	return sum;
}

START_TEST(a_site_alone_is_planned_as_ever)
{
	struct plan_region *in = regions_plain(&made_arena, 2, 1);
	struct plan_region alone = {.n_sites = 1, .sites = in->sites};
	struct plan *one;

	set_prices(in->sites[0], 2000, 10000);
	set_backlog(in->sites[0], 120, 3);
	one = made_plan(in->sites[0]);
	make(&alone);
	ck_assert_mem_eq(one->plan_hash, plans[0]->plan_hash, SHA256_LEN);
	ck_assert_mem_eq(one->snapshot_hash, plans[0]->snapshot_hash, SHA256_LEN);
	/* A neighbour that nothing joins to it changes its numbers no more. */
	make(in);
	ck_assert_int_eq(plans[0]->cost_e4, one->cost_e4);
	ck_assert_mem_eq(plans[0]->pcc_w, one->pcc_w, one->n * sizeof(int64_t));
	ck_assert_int_eq(plans[0]->objective_e4,
			 one->objective_e4 + made_plan(in->sites[1])->objective_e4);
}
END_TEST

START_TEST(a_shared_limit_holds_and_says_what_it_costs)
{
	struct plan_region *in = regions_plain(&made_arena, 2, 0);
	const struct plan_binding *b;

	for (int i = 0; i < 2; i++)
		set_prices(in->sites[i], 2000, 10000);
	set_backlog(in->sites[1], 120, 3);
	regions_limit(in, &made_arena, 450 * KW);
	make(in);
	for (uint32_t k = 0; k < 8; k++)
		ck_assert_int_eq(plans[0]->pcc_w[k] + plans[1]->pcc_w[k], 450 * KW);
	/* 400 kW × (0.2 + 0.2 + 1 + 1) + 100 kWh × 0.2 + 20 kWh × 1.0. */
	ck_assert_int_eq(plans[0]->cost_e4 + plans[1]->cost_e4, 1000 * CNY);
	for (int i = 0; i < 2; i++) {
		b = made_binding(plans[i], "section[sc]");
		ck_assert_ptr_nonnull(b);
		ck_assert_int_eq(b->value, 450 * KW);
		ck_assert_int_le(llabs(b->shadow_price_e4 - 8000), 20);
		ck_assert_ptr_null(made_relaxation(plans[i], "section[sc]"));
	}
}
END_TEST

START_TEST(what_others_draw_counts_too)
{
	struct plan_region *in = regions_plain(&made_arena, 2, 0);
	struct region_limit *l;

	for (int i = 0; i < 2; i++)
		set_prices(in->sites[i], 2000, 10000);
	set_backlog(in->sites[1], 90, 3);
	l = regions_limit(in, &made_arena, 5450 * KW);
	for (uint32_t t = 0; t < 4; t++)
		l->background_w[t] = t == 0 ? 5040 * KW : 5000 * KW;
	make(in);
	/* 10, 50, then what is left: 30 kWh in the dear hours. */
	ck_assert_int_eq(made_power(plans[1], "b/queue1", 0), 10 * KW);
	ck_assert_int_eq(made_power(plans[1], "b/queue1", 1), 50 * KW);
	ck_assert_int_eq(made_power(plans[1], "b/queue1", 2), 30 * KW);
}
END_TEST

START_TEST(a_limit_that_cannot_be_held_is_named_where_it_matters)
{
	struct plan_region *in = regions_plain(&made_arena, 3, 0);
	struct region_limit *l = regions_limit(in, &made_arena, 380 * KW);
	const struct plan_relaxation *r;

	l->n_sites = 2;
	l->overload_price_e4 = 30 * CNY;
	make(in);
	for (int i = 0; i < 2; i++) {
		r = made_relaxation(plans[i], "section[sc]");
		ck_assert_ptr_nonnull(r);
		ck_assert_int_eq(r->amount, 20 * KW);
		ck_assert_str_eq(r->unit, "W");
		ck_assert_int_eq(r->cost_e4, 600 * CNY);
		ck_assert_int_eq(r->start_ms, plans[i]->start_ms[0]);
		ck_assert_int_eq(made_binding(plans[i], "section[sc]")->shadow_price_e4, 30 * CNY);
	}
	ck_assert_ptr_null(made_relaxation(plans[2], "section[sc]"));
	ck_assert_ptr_null(made_binding(plans[2], "section[sc]"));
}
END_TEST

START_TEST(an_export_limit_is_shared_as_well)
{
	struct plan_region *in = regions_plain(&made_arena, 2, 1);
	struct region_limit *l = regions_limit(in, &made_arena, INT64_MAX);

	/* Two full batteries whose energy sells well in the last two hours, through a feeder that takes 50 kW back. */
	snprintf(l->kind, sizeof(l->kind), "feeder");
	l->export_max_w = 50 * KW;
	for (int i = 0; i < 2; i++) {
		set_prices(in->sites[i], 2000, 10000);
		for (uint32_t t = 0; t < 4; t++) {
			in->sites[i]->load_it_w[t] = 0;
			in->sites[i]->price_sell_e4[t] = t < 2 ? 0 : 8000;
		}
		in->sites[i]->soc_wh[0] = 100 * KW;
	}
	make(in);
	for (uint32_t k = 8; k < 16; k++)
		ck_assert_int_eq(plans[0]->pcc_w[k] + plans[1]->pcc_w[k], -50 * KW);
	ck_assert_int_eq(made_binding(plans[1], "feeder[sc]")->value, -50 * KW);
}
END_TEST

/* ---- links ---- */

/* 100 kWh of work at a, where a kWh costs 0.8; at b it costs 0.2. */
static struct plan_region *dear_and_cheap(int64_t price_e4_per_kds)
{
	struct plan_region *in = regions_plain(&made_arena, 2, 0);

	set_prices(in->sites[0], 8000, 8000);
	set_prices(in->sites[1], 2000, 2000);
	set_backlog(in->sites[0], 100, 3);
	regions_link(in, 0, 1)->price_e4_per_kds = price_e4_per_kds;
	return in;
}

START_TEST(work_moves_to_where_it_is_cheaper)
{
	struct plan_region *in = dear_and_cheap(1000);

	make(in);
	ck_assert_int_eq(sum_moves(plans[0], true, 0, 16), 100 * KWH_DS);
	ck_assert_int_eq(sum_moves(plans[1], false, 0, 16), 100 * KWH_DS);
	ck_assert_int_eq(sum_moves(plans[0], false, 0, 16) + sum_moves(plans[1], true, 0, 16), 0);
	ck_assert_str_eq(plans[0]->moves[0].link, "l1");
	ck_assert_str_eq(plans[0]->moves[0].queue, "queue1");
	ck_assert_str_eq(plans[0]->moves[0].other, "b/queue1");
	ck_assert_str_eq(plans[1]->moves[0].other, "a/queue1");
	/* Earliest first: all in the first hour, as fast as b's machines go; nothing waits at b. */
	ck_assert_int_eq(made_power(plans[0], "a/queue1", 0), 0);
	ck_assert_int_eq(made_power(plans[1], "b/queue1", 0), 100 * KW);
	ck_assert_int_eq(made_level(plans[0], "a/queue1", 0), 0);
	ck_assert_int_eq(made_level(plans[1], "b/queue1", 0), 0);
	ck_assert_int_eq(plan_find_asset(plans[0], "a/queue1")->level[0], 75 * KWH_DS);
	/* The sender pays for the transfer: 360 × 0.1. */
	ck_assert_int_eq(plans[0]->cost_e4, 640 * CNY + 36 * CNY);
	ck_assert_int_eq(plans[1]->cost_e4, 160 * CNY + 20 * CNY);
}
END_TEST

START_TEST(work_stays_where_moving_costs_more_than_it_saves)
{
	/* A kWh is 3.6 kds: 0.6 saved, 0.72 paid. */
	make(dear_and_cheap(2000));
	ck_assert_uint_eq(plans[0]->n_moves + plans[1]->n_moves, 0);
	ck_assert_int_eq(made_power(plans[0], "a/queue1", 0), 100 * KW);
}
END_TEST

START_TEST(the_energy_of_a_transfer_is_drawn_where_it_is_sent)
{
	struct plan_region *in = dear_and_cheap(0);

	in->links[0].energy_wh_per_kds = 100;
	make(in);
	ck_assert_int_eq(sum_moves(plans[0], true, 0, 4), 100 * KWH_DS);
	ck_assert_int_eq(plans[0]->load_w[0], 236 * KW);
	ck_assert_int_eq(plans[0]->pcc_w[0], 236 * KW);
	/* It does not pay where the transfer takes more than it saves: 3.6 × 0.25 kWh × 0.8 > 0.6. */
	in->links[0].energy_wh_per_kds = 250;
	make(in);
	ck_assert_uint_eq(plans[0]->n_moves, 0);
}
END_TEST

START_TEST(work_moves_where_a_limit_leaves_it_no_room)
{
	struct plan_region *in = regions_plain(&made_arena, 2, 0);
	struct region_limit *l = regions_limit(in, &made_arena, 250 * KW);

	/* Due within an hour, behind a limit of a alone that leaves 50 kW; equal prices. */
	l->n_sites = 1;
	set_backlog(in->sites[0], 100, 0);
	regions_link(in, 0, 1)->price_e4_per_kds = 1000;
	make(in);
	ck_assert_int_eq(made_power(plans[0], "a/queue1", 0), 50 * KW);
	ck_assert_int_eq(made_power(plans[1], "b/queue1", 0), 50 * KW);
	ck_assert_int_eq(sum_moves(plans[1], false, 0, 4), 50 * KWH_DS);
	ck_assert_ptr_null(made_relaxation(plans[0], "queue[queue1].due"));
	/* One more kWh of the limit saves a transfer. */
	ck_assert_int_le(llabs(made_binding(plans[0], "section[sc]")->shadow_price_e4 - 3600), 20);
}
END_TEST

START_TEST(what_moves_arrives_after_its_delay)
{
	struct plan_region *in = dear_and_cheap(1000);

	in->links[0].delay_ms = MS_PER_H;
	make(in);
	ck_assert_int_eq(sum_moves(plans[0], true, 0, 16), 100 * KWH_DS);
	for (uint32_t k = 0; k < 12; k++)
		ck_assert_int_eq(sum_moves(plans[0], true, k, k + 1),
				 sum_moves(plans[1], false, k + 4, k + 5));
	ck_assert_int_eq(made_power(plans[1], "b/queue1", 0), 0);
	ck_assert_int_eq(made_power(plans[1], "b/queue1", 1), 100 * KW);
	/* What would arrive too late to run does not leave. */
	in->links[0].delay_ms = 4 * MS_PER_H;
	make(in);
	ck_assert_uint_eq(plans[0]->n_moves, 0);
}
END_TEST

START_TEST(a_link_carries_no_more_than_it_can)
{
	struct plan_region *in = dear_and_cheap(1000);

	in->links[0].work_max_ds_per_h = 10 * KWH_DS;
	make(in);
	for (uint32_t h = 0; h < 4; h++)
		ck_assert_int_eq(sum_moves(plans[0], true, 4 * h, 4 * h + 4), 10 * KWH_DS);
	ck_assert_int_eq(made_level(plans[0], "a/queue1", 3), 0);
}
END_TEST

START_TEST(a_deadline_is_not_got_rid_of_by_moving)
{
	struct plan_region *in = regions_plain(&made_arena, 2, 0);

	/* 150 kWh due within an hour at a; b has 80 kWh due much later and 100 kW of machines. */
	set_backlog(in->sites[0], 150, 0);
	set_backlog(in->sites[1], 80, 3);
	regions_link(in, 0, 1);
	make(in);
	ck_assert_int_eq(made_power(plans[0], "a/queue1", 0), 100 * KW);
	/* What came runs when it comes; b's own work waits. */
	ck_assert_int_eq(sum_moves(plans[1], false, 0, 4), 50 * KWH_DS);
	ck_assert_int_eq(made_power(plans[1], "b/queue1", 0), 100 * KW);
	ck_assert_int_eq(made_level(plans[1], "b/queue1", 0), 30 * KWH_DS);
	/* 50 kW more than b's machines do is late at a, not lost at b. */
	set_backlog(in->sites[0], 250, 0);
	make(in);
	ck_assert_int_eq(sum_moves(plans[1], false, 0, 4), 100 * KWH_DS);
	ck_assert_int_eq(made_relaxation(plans[0], "queue[queue1].due")->amount, 50 * KWH_DS);
}
END_TEST

START_TEST(work_counts_in_device_seconds_whatever_a_device_takes)
{
	struct plan_region *in = dear_and_cheap(0);

	/* b's machines take half the power for the same work. */
	in->sites[1]->queues[0].device_power_w = 500;
	make(in);
	ck_assert_int_eq(sum_moves(plans[0], true, 0, 4), 100 * KWH_DS);
	ck_assert_int_eq(made_power(plans[1], "b/queue1", 0), 50 * KW);
}
END_TEST

/* ---- afterwards ---- */

START_TEST(a_plan_of_a_region_is_worth_what_it_says)
{
	struct plan_region *in = dear_and_cheap(1000);
	int64_t objective, later;
	struct plan *left = NULL;

	in->links[0].delay_ms = MS_PER_H;
	regions_limit(in, &made_arena, 410 * KW);
	make(in);
	ck_assert_int_eq(region_evaluate(in, (const struct plan *const *)plans, &objective), 0);
	ck_assert_int_eq(objective, plans[0]->objective_e4);
	/* Half the work is gone before it could move: what is not there does not move. */
	set_backlog(in->sites[0], 50, 3);
	ck_assert_int_eq(region_evaluate(in, (const struct plan *const *)plans, &later), 0);
	ck_assert_int_lt(later, objective);
	for (uint32_t t = 0; t < 4; t++) {
		in->sites[0]->start_ms[t] += MS_PER_DAY;
		in->sites[1]->start_ms[t] += MS_PER_DAY;
	}
	in->sites[0]->now_ms += MS_PER_DAY;
	in->sites[1]->now_ms += MS_PER_DAY;
	ck_assert_int_eq(region_evaluate(in, (const struct plan *const *)plans, &later),
			 ERR_NODATA);
	/* The rest of a plan has the rest of its moves. */
	ck_assert_int_eq(plan_shift(plans[0], plans[0]->start_ms[4], &made_arena, &left), 0);
	ck_assert_int_gt(sum_moves(plans[0], true, 0, 4), 0);
	ck_assert_int_eq(sum_moves(left, true, 0, 12), sum_moves(plans[0], true, 4, 16));
	ck_assert_int_eq(sum_moves(left, true, 0, 1), sum_moves(plans[0], true, 4, 5));
}
END_TEST

START_TEST(nonsense_is_refused_with_words)
{
	struct plan_region *in = regions_plain(&made_arena, 2, 0);
	struct region_link *l = regions_link(in, 0, 1);
	struct fault f = {0};

	l->to_queue = 1;
	ck_assert_int_eq(refused(in, &f), ERR_INVALID);
	ck_assert_str_eq(f.text, "link[l1]: an end that is not there");
	*l = (struct region_link){.id = "l1"};
	ck_assert_int_eq(refused(in, &f), ERR_INVALID);
	in->n_links = 0;
	regions_limit(in, &made_arena, KW)->sites[1] = 0;
	ck_assert_int_eq(refused(in, &f), ERR_INVALID);
	ck_assert_str_eq(f.text, "section[sc]: site 0 twice");
	in->limits[0].sites[1] = 2;
	ck_assert_int_eq(refused(in, &f), ERR_INVALID);
	in->n_limits = 0;
	in->sites[1]->now_ms += 1;
	ck_assert_int_eq(refused(in, &f), ERR_INVALID);
	ck_assert_str_eq(f.text, "sites a and b are on different grids");
	in->sites[1]->now_ms -= 1;
	snprintf(in->sites[1]->site, sizeof(in->sites[1]->site), "a");
	ck_assert_int_eq(refused(in, &f), ERR_INVALID);
	ck_assert_str_eq(f.text, "site a twice");
	snprintf(in->sites[1]->site, sizeof(in->sites[1]->site), "b");
	in->sites[1]->load.pue_ppm = 0;
	ck_assert_int_eq(refused(in, &f), ERR_INVALID);
	ck_assert_str_eq(f.text, "b: load.pue of 0 ppm");
	in->n_sites = 0;
	ck_assert_int_eq(refused(in, &f), ERR_INVALID);
}
END_TEST

START_TEST(bounds_that_contradict_each_other_are_taken_as_equal_and_said)
{
	struct plan_region *in = regions_plain(&made_arena, 2, 0);
	struct region_limit *l = regions_limit(in, &made_arena, 400 * KW);

	l->export_max_w = -500 * KW;
	make(in);
	ck_assert_int_eq(plans[0]->pcc_w[0] + plans[1]->pcc_w[0], 400 * KW);
	ck_assert_uint_eq(plans[1]->n_sources, 1);
	ck_assert_str_eq(plans[1]->sources[0].input, "sc");
	ck_assert_int_eq(plans[1]->sources[0].quality, QUALITY_BAD);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/region");
	TCase *tc = tcase_create("region");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, made_setup, made_teardown);
	tcase_add_test(tc, a_site_alone_is_planned_as_ever);
	tcase_add_test(tc, a_shared_limit_holds_and_says_what_it_costs);
	tcase_add_test(tc, what_others_draw_counts_too);
	tcase_add_test(tc, a_limit_that_cannot_be_held_is_named_where_it_matters);
	tcase_add_test(tc, an_export_limit_is_shared_as_well);
	tcase_add_test(tc, work_moves_to_where_it_is_cheaper);
	tcase_add_test(tc, work_stays_where_moving_costs_more_than_it_saves);
	tcase_add_test(tc, the_energy_of_a_transfer_is_drawn_where_it_is_sent);
	tcase_add_test(tc, work_moves_where_a_limit_leaves_it_no_room);
	tcase_add_test(tc, what_moves_arrives_after_its_delay);
	tcase_add_test(tc, a_link_carries_no_more_than_it_can);
	tcase_add_test(tc, a_deadline_is_not_got_rid_of_by_moving);
	tcase_add_test(tc, work_counts_in_device_seconds_whatever_a_device_takes);
	tcase_add_test(tc, a_plan_of_a_region_is_worth_what_it_says);
	tcase_add_test(tc, nonsense_is_refused_with_words);
	tcase_add_test(tc, bounds_that_contradict_each_other_are_taken_as_equal_and_said);
	return run_suite(suite);
}
