/* Exporters' texts, selectors, and the answers of servers: what is read, and what is refused whole. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "prometheus/promapi.h"
#include "prometheus/scan.h"
#include "prometheus/selector.h"
#include "testlib/rng.h"
#include "testlib/run.h"

static struct buf seen;
static struct fault fault;

static void note_sample(void *arg, const struct exposition_sample *s)
{
	(void)arg;
	(void)buf_printf(&seen, "%s", s->name);
	for (size_t i = 0; i < s->n_labels; i++)
		(void)buf_printf(&seen, "[%s=%s]", s->label[i].name, s->label[i].value);
	(void)buf_printf(&seen, " %g", s->value);
	if (s->has_t)
		(void)buf_printf(&seen, " @%" PRId64, s->t_ms);
	(void)buf_printf(&seen, "\n");
}

static void note_type(void *arg, const char *name, bool is_counter)
{
	(void)arg;
	(void)buf_printf(&seen, "(%s %d)\n", name, is_counter);
}

static int parse(const char *text, size_t n)
{
	struct exposition_sink sink = {.sample = note_sample, .type = note_type};

	buf_reset(&seen);
	fault.text[0] = '\0';
	return exposition_parse(text, n, &sink, &fault);
}

static void setup(void)
{
	buf_init(&seen, 0);
}

START_TEST(a_page_is_read_line_by_line)
{
	static const char text[] =
		"# HELP http_requests_total The total number of HTTP requests.\n"
		"# TYPE http_requests_total counter\n"
		"http_requests_total{method=\"post\",code=\"200\"} 1027 1395066363000\n"
		"http_requests_total{method=\"post\",code=\"400\",}    3 1395066363000\n"
		"\n"
		"# Escaping in label values:\n"
		"msdos_file_access_time_seconds{path=\"C:\\\\DIR\\\\FILE.TXT\",error=\"Cannot "
		"find file:\\n\\\"FILE.TXT\\\"\"} 1.458255915e9\n"
		"metric_without_timestamp_and_labels 12.47\n"
		"something_weird{problem=\"division by zero\"} +Inf 0\n"
		"spaced { a = \"3\" , b=\"4\" , } \t 1 \n"
		"# TYPE rpc:seconds summary\n"
		"rpc:seconds{} -5e-07\r\n"
		"#TYPE nothing\n"
		"empty{x=\"\"} NaN\n"
		"low -Inf\n"
		"# EOF\n";

	ck_assert_msg(parse(text, sizeof(text) - 1) == 0, "%s", fault.text);
	ck_assert_str_eq(buf_str(&seen),
			 "(http_requests_total 1)\n"
			 "http_requests_total[method=post][code=200] 1027 @1395066363000\n"
			 "http_requests_total[method=post][code=400] 3 @1395066363000\n"
			 "msdos_file_access_time_seconds[path=C:\\DIR\\FILE.TXT][error=Cannot find "
			 "file:\n\"FILE.TXT\"] 1.45826e+09\n"
			 "metric_without_timestamp_and_labels 12.47\n"
			 "something_weird[problem=division by zero] inf @0\n"
			 "spaced[a=3][b=4] 1\n"
			 "(rpc:seconds 0)\n"
			 "rpc:seconds -5e-07\n"
			 "empty[x=] nan\n"
			 "low -inf\n");
	ck_assert_int_eq(parse("", 0), 0);
}
END_TEST

START_TEST(a_text_with_one_bad_line_is_none)
{
	static const char *const bad[] = {
		"x\n",
		"x{} \n",
		"x{a} 1\n",
		"x{a=} 1\n",
		"x{a=1} 1\n",
		"x{a=\"1} 1\n",
		"x{a=\"1\" b=\"2\"} 1\n",
		"x{,} 1\n",
		"x{a=\"\\t\"} 1\n",
		"x{a=\"1\"\n} 1\n",
		"x{a:b=\"1\"} 1\n",
		"x 1 2 3\n",
		"x 1 -2\n",
		"x 1 1.5\n",
		"x one\n",
		"x 0x10\n",
		"x 1e999\n",
		"x +-1\n",
		"x nan\n",
		"1x 1\n",
		"x-y 1\n",
		"<!DOCTYPE html>\n",
		"x 1 # {a=\"b\"} 1\n",
		"# TYPE\n",
		"# TYPE x\n",
		"# TYPE x counter y\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ck_assert_msg(parse(bad[i], strlen(bad[i])) == ERR_MALFORMED, "%s", bad[i]);
		ck_assert_str_eq(fault.text, "line 1 is no metric");
	}
	ck_assert_int_eq(parse("y 1\nx 12", 8), ERR_MALFORMED); /* it may have been 123 */
	ck_assert_str_eq(fault.text, "line 2 is cut off");
	ck_assert_int_eq(parse("x\0y 1\n", 6), ERR_MALFORMED);
	ck_assert_int_eq(parse("x 1\0 \n", 6), ERR_MALFORMED);
	ck_assert_int_eq(parse("x{a=\"\0\"} 1\n", 11), ERR_MALFORMED);
}
END_TEST

