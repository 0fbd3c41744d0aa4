/* Decisions of the client: subscription, leases and fallbacks on either clock, acks; against a peer that the
 * test plays. */
#include "proto/client.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "peer.h"
#include "testlib/run.h"

static struct peer p;
static uint64_t subscription;

static const char *const all[] = {"s/*"};

static void setup(void)
{
	peer_start(&p, 0);
	ck_assert_int_eq(client_subscribe_decisions(p.c, all, 1), 0);
}

static void teardown(void)
{
	peer_stop(&p);
}

static Suandian__V1__SubscribeDecisions *take_subscription(void)
{
	Suandian__V1__Envelope *env =
		peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_SUBSCRIBE_DECISIONS);

	subscription = env->id;
	return env->subscribe_decisions;
}

static void ready_at(int64_t engine_ms, bool driven)
{
	Suandian__V1__Welcome w = SUANDIAN__V1__WELCOME__INIT;

	w.server_time_ms = engine_ms;
	w.driven_clock = driven;
	peer_connect(&p);
	ck_assert_int_eq(peer_welcome(&p, &w), 0);
	(void)take_subscription();
}

struct given {
	uint64_t id;
	const char *asset;
	int64_t power_w, fallback_w, valid_for_ms, valid_until_ms, issued_ms;
	bool reset; /* no action and no fallback */
};

static void say_decision(struct given g)
{
	Suandian__V1__Decision d = SUANDIAN__V1__DECISION__INIT;
	Suandian__V1__Action action = SUANDIAN__V1__ACTION__INIT;
	Suandian__V1__Action fallback = SUANDIAN__V1__ACTION__INIT;

	action.what_case = fallback.what_case = SUANDIAN__V1__ACTION__WHAT_POWER_W;
	action.power_w = g.power_w;
	fallback.power_w = g.fallback_w;
	d.id = g.id;
	d.asset = (char *)(g.asset ? g.asset : "s/bess");
	d.action = g.reset ? NULL : &action;
	d.fallback = g.reset ? NULL : &fallback;
	d.valid_for_ms = g.valid_for_ms;
	d.valid_until_ms = g.valid_until_ms;
	d.issued_ms = g.issued_ms;
	ck_assert_int_eq(PEER_SAY(&p, subscription, decision, DECISION, &d), 0);
}

/* The next thing that the client's user was told. */
static int n_seen;

static struct peer_note next_note(void)
{
	ck_assert_msg(n_seen < p.n_notes, "nothing was told");
	return p.notes[n_seen++];
}

static void expect_note(char what, uint64_t id, int64_t power_w)
{
	struct peer_note n = next_note();

	ck_assert_msg(n.what == what && n.id == id && n.has_power && n.power_w == power_w,
		      "told %c %llu %lld", n.what, (unsigned long long)n.id, (long long)n.power_w);
}

static void expect_nothing(void)
{
	ck_assert_int_eq(n_seen, p.n_notes);
}

/* -- the machine's clock -- */

START_TEST(a_decision_is_applied_and_its_fallback_when_its_term_ends)
{
	ready_at(0, false);
	say_decision((struct given){.id = 3,
				    .power_w = -500,
				    .fallback_w = 7,
				    .valid_for_ms = 1000,
				    .valid_until_ms = 99});
	expect_note('d', 3, -500);
	ck_assert_int_le(client_next_tick_ms(p.c), p.now_ms + 1000);
	ck_assert_int_eq(peer_pass(&p, 999), 0);
	expect_nothing();
	ck_assert_int_eq(peer_pass(&p, 1), 0);
	expect_note('f', 3, 7);
	ck_assert_int_eq(peer_pass(&p, 100000), 0);
	expect_nothing();
	ck_assert_int_eq(client_next_tick_ms(p.c), INT64_MAX);
}
END_TEST

START_TEST(a_fallback_comes_without_a_connection_too)
{
	ready_at(0, false);
	say_decision((struct given){
		.id = 3, .power_w = 1, .fallback_w = 2, .valid_for_ms = 1000, .valid_until_ms = 1});
	expect_note('d', 3, 1);
	peer_lose(&p);
	ck_assert_int_eq(peer_pass(&p, 1000), 0);
	expect_note('f', 3, 2);
	/* and while a Welcome does not come */
	peer_connect(&p);
	ck_assert_int_eq(peer_pass(&p, 1000), 0);
	expect_nothing();
}
END_TEST

