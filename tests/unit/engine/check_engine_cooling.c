/* Cooling in a closed loop: the decisions of a day hold the water in its band; what is not measured, or does not obey, is
 * left to its thermostat. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

#define T0 RUN_MONDAY
#define STEP (5 * MS_PER_MIN)
#define LOAD_W 3000000.0
#define POWER_MAX_W 1500000.0
#define COP 5.0
#define WH_PER_K 500000.0
#define SUB 5

static const char text[] =
	"tariffs:\n"
	"  - id: flat\n"
	"    document: none\n"
	"    status: illustrative\n"
	"    valid_from: 2020-01-01T00:00+08:00\n"
	"    flat_price: 0.6 CNY/kWh\n"
	"    flat_price_status: illustrative\n"
	"    ratios: {valley: 0.4, flat: 1, peak: 1.6, critical: 1.9}\n"
	"    seasons:\n"
	"      - months: 1-12\n"
	"        spans: [\"flat 08:00-18:00\", \"peak 18:00-24:00\", \"valley 00:00-08:00\"]\n"
	"sites:\n"
	"  - id: one\n"
	"    zone: Asia/Shanghai\n"
	"    tariff: flat\n"
	"    pcc: {import_max: 9MW, export_max: 1MW}\n"
	"    load: {id: it, capacity: 4MW, floor: 1MW, pue: 1.05}\n"
	"    cooling:\n"
	"      - {id: cold, power_max: 1.5MW, cop: 5, cop_slope: 0, heat_capacity: 0.5MWh,\n"
	"         temp_min: 18 C, temp_max: 24 C}\n"
	"    bindings:\n"
	"      - {role: pcc.power, point: one/pcc}\n"
	"      - {role: load.power, point: one/load}\n"
	"      - {role: \"cooling[cold].temperature\", point: one/cold}\n";

static struct rig g;
static char *path;
static uint32_t load, cold;
static uint64_t seq;
static double temp_c;
static struct decision in_force;
static int n_orders;

static void begin(void)
{
	FILE *f;

	path = tmpdir_path(tmpdir_new(), "one.yaml");
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
	seq = 0;
	temp_c = 21;
	n_orders = 0;
	in_force = (struct decision){0};
	rig_init_with(&g, path, true, T0);
	g.world.solver = world_solve_for_real;
	load = rig_declare(&g, "s", "one/load", UNIT_W, STEP);
	cold = rig_declare(&g, "s", "one/cold", UNIT_CELSIUS, STEP);
	ck_assert_int_eq(engine_subscribe(g.engine, SUB, NULL, 0, 0, NULL), 0);
	rig_settle(&g);
}

static void end(void)
{
	rig_fini(&g);
	free(path);
}

static void answer(uint64_t id, enum decision_state state)
{
	struct decision_ack a = {.id = id, .state = state, .reason = "because"};
	struct rig_answer w = rig_answer_new();

	int r = engine_ack_decision(g.engine, &a, &w.w, NULL);

	/* another took its place meanwhile */
	ck_assert(r == 0 || r == ERR_STATE);
	rig_settle(&g);
}

static void obey(enum decision_state state)
{
	for (size_t i = 0; i < g.n_sent; i++) {
		if (strcmp(g.sent[i].asset, "one/cold") != 0)
			continue;
		n_orders += g.sent[i].id != in_force.id;
		in_force = state == DECISION_APPLIED ? g.sent[i] : (struct decision){0};
		answer(g.sent[i].id, state);
	}
	g.n_sent = 0;
}

/* The adapter's view of what holds now. */
static struct action holds(int64_t t_ms)
{
	if (in_force.id == 0)
		return (struct action){.kind = ACTION_RELEASE};
	return t_ms < in_force.valid_until_ms ? in_force.action : in_force.fallback;
}

/* A thermostat keeps what there is; a power warms or cools. */
static double pass(int64_t t_ms)
{
	struct action a = holds(t_ms);
	double w = a.kind == ACTION_POWER ? fmin((double)a.value, POWER_MAX_W) : LOAD_W / COP;

	temp_c += (LOAD_W - COP * w) * (double)STEP / (double)MS_PER_H / WH_PER_K;
	return w;
}

