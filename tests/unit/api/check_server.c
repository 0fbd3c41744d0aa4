/* Many connections, and the end. */
#include <check.h>
#include <string.h>
#include <unistd.h>

#include "api/limits.h"
#include "ask.h"
#include "fake_engine.h"
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

static void ask_health(struct peer_end *p, uint64_t id)
{
	ASK(HEALTH, health, Suandian__V1__Health, SUANDIAN__V1__HEALTH__INIT);

	peer_send(p, id, &env);
	ck_assert_answer(answer, p, HEALTH_REPORT);
	ck_assert_uint_eq(answer->id, id);
}

START_TEST(sessions_above_the_cap_are_told_so)
{
	struct peer_end all[8];
	struct peer_end one;

	fake.configuration.settings.limits.sessions = 8;
	for (int i = 0; i < 8; i++)
		peer_enter(&rig, SERVER_CONTROL, "observe", "t", &all[i]);
	peer_connect(&rig, SERVER_CONTROL, &one);
	ck_assert_answer(answer, &one, GOODBYE);
	ck_assert_str_eq(answer->goodbye->code, "FULL");
	ck_assert_ptr_null(peer_next(&one));
	peer_close(&one);
	for (int i = 0; i < 8; i++)
		ask_health(&all[i], 5);
	peer_close(&all[3]);
	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &all[3]);
	for (int i = 0; i < 8; i++)
		peer_close(&all[i]);
}
END_TEST

START_TEST(silent_connections_make_room_for_those_who_speak)
{
	enum { SILENT = 200 };
	struct peer_end first;
	struct peer_end silent[SILENT];
	struct peer_end late;

	fake.configuration.settings.limits.sessions = 64;
	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &first);
	for (int i = 0; i < SILENT; i++) {
		peer_connect(&rig, SERVER_CONTROL, &silent[i]);
		rig_turn(&rig);
	}
	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &late);
	ask_health(&late, 2);
	ck_assert_uint_le(answer->health_report->sessions, 64);
	ask_health(&first, 2);
	ck_assert_answer(answer, &silent[0], GOODBYE);
	ck_assert(peer_is_silent(&silent[SILENT - 1]));
	peer_close(&first);
	peer_close(&late);
	for (int i = 0; i < SILENT; i++)
		peer_close(&silent[i]);
}
END_TEST

START_TEST(too_many_unanswered_requests_are_not_read)
{
	ASK(ACK_DECISION, ack_decision, Suandian__V1__AckDecision,
	    SUANDIAN__V1__ACK_DECISION__INIT);
	struct peer_end p;

	body.state = SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED;
	peer_enter(&rig, SERVER_ADAPTER, "adapter", "sim", &p);
	for (uint64_t i = 1; i <= IN_FLIGHT_MAX + 10; i++)
		peer_send(&p, i, &env);
	rig_turn(&rig);
	ck_assert_uint_eq(fake.acks, IN_FLIGHT_MAX);
	fake_complete(0);
	rig_turn(&rig);
	ck_assert_uint_eq(fake.acks, IN_FLIGHT_MAX + 10);
	fake_complete(0);
	for (uint64_t i = 1; i <= IN_FLIGHT_MAX + 10; i++) {
		ck_assert_answer(answer, &p, OK);
		ck_assert_uint_eq(answer->id, i);
	}
	peer_close(&p);
}
END_TEST

START_TEST(an_answer_may_come_when_its_session_has_gone)
{
	ASK(ACK_DECISION, ack_decision, Suandian__V1__AckDecision,
	    SUANDIAN__V1__ACK_DECISION__INIT);
	struct peer_end p;

	body.state = SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED;
	peer_enter(&rig, SERVER_ADAPTER, "adapter", "sim", &p);
	peer_send(&p, 1, &env);
	rig_turn(&rig);
	peer_close(&p);
	ck_assert_uint_eq(fake.n_waiters, 1);
	fake_complete(0);
}
END_TEST

