/* Overrides, availability, modes, the second person: what holds for the assets, at once and after a restart. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/operator.h"
#include "rig.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

#define T0 (RUN_MONDAY + 18 * MS_PER_H)
#define BESS "hongyuan/bess"
#define BATCH "hongyuan/batch"

static struct rig g;
static struct fault fault;

static void start_with(const char *path)
{
	if (path)
		rig_init_with(&g, path, true, T0);
	else
		rig_init(&g, true, T0);
	rig_advance(&g, T0 + MS_PER_MIN);
}

static void begin(void)
{
	start_with(NULL);
}

static void end(void)
{
	rig_fini(&g);
}

static int instruct(const struct instruction *in, uint64_t *ret_id)
{
	struct rig_answer a = rig_answer_new();
	int r;

	fault = (struct fault){0};
	r = engine_instruct(g.engine, in, &a.w, ret_id, &fault);
	if (r)
		return r;
	ck_assert(!a.done);
	rig_settle(&g);
	ck_assert(a.done);
	return a.rc;
}

static struct instruction override(const char *asset, enum override_what what, int64_t value_w,
				   int64_t until_ms)
{
	struct instruction in = {.kind = INSTRUCTION_OVERRIDE,
				 .what = what,
				 .value_w = value_w,
				 .until_ms = until_ms,
				 .who = "li",
				 .reason = "test"};

	snprintf(in.target, sizeof(in.target), "%s", asset);
	return in;
}

struct seek {
	const char *asset;
	struct decision found;
};

static bool take_open(void *arg, const struct decision *d)
{
	struct seek *s = arg;

	if (strcmp(d->asset, s->asset) != 0 || d->state > DECISION_VERIFIED)
		return true;
	s->found = *d;
	return false;
}

/* The decision in force; id 0 = none. */
static struct decision now_of(const char *asset)
{
	struct seek s = {.asset = asset};
	struct decision_query q = {.asset = asset, .limit = 100};

	ck_assert_int_eq(engine_list_decisions(g.engine, &q, take_open, &s), 0);
	return s.found;
}

static uint64_t put_power(int64_t value_w, int64_t until_ms)
{
	struct instruction in = override(BESS, OVERRIDE_POWER, value_w, until_ms);
	uint64_t id = 0;
	int r = instruct(&in, &id);

	ck_assert_msg(r == 0, "%s", fault.text);
	return id;
}

START_TEST(an_override_decides_at_once_and_its_end_reverts_by_itself)
{
	int64_t until = T0 + 40 * MS_PER_MIN;
	uint64_t id = put_power(1500000, until);
	struct decision d = now_of(BESS);

	ck_assert_int_eq(d.action.kind, ACTION_POWER);
	ck_assert_int_eq(d.action.value, 1500000);
	ck_assert_int_eq(d.reason.code, REASON_OVERRIDE);
	ck_assert_str_eq(d.reason.limit, "override:1");
	rig_advance(&g, until - 1);
	d = now_of(BESS);
	ck_assert_int_eq(d.action.value, 1500000);
	ck_assert_int_gt(d.valid_until_ms, until - 1);
	rig_advance(&g, until);
	ck_assert_int_eq(engine_instruction(g.engine, id)->state, INSTRUCTION_EXPIRED);
	d = now_of(BESS);
	ck_assert_uint_ne(d.id, 0);
	ck_assert_int_ne(d.reason.code, REASON_OVERRIDE);
	ck_assert_int_eq(d.issued_ms, until);
}
END_TEST

START_TEST(an_override_survives_a_crash)
{
	int64_t until = T0 + 3 * MS_PER_H;
	uint64_t id = put_power(-1000000, until);

	rig_crash(&g);
	ck_assert_int_eq(engine_instruction(g.engine, id)->state, INSTRUCTION_IN_FORCE);
	ck_assert_int_eq(now_of(BESS).action.value, -1000000);
	rig_advance(&g, T0 + 2 * MS_PER_H);
	ck_assert_int_eq(now_of(BESS).action.value, -1000000);
	ck_assert_str_eq(engine_override_of(g.engine, BESS)->who, "li");
	rig_advance(&g, until);
	ck_assert_ptr_null(engine_override_of(g.engine, BESS));
	rig_crash(&g);
	ck_assert_ptr_null(engine_override_of(g.engine, BESS));
	ck_assert_uint_eq(put_power(0, until + MS_PER_H), id + 1);
}
END_TEST

