/* Work between sites: a job is sent, travels, is planned with where it will arrive, and goes on there; work without a
 * name likewise. Caps of single jobs; jobs through a reload. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/workload.h"
#include "rig.h"
#include "simtest/greedy.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

#define T0 (RUN_MONDAY + 8 * MS_PER_H)
#define SUB 5
#define DELAY_MS (30 * MS_PER_MIN)
/* 100 GB of it, 1 Gbit/s */
#define WIRE_MS (800 * MS_PER_S)

static const char head[] = "tariffs:\n"
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
			   "network:\n"
			   "  links:\n"
			   "    - {id: wire, from: west, to: east, rate: 1 Gbit/s, delay: 30min,\n"
			   "       price: 0.1 CNY, energy: 30Wh}\n"
			   "sites:\n";

static const char site[] = "  - id: %s\n"
			   "    zone: Asia/Shanghai\n"
			   "    tariff: flat\n"
			   "    pcc: {import_max: %s, export_max: 1MW}\n"
			   "    load: {id: it, capacity: 4MW, floor: 1MW, pue: 1.2}\n"
			   "    queues:\n"
			   "      - {id: batch, tier: F2, devices: 1000, device_power: 700W,\n"
			   "         slack: 6h, pool: p, transfer: 1000000}\n"
			   "    bindings:\n"
			   "      - {role: pcc.power, point: %s/pcc}\n"
			   "      - {role: \"queue[batch].backlog\", point: %s/backlog}\n";

static struct rig g;
static char *path;
static uint32_t backlog[2];

/* What the solver is to say, and what it was told. */
static int64_t send_ds, slow_ppm;
static struct told {
	int64_t now_ms, backlog_ds[2], arrivals_ds[2];
	int64_t arrives_ms[2]; /* the first step with any, 0 = none */
	bool transit[2];
} told;

static void write_config(const char *import_max)
{
	static const char *const names[] = {"west", "east"};
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(head, f);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		fprintf(f, site, names[i], import_max, names[i], names[i]);
	fclose(f);
}

static void note(const struct plan_input *in, int i)
{
	told.now_ms = in->now_ms;
	told.backlog_ds[i] = in->backlog_ds[0];
	told.arrivals_ds[i] = told.arrives_ms[i] = 0;
	told.transit[i] = false;
	for (uint32_t k = 0; k < in->n; k++) {
		told.arrivals_ds[i] += in->arrivals_ds[0][k];
		if (in->arrivals_ds[0][k] > 0 && told.arrives_ms[i] == 0)
			told.arrives_ms[i] = in->start_ms[k];
	}
	for (uint32_t k = 0; k < in->n_sources; k++)
		told.transit[i] |= strcmp(in->sources[k].input, "transit[batch]") == 0 &&
				   strcmp(in->sources[k].source, "orders:1") == 0;
}

/* East is the first of the region, west the second. */
enum { EAST, WEST };

static void slow_down(struct plan *p)
{
	for (uint32_t i = 0; i < p->n; i++) {
		int64_t *w = &p->assets[p->n_assets - 1].power_w[i];
		int64_t less = *w - *w * slow_ppm / PPM;

		*w -= less;
		p->pcc_w[i] -= less;
	}
}

static int solve(struct solve_job *job)
{
	int rc = greedy_solve(job);
	struct plan_move *m = ARENA_ARRAY(&job->arena, 1, struct plan_move);

	for (int i = 0; i < job->region->n_sites; i++)
		note(job->region->sites[i], i);
	if (slow_ppm)
		slow_down(job->plans[WEST]);
	if (!send_ds)
		return rc;
	*m = (struct plan_move){.slot = 0, .out = true, .work_ds = send_ds};
	snprintf(m->link, ID_MAX, "wire");
	snprintf(m->queue, ID_MAX, "batch");
	snprintf(m->other, sizeof(m->other), "east/batch");
	job->plans[WEST]->moves = m;
	job->plans[WEST]->n_moves = 1;
	return rc;
}

static uint32_t declare(const char *at)
{
	char name[64];

	snprintf(name, sizeof(name), "%s/backlog", at);
	return rig_declare(&g, "s", name, UNIT_DEVICE_SECONDS, MS_PER_MIN);
}

static void subscribe(void)
{
	ck_assert_int_eq(engine_subscribe(g.engine, SUB, NULL, 0, 0, NULL), 0);
	rig_settle(&g);
}

/* What the solver of this test says goes into force, whatever it saves. */
static void adopt_all(void)
{
	struct configuration *c = (struct configuration *)(uintptr_t)engine_configuration(g.engine);

	c->settings.plan.adopt_threshold_e4 = INT64_MIN;
}