START_TEST(engine_time_does_not_end_leases_of_a_wall_clock)
{
	ready_at(1000, false);
	say_decision((struct given){
		.id = 3, .power_w = 1, .fallback_w = 2, .valid_for_ms = 1000, .valid_until_ms = 1});
	client_set_engine_ms(p.c, 99999999);
	expect_note('d', 3, 1);
	expect_nothing();
	ck_assert(!client_is_driven(p.c));
}
END_TEST

START_TEST(a_newer_decision_replaces_and_an_older_is_ignored)
{
	struct client_stats s;

	ready_at(0, false);
	say_decision((struct given){.id = 3, .power_w = 1, .valid_for_ms = 1000});
	say_decision((struct given){.id = 2, .power_w = 9, .valid_for_ms = 9000});
	say_decision((struct given){.id = 4, .power_w = 5, .fallback_w = 6, .valid_for_ms = 2000});
	expect_note('d', 3, 1);
	expect_note('d', 4, 5);
	ck_assert_int_eq(peer_pass(&p, 1999), 0);
	expect_nothing();
	ck_assert_int_eq(peer_pass(&p, 1), 0);
	expect_note('f', 4, 6);
	client_get_stats(p.c, &s);
	ck_assert(s.decisions == 2 && s.decisions_stale == 1 && s.fallbacks == 1);
}
END_TEST

START_TEST(renewals_prolong_and_refreshed_set_points_are_applied)
{
	struct given g = {.id = 3,
			  .power_w = 1,
			  .fallback_w = 2,
			  .valid_for_ms = 1000,
			  .valid_until_ms = 1000};

	ready_at(0, false);
	say_decision(g);
	expect_note('d', 3, 1);
	ck_assert_int_eq(peer_pass(&p, 900), 0);
	g.valid_until_ms = 1900;
	say_decision(g);
	expect_nothing();
	g.power_w = 8;
	say_decision(g);
	expect_note('d', 3, 8);
	ck_assert_int_eq(peer_pass(&p, 999), 0);
	expect_nothing();
	ck_assert_int_eq(peer_pass(&p, 1), 0);
	expect_note('f', 3, 2);
}
END_TEST

START_TEST(a_reset_has_no_action_and_no_fallback)
{
	struct peer_note n;

	ready_at(0, false);
	say_decision((struct given){.id = 3, .reset = true, .valid_for_ms = 10});
	n = next_note();
	ck_assert(n.what == 'd' && !n.has_power);
	ck_assert_int_eq(peer_pass(&p, 10), 0);
	n = next_note();
	ck_assert(n.what == 'f' && !n.has_power);
}
END_TEST

START_TEST(the_latest_decision_of_an_asset_can_be_looked_at)
{
	int64_t left = -1;

	ready_at(0, false);
	ck_assert_ptr_null(client_peek_decision(p.c, "s/bess", p.now_ms, &left));
	say_decision((struct given){.id = 3, .power_w = 1, .valid_for_ms = 1000});
	ck_assert_uint_eq(client_peek_decision(p.c, "s/bess", p.now_ms + 400, &left)->id, 3);
	ck_assert_int_eq(left, 600);
	ck_assert_int_eq(peer_pass(&p, 1000), 0);
	ck_assert_uint_eq(client_peek_decision(p.c, "s/bess", p.now_ms, &left)->id, 3);
	ck_assert_int_eq(left, 0);
	ck_assert_uint_eq(client_peek_decision(p.c, "s/bess", p.now_ms, NULL)->id, 3);
}
END_TEST

START_TEST(more_assets_than_can_be_held_are_told)
{
	char asset[32];

	ready_at(0, false);
	for (int i = 0; i <= CLIENT_ASSETS_MAX; i++) {
		snprintf(asset, sizeof(asset), "s/%d", i);
		say_decision((struct given){
			.id = 5, .asset = asset, .power_w = 1, .valid_for_ms = 1000});
		p.n_notes = 0;
	}
	ck_assert_int_eq(p.n_faults, 1);
	ck_assert_int_eq(p.fault.code, ERR_FULL);
	ck_assert_ptr_nonnull(strstr(p.fault.text, "s/4096"));
}
END_TEST

