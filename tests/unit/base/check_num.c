#include "base/num.h"

#include <check.h>
#include <string.h>

#include "base/err.h"
#include "testlib/run.h"

/* What no parser of numbers takes. */
static const char *const hostile[] = {
	"",    " ",    "-",   "+",   "+1",  " 1",    "1 ",   "1\n",   "\t1",  "0x10", "1e",
	"1e+", "１２", "1,5", "1_0", "--1", "1.",    ".5",   "1..2",  "1.2.", "inf",  "-inf",
	"nan", "NaN",  "1d2", "1f",  "٣",   "1\x80", "\xff", "true1", "1kw",  "1e5x", "0b1",
};

START_TEST(hostile_text_is_malformed_and_touches_nothing)
{
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		int64_t x = 77;
		uint64_t u = 77;
		double d = 77;
		bool b = true;

		ck_assert_int_eq(num_parse_i64(hostile[i], INT64_MIN, INT64_MAX, &x),
				 ERR_MALFORMED);
		ck_assert_int_eq(num_parse_double(hostile[i], -1e308, 1e308, &d), ERR_MALFORMED);
		ck_assert_int_eq(num_parse_duration_ms(hostile[i], &x), ERR_MALFORMED);
		ck_assert_int_eq(num_parse_size(hostile[i], &u), ERR_MALFORMED);
		ck_assert_int_eq(num_parse_power_w(hostile[i], &x), ERR_MALFORMED);
		ck_assert_int_eq(num_parse_time_ms(hostile[i], 0, &x), ERR_MALFORMED);
		ck_assert_int_eq(num_parse_bool(hostile[i], &b), ERR_MALFORMED);
		ck_assert_int_eq(x, 77);
		ck_assert_uint_eq(u, 77);
		ck_assert(b && d >= 77 && d <= 77);
	}
}
END_TEST

START_TEST(integers_keep_their_range)
{
	int64_t x = 77;

	ck_assert_int_eq(num_parse_i64("9223372036854775807", INT64_MIN, INT64_MAX, &x), 0);
	ck_assert_int_eq(x, INT64_MAX);
	ck_assert_int_eq(num_parse_i64("-9223372036854775808", INT64_MIN, INT64_MAX, &x), 0);
	ck_assert(x == INT64_MIN);
	ck_assert_int_eq(num_parse_i64("9223372036854775808", INT64_MIN, INT64_MAX, &x),
			 ERR_INVALID);
	ck_assert_int_eq(num_parse_i64("-9223372036854775809", INT64_MIN, INT64_MAX, &x),
			 ERR_INVALID);
	ck_assert_int_eq(num_parse_i64("99999999999999999999999", 0, 1, &x), ERR_INVALID);
	ck_assert_int_eq(num_parse_i64("99999999999999999999999x", 0, 1, &x), ERR_MALFORMED);
	ck_assert_int_eq(num_parse_i64("1.0", 0, 1, &x), ERR_MALFORMED);
	ck_assert_int_eq(num_parse_i64("5", 1, 4, &x), ERR_INVALID);
	ck_assert_int_eq(num_parse_i64("0", 1, 4, &x), ERR_INVALID);
	ck_assert_int_eq(num_parse_i64("4", 1, 4, &x), 0);
	ck_assert_int_eq(num_parse_i64("007", 0, 10, &x), 0);
	ck_assert_int_eq(x, 7);
	ck_assert_int_eq(num_parse_i64("-0", 0, 10, &x), 0);
	ck_assert_int_eq(x, 0);
}
END_TEST

START_TEST(doubles_are_finite_decimals)
{
	double d = 77;

	ck_assert_int_eq(num_parse_double("-12.50e1", -1e9, 1e9, &d), 0);
	ck_assert_double_eq_tol(d, -125, 1e-12);
	ck_assert_int_eq(num_parse_double("1E-3", -1e9, 1e9, &d), 0);
	ck_assert_double_eq_tol(d, 0.001, 1e-18);
	ck_assert_int_eq(num_parse_double("1e309", -1e308, 1e308, &d), ERR_INVALID);
	ck_assert_int_eq(num_parse_double("-1e309", -1e308, 1e308, &d), ERR_INVALID);
	ck_assert_int_eq(num_parse_double("1e99999999999", -1e308, 1e308, &d), ERR_INVALID);
	ck_assert_int_eq(num_parse_double("1.01", 0, 1, &d), ERR_INVALID);
	ck_assert_int_eq(num_parse_double("1e-999", 0, 1, &d), 0);
	ck_assert_int_eq(num_parse_double("1", 0, 1, &d), 0);
}
END_TEST

START_TEST(booleans_are_six_words)
{
	static const char *const yes[] = {"true", "yes", "on"}, *const no[] = {"false", "no",
									       "off"};
	bool b;

	for (size_t i = 0; i < 3; i++) {
		b = false;
		ck_assert_int_eq(num_parse_bool(yes[i], &b), 0);
		ck_assert(b);
		ck_assert_int_eq(num_parse_bool(no[i], &b), 0);
		ck_assert(!b);
	}
	ck_assert_int_eq(num_parse_bool("True", &b), ERR_MALFORMED);
	ck_assert_int_eq(num_parse_bool("1", &b), ERR_MALFORMED);
}
END_TEST

static int64_t duration(const char *s)
{
	int64_t ms = -77;
	int r = num_parse_duration_ms(s, &ms);

	return r < 0 ? r : ms;
}

