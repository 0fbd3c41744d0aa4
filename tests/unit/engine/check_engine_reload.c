/* One configuration after another in a running engine: what goes on, what ends, what is told. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/configure_diff.h"
#include "engine/operator.h"
#include "rig.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

#define T0 (RUN_MONDAY + 8 * MS_PER_H)

static const char tariff[] = "tariffs:\n"
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
			     "sites:\n";

static const char site[] = "  - id: %s\n"
			   "    tariff: flat\n"
			   "    pcc: {import_max: %s, export_max: 1MW}\n"
			   "    load: {id: it, capacity: 4MW, floor: 1MW, pue: 1.2}\n"
			   "    storage:\n"
			   "      - {id: bess, kind: battery, energy: 2MWh, charge_max: %s,\n"
			   "         discharge_max: 1MW, eta_charge: 0.95, eta_discharge: 0.95}\n"
			   "    bindings:\n"
			   "      - {role: pcc.power, point: %s/pcc}\n"
			   "      - {role: \"storage[bess].soc\", point: %s/soc}\n"
			   "%s";

static struct rig g;
static char *path;
static const char *charge_max = "1MW";

/* The main file anew: its head, and the sites named. */
static void write_files(const char *head, const char *const *ids, size_t n, const char *import_max,
			const char *more)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(head, f);
	fputs(tariff, f);
	for (size_t i = 0; i < n; i++)
		fprintf(f, site, ids[i], import_max, charge_max, ids[i], ids[i], more);
	fclose(f);
}

static const char *const both[] = {"one", "two"};

static void begin(void)
{
	path = tmpdir_path(tmpdir_new(), "main.yaml");
	write_files("", both, 2, "9MW", "");
	rig_init_with(&g, path, true, T0);
	rig_advance(&g, T0);
}

static void end(void)
{
	rig_fini(&g);
	free(path);
}

static int reload(void)
{
	struct rig_answer a = rig_answer_new();
	struct fault f = {0};
	int r = engine_reload(g.engine, "admin", &a.w, NULL, &f);

	if (r)
		return r;
	ck_assert(!a.done);
	rig_settle(&g);
	ck_assert(a.done);
	return a.rc;
}

static uint64_t plan_of(const char *id)
{
	const struct plan *p;
	struct arena a;
	uint64_t ret = 0;

	arena_init(&a, (size_t)16 << 20);
	if (engine_get_plan(g.engine, id, 0, 0, &a, &p) == 0)
		ret = p->id;
	arena_fini(&a);
	return ret;
}

struct newest {
	const char *asset;
	struct decision d;
};

static bool on_decision(void *arg, const struct decision *d)
{
	struct newest *n = arg;

	if (n->d.id == 0 && strcmp(d->asset, n->asset) == 0)
		n->d = *d;
	return true;
}

static struct decision decision_of(const char *asset)
{
	struct decision_query q = {.asset = asset, .limit = 100};
	struct newest n = {.asset = asset};

	engine_list_decisions(g.engine, &q, on_decision, &n);
	return n.d;
}

struct found {
	int n;
	char last[2048];
};

static bool on_audit(void *arg, const struct ledger_audit *r)
{
	struct found *f = arg;
	char body[4096];

	snprintf(body, sizeof(body), "%.*s", (int)r->len, (const char *)r->body);
	if (!strstr(body, "\"kind\":\"configuration\""))
		return true;
	f->n++;
	snprintf(f->last, sizeof(f->last), "%.2000s", body);
	return true;
}

static struct found audited(void)
{
	struct found f = {0};

	ck_assert_int_eq(engine_read_audit(g.engine, 1, 0, on_audit, &f), 0);
	return f;
}

START_TEST(the_same_files_again_change_nothing)
{
	uint64_t plan = plan_of("one");
	int records = audited().n;

	ck_assert_int_eq(reload(), 0);
	ck_assert_uint_eq(engine_reloads(g.engine).n, 0);
	ck_assert_uint_eq(plan_of("one"), plan);
	ck_assert_int_eq(audited().n, records);
}
END_TEST

