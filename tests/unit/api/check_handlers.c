/* Events, plans, decisions, health: what comes back. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "api/limits.h"
#include "api/map_out.h"
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

/* ---- Events ------------------------------------------------------------------------------------ */

START_TEST(an_event_is_shown_as_accepted)
{
	Suandian__V1__Event event = SUANDIAN__V1__EVENT__INIT;
	ASK(PUT_EVENT, put_event, Suandian__V1__PutEvent, SUANDIAN__V1__PUT_EVENT__INIT);
	struct peer_end p;

	body.event = &event;
	event.external_id = "e1";
	event.site = "hongyuan";
	event.direction = SUANDIAN__V1__DIRECTION__DIRECTION_UP;
	event.target_case = SUANDIAN__V1__EVENT__TARGET_REDUCTION_W;
	event.reduction_w = 1000000;
	event.start_ms = fake.now_ms;
	event.has_end_case = SUANDIAN__V1__EVENT__HAS_END_END_MS;
	event.end_ms = fake.now_ms + MS_PER_H;
	peer_enter(&rig, SERVER_CONTROL, "operate", "t", &p);
	peer_send(&p, 2, &env);
	ck_assert(peer_is_silent(&p));
	fake.event.n_slots = 2;
	fake.event.slots[0] = (struct event_slot){.baseline_w = 100, .metered_w = 40};
	fake.event.slots[1] = (struct event_slot){.quality = QUALITY_MISSING, .baseline_w = 5};
	fake_complete(0);
	ck_assert_answer(answer, &p, EVENT_STATE);
	ck_assert_uint_eq(answer->event_state->id, 7);
	ck_assert_int_eq(answer->event_state->event->reduction_w, 1000000);
	ck_assert_uint_eq(answer->event_state->n_slots, 2);
	ck_assert_int_eq(answer->event_state->slots[0]->delivered_w, 60);
	ck_assert_int_eq(answer->event_state->slots[1]->delivered_w, 0);
	fake.event_rc = ERR_STALE;
	peer_send(&p, 3, &env);
	ck_assert_refused(&p, "STALE");
	body.event = NULL;
	peer_send(&p, 4, &env);
	ck_assert_refused(&p, "INVALID");
	peer_close(&p);
}
END_TEST

START_TEST(events_are_cancelled_and_listed)
{
	struct peer_end p;

	peer_enter(&rig, SERVER_CONTROL, "operate", "t", &p);
	{
		ASK(CANCEL_EVENT, cancel_event, Suandian__V1__CancelEvent,
		    SUANDIAN__V1__CANCEL_EVENT__INIT);
		body.external_id = "e1";
		peer_send(&p, 2, &env);
		ck_assert_refused(&p, "NOT_FOUND");
		fake.event.id = 7;
		peer_send(&p, 3, &env);
		rig_turn(&rig);
		fake_complete(0);
		ck_assert_answer(answer, &p, EVENT_STATE);
	}
	{
		ASK(LIST_EVENTS, list_events, Suandian__V1__ListEvents,
		    SUANDIAN__V1__LIST_EVENTS__INIT);
		peer_send(&p, 4, &env);
		ck_assert_answer(answer, &p, EVENT_LIST);
		ck_assert_uint_eq(answer->event_list->n_events, 20);
	}
	peer_close(&p);
}
END_TEST

/* ---- Plans ------------------------------------------------------------------------------------- */

static struct plan *a_plan(void)
{
	static int64_t start[] = {0, 900000}, duration[] = {900000, 900000}, w[] = {-5, 7};
	static struct plan_asset asset = {
		.asset = "hongyuan/bess", .kind = ASSET_BATTERY, .power_w = w, .level = w};
	static struct plan_relaxation soft[] = {{.limit = "reserve[bess]", .unit = "Wh"},
						{.limit = "x", .start_ms = 900000, .unit = "W"}};
	static struct plan_source source = {.input = "load", .source = "yesterday"};
	static char events[1][ID_MAX] = {"corr"};
	static struct plan plan = {
		.id = 3,
		.site = "hongyuan",
		.status = PLAN_OPTIMAL,
		.solver = "clp",
		.n = 2,
		.start_ms = start,
		.duration_ms = duration,
		.pcc_w = w,
		.load_w = w,
		.unserved_w = w,
		.price_buy_e4 = w,
		.price_sell_e4 = w,
		.marginal_price_e4 = w,
		.n_assets = 1,
		.assets = &asset,
		.n_relaxations = 2,
		.relaxations = soft,
		.n_sources = 1,
		.sources = &source,
		.n_events = 1,
		.events = events,
	};

	return &plan;
}