static int no_plan(struct solve_job *job)
{
	fault_set(&job->fault, ERR_SOLVER, "none today");
	return ERR_SOLVER;
}

START_TEST(an_override_holds_without_any_plan)
{
	g.world.solver = no_plan;
	rig_advance(&g, T0 + 2 * MS_PER_DAY); /* the last plan ran out */
	ck_assert_uint_eq(now_of(BESS).id, 0);
	put_power(-700000, T0 + 2 * MS_PER_DAY + 2 * MS_PER_H);
	ck_assert_int_eq(now_of(BESS).action.value, -700000);
	rig_advance(&g, T0 + 2 * MS_PER_DAY + MS_PER_H);
	ck_assert_int_eq(now_of(BESS).action.value, -700000);
}
END_TEST

START_TEST(where_no_plan_covers_the_time_the_override_is_why)
{
	struct arena a;
	struct why why;

	arena_init(&a, (size_t)16 << 20);
	g.world.solver = no_plan;
	rig_advance(&g, T0 + 2 * MS_PER_DAY);
	ck_assert_int_eq(engine_explain(g.engine, BESS, 0, 0, &a, &why), ERR_NODATA);
	put_power(-700000, T0 + 2 * MS_PER_DAY + 2 * MS_PER_H);
	ck_assert_int_eq(engine_explain(g.engine, BESS, 0, 0, &a, &why), 0);
	ck_assert_uint_eq(why.plan->id, 0);
	ck_assert_int_eq(why.power_w, -700000);
	ck_assert_uint_eq(why.n_says, 1);
	ck_assert_ptr_nonnull(strstr(why.text_en, "override 1"));
	ck_assert_ptr_nonnull(strstr(why.headline, "override:1"));
	/* and nothing for what nobody spoke about */
	ck_assert_int_eq(engine_explain(g.engine, BATCH, 0, 0, &a, &why), ERR_NODATA);
	arena_fini(&a);
}
END_TEST

START_TEST(the_latest_wins_and_the_older_says_by_which)
{
	uint64_t one = put_power(1000000, T0 + 2 * MS_PER_H);
	uint64_t two = put_power(2000000, T0 + MS_PER_H);
	const struct instruction *first = engine_instruction(g.engine, one);

	ck_assert_int_eq(first->state, INSTRUCTION_SUPERSEDED);
	ck_assert_uint_eq(first->successor, two);
	ck_assert_ptr_nonnull(strstr(first->text, "number 2"));
	ck_assert_int_eq(now_of(BESS).action.value, 2000000);
	rig_advance(&g, T0 + MS_PER_H);
	/* the older one does not come back */
	ck_assert_int_ne(now_of(BESS).reason.code, REASON_OVERRIDE);
}
END_TEST

START_TEST(a_cancelled_override_gives_the_plan_its_say_at_once)
{
	uint64_t id = put_power(1000000, T0 + 2 * MS_PER_H);

	ck_assert_int_eq(engine_cancel_instruction(g.engine, id, "wang", "done", NULL, NULL), 0);
	rig_settle(&g);
	ck_assert_int_ne(now_of(BESS).reason.code, REASON_OVERRIDE);
	ck_assert_str_eq(engine_instruction(g.engine, id)->ended_by, "wang");
	ck_assert_int_eq(engine_cancel_instruction(g.engine, id, "wang", "", NULL, NULL),
			 ERR_STATE);
	ck_assert_int_eq(engine_cancel_instruction(g.engine, 99, "wang", "", NULL, NULL),
			 ERR_NOTFOUND);
}
END_TEST

