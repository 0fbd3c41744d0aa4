/* Rooms that warm and cool: the law, the thermostat, and the protection at the edges of the band. */
#include <math.h>

#include "base/slot.h"
#include "plants.h"
#include "sim/cooling.h"
#include "testlib/run.h"

#define STEP (5 * MS_PER_MIN)

static const struct plant_cooling chiller = {.id = "chiller",
					     .power_max_w = 2600000,
					     .cop_ppm = 5000000,
					     .cop_slope_ppm_per_k = 80000,
					     .heat_wh_per_k = 800000,
					     .temp_min_c = 18,
					     .temp_max_c = 24,
					     .temp_set_c = 21};

START_TEST(heat_that_is_not_moved_warms_by_the_law)
{
	struct cooling_weather w = {.heat_w = 4000000, .outdoor_c = 20};
	double temp_c = 20;

	ck_assert_int_eq(cooling_step(&chiller, &temp_c, 0, &w, STEP), 0);
	ck_assert_double_eq_tol(temp_c, 20 + 4.0 / 12 / 0.8, 1e-9);
	/* 0.8 MW at a COP of 5 moves just that heat; of 3.8 at 35 degrees less */
	temp_c = 20;
	ck_assert_int_eq(cooling_step(&chiller, &temp_c, 800000, &w, STEP), 800000);
	ck_assert_double_eq_tol(temp_c, 20, 1e-9);
	w.outdoor_c = 35;
	(void)cooling_step(&chiller, &temp_c, 800000, &w, STEP);
	ck_assert_double_eq_tol(temp_c, 20 + (4 - 0.8 * 3.8) / 12 / 0.8, 1e-9);
}
END_TEST

START_TEST(the_thermostat_goes_to_its_set_point_and_stays)
{
	struct cooling_weather w = {.heat_w = 5000000, .outdoor_c = 30};
	double temp_c = 23.5;

	for (int i = 0; i < 60; i++)
		(void)cooling_step(&chiller, &temp_c, COOLING_THERMOSTAT, &w, STEP);
	ck_assert_double_eq_tol(temp_c, 21, 0.01);
}
END_TEST

START_TEST(the_band_holds_whatever_is_ordered)
{
	struct rng r;
	double temp_c = 21;

	rng_init(&r, rng_seed(0xc001));
	for (int i = 0; i < 3000; i++) {
		struct cooling_weather w = {.heat_w = rng_range(&r, 0, 8000000),
					    .outdoor_c = (double)rng_range(&r, -10, 36)};
		int64_t power_w =
			cooling_step(&chiller, &temp_c, rng_range(&r, 0, 4000000), &w, STEP);

		ck_assert_int_ge(power_w, 0);
		ck_assert_int_le(power_w, chiller.power_max_w);
		/* warm air cannot be made: with little heat it may fall no further than it was */
		ck_assert_double_le(temp_c, 24 + 1e-6);
		ck_assert_double_ge(temp_c, 18 - 1e-6);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cooling");
	TCase *tc = tcase_create("cooling");

	tcase_add_test(tc, heat_that_is_not_moved_warms_by_the_law);
	tcase_add_test(tc, the_thermostat_goes_to_its_set_point_and_stays);
	tcase_add_test(tc, the_band_holds_whatever_is_ordered);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
