#include "config/conf.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "testlib/heap.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

static struct fault_list l;
static struct conf_doc *d;

static void setup(void)
{
	fault_list_init(&l);
	d = NULL;
}

static void teardown(void)
{
	conf_free(d);
	fault_list_fini(&l);
}

static int parse(const char *text)
{
	return conf_parse("f.yaml", text, strlen(text), &d, &l);
}

/* All faults, sorted, one a line. */
static const char *faults(void)
{
	static struct buf b;
	char text[800];

	buf_reset(&b);
	fault_list_sort(&l);
	for (size_t i = 0; i < l.n; i++)
		buf_printf(&b, "%s\n", conf_fault_format(&l.at[i], text, sizeof(text)));
	return buf_str(&b);
}

START_TEST(nodes_know_kind_text_and_place)
{
	const struct conf_node *n;

	ck_assert_int_eq(
		parse("a: 1\n电力: \"x y\"\nlist:\n  - p\n  - {q: ~, r: [1, 2]}\nempty:\n"), 0);
	ck_assert_str_eq(faults(), "");
	ck_assert_str_eq(conf_name(d), "f.yaml");
	n = conf_root(d);
	ck_assert_int_eq(n->kind, CONF_MAP);
	ck_assert_uint_eq(n->n, 4);
	n = conf_entry(conf_root(d), "电力");
	ck_assert_str_eq(n->text, "x y");
	ck_assert_int_eq(n->mark.line, 2);
	ck_assert_int_eq(n->mark.col, 5);
	ck_assert_int_eq(n->key_mark.col, 1);
	n = conf_item(conf_entry(conf_root(d), "list"), 1);
	ck_assert_int_eq(n->kind, CONF_MAP);
	ck_assert_int_eq(conf_entry(n, "q")->kind, CONF_NULL);
	ck_assert_str_eq(conf_item(conf_entry(n, "r"), 1)->text, "2");
	ck_assert_ptr_null(conf_item(conf_entry(n, "r"), 2));
	ck_assert_ptr_null(conf_entry(n, "s"));
	ck_assert_ptr_null(conf_entry(NULL, "s"));
	ck_assert_int_eq(conf_entry(conf_root(d), "empty")->kind, CONF_NULL);
}
END_TEST

START_TEST(places_are_found_by_path)
{
	static const struct {
		const char *path;
		int line, col;
	} cases[] = {
		{"", 1, 1},
		{"sites", 2, 3},
		{"sites[0].id", 2, 9},
		{"sites[0].pv[1].id", 5, 13},
		{"sites[0].pv[1].gone", 5, 9},
		{"sites[0].pv[7]", 4, 7},
		{"sites[1].none", 7, 13},
		{"gone.x[3].y", 1, 1},
		{"sites[0].id.deeper", 2, 9},
		{"empty", 8, 1},
		{"sites[", 2, 5},
		{"..", 1, 1},
	};

	ck_assert_int_eq(parse("sites:\n"
			       "  - id: one\n"
			       "    pv:\n"
			       "      - id: p\n"
			       "      - id: 12\n"
			       "  - { id: two,\n"
			       "      none: 1}\n"
			       "empty:\n"),
			 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct conf_mark m = conf_locate(conf_root(d), cases[i].path);

		ck_assert_msg(m.line == cases[i].line && m.col == cases[i].col, "%s: %d:%d",
			      cases[i].path, m.line, m.col);
	}
}
END_TEST

START_TEST(nothing_is_an_empty_map)
{
	static const char *const texts[] = {"",	   "\n\n",	   "# only words\n",	 "---\n",
					    "~\n", "\xef\xbb\xbf", "\xef\xbb\xbf# bom\n"};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		ck_assert_int_eq(parse(texts[i]), 0);
		ck_assert_int_eq(conf_root(d)->kind, CONF_MAP);
		ck_assert_uint_eq(conf_root(d)->n, 0);
		ck_assert_int_eq(conf_root(d)->mark.line, 1);
		conf_free(d);
		d = NULL;
	}
	ck_assert_str_eq(faults(), "");
}
END_TEST