static void begin(void)
{
	path = tmpdir_path(tmpdir_new(), "two.yaml");
	write_config("9MW");
	rig_init_with(&g, path, true, T0);
	adopt_all();
	g.world.solver = solve;
	memset(&told, 0, sizeof(told));
	send_ds = slow_ppm = 0;
	backlog[EAST] = declare("east");
	backlog[WEST] = declare("west");
	subscribe();
}

static void end(void)
{
	rig_fini(&g);
	free(path);
}

static struct compute_job job(const char *id, int64_t devices, int64_t hours)
{
	struct compute_job j = {.tier = FLEX_F2,
				.devices = devices,
				.work_ds = devices * hours * 3600,
				.deadline_ms = T0 + 20 * MS_PER_H,
				.preemptible = true,
				.migratable = true,
				.transfer_bytes = INT64_C(100000000000)};

	snprintf(j.id, sizeof(j.id), "%s", id);
	snprintf(j.site, sizeof(j.site), "west");
	snprintf(j.queue, sizeof(j.queue), "batch");
	return j;
}

static void push(const struct compute_job *jobs, size_t n)
{
	struct rig_answer w = rig_answer_new();
	struct fault f = {0};

	ck_assert_msg(engine_push_jobs(g.engine, jobs, n, &w.w, &f) == 0, "%s", f.text);
	rig_settle(&g);
	ck_assert(w.done && w.rc == 0);
}

static int tell(const char *at, const char *id, enum job_event_kind kind, int64_t t_ms)
{
	struct job_event ev = {.site = at,
			       .job = id,
			       .kind = kind,
			       .t_ms = t_ms,
			       .reason = "",
			       .to_site = kind == JOB_EVENT_MIGRATED ? "east" : "",
			       .to_queue = kind == JOB_EVENT_MIGRATED ? "batch" : ""};
	struct rig_answer w = rig_answer_new();
	int r = engine_job_events(g.engine, &ev, 1, &w.w, NULL);

	if (r == 0)
		rig_settle(&g);
	return r ? r : w.rc;
}

static bool on_info(void *arg, const struct job_info *info)
{
	*(struct compute_job *)arg = *info->job;
	return true;
}

static int look(const char *at, const char *id, struct compute_job *ret)
{
	struct job_query q = {.site = at, .queue = "", .id = id, .limit = 1};
	struct job_page page;
	struct fault f = {0};

	return engine_list_jobs(g.engine, &q, on_info, ret, &page, &f);
}

/* The newest order of that kind about a job (or "": about work of the queue); NULL = none. */
static const struct decision *last(enum action_kind kind, const char *id)
{
	for (size_t i = g.n_sent; i > 0; i--)
		if (g.sent[i - 1].action.kind == kind && strcmp(g.sent[i - 1].action.job, id) == 0)
			return &g.sent[i - 1];
	return NULL;
}

static void ack(uint64_t id, enum decision_state state)
{
	struct decision_ack a = {.id = id, .state = state, .reason = "because"};
	struct rig_answer w = rig_answer_new();

	ck_assert_int_eq(engine_ack_decision(g.engine, &a, &w.w, NULL), 0);
	rig_settle(&g);
}

/* Sent at T0 and taken; nothing more is sent. */
static const struct decision *send_one(void)
{
	struct compute_job j[2] = {job("gone", 100, 1), job("home", 100, 1)};
	const struct decision *d;

	j[1].migratable = false;
	push(j, 2);
	send_ds = INT64_C(100) * 3600;
	rig_advance(&g, T0);
	send_ds = 0;
	d = last(ACTION_MIGRATE, "gone");
	ck_assert_ptr_nonnull(d);
	ck_assert_ptr_null(last(ACTION_MIGRATE, "home"));
	return d;
}

START_TEST(a_job_is_sent_travels_and_goes_on_at_the_other_site)
{
	struct compute_job j;
	const struct decision *d = send_one();

	ck_assert_str_eq(d->asset, "west/batch");
	ck_assert_str_eq(d->action.to, "east/batch");
	ck_assert_int_eq(d->action.value, 100 * 3600);
	ck_assert_int_eq(d->valid_until_ms, DECISION_NO_TERM);
	ack(d->id, DECISION_APPLIED);
	ck_assert_int_eq(look("west", "gone", &j), 0);
	ck_assert_int_eq(j.state, JOB_MIGRATING);
	/* nobody orders it about on its way */
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_ptr_null(last(ACTION_JOB, "gone"));
	ck_assert_int_eq(tell("west", "gone", JOB_EVENT_MIGRATED, T0 + SLOT_MS), 0);
	ck_assert_int_eq(look("west", "gone", &j), ERR_NOTFOUND);
	ck_assert_int_eq(look("east", "gone", &j), 0);
	ck_assert_int_eq(j.state, JOB_PENDING);
	ck_assert_int_eq(j.work_ds, 100 * 3600);
	/* told again: nothing; and a restart finds it there */
	ck_assert_int_eq(tell("west", "gone", JOB_EVENT_MIGRATED, T0 + SLOT_MS), 0);
	rig_crash(&g);
	adopt_all();
	subscribe();
	ck_assert_int_eq(look("west", "gone", &j), ERR_NOTFOUND);
	ck_assert_int_eq(look("east", "gone", &j), 0);
	rig_advance(&g, T0 + 2 * SLOT_MS);
	ck_assert_int_eq(told.backlog_ds[EAST], 100 * 3600);
	d = last(ACTION_JOB, "gone");
	ck_assert_ptr_nonnull(d);
	ck_assert_int_eq(d->action.verb, VERB_START);
	ck_assert_str_eq(d->asset, "east/batch");
}
END_TEST

