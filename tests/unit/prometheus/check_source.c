/* Sources against a server of our own on the same loop: what a poll gives, what is said once, what is asked. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/webserver.h"
#include "base/clock.h"
#include "base/log.h"
#include "prometheus/forecast.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

static struct loop *loop;
static struct web web;
static struct mapping *mapping;
static struct source *source;
static struct forecast *forecast;

static struct {
	int polls, closed, curves;
	size_t n;
	enum reading_why why[400];
	double value[400];
	struct forecast_curve curve;
	double first, last;
} got;
static char logged[8192];
/* what the server says, by what the path contains */
static const char *when[8], *says[8];
static int n_says;

static void note_log(enum log_level level, const char *line, void *arg)
{
	size_t at = strlen(logged);

	(void)level;
	(void)arg;
	(void)snprintf(logged + at, sizeof(logged) - at, "%s\n", line);
}

static const char *page(void *arg, const char *path)
{
	(void)arg;
	for (int i = 0; i < n_says; i++)
		if (strstr(path, when[i]))
			return says[i];
	return NULL;
}

static void answer(const char *path_has, const char *body)
{
	when[n_says] = path_has;
	says[n_says++] = body;
}

static void polled(void *arg, const struct source *s, const size_t *point,
		   const struct reading *reading, size_t n)
{
	(void)arg;
	ck_assert_ptr_eq(s, source);
	got.polls++;
	got.n = n;
	for (size_t i = 0; i < n; i++) {
		ck_assert_uint_eq(point[i], i);
		got.why[i] = reading[i].why;
		got.value[i] = reading[i].value;
		ck_assert_int_eq(isnan(reading[i].value) != 0,
				 reading[i].quality == SUANDIAN__V1__QUALITY__QUALITY_MISSING);
	}
}

static void made(void *arg, const struct forecast_curve *c)
{
	(void)arg;
	got.curves++;
	got.curve = *c;
	got.first = c->value[0];
	got.last = c->value[c->n - 1];
}

static void on_closed(void *arg)
{
	(void)arg;
	got.closed++;
}

#define RUN_UNTIL(x)                                                                               \
	do {                                                                                       \
		while (!(x))                                                                       \
			ck_assert(loop_step(loop, true));                                          \
	} while (0)

static void setup(void)
{
	ck_assert_int_eq(loop_new(&loop), 0);
	web_start(&web, loop, NULL);
	web.page = page;
	log_set_sink(note_log, NULL);
	memset(&got, 0, sizeof(got));
	logged[0] = '\0';
	n_says = 0;
}

/* `points` in YAML for a source whose page is at `path`. */
static void make(const char *kind, const char *path, const char *points)
{
	char *file = tmpdir_path(tmpdir_new(), "p.yaml");
	struct source_options o = {.polled = polled};
	struct fault_list faults;
	FILE *f = fopen(file, "we");

	ck_assert_ptr_nonnull(f);
	fprintf(f,
		"sources:\n  - {id: s, kind: %s, url: \"%s%s\", period: 1s, timeout: 200ms,"
		" max_bytes: 65536}\n%s",
		kind, web_url(&web), path, points);
	(void)fclose(f);
	fault_list_init(&faults);
	if (mapping_load(file, &mapping, &faults) < 0)
		ck_abort_msg("%s", faults.at[0].text);
	fault_list_fini(&faults);
	o.mapping = mapping;
	ck_assert_int_eq(source_new(loop, &o, &source), 0);
	free(file);
}

static void poll(void)
{
	int n = got.polls + 1;

	source_start(source, false);
	RUN_UNTIL(got.polls == n);
}

static void finish(void)
{
	int polls = got.polls;

	source_close(source, on_closed, NULL);
	RUN_UNTIL(got.closed == 1);
	ck_assert_int_eq(got.polls, polls);
	forecast_free(forecast);
	web_stop(&web);
	loop_run(loop);
	loop_free(loop);
	mapping_free(mapping);
	log_set_sink(NULL, NULL);
}

static int count(const char *what)
{
	int n = 0;

	for (const char *p = logged; (p = strstr(p, what)); p++)
		n++;
	return n;
}

#define TWO_POINTS                                                                                 \
	"points:\n"                                                                                \
	"  - {point: a/load, unit: count, source: s, metric: 'load{dc=\"a\"}'}\n"                  \
	"  - {point: a/all, unit: count, source: s, metric: load, aggregate: sum}\n"               \
	"  - {point: a/rx, unit: count, source: s, metric: rx_total}\n"

