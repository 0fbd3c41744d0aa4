/* What a configuration may say, and what becomes of a number: a value, or the reason why there is none. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prometheus/options.h"
#include "prometheus/reading.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

#define NOW INT64_C(1752508800000)

static char said[8192];

static struct mapping *load(const char *yaml)
{
	char *path = tmpdir_path(tmpdir_new(), "prometheus.yaml");
	FILE *file = fopen(path, "we");
	struct mapping *m = NULL;
	struct fault_list faults;

	ck_assert_ptr_nonnull(file);
	(void)fputs(yaml, file);
	(void)fclose(file);
	fault_list_init(&faults);
	ck_assert_int_eq(mapping_load(path, &m, &faults) == 0, faults.n == 0);
	said[0] = '\0';
	for (size_t i = 0; i < faults.n; i++) {
		char text[512];
		size_t at = strlen(said);

		(void)snprintf(said + at, sizeof(said) - at, "%s\n",
			       conf_fault_format(&faults.at[i], text, sizeof(text)));
	}
	fault_list_fini(&faults);
	free(path);
	return m;
}

START_TEST(a_sound_configuration_is_read)
{
	struct mapping *m = load(
		"sources:\n"
		"  - {id: server, kind: promql, url: \"http://127.0.0.1:9090/\", period: 30s}\n"
		"  - {id: node, kind: scrape, url: \"http://localhost/metrics\", unix: /run/n.sock,\n"
		"     token_file: /run/token}\n"
		"points:\n"
		"  - {point: a/power, unit: W, source: server, query: 'sum(power{dc=\"a\"})', scale: -1000,\n"
		"     min: -2000000, max: 0, max_age: 1min}\n"
		"  - {point: a/rx, unit: count, kind: mean, label: end, source: node, aggregate: sum,\n"
		"     metric: 'rx_total{dev!=\"lo\"}', rate: true}\n"
		"curves:\n"
		"  - {point: a/power, source: server, query: 'power offset 1d'}\n");

	ck_assert_msg(m != NULL, "%s", said);
	ck_assert_str_eq(m->name, "prometheus");
	ck_assert_str_eq(m->sources[0].endpoint.base, "http://127.0.0.1:9090");
	ck_assert_int_eq(m->points[0].spec.period_ms, 30000);
	ck_assert_int_eq(m->points[1].spec.period_ms, 15000);
	ck_assert_uint_eq(m->points[1].source_at, 1);
	ck_assert_str_eq(m->points[1].selector.name, "rx_total");
	ck_assert_uint_eq(m->curves[0].point_at, 0);
	mapping_free(m);
}
END_TEST

START_TEST(the_example_file_is_sound)
{
	struct mapping *m = NULL;
	struct fault_list faults;
	char path[1024];

	(void)snprintf(path, sizeof(path), "%s/adapters/prometheus/prometheus.yaml",
		       getenv("SUANDIAN_SOURCE") ? getenv("SUANDIAN_SOURCE") : ".");
	fault_list_init(&faults);
	ck_assert_int_eq(mapping_load(path, &m, &faults), 0);
	fault_list_fini(&faults);
	mapping_free(m);
}
END_TEST

START_TEST(what_is_wrong_is_said_with_its_place)
{
	static const char *const says[] = {
		"prometheus.yaml:2:44: sources[0].url: begins with neither",
		"prometheus.yaml:3:10: sources[1].id: is given twice",
		"prometheus.yaml:3:73: sources[1].timeout: is above period",
		"sources[2].token_file: would go over the network in clear",
		"points[0].query: and no metric is needed",
		"points[0].rate: is for scraped metrics",
		"points[1].metric: and no query is needed",
		"points[2].metric: is no selector",
		"points[2].label: is needed for a mean",
		"points[3].source: is not in the list",
		"points[3].point: is no name of a point",
		"points[4].point: is given twice",
		"points[4].aggregate: is for scraped metrics",
		"points[4].label: is end",
		"curves[0].point: is not in the list",
		"curves[0].source: is no Prometheus server",
		"curves[0].horizon: is more than 4096 steps",
	};

	ck_assert_ptr_null(load(
		"sources:\n"
		"  - {id: a, kind: promql, period: 5s, url: \"ftp://127.0.0.1\"}\n"
		"  - {id: a, kind: promql, period: 2s, url: \"http://127.0.0.1\", timeout: 3s}\n"
		"  - {id: b, kind: scrape, url: \"http://192.0.2.1/m\", token_file: x}\n"
		"points:\n"
		"  - {point: x/a, unit: W, source: a, rate: true}\n"
		"  - {point: x/b, unit: W, source: b, query: up}\n"
		"  - {point: x/c, unit: W, source: b, metric: 'sum(x)', kind: mean}\n"
		"  - {point: X, unit: W, source: nobody, query: up}\n"
		"  - {point: x/a, unit: W, source: a, query: up, aggregate: sum, label: start}\n"
		"curves:\n"
		"  - {point: x/z, source: b, query: up, horizon: 10d, step: 1min}\n"));
	for (size_t i = 0; i < ARRAY_SIZE(says); i++)
		ck_assert_msg(strstr(said, says[i]) != NULL, "%s\nnot in:\n%s", says[i], said);
	ck_assert_ptr_null(load("sources: []\n"));
}
END_TEST

START_TEST(options_are_read)
{
	const char *const good[] = {"p", "--config=x", "--once", "--log-level=debug", NULL};
	const char *const bad[] = {"p", "--config=x", "--log-level=loud", NULL};
	const char *const none[] = {"p", "--once", NULL};
	struct options o;

	ck_assert_int_eq(options_parse(4, (char **)good, &o), 0);
	ck_assert(o.once && !o.dry_run && o.log_level == LOG_DEBUG);
	ck_assert_int_eq(options_parse(3, (char **)bad, &o), ERR_INVALID);
	ck_assert_int_eq(options_parse(2, (char **)none, &o), ERR_INVALID);
}
END_TEST

/* ---- Readings -------------------------------------------------------------------------------------------- */

