#include "base/err.h"

#include <check.h>
#include <limits.h>
#include <string.h>

#include "testlib/run.h"

static const int codes[] = {
#define X(id, number, name, text) id,
	ERR_LIST(X)
#undef X
};

START_TEST(codes_and_names_are_unique_and_known)
{
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		ck_assert_int_le(codes[i], -1000);
		ck_assert_str_ne(err_name(codes[i]), "UNKNOWN");
		ck_assert_str_ne(err_text(codes[i]), "unknown error");
		for (size_t k = 0; k < i; k++) {
			ck_assert_int_ne(codes[i], codes[k]);
			ck_assert_str_ne(err_name(codes[i]), err_name(codes[k]));
		}
	}
}
END_TEST

START_TEST(system_errors_have_their_names)
{
	ck_assert_str_eq(err_name(-ENOENT), "ENOENT");
	ck_assert_str_eq(err_name(-ENOMEM), "ENOMEM");
	ck_assert_str_eq(err_text(-ENOENT), "No such file or directory");
	ck_assert_str_eq(err_name(ERR_INVALID), "INVALID");
	ck_assert_str_eq(err_name(0), "OK");
}
END_TEST

START_TEST(strange_codes_are_unknown_not_null)
{
	static const int strange[] = {1, ENOENT, -999, -5000, INT_MIN, INT_MAX};

	for (size_t i = 0; i < ARRAY_SIZE(strange); i++) {
		ck_assert_str_eq(err_name(strange[i]), "UNKNOWN");
		ck_assert_str_eq(err_text(strange[i]), "unknown error");
	}
}
END_TEST

START_TEST(a_fault_is_prefixed_on_its_way_out)
{
	struct fault f = {0};

	ck_assert_int_eq(fault_set(&f, ERR_INVALID, "%s is above %s", "soc_min", "soc_max"),
			 ERR_INVALID);
	ck_assert_int_eq(fault_prefix(&f, "sites[%d]", 2), ERR_INVALID);
	ck_assert_int_eq(fault_prefix(&f, "a.yaml:31:7"), ERR_INVALID);
	ck_assert_str_eq(f.text, "a.yaml:31:7: sites[2]: soc_min is above soc_max");
	ck_assert_int_eq(f.code, ERR_INVALID);
}
END_TEST

START_TEST(no_fault_is_not_prefixed)
{
	struct fault f = {0};

	ck_assert_int_eq(fault_prefix(&f, "x"), 0);
	ck_assert_str_eq(f.text, "");
	ck_assert_int_eq(fault_prefix(NULL, "x"), 0);
	ck_assert_int_eq(fault_set(NULL, ERR_STALE, "x"), ERR_STALE);
}
END_TEST

START_TEST(a_fault_may_quote_itself)
{
	struct fault f = {0};

	fault_set(&f, ERR_STALE, "inner");
	fault_set(&f, ERR_STALE, "<%s>", f.text);
	ck_assert_str_eq(f.text, "<inner>");
	fault_prefix(&f, "%s", f.text);
	ck_assert_str_eq(f.text, "<inner>: <inner>");
}
END_TEST

/* Text that just fits stays whole; one byte more is cut, between characters, and shows it. */
START_TEST(long_text_is_cut_between_characters)
{
	char text[sizeof(((struct fault *)NULL)->text) + 8];
	struct fault f = {0};
	size_t fits = sizeof(f.text) - 1;

	memset(text, 'x', sizeof(text));
	text[fits] = '\0';
	fault_set(&f, ERR_STALE, "%s", text);
	ck_assert_str_eq(f.text, text);
	for (size_t lead = 0; lead < 4; lead++) {
		memset(text, 'x', sizeof(text));
		for (size_t i = lead; i + 3 < sizeof(text); i += 3)
			memcpy(text + i, "电", 3);
		text[sizeof(text) - 1] = '\0';
		fault_set(&f, ERR_STALE, "%s", text);
		ck_assert_uint_le(strlen(f.text), fits);
		ck_assert_str_eq(f.text + strlen(f.text) - 3, "…");
		ck_assert_uint_eq((strlen(f.text) - 3 - lead) % 3, 0);
		ck_assert_mem_eq(f.text, text, strlen(f.text) - 3);
	}
}
END_TEST

START_TEST(a_prefix_cuts_the_tail_not_itself)
{
	char text[300];
	struct fault f = {0};

	memset(text, 'y', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	fault_set(&f, ERR_STALE, "%.230s", text);
	fault_prefix(&f, "sichuan.yaml:31:7");
	ck_assert_ptr_eq(strstr(f.text, "sichuan.yaml:31:7: yyy"), f.text);
	ck_assert_str_eq(f.text + strlen(f.text) - 3, "…");
	fault_prefix(&f, "%s", text);
	ck_assert_str_eq(f.text + strlen(f.text) - 3, "…");
	ck_assert_uint_lt(strlen(f.text), sizeof(f.text));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("err");
	TCase *t = tcase_create("err");

	tcase_add_test(t, codes_and_names_are_unique_and_known);
	tcase_add_test(t, system_errors_have_their_names);
	tcase_add_test(t, strange_codes_are_unknown_not_null);
	tcase_add_test(t, a_fault_is_prefixed_on_its_way_out);
	tcase_add_test(t, no_fault_is_not_prefixed);
	tcase_add_test(t, a_fault_may_quote_itself);
	tcase_add_test(t, long_text_is_cut_between_characters);
	tcase_add_test(t, a_prefix_cuts_the_tail_not_itself);
	suite_add_tcase(s, t);
	return run_suite(s);
}
