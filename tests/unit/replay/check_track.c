/* A file's rows as a series: what counts is what they say, not their order or how often they say it. */
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "files.h"
#include "testlib/rng.h"
#include "testlib/run.h"

#define T0 INT64_C(1752508800000) /* 2025-07-15 00:00 in Shanghai */

static struct recipe *recipe;
static struct track track;
static struct fault fault;

static void teardown(void)
{
	track_fini(&track);
	recipe_free(recipe);
}

static const struct zone *zone(const char *name)
{
	const struct zone *z;

	ck_assert_int_eq(zone_load(name, &z), 0);
	return z;
}

static struct recipe_series *one(const char *more)
{
	char yaml[1024], said[1024];

	recipe_free(recipe);
	(void)snprintf(yaml, sizeof(yaml),
		       "series:\n"
		       "  - {point: a/b, unit: W, kind: mean, label: start, period: 15min, %s\n"
		       "     csv: {path: x.csv, time: time, column: mw, zone: Asia/Shanghai}}\n",
		       more);
	recipe = files_recipe(yaml, said, sizeof(said));
	ck_assert_msg(recipe != NULL, "%s", said);
	return &recipe->series[0];
}

static int load(const struct recipe_series *s, const char *csv, int64_t first_ms)
{
	files_write("x.csv", csv);
	track_fini(&track);
	fault.text[0] = '\0';
	return track_load(&track, recipe, s, first_ms, &fault);
}

START_TEST(rows_are_sorted_doubles_united_and_empty_is_missing_not_zero)
{
	const char *csv = "time,mw\n"
			  "2025-07-15T00:30,3\n"
			  "2025-07-15T00:00,1\n"
			  "2025-07-14T16:45Z,\n"
			  "2025-07-15 01:00,NaN\n"
			  "2025-07-15T00:00,1.0\n"
			  "2025-07-15T00:15,0\n"
			  "2025-07-15T00:45,\n";

	ck_assert_msg(load(one(""), csv, T0) == 0, "%s", fault.text);
	ck_assert_uint_eq(track.n, 5);
	ck_assert_uint_eq(track.n_doubled, 2);
	for (size_t i = 0; i < track.n; i++)
		ck_assert_int_eq(track.row[i].t_ms, T0 + (int64_t)i * SLOT_MS);
	ck_assert_double_eq(track.row[0].raw, 1);
	ck_assert_double_eq(track.row[1].raw, 0);
	ck_assert_double_eq(track.row[2].raw, 3);
	ck_assert(isnan(track.row[3].raw) && isnan(track.row[4].raw));
}
END_TEST

START_TEST(two_values_of_one_time_are_refused_or_missing)
{
	const char *csv = "time,mw\n"
			  "2025-07-15T00:15,2\n"
			  "2025-07-15T00:00,1\n"
			  "2025-07-15T00:15,3\n"
			  "2025-07-15T00:15,2\n";

	ck_assert_int_eq(load(one(""), csv, T0), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(fault.text, "x.csv:4: another value than line 2 has for "
						 "2025-07-14T16:15:00.000Z"));
	ck_assert_int_eq(load(one("conflict: missing,"), csv, T0), 0);
	ck_assert_uint_eq(track.n, 2);
	ck_assert(isnan(track.row[1].raw));
	ck_assert_uint_eq(track.n_conflicts, 1);
}
END_TEST

START_TEST(faults_of_a_file_name_their_line)
{
	static const struct {
		const char *csv, *says;
	} wrong[] = {
		{"time,mw\n2025-07-15T00:00,1\n\n2025-07-15T00:15,low\n",
		 "x.csv:4: not a number: 'low'"},
		{"time,mw\n15.7.2025,1\n", "x.csv:2: not a time: '15.7.2025'"},
		{"time,kw\n", "x.csv:1: no column 'mw'"},
		{"time,mw\n", "x.csv: no rows"},
		{"time,mw\n2025-07-15T00:00,1\n2025-07-15T00:05,1\n",
		 "x.csv:3: nearer to line 2 than the period of a/b"},
		{"time,mw\n2025-07-15T00:00,inf\n", "x.csv:2: not a number: 'inf'"},
	};
	const struct recipe_series *s = one("");

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		ck_assert_int_lt(load(s, wrong[i].csv, T0), 0);
		ck_assert_msg(strstr(fault.text, wrong[i].says) != NULL, "%s", fault.text);
		ck_assert_ptr_null(track.row);
	}
}
END_TEST

