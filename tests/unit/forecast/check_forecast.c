#include "forecast/forecast.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "testlib/run.h"

/* 2025-07-14T21:00+08:00 */
#define NOW INT64_C(1752498000000)
#define N 8

static struct point_decl minutes = {
	.kind = KIND_MEAN, .label = LABEL_START, .period_ms = MS_PER_MIN, .unit = UNIT_W};
static struct history history;
static double curve_value[96];
static struct curve curve;
static struct forecast_ask ask;

static int64_t start_ms[N], duration_ms[N];
static struct forecast_steps steps = {N, start_ms, duration_ms};
static double value[N];
static enum quality quality[N];
static struct plan_source source;

static void setup(void)
{
	history_init(&history, &minutes);
	curve = (struct curve){.source = "sim",
			       .issue_ms = NOW - MS_PER_H,
			       .start_ms = NOW,
			       .step_ms = SLOT_MS,
			       .n = N,
			       .value = curve_value};
	for (int i = 0; i < N; i++) {
		curve_value[i] = 1000 + i;
		start_ms[i] = NOW + i * SLOT_MS;
		duration_ms[i] = SLOT_MS;
	}
	ask = (struct forecast_ask){
		.input = "load",
		.as = FORECAST_MEAN,
		.now_ms = NOW,
		.curve = &curve,
		.curve_max_age_ms = 2 * MS_PER_H,
		.history = &history,
		.hold_ms = MS_PER_H,
		.assumed = 7,
		.min = 0,
		.max = 1e9,
	};
}

/* Yesterday, or so many days ago: every slot of the steps has the mean given plus its number. */
static void remember(int days_ago, double first, int from, int to)
{
	for (int i = from; i < to; i++)
		for (int k = 0; k < 15; k++)
			history_add(&history,
				    NOW + i * SLOT_MS - days_ago * MS_PER_DAY + k * MS_PER_MIN,
				    first + i);
}

static void fill(void)
{
	forecast_fill(&ask, &steps, value, quality, &source);
}

static void expect(int i, double want, enum quality want_quality)
{
	ck_assert_msg(fabs(value[i] - want) < 1e-6, "step %d is %g, not %g", i, value[i], want);
	ck_assert_msg(quality[i] == want_quality, "step %d is %s", i, quality_name(quality[i]));
}

/* -- what serves -- */

START_TEST(a_fresh_curve_comes_first)
{
	remember(1, 500, 0, N);
	fill();
	for (int i = 0; i < N; i++)
		expect(i, 1000 + i, QUALITY_OK);
	ck_assert_str_eq(source.input, "load");
	ck_assert_str_eq(source.source, "curve:sim@2025-07-14T12:00:00.000Z");
	ck_assert_int_eq(source.quality, QUALITY_OK);
}
END_TEST

START_TEST(without_one_yesterday_serves)
{
	remember(1, 500, 0, N);
	ask.curve = NULL;
	fill();
	for (int i = 0; i < N; i++)
		expect(i, 500 + i, QUALITY_ESTIMATED);
	ck_assert_str_eq(source.source, "yesterday");
	ck_assert_int_eq(source.quality, QUALITY_ESTIMATED);
}
END_TEST

START_TEST(a_curve_is_fresh_up_to_its_age)
{
	remember(1, 500, 0, N);
	curve.issue_ms = NOW - 2 * MS_PER_H;
	fill();
	expect(0, 1000, QUALITY_OK);
	curve.issue_ms--;
	fill();
	expect(0, 500, QUALITY_ESTIMATED);
}
END_TEST

START_TEST(where_the_curve_ends_or_is_silent_the_next_best_serves)
{
	remember(1, 500, 0, N);
	curve.n = 6;
	curve_value[2] = NAN;
	fill();
	expect(1, 1001, QUALITY_OK);
	expect(2, 502, QUALITY_ESTIMATED);
	expect(3, 1003, QUALITY_OK);
	expect(6, 506, QUALITY_ESTIMATED);
	ck_assert_str_eq(source.source,
			 "curve:sim@2025-07-14T12:00:00.000Z (5 of 8), yesterday (3 of 8)");
	ck_assert_int_eq(source.quality, QUALITY_ESTIMATED);
}
END_TEST

