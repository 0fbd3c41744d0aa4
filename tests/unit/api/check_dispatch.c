/* Which request reaches which handler, for whom, and what comes back. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "api/limits.h"
#include "ask.h"
#include "fake_engine.h"
#include "proto/codec.h"
#include "rig.h"
#include "testlib/run.h"

static struct rig rig;
static const Suandian__V1__Envelope *answer;

static void setup(void)
{
	rig_start(&rig);
}

static void teardown(void)
{
	rig_stop(&rig);
}

/* ---- The table --------------------------------------------------------------------------------- */

/* An envelope whose body is an empty message under a number. */
static void send_empty(struct peer_end *p, uint64_t id, uint32_t number)
{
	uint8_t bytes[] = {0,
			   0x08,
			   (uint8_t)(id | 0x80),
			   (uint8_t)(id >> 7),
			   (uint8_t)(((number << 3) | 2) | 0x80),
			   (uint8_t)(number >> 4),
			   0};
	size_t n = sizeof(bytes);

	bytes[0] = (uint8_t)(n - 1);
	peer_send_bytes(p, bytes, n);
}

/* Observe, operate, admin, adapter, approve, audit: who may; 'x' = not a request. */
static const struct {
	uint32_t number;
	const char *who;
} table[] = {
	{20, "..a..."},	 {22, "..a..."},  {30, "...d.."},  {32, "ooadpu"},  {34, "...d.."},
	{35, "...d.."},	 {36, "xxxxxx"},  {37, "...d.."},  {38, "ooadpu"},  {40, "ooadpu"},
	{42, ".oad.."},	 {44, "ooadpu"},  {45, "ooadpu"},  {46, "xxxxxx"},  {60, "ooadpu"},
	{64, ".oa..."},	 {100, ".oa..."}, {102, ".oa..."}, {104, "ooadpu"}, {160, "ooadpu"},
	{162, "ooadpu"}, {166, "ooa..u"}, {168, ".oa..."}, {170, "ooa..."}, {190, "...d.."},
	{192, "...d.."}, {194, "ooadpu"}, {216, "....p."}, {218, "ooadpu"}, {219, "xxxxxx"},
	{220, ".oa..."}, {222, "ooadpu"}, {224, ".oa..."}, {240, "ooa..u"}, {242, "ooa..u"},
	{250, "ooadpu"}, {252, "ooadpu"}, {260, ".oa..."}, {2, "xxxxxx"},   {3, "xxxxxx"},
	{11, "xxxxxx"},	 {12, "xxxxxx"},  {21, "xxxxxx"},  {251, "xxxxxx"}, {80, "...d.."},
	{81, "xxxxxx"},	 {82, "...d.."},  {84, "ooadpu"},  {254, "..a..."}, {256, "..a..."},
	{106, "xxxxxx"}, {120, "xxxxxx"}, {164, "ooa..."}, {171, "xxxxxx"}, {210, "xxxxxx"},
	{230, "xxxxxx"}, {246, "xxxxxx"}, {500, "xxxxxx"},
};

static void check_reached(struct peer_end *p)
{
	answer = peer_next(p);
	ck_assert_ptr_nonnull(answer);
	ck_assert_uint_eq(answer->id, 77);
	if (answer->body_case != SUANDIAN__V1__ENVELOPE__BODY_ERROR)
		return;
	ck_assert_str_ne(answer->error->code, "DENIED");
	ck_assert_str_ne(answer->error->code, "UNIMPLEMENTED");
}

/* One loop run per role. */
START_TEST(each_role_may_what_the_table_says)
{
	static const char *const roles[] = {"observe", "operate", "admin",
					    "adapter", "approve", "audit"};
	enum server_door door = _i == 3 ? SERVER_ADAPTER : SERVER_CONTROL;
	uint32_t denied = 0;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct peer_end p;
		char may = table[i].who[_i];

		peer_enter(&rig, door, roles[_i], "sim", &p);
		send_empty(&p, 77, table[i].number);
		rig_turn(&rig);
		fake_complete(0);
		denied += may == '.';
		if (may == '.')
			ck_assert_refused(&p, "DENIED");
		else if (may == 'x')
			ck_assert_refused(&p, "UNIMPLEMENTED");
		else if (table[i].number != 190) /* which answers when there is a decision */
			check_reached(&p);
		peer_close(&p);
	}
	ck_assert_uint_gt(denied, 1);
	ck_assert_uint_eq(fake.refusals, denied);
}
END_TEST

