#include "proto/batch.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "testlib/rng.h"
#include "testlib/run.h"

static struct arena arena;

static void setup(void)
{
	arena_init(&arena, (size_t)64 << 20);
}

static void teardown(void)
{
	arena_fini(&arena);
}

#define N 200

static uint32_t point[N];
static int64_t t_ms[N];
static double value[N];
static uint8_t quality[N];

static struct client_samples rows(size_t n)
{
	return (struct client_samples){point, t_ms, value, quality, n, false};
}

START_TEST(columns_say_what_the_rows_said)
{
	struct client_samples s = rows(N);
	struct rng r;

	rng_init(&r, rng_seed(0xba7c4));
	for (int round = 0; round < 300; round++) {
		Suandian__V1__PushSamples m = SUANDIAN__V1__PUSH_SAMPLES__INIT;
		size_t at = rng_below(&r, 50), n = rng_below(&r, N - 60) + 1, q = 0;
		uint32_t p = 0;
		int64_t t;

		for (size_t i = 0; i < N; i++) {
			point[i] = rng_below(&r, 2) ? INT32_MAX - (uint32_t)rng_below(&r, 9)
						    : (uint32_t)rng_below(&r, 9);
			t_ms[i] = (i ? t_ms[i - 1] : 1752498000000) +
				  rng_range(&r, -100000, 2000000000);
			value[i] = rng_double(&r);
			quality[i] = (uint8_t)(rng_below(&r, 3) ? 0 : rng_below(&r, 4));
		}
		s.correction = rng_below(&r, 2);
		ck_assert_int_eq(batch_check(&s), 0);
		ck_assert_int_eq(batch_fill(&arena, &s, at, n, 0, &m), 0);
		ck_assert(m.n_value == n && m.n_dt_ms == n && m.n_point_delta == n);
		ck_assert_uint_eq(m.layout, 0);
		ck_assert_int_eq(m.correction, s.correction);
		t = m.base_ms;
		for (size_t i = 0; i < n; i++) {
			p += (uint32_t)m.point_delta[i];
			t += m.dt_ms[i];
			ck_assert_uint_eq(p, point[at + i]);
			ck_assert_int_eq(t, t_ms[at + i]);
			ck_assert(m.value[i] == value[at + i]);
			if (quality[at + i] == 0)
				continue;
			ck_assert_uint_eq(m.q_index[q], i);
			ck_assert_int_eq(m.q_value[q], quality[at + i]);
			q++;
		}
		ck_assert(m.n_q_index == q && m.n_q_value == q);
		arena_reset(&arena);
	}
}
END_TEST

START_TEST(a_layout_leaves_the_points_out)
{
	Suandian__V1__PushSamples m = SUANDIAN__V1__PUSH_SAMPLES__INIT;
	struct client_samples s = rows(4);

	ck_assert_int_eq(batch_fill(&arena, &s, 0, 4, 7, &m), 0);
	ck_assert_uint_eq(m.layout, 7);
	ck_assert_uint_eq(m.n_point_delta, 0);
	ck_assert_uint_eq(m.n_value, 4);
}
END_TEST

START_TEST(what_is_not_finite_is_missing_whatever_its_quality)
{
	Suandian__V1__PushSamples m = SUANDIAN__V1__PUSH_SAMPLES__INIT;
	struct client_samples s = rows(3);

	s.quality = NULL;
	value[0] = NAN;
	value[1] = 1;
	value[2] = -INFINITY;
	ck_assert_int_eq(batch_fill(&arena, &s, 0, 3, 0, &m), 0);
	ck_assert_uint_eq(m.n_q_index, 2);
	ck_assert(m.q_index[0] == 0 && m.q_index[1] == 2);
	ck_assert_int_eq(m.q_value[0], SUANDIAN__V1__QUALITY__QUALITY_MISSING);
	ck_assert_int_eq(m.q_value[1], SUANDIAN__V1__QUALITY__QUALITY_MISSING);
}
END_TEST

START_TEST(a_point_or_quality_that_cannot_be_is_refused)
{
	struct client_samples s = rows(2);

	memset(quality, 0, sizeof(quality));
	point[0] = 1;
	point[1] = INT32_MAX;
	ck_assert_int_eq(batch_check(&s), 0);
	point[1] = (uint32_t)INT32_MAX + 1;
	ck_assert_int_eq(batch_check(&s), ERR_INVALID);
	point[1] = 2;
	quality[1] = 4;
	ck_assert_int_eq(batch_check(&s), ERR_INVALID);
	quality[1] = 3;
	ck_assert_int_eq(batch_check(&s), 0);
	s.n = 0;
	ck_assert_int_eq(batch_check(&s), 0);
}
END_TEST

START_TEST(a_batch_ends_where_a_step_does_not_fit)
{
	struct client_samples s = rows(4);

	t_ms[0] = 0;
	t_ms[1] = INT32_MAX;
	t_ms[2] = t_ms[1] + (int64_t)INT32_MAX + 1;
	t_ms[3] = t_ms[2] + INT32_MIN;
	ck_assert_uint_eq(batch_span(&s, 0, 100), 2);
	ck_assert_uint_eq(batch_span(&s, 2, 100), 2);
	ck_assert_uint_eq(batch_span(&s, 2, 1), 1);
	ck_assert_uint_eq(batch_span(&s, 3, 100), 1);
	t_ms[0] = INT64_MIN;
	t_ms[1] = INT64_MAX;
	ck_assert_uint_eq(batch_span(&s, 0, 100), 1);
}
END_TEST

START_TEST(a_layout_fits_rows_that_follow_it_over_and_over)
{
	static const uint32_t abc[] = {3, 1, 2};
	struct client_samples s = rows(0);

	for (size_t i = 0; i < N; i++)
		point[i] = abc[i % 3];
	for (s.n = 1; s.n < 20; s.n++)
		ck_assert(batch_fits_layout(&s, abc, 3));
	point[7] = 3;
	s.n = 7;
	ck_assert(batch_fits_layout(&s, abc, 3));
	s.n = 8;
	ck_assert(!batch_fits_layout(&s, abc, 3));
}
END_TEST

START_TEST(no_sample_takes_more_than_its_bound)
{
	Suandian__V1__PushSamples m = SUANDIAN__V1__PUSH_SAMPLES__INIT;
	struct client_samples s = rows(N);

	for (size_t i = 0; i < N; i++) {
		point[i] = i % 2 ? INT32_MAX : 0;
		t_ms[i] = i % 2 ? INT32_MIN : 0;
		value[i] = NAN;
		quality[i] = 3;
	}
	t_ms[0] = INT64_MIN / 2;
	ck_assert_int_eq(batch_fill(&arena, &s, 1, N - 1, 0, &m), 0);
	m.epoch = m.seq = UINT64_MAX;
	ck_assert_uint_le(protobuf_c_message_get_packed_size(&m.base),
			  BATCH_HEAD_MAX + N * BATCH_SAMPLE_MAX);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("batch");
	TCase *t = tcase_create("batch");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, columns_say_what_the_rows_said);
	tcase_add_test(t, a_layout_leaves_the_points_out);
	tcase_add_test(t, what_is_not_finite_is_missing_whatever_its_quality);
	tcase_add_test(t, a_point_or_quality_that_cannot_be_is_refused);
	tcase_add_test(t, a_batch_ends_where_a_step_does_not_fit);
	tcase_add_test(t, a_layout_fits_rows_that_follow_it_over_and_over);
	tcase_add_test(t, no_sample_takes_more_than_its_bound);
	suite_add_tcase(s, t);
	return run_suite(s);
}
