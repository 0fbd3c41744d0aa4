#include "api/map_in.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/limits.h"
#include "testlib/rng.h"
#include "testlib/run.h"

#define NOW (1000 * MS_PER_DAY)

static struct arena arena;
static struct refusal refusal;
static const struct bounds bounds = {.n_points = 100, .now_ms = NOW};

static void setup(void)
{
	arena_init(&arena, (size_t)16 << 20);
	refusal = (struct refusal){0};
}

static void teardown(void)
{
	arena_fini(&arena);
}

/* ---- Batches ----------------------------------------------------------------------------------- */

static int32_t deltas[] = {5, 1, -3};
static int32_t steps[] = {0, 1000, -500};
static double values[] = {1.5, NAN, 3.5};
static uint32_t q_index[] = {1, 2};
static Suandian__V1__Quality q_value[] = {SUANDIAN__V1__QUALITY__QUALITY_MISSING,
					  SUANDIAN__V1__QUALITY__QUALITY_ESTIMATED};

static Suandian__V1__PushSamples good_batch(void)
{
	Suandian__V1__PushSamples m = SUANDIAN__V1__PUSH_SAMPLES__INIT;

	m.epoch = 9;
	m.seq = 1;
	m.base_ms = NOW;
	m.n_point_delta = m.n_dt_ms = m.n_value = 3;
	m.point_delta = deltas;
	m.dt_ms = steps;
	m.value = values;
	m.n_q_index = m.n_q_value = 2;
	m.q_index = q_index;
	m.q_value = q_value;
	return m;
}

static int map(const Suandian__V1__PushSamples *m, const struct layout *layout,
	       struct sample_batch *ret)
{
	return map_in_batch(&refusal, m, layout, &bounds, &arena, ret);
}

START_TEST(a_batch_becomes_columns_without_its_missing_samples)
{
	Suandian__V1__PushSamples m = good_batch();
	struct sample_batch b;

	ck_assert_int_eq(map(&m, NULL, &b), 0);
	ck_assert_uint_eq(b.n, 2);
	ck_assert_uint_eq(b.epoch, 9);
	ck_assert_uint_eq(b.seq, 1);
	ck_assert_uint_eq(b.point[0], 5);
	ck_assert_uint_eq(b.point[1], 3);
	ck_assert_int_eq(b.t_ms[0], NOW);
	ck_assert_int_eq(b.t_ms[1], NOW + 500);
	ck_assert(b.value[0] == 1.5 && b.value[1] == 3.5);
	ck_assert_uint_eq(b.quality[0], QUALITY_OK);
	ck_assert_uint_eq(b.quality[1], QUALITY_ESTIMATED);
}
END_TEST

START_TEST(a_layout_stands_for_the_points_over_and_over)
{
	Suandian__V1__PushSamples m = good_batch();
	uint32_t points[] = {7, 8};
	struct layout layout = {2, points};
	struct sample_batch b;

	m.layout = 1;
	m.n_point_delta = 0;
	ck_assert_int_eq(map(&m, &layout, &b), 0);
	ck_assert_uint_eq(b.point[0], 7);
	ck_assert_uint_eq(b.point[1], 7);
	ck_assert_int_eq(map(&m, NULL, &b), ERR_INVALID);
	ck_assert_str_eq(refusal.field, "layout");
}
END_TEST

#define SPOIL(name, code)                                                                          \
	static void name(Suandian__V1__PushSamples *m)                                             \
	{                                                                                          \
		code;                                                                              \
	}
static int32_t far_delta[] = {5, 1, 200};
static int32_t low_delta[] = {0, 1, 1};
static int32_t negative_delta[] = {5, -6, 1};
static int32_t far_step[] = {0, INT32_MAX, INT32_MAX};
static uint32_t equal_index[] = {1, 1};
static uint32_t falling_index[] = {2, 1};
static uint32_t far_index[] = {1, 3};
static Suandian__V1__Quality strange_quality[] = {SUANDIAN__V1__QUALITY__QUALITY_MISSING, 17};
static double infinite[] = {INFINITY, NAN, 3.5};

