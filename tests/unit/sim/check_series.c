/* Series from a seed and from files. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/csvfile.h"
#include "sim/noise.h"
#include "sim/synth.h"
#include "testlib/run.h"

#define STEP (5 * MS_PER_MIN)
#define DAY_STEPS 288

static const struct zone *shanghai(void)
{
	const struct zone *z = NULL;

	ck_assert_int_eq(zone_load("Asia/Shanghai", &z), 0);
	return z;
}

static int64_t midnight(void)
{
	return zone_utc(shanghai(), 2025, 7, 15, 0, 0);
}

static struct series make(const struct series_spec *spec, uint64_t seed, int days)
{
	struct series s;

	ck_assert_int_eq(series_init(&s, midnight(), STEP, (size_t)(days * DAY_STEPS)), 0);
	synth_fill(spec, noise_key(seed, "x"), shanghai(), &s);
	synth_finish(spec, &s);
	return s;
}

START_TEST(a_mean_weighs_parts_of_steps_and_holds_the_ends)
{
	struct series s;

	ck_assert_int_eq(series_init(&s, 0, 10, 3), 0);
	s.value[0] = 1;
	s.value[1] = 2;
	s.value[2] = 4;
	ck_assert_double_eq(series_mean(&s, 0, 30), 7.0 / 3);
	ck_assert_double_eq(series_mean(&s, 5, 15), 1.5);
	ck_assert_double_eq(series_mean(&s, 12, 13), 2);
	ck_assert_double_eq(series_mean(&s, -20, -3), 1);
	ck_assert_double_eq(series_mean(&s, 25, 45), 4);
	series_fini(&s);
}
END_TEST

START_TEST(chance_is_a_function_of_seed_stream_and_index_with_the_moments_it_should_have)
{
	uint64_t key = noise_key(7, "a");
	double sum = 0, square = 0, uniform = 0, smooth = 0, events = 0;
	int n = 20000;

	ck_assert(key == noise_key(7, "a") && key != noise_key(8, "a") && key != noise_key(7, "b"));
	ck_assert_double_eq(noise_normal(key, 5), noise_normal(key, 5));
	for (int i = 0; i < n; i++) {
		double z = noise_normal(key, i), w = noise_smooth(key, i * 977, 3000);

		sum += z;
		square += z * z;
		smooth += w * w;
		uniform += noise_uniform(key, i);
		events += noise_poisson(key, i, 2.5);
	}
	ck_assert_double_eq_tol(sum / n, 0, 0.03);
	ck_assert_double_eq_tol(square / n, 1, 0.05);
	ck_assert_double_eq_tol(smooth / n, 1, 0.1);
	ck_assert_double_eq_tol(uniform / n, 0.5, 0.01);
	ck_assert_double_eq_tol(events / n, 2.5, 0.05);
}
END_TEST

START_TEST(the_sun_rises_and_sets_where_it_should)
{
	struct series_spec spec = {.kind = SERIES_SUN,
				   .latitude = 30.6,
				   .longitude = 104.1,
				   .cloudiness = 0.1,
				   .roughness = 0.1,
				   .scale = 12e6,
				   .max = 12e6};
	struct series s = make(&spec, 1, 1);
	double most = 0;

	/* Chengdu, 15 July: sunrise 06:10, sunset 20:06 China time (almanac), highest near 13:10. */
	ck_assert_double_eq(s.value[5 * 12 + 9], 0);  /* 05:45 */
	ck_assert_double_gt(s.value[7 * 12], 0);      /* 07:00 */
	ck_assert_double_gt(s.value[19 * 12], 0);     /* 19:00 */
	ck_assert_double_eq(s.value[20 * 12 + 6], 0); /* 20:30 */
	for (size_t i = 0; i < s.n; i++) {
		ck_assert(s.value[i] >= 0 && s.value[i] <= 12e6);
		most = fmax(most, s.value[i]);
	}
	ck_assert_double_gt(most, 6e6);
	ck_assert_double_eq_tol(synth_sun_height(30.6, 104.1, midnight() + 785 * MS_PER_MIN),
				sin((90 - 30.6 + 21.5) * 3.14159265 / 180), 0.005);
	series_fini(&s);
}
END_TEST

START_TEST(offices_work_by_day_and_jobs_come_with_the_declared_mean)
{
	struct series_spec office = {.kind = SERIES_OFFICE,
				     .low = 3e6,
				     .high = 5e6,
				     .roughness = 0.01,
				     .scale = 1,
				     .min = 0,
				     .max = 1e9};
	struct series_spec jobs = {.kind = SERIES_JOBS, .mean = 1300, .scale = 1, .max = 1e9};
	struct series s = make(&office, 3, 7);
	double sum = 0;

	ck_assert_double_gt(s.value[14 * 12], 4.5e6);		      /* Tuesday 14:00 */
	ck_assert_double_lt(s.value[3 * 12], 3.4e6);		      /* 03:00 */
	ck_assert_double_lt(s.value[4 * DAY_STEPS + 14 * 12], 4.5e6); /* Saturday */
	series_fini(&s);
	s = make(&jobs, 3, 56);
	for (size_t i = 0; i < s.n; i++)
		sum += s.value[i];
	ck_assert_double_eq_tol(sum / (double)s.n, 1300, 130);
	series_fini(&s);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_series_whatever_the_span)
{
	struct series_spec spec = {.kind = SERIES_WEATHER,
				   .low = 20,
				   .high = 34,
				   .roughness = 0.3,
				   .scale = 1,
				   .min = -50,
				   .max = 50};
	struct series one = make(&spec, 9, 1), two = make(&spec, 9, 3), other = make(&spec, 10, 1);
	bool differs = false;

	for (size_t i = 0; i < one.n; i++) {
		ck_assert(one.value[i] == two.value[i]);
		differs = differs || one.value[i] != other.value[i];
	}
	ck_assert(differs);
	series_fini(&one);
	series_fini(&two);
	series_fini(&other);
}
END_TEST