START_TEST(a_parameter_holds_at_once_and_is_planned_with)
{
	uint64_t plan = plan_of("one"), decision = decision_of("one/bess").id;
	struct found f;

	write_files("", both, 2, "8MW", "");
	ck_assert_int_eq(reload(), 0);
	ck_assert_int_eq(
		configuration_site(engine_configuration(g.engine), "two")->pcc.import_max_w,
		8000000);
	ck_assert_uint_eq(engine_reloads(g.engine).n, 1);
	ck_assert_int_eq(engine_reloads(g.engine).since_ms, T0);
	rig_advance(&g, T0 + MS_PER_MIN);
	ck_assert_uint_gt(plan_of("one"), plan);
	/* the same promise as before */
	ck_assert_uint_eq(decision_of("one/bess").id, decision);
	f = audited();
	ck_assert_int_eq(f.n, 2);
	ck_assert_ptr_nonnull(strstr(f.last, "\"who\":\"admin\""));
	ck_assert_ptr_nonnull(strstr(f.last, "\"old_hash\":\""));
}
END_TEST

START_TEST(a_broken_file_changes_nothing_and_says_where)
{
	const struct configuration *c = engine_configuration(g.engine);
	struct fault_list faults;
	struct fault f = {0};

	write_files("plan: {period: 7min}\n", both, 2, "8MW", "");
	fault_list_init(&faults);
	ck_assert_int_eq(engine_reload(g.engine, "admin", NULL, &faults, &f), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(f.text, "main.yaml:1:16: plan.period"));
	ck_assert_uint_eq(faults.n, 1);
	fault_list_fini(&faults);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(engine_reload(g.engine, "admin", NULL, NULL, &f), -ENOENT);
	rig_settle(&g);
	ck_assert_ptr_eq(engine_configuration(g.engine), c);
	ck_assert_int_eq(audited().n, 1);
	write_files("", both, 2, "9MW", "");
}
END_TEST

START_TEST(what_is_gone_is_let_go_and_what_stays_goes_on)
{
	struct event ev = run_event("e", T0 + MS_PER_H, T0 + 2 * MS_PER_H, 100000);
	struct decision gone = decision_of("one/bess"), stays = decision_of("two/bess");
	uint64_t id, stays_id;

	ck_assert_uint_ne(gone.id, 0);
	ck_assert_uint_ne(stays.id, 0);
	snprintf(ev.site, sizeof(ev.site), "one");
	ck_assert_int_eq(engine_put_event(g.engine, &ev, "o", NULL, &id, NULL), 0);
	snprintf(ev.site, sizeof(ev.site), "two");
	snprintf(ev.external_id, sizeof(ev.external_id), "f");
	ck_assert_int_eq(engine_put_event(g.engine, &ev, "o", NULL, &stays_id, NULL), 0);
	rig_settle(&g);
	gone = decision_of("one/bess");
	stays = decision_of("two/bess");
	write_files("", both + 1, 1, "9MW", "");
	ck_assert_int_eq(reload(), 0);
	ck_assert_uint_eq(engine_configuration(g.engine)->n_sites, 1);
	ck_assert_int_eq(decision_of("one/bess").state, DECISION_SUPERSEDED);
	ck_assert_uint_eq(decision_of("one/bess").id, gone.id);
	ck_assert_uint_eq(decision_of("two/bess").id, stays.id);
	ck_assert_int_ne(decision_of("two/bess").state, DECISION_SUPERSEDED);
	ck_assert_int_eq(engine_event(g.engine, id)->phase, EVENT_CANCELLED);
	ck_assert_int_eq(engine_event(g.engine, stays_id)->phase, EVENT_ACCEPTED);
	rig_advance(&g, T0 + 3 * MS_PER_H);
	ck_assert_int_eq(engine_event(g.engine, stays_id)->phase, EVENT_COMPLETED);
	/* and back again, in another order */
	write_files("", (const char *const[]){"two", "three", "one"}, 3, "9MW", "");
	ck_assert_int_eq(reload(), 0);
	rig_advance(&g, T0 + 3 * MS_PER_H + SLOT_MS);
	ck_assert_uint_ne(plan_of("three"), 0);
	ck_assert_int_ne(decision_of("one/bess").state, DECISION_SUPERSEDED);
	ck_assert_uint_ne(decision_of("three/bess").id, 0);
	/* a restart finds all of it as it was */
	stays = decision_of("two/bess");
	rig_crash(&g);
	ck_assert_uint_eq(decision_of("two/bess").id, stays.id);
	ck_assert_uint_eq(engine_configuration(g.engine)->n_sites, 3);
}
END_TEST

