/* The command line: options, exit codes, where output goes; programmes as files, and plots. */
#include <coin/Cbc_C_Interface.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calclib.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

static const char two[] =
	"{\"schema\": \"suandian-case/1\", \"kind\": \"site-milp\", \"variants\": ["
	"{\"name\": \"a\", \"data\": {\"n\": 4, \"dt_h\": 0.5, \"buy\": [4, 1, 3, 0.1], \"sell\": "
	"[0, 2, 0, -1], \"pv\": [0, 0, 0, 3], \"pv_curtailable\": true, \"import_max\": 9, "
	"\"export_max\": 9, \"loads\": [{\"name\": \"wash\", \"power\": 2, \"steps_on\": 2, "
	"\"startup_cost_per_price\": 0.333333333333333315, \"single_block\": true}, {\"power\": 1, "
	"\"kind\": \"continuous\", \"energy\": 0.7}], \"storages\": [{\"name\": \"bat\", \"soc0\": 1, "
	"\"soc_min\": 0, \"soc_max\": 2, \"charge_max\": 1, \"discharge_max\": 1, \"eta_c\": 0.7, "
	"\"targets\": [{\"end_of_step\": 3, \"op\": \"ge\", \"value\": 1.5, \"penalty\": 0.9}]}], "
	"\"flow_charges\": [{\"over\": \"import\", \"price\": 0.1, \"aggregate\": \"sum\"}], "
	"\"peaks\": [{\"price\": 1, \"incumbent\": 1}]}},"
	"{\"name\": \"b\", \"data\": {\"n\": 1, \"dt_h\": 1, \"buy\": 1, \"sell\": 0, \"load\": 1, "
	"\"import_max\": 0}}]}";

static char *dir_path(const char *name)
{
	static const char *dir;

	if (!dir)
		dir = tmpdir_new();
	return tmpdir_path(dir, name);
}

static char *file_of(const char *text)
{
	char *path = dir_path("case.json");
	FILE *f = fopen(path, "we");

	ck_assert_ptr_nonnull(f);
	(void)fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
	return path;
}

/* Runs with the words; `FILE` among them is the case. */
static void run(struct outcome *o, const char *const *words)
{
	const char *with[16] = {NULL};
	char *path = file_of(two);

	for (int i = 0; words[i]; i++)
		with[i] = strcmp(words[i], "FILE") == 0 ? path : words[i];
	calc_run(o, with);
	free(path);
}

static void expect(const char *const *words, int code, const char *out, const char *err)
{
	struct outcome o;

	run(&o, words);
	ck_assert_msg(o.code == code, "code %d, out '%s', err '%s'", o.code, o.out, o.err);
	ck_assert_msg(out ? strstr(o.out, out) != NULL : o.out[0] == '\0', "out '%s'", o.out);
	ck_assert_msg(err ? strstr(o.err, err) != NULL : o.err[0] == '\0', "err '%s'", o.err);
	calc_end(&o);
}
#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

START_TEST(help_and_version_go_to_the_output)
{
	expect(WORDS("--help"), 0, "usage: suandian-calc COMMAND", NULL);
	expect(WORDS("-h"), 0, "plan", NULL);
	expect(WORDS("plan", "--help"), 0, "--dump-mps FILE", NULL);
	expect(WORDS("--version"), 0, "suandian-calc ", NULL);
}
END_TEST

