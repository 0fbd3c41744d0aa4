/* Which documents are refused, and with which words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calclib.h"
#include "testlib/run.h"

#define GOOD "'n': 2, 'dt_h': 1, 'buy': 1, 'sell': 0"

/* The whole document: code 1, nothing on the output, the words on the error. */
static void refuse_document(const char *document, const char *words)
{
	struct outcome o;

	calc_plan(&o, document);
	ck_assert_msg(o.code == 1, "code %d for %s", o.code, document);
	ck_assert_str_eq(o.out, "");
	ck_assert_msg(strstr(o.err, words) != NULL, "'%s' lacks '%s'", o.err, words);
	calc_end(&o);
}

static void refuse(const char *data, const char *words)
{
	char *text = case_text("%s", data);

	refuse_document(text, words);
	free(text);
}

START_TEST(what_is_no_json_is_refused_with_its_line)
{
	refuse_document("", "line 1");
	refuse_document("{\n\"schema\": ]}", "line 2, column 11");
	refuse_document("[]", "not a JSON object");
	refuse_document("{\"schema\": 1, \"schema\": 2}", "duplicate");
	refuse_document("{\"a\": 1} x", "line 1");
}
END_TEST

START_TEST(other_schemas_and_kinds_are_refused)
{
	refuse_document("{}", "schema: allowed is \"suandian-case/1\"");
	refuse_document("{\"schema\": \"suandian-case/2\"}", "schema: allowed is");
	refuse_document("{\"schema\": \"suandian-case/1\", \"kind\": \"openadr-timeline\"}",
			"kind: allowed is \"site-milp\"");
	refuse_document("{\"schema\": \"suandian-case/1\", \"kind\": \"site-milp\"}",
			"\"variants\" is missing");
	refuse_document(
		"{\"schema\": \"suandian-case/1\", \"kind\": \"site-milp\", \"variants\": 1}",
		"variants: not a list");
	refuse_document("{\"schema\": \"suandian-case/1\", \"kind\": \"site-milp\", \"variants\": "
			"[{\"name\": \"a\"}]}",
			"variants[0]: \"data\" is missing");
}
END_TEST

START_TEST(two_variants_of_one_name_are_refused)
{
	refuse_document(
		"{\"schema\": \"suandian-case/1\", \"kind\": \"site-milp\", \"variants\": ["
		"{\"name\": \"a\", \"data\": {\"n\": 1, \"dt_h\": 1, \"buy\": 1, \"sell\": 0}},"
		"{\"name\": \"a\", \"data\": {\"n\": 1, \"dt_h\": 1, \"buy\": 1, \"sell\": 0}}]}",
		"variants[1].name: \"a\" is the name of variants[0] already");
}
END_TEST

