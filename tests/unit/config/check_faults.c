#include "config/faults.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "config/word.h"
#include "testlib/heap.h"
#include "testlib/run.h"

static struct fault_list l;

static void setup(void)
{
	fault_list_init(&l);
}

static void teardown(void)
{
	fault_list_fini(&l);
}

static const char *shown(size_t i)
{
	static char text[800];

	ck_assert_uint_lt(i, l.n);
	return conf_fault_format(&l.at[i], text, sizeof(text));
}

START_TEST(a_fault_is_shown_with_the_place_it_has)
{
	ck_assert(fault_list_is_empty(&l));
	fault_list_add(&l, (struct conf_mark){"a.yaml", 3, 7}, "x: %d is wrong", 5);
	fault_list_add(&l, (struct conf_mark){"a.yaml", 0, 0}, "cannot be read");
	fault_list_add(&l, (struct conf_mark){NULL, 3, 7}, "nowhere");
	ck_assert(!fault_list_is_empty(&l));
	ck_assert_str_eq(shown(0), "a.yaml:3:7: x: 5 is wrong");
	ck_assert_str_eq(shown(1), "a.yaml: cannot be read");
	ck_assert_str_eq(shown(2), "nowhere");
}
END_TEST

START_TEST(sorting_is_by_files_as_they_came_then_lines_then_columns)
{
	static const struct {
		const char *file;
		int line, col;
		const char *text;
	} in[] = {
		{"z", 9, 1, "z9"}, {"a", 2, 1, "a2"}, {"z", 1, 5, "z1.5"}, {"a", 1, 1, "a1"},
		{"z", 1, 2, "x"},  {"z", 1, 2, "y"},  {NULL, 0, 0, "no"},  {"z", 10, 1, "z10"},
	};
	static const char *const out[] = {"z:1:2: x",	 "z:1:2: y",  "z:1:5: z1.5", "z:9:1: z9",
					  "z:10:1: z10", "a:1:1: a1", "a:2:1: a2",   "no"};

	for (size_t i = 0; i < ARRAY_SIZE(in); i++)
		fault_list_add(&l, (struct conf_mark){in[i].file, in[i].line, in[i].col}, "%s",
			       in[i].text);
	fault_list_sort(&l);
	for (size_t i = 0; i < ARRAY_SIZE(out); i++)
		ck_assert_str_eq(shown(i), out[i]);
}
END_TEST

START_TEST(faults_beyond_the_limit_are_counted)
{
	for (int i = 0; i < FAULTS_MAX + 7; i++)
		fault_list_add(&l, (struct conf_mark){"f", i + 1, 1}, "fault");
	ck_assert_uint_eq(l.n, FAULTS_MAX);
	ck_assert_uint_eq(l.n_dropped, 7);
	fault_list_sort(&l);
	ck_assert_int_eq(l.at[FAULTS_MAX - 1].line, FAULTS_MAX);
}
END_TEST

START_TEST(a_long_text_is_cut_between_characters)
{
	char text[3000] = "";
	const char *p;

	for (size_t i = 0; i + 4 < sizeof(text); i += 3)
		memcpy(text + i, "电", 4);
	for (size_t shift = 0; shift < 3; shift++)
		fault_list_add(&l, (struct conf_mark){0}, "%.*s%s", (int)shift, "ab", text);
	for (size_t i = 0; i < l.n; i++) {
		ck_assert_uint_lt(strlen(l.at[i].text), 700);
		for (p = l.at[i].text; *p; p += utf8_printable(p))
			ck_assert_uint_gt(utf8_printable(p), 0);
		ck_assert_str_eq(p - strlen("…"), "…");
	}
}
END_TEST

START_TEST(a_fault_without_memory_is_counted)
{
	for (long k = 1;; k++) {
		bool failed;

		fault_list_init(&l);
		heap_fail_at(k);
		fault_list_add(&l, (struct conf_mark){"f", 1, 1}, "fault");
		failed = heap_stop();
		ck_assert(!fault_list_is_empty(&l));
		ck_assert_uint_eq(l.n, failed ? 0 : 1);
		ck_assert_uint_eq(l.n_dropped, failed ? 1 : 0);
		fault_list_fini(&l);
		if (!failed)
			break;
		ck_assert_int_lt(k, 10);
	}
}
END_TEST

START_TEST(sorting_without_memory_keeps_all)
{
	for (long k = 1; k <= 2; k++) {
		fault_list_add(&l, (struct conf_mark){"f", 2, 1}, "second");
		fault_list_add(&l, (struct conf_mark){"f", 1, 1}, "first");
		heap_fail_at(k);
		fault_list_sort(&l);
		ck_assert(heap_stop());
		ck_assert_uint_eq(l.n, 2 * (size_t)k);
	}
}
END_TEST

START_TEST(foreign_words_are_shown_safely)
{
	char out[20];

	ck_assert_str_eq(word_show("电 price", out, sizeof(out)), "电 price");
	ck_assert_str_eq(word_show("a\x1b[31m\n\xff", out, sizeof(out)), "a?[31m??");
	ck_assert_str_eq(word_show("0123456789abcdefghij", out, sizeof(out)), "0123456789abcdef…");
	ck_assert_str_eq(word_show("电电电电电电电电", out, sizeof(out)), "电电电电电…");
}
END_TEST

START_TEST(distances_count_edits)
{
	static const struct {
		const char *a, *b;
		int distance;
	} cases[] = {{"", "", 0},
		     {"capacity", "capacity", 0},
		     {"capcity", "capacity", 1},
		     {"cpaacity", "capacity", 1},
		     {"soc_max", "soc_min", 2},
		     {"abc", "", 3},
		     {"", "abcd", 4},
		     {"kitten", "sitting", 3},
		     {"abcdef", "uvwxyz", 5}};
	char far[200];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_int_eq(word_distance(cases[i].a, cases[i].b, 4), cases[i].distance);
		ck_assert_int_eq(word_distance(cases[i].b, cases[i].a, 4), cases[i].distance);
	}
	memset(far, 'a', sizeof(far) - 1);
	far[sizeof(far) - 1] = '\0';
	ck_assert_int_eq(word_distance(far, far, 2), 3);
	ck_assert_int_eq(word_reach("pue"), 1);
	ck_assert_int_eq(word_reach("capacity"), 2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("faults");
	TCase *t = tcase_create("faults");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_fault_is_shown_with_the_place_it_has);
	tcase_add_test(t, sorting_is_by_files_as_they_came_then_lines_then_columns);
	tcase_add_test(t, faults_beyond_the_limit_are_counted);
	tcase_add_test(t, a_long_text_is_cut_between_characters);
	tcase_add_test(t, a_fault_without_memory_is_counted);
	tcase_add_test(t, sorting_without_memory_keeps_all);
	tcase_add_test(t, foreign_words_are_shown_safely);
	tcase_add_test(t, distances_count_edits);
	suite_add_tcase(s, t);
	return run_suite(s);
}