static struct mapping_point point(void)
{
	return (struct mapping_point){.spec = {.scale = 1,
					       .min = -POINTSPEC_NO_BOUND,
					       .max = POINTSPEC_NO_BOUND,
					       .period_ms = 15000}};
}

static struct reading_matches matches(const double *value, size_t n)
{
	struct reading_matches m = {.n = 0};

	for (size_t i = 0; i < n; i++)
		reading_match(&m, &(struct exposition_sample){.value = value[i]});
	return m;
}

static struct reading read_one(const struct mapping_point *p, double value, int64_t now_ms,
			       struct reading_memory *memory)
{
	struct reading_matches m = matches(&value, 1);

	return reading_of_matches(p, &m, memory, now_ms);
}

#define OK SUANDIAN__V1__QUALITY__QUALITY_OK
#define MISSING SUANDIAN__V1__QUALITY__QUALITY_MISSING
#define BAD SUANDIAN__V1__QUALITY__QUALITY_BAD

static void expect(struct reading r, enum reading_why why, Suandian__V1__Quality q, double value)
{
	ck_assert_msg(r.why == why, "%s", reading_text(r.why));
	ck_assert_int_eq(r.quality, q);
	if (isnan(value))
		ck_assert(isnan(r.value));
	else
		ck_assert_double_eq_tol(r.value, value, 1e-9);
}

START_TEST(zero_is_a_value_and_nothing_is_missing)
{
	struct mapping_point p = point();
	struct reading_memory memory = {0};
	struct reading_matches none = {0};

	expect(read_one(&p, 0, NOW, &memory), READING_GOOD, OK, 0);
	expect(reading_of_matches(&p, &none, &memory, NOW), READING_ABSENT, MISSING, NAN);
	expect(read_one(&p, NAN, NOW, &memory), READING_NAN, MISSING, NAN);
	expect(read_one(&p, INFINITY, NOW, &memory), READING_NAN, MISSING, NAN);
	expect(reading_of_value(&p, 0, NOW, INT64_MIN), READING_GOOD, OK, 0);
	expect(reading_of_value(&p, NAN, NOW, INT64_MIN), READING_NAN, MISSING, NAN);
}
END_TEST

START_TEST(values_are_scaled_and_judged)
{
	struct mapping_point p = point();
	struct reading_memory memory = {0};

	p.spec.scale = -1000;
	p.spec.offset = 5;
	p.spec.min = -3000;
	p.spec.max = 0;
	expect(read_one(&p, 2, NOW, &memory), READING_GOOD, OK, -1995);
	expect(read_one(&p, 4, NOW, &memory), READING_IMPLAUSIBLE, BAD, -3995);
	expect(read_one(&p, 0, NOW, &memory), READING_IMPLAUSIBLE, BAD, 5);
	p.spec.scale = 1e300;
	expect(read_one(&p, 1e300, NOW, &memory), READING_NAN, MISSING, NAN);
}
END_TEST

