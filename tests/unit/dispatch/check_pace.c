#include "dispatch/pace.h"

#include <check.h>

#include "testlib/rng.h"
#include "testlib/run.h"

static const struct queue linear = {.devices = 100, .device_power_w = 700};
static const struct queue curved = {.devices = 100,
				    .device_power_w = 700,
				    .n_segments = 2,
				    .segment_power_ppm = {500000, 1000000},
				    .segment_work_ppm = {700000, 1000000}};

START_TEST(without_a_curve_power_and_pace_are_equal)
{
	ck_assert_int_eq(pace_work_ppm(&linear, 400000), 400000);
	ck_assert_int_eq(pace_power_ppm(&linear, 400000), 400000);
	ck_assert_int_eq(pace_work_ppm(&linear, 2 * PPM), PPM);
	ck_assert_int_eq(pace_work_ppm(&linear, -5), 0);
}
END_TEST

START_TEST(a_curve_gives_more_pace_for_less_power)
{
	ck_assert_int_eq(pace_work_ppm(&curved, 250000), 350000);
	ck_assert_int_eq(pace_work_ppm(&curved, 500000), 700000);
	ck_assert_int_eq(pace_work_ppm(&curved, 750000), 850000);
	ck_assert_int_eq(pace_power_ppm(&curved, 850000), 750000);
	ck_assert_int_eq(pace_power_ppm(&curved, PPM), PPM);
}
END_TEST

START_TEST(power_for_a_pace_gives_that_pace)
{
	for (int64_t w = 0; w <= PPM; w += 997) {
		ck_assert_int_ge(pace_work_ppm(&curved, pace_power_ppm(&curved, w)), w);
		ck_assert_int_ge(pace_work_ppm(&curved, w), w);
	}
}
END_TEST

START_TEST(tiers_bear_their_slow_down_and_f0_none)
{
	struct compute_job j = {.devices = 10, .min_devices = 10, .tier = FLEX_F0};

	ck_assert_int_eq(pace_full_w(&linear, &j), 7000);
	ck_assert_int_eq(pace_least_w(&linear, &j), 7000);
	j.tier = FLEX_F1;
	ck_assert_int_eq(pace_least_w(&linear, &j), 6300);
	j.tier = FLEX_F2;
	ck_assert_int_eq(pace_least_w(&linear, &j), 5250);
	j.tier = FLEX_F3;
	ck_assert_int_eq(pace_least_w(&linear, &j), 3500);
	/* on a concave curve the same pace needs less */
	ck_assert_int_lt(pace_least_w(&curved, &j), 3500);
	j.min_devices = 2;
	ck_assert_int_eq(pace_least_w(&linear, &j), 1400);
	j.tier = FLEX_F0;
	ck_assert_int_eq(pace_least_w(&linear, &j), 7000);
}
END_TEST

START_TEST(who_could_wait_for_two_slots_is_not_in_a_hurry)
{
	/* an hour of work for 10 devices */
	int64_t left_ds = 36000, ends = MS_PER_H + PACE_LEAD_MS;

	ck_assert(pace_is_urgent(left_ds, 10, ends, 0));
	ck_assert(!pace_is_urgent(left_ds, 10, ends + 1, 0));
	ck_assert(pace_is_urgent(left_ds, 10, ends + 1, 1));
	ck_assert(pace_is_urgent(left_ds, 10, -1, 0));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pace");
	TCase *t = tcase_create("pace");

	tcase_add_test(t, without_a_curve_power_and_pace_are_equal);
	tcase_add_test(t, a_curve_gives_more_pace_for_less_power);
	tcase_add_test(t, power_for_a_pace_gives_that_pace);
	tcase_add_test(t, who_could_wait_for_two_slots_is_not_in_a_hurry);
	tcase_add_test(t, tiers_bear_their_slow_down_and_f0_none);
	suite_add_tcase(s, t);
	return run_suite(s);
}
