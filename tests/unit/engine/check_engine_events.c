/* Demand-response events: taken, refused, superseded, called off, in conflict. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "rig.h"
#include "testlib/run.h"

#define T0 (RUN_MONDAY + 18 * MS_PER_H)
#define START (RUN_MONDAY + 21 * MS_PER_H)
#define END (START + 4 * SLOT_MS)

static struct rig g;
static struct event ev;

static void begin(void)
{
	rig_init(&g, true, T0);
	rig_advance(&g, T0 + MS_PER_MIN);
	ev = run_event("e1", START, END, 1000000);
}

static void end(void)
{
	rig_fini(&g);
}

static int put(struct event *e, uint64_t *ret_id)
{
	struct rig_answer a = rig_answer_new();
	struct fault f = {0};
	int r = engine_put_event(g.engine, e, "operator", &a.w, ret_id, &f);

	if (r)
		return r;
	ck_assert(!a.done);
	rig_settle(&g);
	ck_assert(a.done);
	return a.rc;
}

static int cancel(const char *id)
{
	struct rig_answer a = rig_answer_new();
	struct event_cancel c = {"grid", id, "operator", "over"};
	uint64_t found;
	int r = engine_cancel_event(g.engine, &c, &a.w, &found, NULL);

	if (r)
		return r;
	rig_settle(&g);
	return a.done ? a.rc : -1;
}

static const struct event *get(uint64_t id)
{
	return engine_event(g.engine, id);
}

START_TEST(acceptance_freezes_and_hashes_the_no_event_baseline)
{
	const struct event *e;
	uint64_t id;

	ck_assert_int_eq(put(&ev, &id), 0);
	e = get(id);
	ck_assert_int_eq(e->phase, EVENT_ACCEPTED);
	ck_assert_uint_eq(strlen(e->baseline_hash), 64);
	ck_assert_int_eq(e->n_slots, 5);
	ck_assert(e->slots[0].ramp);
	ck_assert_int_eq(e->slots[0].target_w, 500000);
	ck_assert_int_eq(e->slots[1].target_w, 1000000);
	ck_assert_int_ne(e->slots[1].baseline_w, 0);
	ck_assert_str_eq(e->correlation_id, "event-1");
	ck_assert_str_ne(e->text, "");
	ck_assert_int_eq(e->n_moves, 2);
	ck_assert_str_eq(e->moves[0].who, "operator");
}
END_TEST

START_TEST(phases_follow_engine_time_and_are_durable)
{
	static const struct {
		int64_t t;
		int phase;
	} steps[] = {{START - SLOT_MS - 1, EVENT_ACCEPTED},
		     {START - SLOT_MS, EVENT_ARMED},
		     {START - 1, EVENT_ARMED},
		     {START, EVENT_ACTIVE},
		     {END - 1, EVENT_ACTIVE},
		     {END, EVENT_COMPLETED}};
	uint64_t id;

	put(&ev, &id);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		rig_advance(&g, steps[i].t);
		ck_assert_int_eq(get(id)->phase, steps[i].phase);
		rig_crash(&g);
		ck_assert_int_eq(get(id)->phase, steps[i].phase);
	}
	ck_assert_int_eq(get(id)->moves[2].t_ms, START - SLOT_MS);
	ck_assert_int_eq(get(id)->moves[3].t_ms, START);
	ck_assert_int_eq(get(id)->moves[4].t_ms, END);
}
END_TEST

START_TEST(one_long_advance_makes_every_move_at_its_own_time)
{
	uint64_t id;

	put(&ev, &id);
	rig_advance(&g, END + MS_PER_H);
	ck_assert_int_eq(get(id)->phase, EVENT_COMPLETED);
	ck_assert_int_eq(get(id)->moves[2].t_ms, START - SLOT_MS);
	ck_assert_int_eq(get(id)->moves[3].t_ms, START);
	ck_assert_int_eq(get(id)->moves[4].t_ms, END);
}
END_TEST

START_TEST(revisions_the_latest_wins_the_older_is_stale)
{
	uint64_t one, two, again;

	ev.revision = 5;
	put(&ev, &one);
	ev.revision = 4;
	ck_assert_int_eq(put(&ev, &again), ERR_STALE);
	ev.revision = 6;
	ev.target_w = 500000;
	ck_assert_int_eq(put(&ev, &two), 0);
	ck_assert_uint_ne(one, two);
	ck_assert_int_eq(get(one)->phase, EVENT_SUPERSEDED);
	ck_assert_int_eq(get(two)->phase, EVENT_ACCEPTED);
	ck_assert_int_eq(get(two)->slots[1].target_w, 500000);
}
END_TEST

START_TEST(a_null_target_resets)
{
	uint64_t one, two;

	put(&ev, &one);
	ev.revision = 2;
	ev.target = TARGET_NULL;
	ck_assert_int_eq(put(&ev, &two), 0);
	ck_assert_int_eq(get(one)->phase, EVENT_SUPERSEDED);
	ck_assert_int_eq(get(two)->phase, EVENT_CANCELLED);
}
END_TEST

START_TEST(a_reset_needs_no_room_and_no_time)
{
	char name[16];
	uint64_t id, again;

	for (int i = 0; i < PLAN_MAX_EVENTS; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		ev = run_event(name, START + i * MS_PER_H, START + i * MS_PER_H + SLOT_MS, 100000);
		ck_assert_int_eq(put(&ev, &id), 0);
	}
	/* a revision takes the place of the one before */
	ev.revision = 2;
	ck_assert_int_eq(put(&ev, &again), 0);
	ck_assert_int_eq(get(id)->phase, EVENT_SUPERSEDED);
	ck_assert_int_eq(get(again)->phase, EVENT_ACCEPTED);
	ev.revision = 3;
	ev.target = TARGET_NULL;
	ev.start_ms = T0 - 2 * MS_PER_H;
	ev.end_ms = T0 - MS_PER_H;
	ck_assert_int_eq(put(&ev, &id), 0);
	ck_assert_int_eq(get(again)->phase, EVENT_SUPERSEDED);
	ck_assert_int_eq(get(id)->phase, EVENT_CANCELLED);
	ck_assert_str_eq(get(again)->moves[2].who, "operator");
}
END_TEST

