#include "model/units.h"

#include <check.h>
#include <string.h>

#include "testlib/rng.h"
#include "testlib/run.h"

START_TEST(names_are_those_of_the_wire_and_none_is_missing)
{
	ck_assert_str_eq(quality_name(QUALITY_OK), "ok");
	ck_assert_str_eq(quality_name(QUALITY_ESTIMATED), "estimated");
	ck_assert_str_eq(quality_name(QUALITY_MISSING), "missing");
	ck_assert_str_eq(quality_name(QUALITY_BAD), "bad");
	ck_assert_str_eq(quality_name((enum quality)4), "?");
	ck_assert_str_eq(quality_name((enum quality) - 1), "?");
	for (int u = UNIT_NONE + 1; u <= UNIT_LAST; u++)
		ck_assert_msg(strcmp(unit_name((enum unit)u), "?") && unit_name((enum unit)u)[0],
			      "unit %d", u);
	ck_assert_str_eq(unit_name(UNIT_W), "W");
	ck_assert_str_eq(unit_name(UNIT_PER_UNIT), "per_unit");
	ck_assert_str_eq(unit_name((enum unit)(UNIT_LAST + 1)), "?");
	ck_assert_str_eq(direction_name(DIRECTION_UP), "up");
	ck_assert_str_eq(direction_name(DIRECTION_DN), "dn");
	ck_assert_str_eq(direction_name((enum direction)3), "?");
}
END_TEST

