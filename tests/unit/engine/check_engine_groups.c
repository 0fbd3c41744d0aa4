/* Sites that share a limit and a link: planned in one run, adopted together or not at all. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "simtest/greedy.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

#define T0 (RUN_MONDAY + 8 * MS_PER_H)

static const char head[] =
	"tariffs:\n"
	"  - id: peak\n"
	"    document: none\n"
	"    status: illustrative\n"
	"    valid_from: 2020-01-01T00:00+08:00\n"
	"    flat_price: 0.6 CNY/kWh\n"
	"    flat_price_status: illustrative\n"
	"    ratios: {valley: 0.4, flat: 1, peak: 1.6, critical: 1.9}\n"
	"    sell_price: 0.2 CNY/kWh\n"
	"    demand:\n"
	"      - {id: day, price: 38 CNY/kW, hours: [\"08:00-22:00\"]}\n"
	"    seasons:\n"
	"      - months: 1-12\n"
	"        spans: [\"flat 08:00-24:00\", \"valley 00:00-08:00\"]\n"
	"network:\n"
	"  limits:\n"
	"    - {id: sec, kind: section, import_max: 12.5MW, export_max: 5.5MW, margin: 0.5MW, sites: [west, east],\n"
	"       background: grid/load, background_assumed: 3MW}\n"
	"  links:\n"
	"    - {id: wire, from: west, to: east, rate: 1 Gbit/s, delay: 15min, price: 0.1 CNY,\n"
	"       energy: 30Wh}\n"
	"sites:\n";

static const char site[] =
	"  - id: %s\n"
	"    name: site %s\n"
	"    status: illustrative\n"
	"    zone: Asia/Shanghai\n"
	"    tariff: peak\n"
	"    pcc: {import_max: 9MW, export_max: 1MW}\n"
	"    load: {id: it, capacity: 4MW, floor: 1MW, pue: 1.2}\n"
	"    storage:\n"
	"      - {id: bess, kind: battery, energy: 2MWh, charge_max: 1MW,\n"
	"         discharge_max: 1MW, eta_charge: 0.95, eta_discharge: 0.95, soc_min: 0.2MWh,\n"
	"         reserve: 0.4MWh, wear_price: 0.05 CNY/kWh}\n"
	"    queues:\n"
	"      - {id: batch, devices: 1000, device_power: 700W, slack: 6h, late_price: 2 CNY/kWh,\n"
	"         pool: p, transfer: 1000000}\n"
	"    bindings:\n"
	"      - {role: pcc.power, point: %s/pcc}\n"
	"      - {role: \"storage[bess].soc\", point: %s/soc}\n"
	"      - {role: \"queue[batch].backlog\", point: %s/backlog}\n";

static struct rig g;
static char *path;

static void write_config(void)
{
	static const char *const names[] = {"west", "east", "alone"};
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(head, f);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		fprintf(f, site, names[i], names[i], names[i], names[i], names[i]);
	fclose(f);
}

static void begin(void)
{
	path = tmpdir_path(tmpdir_new(), "three.yaml");
	write_config();
	rig_init_with(&g, path, true, T0);
}

static void end(void)
{
	rig_fini(&g);
	free(path);
}

struct seen {
	struct {
		char site[ID_MAX];
		uint64_t id, region_id;
		uint8_t snapshot[SHA256_LEN];
		enum plan_status status;
	} plans[32];
	int n;
};

static bool on_plan(void *arg, const struct ledger_op *op)
{
	struct seen *s = arg;

	memcpy(s->plans[s->n].site, op->plan->site, ID_MAX);
	memcpy(s->plans[s->n].snapshot, op->plan->snapshot_hash, SHA256_LEN);
	s->plans[s->n].id = op->plan->id;
	s->plans[s->n].region_id = op->plan->region_id;
	s->plans[s->n].status = op->plan->status;
	return ++s->n < 32;
}

static struct seen plans_from(uint64_t id)
{
	struct seen s = {.n = 0};

	ck_assert_int_eq(disk_scan(&g.world.disk, LEDGER_PLAN, id, on_plan, &s), 0);
	return s;
}

START_TEST(joined_sites_get_their_plans_from_one_run)
{
	struct seen s;

	rig_advance(&g, T0);
	ck_assert_uint_eq(g.world.solves, 2);
	s = plans_from(1);
	ck_assert_int_eq(s.n, 3);
	/* the group of the first site first, within it by id */
	ck_assert_str_eq(s.plans[0].site, "east");
	ck_assert_str_eq(s.plans[1].site, "west");
	ck_assert_str_eq(s.plans[2].site, "alone");
	ck_assert_uint_eq(s.plans[0].region_id, 1);
	ck_assert_uint_eq(s.plans[1].region_id, 1);
	ck_assert_uint_eq(s.plans[2].region_id, 3);
	ck_assert_mem_eq(s.plans[0].snapshot, s.plans[1].snapshot, SHA256_LEN);
	ck_assert_mem_ne(s.plans[0].snapshot, s.plans[2].snapshot, SHA256_LEN);
	ck_assert_uint_eq(g.world.disk.ledger[LEDGER_SNAPSHOT].n, 2);
}
END_TEST

