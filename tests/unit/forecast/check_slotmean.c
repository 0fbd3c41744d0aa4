#include "forecast/slotmean.h"

#include <check.h>
#include <math.h>
#include <signal.h>

#include "testlib/rng.h"
#include "testlib/run.h"

static struct slotmean m;

static void setup(void)
{
	m = (struct slotmean){0};
}

START_TEST(a_sample_stands_for_its_span)
{
	struct point_decl d = {.period_ms = 60000};
	int64_t from, to;

	d.kind = KIND_INSTANT;
	slotmean_span(&d, 1000, &from, &to);
	ck_assert(from == 1000 && to == 61000);
	d.kind = KIND_STATUS;
	slotmean_span(&d, 1000, &from, &to);
	ck_assert(from == 1000 && to == 61000);
	d.kind = KIND_MEAN;
	d.label = LABEL_START;
	slotmean_span(&d, 1000, &from, &to);
	ck_assert(from == 1000 && to == 61000);
	d.label = LABEL_END;
	slotmean_span(&d, 61000, &from, &to);
	ck_assert(from == 1000 && to == 61000);
	d.kind = KIND_ENERGY;
	slotmean_span(&d, 61000, &from, &to);
	ck_assert(from == 1000 && to == 61000);
	/* an instant has no interval that a label could mark */
	d.kind = KIND_INSTANT;
	slotmean_span(&d, 1000, &from, &to);
	ck_assert(from == 1000 && to == 61000);
	d.kind = KIND_COUNTER;
	slotmean_span(&d, 1000, &from, &to);
	ck_assert(from == 1000 && to == 1000);
}
END_TEST

START_TEST(the_mean_is_over_the_covered_time_never_with_zeros_for_the_rest)
{
	ck_assert_double_nan(slotmean_value(&m));
	ck_assert_int_eq(slotmean_coverage_permille(&m), 0);
	slotmean_add(&m, 0, 0, SLOT_MS / 4, 100, 1);
	ck_assert_double_eq(slotmean_value(&m), 100);
	ck_assert_int_eq(slotmean_coverage_permille(&m), 250);
	slotmean_add(&m, 0, SLOT_MS / 2, SLOT_MS, 400, 1);
	ck_assert_double_eq(slotmean_value(&m), 300);
	ck_assert_int_eq(slotmean_coverage_permille(&m), 750);
}
END_TEST

START_TEST(only_what_lies_in_the_slot_counts)
{
	slotmean_add(&m, SLOT_MS, 0, SLOT_MS, 9, 1);
	slotmean_add(&m, SLOT_MS, 2 * SLOT_MS, 3 * SLOT_MS, 9, 1);
	slotmean_add(&m, SLOT_MS, SLOT_MS + 5, SLOT_MS + 5, 9, 1);
	slotmean_add(&m, SLOT_MS, SLOT_MS + 5, SLOT_MS + 4, 9, 1);
	ck_assert_int_eq(slotmean_coverage_permille(&m), 0);
	slotmean_add(&m, SLOT_MS, 0, SLOT_MS + SLOT_MS / 2, 7, 1);
	slotmean_add(&m, SLOT_MS, SLOT_MS + SLOT_MS / 2, 9 * SLOT_MS, 9, 1);
	ck_assert_double_eq(slotmean_value(&m), 8);
	ck_assert_int_eq(slotmean_coverage_permille(&m), 1000);
}
END_TEST

START_TEST(what_is_taken_back_leaves_no_trace)
{
	struct slotmean before;

	slotmean_add(&m, 0, 0, 60000, 123.456, 1);
	before = m;
	slotmean_add(&m, 0, 60000, 120000, -1e12 / 3, 1);
	slotmean_add(&m, 0, 60000, 120000, -1e12 / 3, -1);
	ck_assert(before.sum == m.sum && before.covered_ms == m.covered_ms);
	slotmean_add(&m, 0, 0, 60000, 123.456, -1);
	ck_assert(m.sum == 0 && m.covered_ms == 0);
	ck_assert_double_nan(slotmean_value(&m));
}
END_TEST

START_TEST(values_beyond_all_reason_do_not_break_the_sum)
{
	for (int i = 0; i < 100000; i++)
		slotmean_add(&m, 0, 0, SLOT_MS, 1e300, 1);
	ck_assert_double_eq_tol(slotmean_value(&m), 1e15, 1);
	for (int i = 0; i < 100000; i++)
		slotmean_add(&m, 0, 0, SLOT_MS, -1e300, 1);
	ck_assert_double_eq(slotmean_value(&m), 0);
	ck_assert_int_eq(slotmean_coverage_permille(&m), 1000);
}
END_TEST

#define N 64

START_TEST(the_order_never_matters_to_a_bit)
{
	int64_t from[N];
	double value[N];
	struct rng r;

	rng_init(&r, rng_seed(0x510));
	for (int round = 0; round < 500; round++) {
		struct slotmean first = {0};
		for (int i = 0; i < N; i++) {
			from[i] = rng_range(&r, -60000, SLOT_MS);
			value[i] = (rng_double(&r) - 0.5) * pow(10, (double)rng_below(&r, 14));
		}
		for (int shuffle = 0; shuffle < 5; shuffle++) {
			m = (struct slotmean){0};
			for (int i = 0; i < N; i++)
				slotmean_add(&m, 0, from[i], from[i] + 60000, value[i], 1);
			if (shuffle == 0)
				first = m;
			ck_assert(first.sum == m.sum && first.covered_ms == m.covered_ms);
			ck_assert(slotmean_value(&first) == slotmean_value(&m));
			for (size_t i = N - 1; i > 0; i--) {
				size_t k = rng_below(&r, i + 1);
				int64_t f = from[i];
				double v = value[i];
				from[i] = from[k];
				value[i] = value[k];
				from[k] = f;
				value[k] = v;
			}
		}
	}
}
END_TEST

START_TEST(a_value_that_is_not_finite_is_a_programmers_error)
{
	slotmean_add(&m, 0, 0, 1, NAN, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("slotmean");
	TCase *t = tcase_create("slotmean");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, a_sample_stands_for_its_span);
	tcase_add_test(t, the_mean_is_over_the_covered_time_never_with_zeros_for_the_rest);
	tcase_add_test(t, only_what_lies_in_the_slot_counts);
	tcase_add_test(t, what_is_taken_back_leaves_no_trace);
	tcase_add_test(t, values_beyond_all_reason_do_not_break_the_sum);
	tcase_add_test(t, the_order_never_matters_to_a_bit);
	tcase_add_test_raise_signal(t, a_value_that_is_not_finite_is_a_programmers_error, SIGABRT);
	suite_add_tcase(s, t);
	return run_suite(s);
}
