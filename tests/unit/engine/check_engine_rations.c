/* The energy of a local day: what is left of it is planned with, and what a meter says that hangs does not count. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/units.h"
#include "rig.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

#define DAILY_WH 40000000
#define LOAD_W 1000000

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
	"        spans: [\"flat 08:00-24:00\", \"valley 00:00-08:00\"]\n"
	"sites:\n"
	"  - id: one\n"
	"    zone: %s\n"
	"    tariff: flat\n"
	"    pcc: {import_max: 9MW, export_max: 1MW}\n"
	"    load: {id: it, capacity: 4MW, floor: 1MW, pue: 1.2}\n"
	"    queues:\n"
	"      - {id: q, tier: F3, devices: 4000, device_power: 700W, slack: 3d}\n"
	"    rations:\n"
	"      - {from: %s, to: %s, daily: 40MWh}\n"
	"    bindings:\n"
	"      - {role: pcc.power, point: one/pcc}\n"
	"      - {role: load.power, point: one/load}\n"
	"      - {role: \"queue[q].backlog\", point: one/q}\n";

static struct rig g;
static char *path;
static uint32_t pcc, load, backlog;
static uint64_t seq;
/* Of all devices. Eight are 27 MWh: one night's work, were there no ration. */
static double work_h = 8;

/* Of the last input, and of the plan made from it. */
static struct told {
	int n;
	int64_t left_wh[SITE_MAX_RATIONS], from_ms[SITE_MAX_RATIONS], to_ms[SITE_MAX_RATIONS];
	char source[TEXT_MAX_B];
	int64_t worst_wh; /* what a day's plan draws beyond what is left, −: room */
	bool relaxed;
} told;

static int64_t plan_wh(const struct plan *p, int64_t from_ms, int64_t to_ms)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < p->n; i++)
		if (p->start_ms[i] >= from_ms && p->start_ms[i] < to_ms)
			sum += energy_of_power(max_i64(p->pcc_w[i], 0), p->duration_ms[i]);
	return sum;
}

static int solve(struct solve_job *job)
{
	const struct plan_input *in = job->region->sites[0];
	int rc = world_solve_for_real(job);
	const struct plan *p = job->plans[0];

	told = (struct told){.n = in->n_rations, .worst_wh = INT64_MIN};
	for (int i = 0; i < in->n_rations; i++) {
		uint32_t last = in->rations[i].end - 1;

		told.left_wh[i] = in->rations[i].left_wh;
		told.from_ms[i] = in->start_ms[in->rations[i].first];
		told.to_ms[i] = in->start_ms[last] + in->duration_ms[last];
		told.worst_wh = max_i64(told.worst_wh, plan_wh(p, told.from_ms[i], told.to_ms[i]) -
							       told.left_wh[i]);
	}
	for (uint32_t i = 0; i < in->n_sources; i++)
		if (strcmp(in->sources[i].input, "ration") == 0)
			memcpy(told.source, in->sources[i].source, sizeof(told.source));
	for (uint32_t i = 0; i < p->n_relaxations; i++)
		told.relaxed |= strcmp(p->relaxations[i].limit, "ration") == 0;
	return rc;
}

static void push(uint32_t point, int64_t t_ms, double value)
{
	ck_assert_int_eq(rig_push(&g, ++seq, point, t_ms, value), PUSH_TAKEN);
}

static void begin_at(const char *zone, const char *from, const char *to, int64_t t_ms)
{
	FILE *f;

	path = tmpdir_path(tmpdir_new(), "one.yaml");
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fprintf(f, text, zone, from, to);
	fclose(f);
	seq = 0;
	rig_init_with(&g, path, true, t_ms);
	g.world.solver = solve;
	pcc = rig_declare(&g, "s", "one/pcc", UNIT_W, 5 * MS_PER_MIN);
	load = rig_declare(&g, "s", "one/load", UNIT_W, 5 * MS_PER_MIN);
	backlog = rig_declare(&g, "s", "one/q", UNIT_DEVICE_SECONDS, 5 * MS_PER_MIN);
}

static void end(void)
{
	rig_fini(&g);
	free(path);
}

/* To that time, with the meter at the PCC as it says. */
static void live(int64_t from_ms, int64_t to_ms, double (*meter)(int64_t t_ms))
{
	for (int64_t t = from_ms; t < to_ms; t += 5 * MS_PER_MIN) {
		push(pcc, t, meter(t));
		push(load, t, LOAD_W);
		push(backlog, t, 4000.0 * 3600 * work_h);
		rig_advance(&g, t);
	}
	rig_advance(&g, to_ms);
}

static double steady(int64_t t_ms)
{
	return 1500000 + 1000.0 * (double)(t_ms / (5 * MS_PER_MIN) % 7);
}

static double heavy(int64_t t_ms)
{
	return 5000000 + 1000.0 * (double)(t_ms / (5 * MS_PER_MIN) % 7);
}

/* Stands still from 03:00 to 09:00, at the little of a quiet hour. */
static double hanging(int64_t t_ms)
{
	int64_t at = t_ms - RUN_MONDAY;

	return at >= 3 * MS_PER_H && at < 9 * MS_PER_H ? 123456 : steady(t_ms);
}

#define HOT "2025-07-14T00:00+08:00", "2025-07-17T00:00+08:00"

