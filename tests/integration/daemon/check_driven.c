/* One thin path through a real daemon on a driven clock: points, samples, curves, plan, event, decisions, why, audit;
 * and all of it again after a restart. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/slot.h"
#include "testdaemon/daemon.h"
#include "testdaemon/link.h"
#include "testdaemon/site.h"
#include "testlib/run.h"

/* 2025-07-15 00:00 in Shanghai */
#define T0 INT64_C(1752508800000)

static struct daemon d;
static struct link *admin;
static struct link *adapter;
static const Suandian__V1__Envelope *answer;

/* A client that lost its state picks a greater epoch. */
static void enter(uint64_t epoch)
{
	admin = link_open(d.control, "admin", "test", 0);
	adapter = link_open(d.adapter, "adapter", "test", epoch);
}

static void setup(void)
{
	daemon_prepare(&d);
	d.driven = true;
	daemon_start(&d);
	enter(1);
}

static void leave(void)
{
	link_close(admin);
	link_close(adapter);
}

static void teardown(void)
{
	leave();
	ck_assert_int_eq(daemon_stop(&d), 0);
	daemon_fini(&d);
}

static void call(struct link *l, Suandian__V1__Envelope *env)
{
	if (link_call(l, env, &answer) != 0)
		ck_abort_msg("refused: %s", link_fault(l));
}

/* Declares body and env, calls on the admin's link. */
#define CALL(NAME, member, type, init, ...)                                                        \
	do {                                                                                       \
		type body = init;                                                                  \
		Suandian__V1__Envelope env_ = SUANDIAN__V1__ENVELOPE__INIT;                        \
		__VA_ARGS__;                                                                       \
		env_.body_case = SUANDIAN__V1__ENVELOPE__BODY_##NAME;                              \
		env_.member = &body;                                                               \
		call(admin, &env_);                                                                \
	} while (0)

static void claim(int64_t start_ms)
{
	CALL(CLAIM_CLOCK, claim_clock, Suandian__V1__ClaimClock, SUANDIAN__V1__CLAIM_CLOCK__INIT,
	     body.start_ms = start_ms);
}

static Suandian__V1__Quiescent advance(int64_t to_ms)
{
	CALL(ADVANCE_TIME, advance_time, Suandian__V1__AdvanceTime,
	     SUANDIAN__V1__ADVANCE_TIME__INIT, body.to_ms = to_ms);
	ck_assert_int_eq(answer->body_case, SUANDIAN__V1__ENVELOPE__BODY_QUIESCENT);
	ck_assert_int_eq(answer->quiescent->t_ms, to_ms);
	return *answer->quiescent;
}

/* From nothing to the first slot with a plan. */
static void begin(void)
{
	claim(T0);
	site_declare(adapter);
	ck_assert_int_eq(client_subscribe_decisions(link_client(adapter), NULL, 0), 0);
	site_push(adapter, T0);
	ck_assert(link_flush(adapter, 60000));
	site_push_curves(adapter, T0);
}

static void step(int64_t to_ms)
{
	site_push(adapter, to_ms);
	ck_assert(link_flush(adapter, 60000));
	advance(to_ms);
}

static const Suandian__V1__Plan *get_plan(void)
{
	CALL(GET_PLAN, get_plan, Suandian__V1__GetPlan, SUANDIAN__V1__GET_PLAN__INIT,
	     body.site = "hongyuan");
	return answer->plan;
}

static Suandian__V1__EventState put_event(uint64_t revision)
{
	Suandian__V1__Event event = SUANDIAN__V1__EVENT__INIT;

	event.external_id = "E-1";
	event.revision = revision;
	event.site = "hongyuan";
	event.direction = SUANDIAN__V1__DIRECTION__DIRECTION_UP;
	event.target_case = SUANDIAN__V1__EVENT__TARGET_REDUCTION_W;
	event.reduction_w = 500000;
	event.start_ms = T0 + 2 * MS_PER_H;
	event.has_end_case = SUANDIAN__V1__EVENT__HAS_END_END_MS;
	event.end_ms = T0 + 3 * MS_PER_H;
	event.correlation_id = "corr-1";
	CALL(PUT_EVENT, put_event, Suandian__V1__PutEvent, SUANDIAN__V1__PUT_EVENT__INIT,
	     body.event = &event);
	return *answer->event_state;
}