static const struct {
	const char *data, *words;
} faults[] = {
	{"'dt_h': 1, 'buy': 1, 'sell': 0", "variants[0].data: \"n\" is missing"},
	{"'n': 2, 'buy': 1, 'sell': 0", "\"dt_h\" is missing"},
	{"'n': 2, 'dt_h': 1, 'sell': 0", "\"buy\" is missing"},
	{"'n': 2, 'dt_h': 1, 'buy': 1", "\"sell\" is missing"},
	{"'n': 0, 'dt_h': 1, 'buy': 1, 'sell': 0",
	 "data.n: 0; allowed is a whole number from 1 to 35136"},
	{"'n': 1.5, 'dt_h': 1, 'buy': 1, 'sell': 0", "data.n: 1.5; allowed is a whole number"},
	{"'n': 35137, 'dt_h': 1, 'buy': 1, 'sell': 0", "35137; allowed is"},
	{"'n': 1e99, 'dt_h': 1, 'buy': 1, 'sell': 0", "data.n: 1e+99"},
	{"'n': '2', 'dt_h': 1, 'buy': 1, 'sell': 0", "data.n: not a number; allowed is"},
	{"'n': 2, 'dt_h': 0, 'buy': 1, 'sell': 0", "data.dt_h: 0; allowed is a number from"},
	{"'n': 2, 'dt_h': -1, 'buy': 1, 'sell': 0", "data.dt_h: -1"},
	{"'n': 2, 'dt_h': 1, 'buy': [1], 'sell': 0",
	 "data.buy: 1 values; allowed is one per step, n = 2"},
	{"'n': 2, 'dt_h': 1, 'buy': [1, 'x'], 'sell': 0", "data.buy[1]: not a number"},
	{"'n': 2, 'dt_h': 1, 'buy': [1, null], 'sell': 0", "data.buy[1]: not a number"},
	{"'n': 2, 'dt_h': 1, 'buy': 1e13, 'sell': 0", "magnitude at most 1e+12"},
	{GOOD ", 'import_mx': 3", "unknown member \"import_mx\"; allowed are: n dt_h"},
	{GOOD ", 'pv': -1", "data.pv: -1; allowed is a number from 0"},
	{GOOD ", 'import_max': [1, -1]", "data.import_max[1]: -1"},
	{GOOD ", 'pv_curtailable': 2", "data.pv_curtailable: allowed is true, false, 1 or 0"},
	{GOOD ", 'storages': {}", "data.storages: not a list"},
	{GOOD ", 'storages': [3]", "data.storages[0]: not an object"},
	{GOOD ", 'storages': [{}]", "data.storages[0]: \"soc0\" is missing"},
	{GOOD ", 'storages': [{'soc0': 1, 'eta_c': 1.2}]", "data.storages[0].eta_c: 1.2; allowed"},
	{GOOD ", 'storages': [{'soc0': 1, 'eta_d': 0}]", "data.storages[0].eta_d: 0; allowed"},
	{GOOD ", 'storages': [{'soc0': 1, 'retention': -0.5}]", "retention: -0.5"},
	{GOOD ", 'storages': [{'soc0': 1, 'soc_min': 3, 'soc_max': 2}]",
	 "soc_min 3 is above soc_max 2 in step 0"},
	{GOOD ", 'storages': [{'soc0': 1, 'name': 7}]", "data.storages[0].name: not a text"},
	{GOOD
	 ", 'storages': [{'soc0': 1, 'targets': [{'end_of_step': 2, 'op': 'eq', 'value': 1}]}]",
	 "storages[0].targets[0]: end_of_step is 2; allowed is 0 to 1"},
	{GOOD
	 ", 'storages': [{'soc0': 1, 'targets': [{'end_of_step': 1, 'op': 'is', 'value': 1}]}]",
	 "targets[0].op: allowed is one of: eq ge le"},
	{GOOD ", 'storages': [{'soc0': 1, 'targets': [{'op': 'eq', 'value': 1}]}]",
	 "\"end_of_step\" is missing"},
	{GOOD ", 'loads': [{}]", "data.loads[0]: \"power\" is missing"},
	{GOOD ", 'loads': [{'power': -1}]", "data.loads[0].power: -1"},
	{GOOD ", 'loads': [{'power': 1, 'kind': 'binary'}]",
	 "loads[0].kind: allowed is one of: semi_continuous continuous"},
	{GOOD ", 'loads': [{'power': 1, 'allowed': 1}]", "a list of 0 and 1, one per step"},
	{GOOD ", 'loads': [{'power': 1, 'allowed': [1, 2]}]",
	 "loads[0].allowed[1]: allowed is true"},
	{GOOD ", 'loads': [{'power': 1, 'steps_on': 1, 'energy': 1}]",
	 "steps_on and energy exclude each other"},
	{GOOD ", 'loads': [{'power': [1, 2], 'kind': 'continuous', 'steps_on': 1}]",
	 "needs a constant power"},
	{GOOD ", 'flow_charges': [{'price': 1, 'aggregate': 'max'}]", "\"over\" is missing"},
	{GOOD ", 'flow_charges': [{'over': 'both', 'price': 1, 'aggregate': 'max'}]",
	 "flow_charges[0].over: allowed is one of: import export"},
	{GOOD ", 'flow_charges': [{'over': 'import', 'price': -1, 'aggregate': 'max'}]",
	 "flow_charges[0].price: -1"},
	{GOOD
	 ", 'flow_charges': [{'over': 'import', 'price': 1, 'aggregate': 'max', 'per_hour': 1}]",
	 "per_hour is allowed with aggregate \"sum\" only"},
	{GOOD ", 'peaks': [{}]", "data.peaks[0]: \"price\" is missing"},
	{GOOD ", 'peaks': [{'price': 1, 'interval_steps': 0}]", "peaks[0].interval_steps: 0"},
	{GOOD ", 'peaks': [{'price': 1, 'interval_steps': 2, 'history': [1, 1]}]",
	 "peaks[0].history: 2 values; allowed are fewer than interval_steps = 2"},
	{GOOD ", 'peaks': [{'price': 1, 'interval_steps': 2, 'history': [-1]}]",
	 "peaks[0].history[0]: allowed is a number from 0"},
	{"'n': 35136, 'dt_h': 1, 'buy': 1, 'sell': 0, 'loads': [{'power': 1},{'power': 1},"
	 "{'power': 1},{'power': 1},{'power': 1},{'power': 1},{'power': 1},{'power': 1},"
	 "{'power': 1},{'power': 1},{'power': 1}]",
	 "35136 steps are too many"},
};