START_TEST(what_is_too_long_is_refused)
{
	struct buf b;

	buf_init(&b, 0);
	for (int i = 0; i < EXPOSITION_NAME_B - 1; i++)
		(void)buf_append(&b, "n", 1);
	(void)buf_printf(&b, " 1\n");
	ck_assert_int_eq(parse(buf_str(&b), buf_avail(&b)), 0);
	buf_reset(&b);
	for (int i = 0; i < EXPOSITION_NAME_B; i++)
		(void)buf_append(&b, "n", 1);
	(void)buf_printf(&b, " 1\n");
	ck_assert_int_eq(parse(buf_str(&b), buf_avail(&b)), ERR_FULL);
	ck_assert_str_eq(fault.text, "line 1 is longer than is read");
	for (int n = EXPOSITION_LABELS_MAX; n <= EXPOSITION_LABELS_MAX + 1; n++) {
		buf_reset(&b);
		(void)buf_printf(&b, "x{");
		for (int i = 0; i < n; i++)
			(void)buf_printf(&b, "l%d=\"\",", i);
		(void)buf_printf(&b, "} 1\n");
		ck_assert_int_eq(parse(buf_str(&b), buf_avail(&b)),
				 n > EXPOSITION_LABELS_MAX ? ERR_FULL : 0);
	}
	buf_reset(&b);
	(void)buf_printf(&b, "x{a=\"");
	for (int i = 0; i < EXPOSITION_LABELS_B; i++)
		(void)buf_append(&b, "v", 1);
	(void)buf_printf(&b, "\"} 1\n");
	ck_assert_int_eq(parse(buf_str(&b), buf_avail(&b)), ERR_FULL);
	buf_fini(&b);
}
END_TEST

START_TEST(numbers_are_those_that_go_prints)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {{"0", 0},		{"-0", 0},
		    {"1.7e+09", 1.7e9}, {"5e-324", 5e-324},
		    {"+1", 1},		{"1.7976931348623157e+308", 1.7976931348623157e308},
		    {"+Inf", INFINITY}, {"Inf", INFINITY},
		    {"-Inf", -INFINITY}};
	double v;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		ck_assert_msg(scan_parse_number(good[i].text, &v) == 0, "%s", good[i].text);
		ck_assert(v >= good[i].value && v <= good[i].value);
	}
	ck_assert_int_eq(scan_parse_number("NaN", &v), 0);
	ck_assert(isnan(v));
	ck_assert_int_eq(scan_parse_number("", &v), ERR_MALFORMED);
	ck_assert_int_eq(scan_parse_number("+", &v), ERR_MALFORMED);
	ck_assert_int_eq(scan_parse_number("1 ", &v), ERR_MALFORMED);
}
END_TEST

