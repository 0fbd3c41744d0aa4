/* The part of num.h that is about time. */
#include <check.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "testlib/rng.h"
#include "testlib/run.h"

#define NO_ZONE INT32_MIN

static const int64_t july_ms = INT64_C(1752584400000); /* 2025-07-15T13:00Z */

START_TEST(zones_seconds_and_fractions_are_understood)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{"2025-07-15T21:00+08:00", 0},
		{"2025-07-15T13:00Z", 0},
		{"2025-07-15 13:00Z", 0},
		{"2025-07-15T13:00:00.000Z", 0},
		{"2025-07-15T13:00:01Z", 1000},
		{"2025-07-15T13:00:01.5Z", 1500},
		{"2025-07-15T13:00:01.0019999Z", 1001},
		{"2025-07-15T09:30-03:30", 0},
		{"2025-07-16T02:45+13:45", 0},
	};
	int64_t ms;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_int_eq(num_parse_time_ms(cases[i].text, NO_ZONE, &ms), 0);
		ck_assert_int_eq(ms, july_ms + cases[i].ms);
	}
	ck_assert_int_eq(num_parse_time_ms("1969-12-31T23:59:59.999Z", NO_ZONE, &ms), 0);
	ck_assert_int_eq(ms, -1);
	ck_assert_int_eq(num_parse_time_ms("0001-01-01T00:00:00Z", NO_ZONE, &ms), 0);
	ck_assert_int_eq(ms, INT64_C(-62135596800000));
}
END_TEST

START_TEST(a_time_without_zone_needs_a_default)
{
	int64_t ms = 77;

	ck_assert_int_eq(num_parse_time_ms("2025-07-15T21:00", NO_ZONE, &ms), ERR_MALFORMED);
	ck_assert_int_eq(ms, 77);
	ck_assert_int_eq(num_parse_time_ms("2025-07-15T21:00", 28800, &ms), 0);
	ck_assert_int_eq(ms, july_ms);
	/* a zone that is given wins over the default */
	ck_assert_int_eq(num_parse_time_ms("2025-07-15T13:00Z", 28800, &ms), 0);
	ck_assert_int_eq(ms, july_ms);
}
END_TEST

START_TEST(what_is_no_time_is_malformed)
{
	static const char *const bad[] = {"2025-07-15",
					  "2025-7-15T13:00Z",
					  "2025-07-15T13Z",
					  "2025-07-15T13:0Z",
					  "2025-07-15T13:00z",
					  "2025-07-15t13:00Z",
					  "2025-07-15T13:00Z ",
					  " 2025-07-15T13:00Z",
					  "2025-07-15T13:00:Z",
					  "2025-07-15T13:00:00.Z",
					  "2025-07-15T13:00+8",
					  "2025-07-15T13:00+0800",
					  "2025-07-15T13:00+08",
					  "2025-07-15T13:00+08:00Z",
					  "-2025-07-15T13:00Z",
					  "12025-07-15T13:00Z",
					  "2025/07/15T13:00Z",
					  "２025-07-15T13:00Z",
					  "2025-07-15T13:00:00,5Z",
					  "2025-07-15T+3:00Z",
					  "now"};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		int64_t ms = 77;

		ck_assert_int_eq(num_parse_time_ms(bad[i], 0, &ms), ERR_MALFORMED);
		ck_assert_int_eq(ms, 77);
	}
}
END_TEST

START_TEST(fields_out_of_range_are_invalid)
{
	static const char *const bad[] = {
		"2025-00-15T13:00Z",	 "2025-13-15T13:00Z",	   "2025-07-00T13:00Z",
		"2025-07-32T13:00Z",	 "2025-02-29T13:00Z",	   "1900-02-29T13:00Z",
		"2025-04-31T13:00Z",	 "2025-07-15T24:00Z",	   "2025-07-15T13:60Z",
		"2025-07-15T13:00:60Z",	 "2025-07-15T13:00+24:00", "2025-07-15T13:00+08:60",
		"2025-07-15T13:00-99:00"};
	int64_t ms;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_int_eq(num_parse_time_ms(bad[i], 0, &ms), ERR_INVALID);
	ck_assert_int_eq(num_parse_time_ms("2000-02-29T13:00Z", 0, &ms), 0);
	ck_assert_int_eq(num_parse_time_ms("2024-02-29T13:00Z", 0, &ms), 0);
}
END_TEST

