/* Read-back: does an asset do what its decision says, and go on doing it? */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "testlib/run.h"

#define T0 RUN_MONDAY /* midnight: the valley, the battery charges */
#define SUB 5

static struct rig g;
static uint32_t soc, power;

static void feed(uint64_t seq, int64_t t, double soc_percent)
{
	ck_assert_int_eq(rig_push(&g, seq, soc, t, soc_percent), PUSH_TAKEN);
	rig_settle(&g);
}

static void begin(void)
{
	rig_init(&g, true, T0);
	soc = rig_declare(&g, "s", "hongyuan/bess.soc", UNIT_PERCENT, MS_PER_MIN);
	power = rig_declare(&g, "s", "hongyuan/bess.power", UNIT_W, MS_PER_MIN);
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

static void read_back(double measured, int minutes)
{
	for (int i = 1; i <= minutes; i++) {
		int64_t t = T0 + i * MS_PER_MIN;

		ck_assert_int_eq(rig_push(&g, (uint64_t)i + 1, power, t, measured), PUSH_TAKEN);
		rig_settle(&g);
		rig_advance(&g, t);
	}
}

START_TEST(a_measurement_that_agrees_verifies)
{
	uint64_t id;

	rig_advance(&g, T0);
	subscribe(0);
	ack_all();
	id = in_force("hongyuan/bess")->id;
	read_back((double)in_force("hongyuan/bess")->action.value + 1000, 3);
	ck_assert_int_eq(engine_decision(g.engine, id)->state, DECISION_VERIFIED);
}
END_TEST

START_TEST(measurements_that_disagree_fail_it_with_what_was_measured)
{
	const struct decision *d;
	uint64_t id;

	rig_advance(&g, T0);
	subscribe(0);
	ack_all();
	id = in_force("hongyuan/bess")->id;
	read_back(0, 3);
	ck_assert_int_eq(engine_decision(g.engine, id)->state, DECISION_APPLIED);
	engine_unsubscribe(g.engine, SUB);
	for (int i = 4; i <= 5; i++) {
		ck_assert_int_eq(rig_push(&g, (uint64_t)i + 1, power, T0 + i * MS_PER_MIN, 0), 0);
		rig_settle(&g);
		rig_advance(&g, T0 + i * MS_PER_MIN);
	}
	d = engine_decision(g.engine, id);
	ck_assert_int_eq(d->state, DECISION_FAILED);
	ck_assert_ptr_nonnull(strstr(d->fault_text, "measured 0 W"));
}
END_TEST

/* UPS power, one sample a minute; nobody asks the plan to move it, so that its decision is renewed all day. */
static void ups_reads(uint32_t point, int from_min, int to_min, double w)
{
	static uint64_t seq = 1000;

	for (int i = from_min; i < to_min; i++) {
		int64_t t = T0 + i * MS_PER_MIN;

		ck_assert_int_eq(rig_push(&g, seq++, point, t, w), PUSH_TAKEN);
		rig_settle(&g);
		rig_advance(&g, t);
		ack_all();
	}
}

static bool has_health_reason(const char *code)
{
	struct health h;

	engine_health(g.engine, &h);
	for (uint32_t i = 0; i < h.n; i++) {
		if (strcmp(h.reasons[i].code, code) == 0)
			return true;
	}
	return false;
}

/* Returns the number of a decision for the UPS that was verified, then renewed. */
static uint64_t verified_and_renewed(uint32_t point)
{
	const struct decision *d;
	uint64_t id;

	rig_advance(&g, T0);
	subscribe(0);
	ack_all();
	d = in_force("hongyuan/ups");
	id = d->id;
	ck_assert_int_eq(d->action.kind, ACTION_POWER);
	ck_assert_int_eq(d->action.value, 0);
	ups_reads(point, 1, 17, 0);
	d = in_force("hongyuan/ups");
	ck_assert_uint_eq(d->id, id);
	ck_assert_int_eq(d->state, DECISION_VERIFIED);
	ck_assert_int_gt(d->valid_until_ms, T0 + 2 * SLOT_MS);
	return id;
}

START_TEST(what_deviates_after_it_was_verified_ends_and_is_planned_around)
{
	uint32_t ups = rig_declare(&g, "s", "hongyuan/ups.power", UNIT_W, MS_PER_MIN);
	uint64_t id = verified_and_renewed(ups), solves = g.world.solves;
	const struct decision *d;

	ck_assert(!has_health_reason("decision_failed"));
	if (_i)
		rig_crash(&g);
	if (_i)
		subscribe(0);
	ups_reads(ups, 17, 22, 1000000);
	d = engine_decision(g.engine, id);
	ck_assert_int_eq(d->state, DECISION_SUPERSEDED);
	ck_assert_int_eq(d->fault_code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(d->fault_text, "measured 1000000 W"));
	ck_assert_ptr_nonnull(strstr(d->fault_text, "verified"));
	ck_assert_uint_gt(in_force("hongyuan/ups")->id, id);
	ck_assert_uint_gt(g.world.solves, solves);
	ck_assert(has_health_reason("decision_failed"));
}
END_TEST

START_TEST(a_deviation_that_passes_is_forgiven)
{
	uint32_t ups = rig_declare(&g, "s", "hongyuan/ups.power", UNIT_W, MS_PER_MIN);
	uint64_t id = verified_and_renewed(ups);

	for (int i = 17; i < 29; i += 3) {
		ups_reads(ups, i, i + 2, 1000000);
		ups_reads(ups, i + 2, i + 3, 0);
	}
	ck_assert_int_eq(engine_decision(g.engine, id)->state, DECISION_VERIFIED);
	ck_assert(!has_health_reason("decision_failed"));
}
END_TEST

START_TEST(one_sample_is_one_miss_however_often_it_is_looked_at)
{
	uint32_t ups = rig_declare(&g, "s", "hongyuan/ups.power", UNIT_W, MS_PER_MIN);
	uint64_t id = verified_and_renewed(ups);

	ups_reads(ups, 17, 18, 1000000);
	rig_advance(&g, T0 + 25 * MS_PER_MIN);
	ck_assert_int_eq(engine_decision(g.engine, id)->state, DECISION_VERIFIED);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("readback");
	TCase *t = tcase_create("readback");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, a_measurement_that_agrees_verifies);
	tcase_add_test(t, measurements_that_disagree_fail_it_with_what_was_measured);
	tcase_add_loop_test(t, what_deviates_after_it_was_verified_ends_and_is_planned_around, 0,
			    2);
	tcase_add_test(t, a_deviation_that_passes_is_forgiven);
	tcase_add_test(t, one_sample_is_one_miss_however_often_it_is_looked_at);
	suite_add_tcase(s, t);
	return run_suite(s);
}