START_TEST(the_latest_day_within_a_week_that_knows_the_slot_serves)
{
	ask.curve = NULL;
	remember(7, 700, 0, N);
	remember(3, 300, 0, 4);
	remember(1, 100, 0, 2);
	fill();
	expect(0, 100, QUALITY_ESTIMATED);
	expect(3, 303, QUALITY_ESTIMATED);
	expect(7, 707, QUALITY_ESTIMATED);
	/* eight days ago is another day of the week, and too old */
	history_init(&history, &minutes);
	remember(8, 800, 0, N);
	ask.hold_ms = 0;
	fill();
	expect(0, 7, QUALITY_MISSING);
}
END_TEST

START_TEST(a_slot_that_is_still_running_is_no_history)
{
	/* steps that begin tomorrow at this time: yesterday of it is now, half told */
	ask.curve = NULL;
	ask.hold_ms = 0;
	remember(0, 900, 0, 1);
	for (int i = 0; i < N; i++)
		start_ms[i] += MS_PER_DAY;
	fill();
	expect(0, 7, QUALITY_MISSING);
	ask.now_ms += SLOT_MS;
	fill();
	expect(0, 900, QUALITY_ESTIMATED);
}
END_TEST

START_TEST(the_last_value_is_held_as_long_as_asked_and_alive)
{
	ask.curve = NULL;
	history_add(&history, NOW - MS_PER_MIN, 42);
	fill();
	/* steps that begin within the hour */
	for (int i = 0; i < N; i++)
		expect(i, i <= 4 ? 42 : 7, i <= 4 ? QUALITY_ESTIMATED : QUALITY_MISSING);
	ck_assert_str_eq(source.source, "last value (5 of 8), assumed (3 of 8)");
	ask.hold_ms = 0;
	fill();
	expect(0, 7, QUALITY_MISSING);
	/* a stale one is no value */
	ask.hold_ms = MS_PER_H;
	ask.now_ms = NOW + 3 * MS_PER_MIN;
	fill();
	expect(0, 7, QUALITY_MISSING);
}
END_TEST

START_TEST(nothing_known_is_assumed_and_said)
{
	ask.curve = NULL;
	ask.history = NULL;
	fill();
	for (int i = 0; i < N; i++)
		expect(i, 7, QUALITY_MISSING);
	ck_assert_str_eq(source.source, "assumed");
	ck_assert_int_eq(source.quality, QUALITY_MISSING);
}
END_TEST

START_TEST(results_stay_in_their_range)
{
	ask.min = 1002;
	ask.max = 1005;
	fill();
	expect(0, 1002, QUALITY_OK);
	expect(3, 1003, QUALITY_OK);
	expect(7, 1005, QUALITY_OK);
}
END_TEST

/* -- steps and steps -- */

START_TEST(a_step_of_an_hour_is_put_together_from_its_quarters)
{
	struct forecast_steps two = {2, start_ms, duration_ms};

	start_ms[0] = NOW;
	start_ms[1] = NOW + MS_PER_H;
	duration_ms[0] = duration_ms[1] = MS_PER_H;
	remember(1, 500, 0, N);
	curve.n = 5;
	forecast_fill(&ask, &two, value, quality, &source);
	expect(0, 1001.5, QUALITY_OK);
	expect(1, (1004 + 505 + 506 + 507) / 4.0, QUALITY_ESTIMATED);
	ck_assert_str_eq(source.source,
			 "curve:sim@2025-07-14T12:00:00.000Z (5 of 8), yesterday (3 of 8)");
}
END_TEST

