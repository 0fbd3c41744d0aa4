/* Slots of demand-response events that are over or under way when the event or its revision comes. */
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

/* The meter of the PCC from time now to `to`, once a minute; time moves along. */
static void meter(int64_t to_ms, double w)
{
	uint32_t pcc = rig_declare(&g, "s", "hongyuan/pcc.power", UNIT_W, MS_PER_MIN);
	static uint64_t seq = 1000;

	for (int64_t t = engine_now(g.engine) + MS_PER_MIN; t <= to_ms; t += MS_PER_MIN) {
		ck_assert_int_eq(rig_push(&g, seq++, pcc, t, w), PUSH_TAKEN);
		rig_settle(&g);
		rig_advance(&g, t);
	}
}

/* Nobody knows what the site took then: such a slot has no baseline, not one of 0 W. */
START_TEST(past_slots_that_nobody_metered_are_left_out)
{
	const struct event *e;
	uint64_t id;

	rig_advance(&g, T0 + MS_PER_H);
	ev = run_event("e1", T0 + MS_PER_MIN, END, 1000000);
	ck_assert_int_eq(put(&ev, &id), 0);
	e = get(id);
	ck_assert_int_eq(e->phase, EVENT_ACTIVE);
	ck_assert_int_eq(e->slots[0].start_ms, T0 + MS_PER_H);
	ck_assert_int_eq(e->n_slots, (END - T0 - MS_PER_H) / SLOT_MS);
	for (int i = 0; i < e->n_slots; i++)
		ck_assert_int_eq(e->slots[i].start_ms, T0 + MS_PER_H + i * SLOT_MS);
	ck_assert_uint_eq(strlen(e->baseline_hash), 64);
	rig_advance(&g, END);
	ck_assert_int_eq(e->phase, EVENT_COMPLETED);
}
END_TEST

START_TEST(past_slots_that_were_metered_ask_for_nothing)
{
	const struct event *e;
	uint64_t id;

	meter(T0 + MS_PER_H, 3000000);
	ev = run_event("e1", T0 + SLOT_MS, END, 1000000);
	ev.ramp_ms = 0;
	ck_assert_int_eq(put(&ev, &id), 0);
	e = get(id);
	ck_assert_int_eq(e->slots[0].start_ms, T0 + SLOT_MS);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(e->slots[i].baseline_w, 3000000);
		ck_assert_int_eq(e->slots[i].target_w, 0);
	}
	ck_assert_int_eq(e->slots[3].target_w, 1000000);
}
END_TEST

static void same_past(const struct event_slot *a, const struct event_slot *b)
{
	ck_assert_int_eq(a->start_ms, b->start_ms);
	ck_assert_int_eq(a->baseline_w, b->baseline_w);
	ck_assert_int_eq(a->target_w, b->target_w);
	ck_assert_int_eq(a->metered_w, b->metered_w);
	ck_assert_int_eq(a->quality, b->quality);
	ck_assert_int_eq(a->ramp, b->ramp);
}

/* What is over was asked for by the revision before; its baseline was frozen before the event touched anything. */
START_TEST(a_revision_on_the_way_carries_on_what_is_past)
{
	const struct event *one, *two;
	uint64_t id;

	put(&ev, &id);
	one = get(id);
	meter(START + 2 * SLOT_MS + 5 * MS_PER_MIN, 3000000);
	ck_assert_int_eq(one->phase, EVENT_ACTIVE);
	ev.revision = 2;
	ev.target_w = 500000;
	if (_i) {
		/* called off in between: the slot under way is nobody's */
		ck_assert_int_eq(cancel("e1"), 0);
	}
	ck_assert_int_eq(put(&ev, &id), 0);
	two = get(id);
	ck_assert_int_eq(two->n_slots, one->n_slots);
	for (int i = 0; i < 3; i++)
		same_past(&two->slots[i], &one->slots[i]);
	ck_assert_int_eq(two->slots[1].target_w, 1000000);
	ck_assert_int_eq(two->slots[1].metered_w, 3000000);
	if (!_i)
		ck_assert_int_eq(two->slots[3].baseline_w, one->slots[3].baseline_w);
	ck_assert_int_eq(two->slots[3].target_w, 500000);
	meter(END + 5 * MS_PER_MIN, 2500000);
	ck_assert_int_eq(two->phase, EVENT_COMPLETED);
	for (int i = 3; i < two->n_slots; i++)
		ck_assert_int_ne(two->slots[i].quality, QUALITY_MISSING);
	ck_assert_int_eq(two->slots[4].metered_w, 2500000);
}
END_TEST

START_TEST(a_revision_the_other_way_does_not_count_the_past_as_its_own)
{
	const struct event *two;
	uint64_t id;

	put(&ev, &id);
	meter(START + SLOT_MS + 5 * MS_PER_MIN, 3000000);
	ev.revision = 2;
	ev.direction = DIRECTION_DN;
	ck_assert_int_eq(put(&ev, &id), 0);
	two = get(id);
	ck_assert_int_eq(two->slots[1].start_ms, START);
	ck_assert_int_eq(two->slots[1].baseline_w, 3000000);
	ck_assert_int_eq(two->slots[1].target_w, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("past");
	TCase *t = tcase_create("past");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, past_slots_that_nobody_metered_are_left_out);
	tcase_add_test(t, past_slots_that_were_metered_ask_for_nothing);
	tcase_add_loop_test(t, a_revision_on_the_way_carries_on_what_is_past, 0, 2);
	tcase_add_test(t, a_revision_the_other_way_does_not_count_the_past_as_its_own);
	suite_add_tcase(s, t);
	return run_suite(s);
}