START_TEST(a_plan_comes_with_its_columns)
{
	ASK(GET_PLAN, get_plan, Suandian__V1__GetPlan, SUANDIAN__V1__GET_PLAN__INIT);
	struct peer_end p;

	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	body.site = "hongyuan";
	peer_send(&p, 2, &env);
	ck_assert_refused(&p, "NO_DATA");
	fake.plan = a_plan();
	peer_send(&p, 3, &env);
	ck_assert_answer(answer, &p, PLAN);
	ck_assert_int_eq(answer->plan->status, SUANDIAN__V1__PLAN_STATUS__PLAN_OPTIMAL);
	ck_assert_uint_eq(answer->plan->n_pcc_w, 2);
	ck_assert_int_eq(answer->plan->pcc_w[0], -5);
	ck_assert_uint_eq(answer->plan->duration_ms[1], 900000);
	ck_assert_uint_eq(answer->plan->assets[0]->n_level, 2);
	ck_assert_uint_eq(answer->plan->assets[0]->n_available_w, 0);
	ck_assert_uint_eq(answer->plan->n_slot_plan_id, 0);
	ck_assert_str_eq(answer->plan->event[0], "corr");
	ck_assert_uint_eq(strlen(answer->plan->plan_hash), 64);
	body.from_ms = 5;
	body.to_ms = 4;
	peer_send(&p, 4, &env);
	ck_assert_refused(&p, "INVALID");
	body.to_ms = 0;
	body.from_ms = 0;
	body.site = "nowhere";
	peer_send(&p, 5, &env);
	ck_assert_refused(&p, "NOT_FOUND");
	peer_close(&p);
}
END_TEST

START_TEST(an_explanation_is_of_its_slot)
{
	ASK(EXPLAIN, explain, Suandian__V1__Explain, SUANDIAN__V1__EXPLAIN__INIT);
	struct peer_end p;

	fake.plan = a_plan();
	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	peer_send(&p, 2, &env);
	ck_assert_refused(&p, "INVALID");
	body.asset = "hongyuan/bess";
	peer_send(&p, 3, &env);
	ck_assert_answer(answer, &p, EXPLANATION);
	ck_assert_str_eq(answer->explanation->text, "because");
	ck_assert_str_eq(answer->explanation->text_zh, "因为");
	ck_assert_str_eq(answer->explanation->asset, "hongyuan/bess");
	ck_assert_uint_eq(answer->explanation->n_relaxations, 1);
	ck_assert_str_eq(answer->explanation->relaxations[0]->limit, "reserve[bess]");
	fake.plan = NULL;
	peer_send(&p, 4, &env);
	ck_assert_refused(&p, "NO_DATA");
	peer_close(&p);
}
END_TEST

START_TEST(a_plan_is_solved_again_when_asked)
{
	ASK(REPLAY, replay, Suandian__V1__Replay, SUANDIAN__V1__REPLAY__INIT);
	struct peer_end p;

	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	peer_send(&p, 2, &env);
	ck_assert_refused(&p, "INVALID");
	body.plan_id = 404;
	peer_send(&p, 3, &env);
	ck_assert_refused(&p, "NOT_FOUND");
	body.plan_id = 9;
	peer_send(&p, 4, &env);
	rig_turn(&rig);
	fake_complete(0);
	ck_assert_answer(answer, &p, REPLAY_RESULT);
	ck_assert_uint_eq(answer->replay_result->plan_id, 9);
	ck_assert_uint_eq(answer->replay_result->region_id, 8);
	ck_assert(answer->replay_result->same);
	ck_assert_uint_eq(strlen(answer->replay_result->stored_hash), 64);
	peer_close(&p);
}
END_TEST

START_TEST(what_would_be_is_told_with_its_slots)
{
	ASK(WHAT_IF, what_if, Suandian__V1__WhatIf, SUANDIAN__V1__WHAT_IF__INIT);
	Suandian__V1__WhatIfEvent event = SUANDIAN__V1__WHAT_IF_EVENT__INIT;
	Suandian__V1__WhatIfOutage outage = SUANDIAN__V1__WHAT_IF_OUTAGE__INIT;
	struct peer_end p;

	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	body.site = "hongyuan";
	body.from_ms = 1000;
	body.to_ms = 2000;
	peer_send(&p, 2, &env);
	ck_assert_refused(&p, "INVALID");
	body.change_case = SUANDIAN__V1__WHAT_IF__CHANGE_EVENT;
	body.event = &event;
	peer_send(&p, 3, &env);
	ck_assert_refused(&p, "INVALID"); /* no direction */
	event.direction = SUANDIAN__V1__DIRECTION__DIRECTION_UP;
	event.target_w = 77;
	peer_send(&p, 4, &env);
	rig_turn(&rig);
	fake_complete(0);
	ck_assert_answer(answer, &p, WHAT_IF_RESULT);
	ck_assert_str_eq(answer->what_if_result->sites[0]->site, "hongyuan");
	ck_assert_int_eq(answer->what_if_result->sites[0]->with->deliverable_w, 77);
	ck_assert_uint_eq(answer->what_if_result->n_pcc_with_w, 1);
	ck_assert_int_eq(answer->what_if_result->pcc_with_w[0], 3);
	/* an asset of another site */
	body.change_case = SUANDIAN__V1__WHAT_IF__CHANGE_OUTAGE;
	body.outage = &outage;
	outage.asset = "elsewhere/bess";
	peer_send(&p, 5, &env);
	ck_assert_refused(&p, "INVALID");
	peer_close(&p);
}
END_TEST