START_TEST(what_no_plan_reaches_yet_is_not_told_as_a_shortfall)
{
	const struct event *e;
	uint64_t id;

	ev.start_ms += 3 * MS_PER_DAY;
	ev.end_ms += 3 * MS_PER_DAY;
	ck_assert_int_eq(put(&ev, &id), 0);
	e = get(id);
	ck_assert_int_eq(e->phase, EVENT_ACCEPTED);
	ck_assert_int_eq(e->shortfall_wh, 0);
	ck_assert_ptr_nonnull(strstr(e->text, "does not reach"));
	rig_advance(&g, START + 2 * MS_PER_DAY);
	ck_assert_msg(!strstr(e->text, "does not reach"), "%s", e->text);
}
END_TEST

START_TEST(cancelling_is_idempotent_and_not_for_what_is_over)
{
	uint64_t id;

	put(&ev, &id);
	ck_assert_int_eq(cancel("nothing"), ERR_NOTFOUND);
	ck_assert_int_eq(cancel("e1"), 0);
	ck_assert_int_eq(get(id)->phase, EVENT_CANCELLED);
	ck_assert_int_eq(cancel("e1"), 0);
	ck_assert_int_eq(get(id)->n_moves, 3);
	ev = run_event("e2", START, END, 1000000);
	put(&ev, &id);
	rig_advance(&g, END);
	ck_assert_int_eq(cancel("e2"), ERR_STATE);
}
END_TEST

START_TEST(cancelled_before_its_baseline_was_solved_it_still_answers_both)
{
	struct rig_answer a = rig_answer_new(), b = rig_answer_new();
	struct event_cancel c = {"grid", "e1", "operator", "at once"};
	uint64_t id;

	ck_assert_int_eq(engine_put_event(g.engine, &ev, "operator", &a.w, &id, NULL), 0);
	while (!g.world.job)
		ck_assert(world_turn(&g.world));
	ck_assert_int_eq(engine_cancel_event(g.engine, &c, &b.w, &id, NULL), 0);
	rig_settle(&g);
	ck_assert(a.done && b.done);
	ck_assert_int_eq(get(id)->phase, EVENT_CANCELLED);
	rig_advance(&g, START + SLOT_MS);
}
END_TEST

