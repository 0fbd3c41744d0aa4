#include "forecast/history.h"

#include <check.h>
#include <math.h>

#include "testlib/rng.h"
#include "testlib/run.h"

/* 2025-07-14T21:00+08:00 */
#define T0 INT64_C(1752498000000)
#define MIN MS_PER_MIN

static struct point_decl minutes = {
	.kind = KIND_MEAN, .label = LABEL_START, .period_ms = MS_PER_MIN, .unit = UNIT_W};
static struct history h, other;

static void setup(void)
{
	history_init(&h, &minutes);
}

static void fill_slot(struct history *to, int64_t slot_ms, double value)
{
	for (int64_t t = slot_ms; t < slot_ms + SLOT_MS; t += MIN)
		history_add(to, t, value);
}

START_TEST(an_empty_history_knows_nothing)
{
	ck_assert_double_nan(history_mean(&h, T0));
	ck_assert_int_eq(h.last_ms, INT64_MIN);
	history_remove(&h, T0, 5);
	ck_assert_double_nan(history_mean(&h, T0));
	history_settle(&h);
	ck_assert_double_nan(history_long_mean(&h, T0));
}
END_TEST

START_TEST(means_are_known_from_half_coverage_on)
{
	for (int i = 0; i < 7; i++)
		history_add(&h, T0 + i * MIN, 100);
	ck_assert_double_nan(history_mean(&h, T0));
	history_add(&h, T0 + 7 * MIN, 100);
	ck_assert_double_eq(history_mean(&h, T0), 100);
	ck_assert_double_nan(history_mean(&h, T0 + SLOT_MS));
	ck_assert_double_nan(history_mean(&h, T0 - SLOT_MS));
}
END_TEST

START_TEST(a_long_interval_fills_all_its_slots)
{
	struct point_decl hours = {.kind = KIND_MEAN, .label = LABEL_END, .period_ms = MS_PER_H};

	history_init(&h, &hours);
	history_add(&h, T0 + MS_PER_H, 5);
	for (int i = 0; i < 4; i++)
		ck_assert_double_eq(history_mean(&h, T0 + i * SLOT_MS), 5);
	ck_assert_double_nan(history_mean(&h, T0 + 4 * SLOT_MS));
	history_init(&h, &minutes);
	h.decl.period_ms = MS_PER_DAY;
	history_add(&h, T0, 7);
	ck_assert_double_eq(history_mean(&h, T0 + 95 * SLOT_MS), 7);
}
END_TEST

START_TEST(the_ring_holds_eight_days_and_forgets_what_is_older)
{
	fill_slot(&h, T0, 1);
	fill_slot(&h, T0 + 8 * MS_PER_DAY - SLOT_MS, 2);
	ck_assert_double_eq(history_mean(&h, T0), 1);
	fill_slot(&h, T0 + 8 * MS_PER_DAY, 3);
	ck_assert_double_nan(history_mean(&h, T0));
	ck_assert_double_eq(history_mean(&h, T0 + 8 * MS_PER_DAY), 3);
	/* too old: left out, and not taken for the slot that has its place now */
	fill_slot(&h, T0, 99);
	ck_assert_double_nan(history_mean(&h, T0));
	ck_assert_double_eq(history_mean(&h, T0 + 8 * MS_PER_DAY), 3);
	/* what is passed over is empty */
	ck_assert_double_nan(history_mean(&h, T0 + 4 * MS_PER_DAY));
	/* a leap beyond the ring empties it */
	fill_slot(&h, T0 + 100 * MS_PER_DAY, 4);
	ck_assert_double_nan(history_mean(&h, T0 + 8 * MS_PER_DAY));
	ck_assert_double_eq(history_mean(&h, T0 + 100 * MS_PER_DAY), 4);
}
END_TEST

START_TEST(times_before_1970_are_times)
{
	fill_slot(&h, -3 * SLOT_MS, 5);
	fill_slot(&h, -SLOT_MS, 6);
	fill_slot(&h, 0, 7);
	ck_assert_double_eq(history_mean(&h, -3 * SLOT_MS), 5);
	ck_assert_double_eq(history_mean(&h, -SLOT_MS), 6);
	ck_assert_double_eq(history_mean(&h, 0), 7);
	ck_assert_double_nan(history_mean(&h, -2 * SLOT_MS));
}
END_TEST

START_TEST(a_correction_replaces)
{
	fill_slot(&h, T0, 100);
	for (int64_t t = T0; t < T0 + SLOT_MS; t += MIN) {
		history_remove(&h, t, 100);
		history_add(&h, t, 40);
	}
	ck_assert_double_eq(history_mean(&h, T0), 40);
}
END_TEST

START_TEST(the_last_value_is_that_of_the_latest_time)
{
	history_add(&h, T0 + MIN, 5);
	history_add(&h, T0, 4);
	ck_assert(h.last_ms == T0 + MIN && h.last_value == 5);
	history_add(&h, T0 + MIN, 6);
	ck_assert(h.last_value == 6);
}
END_TEST

/* -- five weeks, rounded -- */

