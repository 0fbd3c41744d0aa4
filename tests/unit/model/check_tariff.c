/* Vectors T1 and T2 (weighted hours of a flat load under Sichuan's tariffs) and what a tariff must not be. */
#include "model/tariff.h"

#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testlib/run.h"
#include "testlib/shared.h"

#define MONTH(m) (UINT32_C(1) << ((m)-1))
#define ALL_MONTHS UINT32_C(0xfff)
#define SPAN(cls, from, to)                                                                        \
	{                                                                                          \
		(cls), (from)*60, (to)*60                                                          \
	}

/* 川发改价格规〔2023〕186号, with a flat price of 0.6. */
static const struct tariff sc_2023 = {
	.id = "sc-tou-2023",
	.valid_from_ms = INT64_C(1685548800000), /* 2023-06-01 in Shanghai */
	.valid_to_ms = INT64_MAX,
	.flat_price_e4 = 6000,
	.ratio_ppm = {400000, 1000000, 1600000, 1920000},
	.n_seasons = 3,
	.seasons = {{.months = ALL_MONTHS,
		     .n_spans = 6,
		     .spans = {SPAN(TOU_PEAK, 10, 12), SPAN(TOU_PEAK, 15, 21),
			       SPAN(TOU_FLAT, 7, 10), SPAN(TOU_FLAT, 12, 15),
			       SPAN(TOU_FLAT, 21, 23), SPAN(TOU_VALLEY, 23, 7)}},
		    {.months = MONTH(7) | MONTH(8),
		     .overlay = true,
		     .n_spans = 1,
		     .spans = {SPAN(TOU_CRITICAL, 15, 17)}},
		    {.months = MONTH(1) | MONTH(12),
		     .overlay = true,
		     .n_spans = 1,
		     .spans = {SPAN(TOU_CRITICAL, 19, 21)}}},
};

/* The exposure draft that followed. */
static const struct tariff sc_draft = {
	.id = "sc-tou-2025-draft",
	.valid_from_ms = 0,
	.valid_to_ms = INT64_MAX,
	.flat_price_e4 = 6000,
	.ratio_ppm = {400000, 1000000, 1600000, 1920000},
	.n_seasons = 5,
	.seasons = {{.months = MONTH(3) | MONTH(4) | MONTH(5) | MONTH(6) | MONTH(10) | MONTH(11),
		     .n_spans = 5,
		     .spans = {SPAN(TOU_PEAK, 10, 12), SPAN(TOU_PEAK, 17, 22),
			       SPAN(TOU_FLAT, 8, 10), SPAN(TOU_FLAT, 12, 17),
			       SPAN(TOU_VALLEY, 22, 8)}},
		    {.months = MONTH(7) | MONTH(8) | MONTH(9),
		     .n_spans = 6,
		     .spans = {SPAN(TOU_PEAK, 11, 18), SPAN(TOU_PEAK, 20, 23),
			       SPAN(TOU_FLAT, 7, 11), SPAN(TOU_FLAT, 18, 20), SPAN(TOU_FLAT, 23, 1),
			       SPAN(TOU_VALLEY, 1, 7)}},
		    {.months = MONTH(12) | MONTH(1) | MONTH(2),
		     .n_spans = 6,
		     .spans = {SPAN(TOU_PEAK, 10, 12), SPAN(TOU_PEAK, 16, 22),
			       SPAN(TOU_FLAT, 8, 10), SPAN(TOU_FLAT, 12, 16),
			       SPAN(TOU_FLAT, 22, 24), SPAN(TOU_VALLEY, 0, 8)}},
		    {.months = MONTH(7) | MONTH(8),
		     .overlay = true,
		     .n_spans = 2,
		     .spans = {SPAN(TOU_CRITICAL, 13, 14), SPAN(TOU_CRITICAL, 21, 23)}},
		    {.months = ALL_MONTHS,
		     .overlay = true,
		     .day_flag = "heat35",
		     .n_spans = 2,
		     .spans = {SPAN(TOU_CRITICAL, 13, 14), SPAN(TOU_CRITICAL, 21, 23)}}},
};

static int faults;
static char last_path[64];

static void count(void *arg, const char *path, const char *text)
{
	(void)arg;
	ck_assert_uint_gt(strlen(text), 0);
	snprintf(last_path, sizeof(last_path), "%s", path);
	faults++;
}