START_TEST(what_makes_no_sense_is_refused)
{
	struct event x;
	uint64_t id;

#define REFUSED(change, code)                                                                      \
	do {                                                                                       \
		x = ev;                                                                            \
		change;                                                                            \
		ck_assert_int_eq(put(&x, &id), code);                                              \
	} while (0)
	REFUSED(snprintf(x.site, sizeof(x.site), "nowhere"), ERR_NOTFOUND);
	REFUSED(x.direction = DIRECTION_NONE, ERR_INVALID);
	REFUSED(x.target_w = 0, ERR_INVALID);
	REFUSED(x.target_w = -5, ERR_INVALID);
	REFUSED(x.end_ms = x.start_ms, ERR_INVALID);
	REFUSED((x.start_ms = T0 - 2 * MS_PER_H, x.end_ms = T0 - MS_PER_H), ERR_INVALID);
	REFUSED((x.start_ms += 8 * MS_PER_DAY, x.end_ms += 8 * MS_PER_DAY), ERR_INVALID);
	REFUSED(x.end_ms = x.start_ms + 3 * MS_PER_DAY, ERR_FULL);
	REFUSED(x.ramp_ms = -1, ERR_INVALID);
	REFUSED(snprintf(x.baseline, sizeof(x.baseline), "magic"), ERR_INVALID);
	REFUSED(x.source[0] = '\0', ERR_INVALID);
#undef REFUSED
	ck_assert_ptr_null(get(1));
}
END_TEST

START_TEST(no_more_live_events_than_the_planner_takes)
{
	char name[16];
	uint64_t id;

	for (int i = 0; i < PLAN_MAX_EVENTS; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		ev = run_event(name, START + i * MS_PER_H, START + i * MS_PER_H + SLOT_MS, 100000);
		ck_assert_int_eq(put(&ev, &id), 0);
	}
	ev = run_event("more", START, END, 1000);
	ck_assert_int_eq(put(&ev, &id), ERR_FULL);
}
END_TEST

START_TEST(a_cap_asks_for_the_gap_to_the_baseline)
{
	const struct event *e;
	uint64_t id;

	ev.target = TARGET_PCC_CAP;
	ev.target_w = 2000000;
	ck_assert_int_eq(put(&ev, &id), 0);
	e = get(id);
	for (int i = 1; i < e->n_slots; i++)
		ck_assert_int_eq(e->slots[i].target_w,
				 max_i64(e->slots[i].baseline_w - 2000000, 0));
	ck_assert_int_gt(e->slots[1].target_w, 0);
	ck_assert_int_le(e->slots[0].target_w, e->slots[1].target_w);
}
END_TEST

START_TEST(an_open_end_is_over_when_its_baseline_is)
{
	uint64_t id;

	ev.end_ms = EVENT_OPEN_END;
	ck_assert_int_eq(put(&ev, &id), 0);
	rig_advance(&g, START + MS_PER_DAY - 1);
	ck_assert_int_eq(get(id)->phase, EVENT_ACTIVE);
	rig_advance(&g, START + MS_PER_DAY);
	ck_assert_int_eq(get(id)->phase, EVENT_COMPLETED);
}
END_TEST

START_TEST(without_a_plan_there_is_no_baseline_and_the_event_is_rejected)
{
	uint64_t id;

	rig_fini(&g);
	rig_init(&g, true, T0);
	g.world.faults.solver_fails_ppm = 1000000;
	ck_assert_int_eq(put(&ev, &id), 0);
	ck_assert_int_eq(get(id)->phase, EVENT_REJECTED);
	ck_assert_ptr_nonnull(strstr(get(id)->text, "no baseline"));
}
END_TEST

START_TEST(a_solver_that_fails_once_leaves_the_plan_in_force_as_baseline)
{
	uint64_t id;

	g.world.faults.solver_fails_ppm = 1000000;
	ck_assert_int_eq(put(&ev, &id), 0);
	ck_assert_int_eq(get(id)->phase, EVENT_ACCEPTED);
	ck_assert_str_ne(get(id)->baseline_hash, "");
}
END_TEST

START_TEST(a_plan_that_ends_before_the_event_is_no_baseline_for_it)
{
	uint64_t id;

	ev.start_ms += 3 * MS_PER_DAY;
	ev.end_ms += 3 * MS_PER_DAY;
	g.world.faults.solver_fails_ppm = 1000000;
	ck_assert_int_eq(put(&ev, &id), 0);
	ck_assert_int_eq(get(id)->phase, EVENT_REJECTED);
	ck_assert_ptr_nonnull(strstr(get(id)->text, "no baseline"));
}
END_TEST

static bool count(void *arg, const struct event *e)
{
	(void)e;
	++*(int *)arg;
	return true;
}