static const char with_load[] = "      - {role: load.power, point: shared/load}\n";

START_TEST(a_point_that_is_bound_now_has_its_past)
{
	uint32_t point = rig_declare(&g, "s", "shared/load", UNIT_W, MS_PER_MIN);
	const char *at, *role;
	uint64_t seq = 0;

	for (int i = 0; i < 30; i++)
		ck_assert_int_eq(rig_push(&g, ++seq, point, T0 + i * MS_PER_MIN, 2e6), PUSH_TAKEN);
	rig_settle(&g);
	rig_advance(&g, T0 + 30 * MS_PER_MIN);
	engine_point_binding(g.engine, point, &at, &role);
	ck_assert_str_eq(at, "");
	write_files("", both, 1, "9MW", with_load);
	ck_assert_int_eq(reload(), 0);
	engine_point_binding(g.engine, point, &at, &role);
	ck_assert_str_eq(at, "one");
	ck_assert_str_eq(role, "load.power");
	/* what the plan starts from is what was measured before the point was bound */
	rig_advance(&g, T0 + 31 * MS_PER_MIN);
	ck_assert_int_eq(g.world.solves > 0, 1);
	write_files("", both, 1, "9MW", "");
	ck_assert_int_eq(reload(), 0);
	engine_point_binding(g.engine, point, &at, &role);
	ck_assert_str_eq(at, "");
}
END_TEST

START_TEST(a_role_of_another_unit_than_its_point_is_refused_whole)
{
	const struct configuration *c = engine_configuration(g.engine);

	rig_declare(&g, "s", "shared/load", UNIT_CELSIUS, MS_PER_MIN);
	rig_settle(&g);
	write_files("", both, 1, "9MW", with_load);
	ck_assert_int_eq(reload(), ERR_INVALID);
	ck_assert_ptr_eq(engine_configuration(g.engine), c);
	ck_assert_uint_eq(c->n_sites, 2);
	ck_assert_int_eq(audited().n, 1);
}
END_TEST

START_TEST(what_takes_a_restart_stays_as_it_is)
{
	char now[CONFIGURATION_PATH_B];
	uint8_t hash[SHA256_LEN];

	snprintf(now, sizeof(now), "%s", engine_configuration(g.engine)->settings.store.path);
	memcpy(hash, engine_configuration(g.engine)->hash, sizeof(hash));
	write_files("store: {path: elsewhere, retention: 30d}\n", both, 2, "9MW", "");
	ck_assert_int_eq(reload(), 0);
	/* nothing else changed: there was nothing to do */
	ck_assert_uint_eq(engine_reloads(g.engine).n, 0);
	write_files("store: {path: elsewhere}\nplan: {horizon: 24h}\n", both, 2, "9MW", "");
	ck_assert_int_eq(reload(), 0);
	ck_assert_uint_eq(engine_reloads(g.engine).n, 1);
	ck_assert_str_eq(engine_configuration(g.engine)->settings.store.path, now);
	ck_assert_int_eq(engine_configuration(g.engine)->settings.plan.horizon_ms, 24 * MS_PER_H);
	ck_assert_ptr_nonnull(
		strstr(engine_configuration(g.engine)->canonical, "  path: /var/lib/suandian\n"));
	ck_assert_mem_ne(engine_configuration(g.engine)->hash, hash, sizeof(hash));
}
END_TEST

