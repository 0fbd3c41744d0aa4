/* suandian-calc tariff: the published vectors, and what is refused. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calclib.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"
#include "validate.h"

/* 川发改价格规〔2023〕186号 */
#define RATIOS "'ratios': {'valley': 0.4, 'flat': 1, 'peak': 1.6, 'critical': 1.92}"
#define BASE                                                                                           \
	"{'months': [1,2,3,4,5,6,7,8,9,10,11,12], 'spans': [{'class': 'peak', 'from': '10:00', 'to': " \
	"'12:00'}, {'class': 'peak', 'from': '15:00', 'to': '21:00'}, {'class': 'flat', 'from': "      \
	"'07:00', 'to': '10:00'}, {'class': 'flat', 'from': '12:00', 'to': '15:00'}, {'class': "       \
	"'flat', 'from': '21:00', 'to': '23:00'}, {'class': 'valley', 'from': '23:00', 'to': '07:00'}]}"
#define SUMMER                                                                                        \
	"{'months': [7, 8], 'overlay': true, 'spans': [{'class': 'critical', 'from': '15:00', 'to': " \
	"'17:00'}]}"
#define HOT                                                                                        \
	"{'months': [6], 'overlay': true, 'day_flag': 'heat35', 'spans': [{'class': 'critical', "  \
	"'from': '13:30', 'to': '14:15'}]}"
#define TARIFF(more)                                                                               \
	"{'schema': 'suandian-tariff/1', 'tariff': {'id': 'sc-tou-2023', 'document': '186', "      \
	"'flat_price': 0.6, " RATIOS ", 'seasons': [" more "]}, 'days': "

static void run(struct outcome *o, const char *document)
{
	const char *dir = tmpdir_new();
	char *path = tmpdir_path(dir, "tariff.json"), *text = strdup(document);
	const char *words[] = {"tariff", path, NULL};
	FILE *f = fopen(path, "we");

	ck_assert(f && text);
	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	(void)fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
	calc_run(o, words);
	free(text);
	free(path);
	tmpdir_remove(dir);
}

static json_t *day_of(const struct outcome *o, size_t i)
{
	json_t *d = json_array_get(json_object_get(o->answer, "days"), i);

	ck_assert_msg(d != NULL, "code %d: %s", o->code, o->err);
	return d;
}

static double number(json_t *o, const char *key)
{
	return json_number_value(json_object_get(o, key));
}

START_TEST(weighted_hours_are_the_published_ones)
{
	struct outcome o;

	run(&o, TARIFF(BASE "," SUMMER "," HOT) "[{'month': 3}, {'month': 7}, {'month': 6}, "
						"{'month': 6, 'flags': ['x', 'heat35']}]}");
	ck_assert_int_eq(o.code, 0);
	ck_assert_double_eq_tol(number(day_of(&o, 0), "weighted_hours"), 24.00, 1e-9);
	ck_assert_double_eq_tol(number(day_of(&o, 1), "weighted_hours"), 24.64, 1e-9);
	ck_assert_double_eq_tol(number(day_of(&o, 2), "weighted_hours"), 24.00, 1e-9);
	ck_assert_double_eq_tol(number(day_of(&o, 3), "weighted_hours"), 24 + 0.75 * 0.92, 1e-6);
	calc_end(&o);
}
END_TEST

START_TEST(periods_cover_the_day_and_hours_are_their_means)
{
	struct outcome o;
	json_t *periods, *hours, *schema = schema_load("tariff-answer.json");
	const char *end = "00:00";

	run(&o, TARIFF(BASE "," HOT) "[{'month': 6, 'flags': ['heat35']}]}");
	ck_assert(schema_accepts(schema, o.answer));
	periods = json_object_get(day_of(&o, 0), "periods");
	hours = json_object_get(day_of(&o, 0), "hours");
	for (size_t i = 0; i < json_array_size(periods); i++) {
		json_t *p = json_array_get(periods, i);

		ck_assert_str_eq(json_string_value(json_object_get(p, "from")), end);
		end = json_string_value(json_object_get(p, "to"));
	}
	ck_assert_str_eq(end, "24:00");
	ck_assert_uint_eq(json_array_size(periods), 9);
	ck_assert_double_eq_tol(number(json_array_get(periods, 0), "price"), 0.24, 1e-12);
	ck_assert_double_eq_tol(number(json_array_get(hours, 10), "price"), 0.96, 1e-12);
	ck_assert_str_eq(json_string_value(json_object_get(json_array_get(hours, 10), "class")),
			 "peak");
	/* Half flat at 0.6, half critical at 1.152. */
	ck_assert_double_eq_tol(number(json_array_get(hours, 13), "price"), 0.876, 1e-12);
	ck_assert(json_is_null(json_object_get(json_array_get(hours, 13), "class")));
	calc_end(&o);
	json_decref(schema);
}
END_TEST