START_TEST(lists_are_by_site_and_time)
{
	uint64_t id;
	int n = 0;

	put(&ev, &id);
	engine_list_events(g.engine, NULL, 0, 0, count, &n);
	ck_assert_int_eq(n, 1);
	engine_list_events(g.engine, "elsewhere", 0, 0, count, &n);
	engine_list_events(g.engine, "hongyuan", END, 0, count, &n);
	engine_list_events(g.engine, "hongyuan", 0, START - SLOT_MS, count, &n);
	ck_assert_int_eq(n, 1);
	engine_list_events(g.engine, "hongyuan", END - 1, 0, count, &n);
	ck_assert_int_eq(n, 2);
}
END_TEST

static bool look_at_prices(void *arg, const struct ledger_op *op)
{
	struct plan_event *last = arg;
	const struct plan_input *in;
	struct plan_region *region;
	struct arena a;

	arena_init(&a, (size_t)64 << 20);
	ck_assert_int_eq(plan_region_decode(op->blob->data, op->blob->len, &a, &region), 0);
	in = region->sites[0];
	*last = in->events[0]; /* of which only numbers are looked at */
	arena_fini(&a);
	return true;
}

START_TEST(an_event_weighs_little_and_is_billed_as_promised)
{
	struct plan_event pe = {.direction = DIRECTION_NONE};
	uint64_t id;

	ev.penalty_price_e4 = INT64_C(1000000);
	ev.pay_price_e4 = INT64_C(2000000);
	put(&ev, &id);
	ck_assert_int_eq(disk_scan(&g.world.disk, LEDGER_SNAPSHOT, 1, look_at_prices, &pe), 0);
	ck_assert_int_eq(pe.penalty_bill_e4, 1000000);
	ck_assert_int_eq(pe.pay_bill_e4, 2000000);
	ck_assert_int_lt(pe.penalty_price_e4, 1000000);
	ck_assert_int_lt(pe.pay_price_e4, 2000000);
}
END_TEST

struct standing {
	int n; /* events that are active in the slot from START on */
	char correlation_id[ID_MAX];
};

static bool look(void *arg, const struct ledger_op *op)
{
	struct standing *st = arg;
	const struct plan_input *in;
	struct plan_region *region;
	struct arena a;

	arena_init(&a, (size_t)64 << 20);
	ck_assert_int_eq(plan_region_decode(op->blob->data, op->blob->len, &a, &region), 0);
	in = region->sites[0];
	st->n = 0;
	for (uint32_t i = 0; i < in->n; i++) {
		for (int k = 0; k < in->n_events && in->start_ms[i] == START; k++) {
			if (!in->events[k].active[i])
				continue;
			st->n++;
			memcpy(st->correlation_id, in->events[k].correlation_id, ID_MAX);
		}
	}
	arena_fini(&a);
	return true;
}

/* Two events at once; which one the last plan was asked to serve. */
static struct standing conflict(uint32_t priority_of_second)
{
	struct event other = run_event("e2", START, END, 2000000);
	struct standing st = {.n = 0};
	uint64_t id;

	ev.priority = 1;
	other.priority = priority_of_second;
	put(&ev, &id);
	put(&other, &id);
	ck_assert_int_eq(disk_scan(&g.world.disk, LEDGER_SNAPSHOT, 1, look, &st), 0);
	ck_assert_int_eq(st.n, 1);
	return st;
}

START_TEST(of_two_in_one_slot_the_one_of_lower_priority_number_stands)
{
	ck_assert_str_eq(conflict(2).correlation_id, "event-1");
}
END_TEST

START_TEST(at_equal_priority_the_one_that_asks_for_more_stands)
{
	ck_assert_str_eq(conflict(1).correlation_id, "event-2");
}
END_TEST

static int on_send_one(void *arg, uint64_t subscriber, const struct decision *d)
{
	(void)subscriber;
	if (strcmp(d->asset, "hongyuan/bess") == 0)
		*(struct decision *)arg = *d;
	return 0;
}

/* What the battery's decision says it serves while both are active. */
static void decided_for(const char *correlation_id)
{
	struct decision d = {0};
	uint32_t soc = rig_declare(&g, "s", "hongyuan/bess.soc", UNIT_PERCENT, MS_PER_MIN);

	ck_assert_int_eq(rig_push(&g, 1, soc, START, 50), PUSH_TAKEN);
	rig_settle(&g);
	rig_advance(&g, START);
	g.world.on_send = on_send_one;
	g.world.arg = &d;
	ck_assert_int_eq(engine_subscribe(g.engine, 5, NULL, 0, 0, NULL), 0);
	rig_settle(&g);
	ck_assert_int_eq(d.reason.code, REASON_EVENT);
	ck_assert_str_eq(d.reason.event, correlation_id);
}

