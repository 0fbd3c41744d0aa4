#include "forecast/frozen.h"

#include <check.h>
#include <math.h>

#include "testlib/rng.h"
#include "testlib/run.h"

#define N (10 * SLOTS_PER_DAY)

static float mean[N];

/* A meter with some noise, all above zero. */
static void setup(void)
{
	struct rng r;

	rng_init(&r, rng_seed(0xf0));
	for (int i = 0; i < N; i++)
		mean[i] = (float)(1000 + 100 * rng_double(&r));
}

static void hold(int from, int to, float value)
{
	for (int i = from; i < to; i++)
		mean[i] = value;
}

START_TEST(a_stand_still_takes_an_hour_and_twelve_periods)
{
	ck_assert_int_eq(frozen_slots(MS_PER_MIN), 4);
	ck_assert_int_eq(frozen_slots(5 * MS_PER_MIN), 4);
	ck_assert_int_eq(frozen_slots(SLOT_MS), 12);
	ck_assert_int_eq(frozen_slots(MS_PER_H), 48);
}
END_TEST

START_TEST(what_a_hanging_meter_says_is_left_out_and_nothing_else)
{
	hold(300, 320, 1050);
	ck_assert_int_eq(frozen_mask(mean, N, MS_PER_MIN), 20);
	for (int i = 0; i < N; i++)
		ck_assert(isnan(mean[i]) == (i >= 300 && i < 320));
	/* three slots are not yet one */
	setup();
	hold(300, 303, 1050);
	ck_assert_int_eq(frozen_mask(mean, N, MS_PER_MIN), 0);
	/* nor are eleven of a meter that speaks once a quarter of an hour */
	hold(300, 311, 1050);
	ck_assert_int_eq(frozen_mask(mean, N, SLOT_MS), 0);
	hold(300, 312, 1050);
	ck_assert_int_eq(frozen_mask(mean, N, SLOT_MS), 12);
}
END_TEST

START_TEST(a_gap_ends_a_stand_still)
{
	hold(300, 306, 1050);
	mean[303] = NAN;
	ck_assert_int_eq(frozen_mask(mean, N, MS_PER_MIN), 0);
}
END_TEST

START_TEST(nothing_is_no_stand_still)
{
	hold(300, 400, 0);
	ck_assert_int_eq(frozen_mask(mean, N, MS_PER_MIN), 0);
	ck_assert_int_eq(frozen_tail(mean, 400, MS_PER_MIN), 0);
}
END_TEST

START_TEST(a_price_in_steps_is_none)
{
	for (int i = 0; i < N; i++)
		mean[i] = (float)(i / 28 % 3 + 1);
	ck_assert_int_eq(frozen_mask(mean, N, MS_PER_MIN), 0);
	ck_assert_int_eq(frozen_tail(mean, N, MS_PER_MIN), 0);
	/* nor is what never changes */
	hold(0, N, 7);
	ck_assert_int_eq(frozen_mask(mean, N, MS_PER_MIN), 0);
}
END_TEST

START_TEST(hourly_values_fill_four_slots_and_do_not_hang)
{
	for (int i = 0; i < N; i++)
		mean[i] = mean[i / 4 * 4];
	ck_assert_int_eq(frozen_mask(mean, N, MS_PER_H), 0);
	hold(400, 448, 5);
	ck_assert_int_eq(frozen_mask(mean, N, MS_PER_H), 48);
}
END_TEST

START_TEST(the_tail_tells_how_long_it_has_hung)
{
	ck_assert_int_eq(frozen_tail(mean, N, MS_PER_MIN), 0);
	ck_assert_int_eq(frozen_tail(mean, 0, MS_PER_MIN), 0);
	hold(N - 9, N, 1023);
	ck_assert_int_eq(frozen_tail(mean, N, MS_PER_MIN), 9);
	ck_assert_int_eq(frozen_tail(mean, N - 6, MS_PER_MIN), 0);
	/* and ends with the first other value */
	mean[N - 1] = 1024;
	ck_assert_int_eq(frozen_tail(mean, N, MS_PER_MIN), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("frozen");
	TCase *t = tcase_create("frozen");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, a_stand_still_takes_an_hour_and_twelve_periods);
	tcase_add_test(t, what_a_hanging_meter_says_is_left_out_and_nothing_else);
	tcase_add_test(t, a_gap_ends_a_stand_still);
	tcase_add_test(t, nothing_is_no_stand_still);
	tcase_add_test(t, a_price_in_steps_is_none);
	tcase_add_test(t, hourly_values_fill_four_slots_and_do_not_hang);
	tcase_add_test(t, the_tail_tells_how_long_it_has_hung);
	suite_add_tcase(s, t);
	return run_suite(s);
}