START_TEST(no_user_has_all_the_places_of_those_who_ask)
{
	ASK(WHAT_IF, what_if, Suandian__V1__WhatIf, SUANDIAN__V1__WHAT_IF__INIT);
	Suandian__V1__WhatIfPrice price = SUANDIAN__V1__WHAT_IF_PRICE__INIT;
	struct peer_end p, again;

	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	body.site = "hongyuan";
	body.from_ms = 1000;
	body.to_ms = 2000;
	body.change_case = SUANDIAN__V1__WHAT_IF__CHANGE_PRICE;
	body.price = &price;
	for (uint64_t i = 0; i < STUDIES_PER_USER; i++)
		peer_send(&p, i + 2, &env);
	rig_turn(&rig);
	ck_assert_uint_eq(fake.n_waiters, STUDIES_PER_USER);
	/* nor by going away and coming back */
	peer_close(&p);
	rig_turn(&rig);
	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &again);
	peer_send(&again, 2, &env);
	ck_assert_refused(&again, "FULL");
	fake_complete(0);
	peer_send(&again, 3, &env);
	rig_turn(&rig);
	fake_complete(0);
	ck_assert_answer(answer, &again, WHAT_IF_RESULT);
	peer_close(&again);
}
END_TEST

START_TEST(sites_come_with_their_assets)
{
	ASK(LIST_SITES, list_sites, Suandian__V1__ListSites, SUANDIAN__V1__LIST_SITES__INIT);
	struct peer_end p;

	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	peer_send(&p, 2, &env);
	ck_assert_answer(answer, &p, SITE_LIST);
	ck_assert_uint_eq(answer->site_list->n_sites, 1);
	ck_assert_uint_eq(answer->site_list->sites[0]->n_assets, 4);
	ck_assert_str_eq(answer->site_list->sites[0]->assets[3]->id, "hongyuan/batch");
	peer_close(&p);
}
END_TEST

START_TEST(every_asset_that_takes_orders_is_listed)
{
	static struct site s = {.id = "x", .n_cooling = 1, .n_queues = 1};
	Suandian__V1__SiteInfo *m;
	struct arena a;

	arena_init(&a, SIZE_MAX);
	snprintf(s.cooling[0].id, sizeof(s.cooling[0].id), "crac");
	s.cooling[0].power_max_w = 1600000;
	snprintf(s.queues[0].id, sizeof(s.queues[0].id), "batch");
	m = map_out_site(&a, &s, 0);
	ck_assert_ptr_nonnull(m);
	ck_assert_uint_eq(m->n_assets, 2);
	ck_assert_str_eq(m->assets[1]->id, "x/crac");
	ck_assert_int_eq(m->assets[1]->kind, SUANDIAN__V1__ASSET_KIND__ASSET_COOLING);
	ck_assert_int_eq(m->assets[1]->power_max_w, 1600000);
	arena_fini(&a);
}
END_TEST

/* ---- Decisions --------------------------------------------------------------------------------- */

START_TEST(an_ack_reaches_the_engine_once_validated)
{
	ASK(ACK_DECISION, ack_decision, Suandian__V1__AckDecision,
	    SUANDIAN__V1__ACK_DECISION__INIT);
	struct peer_end p;

	peer_enter(&rig, SERVER_ADAPTER, "adapter", "sim", &p);
	body.decision_id = 12;
	body.state = SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED;
	body.has_measured_case = SUANDIAN__V1__ACK_DECISION__HAS_MEASURED_MEASURED_W;
	body.measured_w = -3;
	peer_send(&p, 2, &env);
	rig_turn(&rig);
	ck_assert_uint_eq(fake.last_ack.id, 12);
	ck_assert_int_eq((int)fake.last_ack.state, DECISION_APPLIED);
	ck_assert(fake.last_ack.has_measured && fake.last_ack.measured_w == -3);
	fake_complete(0);
	ck_assert_answer(answer, &p, OK);
	body.state = SUANDIAN__V1__DECISION_STATE__DECISION_VERIFIED;
	peer_send(&p, 3, &env);
	ck_assert_refused(&p, "INVALID");
	body.state = SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED;
	fake.ack_rc = ERR_NOTFOUND;
	peer_send(&p, 4, &env);
	ck_assert_refused(&p, "NOT_FOUND");
	peer_close(&p);
}
END_TEST