START_TEST(of_many_reloads_the_last_one_holds)
{
	struct rig_answer answers[40];
	uint64_t plan = plan_of("one");
	int canceled = 0;

	for (int i = 0; i < 40; i++) {
		struct fault f = {0};
		char limit[16];

		snprintf(limit, sizeof(limit), "%dkW", 8000 + i);
		write_files("", both + i % 2, i % 2 ? 1 : 2, limit, "");
		answers[i] = rig_answer_new();
		ck_assert_int_eq(engine_reload(g.engine, "admin", &answers[i].w, NULL, &f), 0);
		for (int k = 0; k < i % 5; k++)
			world_turn(&g.world);
	}
	rig_settle(&g);
	for (int i = 0; i < 40; i++) {
		ck_assert(answers[i].done);
		ck_assert(answers[i].rc == 0 || answers[i].rc == ERR_CANCELED);
		canceled += answers[i].rc == ERR_CANCELED;
	}
	ck_assert_int_gt(canceled, 0);
	ck_assert_int_eq(answers[39].rc, 0);
	ck_assert_uint_eq(engine_configuration(g.engine)->n_sites, 1);
	ck_assert_int_eq(engine_configuration(g.engine)->sites[0].pcc.import_max_w, 8039000);
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_uint_gt(plan_of("two"), plan);
}
END_TEST

/* The process dies at every store operation of a reload: the next one starts with the files as they are. */
START_TEST(a_death_in_the_middle_of_it_loses_and_doubles_nothing)
{
	uint64_t ops = 0;

	for (uint64_t at = 0; at <= ops; at++) {
		struct found f;
		uint64_t id;

		write_files("", both, 2, "9MW", "");
		rig_fini(&g);
		rig_init_with(&g, path, true, T0);
		rig_advance(&g, T0);
		id = decision_of("two/bess").id;
		g.world.faults.crash_at = at ? g.world.store_ops + at : 0;
		if (at == 0)
			ops = g.world.store_ops;
		write_files("", both + 1, 1, "8MW", "");
		ck_assert_int_eq(engine_reload(g.engine, "admin", NULL, NULL, NULL), 0);
		for (int i = 0; i < 1000 && !g.world.crashed && world_turn(&g.world); i++) {
		}
		if (at == 0)
			ops = g.world.store_ops - ops;
		else
			ck_assert(g.world.crashed);
		g.world.faults.crash_at = 0;
		if (at > 0)
			rig_crash(&g);
		rig_advance(&g, T0 + MS_PER_MIN);
		ck_assert_uint_eq(engine_configuration(g.engine)->n_sites, 1);
		ck_assert_uint_eq(decision_of("two/bess").id, id);
		f = audited();
		ck_assert_int_eq(f.n, 2); /* told once, whoever told it */
	}
	ck_assert_uint_gt(ops, 1);
}
END_TEST

/* ---- differences ---- */

static struct configuration *load(void)
{
	struct configuration *c = NULL;
	struct fault_list faults;

	fault_list_init(&faults);
	ck_assert_int_eq(configure_load(path, &c, &faults), 0);
	fault_list_fini(&faults);
	return c;
}

START_TEST(differences_are_told_key_by_key_with_what_they_take)
{
	const struct configuration_change *changes;
	struct configuration *next;
	struct arena a;
	struct buf out;
	size_t n;

	arena_init(&a, (size_t)16 << 20);
	buf_init(&out, 0);
	write_files("store: {retention: 30d}\nplan: {horizon: 24h}\n",
		    (const char *const[]){"two", "three"}, 2, "9MW",
		    "      - {role: temperature, point: weather/t}\n");
	next = load();
	ck_assert_int_eq(configuration_diff(engine_configuration(g.engine), next, &a, &changes, &n),
			 0);
	ck_assert_int_eq(configuration_diff_print(changes, n, &out), 0);
	ck_assert_str_eq(buf_str(&out), "-store.retention: forever\n"
					"+store.retention: 30d\n"
					"   # at the next start: the store is opened at the start\n"
					"-plan.horizon: 36h\n"
					"+plan.horizon: 1d\n"
					"   # at once\n"
					"+sites[two].bindings[temperature]: (all of it)\n"
					"   # at once\n"
					"+sites[three]: (all of it)\n"
					"   # at once\n"
					"-sites[one]: (all of it)\n"
					"   # at once\n");
	buf_fini(&out);
	ck_assert_int_eq(configuration_diff(next, next, &a, &changes, &n), 0);
	ck_assert_uint_eq(n, 0);
	configuration_free(next);
	arena_fini(&a);
}
END_TEST

