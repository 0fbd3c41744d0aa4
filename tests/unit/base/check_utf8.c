#include "base/utf8.h"

#include <check.h>
#include <string.h>

#include "testlib/run.h"

START_TEST(well_formed_characters_have_their_length)
{
	ck_assert_uint_eq(utf8_printable("a"), 1);
	ck_assert_uint_eq(utf8_printable("é"), 2);
	ck_assert_uint_eq(utf8_printable("电"), 3);
	ck_assert_uint_eq(utf8_printable("\xf0\x9f\x94\x8b"), 4);
	ck_assert_uint_eq(utf8_printable("\xf4\x8f\xbf\xbf"), 4);
}
END_TEST

START_TEST(what_is_malformed_or_drives_a_terminal_is_not_printable)
{
	static const char *const bad[] = {"",
					  "\n",
					  "\x1b",
					  "\x7f",
					  "\x80",
					  "\xc0\x80",
					  "\xc1\xbf",
					  "\xc2\x9b",
					  "\xc3",
					  "\xc3(",
					  "\xe0\x80\x80",
					  "\xe7\x94",
					  "\xed\xa0\x80",
					  "\xf0\x80\x80\x80",
					  "\xf4\x90\x80\x80",
					  "\xf8\x88\x80\x80\x80",
					  "\xff",
					  "\xe2\x80\xa8",
					  "\xe2\x80\xae",
					  "\xe2\x81\xa6"};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_uint_eq(utf8_printable(bad[i]), 0);
}
END_TEST

START_TEST(cuts_fall_between_characters)
{
	static const size_t want[] = {0, 1, 1, 1, 4, 4, 6, 6, 6, 6, 10};
	const char *s = "a电é\xf0\x9f\x94\x8b";

	for (size_t n = 0; n < ARRAY_SIZE(want); n++)
		ck_assert_uint_eq(utf8_cut(s, n), want[n]);
	ck_assert_uint_eq(utf8_cut("\x80\x80\x80\x80\x80\x80", 5), 2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("utf8");
	TCase *t = tcase_create("utf8");

	tcase_add_test(t, well_formed_characters_have_their_length);
	tcase_add_test(t, what_is_malformed_or_drives_a_terminal_is_not_printable);
	tcase_add_test(t, cuts_fall_between_characters);
	suite_add_tcase(s, t);
	return run_suite(s);
}