START_TEST(what_is_left_of_a_day_is_planned_with_day_by_day)
{
	begin_at("Asia/Shanghai", HOT, RUN_MONDAY);
	live(RUN_MONDAY, RUN_MONDAY + 6 * MS_PER_H, steady);
	ck_assert_int_eq(told.n, 3);
	/* six hours of 1.5 MW are gone */
	ck_assert_int_lt(llabs(told.left_wh[0] - (DAILY_WH - 6 * 1503000)), 20000);
	ck_assert_str_eq(told.source, "metered since the day began");
	ck_assert_int_eq(told.left_wh[1], DAILY_WH);
	ck_assert_int_eq(told.from_ms[1], RUN_MONDAY + MS_PER_DAY);
	ck_assert_int_eq(told.to_ms[1], RUN_MONDAY + 2 * MS_PER_DAY);
	/* the valley's hours would take more; a slot's watts are rounded */
	ck_assert_int_le(told.worst_wh, 100);
	ck_assert_int_gt(told.worst_wh, -1000);
	ck_assert(!told.relaxed);
	end();
}
END_TEST

START_TEST(a_day_that_is_used_up_is_exceeded_by_name_only)
{
	begin_at("Asia/Shanghai", HOT, RUN_MONDAY);
	work_h = 0;
	/* 40 MWh by eight o'clock: the computing load goes on all the same */
	live(RUN_MONDAY, RUN_MONDAY + 9 * MS_PER_H, heavy);
	ck_assert_int_eq(told.left_wh[0], 0);
	ck_assert(told.relaxed);
	/* by no more than that load needs, 15 h of 1.2 MW */
	ck_assert_int_ge(told.worst_wh, 15 * 1200000 - 1000);
	ck_assert_int_le(told.worst_wh, 15 * 1200000 + 1000);
	/* the next day begins with all of it */
	live(RUN_MONDAY + 9 * MS_PER_H, RUN_MONDAY + MS_PER_DAY, heavy);
	ck_assert_int_eq(told.left_wh[0], DAILY_WH);
	ck_assert(!told.relaxed);
	end();
}
END_TEST

/* It would have drawn six hours of nearly nothing: that is not believed. */
START_TEST(a_meter_that_hangs_does_not_make_a_day_longer)
{
	int64_t want = DAILY_WH - 8 * 1503000;

	begin_at("Asia/Shanghai", HOT, RUN_MONDAY);
	live(RUN_MONDAY, RUN_MONDAY + 8 * MS_PER_H, hanging);
	ck_assert_int_lt(llabs(told.left_wh[0] - want), 300000);
	ck_assert_str_eq(told.source, "metered in part since the day began");
	/* nor once it moves again */
	live(RUN_MONDAY + 8 * MS_PER_H, RUN_MONDAY + 12 * MS_PER_H, hanging);
	ck_assert_int_lt(llabs(told.left_wh[0] - (want - 4 * 1503000)), 300000);
	end();
}
END_TEST

/* Days of 23 and 25 hours, and the last of a year: [start, its length in hours). */
static const struct {
	const char *zone, *from, *to;
	int64_t start_ms;
	int hours;
} odd_days[] = {
	{"Europe/Berlin", "2025-03-30T00:00+01:00", "2025-04-01T00:00+02:00", 1743289200000, 23},
	{"Europe/Berlin", "2025-10-26T00:00+02:00", "2025-10-28T00:00+01:00", 1761429600000, 25},
	{"Asia/Shanghai", "2025-12-31T00:00+08:00", "2026-01-02T00:00+08:00", 1767110400000, 24},
};

START_TEST(a_ration_is_of_the_local_day_however_long)
{
	int64_t start = odd_days[_i].start_ms, end_ms = start + odd_days[_i].hours * MS_PER_H;

	begin_at(odd_days[_i].zone, odd_days[_i].from, odd_days[_i].to, start);
	live(start, start + MS_PER_H, steady);
	ck_assert_int_eq(told.n, 2);
	ck_assert_int_eq(told.from_ms[0], start + MS_PER_H);
	ck_assert_int_eq(told.to_ms[0], end_ms);
	ck_assert_int_eq(told.from_ms[1], end_ms);
	/* steps of three hours begin where they would on a day of 24: an hour off on the day after an odd one */
	ck_assert_int_le(llabs(told.to_ms[1] - end_ms - MS_PER_DAY),
			 odd_days[_i].hours == 24 ? 0 : MS_PER_H);
	ck_assert_int_le(told.worst_wh, 100);
	ck_assert(!told.relaxed);
	rig_advance(&g, end_ms - SLOT_MS);
	ck_assert_int_eq(told.n, 2);
	ck_assert_int_eq(told.to_ms[0], end_ms);
	rig_advance(&g, end_ms);
	ck_assert_int_eq(told.n, 1);
	ck_assert_int_eq(told.from_ms[0], end_ms);
	ck_assert_int_eq(told.left_wh[0], DAILY_WH);
	end();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rations");
	TCase *t = tcase_create("rations");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, what_is_left_of_a_day_is_planned_with_day_by_day);
	tcase_add_test(t, a_day_that_is_used_up_is_exceeded_by_name_only);
	tcase_add_test(t, a_meter_that_hangs_does_not_make_a_day_longer);
	tcase_add_loop_test(t, a_ration_is_of_the_local_day_however_long, 0, ARRAY_SIZE(odd_days));
	suite_add_tcase(s, t);
	return run_suite(s);
}
