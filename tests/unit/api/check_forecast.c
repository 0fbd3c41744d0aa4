/* Backtests and outlooks over the socket. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "ask.h"
#include "fake_engine.h"
#include "fake_forecast.h"
#include "rig.h"
#include "testlib/run.h"

static struct rig rig;
static const Suandian__V1__Envelope *answer;
static struct peer_end peer;

static void setup(void)
{
	rig_start(&rig);
	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &peer);
}

static void teardown(void)
{
	peer_close(&peer);
	rig_stop(&rig);
	ck_assert_int_eq(fake_forecast.open, 0);
}

START_TEST(a_point_is_tested_and_its_outlook_told)
{
	ASK(BACKTEST, backtest, Suandian__V1__Backtest, SUANDIAN__V1__BACKTEST__INIT);
	const Suandian__V1__BacktestReport *m;

	body.point = (char *)engine_point(NULL, 3)->decl.name;
	body.slots = 4;
	peer_send(&peer, 2, &env);
	ck_assert_answer(answer, &peer, BACKTEST_REPORT);
	m = answer->backtest_report;
	ck_assert_str_eq(m->point, body.point);
	ck_assert_str_eq(m->kind, "load");
	ck_assert_uint_eq(m->days, 14);
	ck_assert_double_eq(m->all->rrmse, 0.125);
	ck_assert_double_nan(m->all->mape);
	ck_assert_uint_eq(m->n_leads, 6);
	ck_assert_int_eq(m->leads[5]->lead_end_ms, 48 * MS_PER_H);
	ck_assert_uint_eq(m->outlook->n_value, 4);
	ck_assert_double_eq(m->outlook->value[3], 6);
	ck_assert_double_nan(m->outlook->p10[0]);
	ck_assert_double_eq(m->outlook->p90[3], 9);
	ck_assert_int_eq(m->outlook->step_ms, SLOT_MS);
	ck_assert_str_eq(m->outlook->source, "yesterday");
	ck_assert(m->last);
	/* the outlook alone */
	body.no_test = true;
	peer_send(&peer, 3, &env);
	ck_assert_answer(answer, &peer, BACKTEST_REPORT);
	ck_assert_ptr_null(answer->backtest_report->all);
	ck_assert_uint_eq(answer->backtest_report->outlook->n_value, 4);
}
END_TEST

START_TEST(a_site_is_tested_point_by_point)
{
	ASK(BACKTEST, backtest, Suandian__V1__Backtest, SUANDIAN__V1__BACKTEST__INIT);
	const char *site, *role;
	int n = 0;
	bool last = false;

	engine_point_binding(NULL, 1, &site, &role);
	body.site = (char *)site;
	body.days = 30;
	peer_send(&peer, 2, &env);
	while (!last) {
		ck_assert_answer(answer, &peer, BACKTEST_REPORT);
		ck_assert_uint_eq(answer->backtest_report->days, 30);
		last = answer->backtest_report->last;
		n++;
	}
	ck_assert_int_ge(n, 1);
	ck_assert(peer_is_silent(&peer));
}
END_TEST

START_TEST(what_cannot_be_tested_is_refused)
{
	ASK(BACKTEST, backtest, Suandian__V1__Backtest, SUANDIAN__V1__BACKTEST__INIT);

	peer_send(&peer, 2, &env);
	ck_assert_refused(&peer, "INVALID");
	body.point = "no/such";
	peer_send(&peer, 3, &env);
	ck_assert_refused(&peer, "NOT_FOUND");
	body.point = (char *)engine_point(NULL, 9)->decl.name;
	peer_send(&peer, 4, &env);
	ck_assert_refused(&peer, "INVALID");
	body.point = (char *)engine_point(NULL, 3)->decl.name;
	body.slots = 769;
	peer_send(&peer, 5, &env);
	ck_assert_refused(&peer, "INVALID");
	body.slots = 0;
	body.days = 367;
	peer_send(&peer, 6, &env);
	ck_assert_refused(&peer, "INVALID");
	body.days = UINT32_MAX;
	peer_send(&peer, 7, &env);
	ck_assert_refused(&peer, "INVALID");
	body.point = "";
	body.days = 0;
	body.site = "nowhere";
	peer_send(&peer, 8, &env);
	ck_assert_refused(&peer, "NOT_FOUND");
}
END_TEST

START_TEST(a_store_that_does_not_answer_ends_the_test)
{
	ASK(BACKTEST, backtest, Suandian__V1__Backtest, SUANDIAN__V1__BACKTEST__INIT);

	fake_forecast.step_rc = ERR_STORE;
	body.point = (char *)engine_point(NULL, 3)->decl.name;
	peer_send(&peer, 2, &env);
	ck_assert_refused(&peer, "STORE");
	ck_assert_int_eq(fake_forecast.open, 0);
}
END_TEST

/* teardown sees that nothing stays open */
START_TEST(a_session_that_ends_takes_its_test_with_it)
{
	ASK(BACKTEST, backtest, Suandian__V1__Backtest, SUANDIAN__V1__BACKTEST__INIT);

	fake_forecast.step_rc = 1;
	body.point = (char *)engine_point(NULL, 3)->decl.name;
	peer_send(&peer, 2, &env);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("api forecast");
	TCase *t = tcase_create("forecast");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_point_is_tested_and_its_outlook_told);
	tcase_add_test(t, a_site_is_tested_point_by_point);
	tcase_add_test(t, what_cannot_be_tested_is_refused);
	tcase_add_test(t, a_store_that_does_not_answer_ends_the_test);
	tcase_add_test(t, a_session_that_ends_takes_its_test_with_it);
	suite_add_tcase(s, t);
	return run_suite(s);
}