static void verify_audit(void)
{
	CALL(VERIFY_AUDIT, verify_audit, Suandian__V1__VerifyAudit,
	     SUANDIAN__V1__VERIFY_AUDIT__INIT);
	ck_assert(answer->audit_verdict->ok);
	ck_assert_uint_gt(answer->audit_verdict->records, 0);
}

/* ---- Values ------------------------------------------------------------------------------------ */

struct sum {
	size_t n, chunks;
	bool last;
};

static void add_chunk(void *arg, const Suandian__V1__Envelope *part)
{
	struct sum *sum = arg;

	sum->n += part->range_chunk->n_value;
	sum->last = part->range_chunk->last;
	sum->chunks++;
}

static size_t count_range(enum site_point p)
{
	Suandian__V1__QueryRange body = SUANDIAN__V1__QUERY_RANGE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct sum sum = {0};

	body.point = site_point(adapter, p);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE;
	env.query_range = &body;
	ck_assert_int_eq(link_stream(admin, &env, add_chunk, &sum), 0);
	ck_assert(sum.last);
	return sum.n;
}

START_TEST(what_was_pushed_can_be_read)
{
	begin();
	CALL(QUERY_LATEST, query_latest, Suandian__V1__QueryLatest,
	     SUANDIAN__V1__QUERY_LATEST__INIT, body.prefix = "hongyuan/bess");
	ck_assert_uint_eq(answer->latest_values->n_values, 2);
	ck_assert(answer->latest_values->values[0]->value == 50);
	ck_assert_int_eq(answer->latest_values->values[0]->t_ms, T0);
	ck_assert_int_eq(answer->latest_values->values[0]->quality,
			 SUANDIAN__V1__QUALITY__QUALITY_OK);
	CALL(LIST_POINTS, list_points, Suandian__V1__ListPoints, SUANDIAN__V1__LIST_POINTS__INIT,
	     body.prefix = "hongyuan/pcc");
	ck_assert_uint_eq(answer->point_list->n_points, 1);
	ck_assert_str_eq(answer->point_list->points[0]->role, "pcc.power");
	ck_assert_str_eq(answer->point_list->points[0]->source, "test");
	for (int i = 1; i < 4; i++) {
		site_push(adapter, T0 + i * MS_PER_MIN);
		ck_assert(link_flush(adapter, 60000));
	}
	ck_assert_uint_eq(count_range(PCC_POWER), 4);
	/* an hour later everything is stale */
	advance(T0 + MS_PER_H);
	CALL(QUERY_LATEST, query_latest, Suandian__V1__QueryLatest,
	     SUANDIAN__V1__QUERY_LATEST__INIT, body.prefix = "hongyuan/bess.soc");
	ck_assert_int_eq(answer->latest_values->values[0]->quality,
			 SUANDIAN__V1__QUALITY__QUALITY_MISSING);
}
END_TEST

/* ---- Plans, events, decisions ------------------------------------------------------------------ */

static void check_balance(const Suandian__V1__Plan *p)
{
	ck_assert_uint_gt(p->n_start_ms, 90);
	for (size_t i = 0; i < p->n_start_ms; i++) {
		int64_t sum = p->load_w[i] - p->unserved_w[i];

		for (size_t k = 0; k < p->n_assets; k++)
			sum += p->assets[k]->power_w[i];
		ck_assert_int_eq(p->pcc_w[i], sum);
	}
}