START_TEST(one_page_gives_all_points_their_values)
{
	make("scrape", "/metrics", TWO_POINTS);
	answer("/metrics",
	       "# TYPE rx_total counter\nload{dc=\"a\"} 0\nload{dc=\"b\"} 5\nrx_total 9\n");
	poll();
	poll();
	ck_assert_int_eq(web.requests, 2);
	ck_assert_uint_eq(got.n, 3);
	ck_assert_double_eq(got.value[0], 0);
	ck_assert_double_eq(got.value[1], 5);
	ck_assert_double_eq(got.value[2], 9);
	ck_assert(source_is_up(source));
	ck_assert_ptr_nonnull(strstr(web.last, "Accept: text/plain;version=0.0.4"));
	ck_assert_int_eq(count("a/rx: rx_total is a counter"), 1); /* said once */
	ck_assert_int_eq(count("source s answers"), 1);
	finish();
}
END_TEST

START_TEST(a_lost_source_makes_its_points_missing_and_is_said_once)
{
	static const char *const bad[] = {
		"load{dc=\"a\"} 1\n<html>\n", /* no metrics */
		"load{dc=\"a\"} 1\nload 2",   /* cut off */
	};

	make("scrape", "/metrics", TWO_POINTS);
	answer("/metrics", "load{dc=\"a\"} 1\nrx_total 3\n");
	poll();
	ck_assert_int_eq(got.why[0], READING_GOOD);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		says[0] = bad[i];
		poll();
		for (int k = 0; k < 3; k++)
			ck_assert_int_eq(got.why[k], READING_DOWN);
	}
	says[0] = NULL; /* what the path says: nothing at all, till the time-out */
	poll();
	ck_assert_int_eq(got.why[0], READING_DOWN);
	ck_assert(!source_is_up(source));
	ck_assert_int_eq(source_get_fault(source)->code, ERR_TIMEOUT);
	ck_assert_int_eq(count("its 3 points are missing"), 1);
	says[0] = "load{dc=\"a\"} 2\nrx_total 3\n";
	poll();
	ck_assert_double_eq(got.value[0], 2);
	ck_assert_int_eq(count("source s answers again"), 1);
	finish();
}
END_TEST

START_TEST(a_status_of_failure_is_no_page)
{
	make("scrape", "/status/503", TWO_POINTS);
	poll();
	ck_assert_int_eq(got.why[0], READING_DOWN);
	ck_assert_int_eq(count("answers with status 503"), 1);
	finish();
}
END_TEST

START_TEST(a_point_that_disappears_is_said_once_and_when_it_is_back)
{
	make("scrape", "/metrics", TWO_POINTS);
	answer("/metrics", "load{dc=\"a\"} 1\nrx_total 3\n");
	poll();
	says[0] = "rx_total 3\n";
	poll();
	poll();
	ck_assert_int_eq(got.why[0], READING_ABSENT);
	ck_assert_int_eq(got.why[2], READING_GOOD);
	ck_assert_int_eq(count("a/load: there is no such series; it is missing"), 1);
	says[0] = "load{dc=\"a\"} 1\nrx_total 3\n";
	poll();
	ck_assert_int_eq(count("a/load has values again"), 1);
	finish();
}
END_TEST

#define RESULT(x) "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" x "]}}"

static char now_result[256], old_result[256], since_result[256];

/* Answers with the time of now. */
static void stamp(void)
{
	double now = (double)clock_wall_ms() / 1000;

	(void)snprintf(now_result, sizeof(now_result), RESULT("{\"value\":[%.3f,\"7\"]}"), now);
	(void)snprintf(since_result, sizeof(since_result), RESULT("{\"value\":[%.3f,\"%.3f\"]}"),
		       now, now - 1);
	(void)snprintf(old_result, sizeof(old_result), RESULT("{\"value\":[%.3f,\"%.3f\"]}"), now,
		       now - 100);
}