START_TEST(a_request_without_number_or_body_is_refused)
{
	struct peer_end p;

	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	send_empty(&p, 0, 250);
	ck_assert_refused(&p, "INVALID");
	/* id only */
	peer_send_bytes(&p, "\x02\x08\x05", 3);
	ck_assert_refused(&p, "INVALID");
	send_empty(&p, 6, 250);
	ck_assert_answer(answer, &p, HEALTH_REPORT);
	peer_close(&p);
}
END_TEST

START_TEST(a_caller_refused_too_often_is_sent_away)
{
	struct peer_end p;

	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	for (uint64_t i = 1; i <= REFUSALS_MAX; i++) {
		send_empty(&p, i, 100);
		ck_assert_refused(&p, "DENIED");
	}
	ck_assert_answer(answer, &p, GOODBYE);
	ck_assert_ptr_null(peer_next(&p));
	ck_assert_uint_eq(fake.refusals, REFUSALS_MAX);
	peer_close(&p);
}
END_TEST

/* ---- Clock ------------------------------------------------------------------------------------- */

START_TEST(the_driven_clock_is_claimed_advanced_and_released)
{
	struct peer_end p;

	fake.driven = true;
	peer_enter(&rig, SERVER_CONTROL, "admin", "t", &p);
	{
		ASK(CLAIM_CLOCK, claim_clock, Suandian__V1__ClaimClock,
		    SUANDIAN__V1__CLAIM_CLOCK__INIT);
		body.start_ms = 5000;
		peer_send(&p, 2, &env);
		ck_assert_answer(answer, &p, CLOCK_CLAIMED);
		ck_assert_int_eq(answer->clock_claimed->now_ms, 5000);
	}
	{
		ASK(ADVANCE_TIME, advance_time, Suandian__V1__AdvanceTime,
		    SUANDIAN__V1__ADVANCE_TIME__INIT);
		body.to_ms = 9000;
		peer_send(&p, 3, &env);
		ck_assert(peer_is_silent(&p));
		fake_complete(0);
		ck_assert_answer(answer, &p, QUIESCENT);
		ck_assert_uint_eq(answer->id, 3);
		ck_assert_int_eq(answer->quiescent->t_ms, 9000);
		ck_assert_uint_eq(answer->quiescent->audit_seq, 4);
		body.to_ms = -1;
		peer_send(&p, 4, &env);
		ck_assert_refused(&p, "INVALID");
	}
	peer_close(&p);
	ck_assert_uint_eq(fake.releases, 1);
}
END_TEST

START_TEST(a_wall_clock_cannot_be_claimed)
{
	ASK(CLAIM_CLOCK, claim_clock, Suandian__V1__ClaimClock, SUANDIAN__V1__CLAIM_CLOCK__INIT);
	struct peer_end p;

	peer_enter(&rig, SERVER_CONTROL, "admin", "t", &p);
	peer_send(&p, 2, &env);
	ck_assert_refused(&p, "CLOCK");
	peer_close(&p);
}
END_TEST

/* ---- Points ------------------------------------------------------------------------------------ */

START_TEST(declared_points_get_their_numbers_after_the_flush)
{
	Suandian__V1__PointDecl decl = SUANDIAN__V1__POINT_DECL__INIT;
	Suandian__V1__PointDecl *list[] = {&decl, &decl};
	ASK(DECLARE_POINTS, declare_points, Suandian__V1__DeclarePoints,
	    SUANDIAN__V1__DECLARE_POINTS__INIT);
	struct peer_end p;

	decl.name = "hongyuan/pcc.power";
	decl.unit = SUANDIAN__V1__UNIT__UNIT_W;
	decl.kind = SUANDIAN__V1__VALUE_KIND__KIND_INSTANT;
	decl.period_ms = 1000;
	body.points = list;
	body.n_points = 2;
	peer_enter(&rig, SERVER_ADAPTER, "adapter", "sim", &p);
	peer_send(&p, 2, &env);
	ck_assert(peer_is_silent(&p));
	ck_assert_str_eq(fake.last_source, "sim");
	fake_complete(0);
	ck_assert_answer(answer, &p, POINTS_DECLARED);
	ck_assert_uint_eq(answer->points_declared->n_id, 2);
	ck_assert_uint_eq(answer->points_declared->id[1], 2);
	/* a failed flush is told */
	peer_send(&p, 3, &env);
	rig_turn(&rig);
	fake_complete(ERR_STORE);
	ck_assert_refused(&p, "STORE");
	fake.declare_rc = ERR_EXISTS;
	peer_send(&p, 4, &env);
	ck_assert_refused(&p, "EXISTS");
	body.source = "stranger";
	peer_send(&p, 5, &env);
	ck_assert_refused(&p, "DENIED");
	peer_close(&p);
}
END_TEST