START_TEST(durations_need_a_unit_and_are_exact)
{
	ck_assert_int_eq(duration("90s"), 90000);
	ck_assert_int_eq(duration("15min"), 900000);
	ck_assert_int_eq(duration("2h"), 7200000);
	ck_assert_int_eq(duration("1d"), 86400000);
	ck_assert_int_eq(duration("250ms"), 250);
	ck_assert_int_eq(duration("1.5h"), 5400000);
	ck_assert_int_eq(duration("0s"), 0);
	ck_assert_int_eq(duration("0.5ms"), ERR_INVALID);
	ck_assert_int_eq(duration("-1s"), ERR_INVALID);
	ck_assert_int_eq(duration("9223372036854775807ms"), INT64_MAX);
	ck_assert_int_eq(duration("9223372036854775808ms"), ERR_INVALID);
	ck_assert_int_eq(duration("106751991168d"), ERR_INVALID);
	ck_assert_int_eq(duration("90"), ERR_MALFORMED);
	ck_assert_int_eq(duration("90 s"), ERR_MALFORMED);
	ck_assert_int_eq(duration("90S"), ERR_MALFORMED);
	ck_assert_int_eq(duration("1h30min"), ERR_MALFORMED);
	ck_assert_int_eq(duration("1e3s"), ERR_MALFORMED);
	ck_assert_int_eq(duration("s"), ERR_MALFORMED);
}
END_TEST

START_TEST(sizes_are_binary)
{
	uint64_t n = 77;

	ck_assert_int_eq(num_parse_size("64KiB", &n), 0);
	ck_assert_uint_eq(n, 65536);
	ck_assert_int_eq(num_parse_size("2GiB", &n), 0);
	ck_assert_uint_eq(n, UINT64_C(2) << 30);
	ck_assert_int_eq(num_parse_size("100", &n), 0);
	ck_assert_uint_eq(n, 100);
	ck_assert_int_eq(num_parse_size("0.5MiB", &n), 0);
	ck_assert_uint_eq(n, 524288);
	ck_assert_int_eq(num_parse_size("18446744073709551615", &n), 0);
	ck_assert_uint_eq(n, UINT64_MAX);
	ck_assert_int_eq(num_parse_size("18446744073709551616", &n), ERR_INVALID);
	ck_assert_int_eq(num_parse_size("16777216TiB", &n), ERR_INVALID);
	ck_assert_int_eq(num_parse_size("-1", &n), ERR_INVALID);
	ck_assert_int_eq(num_parse_size("64kB", &n), ERR_MALFORMED);
	ck_assert_int_eq(num_parse_size("64K", &n), ERR_MALFORMED);
}
END_TEST

static int64_t power(const char *s)
{
	int64_t w = -77;
	int r = num_parse_power_w(s, &w);

	return r < 0 ? r : w;
}

START_TEST(power_is_exact_to_the_watt)
{
	ck_assert_int_eq(power("12kW"), 12000);
	ck_assert_int_eq(power("1.5MW"), 1500000);
	ck_assert_int_eq(power("300W"), 300);
	ck_assert_int_eq(power("-2MW"), -2000000);
	ck_assert_int_eq(power("-0.000001MW"), -1);
	ck_assert_int_eq(power("0.001kW"), 1);
	ck_assert_int_eq(power("1.000000000000000000000000MW"), 1000000);
	ck_assert_int_eq(power("0.0001kW"), ERR_INVALID);
	ck_assert_int_eq(power("0.5W"), ERR_INVALID);
	ck_assert_int_eq(power("1.0000000000000000001MW"), ERR_INVALID);
	ck_assert_int_eq(power("-9223372036854775808W"), INT64_MIN);
	ck_assert_int_eq(power("9223372036854775808W"), ERR_INVALID);
	ck_assert_int_eq(power("9223372037GW"), ERR_INVALID);
	ck_assert_int_eq(power("1.5"), ERR_MALFORMED);
	ck_assert_int_eq(power("1.5mW"), ERR_MALFORMED);
	ck_assert_int_eq(power("1.5 MW"), ERR_MALFORMED);
	ck_assert_int_eq(power("1,5MW"), ERR_MALFORMED);
}
END_TEST

START_TEST(power_is_shown_with_four_digits)
{
	static const struct {
		int64_t w;
		const char *text;
	} cases[] = {
		{0, "0 W"},
		{45, "45 W"},
		{-999, "-999 W"},
		{1000, "1 kW"},
		{1250, "1.25 kW"},
		{-300000, "-300 kW"},
		{300500, "300.5 kW"},
		{12344, "12.34 kW"},
		{12345, "12.35 kW"},
		{-12345, "-12.35 kW"},
		{999949, "999.9 kW"},
		{999950, "1.000 MW"},
		{1000000, "1.000 MW"},
		{186400000, "186.4 MW"},
		{9999499, "9.999 MW"},
		{9999500, "10.00 MW"},
		{1001000, "1.001 MW"},
		{50005000, "50.01 MW"},
		{999950000, "1.000 GW"},
		{74186000000, "74.19 GW"},
		{INT64_MIN, "-9223372037 GW"},
	};
	char out[16];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_str_eq(num_format_power(out, sizeof(out), cases[i].w), cases[i].text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("num");
	TCase *t = tcase_create("num");

	tcase_add_test(t, hostile_text_is_malformed_and_touches_nothing);
	tcase_add_test(t, integers_keep_their_range);
	tcase_add_test(t, doubles_are_finite_decimals);
	tcase_add_test(t, booleans_are_six_words);
	tcase_add_test(t, durations_need_a_unit_and_are_exact);
	tcase_add_test(t, sizes_are_binary);
	tcase_add_test(t, power_is_exact_to_the_watt);
	tcase_add_test(t, power_is_shown_with_four_digits);
	suite_add_tcase(s, t);
	return run_suite(s);
}
