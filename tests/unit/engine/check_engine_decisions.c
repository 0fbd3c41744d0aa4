/* Decisions: leases, fallbacks, resends, answers, restarts, subscribers. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "testlib/run.h"

#define T0 RUN_MONDAY /* midnight: the valley, the battery charges */
#define SUB 5

static struct rig g;
static uint32_t soc;

static void feed(uint64_t seq, int64_t t, double soc_percent)
{
	ck_assert_int_eq(rig_push(&g, seq, soc, t, soc_percent), PUSH_TAKEN);
	rig_settle(&g);
}

static void feed_backlog(uint64_t seq, int64_t t)
{
	uint32_t backlog =
		rig_declare(&g, "s", "hongyuan/batch.backlog", UNIT_DEVICE_SECONDS, MS_PER_MIN);

	ck_assert_int_eq(rig_push(&g, seq, backlog, t, 1e6), PUSH_TAKEN);
	rig_settle(&g);
}

static void begin(void)
{
	rig_init(&g, true, T0);
	soc = rig_declare(&g, "s", "hongyuan/bess.soc", UNIT_PERCENT, MS_PER_MIN);
	feed(1, T0, 50);
}

static void end(void)
{
	rig_fini(&g);
}

static const struct decision *in_force(const char *asset)
{
	for (size_t i = g.n_sent; i > 0; i--) {
		if (strcmp(g.sent[i - 1].asset, asset) == 0)
			return engine_decision(g.engine, g.sent[i - 1].id);
	}
	ck_abort_msg("nothing was sent for %s", asset);
	return NULL;
}

static int ack(uint64_t id, enum decision_state state)
{
	struct decision_ack a = {.id = id, .state = state, .reason = "because"};
	struct rig_answer w = rig_answer_new();
	int r = engine_ack_decision(g.engine, &a, &w.w, NULL);

	if (r)
		return r;
	rig_settle(&g);
	ck_assert(w.done);
	return w.rc;
}

static void ack_all(void)
{
	for (size_t i = 0; i < g.n_sent; i++)
		ack(g.sent[i].id, DECISION_APPLIED);
}

static void subscribe(uint64_t after)
{
	ck_assert_int_eq(engine_subscribe(g.engine, SUB, NULL, 0, after, NULL), 0);
	rig_settle(&g);
}

START_TEST(a_decision_carries_lease_fallback_and_reason)
{
	const struct decision *d;

	rig_advance(&g, T0);
	ck_assert_uint_eq(g.n_sent, 0);
	subscribe(0);
	ck_assert_uint_eq(g.n_sent, 4);
	d = in_force("hongyuan/bess");
	ck_assert_int_eq(d->action.kind, ACTION_POWER);
	ck_assert_int_gt(d->action.value, 0);
	ck_assert_int_eq(d->valid_from_ms, T0);
	ck_assert_int_eq(d->valid_until_ms,
			 T0 + SLOT_MS +
				 engine_configuration(g.engine)->settings.decision.lease_grace_ms);
	ck_assert_int_eq(d->fallback.kind, ACTION_POWER);
	ck_assert_int_eq(d->fallback.value, 0);
	ck_assert_int_eq(d->reason.code, REASON_PLAN);
	ck_assert_int_eq(in_force("hongyuan/pv1")->action.kind, ACTION_RELEASE);
}
END_TEST

/* An unknown backlog is planned as an empty one: what follows from that must not stop the queue. */
START_TEST(a_queue_is_capped_only_where_its_backlog_is_known)
{
	rig_advance(&g, T0);
	subscribe(0);
	ack_all();
	ck_assert_int_eq(in_force("hongyuan/batch")->action.kind, ACTION_RELEASE);
	feed_backlog(2, T0 + SLOT_MS);
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_int_eq(in_force("hongyuan/batch")->action.kind, ACTION_CAP);
	ck_assert_int_eq(in_force("hongyuan/batch")->fallback.kind, ACTION_RELEASE);
}
END_TEST