/* Plan, reason, fallback and text go by one rule. */
START_TEST(who_stands_is_the_same_for_plans_decisions_and_people)
{
	static const struct {
		uint32_t priority;
		const char *stands;
		uint64_t other;
	} rows[] = {{0, "event-2", 1}, {1, "event-2", 1}, {2, "event-1", 2}};

	ck_assert_str_eq(conflict(rows[_i].priority).correlation_id, rows[_i].stands);
	ck_assert_ptr_nonnull(strstr(get(rows[_i].other)->text, "goes before it in 5 of 5"));
	ck_assert_ptr_nonnull(strstr(get(rows[_i].other)->text, rows[_i].stands));
	ck_assert_ptr_null(strstr(get(3 - rows[_i].other)->text, "goes before"));
	decided_for(rows[_i].stands);
}
END_TEST

START_TEST(of_two_that_ask_the_same_the_earlier_stands)
{
	struct event other = run_event("e2", START, END, 1000000);
	uint64_t id;

	put(&ev, &id);
	put(&other, &id);
	ck_assert_ptr_nonnull(strstr(get(id)->text, "event-1 goes before"));
	decided_for("event-1");
}
END_TEST

START_TEST(a_disk_in_trouble_is_told_to_who_waits_and_who_comes)
{
	struct rig_answer a = rig_answer_new();
	struct fault f = {0};
	struct health h;
	uint64_t id;

	/* the store knows only once a write has failed */
	ck_assert_int_eq(engine_put_event(g.engine, &ev, "operator", &a.w, &id, &f), 0);
	g.world.trouble = true;
	for (int i = 0; i < 100 && !a.done; i++)
		world_turn(&g.world);
	ck_assert(a.done);
	ck_assert_int_eq(a.rc, ERR_STORE);
	ck_assert_int_eq(put(&ev, &id), ERR_STORE);
	engine_health(g.engine, &h);
	ck_assert_int_eq(h.state, HEALTH_FAILED);
	g.world.trouble = false;
	rig_settle(&g);
	/* it was taken all the same, and the same again changes nothing */
	ck_assert_int_eq(put(&ev, &id), 0);
	ck_assert_uint_eq(id, 1);
	ck_assert_int_eq(get(id)->phase, EVENT_ACCEPTED);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("events");
	TCase *t = tcase_create("events");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, acceptance_freezes_and_hashes_the_no_event_baseline);
	tcase_add_test(t, phases_follow_engine_time_and_are_durable);
	tcase_add_test(t, one_long_advance_makes_every_move_at_its_own_time);
	tcase_add_test(t, revisions_the_latest_wins_the_older_is_stale);
	tcase_add_test(t, a_null_target_resets);
	tcase_add_test(t, a_reset_needs_no_room_and_no_time);
	tcase_add_test(t, what_no_plan_reaches_yet_is_not_told_as_a_shortfall);
	tcase_add_test(t, a_plan_that_ends_before_the_event_is_no_baseline_for_it);
	tcase_add_test(t, cancelling_is_idempotent_and_not_for_what_is_over);
	tcase_add_test(t, cancelled_before_its_baseline_was_solved_it_still_answers_both);
	tcase_add_test(t, what_makes_no_sense_is_refused);
	tcase_add_test(t, no_more_live_events_than_the_planner_takes);
	tcase_add_test(t, a_cap_asks_for_the_gap_to_the_baseline);
	tcase_add_test(t, an_open_end_is_over_when_its_baseline_is);
	tcase_add_test(t, without_a_plan_there_is_no_baseline_and_the_event_is_rejected);
	tcase_add_test(t, a_solver_that_fails_once_leaves_the_plan_in_force_as_baseline);
	tcase_add_test(t, lists_are_by_site_and_time);
	tcase_add_test(t, a_disk_in_trouble_is_told_to_who_waits_and_who_comes);
	tcase_add_test(t, an_event_weighs_little_and_is_billed_as_promised);
	tcase_add_test(t, of_two_in_one_slot_the_one_of_lower_priority_number_stands);
	tcase_add_test(t, at_equal_priority_the_one_that_asks_for_more_stands);
	tcase_add_loop_test(t, who_stands_is_the_same_for_plans_decisions_and_people, 0, 3);
	tcase_add_test(t, of_two_that_ask_the_same_the_earlier_stands);
	suite_add_tcase(s, t);
	return run_suite(s);
}
