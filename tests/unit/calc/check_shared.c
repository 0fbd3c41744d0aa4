/* The planning cases of others in the reference data: through the whole program, to their known answers. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calclib.h"
#include "testlib/run.h"
#include "testlib/shared.h"

static int n_files, n_variants, n_checks;

/* ---- What a variant expects ------------------------------------------------------------------------ */

struct point {
	const char *where; /* "fm-05-day2-arbitrage rt1-hold1" */
	json_t *data, *expected, *answer;
	double tolerance;
};

static double at(json_t *list, size_t i)
{
	json_t *x = json_array_get(list, i);

	ck_assert(json_is_number(x));
	return json_number_value(x);
}

static double net(const struct point *p, size_t t)
{
	json_t *series = json_object_get(p->answer, "series");

	return at(json_object_get(series, "import"), t) - at(json_object_get(series, "export"), t);
}

static void is(const struct point *p, const char *what, double got, double wanted, double tolerance)
{
	ck_assert_msg(fabs(got - wanted) <= tolerance, "%s: %s is %.12g, expected %.12g", p->where,
		      what, got, wanted);
	n_checks++;
}

/* |cost − optimum| ≤ 1e-6·max(1, |optimum|) */
static void check_cost(const struct point *p, json_t *optimum)
{
	double wanted = json_number_value(optimum);

	if (optimum)
		is(p, "cost", json_number_value(json_object_get(p->answer, "cost")), wanted,
		   1e-6 * fmax(1, fabs(wanted)));
}

static void check_levels(const struct point *p)
{
	json_t *storages = json_object_get(json_object_get(p->answer, "series"), "storages");
	double dt = json_number_value(json_object_get(p->data, "dt_h"));
	const char *hours;
	json_t *level;

	json_object_foreach (json_object_get(p->expected, "soc_at"), hours, level) {
		size_t step = (size_t)(strtod(hours, NULL) / dt) - 1;

		is(p, hours, at(json_object_get(json_array_get(storages, 0), "soc"), step),
		   json_number_value(level), p->tolerance);
	}
}

static void check_nets(const struct point *p, size_t n)
{
	json_t *e = p->expected, *x;
	const char *step;
	double sum = 0;

	for (size_t t = 0; t < n; t++)
		sum += net(p, t);
	json_object_foreach (json_object_get(e, "net"), step, x)
		is(p, step, net(p, strtoul(step, NULL, 10)), json_number_value(x), p->tolerance);
	if ((x = json_object_get(e, "net_sum")))
		is(p, "net_sum", sum, json_number_value(x), p->tolerance);
	if ((x = json_object_get(e, "net_last")))
		is(p, "net_last", net(p, n - 1), json_number_value(x), p->tolerance);
	for (size_t t = 0; t < n && (x = json_object_get(e, "net_all")); t++)
		is(p, "net_all", net(p, t), json_number_value(x), p->tolerance);
	x = json_object_get(e, "net_tail4");
	for (size_t t = 0; t < json_array_size(x); t++)
		is(p, "net_tail4", net(p, n - 4 + t), at(x, t), p->tolerance);
	x = json_object_get(e, "first8");
	for (size_t t = 0; t < 8 && json_is_number(x); t++)
		is(p, "first8", net(p, t), json_number_value(x), p->tolerance);
}

/* The source takes the earliest of equal starts; so do we. */
static void check_steps(const struct point *p, size_t n)
{
	json_t *wanted = json_object_get(p->expected, "on_steps");
	json_t *loads = json_object_get(json_object_get(p->answer, "series"), "loads");
	json_t *on = json_object_get(json_array_get(loads, 0), "on");

	for (size_t t = 0; wanted && t < n; t++) {
		double is_on = 0;

		for (size_t k = 0; k < json_array_size(wanted); k++)
			is_on += at(wanted, k) == (double)t;
		is(p, "on", at(on, t), is_on, 0);
	}
}

static void check_variant(const char *file, json_t *variant, json_t *answer)
{
	char where[120];
	struct point p = {.where = where,
			  .data = json_object_get(variant, "data"),
			  .expected = json_object_get(variant, "expected"),
			  .answer = answer,
			  .tolerance = 1e-6};
	json_t *oracle = json_object_get(variant, "oracle"), *x;
	const char *status = json_string_value(json_object_get(oracle, "status"));
	size_t n = (size_t)json_integer_value(json_object_get(p.data, "n"));
	int before = n_checks;

	(void)snprintf(where, sizeof(where), "%s %s", file,
		       json_string_value(json_object_get(variant, "name")));
	n_variants++;
	ck_assert_msg(status != NULL, "%s: no oracle", where);
	ck_assert_msg(strcmp(status, json_string_value(json_object_get(answer, "status"))) == 0,
		      "%s: status", where);
	if (strcmp(status, "optimal") != 0)
		return;
	if ((x = json_object_get(p.expected, "tol")))
		p.tolerance = json_number_value(x);
	check_cost(&p, json_object_get(oracle, "objective"));
	check_cost(&p, json_object_get(p.expected, "cost"));
	if ((x = json_object_get(p.expected, "priced_peak_kw")))
		is(&p, "peak", at(json_object_get(answer, "peaks"), 0), json_number_value(x),
		   p.tolerance);
	check_levels(&p);
	check_nets(&p, n);
	check_steps(&p, n);
	ck_assert_msg(n_checks > before, "%s: nothing was checked", where);
}

/* ---- Files ------------------------------------------------------------------------------------------- */

static void check_file(const char *dir, const char *name)
{
	char path[1024];
	const char *words[] = {"plan", path, NULL};
	json_t *doc, *variants, *answers;
	struct outcome o;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	doc = json_load_file(path, 0, NULL);
	ck_assert_msg(doc != NULL, "%s", path);
	if (strcmp(json_string_value(json_object_get(doc, "kind")), "site-milp") == 0) {
		calc_run(&o, words);
		ck_assert_msg(o.code == 0, "%s: code %d: %s", name, o.code, o.err);
		variants = json_object_get(doc, "variants");
		answers = json_object_get(o.answer, "variants");
		ck_assert_uint_eq(json_array_size(variants), json_array_size(answers));
		for (size_t i = 0; i < json_array_size(variants); i++)
			check_variant(name, json_array_get(variants, i),
				      json_array_get(answers, i));
		calc_end(&o);
		n_files++;
	}
	json_decref(doc);
}

START_TEST(every_case_of_others_is_solved_to_its_known_answer)
{
	char *path = (char *)shared_or_skip("cases"); /* malloc'ed for us */
	DIR *dir = opendir(path);
	struct dirent *e;

	ck_assert_ptr_nonnull(dir);
	while ((e = readdir(dir)))
		if (strlen(e->d_name) > 5 &&
		    strcmp(e->d_name + strlen(e->d_name) - 5, ".json") == 0)
			check_file(path, e->d_name);
	(void)closedir(dir);
	free(path);
	(void)fprintf(stderr, "%d files, %d variants, %d checks\n", n_files, n_variants, n_checks);
	ck_assert_int_ge(n_variants, 37);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("shared");
	TCase *c = tcase_create("shared");

	tcase_set_timeout(c, 120);
	tcase_add_test(c, every_case_of_others_is_solved_to_its_known_answer);
	suite_add_tcase(s, c);
	return run_suite(s);
}