START_TEST(nothing_is_sent_before_it_is_durable)
{
	struct rig_answer a = rig_answer_new();

	subscribe(0);
	ck_assert_int_eq(engine_advance(g.engine, 1, T0, &a.w, NULL), 0);
	while (g.n_sent == 0) {
		ck_assert(world_turn(&g.world));
		ck_assert(g.n_sent == 0 || g.world.disk.ledger[LEDGER_DECISION].n > 0);
	}
	ck_assert_uint_eq(g.world.disk.ledger[LEDGER_DECISION].n, 4);
	ck_assert_uint_eq(g.world.disk.ledger[LEDGER_PLAN].n, 1);
	ck_assert_uint_eq(g.world.disk.ledger[LEDGER_SNAPSHOT].n, 1);
	ck_assert_uint_eq(g.world.disk.ledger[LEDGER_DISPATCH].n, 1);
	ck_assert(!a.done);
	ack_all();
	rig_settle(&g);
	ck_assert(a.done);
}
END_TEST

START_TEST(an_unchanged_intent_is_renewed_under_the_same_id)
{
	const struct decision *d;
	uint64_t id;

	rig_advance(&g, T0);
	subscribe(0);
	ack_all();
	id = in_force("hongyuan/pv1")->id;
	g.n_sent = 0;
	rig_advance(&g, T0 + SLOT_MS);
	d = in_force("hongyuan/pv1");
	ck_assert_uint_eq(d->id, id);
	ck_assert_int_gt(d->valid_until_ms, T0 + 2 * SLOT_MS);
	ck_assert_int_eq(d->state, DECISION_APPLIED);
}
END_TEST

START_TEST(without_an_answer_it_is_sent_again_then_the_clock_goes_on)
{
	struct rig_answer a = rig_answer_new();
	int64_t before = g.world.mono_ms;
	struct health h;
	bool silent = false;

	subscribe(0);
	ck_assert_int_eq(engine_advance(g.engine, 1, T0 + MS_PER_MIN, &a.w, NULL), 0);
	while (!a.done)
		ck_assert(world_turn(&g.world));
	ck_assert_int_ge(g.world.mono_ms - before,
			 2 * engine_configuration(g.engine)->settings.decision.resend_ms);
	ck_assert_uint_gt(g.n_sent, 4);
	engine_health(g.engine, &h);
	ck_assert_int_eq(h.state, HEALTH_DEGRADED);
	for (uint32_t i = 0; i < h.n; i++)
		silent |= strcmp(h.reasons[i].code, "adapter_silent") == 0;
	ck_assert(silent);
	/* the next advance does not wait for the same silence again */
	before = g.world.mono_ms;
	rig_advance(&g, T0 + SLOT_MS + 1);
	ck_assert_int_lt(g.world.mono_ms - before, 100);
}
END_TEST

START_TEST(answers_follow_the_machine_and_may_be_repeated)
{
	const struct decision *d;

	rig_advance(&g, T0);
	subscribe(0);
	d = in_force("hongyuan/batch");
	ck_assert_int_eq(ack(d->id, DECISION_ACCEPTED), 0);
	ck_assert_int_eq(ack(d->id, DECISION_ACCEPTED), 0);
	ck_assert_int_eq(d->state, DECISION_ACCEPTED);
	ck_assert_int_eq(ack(d->id, DECISION_REJECTED), ERR_STATE);
	ck_assert_int_eq(ack(d->id, DECISION_APPLIED), 0);
	ck_assert_int_eq(ack(d->id, DECISION_ACCEPTED), 0);
	ck_assert_int_eq(d->state, DECISION_APPLIED);
	ck_assert_int_eq(ack(d->id, DECISION_VERIFIED), ERR_INVALID);
	ck_assert_int_eq(ack(12345, DECISION_APPLIED), ERR_NOTFOUND);
	ck_assert_str_eq(d->ack_reason, "because");
}
END_TEST