START_TEST(a_job_on_its_way_is_planned_with_where_it_will_be)
{
	ack(send_one()->id, DECISION_APPLIED);
	for (int i = 1; i < 5; i++) {
		/* 30 min and 800 s after it left; late, it comes any time */
		int64_t there = T0 + DELAY_MS + WIRE_MS, now = T0 + i * SLOT_MS;

		if (i == 3) {
			rig_crash(&g);
			adopt_all();
			subscribe();
		}
		rig_advance(&g, now);
		ck_assert_int_eq(told.now_ms, now);
		ck_assert_int_le(told.backlog_ds[WEST], 100 * 3600);
		ck_assert_int_eq(told.arrivals_ds[WEST], 0);
		ck_assert_int_eq(told.backlog_ds[EAST], 0);
		ck_assert_int_eq(told.arrivals_ds[EAST], 100 * 3600);
		ck_assert_int_eq(told.arrives_ms[EAST], max_i64(slot_floor(there) + SLOT_MS, now));
		ck_assert(told.transit[EAST]);
		ck_assert(!told.transit[WEST]);
	}
	ck_assert_int_eq(tell("west", "gone", JOB_EVENT_MIGRATED, T0 + 4 * SLOT_MS), 0);
	rig_advance(&g, T0 + 5 * SLOT_MS);
	ck_assert_int_eq(told.arrivals_ds[EAST], 0);
	ck_assert_int_eq(told.backlog_ds[EAST], 100 * 3600);
	ck_assert(!told.transit[EAST]);
}
END_TEST

START_TEST(a_job_that_stays_after_all_arrives_nowhere)
{
	struct compute_job j;

	ack(send_one()->id, DECISION_REJECTED);
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_int_eq(told.arrivals_ds[EAST], 0);
	ck_assert_int_eq(look("west", "gone", &j), 0);
	ck_assert_int_ne(j.state, JOB_MIGRATING);
}
END_TEST

START_TEST(work_without_a_name_arrives_once)
{
	struct rig_answer a = rig_answer_new();
	const struct decision *d;
	int64_t work = 9000; /* 72 s on the wire */

	rig_push(&g, 1, backlog[WEST], T0, 50000);
	rig_push(&g, 2, backlog[EAST], T0, 1000);
	rig_settle(&g);
	send_ds = work;
	rig_advance(&g, T0);
	send_ds = 0;
	d = last(ACTION_MIGRATE, "");
	ck_assert_ptr_nonnull(d);
	/* not taken: it is at home */
	rig_advance(&g, T0 + MS_PER_MIN);
	ck_assert_int_eq(engine_replan(g.engine, "west", &a.w, NULL), 0);
	rig_settle(&g);
	ck_assert_int_eq(told.arrivals_ds[EAST], 0);
	ack(d->id, DECISION_APPLIED);
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_int_eq(told.arrivals_ds[EAST], work);
	ck_assert_int_eq(told.arrives_ms[EAST], T0 + 3 * SLOT_MS);
	ck_assert(told.transit[EAST]);
	rig_crash(&g);
	adopt_all();
	subscribe();
	rig_advance(&g, T0 + 2 * SLOT_MS);
	ck_assert_int_eq(told.arrivals_ds[EAST], work);
	/* then the meter has it */
	rig_push(&g, 3, backlog[EAST], T0 + 3 * SLOT_MS, 10000);
	rig_settle(&g);
	rig_advance(&g, T0 + 3 * SLOT_MS);
	ck_assert_int_eq(told.arrivals_ds[EAST], 0);
	ck_assert_int_eq(told.backlog_ds[EAST], 10000);
}
END_TEST

/* ---- Caps ------------------------------------------------------------------------------------------ */