/* A metric printed and read again is the same, whatever its labels hold. */
START_TEST(what_is_escaped_comes_back)
{
	static const char alphabet[] = "ab{}=,\\\"\n #\t\xc3\xa4";
	uint64_t seed = rng_seed(42);
	struct rng rng;

	rng_init(&rng, seed);
	for (int round = 0; round < 2000; round++) {
		struct buf text, expected;

		buf_init(&text, 0);
		buf_init(&expected, 0);
		(void)buf_printf(&text, "m{l=\"");
		(void)buf_printf(&expected, "m[l=");
		for (uint64_t n = rng_below(&rng, 20); n > 0; n--) {
			char c = alphabet[rng_below(&rng, sizeof(alphabet) - 1)];

			(void)buf_append(&expected, &c, 1);
			if (c == '\n')
				(void)buf_printf(&text, "\\n");
			else
				(void)buf_printf(&text, "%s%c", c == '\\' || c == '"' ? "\\" : "",
						 c);
		}
		(void)buf_printf(&text, "\"} 7\n");
		(void)buf_printf(&expected, "] 7\n");
		ck_assert_msg(parse(buf_str(&text), buf_avail(&text)) == 0, "seed %llu: %s",
			      (unsigned long long)seed, buf_str(&text));
		ck_assert_str_eq(buf_str(&seen), buf_str(&expected));
		buf_fini(&text);
		buf_fini(&expected);
	}
}
END_TEST

/* ---- Selectors ------------------------------------------------------------------------------------------- */

static bool selects(const char *selector, const char *line)
{
	struct selector s;
	const struct exposition_label label[] = {{"cpu", "0"}, {"mode", "idle"}};
	struct exposition_sample sample = {.name = line, .label = label, .n_labels = 2};

	ck_assert_msg(selector_parse(selector, &s, &fault) == 0, "%s: %s", selector, fault.text);
	return selector_matches(&s, &sample);
}

START_TEST(selectors_match_names_and_labels)
{
	ck_assert(selects("cpu_s", "cpu_s"));
	ck_assert(selects(" cpu_s { } ", "cpu_s"));
	ck_assert(selects("cpu_s{mode=\"idle\"}", "cpu_s"));
	ck_assert(selects("cpu_s{mode=\"idle\",cpu=\"0\",}", "cpu_s"));
	ck_assert(selects("cpu_s{mode!=\"user\"}", "cpu_s"));
	ck_assert(selects("cpu_s{host=\"\"}", "cpu_s")); /* a label that is not there is empty */
	ck_assert(!selects("cpu_s{host!=\"\"}", "cpu_s"));
	ck_assert(!selects("cpu_s{mode=\"idle\",cpu=\"1\"}", "cpu_s"));
	ck_assert(!selects("cpu_s{mode!=\"idle\"}", "cpu_s"));
	ck_assert(!selects("cpu_s", "cpu_s_total"));
}
END_TEST

START_TEST(what_is_no_selector_is_refused)
{
	static const char *const bad[] = {"",	    "{a=\"b\"}",	  "x{",	       "x{a}",
					  "x{a=b}", "x{a=~\"b.*\"}",	  "x} y",      "sum(x)",
					  "x[5m]",  "x{a=\"b\" c=\"d\"}", "x{a=\"b\"", "x y"};
	struct selector s;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(selector_parse(bad[i], &s, &fault) == ERR_MALFORMED, "%s", bad[i]);
}
END_TEST

/* ---- Servers' answers ------------------------------------------------------------------------------------ */

static int instant(const char *json, struct promapi_instant *ret)
{
	fault.text[0] = '\0';
	return promapi_instant(json, strlen(json), ret, &fault);
}

#define VECTOR(x) "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" x "]}}"

START_TEST(an_instant_answer_is_one_value_none_or_many)
{
	struct promapi_instant v;

	ck_assert_int_eq(instant(VECTOR("{\"metric\":{},\"value\":[1752498000.25,\"0\"]}"), &v), 0);
	ck_assert_uint_eq(v.n_series, 1);
	ck_assert_double_eq(v.value, 0);
	ck_assert_int_eq(v.t_ms, 1752498000250);
	ck_assert_int_eq(instant(VECTOR(""), &v), 0);
	ck_assert_uint_eq(v.n_series, 0);
	ck_assert(isnan(v.value)); /* never 0 */
	ck_assert_int_eq(instant(VECTOR("{\"value\":[1,\"1\"]},{\"value\":[1,\"2\"]}"), &v), 0);
	ck_assert_uint_eq(v.n_series, 2);
	ck_assert_int_eq(instant(VECTOR("{\"value\":[1,\"NaN\"]}"), &v), 0);
	ck_assert(isnan(v.value));
	ck_assert_int_eq(instant("{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\","
				 "\"result\":[1752498000,\"-1.5e3\"]}}",
				 &v),
			 0);
	ck_assert_double_eq(v.value, -1500);
}
END_TEST