SPOIL(no_seq, m->seq = 0)
SPOIL(short_times, m->n_dt_ms = 2)
SPOIL(short_points, m->n_point_delta = 2)
SPOIL(both_points, m->layout = 1)
SPOIL(short_qualities, m->n_q_value = 1)
SPOIL(equal_indexes, m->q_index = equal_index)
SPOIL(falling_indexes, m->q_index = falling_index)
SPOIL(index_beyond, m->q_index = far_index)
SPOIL(no_quality, m->q_value = strange_quality)
SPOIL(point_beyond, m->point_delta = far_delta)
SPOIL(point_zero, m->point_delta = low_delta)
SPOIL(point_negative, m->point_delta = negative_delta)
SPOIL(far_future, m->dt_ms = far_step)
SPOIL(before_1970, m->base_ms = -1)
SPOIL(after_2200, m->base_ms = INT64_MAX)
SPOIL(not_finite, m->value = infinite)
SPOIL(nan_unmarked, m->n_q_index = m->n_q_value = 0)
SPOIL(too_many, m->n_value = m->n_dt_ms = m->n_point_delta = BATCH_SAMPLES_MAX + 1)

/* Each way to be wrong, and the field that is named for it. */
static const struct {
	void (*spoil)(Suandian__V1__PushSamples *m);
	const char *field;
} wrongs[] = {
	{no_seq, "seq"},
	{short_times, "dt_ms"},
	{short_points, "point_delta"},
	{both_points, "layout"},
	{short_qualities, "q_value"},
	{equal_indexes, "q_index[1]"},
	{falling_indexes, "q_index[1]"},
	{index_beyond, "q_index[1]"},
	{no_quality, "q_value[1]"},
	{point_beyond, "point_delta[2]"},
	{point_zero, "point_delta[0]"},
	{point_negative, "point_delta[1]"},
	{far_future, "dt_ms[1]"},
	{before_1970, "base_ms"},
	{after_2200, "base_ms"},
	{not_finite, "value[0]"},
	{nan_unmarked, "value[1]"},
	{too_many, "value"},
};

START_TEST(every_wrong_batch_is_refused_at_the_field_at_fault)
{
	Suandian__V1__PushSamples m = good_batch();
	struct sample_batch b;
	int rc;

	wrongs[_i].spoil(&m);
	rc = map(&m, NULL, &b);
	ck_assert(rc == ERR_INVALID || rc == ERR_FULL);
	ck_assert_int_eq(refusal.fault.code, rc);
	ck_assert_str_eq(refusal.field, wrongs[_i].field);
	ck_assert_str_ne(refusal.fault.text, "");
}
END_TEST

START_TEST(an_empty_batch_is_legal)
{
	Suandian__V1__PushSamples m = SUANDIAN__V1__PUSH_SAMPLES__INIT;
	struct sample_batch b;

	m.seq = 1;
	ck_assert_int_eq(map(&m, NULL, &b), 0);
	ck_assert_uint_eq(b.n, 0);
}
END_TEST

/* Whatever stands in a message: refused, or every sample is within bounds. */
START_TEST(what_is_taken_is_within_bounds)
{
	struct rng rng;
	int taken = 0;

	rng_init(&rng, rng_seed(20));
	for (int round = 0; round < 3000; round++) {
		Suandian__V1__PushSamples m = SUANDIAN__V1__PUSH_SAMPLES__INIT;
		size_t n = rng_below(&rng, 6);
		int32_t d[6];
		int32_t t[6];
		double v[6];
		uint32_t qi[6];
		Suandian__V1__Quality qv[6];
		struct sample_batch b;

		for (size_t i = 0; i < 6; i++) {
			d[i] = (int32_t)rng_range(&rng, -1, 30);
			t[i] = rng_below(&rng, 50) ? (int32_t)rng_range(&rng, -1000, 1000)
						   : (int32_t)rng_range(&rng, INT32_MIN, INT32_MAX);
			v[i] = rng_below(&rng, 20) ? rng_double(&rng) : NAN;
			qi[i] = (uint32_t)(i + rng_below(&rng, 2));
			qv[i] = (Suandian__V1__Quality)rng_range(&rng, 0, 4);
		}
		m.seq = rng_below(&rng, 20);
		m.base_ms = rng_below(&rng, 10) ? NOW : (int64_t)rng_next(&rng);
		m.n_value = n;
		m.value = v;
		m.n_dt_ms = rng_below(&rng, 20) ? n : 5;
		m.dt_ms = t;
		m.n_point_delta = n;
		m.point_delta = d;
		m.n_q_index = m.n_q_value = rng_below(&rng, n + 1);
		m.q_index = qi;
		m.q_value = qv;
		arena_reset(&arena);
		if (map(&m, NULL, &b) < 0)
			continue;
		taken++;
		ck_assert_uint_le(b.n, n);
		for (uint32_t i = 0; i < b.n; i++) {
			ck_assert(b.point[i] >= 1 && b.point[i] <= bounds.n_points);
			ck_assert(b.t_ms[i] >= 0 && b.t_ms[i] <= NOW + SAMPLE_AHEAD_MS);
			ck_assert(isfinite(b.value[i]));
			ck_assert(b.quality[i] <= QUALITY_BAD && b.quality[i] != QUALITY_MISSING);
		}
	}
	ck_assert_int_gt(taken, 100);
}
END_TEST

