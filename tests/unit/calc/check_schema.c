/* The schemas in docs/schema and the program agree: what the one takes and refuses, the other does too, and every
 * answer fits its schema. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calclib.h"
#include "testlib/run.h"
#include "validate.h"

static json_t *parse(const char *text)
{
	json_t *v = json_loads(text, 0, NULL);

	ck_assert_msg(v != NULL, "%s", text);
	return v;
}

/* A case with every member that there is. */
static const char full[] =
	"'n': 2, 'dt_h': 0.5, 'name': 1, 'units': 'kW', 'start': null, 'notes': [], 'buy': [1, 2], "
	"'sell': 0.5, 'load': 1, 'pv': [0, 1], 'pv_curtailable': true, 'import_max': [9, null], "
	"'export_max': null, 'grid_binary': 0, 'storages': [{'name': 's', 'notes': 0, 'soc0': 1, "
	"'soc_min': 0, 'soc_max': [2, null], 'charge_max': 1, 'discharge_max': 1, 'eta_c': 0.9, "
	"'eta_d': 1, 'retention': 0.9, 'cycle_cost_charge': 0.1, 'cycle_cost_discharge': [0.1, 0], "
	"'hold_cost': 0, 'no_discharge_to_grid': false, 'targets': [{'end_of_step': 1, 'op': 'ge', "
	"'value': 1, 'penalty': 3, 'notes': ''}]}], 'loads': [{'name': 'l', 'notes': '', 'power': 1, "
	"'kind': 'semi_continuous', 'allowed': [1, true], 'steps_on': 1, 'startup_cost_per_price': 1, "
	"'single_block': 1, 'initial_on': false}, {'power': 1, 'kind': 'continuous', 'energy': 0.25}], "
	"'flow_charges': [{'name': '', 'notes': '', 'over': 'export', 'threshold': [0, 1], 'price': 1, "
	"'aggregate': 'sum', 'per_hour': true}], 'peaks': [{'name': '', 'notes': '', 'price': 1, "
	"'incumbent': 1, 'interval_steps': 2, 'window': [0, 1], 'history': [1]}]";

START_TEST(a_case_with_every_member_fits_and_is_solved)
{
	char *text = case_text("%s", full);
	json_t *schema = schema_load("case.json"), *answers = schema_load("answer.json");
	json_t *doc = parse(text);
	struct outcome o;

	ck_assert(schema_accepts(schema, doc));
	calc_plan(&o, text);
	ck_assert_msg(o.code == 0, "%s", o.err);
	ck_assert_str_eq(status_of(&o), "optimal");
	ck_assert(schema_accepts(answers, o.answer));
	calc_end(&o);
	json_decref(doc);
	json_decref(answers);
	json_decref(schema);
	free(text);
}
END_TEST

/* Does the document keep every rule that no schema can express, so that both must agree on it? */
static void agree(json_t *schema, json_t *doc, const char *what)
{
	char *text = json_dumps(doc, 0);
	struct outcome o;

	calc_plan(&o, text);
	ck_assert_msg((o.code == 0) == schema_accepts(schema, doc), "%s: code %d %s", what, o.code,
		      o.err);
	calc_end(&o);
	free(text);
}

/* Values that some members take and others do not. */
static const char *const samples[] = {"null",	  "true",   "-1",   "0",     "1",      "0.5",
				      "2e12",	  "'x'",    "[]",   "{}",    "[0, 1]", "[0, -1]",
				      "['x', 1]", "[null]", "'ge'", "'max'", "1e-12"};

static json_t *sample(size_t i)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "[%s]", samples[i]);
	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	return parse(text);
}

/* Lengths and the sizes of steps are beyond a schema; so are rules between members. */
static bool beyond(const char *key, json_t *value)
{
	static const char *const between[] = {"n",	 "interval_steps", "history",
					      "soc_min", "soc_max",	   "aggregate",
					      "energy",	 "end_of_step",	   "steps_on"};

	for (size_t i = 0; i < ARRAY_SIZE(between); i++)
		if (strcmp(key, between[i]) == 0)
			return true;
	return json_is_array(value) && json_array_size(value) == 1;
}