/* -- a driven clock -- */

START_TEST(on_a_driven_clock_only_engine_time_ends_a_lease)
{
	ready_at(5000, true);
	ck_assert(client_is_driven(p.c));
	ck_assert_int_eq(client_get_engine_ms(p.c), 5000);
	say_decision((struct given){.id = 3,
				    .power_w = 1,
				    .fallback_w = 2,
				    .valid_for_ms = 1000,
				    .valid_until_ms = 6000,
				    .issued_ms = 5000});
	expect_note('d', 3, 1);
	ck_assert_int_eq(client_next_tick_ms(p.c), INT64_MAX);
	ck_assert_int_eq(peer_pass(&p, MS_PER_DAY), 0);
	expect_nothing();
	client_set_engine_ms(p.c, 5999);
	client_set_engine_ms(p.c, 4000);
	ck_assert_int_eq(client_get_engine_ms(p.c), 5999);
	expect_nothing();
	client_set_engine_ms(p.c, 6000);
	expect_note('f', 3, 2);
	client_set_engine_ms(p.c, 7000);
	expect_nothing();
}
END_TEST

/* What the daemon says at time t may still renew a lease that ends at t. */
START_TEST(an_answer_of_the_instant_of_the_end_leaves_room_for_a_renewal)
{
	struct given g = {.id = 3,
			  .power_w = 1,
			  .fallback_w = 2,
			  .valid_for_ms = 1000,
			  .valid_until_ms = 6000,
			  .issued_ms = 5000};
	Suandian__V1__Ok ok = SUANDIAN__V1__OK__INIT;

	ready_at(5000, true);
	say_decision(g);
	expect_note('d', 3, 1);
	ok.t_ms = 6000;
	ck_assert_int_eq(PEER_SAY(&p, 999, ok, OK, &ok), 0);
	expect_nothing();
	ck_assert_int_eq(client_tick(p.c, p.now_ms), 0);
	expect_nothing();
	g.valid_until_ms = 7000;
	say_decision(g);
	expect_nothing();
	/* the next is not renewed; a later time is the proof */
	ok.t_ms = 7000;
	ck_assert_int_eq(PEER_SAY(&p, 999, ok, OK, &ok), 0);
	expect_nothing();
	ok.t_ms = 7001;
	ck_assert_int_eq(PEER_SAY(&p, 999, ok, OK, &ok), 0);
	expect_note('f', 3, 2);
}
END_TEST

START_TEST(engine_time_is_learnt_from_whatever_carries_it)
{
	Suandian__V1__Quiescent q = SUANDIAN__V1__QUIESCENT__INIT;
	Suandian__V1__ClockClaimed claimed = SUANDIAN__V1__CLOCK_CLAIMED__INIT;
	Suandian__V1__LatestValues latest = SUANDIAN__V1__LATEST_VALUES__INIT;
	Suandian__V1__HealthReport health = SUANDIAN__V1__HEALTH_REPORT__INIT;

	ready_at(5000, true);
	claimed.now_ms = 5100;
	ck_assert_int_eq(PEER_SAY(&p, 999, clock_claimed, CLOCK_CLAIMED, &claimed), 0);
	ck_assert_int_eq(client_get_engine_ms(p.c), 5100);
	q.t_ms = 5200;
	ck_assert_int_eq(PEER_SAY(&p, 999, quiescent, QUIESCENT, &q), 0);
	ck_assert_int_eq(client_get_engine_ms(p.c), 5200);
	latest.now_ms = 5300;
	ck_assert_int_eq(PEER_SAY(&p, 999, latest_values, LATEST_VALUES, &latest), 0);
	ck_assert_int_eq(client_get_engine_ms(p.c), 5300);
	health.now_ms = 5400;
	ck_assert_int_eq(PEER_SAY(&p, 999, health_report, HEALTH_REPORT, &health), 0);
	ck_assert_int_eq(client_get_engine_ms(p.c), 5400);
	say_decision(
		(struct given){.id = 3, .power_w = 1, .valid_for_ms = 1000, .issued_ms = 5500});
	ck_assert_int_eq(client_get_engine_ms(p.c), 5500);
}
END_TEST