START_TEST(time_brings_a_plan_and_decisions_that_are_acknowledged)
{
	Suandian__V1__Quiescent q;

	begin();
	q = advance(T0 + SLOT_MS);
	ck_assert_uint_ge(q.plans, 1);
	ck_assert_uint_ge(q.decisions, 1);
	ck_assert_uint_ge(link_take_decisions(adapter), 1);
	check_balance(get_plan());
	CALL(LIST_DECISIONS, list_decisions, Suandian__V1__ListDecisions,
	     SUANDIAN__V1__LIST_DECISIONS__INIT, body.asset = "hongyuan/*");
	ck_assert_uint_ge(answer->decision_list->n_decisions, 1);
	for (size_t i = 0; i < answer->decision_list->n_decisions; i++) {
		const Suandian__V1__Decision *one = answer->decision_list->decisions[i];

		ck_assert_uint_gt(one->plan_id, 0);
		ck_assert_int_gt(one->valid_until_ms, one->valid_from_ms);
		ck_assert_ptr_nonnull(one->fallback);
		ck_assert_int_gt(one->state, SUANDIAN__V1__DECISION_STATE__DECISION_ISSUED);
	}
	CALL(EXPLAIN, explain, Suandian__V1__Explain, SUANDIAN__V1__EXPLAIN__INIT,
	     body.asset = "hongyuan/bess");
	ck_assert_str_ne(answer->explanation->text, "");
	ck_assert_str_ne(answer->explanation->text_zh, "");
	ck_assert_uint_gt(answer->explanation->n_inputs, 0);
	CALL(GET_PLAN, get_plan, Suandian__V1__GetPlan, SUANDIAN__V1__GET_PLAN__INIT,
	     body.site = "hongyuan", body.from_ms = T0, body.to_ms = T0 + MS_PER_H);
	ck_assert_uint_ge(answer->plan->n_slot_plan_id, 1);
}
END_TEST

START_TEST(an_event_is_accepted_planned_and_cancelled)
{
	Suandian__V1__EventState e;
	uint64_t id;

	begin();
	step(T0 + SLOT_MS);
	e = put_event(1);
	id = e.id;
	ck_assert_int_eq(e.phase, SUANDIAN__V1__EVENT_PHASE__EVENT_ACCEPTED);
	ck_assert_uint_eq(e.n_slots, 4);
	ck_assert_uint_eq(strlen(e.baseline_hash), 64);
	/* the same again changes nothing */
	ck_assert_uint_eq(put_event(1).id, id);
	step(T0 + 2 * SLOT_MS);
	check_balance(get_plan());
	ck_assert_uint_eq(answer->plan->n_event, 1);
	ck_assert_str_eq(answer->plan->event[0], "corr-1");
	CALL(CANCEL_EVENT, cancel_event, Suandian__V1__CancelEvent,
	     SUANDIAN__V1__CANCEL_EVENT__INIT, body.external_id = "E-1", body.reason = "test");
	ck_assert_int_eq(answer->event_state->phase, SUANDIAN__V1__EVENT_PHASE__EVENT_CANCELLED);
	step(T0 + 3 * SLOT_MS);
	ck_assert_uint_eq(get_plan()->n_event, 0);
	CALL(LIST_EVENTS, list_events, Suandian__V1__ListEvents, SUANDIAN__V1__LIST_EVENTS__INIT);
	ck_assert_uint_eq(answer->event_list->n_events, 1);
	verify_audit();
}
END_TEST

START_TEST(an_event_s_life_follows_the_clock)
{
	static const Suandian__V1__EventPhase phases[] = {
		[7] = SUANDIAN__V1__EVENT_PHASE__EVENT_ACCEPTED,
		[8] = SUANDIAN__V1__EVENT_PHASE__EVENT_ACTIVE,
		[11] = SUANDIAN__V1__EVENT_PHASE__EVENT_ACTIVE,
		[12] = SUANDIAN__V1__EVENT_PHASE__EVENT_COMPLETED,
	};

	begin();
	step(T0 + SLOT_MS);
	put_event(1);
	for (int i = 2; i < 14; i++) {
		step(T0 + i * SLOT_MS);
		CALL(LIST_EVENTS, list_events, Suandian__V1__ListEvents,
		     SUANDIAN__V1__LIST_EVENTS__INIT);
		if (i < (int)ARRAY_SIZE(phases) && phases[i])
			ck_assert_int_eq(answer->event_list->events[0]->phase, phases[i]);
	}
	/* metered from what was pushed */
	ck_assert_uint_eq(answer->event_list->events[0]->n_slots, 4);
	ck_assert_int_ne(answer->event_list->events[0]->slots[0]->quality,
			 SUANDIAN__V1__QUALITY__QUALITY_MISSING);
	verify_audit();
}
END_TEST