START_TEST(a_wrong_line_is_code_2)
{
	expect((const char *const[]){NULL}, 2, NULL, "no command");
	expect(WORDS("paln"), 2, NULL, "unknown command paln");
	expect(WORDS("plan"), 2, NULL, "plan needs FILE");
	expect(WORDS("plan", "FILE", "x"), 2, NULL, "x is one word too many");
	expect(WORDS("plan", "--prety", "FILE"), 2, NULL, "unknown option --prety of plan");
	expect(WORDS("--pretty", "plan", "FILE"), 2, NULL,
	       "unknown option --pretty before a command");
	expect(WORDS("plan", "-x", "FILE"), 2, NULL, "unknown option -x");
	expect(WORDS("plan", "FILE", "--variant"), 2, NULL, "--variant needs a value: NAME");
	expect(WORDS("plan", "FILE", "--pretty=1"), 2, NULL, "--pretty takes no value");
	expect(WORDS("plan", "FILE", "--pretty", "--pretty"), 2, NULL, "given twice");
	expect(WORDS("plan", "FILE", "--time-limit", "0"), 2, NULL, "--time-limit 0: allowed is");
	expect(WORDS("plan", "FILE", "--width", "x"), 2, NULL, "--width x: allowed is");
	expect(WORDS("plan", "FILE", "--plot", "--dump-mps", "-"), 2, NULL, "exclude each other");
	expect(WORDS("plan", "FILE", "--dump-mps", "-"), 2, NULL, "2 variants; choose one");
}
END_TEST

START_TEST(what_cannot_be_read_or_written_is_code_1)
{
	expect(WORDS("plan", "/nonexistent/x.json"), 1, NULL, "/nonexistent/x.json: ");
	expect(WORDS("plan", "/"), 1, NULL, "/: ");
	expect(WORDS("plan", "FILE", "--variant", "c"), 1, NULL, "there is no variant \"c\"");
	expect(WORDS("plan", "FILE", "--variant", "a", "--dump-mps", "/nonexistent/x"), 1, NULL,
	       "/nonexistent/x: ");
}
END_TEST

START_TEST(one_variant_can_be_chosen)
{
	struct outcome all, one;

	run(&all, WORDS("plan", "FILE"));
	ck_assert_uint_eq(json_array_size(json_object_get(all.answer, "variants")), 2);
	run(&one, WORDS("plan", "--variant=b", "--", "FILE"));
	ck_assert_int_eq(one.code, 0);
	ck_assert_uint_eq(json_array_size(json_object_get(one.answer, "variants")), 1);
	ck_assert_str_eq(status_of(&one), "infeasible");
	calc_end(&all);
	calc_end(&one);
}
END_TEST

START_TEST(pretty_changes_the_layout_only)
{
	struct outcome plain, pretty;

	run(&plain, WORDS("plan", "FILE"));
	run(&pretty, WORDS("plan", "FILE", "--pretty"));
	ck_assert(json_equal(plain.answer, pretty.answer));
	ck_assert_ptr_nonnull(strstr(pretty.out, "\n  \"variants\""));
	ck_assert_ptr_eq(strchr(plain.out, '\n'), plain.out + strlen(plain.out) - 1);
	calc_end(&plain);
	calc_end(&pretty);
}
END_TEST

/* The programme as a file, read and solved by another: the same optimum. */
START_TEST(the_dumped_programme_has_the_same_optimum)
{
	char *path = dir_path("case.mps");
	const char *words[] = {"plan", "FILE", "--variant", "a", "--dump-mps", path, NULL};
	struct outcome o, plan;
	Cbc_Model *model = Cbc_newModel();

	run(&o, words);
	ck_assert_msg(o.code == 0 && o.out[0] == '\0', "%s", o.err);
	run(&plan, WORDS("plan", "FILE", "--variant", "a"));
	ck_assert_int_eq(Cbc_readMps(model, path), 0);
	ck_assert_int_gt(Cbc_getNumIntegers(model), 0);
	Cbc_setLogLevel(model, 0);
	Cbc_setParameter(model, "log", "0");
	Cbc_solve(model);
	ck_assert(Cbc_isProvenOptimal(model));
	ck_assert_double_eq_tol(Cbc_getObjValue(model), cost_of(&plan), 1e-6);
	Cbc_deleteModel(model);
	calc_end(&o);
	calc_end(&plan);
	free(path);
}
END_TEST