START_TEST(several_series_are_one_only_if_that_is_asked_for)
{
	static const double value[] = {3, 1, 8};
	static const double broken[] = {3, NAN, 8};
	static const struct {
		enum mapping_aggregate how;
		double value;
	} of[] = {{MAPPING_SUM, 12}, {MAPPING_MIN, 1}, {MAPPING_MAX, 8}, {MAPPING_MEAN, 4}};
	struct reading_matches m = matches(value, 3), b = matches(broken, 3);
	struct reading_memory memory = {0};
	struct mapping_point p = point();

	expect(reading_of_matches(&p, &m, &memory, NOW), READING_AMBIGUOUS, MISSING, NAN);
	for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
		p.aggregate = of[i].how;
		expect(reading_of_matches(&p, &m, &memory, NOW), READING_GOOD, OK, of[i].value);
		expect(reading_of_matches(&p, &b, &memory, NOW), READING_NAN, MISSING, NAN);
	}
}
END_TEST

START_TEST(a_rate_needs_two_readings_and_no_reset_or_gap)
{
	struct mapping_point p = point();
	struct reading_memory memory = {0};

	p.rate = true;
	expect(read_one(&p, 100, NOW, &memory), READING_FIRST, MISSING, NAN);
	expect(read_one(&p, 130, NOW + 15000, &memory), READING_GOOD, OK, 2);
	expect(read_one(&p, 130, NOW + 30000, &memory), READING_GOOD, OK, 0);
	expect(read_one(&p, NAN, NOW + 40000, &memory), READING_NAN, MISSING, NAN);
	expect(read_one(&p, 150, NOW + 50000, &memory), READING_GOOD, OK, 1);
	expect(read_one(&p, 10, NOW + 65000, &memory), READING_RESET, MISSING, NAN);
	expect(read_one(&p, 25, NOW + 80000, &memory), READING_GOOD, OK, 1);
	expect(read_one(&p, 99, NOW + 80000 + 61000, &memory), READING_FIRST, MISSING, NAN);
	expect(read_one(&p, 114, NOW + 80000 + 76000, &memory), READING_GOOD, OK, 1);
	/* the clock stepped back */
	expect(read_one(&p, 120, NOW, &memory), READING_FIRST, MISSING, NAN);
	/* the very same reading, as a cache gives it */
	expect(read_one(&p, 120, NOW, &memory), READING_STALE, MISSING, NAN);
	expect(read_one(&p, 135, NOW + 15000, &memory), READING_GOOD, OK, 1);
}
END_TEST

START_TEST(old_values_are_missing_where_an_age_is_asked_for)
{
	struct exposition_sample sample = {.value = 7, .has_t = true, .t_ms = NOW - 20000};
	struct reading_matches m = {0};
	struct reading_memory memory = {0};
	struct mapping_point p = point();
	struct reading r;

	reading_match(&m, &sample);
	r = reading_of_matches(&p, &m, &memory, NOW);
	expect(r, READING_GOOD, OK, 7);
	ck_assert_int_eq(r.t_ms, NOW - 20000); /* its own time stamp */
	p.max_age_ms = 19999;
	expect(reading_of_matches(&p, &m, &memory, NOW), READING_STALE, MISSING, NAN);
	p.max_age_ms = 20000;
	expect(reading_of_matches(&p, &m, &memory, NOW), READING_GOOD, OK, 7);
	/* of several the oldest counts */
	sample.t_ms = NOW - 30000;
	reading_match(&m, &sample);
	p.aggregate = MAPPING_SUM;
	expect(reading_of_matches(&p, &m, &memory, NOW), READING_STALE, MISSING, NAN);
	expect(reading_of_value(&p, 7, NOW, NOW - 20000), READING_GOOD, OK, 7);
	expect(reading_of_value(&p, 7, NOW, NOW - 20001), READING_STALE, MISSING, NAN);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("mapping");
	TCase *tc = tcase_create("mapping");

	tcase_add_test(tc, a_sound_configuration_is_read);
	tcase_add_test(tc, the_example_file_is_sound);
	tcase_add_test(tc, what_is_wrong_is_said_with_its_place);
	tcase_add_test(tc, options_are_read);
	tcase_add_test(tc, zero_is_a_value_and_nothing_is_missing);
	tcase_add_test(tc, values_are_scaled_and_judged);
	tcase_add_test(tc, several_series_are_one_only_if_that_is_asked_for);
	tcase_add_test(tc, a_rate_needs_two_readings_and_no_reset_or_gap);
	tcase_add_test(tc, old_values_are_missing_where_an_age_is_asked_for);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