START_TEST(what_we_do_without_is_refused_where_it_stands)
{
	ck_assert_int_eq(parse("a: &x 1\n"
			       "b: *x\n"
			       "c: !!str 5\n"
			       "d: &m {p: 1, p: 2}\n"
			       "a: again\n"
			       "e: !t [1, \"a\\0b\"]\n"),
			 0);
	ck_assert_str_eq(faults(), "f.yaml:1:4: anchors are not allowed\n"
				   "f.yaml:2:4: aliases are not allowed: write the value again\n"
				   "f.yaml:3:4: tags are not allowed\n"
				   "f.yaml:4:4: anchors are not allowed\n"
				   "f.yaml:4:14: \"p\" is given twice, first in line 4\n"
				   "f.yaml:5:1: \"a\" is given twice, first in line 1\n"
				   "f.yaml:6:4: tags are not allowed\n"
				   "f.yaml:6:11: a text cannot hold a NUL\n");
}
END_TEST

/* One text each, for what ends the reading. */
static const struct {
	const char *text, *fault;
	int r;
} broken[] = {
	{"a: 1\nb\tc: [\n",
	 "f.yaml:3:1: no YAML: did not find expected node content while parsing a "
	 "flow node\n",
	 ERR_MALFORMED},
	{"a:\n\tb: 1\n", "f.yaml:2:1: no YAML: a tab cannot indent; use blanks\n", ERR_MALFORMED},
	{"a: 1\n b: 2\n", "f.yaml:2:3: no YAML: mapping values are not allowed in this context\n",
	 ERR_MALFORMED},
	{"a: 1\nb: 2\n  c\nd: 'x\n",
	 "f.yaml:5:1: no YAML: found unexpected end of stream while scanning "
	 "a quoted scalar that begins in line 4\n",
	 ERR_MALFORMED},
	{"a: 1\n---\nb: 2\n", "f.yaml:2:1: a file holds one document only\n", ERR_MALFORMED},
	{"[a, b]: 1\n", "f.yaml:1:1: a key is a single word\n", ERR_MALFORMED},
	{"? {a: b}\n: 1\n", "f.yaml:1:3: a key is a single word\n", ERR_MALFORMED},
	{"a: @x\n",
	 "f.yaml:1:4: no YAML: found character that cannot start any token while scanning for the "
	 "next token\n",
	 ERR_MALFORMED},
	{"价: x\n电价: \xff\xfe\nc: \x01\n",
	 "f.yaml:2:5: byte 0xff is no text: a configuration is UTF-8 without control characters\n"
	 "f.yaml:3:4: byte 0x01 is no text: a configuration is UTF-8 without control characters\n",
	 ERR_MALFORMED},
	{"a: \xe2\x80\xae"
	 "b\n",
	 "f.yaml:1:4: byte 0xe2 is no text: a configuration is UTF-8 without control characters\n",
	 ERR_MALFORMED},
	{"a: \xef\xbf\xbf\n", "f.yaml: no YAML: control characters are not allowed (byte 3)\n",
	 ERR_MALFORMED},
	{"a: [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]\n",
	 "f.yaml:1:19: maps and lists inside each other: at most 16\n", ERR_FULL},
};

START_TEST(broken_files_say_where)
{
	ck_assert_int_eq(parse(broken[_i].text), broken[_i].r);
	ck_assert_str_eq(faults(), broken[_i].fault);
	ck_assert_ptr_null(d);
}
END_TEST

START_TEST(a_nul_byte_is_refused)
{
	ck_assert_int_eq(conf_parse("f.yaml", "a: b\0c\n", 7, &d, &l), ERR_MALFORMED);
	ck_assert_str_eq(faults(), "f.yaml:1:5: byte 0x00 is no text: a configuration is UTF-8 "
				   "without control characters\n");
}
END_TEST