START_TEST(an_event_at_one_site_plans_all_that_are_joined_with_it)
{
	struct event ev = run_event("e", T0 + MS_PER_H, T0 + 2 * MS_PER_H, 100000);
	uint64_t id, solves;
	struct seen s;

	rig_advance(&g, T0);
	snprintf(ev.site, sizeof(ev.site), "west");
	solves = g.world.solves;
	ck_assert_int_eq(engine_put_event(g.engine, &ev, "o", NULL, &id, NULL), 0);
	rig_settle(&g);
	/* its baseline, and the plans that serve it */
	ck_assert_uint_eq(g.world.solves, solves + 2);
	ck_assert_int_eq(engine_event(g.engine, id)->phase, EVENT_ACCEPTED);
	s = plans_from(4);
	ck_assert_int_eq(s.n, 2);
	ck_assert_str_eq(s.plans[0].site, "east");
	ck_assert_str_eq(s.plans[1].site, "west");
}
END_TEST

static uint64_t plan_in_force(const char *of)
{
	const struct plan *p;
	struct arena a;
	uint64_t id;

	arena_init(&a, (size_t)16 << 20);
	ck_assert_int_eq(engine_get_plan(g.engine, of, 0, 0, &a, &p), 0);
	id = p->id;
	arena_fini(&a);
	return id;
}

START_TEST(a_death_leaves_the_plans_of_the_group_in_force)
{
	uint64_t solves;

	rig_advance(&g, T0);
	rig_advance(&g, T0 + MS_PER_MIN);
	solves = g.world.solves;
	rig_crash(&g);
	rig_advance(&g, T0 + 2 * MS_PER_MIN);
	ck_assert_uint_eq(g.world.solves, solves);
	ck_assert_uint_eq(plan_in_force("east"), 1);
	ck_assert_uint_eq(plan_in_force("west"), 2);
	/* and the period goes on where it was */
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_uint_eq(g.world.solves, solves + 2);
}
END_TEST

/* One watt too much at the second site. */
static int spoil_and_solve(struct solve_job *job)
{
	int rc = greedy_solve(job);

	if (job->region->n_sites == 2)
		job->plans[1]->pcc_w[0]++;
	return rc;
}

START_TEST(plans_of_a_run_are_adopted_all_or_none)
{
	struct seen s;

	rig_advance(&g, T0);
	g.world.solver = spoil_and_solve;
	rig_advance(&g, T0 + SLOT_MS);
	s = plans_from(4);
	/* both go on with what they had, under numbers that say so */
	ck_assert_int_ge(s.n, 2);
	ck_assert_str_eq(s.plans[0].site, "east");
	ck_assert_int_eq(s.plans[0].status, PLAN_SHIFTED);
	ck_assert_str_eq(s.plans[1].site, "west");
	ck_assert_int_eq(s.plans[1].status, PLAN_SHIFTED);
	ck_assert_uint_eq(s.plans[0].region_id, s.plans[1].region_id);
	g.world.solver = greedy_solve;
	rig_advance(&g, T0 + 2 * SLOT_MS);
	s = plans_from(plan_in_force("east"));
	ck_assert_int_eq(s.plans[0].status, PLAN_OPTIMAL);
	ck_assert_uint_eq(plan_in_force("west"), plan_in_force("east") + 1);
}
END_TEST

/* What the last run of the two was told. */
static struct region_limit told_limit;
static struct region_link told_link;
static struct plan_demand told_demand;
static int64_t told_background_w, told_n_links, told_n_limits;
static bool told_window[2];
static char told_source[TEXT_MAX_B];