static int n_faults(const struct tariff *t)
{
	int n;

	faults = 0;
	n = tariff_check(t, count, NULL);
	ck_assert_int_eq(n, faults);
	return n;
}

/* Hours per class of one month, critical ones also within peak, as the vectors count them. */
static void count_hours(const struct tariff *t, int month, int hours[4])
{
	const struct zone *z;
	int64_t midnight;

	ck_assert_int_eq(zone_load("Asia/Shanghai", &z), 0);
	midnight = zone_utc(z, 2025, month, 15, 0, 0);
	memset(hours, 0, 4 * sizeof(int));
	for (int h = 0; h < 24; h++) {
		enum tou_class cls;

		ck_assert_int_eq(tariff_class_at(t, z, midnight + h * MS_PER_H, NULL, 0, &cls), 0);
		hours[cls]++;
	}
	hours[TOU_PEAK] += hours[TOU_CRITICAL];
}

static void check_vector(json_t *vectors, const char *set, const char *name, const struct tariff *t,
			 int month)
{
	json_t *v = json_object_get(json_object_get(vectors, set), name);
	int hours[4];

	ck_assert_msg(json_array_size(v) == 5, "%s %s", set, name);
	ck_assert_int_eq(tariff_weighted_hours_ppm(t, month, NULL, 0),
			 (int64_t)(json_number_value(json_array_get(v, 0)) * 1e6 + 0.5));
	count_hours(t, month, hours);
	ck_assert_int_eq(hours[TOU_PEAK], json_integer_value(json_array_get(v, 1)));
	ck_assert_int_eq(hours[TOU_FLAT], json_integer_value(json_array_get(v, 2)));
	ck_assert_int_eq(hours[TOU_VALLEY], json_integer_value(json_array_get(v, 3)));
	ck_assert_int_eq(hours[TOU_CRITICAL], json_integer_value(json_array_get(v, 4)));
}

START_TEST(weighted_hours_are_those_of_the_vectors)
{
	json_error_t e;
	const char *path = shared_or_skip("vectors/domain.json");
	json_t *v = json_load_file(path, 0, &e);

	free((void *)path);
	ck_assert_msg(v != NULL, "%s", e.text);
	for (int m = 2; m <= 11; m++) {
		bool critical = m == 7 || m == 8;

		check_vector(v, "T1", critical ? "2023_JulAug" : "2023_ordinary", &sc_2023, m);
	}
	check_vector(v, "T1", "2023_JanDec", &sc_2023, 1);
	check_vector(v, "T1", "2023_JanDec", &sc_2023, 12);
	check_vector(v, "T2", "draft_spring_autumn", &sc_draft, 4);
	check_vector(v, "T2", "draft_spring_autumn", &sc_draft, 11);
	check_vector(v, "T2", "draft_JulAug", &sc_draft, 7);
	check_vector(v, "T2", "draft_JulAug", &sc_draft, 8);
	check_vector(v, "T2", "draft_Sep", &sc_draft, 9);
	check_vector(v, "T2", "draft_winter", &sc_draft, 2);
	json_decref(v);
}
END_TEST

START_TEST(the_tariffs_of_the_vectors_pass_the_check)
{
	ck_assert_int_eq(n_faults(&sc_2023), 0);
	ck_assert_int_eq(n_faults(&sc_draft), 0);
}
END_TEST

START_TEST(a_price_is_the_flat_one_times_the_ratio)
{
	const struct zone *z;
	int64_t price, t;

	ck_assert_int_eq(zone_load("Asia/Shanghai", &z), 0);
	t = zone_utc(z, 2025, 7, 15, 15, 59);
	ck_assert_int_eq(tariff_price_at(&sc_2023, z, t, NULL, 0, &price), 0);
	ck_assert_int_eq(price, 11520);
	t = zone_utc(z, 2025, 9, 15, 15, 59);
	ck_assert_int_eq(tariff_price_at(&sc_2023, z, t, NULL, 0, &price), 0);
	ck_assert_int_eq(price, 9600);
	t = zone_utc(z, 2025, 9, 16, 0, 0);
	ck_assert_int_eq(tariff_price_at(&sc_2023, z, t, NULL, 0, &price), 0);
	ck_assert_int_eq(price, 2400);
}
END_TEST