START_TEST(limits_are_refused_with_their_value)
{
	static const struct {
		const char *asset;
		enum override_what what;
		int64_t value_w;
		const char *says;
	} cases[] = {
		{BESS, OVERRIDE_POWER, 4000001, "charge_max, 4.000 MW"},
		{BESS, OVERRIDE_POWER, -5000000, "discharge_max"},
		{BESS, OVERRIDE_CAP, 1000, "power or release"},
		{"hongyuan/pv1", OVERRIDE_CAP, 13000000, "12.00 MW"},
		{"hongyuan/pv1", OVERRIDE_POWER, 1, "a cap or release"},
		{BATCH, OVERRIDE_CAP, 2800001, "2.800 MW"},
		{BATCH, OVERRIDE_CAP, -1, "a magnitude"},
		{"hongyuan/it", OVERRIDE_CAP, 1, "no orders"},
		{"hongyuan/none", OVERRIDE_CAP, 1, "no such asset"},
		{"other/bess", OVERRIDE_POWER, 1, "no asset"},
	};
	uint64_t id;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct instruction in =
			override(cases[i].asset, cases[i].what, cases[i].value_w, T0 + MS_PER_H);

		ck_assert_int_ne(instruct(&in, &id), 0);
		ck_assert_msg(strstr(fault.text, cases[i].says) != NULL, "%s: not \"%s\"",
			      fault.text, cases[i].says);
	}
}
END_TEST

START_TEST(an_end_and_a_reason_are_compulsory)
{
	struct instruction in = override(BESS, OVERRIDE_POWER, 0, INT64_MAX);
	uint64_t id;

	ck_assert_int_eq(instruct(&in, &id), ERR_INVALID);
	in.until_ms = T0;
	ck_assert_int_eq(instruct(&in, &id), ERR_INVALID);
	in.until_ms = T0 + 2 * MS_PER_DAY;
	ck_assert_int_eq(instruct(&in, &id), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(fault.text, "1440 min"));
	in.until_ms = T0 + MS_PER_H;
	in.reason[0] = '\0';
	ck_assert_int_eq(instruct(&in, &id), ERR_INVALID);
}
END_TEST

START_TEST(a_store_gives_nothing_below_its_protected_reserve)
{
	uint32_t soc = rig_declare(&g, "s", "hongyuan/bess.soc", UNIT_PERCENT, MS_PER_MIN);
	struct instruction in = override(BESS, OVERRIDE_POWER, -4000000, T0 + MS_PER_H);
	struct decision d;
	uint64_t id;

	/* the reserve is 1.6 of 8 MWh */
	rig_push(&g, 1, soc, T0 + MS_PER_MIN, 20);
	rig_settle(&g);
	ck_assert_int_eq(instruct(&in, &id), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(fault.text, "protected reserve of 1600 kWh"));
	/* 0.4 MWh above it last 15 minutes at 1.52 MW and no more */
	rig_push(&g, 2, soc, T0 + 15 * MS_PER_MIN, 25);
	rig_advance(&g, T0 + 15 * MS_PER_MIN);
	ck_assert_msg(instruct(&in, &id) == 0, "%s", fault.text);
	d = now_of(BESS);
	ck_assert_int_eq(d.action.value, -1520000);
	ck_assert_int_eq(d.reason.code, REASON_OVERRIDE);
}
END_TEST

static struct instruction outage(bool out, int64_t until_ms)
{
	struct instruction in = {.kind = INSTRUCTION_AVAILABILITY,
				 .out = out,
				 .until_ms = until_ms,
				 .who = "zhao",
				 .reason = "generator test",
				 .target = BESS};

	return in;
}

START_TEST(an_asset_goes_out_of_service_and_comes_back_by_itself)
{
	int64_t until = T0 + 2 * MS_PER_H;
	struct instruction in = outage(true, until);
	uint64_t id;

	ck_assert_int_eq(instruct(&in, &id), 0);
	ck_assert_int_eq(now_of(BESS).action.kind, ACTION_RELEASE);
	ck_assert_str_eq(now_of(BESS).reason.limit, "availability:1");
	ck_assert_uint_eq(engine_outage_of(g.engine, BESS)->id, id);
	rig_crash(&g);
	rig_advance(&g, until - 1);
	ck_assert_int_eq(now_of(BESS).action.kind, ACTION_RELEASE);
	rig_advance(&g, until);
	ck_assert_ptr_null(engine_outage_of(g.engine, BESS));
	ck_assert_int_eq(now_of(BESS).action.kind, ACTION_POWER);
}
END_TEST