static int note_and_solve(struct solve_job *job)
{
	const struct plan_region *r = job->region;
	const struct plan_input *in = r->sites[0];

	if (r->n_sites != 2)
		return greedy_solve(job);
	told_n_limits = r->n_limits;
	told_n_links = r->n_links;
	told_limit = r->limits[0];
	told_background_w = r->limits[0].background_w[0];
	told_link = r->links[0];
	told_demand = r->sites[1]->demands[0];
	told_window[0] = told_demand.in_window[0];
	for (uint32_t i = 0; i < in->n; i++) {
		if (in->start_ms[i] == RUN_MONDAY + 22 * MS_PER_H)
			told_window[1] = told_demand.in_window[i];
	}
	for (uint32_t i = 0; i < in->n_sources; i++) {
		if (strcmp(in->sources[i].input, "background[sec]") == 0)
			memcpy(told_source, in->sources[i].source, sizeof(told_source));
	}
	ck_assert_mem_eq(r->sites[0]->start_ms, r->sites[1]->start_ms,
			 r->sites[0]->n * sizeof(int64_t));
	return greedy_solve(job);
}

START_TEST(what_sites_share_is_in_the_input)
{
	uint32_t load = rig_declare(&g, "s", "grid/load", UNIT_W, MS_PER_MIN);

	g.world.solver = note_and_solve;
	rig_advance(&g, T0);
	ck_assert_int_eq(told_n_limits, 1);
	ck_assert_str_eq(told_limit.id, "sec");
	ck_assert_str_eq(told_limit.kind, "section");
	ck_assert_int_eq(told_limit.n_sites, 2);
	ck_assert_int_eq(told_limit.import_max_w, 12000000);
	ck_assert_int_gt(told_limit.overload_price_e4, 0);
	/* nobody said what others draw */
	ck_assert_int_eq(told_background_w, 3000000);
	ck_assert_str_eq(told_source, "assumed");
	for (int i = 0; i < 15; i++)
		rig_push(&g, (uint64_t)i + 1, load, T0 + i * MS_PER_MIN, 4.5e6);
	rig_settle(&g);
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_int_eq(told_background_w, 4500000);
	ck_assert_str_ne(told_source, "assumed");
	/* 1 Gbit/s, 1 MB a device-second */
	ck_assert_int_eq(told_n_links, 1);
	ck_assert_str_eq(told_link.id, "wire");
	ck_assert_int_eq(told_link.from, 1);
	ck_assert_int_eq(told_link.to, 0);
	ck_assert_int_eq(told_link.work_max_ds_per_h, 125 * 3600);
	ck_assert_int_eq(told_link.delay_ms, SLOT_MS);
	ck_assert_int_eq(told_link.price_e4_per_kds, 1000);
	ck_assert_int_eq(told_link.energy_wh_per_kds, 30);
}
END_TEST

START_TEST(a_demand_charge_counts_in_its_hours_only)
{
	uint32_t pcc = rig_declare(&g, "s", "west/pcc", UNIT_W, MS_PER_MIN);
	uint64_t seq = 0;

	g.world.solver = note_and_solve;
	rig_advance(&g, T0);
	ck_assert_str_eq(told_demand.id, "day");
	ck_assert_int_eq(told_demand.price_e4, 380000);
	ck_assert(told_window[0]);
	ck_assert(!told_window[1]);
	/* 3 MW inside, 8 MW at 22:00 */
	for (int i = 0; i < 15; i++)
		rig_push(&g, ++seq, pcc, T0 + i * MS_PER_MIN, 3e6);
	rig_settle(&g);
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_int_eq(told_demand.incumbent_w, 3000000);
	ck_assert_uint_gt(g.world.disk.ledger[LEDGER_PEAK].n, 0);
	rig_advance(&g, RUN_MONDAY + 22 * MS_PER_H);
	for (int i = 0; i < 15; i++)
		rig_push(&g, ++seq, pcc, RUN_MONDAY + 22 * MS_PER_H + i * MS_PER_MIN, 8e6);
	rig_settle(&g);
	rig_advance(&g, RUN_MONDAY + 23 * MS_PER_H);
	ck_assert_int_eq(told_demand.incumbent_w, 3000000);
	rig_crash(&g);
	rig_advance(&g, RUN_MONDAY + 24 * MS_PER_H);
	ck_assert_int_eq(told_demand.incumbent_w, 3000000);
	/* July ends in Shanghai */
	rig_advance(&g, RUN_MONDAY + 18 * MS_PER_DAY - SLOT_MS);
	ck_assert_int_eq(told_demand.incumbent_w, 3000000);
	rig_advance(&g, RUN_MONDAY + 18 * MS_PER_DAY);
	ck_assert_int_eq(told_demand.incumbent_w, 0);
}
END_TEST