/* Rows of a random series, some without a value, written in a random order with some lines twice. */
static void write_shuffled(struct rng *rng, const char *const *line, size_t n)
{
	size_t order[400], m = n;
	struct buf b;

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = 0; i < n; i++)
		if (rng_below(rng, 3) == 0)
			order[m++] = i;
	for (size_t i = m; i > 1; i--) {
		size_t k = rng_below(rng, i), swap = order[i - 1];

		order[i - 1] = order[k];
		order[k] = swap;
	}
	buf_init(&b, 0);
	(void)buf_printf(&b, "time,mw\n");
	for (size_t i = 0; i < m; i++)
		(void)buf_printf(&b, "%s\n", line[order[i]]);
	files_write("x.csv", buf_str(&b));
	buf_fini(&b);
}

START_TEST(order_and_doubles_of_rows_change_nothing)
{
	enum { N = 200 };
	uint64_t seed = rng_seed(20250715);
	const struct recipe_series *s = one("");
	char *line[N];
	struct rng rng;

	rng_init(&rng, seed);
	for (int i = 0; i < N; i++) {
		char text[64], when[32];

		(void)num_format_utc(when, sizeof(when), T0 + i * SLOT_MS);
		(void)snprintf(text, sizeof(text), rng_below(&rng, 10) ? "%s,%.17g" : "%s,", when,
			       rng_double(&rng));
		line[i] = strdup(text);
	}
	for (int round = 0; round < 50; round++) {
		write_shuffled(&rng, (const char *const *)line, N);
		ck_assert_msg(track_load(&track, recipe, s, T0, &fault) == 0, "seed %llu: %s",
			      (unsigned long long)seed, fault.text);
		ck_assert_uint_eq(track.n, N);
		for (int i = 0; i < N; i++) {
			double v = NAN;

			ck_assert_int_eq(track.row[i].t_ms, T0 + i * SLOT_MS);
			(void)num_parse_double(strchr(line[i], ',') + 1, -1e9, 1e9, &v);
			if (isnan(v))
				ck_assert(isnan(track.row[i].raw));
			else
				ck_assert_double_eq(track.row[i].raw, v);
		}
		track_fini(&track);
	}
	for (int i = 0; i < N; i++)
		free(line[i]);
}
END_TEST

START_TEST(an_hour_that_the_zone_has_twice_is_disputed_and_one_it_skips_is_refused)
{
	struct recipe_series *s = one("conflict: missing,");

	s->csv.zone = zone("Europe/Berlin");
	s->point.period_ms = MS_PER_H;
	ck_assert_int_eq(load(s,
			      "time,mw\n2025-10-26T01:00,1\n2025-10-26T02:00,2\n"
			      "2025-10-26T02:00,3\n2025-10-26T03:00,4\n",
			      0),
			 0);
	ck_assert_uint_eq(track.n, 3);
	ck_assert(isnan(track.row[1].raw));
	/* the second 02:00 is nobody's */
	ck_assert_int_eq(track.row[2].t_ms - track.row[1].t_ms, 2 * MS_PER_H);
	ck_assert_int_eq(load(s, "time,mw\n2025-03-30T02:00,1\n", 0), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(fault.text, "x.csv:2: the declared zone skips"));
}
END_TEST

