#include "model/curve.h"

#include <check.h>
#include <math.h>

#include "testlib/rng.h"
#include "testlib/run.h"

static double value[8] = {10, 20, 30, NAN, 50, 60, 70, 80};

static const struct curve c = {
	.start_ms = 1000, .step_ms = 100, .n = 8, .value = value}; /* [1000, 1800) */

START_TEST(a_label_at_the_end_moves_the_start_back_by_one_step)
{
	ck_assert_int_eq(curve_normal_start(LABEL_START, 5000, 900), 5000);
	ck_assert_int_eq(curve_normal_start(LABEL_END, 5000, 900), 4100);
}
END_TEST

START_TEST(the_mean_is_weighted_by_time)
{
	ck_assert_double_eq(curve_mean(&c, 1000, 1100), 10);
	ck_assert_double_eq(curve_mean(&c, 1000, 1300), 20);
	ck_assert_double_eq(curve_mean(&c, 1050, 1100), 10);
	ck_assert_double_eq_tol(curve_mean(&c, 1075, 1200), (10 * 25 + 20 * 100) / 125.0, 1e-12);
	ck_assert_double_eq(curve_mean(&c, 1799, 1800), 80);
}
END_TEST

START_TEST(what_is_not_covered_has_no_mean)
{
	ck_assert_double_nan(curve_mean(&c, 999, 1100));
	ck_assert_double_nan(curve_mean(&c, 1700, 1801));
	ck_assert_double_nan(curve_mean(&c, 1250, 1301));
	ck_assert_double_nan(curve_mean(&c, 1399, 1500));
	ck_assert_double_eq(curve_mean(&c, 1400, 1500), 50);
	ck_assert_double_nan(curve_mean(&c, 1100, 1100));
	ck_assert_double_nan(curve_mean(&c, 1200, 1100));
	ck_assert_double_nan(curve_mean(&c, INT64_MIN, INT64_MAX));
}
END_TEST

START_TEST(a_curve_of_nothing_has_no_mean)
{
	struct curve none = c;

	none.n = 0;
	ck_assert_double_nan(curve_mean(&none, 1000, 1001));
	none = c;
	none.step_ms = 0;
	ck_assert_double_nan(curve_mean(&none, 1000, 1000));
	ck_assert_double_nan(curve_mean(&none, 1000, 1001));
}
END_TEST

START_TEST(means_of_parts_make_the_mean_of_the_whole)
{
	static double v[96];
	struct curve day = {.start_ms = -500, .step_ms = 17, .n = 96, .value = v};
	struct rng r;

	rng_init(&r, rng_seed(0xc0e));
	for (size_t i = 0; i < 96; i++)
		v[i] = rng_double(&r) * 1000;
	for (int i = 0; i < 20000; i++) {
		int64_t a = rng_range(&r, -500, 96 * 17 - 502),
			b = rng_range(&r, a + 1, 96 * 17 - 501),
			e = rng_range(&r, b + 1, 96 * 17 - 500);
		double whole = curve_mean(&day, a, e) * (double)(e - a);
		double parts = curve_mean(&day, a, b) * (double)(b - a) +
			       curve_mean(&day, b, e) * (double)(e - b);

		ck_assert_double_eq_tol(whole, parts, 1e-6);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("curve");
	TCase *t = tcase_create("curve");

	tcase_add_test(t, a_label_at_the_end_moves_the_start_back_by_one_step);
	tcase_add_test(t, the_mean_is_weighted_by_time);
	tcase_add_test(t, what_is_not_covered_has_no_mean);
	tcase_add_test(t, a_curve_of_nothing_has_no_mean);
	tcase_add_test(t, means_of_parts_make_the_mean_of_the_whole);
	suite_add_tcase(s, t);
	return run_suite(s);
}