START_TEST(planning_anew_is_answered_once_it_is_durable)
{
	struct rig_answer a = rig_answer_new(), b = rig_answer_new();
	uint64_t solves;

	rig_advance(&g, T0);
	solves = g.world.solves;
	ck_assert_int_eq(engine_replan(g.engine, "nowhere", &a.w, NULL), ERR_NOTFOUND);
	ck_assert_int_eq(engine_replan(g.engine, "west", &a.w, NULL), 0);
	ck_assert_int_eq(engine_replan(g.engine, "east", &b.w, NULL), 0);
	ck_assert(!a.done);
	rig_settle(&g);
	ck_assert(a.done && a.rc == 0);
	ck_assert(b.done && b.rc == 0);
	/* one run answers both; the site alone is left alone */
	ck_assert_uint_eq(g.world.solves, solves + 1);
}
END_TEST

/* West sends work in every slot. */
static int move_and_solve(struct solve_job *job)
{
	int rc = greedy_solve(job);
	struct plan_move *m = ARENA_ARRAY(&job->arena, 4, struct plan_move);

	if (job->region->n_sites != 2)
		return rc;
	for (uint32_t i = 0; i < 4; i++) {
		m[i] = (struct plan_move){.slot = i, .out = true, .work_ds = 1000 + i};
		snprintf(m[i].link, ID_MAX, "wire");
		snprintf(m[i].queue, ID_MAX, "batch");
		snprintf(m[i].other, sizeof(m[i].other), "east/batch");
	}
	job->plans[1]->moves = m;
	job->plans[1]->n_moves = 4;
	return rc;
}

struct orders {
	int n;
	struct decision last;
};

static bool on_order(void *arg, const struct ledger_op *op)
{
	struct orders *o = arg;

	if (op->decision->action.kind != ACTION_MIGRATE)
		return true;
	o->n++;
	o->last = *op->decision;
	return true;
}

static struct orders orders(void)
{
	struct orders o = {.n = 0};

	ck_assert_int_eq(disk_scan(&g.world.disk, LEDGER_DECISION, 1, on_order, &o), 0);
	return o;
}

START_TEST(work_that_moves_is_ordered_once_in_a_slot_beside_the_queues_own_order)
{
	struct rig_answer a = rig_answer_new();
	struct orders o;

	g.world.solver = move_and_solve;
	rig_advance(&g, T0);
	o = orders();
	ck_assert_int_eq(o.n, 1);
	ck_assert_str_eq(o.last.asset, "west/batch");
	ck_assert_str_eq(o.last.action.to, "east/batch");
	ck_assert_str_eq(o.last.action.job, "");
	ck_assert_int_eq(o.last.action.value, 1000);
	ck_assert_int_eq(o.last.valid_until_ms, DECISION_NO_TERM);
	/* another plan of the same slot does not send it twice, nor does one after a death */
	ck_assert_int_eq(engine_replan(g.engine, "west", &a.w, NULL), 0);
	rig_settle(&g);
	ck_assert(a.done);
	rig_crash(&g);
	a = rig_answer_new();
	ck_assert_int_eq(engine_replan(g.engine, "west", &a.w, NULL), 0);
	rig_settle(&g);
	ck_assert_int_eq(orders().n, 1);
	/* the next slot has its own; nobody answered the one before */
	rig_advance(&g, T0 + SLOT_MS);
	o = orders();
	ck_assert_int_eq(o.n, 2);
	ck_assert_int_eq(o.last.state, DECISION_ISSUED);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("groups");
	TCase *t = tcase_create("groups");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, joined_sites_get_their_plans_from_one_run);
	tcase_add_test(t, an_event_at_one_site_plans_all_that_are_joined_with_it);
	tcase_add_test(t, a_death_leaves_the_plans_of_the_group_in_force);
	tcase_add_test(t, plans_of_a_run_are_adopted_all_or_none);
	tcase_add_test(t, what_sites_share_is_in_the_input);
	tcase_add_test(t, a_demand_charge_counts_in_its_hours_only);
	tcase_add_test(t, planning_anew_is_answered_once_it_is_durable);
	tcase_add_test(t, work_that_moves_is_ordered_once_in_a_slot_beside_the_queues_own_order);
	suite_add_tcase(s, t);
	return run_suite(s);
}