START_TEST(a_curve_that_begins_in_the_running_slot_speaks_for_its_rest)
{
	ask.now_ms = NOW + 5 * MS_PER_MIN;
	curve.start_ms = NOW + 4 * MS_PER_MIN;
	curve.step_ms = MS_PER_MIN;
	curve.n = 96;
	for (int i = 0; i < 96; i++)
		curve_value[i] = 50;
	fill();
	expect(0, 50, QUALITY_OK);
	expect(1, 50, QUALITY_OK);
	/* one that begins in a later slot does not */
	curve.start_ms = NOW + 20 * MS_PER_MIN;
	fill();
	expect(1, 7, QUALITY_MISSING);
}
END_TEST

START_TEST(amounts_are_summed_over_the_step_whatever_the_intervals)
{
	struct forecast_steps one = {1, start_ms, duration_ms};

	ask.as = FORECAST_TOTAL;
	duration_ms[0] = MS_PER_H;
	/* 600 a minute in the curve */
	curve.step_ms = MS_PER_MIN;
	curve.n = 96;
	for (int i = 0; i < 96; i++)
		curve_value[i] = 600;
	forecast_fill(&ask, &one, value, quality, &source);
	expect(0, 36000, QUALITY_OK);
	/* 10 a minute in the history */
	ask.curve = NULL;
	for (int k = 0; k < 60; k++)
		history_add(&history, NOW - MS_PER_DAY + k * MS_PER_MIN, 10);
	forecast_fill(&ask, &one, value, quality, &source);
	expect(0, 600, QUALITY_ESTIMATED);
	/* 7 a slot assumed */
	ask.history = NULL;
	forecast_fill(&ask, &one, value, quality, &source);
	expect(0, 28, QUALITY_MISSING);
	/* 3 in the last minute, held */
	history_init(&history, &minutes);
	history_add(&history, NOW - MS_PER_MIN, 3);
	ask.history = &history;
	forecast_fill(&ask, &one, value, quality, &source);
	expect(0, 180, QUALITY_ESTIMATED);
}
END_TEST

START_TEST(integers_are_the_rounded_values)
{
	int64_t rounded[N];
	struct plan_source again;

	for (int i = 0; i < N; i++)
		curve_value[i] = 10 * i + (i % 2 ? 0.5 : 0.49);
	fill();
	forecast_fill_i64(&ask, &steps, rounded, &again);
	for (int i = 0; i < N; i++)
		ck_assert_int_eq(rounded[i], 10 * i + i % 2);
	ck_assert_str_eq(again.source, source.source);
	ck_assert_int_eq(again.quality, source.quality);
}
END_TEST

/* -- due work -- */

static int64_t due_ds[N];
static struct forecast_due due;

static void fill_due(void)
{
	forecast_due_fill(&due, &steps, due_ds, &source);
	for (int i = 0; i < N; i++) {
		ck_assert_int_ge(due_ds[i], i ? due_ds[i - 1] : 0);
		ck_assert_int_le(due_ds[i], due.backlog_ds);
	}
}

static void setup_due(void)
{
	setup();
	due = (struct forecast_due){.input = "due[batch]",
				    .now_ms = NOW,
				    .backlog_ds = 8000,
				    .slack_ms = 2 * MS_PER_H,
				    .due = &curve,
				    .curve_max_age_ms = 2 * MS_PER_H};
}