START_TEST(a_refusal_is_planned_around_once_per_slot)
{
	uint64_t solves, first;

	rig_advance(&g, T0);
	subscribe(0);
	first = in_force("hongyuan/bess")->id;
	solves = g.world.solves;
	ck_assert_int_eq(ack(first, DECISION_REJECTED), 0);
	ck_assert_uint_eq(g.world.solves, solves + 1);
	ck_assert_int_eq(engine_decision(g.engine, first)->state, DECISION_REJECTED);
	ck_assert_int_ne(engine_decision(g.engine, first)->fault_code, 0);
	/* planned without it */
	ck_assert_uint_gt(in_force("hongyuan/bess")->id, first);
	ck_assert_int_eq(in_force("hongyuan/bess")->action.value, 0);
	ck_assert_int_eq(ack(in_force("hongyuan/bess")->id, DECISION_REJECTED), 0);
	ck_assert_uint_eq(g.world.solves, solves + 1);
	/* the next slot tries again */
	feed(2, T0 + SLOT_MS, 50);
	g.n_sent = 0;
	engine_unsubscribe(g.engine, SUB);
	rig_advance(&g, T0 + SLOT_MS);
	subscribe(0);
	ck_assert_int_gt(in_force("hongyuan/bess")->action.value, 0);
}
END_TEST

static bool take_last_input(void *arg, const struct ledger_op *op)
{
	struct plan_input *last = arg;
	const struct plan_input *in;
	struct plan_region *region;
	struct arena a;

	arena_init(&a, (size_t)64 << 20);
	ck_assert_int_eq(plan_region_decode(op->blob->data, op->blob->len, &a, &region), 0);
	in = region->sites[0];
	*last = *in; /* of which only what needs no arena is looked at */
	arena_fini(&a);
	return true;
}

static struct plan_input last_input(void)
{
	struct plan_input in = {.n = 0};

	ck_assert_int_eq(disk_scan(&g.world.disk, LEDGER_SNAPSHOT, 1, take_last_input, &in), 0);
	return in;
}

START_TEST(sun_and_queues_that_refuse_are_planned_as_left_alone)
{
	struct plan_input in;

	rig_advance(&g, T0);
	subscribe(0);
	in = last_input();
	ck_assert(in.generators[0].curtailable);
	ck_assert_int_eq(in.queues[0].power_min_w, 0);
	ck_assert_int_eq(ack(in_force("hongyuan/pv1")->id, DECISION_FAILED), 0);
	in = last_input();
	ck_assert(!in.generators[0].curtailable);
	ck_assert_int_eq(in.queues[0].power_min_w, 0);
	ck_assert_int_eq(ack(in_force("hongyuan/batch")->id, DECISION_FAILED), 0);
	rig_advance(&g, T0 + SLOT_MS);
	in = last_input();
	ck_assert(in.generators[0].curtailable);
	ck_assert_int_eq(ack(in_force("hongyuan/batch")->id, DECISION_FAILED), 0);
	in = last_input();
	ck_assert_int_eq(in.queues[0].power_min_w,
			 in.queues[0].devices * in.queues[0].device_power_w);
}
END_TEST

static bool take_meta(void *arg, const struct ledger_op *op)
{
	*(struct ledger_meta *)arg = *op->meta;
	return true;
}

/* As if so many decisions had come and gone since. */
static void count_on(uint64_t n)
{
	struct ledger_meta m;
	struct ledger_op op = {.kind = LEDGER_META, .meta = &m};

	ck_assert_int_eq(disk_scan(&g.world.disk, LEDGER_META, 0, take_meta, &m), 0);
	m.next_decision += n;
	disk_flush(&g.world.disk, disk_write_ops(&op, 1, 0));
}