START_TEST(an_outage_may_be_ended_before_its_time)
{
	struct instruction in = outage(true, T0 + 2 * MS_PER_H), back = outage(false, 0);
	uint64_t id, end_id;

	ck_assert_int_eq(instruct(&in, &id), 0);
	ck_assert_int_eq(instruct(&back, &end_id), 0);
	ck_assert_int_eq(engine_instruction(g.engine, id)->state, INSTRUCTION_SUPERSEDED);
	ck_assert_int_eq(engine_instruction(g.engine, end_id)->state, INSTRUCTION_DONE);
	ck_assert_int_eq(now_of(BESS).action.kind, ACTION_POWER);
}
END_TEST

static uint64_t set_mode(const char *site, enum site_mode mode)
{
	struct instruction in = {
		.kind = INSTRUCTION_MODE, .mode = mode, .who = "chen", .reason = "test"};
	uint64_t id = 0;

	snprintf(in.target, sizeof(in.target), "%s", site);
	ck_assert_int_eq(instruct(&in, &id), 0);
	return id;
}

START_TEST(advisory_releases_hold_renews_auto_plans_again)
{
	struct decision before, d;

	set_mode("hongyuan", MODE_ADVISORY);
	ck_assert_int_eq(now_of(BESS).action.kind, ACTION_RELEASE);
	ck_assert_int_eq(now_of(BATCH).action.kind, ACTION_RELEASE);
	rig_crash(&g);
	ck_assert_int_eq(engine_mode_of(g.engine, "hongyuan", NULL), MODE_ADVISORY);
	rig_advance(&g, T0 + MS_PER_H);
	ck_assert_int_eq(now_of(BESS).action.kind, ACTION_RELEASE);
	set_mode("", MODE_AUTO); /* a word for all ends it */
	ck_assert_int_eq(engine_mode_of(g.engine, "hongyuan", NULL), MODE_AUTO);
	before = now_of(BESS);
	ck_assert_int_eq(before.action.kind, ACTION_POWER);
	set_mode("hongyuan", MODE_HOLD);
	rig_advance(&g, T0 + 6 * MS_PER_H);
	d = now_of(BESS);
	ck_assert_uint_eq(d.id, before.id);
	ck_assert_int_gt(d.valid_until_ms, T0 + 6 * MS_PER_H);
	/* an override goes before a mode */
	put_power(-300000, T0 + 7 * MS_PER_H);
	ck_assert_int_eq(now_of(BESS).action.value, -300000);
}
END_TEST

START_TEST(an_override_that_ended_does_not_live_on_in_hold)
{
	int64_t until = T0 + 40 * MS_PER_MIN;
	struct decision d;

	set_mode("hongyuan", MODE_HOLD);
	put_power(-1000000, until);
	ck_assert_int_eq(now_of(BESS).action.value, -1000000);
	rig_advance(&g, until);
	d = now_of(BESS);
	ck_assert_int_eq(d.action.kind, ACTION_RELEASE);
	ck_assert_ptr_nonnull(strstr(d.reason.limit, "mode:"));
	/* and that is what is held from then on */
	rig_advance(&g, until + MS_PER_H);
	ck_assert_uint_eq(now_of(BESS).id, d.id);
	ck_assert_int_gt(now_of(BESS).valid_until_ms, until + MS_PER_H);
}
END_TEST

START_TEST(an_active_events_shortfall_is_stated_anew)
{
	int64_t start = T0 + 30 * MS_PER_MIN;
	struct event ev = run_event("e1", start, start + 4 * SLOT_MS, 1000000);
	struct instruction in = outage(true, start + 2 * MS_PER_H);
	int64_t before;
	uint64_t id, out;

	ck_assert_int_eq(engine_put_event(g.engine, &ev, "grid", NULL, &id, &fault), 0);
	rig_settle(&g);
	rig_advance(&g, start + MS_PER_MIN);
	ck_assert_int_eq(engine_event(g.engine, id)->phase, EVENT_ACTIVE);
	before = engine_event(g.engine, id)->shortfall_wh;
	ck_assert_int_eq(instruct(&in, &out), 0);
	ck_assert_int_ge(engine_event(g.engine, id)->shortfall_wh, before);
	/* it was said at that moment, from a plan of that moment */
	ck_assert_int_eq(now_of(BESS).action.kind, ACTION_RELEASE);
}
END_TEST

/* ---- the second person ---- */

