/* Older plans: what they would cost now, and what is left of them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/slot.h"
#include "plan/region.h"
#include "planlib/made.h"
#include "planlib/sites.h"
#include "testlib/run.h"

START_TEST(doing_nothing_costs_more_by_what_the_battery_earns)
{
	struct plan_input *in = made_two_prices(1, 0);
	struct plan *p = made_plan(in), *idle = plan_clone(p, &made_arena);
	int64_t objective;

	memset(idle->assets[0].power_w, 0, idle->n * sizeof(int64_t));
	ck_assert_int_eq(plan_evaluate(in, p, &objective), 0);
	ck_assert_int_eq(objective, p->objective_e4);
	/* 200 kWh × (0.2 + 0.2 + 1 + 1). */
	ck_assert_int_eq(plan_evaluate(in, idle, &objective), 0);
	ck_assert_int_eq(objective, 480 * CNY);
}
END_TEST

START_TEST(an_old_plan_does_only_what_the_state_allows)
{
	struct plan_input *in = made_two_prices(1, 0);
	struct plan *p = made_plan(in);
	int64_t objective;

	/* The battery turned out to be full: no charging, then the 100 kWh all the same. */
	in->soc_wh[0] = 100 * KW;
	ck_assert_int_eq(plan_evaluate(in, p, &objective), 0);
	ck_assert_int_ge(objective, 380 * CNY + 1 * CNY);
	ck_assert_int_le(objective, 380 * CNY + 1 * CNY + 200);
	/* Or gone: 200 kWh in each hour. */
	in->storage_out[0] = true;
	ck_assert_int_eq(plan_evaluate(in, p, &objective), 0);
	ck_assert_int_eq(objective, 480 * CNY);
}
END_TEST

START_TEST(an_uncurtailed_sun_stays_uncurtailed_when_there_is_more_of_it)
{
	struct plan_input *in = sites_plain(&made_arena, 2, MS_PER_H, 1, 0, 0);
	struct plan *p;
	int64_t objective;

	made_set_load(in, 100 * KW);
	in->generators[0].curtailable = true;
	in->generator_w[0][0] = 50 * KW;
	p = made_plan(in);
	in->generator_w[0][0] = 80 * KW;
	ck_assert_int_eq(plan_evaluate(in, p, &objective), 0);
	ck_assert_int_eq(objective, 60 * CNY); /* (20 + 100) × 0.5 */
}
END_TEST

START_TEST(a_plan_that_has_not_begun_or_is_over_cannot_be_judged)
{
	struct plan_input *in = made_two_prices(1, 0);
	struct plan *p = made_plan(in);
	int64_t objective = -7;

	for (uint32_t t = 0; t < in->n; t++)
		in->start_ms[t] += MS_PER_DAY;
	in->now_ms += MS_PER_DAY;
	ck_assert_int_eq(plan_evaluate(in, p, &objective), ERR_NODATA);
	ck_assert_int_eq(objective, -7);
}
END_TEST

/* An hour later the horizon is an hour longer at its end: there everything does what it does when left alone. */
START_TEST(beyond_its_end_an_old_plan_leaves_everything_alone)
{
	struct plan_input *in = made_two_prices(1, 0);
	struct plan *p = made_plan(in);
	int64_t objective;

	for (uint32_t t = 0; t < in->n; t++)
		in->start_ms[t] += MS_PER_H;
	in->now_ms += MS_PER_H;
	in->soc_wh[0] = 100 * KW;
	/* Its second to fourth hour: −, −100 kW, −; then nothing. Prices are 0.2, 0.2, 1, 1. */
	ck_assert_int_eq(plan_evaluate(in, p, &objective), 0);
	ck_assert_int_ge(objective, (480 - 20 + 1) * CNY);
	ck_assert_int_le(objective, (480 - 20 + 1) * CNY + 200);
}
END_TEST