START_TEST(each_query_has_its_own_answer)
{
	make("promql", "",
	     "points:\n"
	     "  - {point: a/one, unit: W, source: s, query: 'one{x=\"a b\"}'}\n"
	     "  - {point: a/none, unit: W, source: s, query: none}\n"
	     "  - {point: a/many, unit: W, source: s, query: many}\n"
	     "  - {point: a/bad, unit: W, source: s, query: bad}\n"
	     "  - {point: a/fresh, unit: W, source: s, query: fresh, max_age: 10s}\n"
	     "  - {point: a/old, unit: W, source: s, query: old, max_age: 10s}\n"
	     "  - {point: a/silent, unit: W, source: s, query: silent}\n");
	stamp();
	answer("query=one%7Bx%3D%22a%20b%22%7D", now_result);
	answer("query=none", RESULT(""));
	answer("query=many", RESULT("{\"value\":[1,\"1\"]},{\"value\":[1,\"2\"]}"));
	answer("query=bad", "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"oh\"}");
	answer("query=min%28timestamp%28fresh%29%29", since_result);
	answer("query=min%28timestamp%28old%29%29", old_result);
	answer("query=fresh", now_result);
	answer("query=old", now_result);
	poll();
	poll();
	ck_assert_double_eq(got.value[0], 7);
	ck_assert_int_eq(got.why[1], READING_ABSENT);
	ck_assert_int_eq(got.why[2], READING_AMBIGUOUS);
	ck_assert_int_eq(got.why[3], READING_REFUSED);
	ck_assert_int_eq(got.why[4], READING_GOOD);
	ck_assert_int_eq(got.why[5], READING_STALE);
	ck_assert_int_eq(got.why[6], READING_DOWN);
	ck_assert(source_is_up(source)); /* it answered the others */
	ck_assert_int_eq(count("a/bad: the server refuses its query: bad_data: oh"), 1);
	ck_assert_int_eq(count("a/old: older than max_age"), 1);
	ck_assert_int_eq(count("a/silent: its source does not answer"), 1);
	ck_assert_int_eq(count("clock"), 0);
	finish();
}
END_TEST

START_TEST(many_points_are_asked_a_few_at_a_time)
{
	enum { N = 300 };
	static char yaml[N * 80];
	size_t at = (size_t)snprintf(yaml, sizeof(yaml), "points:\n");

	for (int i = 0; i < N; i++)
		at += (size_t)snprintf(yaml + at, sizeof(yaml) - at,
				       "  - {point: a/p%d, unit: W, source: s, query: q%d}\n", i,
				       i);
	make("promql", "", yaml);
	stamp();
	answer("query=q", now_result);
	poll();
	ck_assert_uint_eq(got.n, N);
	for (int i = 0; i < N; i++)
		ck_assert_int_eq(got.why[i], READING_GOOD);
	ck_assert_int_eq(web.requests, N);
	finish();
}
END_TEST

START_TEST(a_server_whose_clock_is_off_is_said_once)
{
	make("promql", "", "points:\n  - {point: a/one, unit: W, source: s, query: one}\n");
	answer("query=one", RESULT("{\"value\":[1000,\"7\"]}"));
	poll();
	poll();
	ck_assert_int_eq(count("its clock is "), 1);
	finish();
}
END_TEST

START_TEST(a_closed_source_ends_its_poll_without_a_word)
{
	make("promql", "", "points:\n  - {point: a/one, unit: W, source: s, query: one}\n");
	answer("nothing", "");
	source_start(source, true);
	RUN_UNTIL(web.requests == 1);
	finish();
	ck_assert_int_eq(got.polls, 0);
}
END_TEST

START_TEST(a_token_is_read_from_its_file_each_time)
{
	char *file = tmpdir_path(tmpdir_new(), "token"), points[512];
	FILE *f = fopen(file, "we");

	ck_assert_ptr_nonnull(f);
	(void)fputs("s3cret\n", f);
	(void)fclose(f);
	(void)snprintf(points, sizeof(points),
		       "  - {id: t, kind: scrape, url: \"%s/metrics\", token_file: %s}\n"
		       "points:\n  - {point: a/x, unit: W, source: t, metric: x}\n",
		       web_url(&web), file);
	make("scrape", "/metrics", points);
	source_close(source, on_closed, NULL);
	struct source_options o = {.mapping = mapping, .at = 1, .polled = polled};
	ck_assert_int_eq(source_new(loop, &o, &source), 0);
	answer("/metrics", "x 1\n");
	poll();
	ck_assert_ptr_nonnull(strstr(web.last, "\r\nAuthorization: Bearer s3cret\r\n"));
	RUN_UNTIL(got.closed == 1);
	got.closed = 0;
	finish();
	free(file);
}
END_TEST