static char *with_approval(void)
{
	const char *source = getenv("SUANDIAN_SOURCE");
	char *dir = strdup(tmpdir_new());
	char *path = tmpdir_path(dir, "suandian.yaml");
	FILE *f = fopen(path, "we");

	ck_assert_ptr_nonnull(f);
	fprintf(f,
		"include:\n"
		"  - %s/config/sichuan/tariffs.d/sc-tou-2023.yaml\n"
		"  - %s/config/examples/sichuan-one/sites.d/hongyuan.yaml\n"
		"approval: {above: 2MW, verbs: [override, availability, event, mode], term: 30min}\n",
		source, source);
	fclose(f);
	free(dir);
	return path;
}

static int decide(uint64_t id, const char *who, bool refuse)
{
	struct rig_answer a = rig_answer_new();
	struct verdict v = {.id = id, .who = who, .refuse = refuse, .reason = "seen"};
	int r;

	fault = (struct fault){0};
	r = engine_approve(g.engine, &v, &a.w, &fault);
	if (r)
		return r;
	rig_settle(&g);
	return a.done ? a.rc : -1;
}

static int cancel_event(const struct event_cancel *c, uint64_t *ret_id)
{
	struct rig_answer a = rig_answer_new();
	int r = engine_cancel_event(g.engine, c, &a.w, ret_id, &fault);

	if (r)
		return r;
	rig_settle(&g);
	return a.done ? a.rc : -1;
}

static void begin_strict(void)
{
	char *path = with_approval();

	start_with(path);
	free(path);
}

START_TEST(what_is_large_waits_for_a_second_person)
{
	uint64_t small = put_power(2000000, T0 + MS_PER_H);
	uint64_t large = put_power(3000000, T0 + MS_PER_H);

	ck_assert_int_eq(engine_instruction(g.engine, small)->state, INSTRUCTION_IN_FORCE);
	ck_assert_int_eq(engine_instruction(g.engine, large)->state, INSTRUCTION_PENDING);
	ck_assert_int_eq(now_of(BESS).action.value, 2000000);
	ck_assert_int_eq(decide(large, "li", false), ERR_DENIED);
	ck_assert_ptr_nonnull(strstr(fault.text, "second person"));
	rig_crash(&g);
	ck_assert_int_eq(engine_instruction(g.engine, large)->state, INSTRUCTION_PENDING);
	ck_assert_int_eq(decide(large, "wang", false), 0);
	ck_assert_int_eq(engine_instruction(g.engine, large)->state, INSTRUCTION_IN_FORCE);
	ck_assert_str_eq(engine_instruction(g.engine, large)->by, "wang");
	ck_assert_int_eq(engine_instruction(g.engine, small)->state, INSTRUCTION_SUPERSEDED);
	ck_assert_int_eq(now_of(BESS).action.value, 3000000);
	ck_assert_int_eq(decide(large, "wang", false), ERR_STATE);
}
END_TEST

START_TEST(what_nobody_decides_lapses_and_what_is_refused_ends)
{
	uint64_t one = put_power(3000000, T0 + MS_PER_H);
	uint64_t two = put_power(3500000, T0 + MS_PER_H);

	ck_assert_int_eq(decide(one, "wang", true), 0);
	ck_assert_int_eq(engine_instruction(g.engine, one)->state, INSTRUCTION_REFUSED);
	rig_advance(&g, T0 + 31 * MS_PER_MIN);
	ck_assert_int_eq(engine_instruction(g.engine, two)->state, INSTRUCTION_LAPSED);
	ck_assert_int_eq(decide(two, "wang", false), ERR_STATE);
	ck_assert_int_ne(now_of(BESS).reason.code, REASON_OVERRIDE);
}
END_TEST

START_TEST(a_large_event_is_issued_when_it_is_approved)
{
	struct event ev = run_event("e9", T0 + 2 * MS_PER_H, T0 + 3 * MS_PER_H, 3000000);
	struct instruction in = {.kind = INSTRUCTION_EVENT, .event = &ev, .who = "li"};
	const struct instruction *done;
	uint64_t id;

	snprintf(in.target, sizeof(in.target), "%s", ev.site);
	ck_assert_int_eq(instruct(&in, &id), 0);
	ck_assert_ptr_null(engine_event(g.engine, 1));
	rig_crash(&g);
	ck_assert_int_eq(decide(id, "wang", false), 0);
	done = engine_instruction(g.engine, id);
	ck_assert_int_eq(done->state, INSTRUCTION_DONE);
	ck_assert_int_eq(engine_event(g.engine, done->successor)->phase, EVENT_ACCEPTED);
	ck_assert_str_eq(engine_event(g.engine, done->successor)->moves[0].who, "li");
	/* what is small is for put_event() */
	ev.target_w = 1000000;
	ck_assert_int_eq(instruct(&in, &id), ERR_STATE);
}
END_TEST