START_TEST(a_refused_query_is_told_in_the_servers_words)
{
	struct promapi_instant v;

	ck_assert_int_eq(
		instant("{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"no\"}", &v),
		ERR_INVALID);
	ck_assert_str_eq(fault.text, "bad_data: no");
}
END_TEST

START_TEST(what_is_no_answer_is_malformed)
{
	static const char *const bad[] = {
		"",
		"sorry",
		"[]",
		"{}",
		"{\"status\":\"success\"}",
		"{\"status\":\"success\",\"data\":[]}",
		"{\"status\":\"success\",\"data\":{\"resultType\":\"string\",\"result\":[1,\"x\"]}}",
		"{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":{}}}",
		"{\"status\":\"success\",\"status\":\"success\",\"data\":{}}",
		VECTOR("{\"value\":[1]}"),
		VECTOR("{\"value\":[1,2]}"),
		VECTOR("{\"value\":[1,\"x\"]}"),
		VECTOR("{\"value\":[\"1\",\"1\"]}"),
		VECTOR("{\"value\":[-1,\"1\"]}"),
		VECTOR("{\"value\":[1e300,\"1\"]}"),
		VECTOR("{}"),
		VECTOR("1"),
		VECTOR("{\"value\":[1,\"1\"]}") " more",
	};
	struct promapi_instant v;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ck_assert_msg(instant(bad[i], &v) == ERR_MALFORMED, "%s", bad[i]);
		ck_assert_ptr_nonnull(strstr(fault.text, "no answer of a Prometheus server: "));
	}
}
END_TEST

#define MATRIX(x) "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[" x "]}}"

static int range(const char *json, double *value, size_t *ret_series)
{
	struct promapi_range into = {.from_ms = 60000, .step_ms = 30000, .value = value, .n = 4};

	fault.text[0] = '\0';
	return promapi_range(json, strlen(json), &into, ret_series, &fault);
}

START_TEST(a_range_is_filled_where_there_are_values)
{
	double v[4];
	size_t series;

	ck_assert_int_eq(
		range(MATRIX("{\"values\":[[60,\"1\"],[120,\"3\"],[150.0,\"NaN\"]]}"), v, &series),
		0);
	ck_assert_uint_eq(series, 1);
	ck_assert_double_eq(v[0], 1);
	ck_assert_double_eq(v[2], 3);
	ck_assert(isnan(v[1]) && isnan(v[3]));
	ck_assert_int_eq(range(MATRIX(""), v, &series), 0);
	ck_assert_uint_eq(series, 0);
	ck_assert_int_eq(range(MATRIX("{},{}"), v, &series), 0);
	ck_assert_uint_eq(series, 2);
	ck_assert_int_eq(range(MATRIX("{\"values\":[[61,\"1\"]]}"), v, &series), ERR_MALFORMED);
	ck_assert_int_eq(range(MATRIX("{\"values\":[[180,\"1\"]]}"), v, &series), ERR_MALFORMED);
	ck_assert_int_eq(range(MATRIX("{\"values\":[[30,\"1\"]]}"), v, &series), ERR_MALFORMED);
	ck_assert_int_eq(range(VECTOR(""), v, &series), ERR_MALFORMED);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("exposition");
	TCase *tc = tcase_create("exposition");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, a_page_is_read_line_by_line);
	tcase_add_test(tc, a_text_with_one_bad_line_is_none);
	tcase_add_test(tc, what_is_too_long_is_refused);
	tcase_add_test(tc, numbers_are_those_that_go_prints);
	tcase_add_test(tc, what_is_escaped_comes_back);
	tcase_add_test(tc, selectors_match_names_and_labels);
	tcase_add_test(tc, what_is_no_selector_is_refused);
	tcase_add_test(tc, an_instant_answer_is_one_value_none_or_many);
	tcase_add_test(tc, a_refused_query_is_told_in_the_servers_words);
	tcase_add_test(tc, what_is_no_answer_is_malformed);
	tcase_add_test(tc, a_range_is_filled_where_there_are_values);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