/* ---- Files ----------------------------------------------------------------------------------------- */

static const struct csv_spec columns = {.time_column = "time", .column = "mw"};

static int parse(const char *text, const struct csv_spec *spec, struct csv_series *ret,
		 struct fault *f)
{
	char *copy = strdup(text);
	int r = csv_parse("x.csv", copy, spec, shanghai(), ret, f);

	free(copy);
	return r;
}

START_TEST(a_file_is_read_by_column_names_zone_and_label)
{
	const char *text = "\xef\xbb\xbf"
			   "\"a, b\",time,mw\r\n"
			   "1,2025-07-15T00:00,10\r\n"
			   "\"x\"\"y\",2025-07-15T00:15,20\n"
			   "3,2025-07-14T16:30Z,40\n"
			   "\n";
	struct csv_spec end = columns;
	struct csv_series c;
	struct fault f = {0};
	double v = -1;

	ck_assert_int_eq(parse(text, &columns, &c, &f), 0);
	ck_assert_uint_eq(c.n, 3);
	ck_assert_int_eq(c.start_ms[0], midnight());
	ck_assert_int_eq(c.start_ms[3], midnight() + 45 * MS_PER_MIN);
	ck_assert_int_eq(csv_mean(&c, midnight(), midnight() + 30 * MS_PER_MIN, &v), 0);
	ck_assert_double_eq(v, 15);
	ck_assert_int_eq(
		csv_mean(&c, midnight() + 40 * MS_PER_MIN, midnight() + 45 * MS_PER_MIN, &v), 0);
	ck_assert_double_eq(v, 40);
	ck_assert_int_eq(csv_mean(&c, midnight() - 1, midnight() + 5, &v), ERR_NODATA);
	ck_assert_int_eq(csv_mean(&c, midnight(), midnight() + MS_PER_H, &v), ERR_NODATA);
	csv_fini(&c);
	end.label = 1;
	ck_assert_int_eq(parse(text, &end, &c, &f), 0);
	ck_assert_int_eq(c.start_ms[0], midnight() - 15 * MS_PER_MIN);
	ck_assert_int_eq(c.start_ms[3], midnight() + 30 * MS_PER_MIN);
	csv_fini(&c);
}
END_TEST

START_TEST(a_wrong_line_is_named)
{
	static const struct {
		const char *text, *says;
		int code;
	} wrong[] = {
		{"time,kw\n", "x.csv:1: no column 'mw'", ERR_NOTFOUND},
		{"t,mw\n", "x.csv:1: no column 'time'", ERR_NOTFOUND},
		{"time,mw\n2025-07-15T00:00,1\nyesterday,2\n", "x.csv:3: not a time: 'yesterday'",
		 ERR_MALFORMED},
		{"time,mw\n2025-07-15T00:00,1\n2025-07-15T01:00,\n", "x.csv:3: not a number: ''",
		 ERR_MALFORMED},
		{"time,mw\n2025-07-15T00:00,1\n2025-07-15T01:00,nan\n",
		 "x.csv:3: not a number: 'nan'", ERR_MALFORMED},
		{"time,mw\n2025-07-15T01:00,1\n2025-07-15T01:00,2\n",
		 "x.csv:3: times do not ascend at '2025-07-15T01:00'", ERR_INVALID},
		{"time,mw\n2025-07-15T01:00\n", "x.csv:2: too few columns: '2025-07-15T01:00'",
		 ERR_MALFORMED},
		{"time,mw\n2025-07-15T01:00,1\n", "x.csv: fewer than two rows", ERR_NODATA},
		{"", "x.csv: fewer than two rows", ERR_NODATA},
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct csv_series c = {0};
		struct fault f = {0};

		ck_assert_int_eq(parse(wrong[i].text, &columns, &c, &f), wrong[i].code);
		ck_assert_str_eq(f.text, wrong[i].says);
		ck_assert_ptr_null(c.value);
	}
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named)
{
	struct csv_series c;
	struct fault f = {0};

	ck_assert_int_eq(csv_read("/nowhere/x.csv", &columns, shanghai(), &c, &f), -ENOENT);
	ck_assert_ptr_nonnull(strstr(f.text, "/nowhere/x.csv"));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("series");
	TCase *tc = tcase_create("series");

	tcase_add_test(tc, a_mean_weighs_parts_of_steps_and_holds_the_ends);
	tcase_add_test(
		tc, chance_is_a_function_of_seed_stream_and_index_with_the_moments_it_should_have);
	tcase_add_test(tc, the_sun_rises_and_sets_where_it_should);
	tcase_add_test(tc, offices_work_by_day_and_jobs_come_with_the_declared_mean);
	tcase_add_test(tc, the_same_seed_gives_the_same_series_whatever_the_span);
	tcase_add_test(tc, a_file_is_read_by_column_names_zone_and_label);
	tcase_add_test(tc, a_wrong_line_is_named);
	tcase_add_test(tc, a_file_that_is_not_there_is_named);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