START_TEST(decisions_are_listed_up_to_the_limit)
{
	ASK(LIST_DECISIONS, list_decisions, Suandian__V1__ListDecisions,
	    SUANDIAN__V1__LIST_DECISIONS__INIT);
	struct peer_end p;

	fake.decision = (struct decision){
		.id = 5,
		.asset = "hongyuan/bess",
		.action = {.kind = ACTION_POWER, .value = -7},
		.fallback = {.kind = ACTION_RELEASE},
		.valid_until_ms = fake.now_ms + 500,
		.fault_code = ERR_SOLVER,
	};
	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	peer_send(&p, 2, &env);
	ck_assert_answer(answer, &p, DECISION_LIST);
	ck_assert_uint_eq(answer->decision_list->n_decisions, DECISIONS_DEFAULT);
	ck_assert_int_eq(answer->decision_list->decisions[0]->action->power_w, -7);
	ck_assert_int_eq(answer->decision_list->decisions[0]->valid_for_ms, 500);
	ck_assert_ptr_nonnull(answer->decision_list->decisions[0]->fallback->release);
	ck_assert_str_eq(answer->decision_list->decisions[0]->fault->code, "SOLVER");
	body.id = 5;
	peer_send(&p, 3, &env);
	ck_assert_answer(answer, &p, DECISION_LIST);
	ck_assert_uint_eq(answer->decision_list->n_decisions, 1);
	body.id = 6;
	peer_send(&p, 4, &env);
	ck_assert_refused(&p, "NOT_FOUND");
	body.id = 0;
	body.limit = DECISIONS_MAX + 1;
	peer_send(&p, 5, &env);
	ck_assert_refused(&p, "FULL");
	body.limit = 1;
	body.asset = "*";
	peer_send(&p, 6, &env);
	ck_assert_refused(&p, "INVALID");
	body.asset = "hongyuan/*";
	peer_send(&p, 7, &env);
	ck_assert_answer(answer, &p, DECISION_LIST);
	peer_close(&p);
}
END_TEST

/* ---- Admin ------------------------------------------------------------------------------------- */

START_TEST(health_says_what_is_wrong)
{
	ASK(HEALTH, health, Suandian__V1__Health, SUANDIAN__V1__HEALTH__INIT);
	struct peer_end p;

	fake.health.state = HEALTH_DEGRADED;
	fake.health.n = 1;
	snprintf(fake.health.reasons[0].code, ID_MAX, "no_forecast");
	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	peer_send(&p, 2, &env);
	ck_assert_answer(answer, &p, HEALTH_REPORT);
	ck_assert_str_eq(answer->health_report->state, "degraded");
	ck_assert_str_eq(answer->health_report->reasons[0]->code, "no_forecast");
	ck_assert_int_eq(answer->health_report->plan_age_ms, -1);
	ck_assert_uint_eq(answer->health_report->sessions, 1);
	peer_close(&p);
}
END_TEST

START_TEST(metrics_are_the_engine_s_and_ours)
{
	ASK(METRICS, metrics, Suandian__V1__Metrics, SUANDIAN__V1__METRICS__INIT);
	struct peer_end p;

	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	peer_send(&p, 2, &env);
	ck_assert_answer(answer, &p, METRICS_TEXT);
	ck_assert_ptr_nonnull(strstr(answer->metrics_text->text, "# engine\n"));
	ck_assert_ptr_nonnull(strstr(answer->metrics_text->text, "\nsuandian_api_sessions 1\n"));
	ck_assert_ptr_nonnull(strstr(answer->metrics_text->text, "suandian_loop_lag"));
	peer_close(&p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("api handlers");
	TCase *t = tcase_create("handlers");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, an_event_is_shown_as_accepted);
	tcase_add_test(t, events_are_cancelled_and_listed);
	tcase_add_test(t, a_plan_comes_with_its_columns);
	tcase_add_test(t, an_explanation_is_of_its_slot);
	tcase_add_test(t, a_plan_is_solved_again_when_asked);
	tcase_add_test(t, what_would_be_is_told_with_its_slots);
	tcase_add_test(t, no_user_has_all_the_places_of_those_who_ask);
	tcase_add_test(t, sites_come_with_their_assets);
	tcase_add_test(t, every_asset_that_takes_orders_is_listed);
	tcase_add_test(t, an_ack_reaches_the_engine_once_validated);
	tcase_add_test(t, decisions_are_listed_up_to_the_limit);
	tcase_add_test(t, health_says_what_is_wrong);
	tcase_add_test(t, metrics_are_the_engine_s_and_ours);
	suite_add_tcase(s, t);
	return run_suite(s);
}