/* ---- Points, layouts, curves ------------------------------------------------------------------- */

START_TEST(declarations_are_checked_one_by_one)
{
	Suandian__V1__PointDecl one = SUANDIAN__V1__POINT_DECL__INIT;
	Suandian__V1__PointDecl two = SUANDIAN__V1__POINT_DECL__INIT;
	Suandian__V1__PointDecl *list[] = {&one, &two};
	Suandian__V1__DeclarePoints m = SUANDIAN__V1__DECLARE_POINTS__INIT;
	struct point_decl *decls;

	m.points = list;
	ck_assert_int_eq(map_in_decls(&refusal, &m, &arena, &decls), ERR_INVALID);
	m.n_points = 2;
	one.name = two.name = "hongyuan/pcc.power";
	one.unit = two.unit = SUANDIAN__V1__UNIT__UNIT_W;
	one.kind = two.kind = SUANDIAN__V1__VALUE_KIND__KIND_INSTANT;
	one.period_ms = two.period_ms = 1000;
	one.has_min_case = SUANDIAN__V1__POINT_DECL__HAS_MIN_MIN;
	one.min = -5;
	ck_assert_int_eq(map_in_decls(&refusal, &m, &arena, &decls), 0);
	ck_assert(decls[0].has_min && decls[0].min == -5 && !decls[0].has_max);
	two.name = "Hongyuan/pcc";
	ck_assert_int_eq(map_in_decls(&refusal, &m, &arena, &decls), ERR_INVALID);
	ck_assert_str_eq(refusal.field, "points[1].name");
	two.name = "x";
	two.unit = 99;
	ck_assert_int_eq(map_in_decls(&refusal, &m, &arena, &decls), ERR_INVALID);
	ck_assert_str_eq(refusal.field, "points[1].unit");
	two.unit = one.unit;
	two.period_ms = 0;
	ck_assert_int_eq(map_in_decls(&refusal, &m, &arena, &decls), ERR_INVALID);
	ck_assert_str_eq(refusal.field, "points[1]");
}
END_TEST

START_TEST(layouts_name_known_points_only)
{
	Suandian__V1__RegisterLayout m = SUANDIAN__V1__REGISTER_LAYOUT__INIT;
	uint32_t points[] = {1, 100, 101};

	m.point = points;
	m.n_point = 2;
	ck_assert_int_eq(map_in_layout(&refusal, &m, &bounds), ERR_INVALID);
	m.layout = 65535;
	ck_assert_int_eq(map_in_layout(&refusal, &m, &bounds), 0);
	m.n_point = 3;
	ck_assert_int_eq(map_in_layout(&refusal, &m, &bounds), ERR_INVALID);
	ck_assert_str_eq(refusal.field, "point[2]");
	m.n_point = 0;
	ck_assert_int_eq(map_in_layout(&refusal, &m, &bounds), ERR_INVALID);
	m.n_point = LAYOUT_POINTS_MAX + 1;
	ck_assert_int_eq(map_in_layout(&refusal, &m, &bounds), ERR_FULL);
}
END_TEST