START_TEST(each_fault_names_its_place_and_what_is_allowed)
{
	refuse(faults[_i].data, faults[_i].words);
}
END_TEST

START_TEST(lists_that_are_too_long_are_refused)
{
	char text[2048];
	int n = snprintf(text, sizeof(text), "%s, 'peaks': [", GOOD);

	for (int i = 0; i < 65; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "{'price': 1}%s",
			      i < 64 ? "," : "]");
	refuse(text, "data.peaks: 65 elements; allowed are at most 64");
}
END_TEST

START_TEST(deep_nesting_is_refused_not_followed)
{
	char *deep = malloc(200001);

	ck_assert_ptr_nonnull(deep);
	memset(deep, '[', 200000);
	deep[200000] = '\0';
	refuse_document(deep, "maximum parsing depth");
	free(deep);
}
END_TEST

START_TEST(members_for_people_and_others_are_not_read)
{
	struct outcome o;

	calc_plan(&o,
		  "{\"schema\": \"suandian-case/1\", \"kind\": \"site-milp\", \"id\": 7, "
		  "\"title\": null, \"source\": {\"x\": 1}, \"notes\": [], \"variants\": ["
		  "{\"name\": \"a\", \"expected\": 1, \"oracle\": \"no\", \"data\": {\"n\": 1, "
		  "\"dt_h\": 1, \"buy\": 3, \"sell\": 0, \"load\": 2, \"units\": 5, \"start\": [], "
		  "\"notes\": 1, \"name\": {}}}]}");
	ck_assert_int_eq(o.code, 0);
	ck_assert_double_eq_tol(cost_of(&o), 6, 1e-9);
	calc_end(&o);
}
END_TEST

START_TEST(no_variants_is_an_empty_answer)
{
	struct outcome o;

	calc_plan(&o,
		  "{\"schema\": \"suandian-case/1\", \"kind\": \"site-milp\", \"variants\": []}");
	ck_assert_int_eq(o.code, 0);
	ck_assert_str_eq(o.out, "{\"variants\": []}\n");
	calc_end(&o);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("case");
	TCase *c = tcase_create("case");

	tcase_add_test(c, what_is_no_json_is_refused_with_its_line);
	tcase_add_test(c, other_schemas_and_kinds_are_refused);
	tcase_add_test(c, two_variants_of_one_name_are_refused);
	tcase_add_loop_test(c, each_fault_names_its_place_and_what_is_allowed, 0,
			    ARRAY_SIZE(faults));
	tcase_add_test(c, lists_that_are_too_long_are_refused);
	tcase_add_test(c, deep_nesting_is_refused_not_followed);
	tcase_add_test(c, members_for_people_and_others_are_not_read);
	tcase_add_test(c, no_variants_is_an_empty_answer);
	suite_add_tcase(s, c);
	return run_suite(s);
}