START_TEST(size_is_bounded)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < CONF_FILE_MAX_B; i += 2)
		buf_append(&b, "#\n", 2);
	ck_assert_int_eq(conf_parse("f", buf_peek(&b), CONF_FILE_MAX_B, &d, &l), 0);
	conf_free(d);
	d = NULL;
	buf_append(&b, "\n", 1);
	ck_assert_int_eq(conf_parse("f", buf_peek(&b), CONF_FILE_MAX_B + 1, &d, &l), ERR_FULL);
	ck_assert_str_eq(faults(), "f: a file has at most 1048576 bytes\n");
	buf_fini(&b);
}
END_TEST

START_TEST(numbers_of_nodes_and_keys_are_bounded)
{
	struct buf b;

	buf_init(&b, 0);
	for (int i = 0; i <= CONF_ENTRIES_MAX; i++)
		buf_printf(&b, "k%d: 1\n", i);
	ck_assert_int_eq(parse(buf_str(&b)), ERR_FULL);
	ck_assert_str_eq(faults(), "f.yaml:1001:1: keys of a map: at most 1000\n");
	fault_list_fini(&l);
	buf_reset(&b);
	buf_printf(&b, "[");
	for (int i = 0; i < CONF_NODES_MAX; i++)
		buf_printf(&b, "1,");
	buf_printf(&b, "]");
	ck_assert_int_eq(parse(buf_str(&b)), ERR_FULL);
	ck_assert_str_eq(faults(), "f.yaml:1:200000: values of a file: at most 100000\n");
	buf_fini(&b);
}
END_TEST

START_TEST(files_are_read_if_they_are_files)
{
	const char *dir = tmpdir_new();
	char *good = tmpdir_path(dir, "good.yaml"), *gone = tmpdir_path(dir, "gone.yaml");
	char *fifo = tmpdir_path(dir, "fifo.yaml"), text[500];
	FILE *f = fopen(good, "w");

	ck_assert_ptr_nonnull(f);
	fputs("a: 1\n", f);
	fclose(f);
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert_int_eq(conf_read(good, &d, &l), 0);
	ck_assert_str_eq(conf_name(d), good);
	ck_assert_str_eq(conf_entry(conf_root(d), "a")->text, "1");
	ck_assert_int_eq(conf_read(gone, &d, &l), -ENOENT);
	ck_assert_int_eq(conf_read(dir, &d, &l), -EINVAL);
	ck_assert_int_eq(conf_read(fifo, &d, &l), -EINVAL);
	snprintf(text, sizeof(text),
		 "%s: cannot be read: No such file or directory\n%s: is no regular file\n%s: is no "
		 "regular file\n",
		 gone, dir, fifo);
	ck_assert_str_eq(faults(), text);
	free(good);
	free(gone);
	free(fifo);
}
END_TEST

START_TEST(memory_that_runs_out_is_a_fault)
{
	static const char text[] = "a: [1, {b: \"c\"}]\nd:\n  - e\n";
	long k;

	for (k = 1;; k++) {
		int r;

		heap_fail_at(k);
		r = conf_parse("f", text, strlen(text), &d, &l);
		if (!heap_stop()) {
			ck_assert_int_eq(r, 0);
			break;
		}
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_ptr_null(d);
		ck_assert(!fault_list_is_empty(&l));
		fault_list_fini(&l);
	}
	ck_assert_int_gt(k, 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("conf");
	TCase *t = tcase_create("conf");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, nodes_know_kind_text_and_place);
	tcase_add_test(t, places_are_found_by_path);
	tcase_add_test(t, nothing_is_an_empty_map);
	tcase_add_test(t, what_we_do_without_is_refused_where_it_stands);
	tcase_add_loop_test(t, broken_files_say_where, 0, ARRAY_SIZE(broken));
	tcase_add_test(t, a_nul_byte_is_refused);
	tcase_add_test(t, size_is_bounded);
	tcase_add_test(t, numbers_of_nodes_and_keys_are_bounded);
	tcase_add_test(t, files_are_read_if_they_are_files);
	tcase_add_test(t, memory_that_runs_out_is_a_fault);
	suite_add_tcase(s, t);
	return run_suite(s);
}