START_TEST(a_daemon_that_comes_back_with_the_other_clock_keeps_what_remains)
{
	int64_t left = 0;

	ready_at(5000000, false);
	say_decision((struct given){.id = 3, .power_w = 1, .fallback_w = 2, .valid_for_ms = 1000});
	expect_note('d', 3, 1);
	ck_assert_int_eq(peer_pass(&p, 400), 0);
	peer_lose(&p);
	ready_at(6000000, true);
	ck_assert_ptr_nonnull(client_peek_decision(p.c, "s/bess", p.now_ms, &left));
	ck_assert_int_eq(left, 600);
	ck_assert_int_eq(peer_pass(&p, 100000), 0);
	client_set_engine_ms(p.c, 6000200);
	expect_nothing();
	peer_lose(&p);
	ready_at(6000200, false);
	ck_assert_ptr_nonnull(client_peek_decision(p.c, "s/bess", p.now_ms, &left));
	ck_assert_int_eq(left, 400);
	ck_assert_int_eq(peer_pass(&p, 399), 0);
	expect_nothing();
	ck_assert_int_eq(peer_pass(&p, 1), 0);
	expect_note('f', 3, 2);
}
END_TEST

/* -- the subscription -- */

START_TEST(after_a_reconnect_it_resumes_at_the_oldest_decision_held)
{
	static const char *const other[] = {"t/*", "s/pv1"};
	Suandian__V1__SubscribeDecisions *s;

	peer_connect(&p);
	ck_assert_int_eq(peer_welcome(&p, NULL), 0);
	s = take_subscription();
	ck_assert_uint_eq(s->after_id, 0);
	ck_assert_uint_eq(s->n_asset, 1);
	ck_assert_str_eq(s->asset[0], "s/*");
	say_decision((struct given){.id = 8, .power_w = 1, .valid_for_ms = 1000});
	say_decision(
		(struct given){.id = 12, .asset = "s/pv1", .power_w = 2, .valid_for_ms = 1000});
	expect_note('d', 8, 1);
	expect_note('d', 12, 2);
	peer_lose(&p);
	peer_ready(&p);
	ck_assert_uint_eq(take_subscription()->after_id, 7);
	/* what was seen is not applied again */
	say_decision((struct given){.id = 8, .power_w = 1, .valid_for_ms = 1000});
	say_decision(
		(struct given){.id = 12, .asset = "s/pv1", .power_w = 2, .valid_for_ms = 1000});
	say_decision((struct given){.id = 13, .power_w = 3, .valid_for_ms = 1000});
	expect_note('d', 13, 3);
	/* other assets: those in force may have lesser numbers */
	uint64_t before = subscription;
	ck_assert_int_eq(client_subscribe_decisions(p.c, other, 2), 0);
	ck_assert_uint_eq(
		peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_UNSUBSCRIBE)->unsubscribe->request_id,
		before);
	s = take_subscription();
	ck_assert_uint_eq(s->after_id, 0);
	ck_assert_uint_eq(s->n_asset, 2);
	expect_nothing();
}
END_TEST

START_TEST(a_refused_subscription_is_told)
{
	ready_at(0, false);
	ck_assert_int_eq(peer_say_error(&p, subscription, "DENIED", "not yours", 0), 0);
	ck_assert_int_eq(p.fault.code, ERR_DENIED);
	ck_assert_ptr_nonnull(strstr(p.fault.text, "not yours"));
	ck_assert(!p.closing);
}
END_TEST

/* -- acks -- */

static void ack(uint64_t id, int state)
{
	struct client_ack a = {.decision_id = id,
			       .state = (Suandian__V1__DecisionState)state,
			       .has_measured = true,
			       .measured_w = -42,
			       .reason = "done"};

	ck_assert_int_eq(client_ack_decision(p.c, &a), 0);
}