START_TEST(what_was_renewed_for_long_is_still_in_force_after_a_restart)
{
	uint64_t id;

	rig_advance(&g, T0);
	subscribe(0);
	ack_all();
	id = in_force("hongyuan/ups")->id;
	for (int i = 1; i <= 3; i++) {
		count_on(100000);
		rig_crash(&g);
		subscribe(0);
		ack_all();
		rig_advance(&g, T0 + i * SLOT_MS);
		ack_all();
		ck_assert_uint_eq(in_force("hongyuan/ups")->id, id);
		ck_assert_int_eq(in_force("hongyuan/ups")->state, DECISION_APPLIED);
		ck_assert_int_gt(in_force("hongyuan/ups")->valid_until_ms, T0 + (i + 1) * SLOT_MS);
	}
}
END_TEST

START_TEST(without_any_plan_nothing_is_decided)
{
	struct health h;

	g.world.faults.solver_fails_ppm = 1000000;
	subscribe(0);
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_uint_eq(g.n_sent, 0);
	engine_health(g.engine, &h);
	ck_assert_int_eq(h.state, HEALTH_DEGRADED);
	ck_assert_str_eq(h.reasons[0].code, "no_plan");
	ck_assert_int_eq(h.plan_age_ms, -1);
}
END_TEST

START_TEST(a_lease_that_nobody_renews_expires)
{
	uint64_t id;

	rig_advance(&g, T0);
	subscribe(0);
	ack_all();
	id = in_force("hongyuan/bess")->id;
	/* nothing can be decided any more: the ledger refuses */
	engine_unsubscribe(g.engine, SUB);
	g.world.faults.solver_fails_ppm = 1000000;
	rig_advance(&g, T0 + 2 * MS_PER_DAY);
	ck_assert(engine_decision(g.engine, id) == NULL ||
		  engine_decision(g.engine, id)->state == DECISION_SUPERSEDED ||
		  engine_decision(g.engine, id)->state == DECISION_EXPIRED);
	g.n_sent = 0;
	subscribe(0);
	ck_assert_uint_eq(g.n_sent, 0);
}
END_TEST

START_TEST(patterns_and_after_id_choose)
{
	const char *one[] = {"hongyuan/bess"}, *none[] = {"elsewhere/*"}, *site[] = {"hongyuan/*"};
	uint64_t last;

	rig_advance(&g, T0);
	ck_assert_int_eq(engine_subscribe(g.engine, 1, one, 1, 0, NULL), 0);
	rig_settle(&g);
	ck_assert_uint_eq(g.n_sent, 1);
	ck_assert_int_eq(engine_subscribe(g.engine, 2, none, 1, 0, NULL), 0);
	rig_settle(&g);
	ck_assert_uint_eq(g.n_sent, 1);
	last = g.sent[0].id;
	ck_assert_int_eq(engine_subscribe(g.engine, 3, site, 1, last, NULL), 0);
	rig_settle(&g);
	ck_assert_uint_eq(g.n_sent, 4);
	for (size_t i = 1; i < 4; i++)
		ck_assert_uint_gt(g.sent[i].id, last);
}
END_TEST

START_TEST(a_full_queue_is_served_when_it_has_room)
{
	rig_advance(&g, T0);
	g.send_rc = -EAGAIN;
	subscribe(0);
	ck_assert_uint_eq(g.n_sent, 0);
	g.send_rc = 0;
	rig_settle(&g);
	ck_assert_uint_eq(g.n_sent, 0);
	engine_subscriber_ready(g.engine, SUB);
	rig_settle(&g);
	ck_assert_uint_eq(g.n_sent, 4);
}
END_TEST