/* What the planner only looks at it does not publish: nobody can hold an old plan to it. */
START_TEST(what_lies_beyond_what_is_published_is_no_saving)
{
	struct plan_input *in = made_two_prices(1, 0), *later;
	struct plan_region region = {.n_sites = 1, .sites = &in};
	const struct plan *p, *idle, *none;
	int64_t objective, saves = -7;

	in->price_buy_e4[1] = 10000;
	in->price_buy_e4[2] = 2000;
	in->publish_until_ms = SITES_T0 + 2 * MS_PER_H;
	p = made_plan(in);
	ck_assert_uint_eq(p->n, 8);
	/* Over the whole horizon the plan looks worse than itself. */
	ck_assert_int_eq(plan_evaluate(in, p, &objective), 0);
	ck_assert_int_gt(objective, p->objective_e4 + 10 * CNY);
	ck_assert_int_eq(region_compare(&region, &p, &p, &saves), 0);
	ck_assert_int_eq(saves, 0);
	/* A battery at rest earns nothing in the two hours that both plans know. */
	idle = plan_clone(p, &made_arena);
	memset(idle->assets[0].power_w, 0, idle->n * sizeof(int64_t));
	ck_assert_int_eq(region_compare(&region, &idle, &p, &saves), 0);
	ck_assert_int_ge(saves, 40 * CNY);
	ck_assert_int_eq(region_compare(&region, &p, &idle, &objective), 0);
	ck_assert_int_eq(objective, -saves);
	/* Nothing in common. */
	later = made_two_prices(1, 0);
	for (uint32_t t = 0; t < later->n; t++)
		later->start_ms[t] += MS_PER_DAY;
	later->now_ms += MS_PER_DAY;
	none = made_plan(later);
	saves = -7;
	ck_assert_int_eq(region_compare(&region, &none, &p, &saves), ERR_NODATA);
	ck_assert_int_eq(saves, -7);
}
END_TEST

START_TEST(a_shifted_plan_is_the_rest_of_the_old_one)
{
	struct plan_input *in = made_two_prices(1, 1);
	struct plan *p, *q;

	in->backlog_ds[0] = 500 * 3600;
	in->due_ds[0][0] = 300 * 3600; /* late work in every step: relaxations and bindings */
	p = made_plan(in);
	p->id = 9;
	ck_assert_int_eq(plan_shift(p, SITES_T0 + 5 * SLOT_MS + 1, &made_arena, &q), 0);
	ck_assert_uint_eq(q->n, p->n - 5);
	ck_assert_int_eq(q->start_ms[0], p->start_ms[5]);
	ck_assert_int_eq(q->status, PLAN_SHIFTED);
	ck_assert_uint_eq(q->id, 9);
	ck_assert_int_eq(plan_imbalance_w(q), 0);
	for (uint32_t k = 0; k < q->n; k++) {
		ck_assert_int_eq(q->pcc_w[k], p->pcc_w[k + 5]);
		ck_assert_int_eq(q->assets[0].power_w[k], p->assets[0].power_w[k + 5]);
		ck_assert_int_eq(q->assets[1].level[k], p->assets[1].level[k + 5]);
	}
	ck_assert_uint_gt(p->n_relaxations, 0);
	for (uint32_t i = 0; i < q->n_relaxations; i++)
		ck_assert_int_ge(q->relaxations[i].start_ms, q->start_ms[0]);
	ck_assert_uint_gt(q->n_bindings, 0);
	for (uint32_t i = 0; i < q->n_bindings; i++)
		ck_assert_uint_lt(q->bindings[i].slot, q->n);
	ck_assert_mem_ne(q->plan_hash, p->plan_hash, SHA256_LEN);
	ck_assert_mem_eq(q->snapshot_hash, p->snapshot_hash, SHA256_LEN);
	ck_assert_uint_eq(p->n, 16);
}
END_TEST

START_TEST(nothing_is_left_of_a_plan_that_is_over)
{
	struct plan *p = made_plan(made_two_prices(1, 0)), *q = NULL;

	ck_assert_int_eq(plan_shift(p, SITES_T0 + 16 * SLOT_MS, &made_arena, &q), ERR_NODATA);
	ck_assert_int_eq(plan_shift(p, SITES_T0 + 16 * SLOT_MS - 1, &made_arena, &q), 0);
	ck_assert_uint_eq(q->n, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/evaluate");
	TCase *tc = tcase_create("evaluate");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, made_setup, made_teardown);
	tcase_add_test(tc, doing_nothing_costs_more_by_what_the_battery_earns);
	tcase_add_test(tc, an_old_plan_does_only_what_the_state_allows);
	tcase_add_test(tc, an_uncurtailed_sun_stays_uncurtailed_when_there_is_more_of_it);
	tcase_add_test(tc, a_plan_that_has_not_begun_or_is_over_cannot_be_judged);
	tcase_add_test(tc, beyond_its_end_an_old_plan_leaves_everything_alone);
	tcase_add_test(tc, what_lies_beyond_what_is_published_is_no_saving);
	tcase_add_test(tc, a_shifted_plan_is_the_rest_of_the_old_one);
	tcase_add_test(tc, nothing_is_left_of_a_plan_that_is_over);
	return run_suite(suite);
}