START_TEST(a_restart_finds_everything_as_it_was)
{
	uint64_t plan_id;
	uint64_t audit_seq;
	Suandian__V1__EventState e;

	begin();
	step(T0 + SLOT_MS);
	put_event(1);
	step(T0 + 2 * SLOT_MS);
	plan_id = get_plan()->id;
	CALL(HEALTH, health, Suandian__V1__Health, SUANDIAN__V1__HEALTH__INIT);
	audit_seq = answer->health_report->audit_seq;
	leave();
	ck_assert_int_eq(daemon_stop(&d), 0);
	daemon_start(&d);
	enter(2);
	CALL(CLAIM_CLOCK, claim_clock, Suandian__V1__ClaimClock, SUANDIAN__V1__CLAIM_CLOCK__INIT);
	ck_assert_int_eq(answer->clock_claimed->now_ms, T0 + 2 * SLOT_MS);
	ck_assert_uint_eq(get_plan()->id, plan_id);
	site_declare(adapter);
	ck_assert_uint_eq(count_range(BESS_SOC), 3);
	CALL(HEALTH, health, Suandian__V1__Health, SUANDIAN__V1__HEALTH__INIT);
	ck_assert_uint_ge(answer->health_report->audit_seq, audit_seq);
	e = put_event(1);
	ck_assert_int_eq(e.phase, SUANDIAN__V1__EVENT_PHASE__EVENT_ACCEPTED);
	ck_assert_int_eq(client_subscribe_decisions(link_client(adapter), NULL, 0), 0);
	step(T0 + 3 * SLOT_MS);
	ck_assert_uint_gt(get_plan()->id, plan_id);
	verify_audit();
}
END_TEST

/* ---- The rest ---------------------------------------------------------------------------------- */

static void count_records(void *arg, const Suandian__V1__Envelope *part)
{
	*(size_t *)arg += part->audit_chunk->n_records;
}

START_TEST(sites_health_metrics_and_audit_are_there)
{
	Suandian__V1__ReadAudit read = SUANDIAN__V1__READ_AUDIT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	size_t records = 0;
	uint64_t audit_seq;

	begin();
	advance(T0 + SLOT_MS);
	CALL(LIST_SITES, list_sites, Suandian__V1__ListSites, SUANDIAN__V1__LIST_SITES__INIT);
	ck_assert_uint_eq(answer->site_list->n_sites, 1);
	ck_assert_uint_eq(answer->site_list->sites[0]->n_assets, 5);
	ck_assert_int_eq(answer->site_list->sites[0]->import_max_w, 20000000);
	CALL(METRICS, metrics, Suandian__V1__Metrics, SUANDIAN__V1__METRICS__INIT);
	ck_assert_ptr_nonnull(strstr(answer->metrics_text->text, "\nsuandian_api_sessions 2\n"));
	CALL(HEALTH, health, Suandian__V1__Health, SUANDIAN__V1__HEALTH__INIT);
	audit_seq = answer->health_report->audit_seq;
	ck_assert_uint_eq(answer->health_report->points, SITE_POINTS);
	ck_assert(answer->health_report->driven_clock);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_READ_AUDIT;
	env.read_audit = &read;
	ck_assert_int_eq(link_stream(admin, &env, count_records, &records), 0);
	ck_assert_uint_eq(records, audit_seq);
}
END_TEST

START_TEST(a_refused_call_is_in_the_audit_chain)
{
	Suandian__V1__VerifyAudit verify = SUANDIAN__V1__VERIFY_AUDIT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	uint64_t before;

	verify_audit();
	before = answer->audit_verdict->records;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_VERIFY_AUDIT;
	env.verify_audit = &verify;
	ck_assert_int_eq(link_call(adapter, &env, &answer), ERR_DENIED);
	/* in order behind the commit of the refusal */
	claim(T0);
	site_declare(adapter);
	verify_audit();
	ck_assert_uint_gt(answer->audit_verdict->records, before);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("daemon driven");
	TCase *t = tcase_create("driven");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_was_pushed_can_be_read);
	tcase_add_test(t, time_brings_a_plan_and_decisions_that_are_acknowledged);
	tcase_add_test(t, an_event_is_accepted_planned_and_cancelled);
	tcase_add_test(t, an_event_s_life_follows_the_clock);
	tcase_add_test(t, a_restart_finds_everything_as_it_was);
	tcase_add_test(t, sites_health_metrics_and_audit_are_there);
	tcase_add_test(t, a_refused_call_is_in_the_audit_chain);
	suite_add_tcase(s, t);
	return run_suite(s);
}