START_TEST(an_answer_that_never_comes_is_freed_at_the_end)
{
	ASK(ACK_DECISION, ack_decision, Suandian__V1__AckDecision,
	    SUANDIAN__V1__ACK_DECISION__INIT);
	struct peer_end p;

	body.state = SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED;
	peer_enter(&rig, SERVER_ADAPTER, "adapter", "sim", &p);
	peer_send(&p, 1, &env);
	rig_turn(&rig);
	ck_assert_uint_eq(fake.n_waiters, 1);
	peer_close(&p);
}
END_TEST

START_TEST(a_stopping_server_reads_nothing_and_answers_what_is_due)
{
	ASK(ACK_DECISION, ack_decision, Suandian__V1__AckDecision,
	    SUANDIAN__V1__ACK_DECISION__INIT);
	struct peer_end p;

	body.state = SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED;
	peer_enter(&rig, SERVER_ADAPTER, "adapter", "sim", &p);
	peer_send(&p, 1, &env);
	rig_turn(&rig);
	server_stop(rig.server);
	peer_send(&p, 2, &env);
	rig_turn(&rig);
	ck_assert_uint_eq(fake.acks, 1);
	fake_complete(0);
	ck_assert_answer(answer, &p, OK);
	ck_assert(peer_is_silent(&p));
	peer_close(&p);
}
END_TEST

START_TEST(who_lost_the_role_is_sent_away_with_the_reason)
{
	struct peer_end p[2];

	peer_enter(&rig, SERVER_CONTROL, "operate", "t", &p[0]);
	peer_enter(&rig, SERVER_ADAPTER, "adapter", "sim", &p[1]);
	server_check_access(rig.server);
	ck_assert(peer_is_silent(&p[0]));
	ask_health(&p[0], 2);
	fake.allow = false;
	ask_health(&p[0], 3);
	server_check_access(rig.server);
	server_check_access(rig.server);
	ck_assert_answer(answer, &p[0], GOODBYE);
	ck_assert_str_eq(answer->goodbye->code, "DENIED");
	ck_assert_ptr_nonnull(strstr(answer->goodbye->text, "may not operate any more"));
	ck_assert_ptr_null(peer_next(&p[0]));
	ck_assert_answer(answer, &p[1], GOODBYE);
	ck_assert_ptr_nonnull(strstr(answer->goodbye->text, "may not be the adapter sim"));
	ck_assert_ptr_null(peer_next(&p[1]));
	peer_close(&p[0]);
	peer_close(&p[1]);
}
END_TEST

START_TEST(an_unasked_check_of_access_goes_with_the_server)
{
	fake.allow = true;
	server_check_access(rig.server);
}
END_TEST

START_TEST(all_sessions_hear_goodbye)
{
	struct rig mine;
	struct peer_end p[3];

	rig_start(&mine);
	for (int i = 0; i < 3; i++)
		peer_enter(&mine, SERVER_CONTROL, "observe", "t", &p[i]);
	rig_stop(&mine);
	for (int i = 0; i < 3; i++) {
		char bytes[64];
		ssize_t n = read(p[i].fd, bytes, sizeof(bytes));

		ck_assert_int_gt((int)n, 0);
		ck_assert_ptr_nonnull(memmem(bytes, (size_t)n, "CLOSED", 6));
		ck_assert_int_eq((int)read(p[i].fd, bytes, sizeof(bytes)), 0);
		p[i].rig = &rig;
		peer_close(&p[i]);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("api server");
	TCase *t = tcase_create("server");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, sessions_above_the_cap_are_told_so);
	tcase_add_test(t, silent_connections_make_room_for_those_who_speak);
	tcase_add_test(t, too_many_unanswered_requests_are_not_read);
	tcase_add_test(t, an_answer_may_come_when_its_session_has_gone);
	tcase_add_test(t, an_answer_that_never_comes_is_freed_at_the_end);
	tcase_add_test(t, a_stopping_server_reads_nothing_and_answers_what_is_due);
	tcase_add_test(t, who_lost_the_role_is_sent_away_with_the_reason);
	tcase_add_test(t, an_unasked_check_of_access_goes_with_the_server);
	tcase_add_test(t, all_sessions_hear_goodbye);
	suite_add_tcase(s, t);
	return run_suite(s);
}