START_TEST(mapped_days_keep_their_local_hours_across_zones_and_clock_changes)
{
	struct recipe_series *s = one("map_from: 2023-11-04,");
	struct buf b;

	/* hours of three days in Los Angeles, whose second has 25, to Shanghai, where all have 24 */
	s->csv.zone = zone("America/Los_Angeles");
	s->point.period_ms = MS_PER_H;
	buf_init(&b, 0);
	(void)buf_printf(&b, "time,mw\n");
	for (int i = 0; i < 73; i++) {
		char when[32];
		int64_t t = INT64_C(1699081200000) + i * MS_PER_H; /* 2023-11-04 00:00 there */

		(void)num_format_utc(when, sizeof(when), t);
		(void)buf_printf(&b, "%s,%d\n", when, zone_local(s->csv.zone, t).hour);
	}
	ck_assert_int_eq(load(s, buf_str(&b), T0 + 5 * MS_PER_H), 0);
	ck_assert_uint_eq(track.n, 72);
	ck_assert_uint_eq(track.n_skipped, 1);
	for (size_t i = 0; i < track.n; i++) {
		ck_assert_int_eq(track.row[i].t_ms, T0 + (int64_t)i * MS_PER_H);
		ck_assert_double_eq(track.row[i].raw, (double)(i % 24));
	}
	buf_fini(&b);
}
END_TEST

static double mean(int64_t from_min, int64_t to_min)
{
	return track_mean(&track, T0 + from_min * MS_PER_MIN, T0 + to_min * MS_PER_MIN);
}

START_TEST(means_weigh_by_time_and_know_their_gaps)
{
	const char *csv = "time,mw\n2025-07-15T00:00,1\n2025-07-15T00:15,3\n"
			  "2025-07-15T00:45,5\n2025-07-15T01:00,\n";
	struct recipe_series *s = one("");

	ck_assert_int_eq(load(s, csv, T0), 0);
	ck_assert_double_eq(mean(0, 15), 1);
	ck_assert_double_eq(mean(0, 30), 2);
	ck_assert_double_eq_tol(mean(10, 25), (5 * 1 + 10 * 3) / 15.0, 1e-12);
	ck_assert(isnan(mean(-5, 10)) && isnan(mean(25, 35)) && isnan(mean(50, 65)));
	ck_assert_double_eq(mean(45, 60), 5);
	s->point.label = SUANDIAN__V1__POINT_LABEL__LABEL_END;
	ck_assert_double_eq(mean(-15, 0), 1);
	ck_assert_double_eq(mean(-15, 15), 2);
	ck_assert(isnan(mean(15, 30)));
	s->point.kind = SUANDIAN__V1__VALUE_KIND__KIND_ENERGY;
	ck_assert_double_eq(mean(-15, 15), 4);
	ck_assert_double_eq(mean(0, 5), 1);
	/* an instant holds until the next, at most two periods */
	s->point.kind = SUANDIAN__V1__VALUE_KIND__KIND_INSTANT;
	ck_assert_double_eq(mean(20, 45), 3);
	s->point.period_ms = 5 * MS_PER_MIN;
	ck_assert(isnan(mean(20, 45)));
}
END_TEST

START_TEST(a_value_is_known_at_the_end_of_its_interval)
{
	const char *csv = "time,mw\n2025-07-15T00:00,1\n2025-07-15T00:15,3\n";
	struct recipe_series *s = one("");

	ck_assert_int_eq(load(s, csv, T0), 0);
	ck_assert_int_eq(track_known_ms(s, T0), T0 + SLOT_MS);
	ck_assert_uint_eq(track_after(&track, T0 + SLOT_MS - 1), 0);
	ck_assert_uint_eq(track_after(&track, T0 + SLOT_MS), 1);
	ck_assert_uint_eq(track_after(&track, T0 + 2 * SLOT_MS), 2);
	s->point.label = SUANDIAN__V1__POINT_LABEL__LABEL_END;
	ck_assert_uint_eq(track_after(&track, T0), 1);
	ck_assert_uint_eq(track_after(&track, T0 - 1), 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("track");
	TCase *tc = tcase_create("track");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, rows_are_sorted_doubles_united_and_empty_is_missing_not_zero);
	tcase_add_test(tc, two_values_of_one_time_are_refused_or_missing);
	tcase_add_test(tc, faults_of_a_file_name_their_line);
	tcase_add_test(tc, order_and_doubles_of_rows_change_nothing);
	tcase_add_test(tc, an_hour_that_the_zone_has_twice_is_disputed_and_one_it_skips_is_refused);
	tcase_add_test(tc, mapped_days_keep_their_local_hours_across_zones_and_clock_changes);
	tcase_add_test(tc, means_weigh_by_time_and_know_their_gaps);
	tcase_add_test(tc, a_value_is_known_at_the_end_of_its_interval);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
