/* Figures of forecasts in hindsight, where the test knows what they must be. */
#include "forecast/backtest.h"

#include "testlib/run.h"
#include "world.h"

static struct world w;
static struct backtest_work work;
static struct backtest b;
static struct backtest_ask ask;
static struct rng rng;

static void setup(void)
{
	rng_init(&rng, rng_seed(0xbac));
	world_init(&w, "Asia/Shanghai", 2025, 5, 5);
	ask = (struct backtest_ask){.kind = FORECAST_PRICE, .days = 10};
	ask.history = world_ask(&w, world_at(&w, WORLD_DAYS - 2, 0), 1);
}

static void fill(double (*value)(int i))
{
	for (int i = 0; i < WORLD_SLOTS; i++)
		w.mean[i] = value(i);
}

static double daily(int i)
{
	return 100 + i % SLOTS_PER_DAY;
}

static double noisy(int i)
{
	return daily(i) + 20 * (rng_double(&rng) + rng_double(&rng) + rng_double(&rng) - 1.5);
}

START_TEST(what_repeats_is_foretold_without_error)
{
	fill(daily);
	backtest_run(&ask, &work, &b);
	ck_assert_int_eq(b.days, 10);
	/* 4 a day, 48 hours each; nothing is known beyond the end: 3 of the last day reach over it, as do 4 of the one
	 * before, by 6, 12 and 18 hours and by a whole day more */
	ck_assert_uint_eq(b.all.n, 40 * SCORE_REACH - (24 + 48 + 72) * 2 - 4 * SLOTS_PER_DAY);
	ck_assert_double_le(backtest_rrmse(&b.all), 1e-6);
	ck_assert_double_le(fabs(backtest_bias(&b.all)), 1e-6);
	ck_assert_double_nan(backtest_coverage(&b.lead[0]));
	for (int i = 0; i < SCORE_LEADS; i++)
		ck_assert_uint_gt(b.lead[i].n, 0);
}
END_TEST

START_TEST(of_noise_the_mean_of_days_is_better_than_one_of_them)
{
	double half;

	fill(noisy);
	backtest_run(&ask, &work, &b);
	ck_assert_int_eq(b.similar_days, 10);
	/* two noises against one and a little */
	half = backtest_rrmse(&b.all) / backtest_persist(&b.all);
	ck_assert_msg(half > 0.65 && half < 0.9, "%g", half);
	ck_assert_double_eq_tol(backtest_skill(&b.all), 1 - half * half, 1e-12);
	ck_assert_double_eq_tol(backtest_mae(&b.all), backtest_mape(&b.all) * 145, 3);
	/* one day is like the next here, so the band is wider than it need be */
	ck_assert(backtest_coverage(&b.all) > 0.75 && backtest_coverage(&b.all) < 0.97);
}
END_TEST

static double stepped(int i)
{
	return daily(i) + (i >= (WORLD_DAYS - 12) * SLOTS_PER_DAY ? 50 : 0);
}

START_TEST(a_step_that_nobody_could_foretell_shows_as_bias)
{
	fill(stepped);
	ask.history.now_ms = world_at(&w, WORLD_DAYS - 11, 0);
	ask.days = 1;
	backtest_run(&ask, &work, &b);
	/* too low: the error of the first issue is the whole step */
	ck_assert_double_lt(backtest_bias(&b.lead[0]), -10);
	ck_assert_double_lt(backtest_bias(&b.all), -15);
}
END_TEST

START_TEST(generation_is_tested_with_its_sign)
{
	ask.kind = FORECAST_WIND;
	ask.history.sign = -1;
	fill(noisy);
	for (int i = 0; i < WORLD_SLOTS; i++)
		w.mean[i] *= -1;
	backtest_run(&ask, &work, &b);
	ck_assert_double_lt(backtest_rrmse(&b.all), 0.2);
	ck_assert_double_gt(backtest_skill(&b.all), 0);
	ck_assert(backtest_coverage(&b.all) > 0.7);
}
END_TEST

/* Each day as it was tested when it was the last: nothing that came later had a part in it. */
START_TEST(a_test_at_a_time_uses_what_was_known_then)
{
	static struct backtest then, poisoned;

	fill(noisy);
	ask.history.now_ms = world_at(&w, 52, 0);
	ask.days = 1;
	backtest_run(&ask, &work, &then);
	for (int i = 52 * SLOTS_PER_DAY; i < WORLD_SLOTS; i++)
		w.mean[i] = i % 2 ? 1e9 : NAN;
	backtest_run(&ask, &work, &poisoned);
	ck_assert_mem_eq(&then, &poisoned, sizeof(then));
	/* what is tested against may change, what was foretold not: the same slots again, with the future known */
	ask.history.now_ms = world_at(&w, 54, 0);
	ask.days = 3;
	memset(&poisoned, 0, sizeof(poisoned));
	backtest_day(&ask, 3, &work, &poisoned);
	ck_assert_double_eq(poisoned.lead[0].square, then.lead[0].square);
	ck_assert_uint_eq(poisoned.lead[0].n, then.lead[0].n);
}
END_TEST

START_TEST(nothing_known_gives_no_figures)
{
	for (int i = 0; i < WORLD_SLOTS; i++)
		w.mean[i] = NAN;
	backtest_run(&ask, &work, &b);
	ck_assert_int_eq(b.days, 0);
	ck_assert_double_nan(backtest_rrmse(&b.all));
	ck_assert_double_nan(backtest_mae(&b.all));
	ck_assert_double_nan(backtest_mape(&b.all));
	ck_assert_double_nan(backtest_bias(&b.all));
	ck_assert_double_nan(backtest_skill(&b.all));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("backtest");
	TCase *t = tcase_create("backtest");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, what_repeats_is_foretold_without_error);
	tcase_add_test(t, of_noise_the_mean_of_days_is_better_than_one_of_them);
	tcase_add_test(t, a_step_that_nobody_could_foretell_shows_as_bias);
	tcase_add_test(t, generation_is_tested_with_its_sign);
	tcase_add_test(t, a_test_at_a_time_uses_what_was_known_then);
	tcase_add_test(t, nothing_known_gives_no_figures);
	suite_add_tcase(s, t);
	return run_suite(s);
}