START_TEST(acks_are_repeated_until_the_daemon_has_them)
{
	Suandian__V1__Envelope *env;

	ready_at(0, false);
	ack(3, SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED);
	peer_lose(&p);
	ack(3, SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED);
	peer_ready(&p);
	(void)take_subscription();
	env = peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_ACK_DECISION);
	ck_assert_uint_eq(env->ack_decision->decision_id, 3);
	ck_assert_int_eq(env->ack_decision->state, SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED);
	ck_assert_int_eq(env->ack_decision->measured_w, -42);
	ck_assert_str_eq(env->ack_decision->reason, "done");
	ck_assert_int_eq(peer_say_ok(&p, env->id), 0);
	env = peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_ACK_DECISION);
	ck_assert_int_eq(env->ack_decision->state, SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED);
	ck_assert_int_eq(peer_say_error(&p, env->id, "NOT_FOUND", "no such decision", 0), 0);
	ck_assert_int_eq(p.fault.code, ERR_NOTFOUND);
	peer_lose(&p);
	peer_ready(&p);
	(void)take_subscription();
	peer_expect_silence(&p);
}
END_TEST

START_TEST(an_ack_that_comes_too_late_is_no_fault)
{
	Suandian__V1__Envelope *env;

	ready_at(0, false);
	ack(3, SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED);
	env = peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_ACK_DECISION);
	ck_assert_int_eq(peer_say_error(&p, env->id, "STATE", "decision 3 is superseded", 0), 0);
	ck_assert_int_eq(p.fault.code, 0);
	peer_expect_silence(&p);
}
END_TEST

START_TEST(after_a_welcome_things_come_in_their_order)
{
	Suandian__V1__DeclarePoints points = SUANDIAN__V1__DECLARE_POINTS__INIT;
	Suandian__V1__PointDecl decl = SUANDIAN__V1__POINT_DECL__INIT;
	Suandian__V1__PointDecl *list[] = {&decl};
	uint32_t point = 1;
	int64_t t_ms = 2;
	double value = 3;

	ck_assert_int_eq(client_push(p.c, &point, &t_ms, &value, NULL, 1), 0);
	ack(3, SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED);
	ck_assert_int_eq(client_add_layout(p.c, &point, 1), 0);
	decl.name = "s/a";
	points.n_points = 1;
	points.points = list;
	ck_assert_int_eq(client_declare(p.c, &points), 0);
	for (int i = 0; i < 2; i++) {
		peer_ready(&p);
		(void)peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_DECLARE_POINTS);
		(void)peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_REGISTER_LAYOUT);
		(void)take_subscription();
		(void)peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_ACK_DECISION);
		(void)peer_take(&p, SUANDIAN__V1__ENVELOPE__BODY_PUSH_SAMPLES);
		peer_expect_silence(&p);
		peer_lose(&p);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("client_decisions");
	TCase *t = tcase_create("client_decisions");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_decision_is_applied_and_its_fallback_when_its_term_ends);
	tcase_add_test(t, a_fallback_comes_without_a_connection_too);
	tcase_add_test(t, engine_time_does_not_end_leases_of_a_wall_clock);
	tcase_add_test(t, a_newer_decision_replaces_and_an_older_is_ignored);
	tcase_add_test(t, renewals_prolong_and_refreshed_set_points_are_applied);
	tcase_add_test(t, a_reset_has_no_action_and_no_fallback);
	tcase_add_test(t, the_latest_decision_of_an_asset_can_be_looked_at);
	tcase_add_test(t, more_assets_than_can_be_held_are_told);
	tcase_add_test(t, on_a_driven_clock_only_engine_time_ends_a_lease);
	tcase_add_test(t, an_answer_of_the_instant_of_the_end_leaves_room_for_a_renewal);
	tcase_add_test(t, engine_time_is_learnt_from_whatever_carries_it);
	tcase_add_test(t, a_daemon_that_comes_back_with_the_other_clock_keeps_what_remains);
	tcase_add_test(t, after_a_reconnect_it_resumes_at_the_oldest_decision_held);
	tcase_add_test(t, a_refused_subscription_is_told);
	tcase_add_test(t, acks_are_repeated_until_the_daemon_has_them);
	tcase_add_test(t, an_ack_that_comes_too_late_is_no_fault);
	tcase_add_test(t, after_a_welcome_things_come_in_their_order);
	suite_add_tcase(s, t);
	return run_suite(s);
}