static const struct {
	const char *document, *words;
	bool by_schema; /* the schema refuses it too */
} faults[] = {
	{"{}", "schema: allowed is \"suandian-tariff/1\"", true},
	{"{'schema': 'suandian-tariff/1', 'days': []}", "\"tariff\" is missing", true},
	{TARIFF(BASE) "[{'month': 13}]}",
	 "days[0].month: 13; allowed is a whole number from 1 to 12", true},
	{TARIFF(BASE) "[{'month': 1, 'flag': []}]}", "days[0]: unknown member \"flag\"", true},
	{TARIFF(BASE) "[{'month': 1, 'flags': [1]}]}", "days[0].flags[0]: not a text", true},
	{TARIFF(SUMMER) "[]}", "tariff.", false},
	{TARIFF(BASE "," BASE) "[]}", "tariff.", false},
	{TARIFF("{'months': [0], 'spans': []}") "[]}",
	 "tariff.seasons[0].months[0]: allowed is a whole number from 1 to 12", true},
	{TARIFF("{'months': [1], 'spans': [{'class': 'sharp', 'from': '00:00', 'to': '24:00'}]}") "[]}",
	 "spans[0].class: allowed is one of: valley flat peak critical", true},
	{TARIFF("{'months': [1], 'spans': [{'class': 'flat', 'from': '0:00', 'to': '24:00'}]}") "[]}",
	 "spans[0]: allowed are times", false},
	{TARIFF("{'months': [1], 'spans': [{'class': 'flat', 'from': '00:00', 'to': '24:01'}]}") "[]}",
	 "spans[0]: allowed are times", false},
	{"{'schema': 'suandian-tariff/1', 'days': [], 'tariff': {'id': 'a', 'flat_price': 0.60001, " RATIOS
	 ", 'seasons': [" BASE "]}}",
	 "tariff.flat_price: 0.60001; allowed are at most 4 decimals", false},
	{"{'schema': 'suandian-tariff/1', 'days': [], 'tariff': {'id': 'A B', 'flat_price': 0.6, " RATIOS
	 ", 'seasons': [" BASE "]}}",
	 "tariff: id: allowed are", false},
	{"{'schema': 'suandian-tariff/1', 'days': [], 'tariff': {'id': 'a', 'flat_price': 0.6, "
	 "'ratios': {'valley': 1}, 'seasons': [" BASE "]}}",
	 "tariff.ratios: \"flat\" is missing", true},
};

START_TEST(each_fault_names_its_place)
{
	json_t *schema = schema_load("tariff.json"), *doc;
	char *text = strdup(faults[_i].document);
	struct outcome o;

	run(&o, faults[_i].document);
	ck_assert_int_eq(o.code, 1);
	ck_assert_str_eq(o.out, "");
	ck_assert_msg(strstr(o.err, faults[_i].words) != NULL, "'%s' lacks '%s'", o.err,
		      faults[_i].words);
	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	doc = json_loads(text, 0, NULL);
	ck_assert_ptr_nonnull(doc);
	ck_assert_int_eq(schema_accepts(schema, doc), !faults[_i].by_schema);
	calc_end(&o);
	json_decref(doc);
	json_decref(schema);
	free(text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("tariff");
	TCase *c = tcase_create("tariff");

	tcase_add_test(c, weighted_hours_are_the_published_ones);
	tcase_add_test(c, periods_cover_the_day_and_hours_are_their_means);
	tcase_add_loop_test(c, each_fault_names_its_place, 0, ARRAY_SIZE(faults));
	suite_add_tcase(s, c);
	return run_suite(s);
}