START_TEST(a_day_flag_adds_its_hours_on_flagged_days)
{
	static const char *const hot[] = {"windy", "heat35"};
	const struct zone *z;
	enum tou_class cls;
	int64_t t;

	ck_assert_int_eq(zone_load("Asia/Shanghai", &z), 0);
	t = zone_utc(z, 2025, 5, 20, 13, 30);
	ck_assert_int_eq(tariff_class_at(&sc_draft, z, t, NULL, 0, &cls), 0);
	ck_assert_int_eq(cls, TOU_FLAT);
	ck_assert_int_eq(tariff_class_at(&sc_draft, z, t, hot, 1, &cls), 0);
	ck_assert_int_eq(cls, TOU_FLAT);
	ck_assert_int_eq(tariff_class_at(&sc_draft, z, t, hot, 2, &cls), 0);
	ck_assert_int_eq(cls, TOU_CRITICAL);
	ck_assert_int_gt(tariff_weighted_hours_ppm(&sc_draft, 5, hot, 2),
			 tariff_weighted_hours_ppm(&sc_draft, 5, NULL, 0));
}
END_TEST

START_TEST(outside_its_validity_a_tariff_says_nothing)
{
	struct tariff t = sc_2023;
	const struct zone *z;
	enum tou_class cls = TOU_PEAK;
	int64_t price = -5;

	ck_assert_int_eq(zone_load("Asia/Shanghai", &z), 0);
	ck_assert_int_eq(tariff_class_at(&t, z, t.valid_from_ms, NULL, 0, &cls), 0);
	ck_assert_int_eq(tariff_class_at(&t, z, t.valid_from_ms - 1, NULL, 0, &cls), ERR_NODATA);
	t.valid_to_ms = t.valid_from_ms + MS_PER_DAY;
	ck_assert_int_eq(tariff_price_at(&t, z, t.valid_to_ms, NULL, 0, &price), ERR_NODATA);
	ck_assert_int_eq(price, -5);
}
END_TEST

START_TEST(a_gap_and_an_overlap_are_faults)
{
	struct tariff t = sc_2023;

	t.seasons[0].spans[0].to_min = 11 * 60; /* 11:00 to 12:00 is in no period, every month */
	ck_assert_int_ge(n_faults(&t), 12);
	ck_assert_str_eq(last_path, "seasons");
	t.seasons[0].spans[0].to_min = 13 * 60;
	ck_assert_int_ge(n_faults(&t), 12);
}
END_TEST

START_TEST(a_critical_period_outside_the_peak_is_a_fault)
{
	struct tariff t = sc_2023;

	t.seasons[1].spans[0].from_min = 14 * 60;
	ck_assert_int_eq(n_faults(&t), 2); /* July and August */
	ck_assert_str_eq(last_path, "seasons[1].spans[0]");
	snprintf(t.seasons[1].day_flag, ID_MAX, "heat35"); /* rules for flagged days may */
	ck_assert_int_eq(n_faults(&t), 0);
}
END_TEST

START_TEST(ratios_that_do_not_ascend_and_a_validity_in_reverse_are_faults)
{
	struct tariff t = sc_2023;

	t.ratio_ppm[TOU_VALLEY] = 1100000;
	ck_assert_int_ge(n_faults(&t), 1);
	t = sc_2023;
	t.valid_to_ms = t.valid_from_ms;
	ck_assert_int_ge(n_faults(&t), 1);
	t = sc_2023;
	t.seasons[0].months = 0;
	ck_assert_int_ge(n_faults(&t), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("model/tariff");
	TCase *tc = tcase_create("tariff");

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, weighted_hours_are_those_of_the_vectors);
	tcase_add_test(tc, the_tariffs_of_the_vectors_pass_the_check);
	tcase_add_test(tc, a_price_is_the_flat_one_times_the_ratio);
	tcase_add_test(tc, a_day_flag_adds_its_hours_on_flagged_days);
	tcase_add_test(tc, outside_its_validity_a_tariff_says_nothing);
	tcase_add_test(tc, a_gap_and_an_overlap_are_faults);
	tcase_add_test(tc, a_critical_period_outside_the_peak_is_a_fault);
	tcase_add_test(tc, ratios_that_do_not_ascend_and_a_validity_in_reverse_are_faults);
	return run_suite(suite);
}