START_TEST(a_curve_starts_where_its_label_says)
{
	Suandian__V1__PushCurve m = SUANDIAN__V1__PUSH_CURVE__INIT;
	double v[] = {1, INFINITY, 3};
	struct curve c;

	m.point = 4;
	m.step_ms = 900000;
	m.start_ms = NOW + 900000;
	m.value = v;
	m.n_value = 3;
	ck_assert_int_eq(map_in_curve(&refusal, &m, &bounds, &arena, &c), ERR_INVALID);
	ck_assert_str_eq(refusal.field, "label");
	m.label = SUANDIAN__V1__POINT_LABEL__LABEL_END;
	ck_assert_int_eq(map_in_curve(&refusal, &m, &bounds, &arena, &c), 0);
	ck_assert_int_eq(c.start_ms, NOW);
	ck_assert(c.value[0] == 1 && isnan(c.value[1]) && c.value[2] == 3);
	ck_assert_ptr_null(c.p10);
	m.p10 = v;
	m.n_p10 = 2;
	ck_assert_int_eq(map_in_curve(&refusal, &m, &bounds, &arena, &c), ERR_INVALID);
	ck_assert_str_eq(refusal.field, "p10");
	m.n_p10 = 3;
	ck_assert_int_eq(map_in_curve(&refusal, &m, &bounds, &arena, &c), 0);
	m.step_ms = 0;
	ck_assert_int_eq(map_in_curve(&refusal, &m, &bounds, &arena, &c), ERR_INVALID);
	ck_assert_str_eq(refusal.field, "step_ms");
	m.step_ms = 1000;
	m.point = 101;
	ck_assert_int_eq(map_in_curve(&refusal, &m, &bounds, &arena, &c), ERR_INVALID);
	m.point = 1;
	m.n_value = CURVE_MAX + 1;
	ck_assert_int_eq(map_in_curve(&refusal, &m, &bounds, &arena, &c), ERR_FULL);
}
END_TEST

/* ---- Events and texts -------------------------------------------------------------------------- */

static Suandian__V1__Event good_event(void)
{
	Suandian__V1__Event m = SUANDIAN__V1__EVENT__INIT;

	m.external_id = "EVT-1/甲";
	m.site = "hongyuan";
	m.direction = SUANDIAN__V1__DIRECTION__DIRECTION_UP;
	m.target_case = SUANDIAN__V1__EVENT__TARGET_REDUCTION_W;
	m.reduction_w = 1000000;
	m.start_ms = NOW;
	m.has_end_case = SUANDIAN__V1__EVENT__HAS_END_END_MS;
	m.end_ms = NOW + MS_PER_H;
	m.ramp_ms = 900000;
	return m;
}

START_TEST(an_event_keeps_what_it_says)
{
	Suandian__V1__Event m = good_event();
	struct event e;

	ck_assert_int_eq(map_in_event(&refusal, &m, "root", &e), 0);
	ck_assert_str_eq(e.source, "root");
	ck_assert_str_eq(e.external_id, "EVT-1/甲");
	ck_assert_str_eq(e.baseline, "no_event_plan");
	ck_assert_int_eq(e.target, TARGET_REDUCTION);
	ck_assert_int_eq(e.end_ms, NOW + MS_PER_H);
	m.has_end_case = SUANDIAN__V1__EVENT__HAS_END__NOT_SET;
	m.target_case = SUANDIAN__V1__EVENT__TARGET__NOT_SET;
	m.source = "province";
	ck_assert_int_eq(map_in_event(&refusal, &m, "root", &e), 0);
	ck_assert_int_eq(e.end_ms, EVENT_OPEN_END);
	ck_assert_int_eq(e.target, TARGET_NULL);
	ck_assert_str_eq(e.source, "province");
}
END_TEST

static void check_event_refused(const Suandian__V1__Event *m, const char *field)
{
	struct event e;

	ck_assert_int_eq(map_in_event(&refusal, m, "root", &e), ERR_INVALID);
	ck_assert_str_eq(refusal.field, field);
}