/* ---- Forecasts ------------------------------------------------------------------------------------------- */

static char matrix[2048];

static double parameter(const char *path, const char *name)
{
	const char *at = strstr(path, name);

	ck_assert_msg(at != NULL, "%s in %s", name, path);
	return strtod(at + strlen(name), NULL);
}

/* The server answers for the grid that it is asked for. */
static const char *range_page(void *arg, const char *path)
{
	double start, end, step;

	(void)arg;
	if (!strstr(path, "/api/v1/query_range?query=sun&"))
		return NULL;
	start = parameter(path, "&start=");
	end = parameter(path, "&end=");
	step = parameter(path, "&step=");
	(void)snprintf(matrix, sizeof(matrix),
		       "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
		       "{\"values\":[[%.3f,\"5\"],[%.3f,\"9000\"],[%.3f,\"7\"]]}]}}",
		       start, start + step, end);
	return matrix;
}

START_TEST(a_forecast_is_a_range_into_the_future)
{
	struct forecast_options o = {.made = made};
	int64_t now_ms = clock_wall_ms();

	make("promql", "",
	     "points:\n"
	     "  - {point: a/sun, unit: W, kind: mean, label: end, source: s, query: sun,\n"
	     "     scale: -2, min: -100, max: 0}\n"
	     "curves:\n"
	     "  - {point: a/sun, source: s, query: sun, horizon: 1h, step: 15min,"
	     " every: 1h}\n");
	web.page = range_page;
	o.mapping = mapping;
	o.source = source;
	ck_assert_int_eq(forecast_new(loop, &o, &forecast), 0);
	forecast_start(forecast);
	RUN_UNTIL(got.curves == 1);
	ck_assert_uint_eq(got.curve.n, 4);
	ck_assert_uint_eq(got.curve.n_known, 2); /* one step is implausible, one is not there */
	ck_assert_double_eq(got.first, -10);
	ck_assert_double_eq(got.last, -14);
	ck_assert_int_eq(got.curve.start_ms % (15 * MS_PER_MIN), 0);
	ck_assert_int_gt(got.curve.start_ms, now_ms - MS_PER_MIN);
	ck_assert_int_ge(got.curve.issue_ms, now_ms);
	forecast_stop(forecast);
	finish();
}
END_TEST

START_TEST(a_forecast_that_fails_is_said_once)
{
	struct forecast_options o = {.made = made};

	make("promql", "",
	     "points:\n  - {point: a/sun, unit: W, source: s, query: sun}\n"
	     "curves:\n  - {point: a/sun, source: s, query: sun}\n");
	answer("query_range", "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"no\"}");
	o.mapping = mapping;
	o.source = source;
	ck_assert_int_eq(forecast_new(loop, &o, &forecast), 0);
	forecast_start(forecast);
	RUN_UNTIL(count("forecast of a/sun: bad_data: no; the last one stands") == 1);
	forecast_start(forecast);
	RUN_UNTIL(web.requests == 2);
	web.page = range_page;
	while (got.curves == 0) {
		forecast_start(forecast); /* does nothing while it waits for an answer */
		ck_assert(loop_step(loop, true));
	}
	ck_assert_int_eq(count("forecast of a/sun: bad_data"), 1);
	ck_assert_int_eq(count("forecast of a/sun: there is one again"), 1);
	forecast_stop(forecast);
	finish();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("source");
	TCase *tc = tcase_create("source");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, one_page_gives_all_points_their_values);
	tcase_add_test(tc, a_lost_source_makes_its_points_missing_and_is_said_once);
	tcase_add_test(tc, a_status_of_failure_is_no_page);
	tcase_add_test(tc, a_point_that_disappears_is_said_once_and_when_it_is_back);
	tcase_add_test(tc, each_query_has_its_own_answer);
	tcase_add_test(tc, many_points_are_asked_a_few_at_a_time);
	tcase_add_test(tc, a_server_whose_clock_is_off_is_said_once);
	tcase_add_test(tc, a_closed_source_ends_its_poll_without_a_word);
	tcase_add_test(tc, a_token_is_read_from_its_file_each_time);
	tcase_add_test(tc, a_forecast_is_a_range_into_the_future);
	tcase_add_test(tc, a_forecast_that_fails_is_said_once);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