static void live_slot(int64_t t_ms, bool measured)
{
	ck_assert_int_eq(rig_push(&g, ++seq, load, t_ms, LOAD_W), PUSH_TAKEN);
	if (measured)
		ck_assert_int_eq(rig_push(&g, ++seq, cold, t_ms, temp_c), PUSH_TAKEN);
	rig_advance(&g, t_ms);
}

START_TEST(a_day_of_decisions_holds_the_water_in_its_band_and_uses_it)
{
	double lowest = 99, highest = 0, cheap_wh = 0, dear_wh = 0;

	for (int64_t t = T0; t < T0 + MS_PER_DAY; t += STEP) {
		double hours = (double)(t - T0) / (double)MS_PER_H, w;

		live_slot(t, true);
		obey(DECISION_APPLIED);
		if (t > T0) {
			ck_assert_int_eq(in_force.action.kind, ACTION_POWER);
			ck_assert_int_ge(in_force.action.value, 0);
			ck_assert_int_le(in_force.action.value, (int64_t)POWER_MAX_W);
			ck_assert_int_eq(in_force.fallback.kind, ACTION_RELEASE);
			ck_assert_int_gt(in_force.valid_until_ms, t);
			ck_assert_int_lt(in_force.valid_until_ms, t + MS_PER_H);
		}
		w = pass(t) * (double)STEP / (double)MS_PER_H;
		lowest = fmin(lowest, temp_c);
		highest = fmax(highest, temp_c);
		if (hours < 8)
			cheap_wh += w;
		if (hours >= 18)
			dear_wh += w;
	}
	ck_assert_double_ge(lowest, 18 - 0.01);
	ck_assert_double_le(highest, 24 + 0.01);
	/* before the valley ends cold is made for the hours behind it */
	ck_assert_double_gt(highest - lowest, 5);
	ck_assert_double_gt(cheap_wh / 8, LOAD_W / COP * 1.05);
	ck_assert_double_lt(dear_wh / 6, LOAD_W / COP * 0.95);
	ck_assert_int_ge(n_orders, 4);
}
END_TEST

START_TEST(water_that_nobody_measures_is_left_to_its_thermostat)
{
	live_slot(T0, true);
	live_slot(T0 + STEP, true);
	obey(DECISION_APPLIED);
	ck_assert_int_eq(in_force.action.kind, ACTION_POWER);
	for (int64_t t = T0 + 2 * STEP; t <= T0 + MS_PER_H; t += STEP)
		live_slot(t, false);
	/* it is told nothing any more, and what it was told has ended */
	obey(DECISION_APPLIED);
	ck_assert_int_eq(holds(T0 + MS_PER_H).kind, ACTION_RELEASE);
	/* and steered again once it is */
	live_slot(T0 + MS_PER_H + SLOT_MS, true);
	obey(DECISION_APPLIED);
	ck_assert_int_eq(in_force.action.kind, ACTION_POWER);
}
END_TEST

START_TEST(a_chiller_that_refuses_is_released_for_the_slot)
{
	live_slot(T0, true);
	live_slot(T0 + STEP, true);
	ck_assert_uint_gt(g.n_sent, 0);
	obey(DECISION_REJECTED);
	rig_settle(&g);
	live_slot(T0 + 2 * STEP, true);
	obey(DECISION_APPLIED);
	ck_assert_int_eq(holds(T0 + 2 * STEP).kind, ACTION_RELEASE);
	live_slot(T0 + SLOT_MS, true);
	obey(DECISION_APPLIED);
	ck_assert_int_eq(in_force.action.kind, ACTION_POWER);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine_cooling");
	TCase *t = tcase_create("cooling");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_day_of_decisions_holds_the_water_in_its_band_and_uses_it);
	tcase_add_test(t, water_that_nobody_measures_is_left_to_its_thermostat);
	tcase_add_test(t, a_chiller_that_refuses_is_released_for_the_slot);
	suite_add_tcase(s, t);
	return run_suite(s);
}