START_TEST(due_work_is_what_the_curve_says_by_the_end_of_each_interval)
{
	for (int i = 0; i < N; i++)
		curve_value[i] = 1000 * (i + 1);
	fill_due();
	for (int i = 0; i < N; i++)
		ck_assert_int_eq(due_ds[i], 1000 * (i + 1));
	ck_assert_int_eq(source.quality, QUALITY_OK);
	ck_assert_str_eq(source.input, "due[batch]");
	ck_assert_str_eq(source.source, "curve:sim@2025-07-14T12:00:00.000Z");
	/* held after its end, and where it is silent */
	curve.n = 4;
	curve_value[2] = NAN;
	fill_due();
	ck_assert_int_eq(due_ds[2], 2000);
	ck_assert_int_eq(due_ds[3], 4000);
	ck_assert_int_eq(due_ds[7], 4000);
	/* nothing before its first interval has ended */
	curve.start_ms = NOW + 2 * SLOT_MS;
	fill_due();
	ck_assert_int_eq(due_ds[0], 0);
	ck_assert_int_eq(due_ds[1], 0);
	ck_assert_int_eq(due_ds[2], 1000);
}
END_TEST

START_TEST(due_work_ascends_within_the_backlog_whatever_the_curve)
{
	static const double wild[N] = {500, -3, 9e99, 100, NAN, -9e99, 1e16, 5};

	memcpy(curve_value, wild, sizeof(wild));
	fill_due();
	ck_assert_int_eq(due_ds[0], 500);
	ck_assert_int_eq(due_ds[1], 500);
	ck_assert_int_eq(due_ds[2], 8000);
	due.backlog_ds = 0;
	fill_due();
	due.backlog_ds = -5;
	forecast_due_fill(&due, &steps, due_ds, &source);
	ck_assert_int_eq(due_ds[7], 0);
}
END_TEST

START_TEST(without_a_curve_the_backlog_is_due_evenly_over_the_slack)
{
	due.due = NULL;
	fill_due();
	for (int i = 0; i < N; i++)
		ck_assert_int_eq(due_ds[i], 1000 * (i + 1));
	ck_assert_int_eq(source.quality, QUALITY_ESTIMATED);
	ck_assert_ptr_nonnull(strstr(source.source, "evenly"));
	due.slack_ms = MS_PER_H;
	fill_due();
	ck_assert_int_eq(due_ds[0], 2000);
	ck_assert_int_eq(due_ds[3], 8000);
	ck_assert_int_eq(due_ds[7], 8000);
	/* a stale curve is none */
	due.due = &curve;
	curve.issue_ms = NOW - 3 * MS_PER_H;
	fill_due();
	ck_assert_int_eq(due_ds[0], 2000);
	/* no overflow */
	due.backlog_ds = INT64_MAX;
	fill_due();
	ck_assert_int_eq(due_ds[7], INT64_MAX);
	ck_assert_int_eq(due_ds[1], INT64_MAX / 2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("forecast");
	TCase *t = tcase_create("forecast"), *d = tcase_create("due");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, a_fresh_curve_comes_first);
	tcase_add_test(t, without_one_yesterday_serves);
	tcase_add_test(t, a_curve_is_fresh_up_to_its_age);
	tcase_add_test(t, where_the_curve_ends_or_is_silent_the_next_best_serves);
	tcase_add_test(t, the_latest_day_within_a_week_that_knows_the_slot_serves);
	tcase_add_test(t, a_slot_that_is_still_running_is_no_history);
	tcase_add_test(t, the_last_value_is_held_as_long_as_asked_and_alive);
	tcase_add_test(t, nothing_known_is_assumed_and_said);
	tcase_add_test(t, results_stay_in_their_range);
	tcase_add_test(t, a_step_of_an_hour_is_put_together_from_its_quarters);
	tcase_add_test(t, a_curve_that_begins_in_the_running_slot_speaks_for_its_rest);
	tcase_add_test(t, amounts_are_summed_over_the_step_whatever_the_intervals);
	tcase_add_test(t, integers_are_the_rounded_values);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(d, setup_due, NULL);
	tcase_add_test(d, due_work_is_what_the_curve_says_by_the_end_of_each_interval);
	tcase_add_test(d, due_work_ascends_within_the_backlog_whatever_the_curve);
	tcase_add_test(d, without_a_curve_the_backlog_is_due_evenly_over_the_slack);
	suite_add_tcase(s, d);
	return run_suite(s);
}