START_TEST(a_dumped_programme_keeps_every_digit_and_has_names)
{
	expect(WORDS("plan", "FILE", "--variant", "a", "--dump-mps", "-"), 0, "0.33333333333333331",
	       NULL);
	expect(WORDS("plan", "FILE", "--variant", "a", "--dump-mps", "-"), 0, " UP b s0_charge_3 ",
	       NULL);
	expect(WORDS("plan", "FILE", "--variant", "a", "--dump-mps", "-"), 0, "'INTORG'", NULL);
	expect(WORDS("plan", "FILE", "--variant", "b", "--dump-mps", "-"), 0,
	       "NAME suandian FREE\n", NULL);
}
END_TEST

START_TEST(a_plot_shows_every_series)
{
	expect(WORDS("plan", "FILE", "--plot", "--variant", "a"), 0, "█", NULL);
	expect(WORDS("plan", "FILE", "--plot", "--ascii", "--width", "40"), 0, "bat", NULL);
	expect(WORDS("plan", "FILE", "--plot", "--ascii"), 0, "wash", NULL);
	expect(WORDS("plan", "FILE", "--plot", "--ascii"), 0, "load 1", NULL);
	expect(WORDS("plan", "FILE", "--plot", "--ascii"), 0, "b: infeasible\n", NULL);
	expect(WORDS("plan", "FILE", "--plot", "--ascii"), 0, "a: optimal, cost ", NULL);
}
END_TEST

START_TEST(an_ascii_plot_is_ascii_and_no_wider_than_asked)
{
	struct outcome o;
	size_t column = 0;

	run(&o, WORDS("plan", "FILE", "--plot", "--ascii", "--width=50"));
	for (const char *p = o.out; *p; p++) {
		ck_assert(*p == '\n' || (*p >= ' ' && *p <= '~'));
		column = *p == '\n' ? 0 : column + 1;
		ck_assert_uint_le(column, 50);
	}
	calc_end(&o);
}
END_TEST

START_TEST(what_is_not_proven_in_time_is_code_3)
{
	char data[8192];
	const char *words[] = {"plan", NULL, "--time-limit", "0.001", NULL};
	struct outcome o;
	size_t n = 0;
	char *text, *path;

	n += (size_t)snprintf(data, sizeof(data), "'n': 40, 'dt_h': 1, 'import_max': 23, 'buy': [");
	for (int t = 0; t < 40; t++)
		n += (size_t)snprintf(data + n, sizeof(data) - n, "%s%d.%d", t ? "," : "",
				      10 + t * 7 % 13, t * 31 % 97);
	n += (size_t)snprintf(data + n, sizeof(data) - n, "], 'sell': 0, 'loads': [");
	for (int i = 0; i < 8; i++)
		n += (size_t)snprintf(data + n, sizeof(data) - n,
				      "%s{'power': %d.%d, 'steps_on': %d, "
				      "'startup_cost_per_price': %d.5}",
				      i ? "," : "", 3 + i, i * 37 % 10, 5 + i, 1 + i % 3);
	(void)snprintf(data + n, sizeof(data) - n, "]");
	text = case_text("%s", data);
	path = file_of(text);
	words[1] = path;
	calc_run(&o, words);
	ck_assert_msg(o.code == 3, "code %d: %s %s", o.code, o.err, o.out);
	ck_assert_ptr_nonnull(strstr(o.err, "variant \"v\": "));
	ck_assert_str_ne(status_of(&o), "optimal");
	calc_end(&o);
	free(text);
	free(path);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cli");
	TCase *c = tcase_create("cli");

	tcase_add_test(c, help_and_version_go_to_the_output);
	tcase_add_test(c, a_wrong_line_is_code_2);
	tcase_add_test(c, what_cannot_be_read_or_written_is_code_1);
	tcase_add_test(c, one_variant_can_be_chosen);
	tcase_add_test(c, pretty_changes_the_layout_only);
	tcase_add_test(c, the_dumped_programme_has_the_same_optimum);
	tcase_add_test(c, a_dumped_programme_keeps_every_digit_and_has_names);
	tcase_add_test(c, a_plot_shows_every_series);
	tcase_add_test(c, an_ascii_plot_is_ascii_and_no_wider_than_asked);
	tcase_add_test(c, what_is_not_proven_in_time_is_code_3);
	suite_add_tcase(s, c);
	return run_suite(s);
}