START_TEST(an_override_keeps_to_the_limits_of_the_configuration_in_force)
{
	struct instruction in = {.kind = INSTRUCTION_OVERRIDE,
				 .target = "one/bess",
				 .what = OVERRIDE_POWER,
				 .value_w = 900000,
				 .until_ms = T0 + 2 * MS_PER_H,
				 .who = "li",
				 .reason = "test"};
	struct fault f = {0};
	uint64_t id;

	ck_assert_int_eq(engine_instruct(g.engine, &in, NULL, &id, &f), 0);
	rig_settle(&g);
	ck_assert_int_eq(decision_of("one/bess").action.value, 900000);
	charge_max = "400kW";
	write_files("", both, 2, "9MW", "");
	ck_assert_int_eq(reload(), 0);
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_int_eq(decision_of("one/bess").action.kind, ACTION_POWER);
	ck_assert_int_eq(decision_of("one/bess").action.value, 400000);
}
END_TEST

START_TEST(a_question_under_way_is_about_the_input_that_it_began_with)
{
	static const char *const one[] = {"one"};
	static const char sun[] = "    pv: [{id: b, capacity: 1MW, curtailable: true}]\n";
	static const char more_sun[] = "    pv: [{id: a, capacity: 1MW, curtailable: true},\n"
				       "         {id: b, capacity: 1MW, curtailable: true}]\n";
	static struct whatif_answer answer;
	struct whatif_question q = {.kind = WHATIF_OUTAGE,
				    .site = "one",
				    .asset = "b",
				    .from_ms = T0,
				    .to_ms = T0 + MS_PER_H};
	struct rig_answer a = rig_answer_new();
	struct fault f = {0};

	write_files("", one, 1, "9MW", sun);
	ck_assert_int_eq(reload(), 0);
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_msg(engine_whatif(g.engine, &q, &answer, &a.w, &f) == 0, "%s", f.text);
	engine_tick(g.engine);
	/* between its two runs the asset gets another place */
	write_files("", one, 1, "9MW", more_sun);
	ck_assert_int_eq(engine_reload(g.engine, "admin", NULL, NULL, &f), 0);
	rig_settle(&g);
	ck_assert(a.done);
	ck_assert_int_eq(a.rc, 0);
	ck_assert_uint_eq(engine_reloads(g.engine).n, 2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("reload");
	TCase *t = tcase_create("reload");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, the_same_files_again_change_nothing);
	tcase_add_test(t, a_parameter_holds_at_once_and_is_planned_with);
	tcase_add_test(t, a_broken_file_changes_nothing_and_says_where);
	tcase_add_test(t, what_is_gone_is_let_go_and_what_stays_goes_on);
	tcase_add_test(t, a_point_that_is_bound_now_has_its_past);
	tcase_add_test(t, a_role_of_another_unit_than_its_point_is_refused_whole);
	tcase_add_test(t, what_takes_a_restart_stays_as_it_is);
	tcase_add_test(t, of_many_reloads_the_last_one_holds);
	tcase_add_test(t, a_death_in_the_middle_of_it_loses_and_doubles_nothing);
	tcase_add_test(t, an_override_keeps_to_the_limits_of_the_configuration_in_force);
	tcase_add_test(t, a_question_under_way_is_about_the_input_that_it_began_with);
	tcase_add_test(t, differences_are_told_key_by_key_with_what_they_take);
	suite_add_tcase(s, t);
	return run_suite(s);
}
