/* How a run ends, and what it makes of input that it cannot take as it is. */
#include "plan/plan.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "planlib/made.h"
#include "planlib/sites.h"
#include "testlib/run.h"

START_TEST(a_run_can_be_stopped)
{
	struct plan *p = NULL;
	struct fault f = {0};
	struct rng r;
	struct solve_ctl few = {.max_iterations = 20};
	struct plan_input *in;

	rng_init(&r, 3);
	in = sites_hongyuan(&made_arena, &r, 36, 6);
	ck_assert_int_eq(plan_make(in, &few, &made_arena, &p, &f), ERR_TIMEOUT);
	ck_assert_ptr_null(p);
	ck_assert_int_eq(f.code, ERR_TIMEOUT);
	few.max_iterations = 100000;
	ck_assert_int_eq(plan_make(in, &few, &made_arena, &p, &f), 0);
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
	in = sites_hongyuan(&made_arena, &r, 48, 48);
	whole = made_plan(in);
	ck_assert_uint_gt(whole->iterations, 500);
	ck_assert_int_eq(plan_make(in, &ctl, &made_arena, &pieces, &f), ERR_CANCELED);
	left = 1;
	ck_assert_int_eq(plan_make(in, &ctl, &made_arena, &pieces, &f), ERR_CANCELED);
	left = 1000000;
	ck_assert_int_eq(plan_make(in, &ctl, &made_arena, &pieces, &f), 0);
	ck_assert_int_lt(left, 1000000 - 1);
	ck_assert_double_le(pieces->gap, 1e-6);
	ck_assert_int_le(llabs(pieces->objective_e4 - whole->objective_e4), 100);
}
END_TEST

START_TEST(impossible_measurements_are_clipped_and_said)
{
	struct plan_input *in = sites_plain(&made_arena, 2, MS_PER_H, 0, 1, 0);
	struct plan_source given = {"price.buy", "tariff", QUALITY_OK};
	struct plan *p;

	sites_battery(in, 0);
	in->sources = &given;
	in->n_sources = 1;
	in->soc_wh[0] = 130 * KW;
	in->price_sell_e4[1] = 6000;
	p = made_plan(in);
	ck_assert_uint_eq(p->n_sources, 3);
	ck_assert_str_eq(p->sources[0].input, "price.buy");
	ck_assert_str_eq(p->sources[1].input, "storage[bess1].soc");
	ck_assert_int_eq(p->sources[1].quality, QUALITY_BAD);
	ck_assert_str_eq(p->sources[2].input, "price.sell");
}
END_TEST

START_TEST(nonsense_is_refused_with_words)
{
	struct plan *p = NULL;
	struct fault f = {0};
	struct plan_input *in = made_two_prices(1, 1);

	in->start_ms[2] += SLOT_MS;
	ck_assert_int_eq(plan_make(in, NULL, &made_arena, &p, &f), ERR_INVALID);
	ck_assert_str_eq(f.text, "step 2 does not follow the one before");
	in->start_ms[2] -= SLOT_MS;
	in->storage[0].eta_charge_ppm = 0;
	ck_assert_int_eq(plan_make(in, NULL, &made_arena, &p, &f), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(f.text, "storage[bess1]"));
	in->storage[0].eta_charge_ppm = PPM;
	in->now_ms += MS_PER_H;
	ck_assert_int_eq(plan_make(in, NULL, &made_arena, &p, &f), ERR_INVALID);
	in->now_ms -= MS_PER_H;
	in->prices.overload_e4 = -1;
	ck_assert_int_eq(plan_make(in, NULL, &made_arena, &p, &f), ERR_INVALID);
	ck_assert_ptr_null(p);
}
END_TEST

START_TEST(an_arena_that_is_too_small_is_no_memory)
{
	struct plan_input *in = made_two_prices(1, 1);
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
	struct plan_input *in = made_two_prices(1, 0);
	struct plan *p;

	in->now_ms += 30 * MS_PER_MIN;
	p = made_plan(in);
	/* Half an hour of charging at 100 kW fills the 50 kWh. */
	ck_assert_int_eq(made_power(p, "site/bess1", 0), 100 * KW);
	ck_assert_int_eq(made_level(p, "site/bess1", 0), 100 * KW);
	/* (150 + 200) × 0.2 + 300 × 1.0. */
	ck_assert_int_eq(p->cost_e4, 370 * CNY);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/run");
	TCase *tc = tcase_create("run");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, made_setup, made_teardown);
	tcase_add_test(tc, a_run_can_be_stopped);
	tcase_add_test(tc, a_run_can_be_cancelled_and_pieces_change_nothing);
	tcase_add_test(tc, impossible_measurements_are_clipped_and_said);
	tcase_add_test(tc, nonsense_is_refused_with_words);
	tcase_add_test(tc, an_arena_that_is_too_small_is_no_memory);
	tcase_add_test(tc, the_first_step_counts_only_what_is_left_of_it);
	return run_suite(suite);
}