START_TEST(a_wrong_event_is_refused_at_its_field)
{
	Suandian__V1__Event m;

	check_event_refused(NULL, "event");
	m = good_event();
	m.external_id = "";
	check_event_refused(&m, "event.external_id");
	m = good_event();
	m.external_id = "a\xff";
	check_event_refused(&m, "event.external_id");
	m = good_event();
	m.site = "Hong Yuan";
	check_event_refused(&m, "event.site");
	m = good_event();
	m.direction = 0;
	check_event_refused(&m, "event.direction");
	m = good_event();
	m.reduction_w = -1;
	check_event_refused(&m, "event.reduction_w");
	m = good_event();
	m.end_ms = m.start_ms;
	check_event_refused(&m, "event.end_ms");
	m = good_event();
	m.ramp_ms = -1;
	check_event_refused(&m, "event.ramp_ms");
	m = good_event();
	m.band_permille = 1001;
	check_event_refused(&m, "event.band_permille");
	m = good_event();
	m.pay_price = -1;
	check_event_refused(&m, "event.pay_price");
	m = good_event();
	m.baseline = "yesterday";
	check_event_refused(&m, "event.baseline");
	m = good_event();
	m.start_ms = INT64_MIN;
	check_event_refused(&m, "event.start_ms");
	m = good_event();
	m.note = "\x1b[2J";
	check_event_refused(&m, "event.note");
}
END_TEST

START_TEST(notes_are_cut_and_names_refused_when_too_long)
{
	char text[400];
	char out[TEXT_MAX_B];
	char name[NAME_MAX_B];

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(map_in_note(&refusal, "note", text, sizeof(out), out), 0);
	ck_assert_uint_eq(strlen(out), sizeof(out) - 1);
	ck_assert_int_eq(map_in_name(&refusal, "source", text, name), ERR_INVALID);
	ck_assert_int_eq(map_in_foreign_id(&refusal, "x", text, sizeof(out), out), ERR_INVALID);
	ck_assert_int_eq(map_in_name(&refusal, "source", "", name), ERR_INVALID);
	/* a cut does not split a character */
	memset(text, 'a', sizeof(text));
	memcpy(text + TEXT_MAX_B - 2, "电", strlen("电") + 1);
	ck_assert_int_eq(map_in_note(&refusal, "note", text, sizeof(out), out), 0);
	ck_assert_uint_eq(strlen(out), TEXT_MAX_B - 2);
}
END_TEST

START_TEST(spans_are_in_order)
{
	int64_t to_ms;

	ck_assert_int_eq(map_in_span(&refusal, 5, 0, &to_ms), 0);
	ck_assert_int_eq(to_ms, TIME_MAX_MS);
	ck_assert_int_eq(map_in_span(&refusal, 5, 5, &to_ms), 0);
	ck_assert_int_eq(map_in_span(&refusal, 5, 4, &to_ms), ERR_INVALID);
	ck_assert_int_eq(map_in_span(&refusal, -1, 4, &to_ms), ERR_INVALID);
	ck_assert_int_eq(map_in_span(&refusal, 0, INT64_MAX, &to_ms), ERR_INVALID);
}
END_TEST

START_TEST(only_an_adapter_s_states_can_be_acked)
{
	enum decision_state s;

	for (int i = -1; i < 12; i++) {
		int rc = map_in_ack_state(&refusal, (Suandian__V1__DecisionState)i, &s);
		bool legal = i == DECISION_ACCEPTED || i == DECISION_APPLIED ||
			     i == DECISION_FAILED || i == DECISION_REJECTED;

		ck_assert_int_eq(rc, legal ? 0 : ERR_INVALID);
		if (legal)
			ck_assert_int_eq((int)s, i);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("api map_in");
	TCase *t = tcase_create("map_in");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_batch_becomes_columns_without_its_missing_samples);
	tcase_add_test(t, a_layout_stands_for_the_points_over_and_over);
	tcase_add_loop_test(t, every_wrong_batch_is_refused_at_the_field_at_fault, 0,
			    (int)ARRAY_SIZE(wrongs));
	tcase_add_test(t, an_empty_batch_is_legal);
	tcase_add_test(t, what_is_taken_is_within_bounds);
	tcase_add_test(t, declarations_are_checked_one_by_one);
	tcase_add_test(t, layouts_name_known_points_only);
	tcase_add_test(t, a_curve_starts_where_its_label_says);
	tcase_add_test(t, an_event_keeps_what_it_says);
	tcase_add_test(t, a_wrong_event_is_refused_at_its_field);
	tcase_add_test(t, notes_are_cut_and_names_refused_when_too_long);
	tcase_add_test(t, spans_are_in_order);
	tcase_add_test(t, only_an_adapter_s_states_can_be_acked);
	suite_add_tcase(s, t);
	return run_suite(s);
}
