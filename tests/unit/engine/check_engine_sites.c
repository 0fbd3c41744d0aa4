/* Several sites in one engine, and a tariff that prices the month's peak. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "simtest/greedy.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

#define T0 (RUN_MONDAY + 8 * MS_PER_H)

static const char tariff[] = "tariffs:\n"
			     "  - id: peak\n"
			     "    document: none\n"
			     "    status: illustrative\n"
			     "    valid_from: 2020-01-01T00:00+08:00\n"
			     "    flat_price: 0.6 CNY/kWh\n"
			     "    flat_price_status: illustrative\n"
			     "    ratios: {valley: 0.4, flat: 1, peak: 1.6, critical: 1.9}\n"
			     "    sell_price: 0.2 CNY/kWh\n"
			     "    demand_price: 38 CNY/kW\n"
			     "    seasons:\n"
			     "      - months: 1-12\n"
			     "        spans: [\"flat 08:00-24:00\", \"valley 00:00-08:00\"]\n";

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
	"    bindings:\n"
	"      - {role: pcc.power, point: %s/pcc}\n"
	"      - {role: \"storage[bess].soc\", point: %s/soc}\n";

static struct rig g;
static char *path;

static void begin(void)
{
	static const char *const names[] = {"one", "two"};
	FILE *f;

	path = tmpdir_path(tmpdir_new(), "two.yaml");
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(tariff, f);
	fputs("sites:\n", f);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		fprintf(f, site, names[i], names[i], names[i], names[i]);
	fclose(f);
	rig_init_with(&g, path, true, T0);
}

static void end(void)
{
	rig_fini(&g);
	free(path);
}

struct seen {
	char sites[8][ID_MAX];
	int n;
};

static bool on_plan(void *arg, const struct ledger_op *op)
{
	struct seen *s = arg;

	memcpy(s->sites[s->n++], op->plan->site, ID_MAX);
	return s->n < 8;
}

START_TEST(sites_are_planned_in_the_order_of_the_configuration)
{
	struct seen s = {.n = 0};
	struct arena a;
	const struct plan *p;

	rig_advance(&g, T0);
	ck_assert_int_eq(disk_scan(&g.world.disk, LEDGER_PLAN, 1, on_plan, &s), 0);
	ck_assert_int_eq(s.n, 2);
	ck_assert_str_eq(s.sites[0], "one");
	ck_assert_str_eq(s.sites[1], "two");
	arena_init(&a, (size_t)16 << 20);
	ck_assert_int_eq(engine_get_plan(g.engine, "two", 0, 0, &a, &p), 0);
	ck_assert_uint_eq(p->id, 2);
	arena_fini(&a);
}
END_TEST

START_TEST(an_event_is_the_affair_of_its_site)
{
	struct event ev = run_event("e", T0 + MS_PER_H, T0 + 2 * MS_PER_H, 100000);
	uint64_t id, solves;

	rig_advance(&g, T0);
	snprintf(ev.site, sizeof(ev.site), "two");
	solves = g.world.solves;
	ck_assert_int_eq(engine_put_event(g.engine, &ev, "o", NULL, &id, NULL), 0);
	rig_settle(&g);
	/* its baseline, and the plan that serves it */
	ck_assert_uint_eq(g.world.solves, solves + 2);
	ck_assert_int_eq(engine_event(g.engine, id)->phase, EVENT_ACCEPTED);
}
END_TEST

/* What the last run for site "one" was told. */
static int64_t told_incumbent_w, told_price_e4;

static int note_and_solve(struct solve_job *job)
{
	if (strcmp(job->region->sites[0]->site, "one") == 0) {
		told_incumbent_w = job->region->sites[0]->demands[0].incumbent_w;
		told_price_e4 = job->region->sites[0]->demands[0].price_e4;
	}
	return greedy_solve(job);
}

START_TEST(the_peak_of_the_month_so_far_is_what_more_costs)
{
	uint32_t pcc = rig_declare(&g, "s", "one/pcc", UNIT_W, MS_PER_MIN);
	uint64_t seq = 0;

	g.world.solver = note_and_solve;
	/* one slot at 5 MW, one at 3 MW */
	for (int i = 0; i < 30; i++)
		rig_push(&g, ++seq, pcc, T0 + i * MS_PER_MIN, i < 15 ? 5e6 : 3e6);
	rig_settle(&g);
	rig_advance(&g, T0 + 2 * SLOT_MS);
	ck_assert_int_eq(told_price_e4, 380000);
	ck_assert_int_eq(told_incumbent_w, 5000000);
	/* a death does not forget it, nor do more days than live state remembers */
	rig_crash(&g);
	rig_advance(&g, T0 + 10 * MS_PER_DAY);
	rig_crash(&g);
	rig_advance(&g, T0 + 10 * MS_PER_DAY + 2 * SLOT_MS);
	ck_assert_int_eq(told_incumbent_w, 5000000);
	/* the next month begins with none */
	rig_advance(&g, T0 + 20 * MS_PER_DAY);
	ck_assert_int_eq(told_incumbent_w, 0);
}
END_TEST

START_TEST(another_configuration_is_audited_and_planned_for)
{
	const struct plan *p;
	struct arena a;
	uint64_t solves;
	FILE *f;

	rig_advance(&g, T0);
	solves = g.world.solves;
	f = fopen(path, "a");
	ck_assert_ptr_nonnull(f);
	fprintf(f, site, "three", "three", "three", "three");
	fclose(f);
	rig_crash(&g);
	ck_assert_uint_eq(g.world.disk.ledger[LEDGER_CONFIG].n, 2);
	/* the sites that had a plan get one for what they are now, the new one as soon as time moves */
	ck_assert_uint_eq(g.world.solves, solves + 2);
	ck_assert_uint_eq(g.world.disk.ledger[LEDGER_PLAN].n, 4);
	arena_init(&a, (size_t)16 << 20);
	ck_assert_int_eq(engine_get_plan(g.engine, "three", 0, 0, &a, &p), ERR_NODATA);
	rig_advance(&g, T0 + 1);
	ck_assert_int_eq(engine_get_plan(g.engine, "three", 0, 0, &a, &p), 0);
	arena_fini(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sites");
	TCase *t = tcase_create("sites");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, sites_are_planned_in_the_order_of_the_configuration);
	tcase_add_test(t, an_event_is_the_affair_of_its_site);
	tcase_add_test(t, the_peak_of_the_month_so_far_is_what_more_costs);
	tcase_add_test(t, another_configuration_is_audited_and_planned_for);
	suite_add_tcase(s, t);
	return run_suite(s);
}