START_TEST(what_leaves_the_eight_days_stays_rounded_for_five_weeks)
{
	double sum = 0;

	for (int day = 0; day < 36; day++) {
		for (int s = 0; s < SLOTS_PER_DAY; s++)
			fill_slot(&h, T0 + day * MS_PER_DAY + s * SLOT_MS, 1e6 + day + s / 1000.0);
		/* settled or not between two samples: no difference */
		if (day % 5 == 0)
			history_settle(&h);
	}
	history_settle(&h);
	for (int day = 0; day < 36; day++) {
		for (int s = 0; s < SLOTS_PER_DAY; s++) {
			int64_t t = T0 + day * MS_PER_DAY + s * SLOT_MS;

			ck_assert_double_eq_tol(history_long_mean(&h, t), 1e6 + day + s / 1000.0,
						0.07);
			ck_assert(history_is_rounded(&h, t) == (day < 28));
			ck_assert(isnan(history_mean(&h, t)) == (day < 28));
			sum += history_long_mean(&h, t);
		}
	}
	ck_assert(isfinite(sum));
	/* and then it is forgotten; what is passed over is unknown */
	fill_slot(&h, T0 + 40 * MS_PER_DAY, 5);
	history_settle(&h);
	ck_assert_double_nan(history_long_mean(&h, T0 + 4 * MS_PER_DAY));
	ck_assert_double_eq_tol(history_long_mean(&h, T0 + 5 * MS_PER_DAY), 1e6 + 5, 0.07);
	ck_assert_double_nan(history_long_mean(&h, T0 + 37 * MS_PER_DAY));
	ck_assert_double_eq(history_long_mean(&h, T0 + 40 * MS_PER_DAY), 5);
	fill_slot(&h, T0 + 400 * MS_PER_DAY, 6);
	history_settle(&h);
	ck_assert_double_nan(history_long_mean(&h, T0 + 40 * MS_PER_DAY));
}
END_TEST

START_TEST(a_rounded_mean_is_put_right_by_its_owner_only)
{
	fill_slot(&h, T0, 1);
	fill_slot(&h, T0 + 20 * MS_PER_DAY, 2);
	h.changed_ms = INT64_MAX;
	fill_slot(&h, T0, 99);
	history_settle(&h);
	ck_assert_double_eq(history_long_mean(&h, T0), 1);
	ck_assert(h.changed_ms == INT64_MAX);
	history_put_rounded(&h, T0, 3);
	ck_assert_double_eq(history_long_mean(&h, T0), 3);
	ck_assert(h.changed_ms == T0);
	/* nothing of what is exact, nor of what is outside */
	history_put_rounded(&h, T0 + 20 * MS_PER_DAY, 7);
	history_put_rounded(&h, T0 - 20 * MS_PER_DAY, 7);
	history_put_rounded(&h, T0 + 21 * MS_PER_DAY, 7);
	ck_assert_double_eq(history_long_mean(&h, T0 + 20 * MS_PER_DAY), 2);
	ck_assert_double_nan(history_long_mean(&h, T0 - 20 * MS_PER_DAY));
	ck_assert_double_nan(history_long_mean(&h, T0 + 21 * MS_PER_DAY));
}
END_TEST

START_TEST(a_late_sample_tells_from_where_on_things_changed)
{
	fill_slot(&h, T0, 1);
	fill_slot(&h, T0 + MS_PER_DAY, 2);
	h.changed_ms = INT64_MAX;
	fill_slot(&h, T0 + SLOT_MS, 3);
	ck_assert(h.changed_ms == T0 + SLOT_MS);
	history_settle(&h);
	ck_assert_double_eq(history_long_mean(&h, T0 + SLOT_MS), 3);
}
END_TEST

#define N 2000

/* However late samples come: what is known, and what it is, depends on the samples alone. */
START_TEST(the_order_of_arrival_never_matters)
{
	static int64_t t[N];
	static double v[N];
	struct rng r;

	rng_init(&r, rng_seed(0x4157));
	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < N; i++) {
			/* over ten days: some fall out of the ring */
			t[i] = T0 + rng_range(&r, 0, 10 * MS_PER_DAY / MIN) * MIN;
			v[i] = rng_double(&r) * 1e6;
		}
		/* every other round is full enough to be known */
		if (round % 2)
			for (size_t i = 0; i < N; i++)
				t[i] = T0 + 9 * MS_PER_DAY + (int64_t)i * MIN / 2;
		history_init(&h, &minutes);
		history_init(&other, &minutes);
		for (size_t i = 0; i < N; i++)
			history_add(&h, t[i], v[i]);
		for (size_t i = N - 1; i > 0; i--) {
			size_t k = rng_below(&r, i + 1);
			int64_t ti = t[i];
			double vi = v[i];
			t[i] = t[k];
			v[i] = v[k];
			t[k] = ti;
			v[k] = vi;
		}
		for (size_t i = 0; i < N; i++)
			history_add(&other, t[i], v[i]);
		ck_assert_int_eq(h.newest_slot_ms, other.newest_slot_ms);
		ck_assert_int_eq(h.last_ms, other.last_ms);
		for (int64_t s = T0 - SLOT_MS; s < T0 + 11 * MS_PER_DAY; s += SLOT_MS) {
			double a = history_mean(&h, s), b = history_mean(&other, s);
			ck_assert(a == b || (isnan(a) && isnan(b)));
		}
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("history");
	TCase *t = tcase_create("history");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, an_empty_history_knows_nothing);
	tcase_add_test(t, means_are_known_from_half_coverage_on);
	tcase_add_test(t, a_long_interval_fills_all_its_slots);
	tcase_add_test(t, the_ring_holds_eight_days_and_forgets_what_is_older);
	tcase_add_test(t, times_before_1970_are_times);
	tcase_add_test(t, a_correction_replaces);
	tcase_add_test(t, the_last_value_is_that_of_the_latest_time);
	tcase_add_test(t, what_leaves_the_eight_days_stays_rounded_for_five_weeks);
	tcase_add_test(t, a_rounded_mean_is_put_right_by_its_owner_only);
	tcase_add_test(t, a_late_sample_tells_from_where_on_things_changed);
	tcase_add_test(t, the_order_of_arrival_never_matters);
	suite_add_tcase(s, t);
	return run_suite(s);
}