/* A member gets every sample. */
static int try_samples(json_t *schema, json_t *doc, json_t *object, const char *key)
{
	int n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		json_t *list = sample(i), *value = json_array_get(list, 0);

		if (!beyond(key, value)) {
			ck_assert_int_eq(json_object_set(object, key, value), 0);
			agree(schema, doc, key);
			n++;
		}
		json_decref(list);
	}
	return n;
}

/* Every member of one object of the document in turn gets every sample, is left out, and is misspelt. */
static int mutate(json_t *schema, json_t *doc, json_t *object)
{
	json_t *copy = json_copy(object), *old; /* shallow: the members themselves go back */
	const char *key;
	int n = 0;

	json_object_foreach (copy, key, old) {
		char misspelt[64];

		n += try_samples(schema, doc, object, key);
		ck_assert_int_eq(json_object_del(object, key), 0);
		if (strcmp(key, "interval_steps") != 0)
			agree(schema, doc, key);
		(void)snprintf(misspelt, sizeof(misspelt), "%.50s_", key);
		ck_assert_int_eq(json_object_set(object, misspelt, old), 0);
		agree(schema, doc, misspelt);
		ck_assert_int_eq(json_object_del(object, misspelt), 0);
		ck_assert_int_eq(json_object_set(object, key, old), 0);
	}
	json_decref(copy);
	return n;
}

START_TEST(schema_and_program_refuse_the_same)
{
	static const char *const lists[] = {"storages", "loads", "flow_charges", "peaks"};
	char *text = case_text("%s", full);
	json_t *schema = schema_load("case.json"), *doc = parse(text);
	json_t *variant = json_array_get(json_object_get(doc, "variants"), 0);
	json_t *data = json_object_get(variant, "data");
	json_t *storage = json_array_get(json_object_get(data, "storages"), 0);
	int n = 0;

	n += mutate(schema, doc, doc);
	n += mutate(schema, doc, variant);
	n += mutate(schema, doc, data);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		n += mutate(schema, doc, json_array_get(json_object_get(data, lists[i]), 0));
	n += mutate(schema, doc, json_array_get(json_object_get(storage, "targets"), 0));
	fprintf(stderr, "%d values\n", n);
	ck_assert_int_gt(n, 500);
	json_decref(doc);
	json_decref(schema);
	free(text);
}
END_TEST

START_TEST(answers_without_a_plan_fit_their_schema)
{
	static const char *const data[] = {
		"'n': 1, 'dt_h': 1, 'buy': 1, 'sell': 0, 'load': 1, 'import_max': 0",
		"'n': 2, 'dt_h': 1, 'buy': [1, 9], 'sell': [0, 3], 'storages': [{'soc0': 0, "
		"'soc_min': 0}]"};
	json_t *schema = schema_load("answer.json");

	for (size_t i = 0; i < ARRAY_SIZE(data); i++) {
		char *text = case_text("%s", data[i]);
		struct outcome o;

		calc_plan(&o, text);
		ck_assert_int_eq(o.code, 0);
		ck_assert_msg(schema_accepts(schema, o.answer), "%s", o.out);
		ck_assert_str_ne(status_of(&o), "optimal");
		calc_end(&o);
		free(text);
	}
	json_decref(schema);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("schema");
	TCase *c = tcase_create("schema");

	tcase_set_timeout(c, 120);
	tcase_add_test(c, a_case_with_every_member_fits_and_is_solved);
	tcase_add_test(c, schema_and_program_refuse_the_same);
	tcase_add_test(c, answers_without_a_plan_fit_their_schema);
	suite_add_tcase(s, c);
	return run_suite(s);
}