START_TEST(energy_is_power_times_time_rounded_half_away_from_zero)
{
	static const struct {
		int64_t power_w, span_ms, want_wh;
	} cases[] = {
		{1000, MS_PER_H, 1000},
		{1000, 15 * MS_PER_MIN, 250},
		{1, 30 * MS_PER_MIN, 1},
		{-1, 30 * MS_PER_MIN, -1},
		{1, 30 * MS_PER_MIN - 1, 0},
		{-1, 30 * MS_PER_MIN - 1, 0},
		{3, 30 * MS_PER_MIN, 2},
		{-3, 30 * MS_PER_MIN, -2},
		{0, MS_PER_H, 0},
		{1000, 0, 0},
		{1000, -MS_PER_H, -1000},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_int_eq(energy_of_power(cases[i].power_w, cases[i].span_ms),
				 cases[i].want_wh);
}
END_TEST

START_TEST(money_is_energy_times_price_rounded_half_away_from_zero)
{
	/* 1 MWh at 0.6 yuan = 600 yuan */
	ck_assert_int_eq(money_of_energy(1000000, 6000), 6000000);
	ck_assert_int_eq(money_of_energy(1, 500), 1);
	ck_assert_int_eq(money_of_energy(1, 499), 0);
	ck_assert_int_eq(money_of_energy(-1, 500), -1);
	ck_assert_int_eq(money_of_energy(1, -500), -1);
	ck_assert_int_eq(money_of_energy(1, -499), 0);
}
END_TEST

START_TEST(results_beyond_the_scale_stick_at_its_ends)
{
	ck_assert_int_eq(energy_of_power(INT64_MAX, MS_PER_H), INT64_MAX);
	ck_assert_int_eq(energy_of_power(INT64_MIN, MS_PER_H), INT64_MIN);
	ck_assert_int_eq(energy_of_power(INT64_MAX, INT64_MAX), INT64_MAX);
	ck_assert_int_eq(energy_of_power(INT64_MIN, INT64_MAX), INT64_MIN);
	ck_assert_int_eq(energy_of_power(INT64_MIN, INT64_MIN), INT64_MAX);
	ck_assert_int_eq(money_of_energy(INT64_MAX, 1001), INT64_MAX);
	ck_assert_int_eq(money_of_energy(INT64_MAX, -1001), INT64_MIN);
	ck_assert_int_eq(money_of_energy(INT64_MAX, 1000), INT64_MAX);
}
END_TEST

START_TEST(rounding_is_odd_and_never_off_by_more_than_half)
{
	struct rng r;

	rng_init(&r, rng_seed(0x0dd));
	for (int i = 0; i < 100000; i++) {
		int64_t p = rng_range(&r, -1000000000, 1000000000);
		int64_t t = rng_range(&r, 0, MS_PER_DAY);
		int64_t e = energy_of_power(p, t);
		__int128 error = (__int128)e * MS_PER_H - (__int128)p * t;

		ck_assert_int_eq(energy_of_power(-p, t), -e);
		ck_assert(2 * (error < 0 ? -error : error) <= MS_PER_H);
	}
}
END_TEST

START_TEST(ids_are_short_and_lower_case)
{
	static const char *const good[] = {
		"a",	"bess", "sc-tou-2023",
		"pv_1", "3.x",	"123456789012345678901234567890123456789012345678901234567890123"};
	static const char *const bad[] = {
		"",    "A",
		"a b", "a/b",
		"ä",   "a\n",
		"a\"", "1234567890123456789012345678901234567890123456789012345678901234"};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		ck_assert_msg(id_is_valid(good[i]), "%s", good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!id_is_valid(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(point_names_are_ids_joined_by_slashes)
{
	char longest[NAME_MAX_B + 1];

	ck_assert(point_name_is_valid("hongyuan/pcc.power"));
	ck_assert(point_name_is_valid("a"));
	ck_assert(point_name_is_valid("a/b/c"));
	ck_assert(!point_name_is_valid(""));
	ck_assert(!point_name_is_valid("/a"));
	ck_assert(!point_name_is_valid("a/"));
	ck_assert(!point_name_is_valid("a//b"));
	ck_assert(!point_name_is_valid("a/B"));
	memset(longest, 'x', sizeof(longest));
	longest[40] = longest[70] = '/';
	longest[NAME_MAX_B - 1] = '\0';
	ck_assert(point_name_is_valid(longest));
	longest[NAME_MAX_B - 1] = 'x';
	longest[NAME_MAX_B] = '\0';
	ck_assert(!point_name_is_valid(longest));
	/* each part is an id */
	memset(longest, 'x', ID_MAX);
	longest[ID_MAX] = '\0';
	ck_assert(!point_name_is_valid(longest));
}
END_TEST

static bool valid(const char *s)
{
	return text_is_valid(s, strlen(s));
}

START_TEST(texts_are_utf8_without_control_bytes)
{
	ck_assert(valid("") && valid("保电 \"x\"\t\n") && valid("\xf4\x8f\xbf\xbf"));
	ck_assert(!valid("\x01") && !valid("\x1b[0m") && !valid("\x7f") && !valid("\r"));
	ck_assert(!text_is_valid("a\0b", 3));
	ck_assert(!valid("\x80") && !valid("\xc0\x80") && !valid("\xe0\x80\x80"));
	ck_assert(!valid("\xed\xa0\x80") && !valid("\xf4\x90\x80\x80") &&
		  !valid("\xf5\x80\x80\x80"));
	ck_assert(!valid("\xe4\xbf") && !text_is_valid("\xe4\xbf\x9d", 2));
	ck_assert(!valid("\xff") && !valid("\xc3("));
}
END_TEST

/* Against the definition: what encodes a code point, and only that, is valid. */
START_TEST(every_code_point_is_valid_in_its_one_form)
{
	char s[4];

	for (uint32_t c = 0x20; c <= 0x10ffff; c++) {
		size_t n;
		if (c < 0x80) {
			s[0] = (char)c;
			n = 1;
		} else if (c < 0x800) {
			s[0] = (char)(0xc0 | c >> 6);
			s[1] = (char)(0x80 | (c & 0x3f));
			n = 2;
		} else if (c < 0x10000) {
			s[0] = (char)(0xe0 | c >> 12);
			s[1] = (char)(0x80 | (c >> 6 & 0x3f));
			s[2] = (char)(0x80 | (c & 0x3f));
			n = 3;
		} else {
			s[0] = (char)(0xf0 | c >> 18);
			s[1] = (char)(0x80 | (c >> 12 & 0x3f));
			s[2] = (char)(0x80 | (c >> 6 & 0x3f));
			s[3] = (char)(0x80 | (c & 0x3f));
			n = 4;
		}
		bool surrogate = c >= 0xd800 && c <= 0xdfff;
		if (text_is_valid(s, n) != (c != 0x7f && !surrogate))
			ck_abort_msg("U+%04X", c);
		if (n > 1 && text_is_valid(s, n - 1))
			ck_abort_msg("U+%04X cut", c);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("units");
	TCase *t = tcase_create("units");

	tcase_add_test(t, names_are_those_of_the_wire_and_none_is_missing);
	tcase_add_test(t, energy_is_power_times_time_rounded_half_away_from_zero);
	tcase_add_test(t, money_is_energy_times_price_rounded_half_away_from_zero);
	tcase_add_test(t, results_beyond_the_scale_stick_at_its_ends);
	tcase_add_test(t, rounding_is_odd_and_never_off_by_more_than_half);
	tcase_add_test(t, ids_are_short_and_lower_case);
	tcase_add_test(t, point_names_are_ids_joined_by_slashes);
	tcase_add_test(t, texts_are_utf8_without_control_bytes);
	tcase_add_test(t, every_code_point_is_valid_in_its_one_form);
	suite_add_tcase(s, t);
	return run_suite(s);
}