START_TEST(an_event_that_is_cancelled_waits_no_longer)
{
	struct event ev = run_event("e9", T0 + 2 * MS_PER_H, T0 + 3 * MS_PER_H, 3000000);
	struct event_cancel c = {
		.source = ev.source, .external_id = "e9", .who = "grid", .reason = "no"};
	struct instruction in = {.kind = INSTRUCTION_EVENT, .event = &ev, .who = "li"};
	uint64_t first, second, event = 0;

	snprintf(in.target, sizeof(in.target), "%s", ev.site);
	ck_assert_int_eq(instruct(&in, &first), 0);
	ck_assert_int_eq(cancel_event(&c, &event), 0);
	ck_assert_uint_eq(event, 0);
	ck_assert_int_eq(engine_instruction(g.engine, first)->state, INSTRUCTION_CANCELLED);
	ck_assert_str_eq(engine_instruction(g.engine, first)->ended_by, "grid");
	ck_assert_int_eq(decide(first, "wang", false), ERR_STATE);
	ck_assert_int_eq(cancel_event(&c, &event), ERR_NOTFOUND);
	/* a later revision that needs nobody takes the place of one that waits */
	ck_assert_int_eq(instruct(&in, &first), 0);
	ev.revision++;
	ev.target_w = 1000000;
	ck_assert_int_eq(engine_put_event(g.engine, &ev, "grid", NULL, &event, &fault), 0);
	rig_settle(&g);
	ck_assert_int_eq(engine_instruction(g.engine, first)->state, INSTRUCTION_CANCELLED);
	/* one in force and one that waits are both cancelled */
	ev.revision++;
	ev.target_w = 3000000;
	ck_assert_int_eq(instruct(&in, &second), 0);
	ck_assert_int_eq(cancel_event(&c, &event), 0);
	ck_assert_uint_ne(event, 0);
	ck_assert_int_eq(engine_event(g.engine, event)->phase, EVENT_CANCELLED);
	ck_assert_int_eq(engine_instruction(g.engine, second)->state, INSTRUCTION_CANCELLED);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine_operator");
	TCase *t = tcase_create("holds"), *strict = tcase_create("second person");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, an_override_decides_at_once_and_its_end_reverts_by_itself);
	tcase_add_test(t, an_override_survives_a_crash);
	tcase_add_test(t, an_override_holds_without_any_plan);
	tcase_add_test(t, where_no_plan_covers_the_time_the_override_is_why);
	tcase_add_test(t, the_latest_wins_and_the_older_says_by_which);
	tcase_add_test(t, a_cancelled_override_gives_the_plan_its_say_at_once);
	tcase_add_test(t, limits_are_refused_with_their_value);
	tcase_add_test(t, an_end_and_a_reason_are_compulsory);
	tcase_add_test(t, a_store_gives_nothing_below_its_protected_reserve);
	tcase_add_test(t, an_asset_goes_out_of_service_and_comes_back_by_itself);
	tcase_add_test(t, an_outage_may_be_ended_before_its_time);
	tcase_add_test(t, advisory_releases_hold_renews_auto_plans_again);
	tcase_add_test(t, an_override_that_ended_does_not_live_on_in_hold);
	tcase_add_test(t, an_active_events_shortfall_is_stated_anew);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(strict, begin_strict, end);
	tcase_set_timeout(strict, 60);
	tcase_add_test(strict, what_is_large_waits_for_a_second_person);
	tcase_add_test(strict, what_nobody_decides_lapses_and_what_is_refused_ends);
	tcase_add_test(strict, a_large_event_is_issued_when_it_is_approved);
	tcase_add_test(strict, an_event_that_is_cancelled_waits_no_longer);
	suite_add_tcase(s, strict);
	return run_suite(s);
}