START_TEST(every_time_reads_back_as_it_was_printed)
{
	struct rng rng;
	char text[32];

	rng_init(&rng, rng_seed(6));
	for (int i = 0; i < 20000; i++) {
		/* the years 0000 to 9999 */
		int64_t t = rng_range(&rng, INT64_C(-62167219200000), INT64_C(253402300799999));
		int32_t zone_s = (int32_t)rng_range(&rng, -56, 56) * 900;
		int64_t ms;

		num_format_utc(text, sizeof(text), t);
		ck_assert_int_eq(num_parse_time_ms(text, NO_ZONE, &ms), 0);
		ck_assert_int_eq(ms, t);
		t = t / 1000 * 1000;
		if (t + zone_s * MS_PER_S < INT64_C(-62167219200000) ||
		    t + zone_s * MS_PER_S > INT64_C(253402300799999))
			continue;
		num_format_time(text, sizeof(text), t, zone_s, true);
		ck_assert_int_eq(num_parse_time_ms(text, zone_s, &ms), 0);
		ck_assert_int_eq(ms, t);
	}
}
END_TEST

START_TEST(times_are_printed_in_their_zone)
{
	char text[32];

	ck_assert_str_eq(num_format_time(text, 24, july_ms, 28800, false), "2025-07-15 21:00");
	ck_assert_str_eq(num_format_time(text, 24, july_ms + 5000, -3600, true),
			 "2025-07-15 12:00:05");
	ck_assert_str_eq(num_format_utc(text, 32, july_ms), "2025-07-15T13:00:00.000Z");
	ck_assert_str_eq(num_format_utc(text, 32, -1), "1969-12-31T23:59:59.999Z");
	/* the ends of the range do not overrun */
	num_format_time(text, 24, INT64_MAX, 86399, true);
	ck_assert_uint_lt(strlen(text), 24);
	num_format_utc(text, 32, INT64_MIN);
	ck_assert_uint_lt(strlen(text), 32);
}
END_TEST

START_TEST(known_dates_have_their_day_numbers)
{
	static const struct {
		int y, m, d;
		int64_t days;
	} cases[] = {{1970, 1, 1, 0},	     {2000, 3, 1, 11017},    {1601, 1, 1, -134774},
		     {1600, 2, 29, -135081}, {1900, 3, 1, -25508},   {2025, 7, 15, 20284},
		     {2400, 2, 29, 157113},  {2425, 12, 31, 166550}, {0, 3, 1, -719468}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int y, m, d;

		ck_assert_int_eq(num_days_from_civil(cases[i].y, cases[i].m, cases[i].d),
				 cases[i].days);
		num_civil_from_days(cases[i].days, &y, &m, &d);
		ck_assert(y == cases[i].y && m == cases[i].m && d == cases[i].d);
	}
}
END_TEST

static int month_length(int y, int m)
{
	if (m == 2)
		return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0 ? 29 : 28;
	return m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31;
}

/* Every single day of 400 years each way, counted by the calendar's own rule. */
START_TEST(days_count_up_one_by_one_over_eight_centuries)
{
	int64_t days = num_days_from_civil(1570, 1, 1);

	for (int y = 1570; y <= 2370; y++) {
		for (int m = 1; m <= 12; m++) {
			for (int d = 1; d <= month_length(y, m); d++, days++) {
				int cy, cm, cd;

				num_civil_from_days(days, &cy, &cm, &cd);
				if (num_days_from_civil(y, m, d) != days || cy != y || cm != m ||
				    cd != d)
					ck_abort_msg("%04d-%02d-%02d", y, m, d);
			}
		}
	}
	ck_assert_int_eq(days, num_days_from_civil(2371, 1, 1));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("time");
	TCase *t = tcase_create("time");

	tcase_add_test(t, zones_seconds_and_fractions_are_understood);
	tcase_add_test(t, a_time_without_zone_needs_a_default);
	tcase_add_test(t, what_is_no_time_is_malformed);
	tcase_add_test(t, fields_out_of_range_are_invalid);
	tcase_add_test(t, every_time_reads_back_as_it_was_printed);
	tcase_add_test(t, times_are_printed_in_their_zone);
	tcase_add_test(t, known_dates_have_their_day_numbers);
	tcase_add_test(t, days_count_up_one_by_one_over_eight_centuries);
	suite_add_tcase(s, t);
	return run_suite(s);
}
