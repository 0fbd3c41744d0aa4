#include "base/metric.h"

#include <check.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/require.h"
#include "testlib/run.h"

static struct buf out;

static void setup(void)
{
	buf_init(&out, 0);
}

static void teardown(void)
{
	buf_fini(&out);
}

START_TEST(counters_and_gauges_are_written_with_one_head_per_name)
{
	struct metric m[] = {
		{.name = "suandian_samples_total",
		 .labels = "quality=\"ok\"",
		 .help = "Samples taken in.",
		 .kind = METRIC_COUNTER},
		{.name = "suandian_samples_total",
		 .labels = "quality=\"bad\"",
		 .help = "Samples taken in.",
		 .kind = METRIC_COUNTER},
		{.name = "suandian_pcc_watts", .help = "Net load.", .kind = METRIC_GAUGE},
	};

	metric_add(&m[0], 1);
	metric_add(&m[0], 2.5);
	metric_add(&m[1], 4);
	metric_set(&m[2], -300000);
	ck_assert_int_eq(metric_write(m, ARRAY_SIZE(m), &out), 0);
	ck_assert_str_eq(buf_str(&out), "# HELP suandian_samples_total Samples taken in.\n"
					"# TYPE suandian_samples_total counter\n"
					"suandian_samples_total{quality=\"ok\"} 3.5\n"
					"suandian_samples_total{quality=\"bad\"} 4\n"
					"# HELP suandian_pcc_watts Net load.\n"
					"# TYPE suandian_pcc_watts gauge\n"
					"suandian_pcc_watts -300000\n");
}
END_TEST

START_TEST(histograms_are_cumulative_and_bounds_are_inclusive)
{
	static const double bounds[] = {0.1, 1};
	struct metric m = {.name = "lag_seconds",
			   .labels = "lane=\"solver\"",
			   .help = "Lag.",
			   .kind = METRIC_HISTOGRAM,
			   .bounds = bounds,
			   .n_bounds = ARRAY_SIZE(bounds)};
	static const double values[] = {0.05, 0.1, 0.5, 1, 1.5, 100};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		metric_observe(&m, values[i]);
	ck_assert_int_eq(metric_write(&m, 1, &out), 0);
	ck_assert_str_eq(buf_str(&out), "# HELP lag_seconds Lag.\n"
					"# TYPE lag_seconds histogram\n"
					"lag_seconds_bucket{lane=\"solver\",le=\"0.1\"} 2\n"
					"lag_seconds_bucket{lane=\"solver\",le=\"1\"} 4\n"
					"lag_seconds_bucket{lane=\"solver\",le=\"+Inf\"} 6\n"
					"lag_seconds_sum{lane=\"solver\"} 103.15\n"
					"lag_seconds_count{lane=\"solver\"} 6\n");
}
END_TEST

START_TEST(a_histogram_without_labels_has_only_its_bounds)
{
	struct metric m = {.name = "h", .help = "H.", .kind = METRIC_HISTOGRAM};

	metric_observe(&m, 3);
	metric_observe(&m, (double)INFINITY);
	ck_assert_int_eq(metric_write(&m, 1, &out), 0);
	ck_assert_str_eq(buf_str(&out), "# HELP h H.\n# TYPE h histogram\n"
					"h_bucket{le=\"+Inf\"} 2\nh_sum +Inf\nh_count 2\n");
}
END_TEST

START_TEST(values_read_back_as_they_were)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {{0, "0"},
		     {0.1, "0.1"},
		     {1.0 / 3, "0.33333333333333331"},
		     {9007199254740991.0, "9007199254740991"},
		     {1e300, "1e+300"},
		     {(double)NAN, "NaN"},
		     {(double)-INFINITY, "-Inf"}};
	struct metric m = {.name = "g", .help = "G.", .kind = METRIC_GAUGE};
	char want[100];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		buf_reset(&out);
		metric_set(&m, cases[i].value);
		ck_assert_int_eq(metric_write(&m, 1, &out), 0);
		snprintf(want, sizeof(want), "# HELP g G.\n# TYPE g gauge\ng %s\n", cases[i].text);
		ck_assert_str_eq(buf_str(&out), want);
	}
}
END_TEST

START_TEST(what_is_no_number_is_not_observed)
{
	struct metric m = {.name = "h", .help = "H.", .kind = METRIC_HISTOGRAM};
	uint64_t before = require_failed_count();

	metric_observe(&m, (double)NAN);
	ck_assert_uint_eq(m.buckets[0], 0);
	ck_assert(m.sum >= 0 && m.sum <= 0);
	ck_assert_uint_eq(require_failed_count(), before + 1);
}
END_TEST

START_TEST(a_full_buffer_is_reported)
{
	struct metric m = {.name = "g", .help = "G.", .kind = METRIC_GAUGE};

	buf_init(&out, 8);
	ck_assert_int_eq(metric_write(&m, 1, &out), ERR_FULL);
	ck_assert_int_eq(metric_write(NULL, 0, &out), ERR_FULL);
}
END_TEST

START_TEST(observing_a_gauge_aborts)
{
	struct metric m = {.name = "g", .help = "G.", .kind = METRIC_GAUGE};

	metric_observe(&m, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("metric");
	TCase *t = tcase_create("metric");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, counters_and_gauges_are_written_with_one_head_per_name);
	tcase_add_test(t, histograms_are_cumulative_and_bounds_are_inclusive);
	tcase_add_test(t, a_histogram_without_labels_has_only_its_bounds);
	tcase_add_test(t, values_read_back_as_they_were);
	tcase_add_test(t, what_is_no_number_is_not_observed);
	tcase_add_test(t, a_full_buffer_is_reported);
	tcase_add_test_raise_signal(t, observing_a_gauge_aborts, SIGABRT);
	suite_add_tcase(s, t);
	return run_suite(s);
}
