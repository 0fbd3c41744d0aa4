/* CSV files: which rows come, and how each fault is told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "common/csvtable.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

static struct buf seen;

static int note_row(void *arg, const struct csvtable_row *row)
{
	(void)arg;
	(void)buf_printf(&seen, "%zu:%s|%s;", row->line, row->field[0], row->field[1]);
	return strcmp(row->field[0], "stop") == 0 ? csvtable_complain(row, ERR_STALE, "enough", "")
						  : 0;
}

static const char *const columns[] = {"b", "a"};
static const struct csvtable_want want = {.column = columns, .n = 2, .row = note_row};

static int parse(const char *text, struct fault *f)
{
	char *copy = strdup(text);
	int r;

	buf_reset(&seen);
	r = csvtable_parse("x.csv", copy, &want, f);
	free(copy);
	return r;
}

static void setup(void)
{
	buf_init(&seen, 0);
}

START_TEST(rows_come_by_column_names_unquoted_and_with_their_lines)
{
	struct fault f = {0};

	ck_assert_int_eq(parse("\xef\xbb\xbf"
			       "a,\"x,\"\"y\",b\r\n"
			       "1,,2\r\n"
			       "\r\n"
			       "\n"
			       "\"q\"\"uote\",z,\"a,b\"\n"
			       ",,\n"
			       "7,8,9,10",
			       &f),
			 0);
	ck_assert_str_eq(buf_str(&seen), "2:2|1;5:a,b|q\"uote;6:|;7:9|7;");
}
END_TEST

START_TEST(faults_name_file_and_line)
{
	static const struct {
		const char *text, *says;
		int code;
	} wrong[] = {
		{"a,c\n1,2\n", "x.csv:1: no column 'b'", ERR_NOTFOUND},
		{"\n1,2\n", "x.csv:1: no column 'b'", ERR_NOTFOUND},
		{"a,b\n1,2\n3\n", "x.csv:3: too few columns: '3'", ERR_MALFORMED},
		{"a,b\n\n1,\"2\n", "x.csv:3: a quote is not closed: '\"2'", ERR_MALFORMED},
		{"a,b\nx,1\n1,stop\n4,5\n", "x.csv:3: enough ''", ERR_STALE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct fault f = {0};

		ck_assert_int_eq(parse(wrong[i].text, &f), wrong[i].code);
		ck_assert_str_eq(f.text, wrong[i].says);
	}
}
END_TEST

START_TEST(too_many_columns_are_refused)
{
	struct fault f = {0};
	struct buf b;

	buf_init(&b, 0);
	(void)buf_printf(&b, "a,b");
	for (int i = 2; i <= CSVTABLE_COLUMNS_MAX; i++)
		(void)buf_printf(&b, ",c%d", i);
	ck_assert_int_eq(parse(buf_str(&b), &f), ERR_FULL);
	buf_fini(&b);
}
END_TEST

START_TEST(files_are_read_and_what_is_no_text_is_refused)
{
	char *path = tmpdir_path(tmpdir_new(), "t.csv");
	FILE *file = fopen(path, "we");
	struct fault f = {0};

	ck_assert_ptr_nonnull(file);
	(void)fputs("a,b\n1,2\n", file);
	(void)fclose(file);
	ck_assert_int_eq(csvtable_read(path, &want, &f), 0);
	ck_assert_str_eq(buf_str(&seen), "2:2|1;");
	file = fopen(path, "we");
	(void)fwrite("a,b\n1\0,2\n", 1, 9, file);
	(void)fclose(file);
	ck_assert_int_eq(csvtable_read(path, &want, &f), ERR_MALFORMED);
	ck_assert_ptr_nonnull(strstr(f.text, "not a text file"));
	ck_assert_int_eq(csvtable_read("/nowhere/t.csv", &want, &f), -ENOENT);
	free(path);
}
END_TEST

START_TEST(times_are_utc_or_local_and_a_skipped_one_is_refused)
{
	static const struct {
		const char *text;
		int64_t ms; /* 0 = refused */
	} of[] = {
		{"2025-03-30T00:30Z", 1743294600000},
		{"2025-03-30T01:30", 1743294600000},
		{"2025-03-30 03:00:30", 1743296430000},
		{"2025-03-30T02:30", 0},	     /* the clock goes from 2 to 3 */
		{"2025-10-26T02:30", 1761438600000}, /* twice: the first */
		{"1960-01-01T00:00", -315622800000},
		{"noon", 0},
	};
	struct fault f = {0};
	struct csvtable_row row = {.path = "x.csv", .line = 4, .fault = &f};
	const struct zone *berlin;

	ck_assert_int_eq(zone_load("Europe/Berlin", &berlin), 0);
	for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
		int64_t t = 0;

		ck_assert_msg((csvtable_time(&row, of[i].text, berlin, &t) == 0) == (of[i].ms != 0),
			      "%s", of[i].text);
		ck_assert_int_eq(t, of[i].ms);
	}
	ck_assert_str_eq(f.text, "x.csv:4: not a time: 'noon'");
	zone_unload_all();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("csvtable");
	TCase *tc = tcase_create("csvtable");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, rows_come_by_column_names_unquoted_and_with_their_lines);
	tcase_add_test(tc, faults_name_file_and_line);
	tcase_add_test(tc, too_many_columns_are_refused);
	tcase_add_test(tc, files_are_read_and_what_is_no_text_is_refused);
	tcase_add_test(tc, times_are_utc_or_local_and_a_skipped_one_is_refused);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