START_TEST(less_power_than_a_job_wants_caps_it_with_a_lease_and_more_lets_it_go)
{
	struct compute_job j = job("slow", 500, 4), now;
	const struct decision *d;

	push(&j, 1);
	rig_advance(&g, T0);
	d = last(ACTION_JOB, "slow");
	ck_assert_ptr_nonnull(d);
	ck_assert_int_eq(d->action.verb, VERB_START);
	ack(d->id, DECISION_APPLIED);
	/* once it ran for a while it may be touched; four fifths: a job of tier F2 bears a quarter less */
	rig_advance(&g, T0 + MS_PER_H - SLOT_MS);
	slow_ppm = 800000;
	rig_advance(&g, T0 + MS_PER_H);
	d = last(ACTION_JOB, "slow");
	ck_assert_int_eq(d->action.verb, VERB_CAP);
	ck_assert_int_ge(d->action.value, 500 * 700 * 3 / 4);
	ck_assert_int_le(d->action.value, 500 * 700 * 4 / 5);
	ck_assert_int_eq(d->fallback.verb, VERB_RESUME);
	ck_assert_int_gt(d->valid_until_ms, T0 + MS_PER_H + SLOT_MS);
	ck_assert_int_lt(d->valid_until_ms, T0 + MS_PER_H + 2 * SLOT_MS);
	ack(d->id, DECISION_APPLIED);
	ck_assert_int_eq(look("west", "slow", &now), 0);
	ck_assert_int_eq(now.cap_w, d->action.value);
	/* what it does meanwhile is counted at its pace: what is left is 11.2 slots, made whole */
	rig_advance(&g, T0 + MS_PER_H + SLOT_MS);
	ck_assert_int_eq(told.backlog_ds[WEST], 500 * 12 * 900);
	slow_ppm = 0;
	rig_advance(&g, T0 + MS_PER_H + 2 * SLOT_MS);
	d = last(ACTION_JOB, "slow");
	ck_assert_int_eq(d->action.verb, VERB_RESUME);
	ck_assert_int_eq(d->valid_until_ms, DECISION_NO_TERM);
	ack(d->id, DECISION_APPLIED);
	ck_assert_int_eq(look("west", "slow", &now), 0);
	ck_assert_int_eq(now.cap_w, 0);
	ck_assert_int_eq(now.state, JOB_RUNNING);
}
END_TEST

/* ---- Reload ---------------------------------------------------------------------------------------- */

static void reload(void)
{
	struct rig_answer a = rig_answer_new();
	struct fault f = {0};

	ck_assert_msg(engine_reload(g.engine, "admin", &a.w, NULL, &f) == 0, "%s", f.text);
	rig_settle(&g);
	ck_assert(a.done && a.rc == 0);
}

static int starts(const char *id)
{
	uint64_t seen = 0;
	int n = 0;

	for (size_t i = 0; i < g.n_sent; i++) {
		const struct decision *d = &g.sent[i];

		if (d->action.kind == ACTION_JOB && d->action.verb == VERB_START &&
		    strcmp(d->action.job, id) == 0 && d->id > seen) {
			seen = d->id;
			n++;
		}
	}
	return n;
}

START_TEST(jobs_go_through_a_reload_and_none_is_started_again)
{
	struct compute_job j[2] = {job("a", 100, 3), job("b", 100, 3)}, was, is;

	push(j, 2);
	rig_advance(&g, T0);
	ack(last(ACTION_JOB, "a")->id, DECISION_APPLIED);
	ck_assert_int_eq(look("west", "a", &was), 0);
	write_config("8MW");
	reload();
	ck_assert_uint_eq(engine_reloads(g.engine).n, 1);
	ck_assert_int_eq(look("west", "a", &is), 0);
	ck_assert_mem_eq(&is, &was, sizeof(is));
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_int_eq(starts("a"), 1);
	ck_assert_int_eq(starts("b"), 1);
	/* the one not answered before is answered after; what it did is not known */
	ack(last(ACTION_JOB, "b")->id, DECISION_APPLIED);
	ck_assert_int_eq(look("west", "b", &is), 0);
	ck_assert_int_eq(is.state, JOB_RUNNING);
	ck_assert_int_eq(told.backlog_ds[WEST], 100 * 3 * 3600 * 2 - 100 * 900);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine_moves");
	TCase *t = tcase_create("moves");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, a_job_is_sent_travels_and_goes_on_at_the_other_site);
	tcase_add_test(t, a_job_on_its_way_is_planned_with_where_it_will_be);
	tcase_add_test(t, a_job_that_stays_after_all_arrives_nowhere);
	tcase_add_test(t, work_without_a_name_arrives_once);
	tcase_add_test(t, less_power_than_a_job_wants_caps_it_with_a_lease_and_more_lets_it_go);
	tcase_add_test(t, jobs_go_through_a_reload_and_none_is_started_again);
	suite_add_tcase(s, t);
	return run_suite(s);
}