START_TEST(points_are_listed_with_binding_and_value)
{
	ASK(LIST_POINTS, list_points, Suandian__V1__ListPoints, SUANDIAN__V1__LIST_POINTS__INIT);
	struct peer_end p;

	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	body.prefix = "hongyuan/p99";
	peer_send(&p, 2, &env);
	ck_assert_answer(answer, &p, POINT_LIST);
	ck_assert_uint_eq(answer->point_list->n_points, 11);
	body.prefix = "";
	peer_send(&p, 3, &env);
	ck_assert_answer(answer, &p, POINT_LIST);
	ck_assert_uint_eq(answer->point_list->n_points, FAKE_POINTS);
	ck_assert_str_eq(answer->point_list->points[0]->role, "pcc.power");
	ck_assert_int_eq(answer->point_list->points[0]->quality,
			 SUANDIAN__V1__QUALITY__QUALITY_ESTIMATED);
	peer_close(&p);
}
END_TEST

START_TEST(an_answer_that_fits_no_frame_says_so)
{
	ASK(LIST_POINTS, list_points, Suandian__V1__ListPoints, SUANDIAN__V1__LIST_POINTS__INIT);
	struct peer_end p;

	fake.n_points = 100000;
	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	peer_send(&p, 2, &env);
	ck_assert_refused(&p, "FULL");
	body.prefix = "hongyuan/p9999";
	peer_send(&p, 3, &env);
	ck_assert_answer(answer, &p, POINT_LIST);
	ck_assert_uint_eq(answer->point_list->n_points, 11);
	peer_close(&p);
}
END_TEST

START_TEST(latest_values_come_by_number_or_prefix)
{
	ASK(QUERY_LATEST, query_latest, Suandian__V1__QueryLatest,
	    SUANDIAN__V1__QUERY_LATEST__INIT);
	uint32_t points[] = {7, 3};
	struct peer_end p;

	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	body.point = points;
	body.n_point = 2;
	peer_send(&p, 2, &env);
	ck_assert_answer(answer, &p, LATEST_VALUES);
	ck_assert_uint_eq(answer->latest_values->n_values, 2);
	ck_assert(answer->latest_values->values[1]->value == 3);
	ck_assert_int_eq(answer->latest_values->now_ms, fake.now_ms);
	points[1] = 0;
	peer_send(&p, 3, &env);
	ck_assert_refused(&p, "NOT_FOUND");
	body.n_point = 0;
	body.prefix = "hongyuan/p10";
	peer_send(&p, 4, &env);
	ck_assert_answer(answer, &p, LATEST_VALUES);
	ck_assert_uint_eq(answer->latest_values->n_values, 12);
	peer_close(&p);
}
END_TEST

START_TEST(a_curve_is_ok_when_on_disk)
{
	ASK(PUSH_CURVE, push_curve, Suandian__V1__PushCurve, SUANDIAN__V1__PUSH_CURVE__INIT);
	double values[] = {1, 2, 3};
	struct peer_end p;

	body.point = 1;
	body.label = SUANDIAN__V1__POINT_LABEL__LABEL_START;
	body.step_ms = 900000;
	body.value = values;
	body.n_value = 3;
	peer_enter(&rig, SERVER_ADAPTER, "adapter", "sim", &p);
	peer_send(&p, 2, &env);
	ck_assert(peer_is_silent(&p));
	fake_complete(0);
	ck_assert_answer(answer, &p, OK);
	body.label = 0;
	peer_send(&p, 3, &env);
	answer = peer_next(&p);
	ck_assert_str_eq(answer->error->field, "label");
	peer_close(&p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("api dispatch");
	TCase *t = tcase_create("dispatch");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, each_role_may_what_the_table_says, 0, 6);
	tcase_add_test(t, a_request_without_number_or_body_is_refused);
	tcase_add_test(t, a_caller_refused_too_often_is_sent_away);
	tcase_add_test(t, the_driven_clock_is_claimed_advanced_and_released);
	tcase_add_test(t, a_wall_clock_cannot_be_claimed);
	tcase_add_test(t, declared_points_get_their_numbers_after_the_flush);
	tcase_add_test(t, points_are_listed_with_binding_and_value);
	tcase_add_test(t, an_answer_that_fits_no_frame_says_so);
	tcase_add_test(t, latest_values_come_by_number_or_prefix);
	tcase_add_test(t, a_curve_is_ok_when_on_disk);
	suite_add_tcase(s, t);
	return run_suite(s);
}