START_TEST(in_an_event_the_fallback_serves_the_event)
{
	struct event ev = run_event("e", T0 + MS_PER_H, T0 + MS_PER_H + 2 * SLOT_MS, 1500000);
	const struct decision *d;
	uint64_t id;

	rig_advance(&g, T0);
	ck_assert_int_eq(engine_put_event(g.engine, &ev, "o", NULL, &id, NULL), 0);
	rig_settle(&g);
	feed(2, T0 + MS_PER_H, 50);
	feed_backlog(3, T0 + MS_PER_H);
	rig_advance(&g, T0 + MS_PER_H);
	subscribe(0);
	d = in_force("hongyuan/bess");
	ck_assert_int_eq(d->reason.code, REASON_EVENT);
	ck_assert_str_eq(d->correlation_id, "event-1");
	ck_assert_int_lt(d->action.value, 0);
	ck_assert_int_eq(d->fallback.value, d->action.value);
	d = in_force("hongyuan/batch");
	ck_assert_int_eq(d->fallback.kind, ACTION_CAP);
	ck_assert_int_eq(d->fallback.value, d->action.value);
	ck_assert_int_eq(in_force("hongyuan/pv1")->fallback.kind, ACTION_RELEASE);
	/* and afterwards it is back to normal */
	feed(4, ev.end_ms, 40);
	engine_unsubscribe(g.engine, SUB);
	rig_advance(&g, ev.end_ms);
	g.n_sent = 0;
	subscribe(0);
	ck_assert_int_eq(in_force("hongyuan/bess")->reason.code, REASON_RESTORE);
	ck_assert_int_eq(in_force("hongyuan/bess")->fallback.value, 0);
}
END_TEST

struct listing {
	uint64_t ids[512];
	size_t n;
};

static bool list(void *arg, const struct decision *d)
{
	struct listing *l = arg;

	l->ids[l->n++] = d->id;
	return l->n < ARRAY_SIZE(l->ids);
}

START_TEST(lists_are_newest_first_and_reach_into_the_ledger)
{
	struct decision_query q = {.asset = "hongyuan/bess", .limit = 500};
	struct listing l = {.n = 0};

	rig_advance(&g, T0 + 2 * MS_PER_DAY);
	ck_assert_int_eq(engine_list_decisions(g.engine, &q, list, &l), 0);
	ck_assert_uint_ge(l.n, 2);
	for (size_t i = 1; i < l.n; i++)
		ck_assert_uint_gt(l.ids[i - 1], l.ids[i]);
	q.limit = 1;
	l.n = 0;
	ck_assert_int_eq(engine_list_decisions(g.engine, &q, list, &l), 0);
	ck_assert_uint_eq(l.n, 1);
	q = (struct decision_query){.asset = "hongyuan/*", .to_ms = T0 + 1, .limit = 100};
	l.n = 0;
	ck_assert_int_eq(engine_list_decisions(g.engine, &q, list, &l), 0);
	ck_assert_uint_eq(l.n, 4);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("decisions");
	TCase *t = tcase_create("decisions");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, a_decision_carries_lease_fallback_and_reason);
	tcase_add_test(t, a_queue_is_capped_only_where_its_backlog_is_known);
	tcase_add_test(t, nothing_is_sent_before_it_is_durable);
	tcase_add_test(t, an_unchanged_intent_is_renewed_under_the_same_id);
	tcase_add_test(t, without_an_answer_it_is_sent_again_then_the_clock_goes_on);
	tcase_add_test(t, answers_follow_the_machine_and_may_be_repeated);
	tcase_add_test(t, a_refusal_is_planned_around_once_per_slot);
	tcase_add_test(t, sun_and_queues_that_refuse_are_planned_as_left_alone);
	tcase_add_test(t, what_was_renewed_for_long_is_still_in_force_after_a_restart);
	tcase_add_test(t, without_any_plan_nothing_is_decided);
	tcase_add_test(t, a_lease_that_nobody_renews_expires);
	tcase_add_test(t, patterns_and_after_id_choose);
	tcase_add_test(t, a_full_queue_is_served_when_it_has_room);
	tcase_add_test(t, in_an_event_the_fallback_serves_the_event);
	tcase_add_test(t, lists_are_newest_first_and_reach_into_the_ledger);
	suite_add_tcase(s, t);
	return run_suite(s);
}
