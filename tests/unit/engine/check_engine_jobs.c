/* Jobs: pushed, planned, started once, told about, kept over restarts. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/operator.h"
#include "engine/workload.h"
#include "rig.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

#define T0 RUN_MONDAY /* midnight: the valley */
#define SUB 5
#define SITE "hongyuan"
#define QUEUE "hongyuan/batch"

static struct rig g;
static struct fault fault;

static struct compute_job job(const char *id, int64_t devices, int64_t hours, int64_t deadline_h)
{
	struct compute_job j = {
		.tier = FLEX_F2,
		.devices = devices,
		.work_ds = devices * hours * 3600,
		.deadline_ms = T0 + deadline_h * MS_PER_H,
		.preemptible = true,
	};

	snprintf(j.id, sizeof(j.id), "%s", id);
	snprintf(j.site, sizeof(j.site), SITE);
	snprintf(j.queue, sizeof(j.queue), "batch");
	return j;
}

static int push(const struct compute_job *jobs, size_t n)
{
	struct rig_answer w = rig_answer_new();
	int r;

	fault = (struct fault){0};
	r = engine_push_jobs(g.engine, jobs, n, &w.w, &fault);
	if (r)
		return r;
	rig_settle(&g);
	ck_assert(w.done);
	return w.rc;
}

static void push_one(const struct compute_job *j)
{
	ck_assert_msg(push(j, 1) == 0, "%s", fault.text);
}

static int tell(const char *id, enum job_event_kind kind, int64_t t_ms, int64_t work_ds)
{
	struct job_event ev = {.site = SITE,
			       .job = id,
			       .kind = kind,
			       .t_ms = t_ms,
			       .has_work = work_ds >= 0,
			       .work_ds = work_ds,
			       .reason = "",
			       .to_site = "",
			       .to_queue = ""};
	struct rig_answer w = rig_answer_new();
	int r;

	fault = (struct fault){0};
	r = engine_job_events(g.engine, &ev, 1, &w.w, &fault);
	if (r)
		return r;
	rig_settle(&g);
	ck_assert(w.done);
	return w.rc;
}

struct listed {
	int n;
	struct job_info at[16];
	struct compute_job job[16];
};

static bool on_info(void *arg, const struct job_info *info)
{
	struct listed *l = arg;

	ck_assert_int_lt(l->n, 16);
	l->at[l->n] = *info;
	l->job[l->n++] = *info->job;
	return true;
}

static struct listed list(const struct job_query *q, struct job_page *page)
{
	struct listed l = {0};
	struct fault f = {0};

	ck_assert_msg(engine_list_jobs(g.engine, q, on_info, &l, page, &f) == 0, "%s", f.text);
	return l;
}

static struct job_query query(void)
{
	return (struct job_query){.site = SITE, .queue = "", .id = "", .limit = 16};
}

static struct job_info look(const char *id, struct compute_job *ret)
{
	struct job_query q = query();
	struct job_page page;
	struct listed l;

	q.id = id;
	l = list(&q, &page);
	ck_assert_int_eq(l.n, 1);
	*ret = l.job[0];
	return l.at[0];
}

static int state_of(const char *id)
{
	struct compute_job j;

	look(id, &j);
	return j.state;
}

/* Decisions of a verb that were sent for a job, each counted once. */
static int sent(const char *id, enum job_verb verb)
{
	int n = 0;

	for (size_t i = 0; i < g.n_sent; i++) {
		bool again = false;

		for (size_t k = 0; k < i; k++)
			again |= g.sent[k].id == g.sent[i].id;
		n += !again && g.sent[i].action.kind == ACTION_JOB &&
		     g.sent[i].action.verb == verb && strcmp(g.sent[i].action.job, id) == 0;
	}
	return n;
}

static const struct decision *last_of(const char *id)
{
	for (size_t i = g.n_sent; i > 0; i--)
		if (strcmp(g.sent[i - 1].action.job, id) == 0)
			return &g.sent[i - 1];
	ck_abort_msg("nothing was sent for job %s", id);
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
	return w.rc;
}

static void ack_all(void)
{
	for (size_t i = 0; i < g.n_sent; i++)
		ack(g.sent[i].id, DECISION_APPLIED);
}

static void ack_assets(void)
{
	for (size_t i = 0; i < g.n_sent; i++)
		if (g.sent[i].action.kind != ACTION_JOB)
			ack(g.sent[i].id, DECISION_APPLIED);
}

static void subscribe(void)
{
	ck_assert_int_eq(engine_subscribe(g.engine, SUB, NULL, 0, 0, NULL), 0);
	rig_settle(&g);
}

static void begin(void)
{
	uint32_t soc;

	rig_init(&g, true, T0);
	soc = rig_declare(&g, "s", "hongyuan/bess.soc", UNIT_PERCENT, MS_PER_MIN);
	ck_assert_int_eq(rig_push(&g, 1, soc, T0, 50), PUSH_TAKEN);
	rig_settle(&g);
}

static void end(void)
{
	rig_fini(&g);
}

START_TEST(a_job_is_started_once_without_a_term)
{
	struct compute_job j = job("a1", 100, 2, 10);
	const struct decision *d;

	subscribe();
	push_one(&j);
	rig_advance(&g, T0);
	ck_assert_int_eq(sent("a1", VERB_START), 1);
	d = last_of("a1");
	ck_assert_str_eq(d->asset, QUEUE);
	ck_assert_int_eq(d->valid_until_ms, DECISION_NO_TERM);
	ck_assert_str_eq(d->correlation_id, "a1");
	ck_assert_int_eq(d->fallback.kind, ACTION_NONE);
	ck_assert_int_eq(state_of("a1"), JOB_PENDING);
	ack_all();
	ck_assert_int_eq(state_of("a1"), JOB_RUNNING);
	for (int i = 1; i < 5; i++) {
		rig_advance(&g, T0 + i * SLOT_MS);
		ack_all();
	}
	ck_assert_int_eq(sent("a1", VERB_START), 1);
}
END_TEST

START_TEST(the_queue_is_planned_from_its_jobs)
{
	struct compute_job j[2] = {job("a1", 100, 2, 10), job("a2", 100, 2, 20)};
	struct arena a;
	const struct plan *p;
	bool said = false;

	ck_assert_int_eq(push(j, 2), 0);
	rig_advance(&g, T0);
	arena_init(&a, (size_t)16 << 20);
	ck_assert_int_eq(engine_get_plan(g.engine, SITE, 0, 0, &a, &p), 0);
	for (uint32_t i = 0; i < p->n_sources; i++)
		said |= strcmp(p->sources[i].input, "backlog[batch]") == 0 &&
			strcmp(p->sources[i].source, "jobs:2") == 0;
	ck_assert(said);
	arena_fini(&a);
}
END_TEST

START_TEST(work_is_counted_down_and_finishing_ends_it)
{
	struct compute_job j = job("a1", 100, 2, 10), now;

	subscribe();
	push_one(&j);
	rig_advance(&g, T0);
	ack_all();
	rig_advance(&g, T0 + MS_PER_H);
	ck_assert_int_eq(look("a1", &now).left_ds, 100 * 3600);
	ck_assert_int_eq(tell("a1", JOB_EVENT_PROGRESS, T0 + MS_PER_H, 400000), 0);
	ck_assert_int_eq(look("a1", &now).left_ds, 400000);
	/* told again, or late: nothing */
	ck_assert_int_eq(tell("a1", JOB_EVENT_PROGRESS, T0 + MS_PER_H, 5), 0);
	ck_assert_int_eq(look("a1", &now).left_ds, 400000);
	ck_assert_int_eq(tell("a1", JOB_EVENT_FINISHED, T0 + MS_PER_H + 1, -1), 0);
	ck_assert_int_eq(state_of("a1"), JOB_DONE);
	ck_assert_int_eq(tell("a1", JOB_EVENT_STARTED, T0 + MS_PER_H + 2, -1), 0);
	ck_assert_int_eq(state_of("a1"), JOB_DONE);
	/* pushed again as it was: over is over */
	push_one(&j);
	ck_assert_int_eq(state_of("a1"), JOB_DONE);
	/* a new arrival is a new life */
	j.arrival_ms = T0 + MS_PER_H;
	push_one(&j);
	ck_assert_int_eq(state_of("a1"), JOB_PENDING);
}
END_TEST

START_TEST(pushing_the_same_again_changes_nothing)
{
	struct compute_job j = job("a1", 100, 2, 10), now;
	size_t before;

	j.state = JOB_PENDING;
	subscribe();
	push_one(&j);
	rig_advance(&g, T0);
	ack_all();
	rig_advance(&g, T0 + MS_PER_H);
	before = g.world.disk.ledger[LEDGER_JOB].n;
	push_one(&j);
	ck_assert_uint_eq(g.world.disk.ledger[LEDGER_JOB].n, before);
	ck_assert_int_eq(look("a1", &now).left_ds, 100 * 3600);
	ck_assert_int_eq(now.state, JOB_RUNNING);
	/* other work is news */
	j.work_ds = 10000;
	push_one(&j);
	ck_assert_int_eq(look("a1", &now).left_ds, 10000);
}
END_TEST

START_TEST(all_of_a_push_or_nothing_and_the_fault_names_job_and_field)
{
	struct compute_job j[3] = {job("a1", 1, 1, 10), job("a2", 1, 1, 10), job("a3", 1, 1, 10)};
	struct job_query q = query();
	struct job_page page;

	j[1].devices = 5000;
	ck_assert_int_eq(push(j, 3), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(fault.text, "jobs[1].devices: 5000, the queue has 4000"));
	ck_assert_int_eq(list(&q, &page).n, 0);
	j[1] = j[0];
	ck_assert_int_eq(push(j, 3), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(fault.text, "twice"));
	j[1] = job("a2", 1, 1, 10);
	snprintf(j[1].queue, sizeof(j[1].queue), "nope");
	ck_assert_int_eq(push(j, 3), ERR_NOTFOUND);
	ck_assert_ptr_nonnull(strstr(fault.text, "jobs[1].queue"));
	j[1] = job("a2", 1, 1, 10);
	j[1].state = JOB_DONE;
	ck_assert_int_eq(push(j, 3), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(fault.text, "jobs[1].state"));
	ck_assert_int_eq(tell("a9", JOB_EVENT_PROGRESS, T0, 5), ERR_NOTFOUND);
	ck_assert_ptr_nonnull(strstr(fault.text, "events[0].job"));
	ck_assert_int_eq(list(&q, &page).n, 0);
}
END_TEST

START_TEST(a_restart_knows_the_jobs_and_starts_none_again)
{
	struct compute_job j[3] = {job("a1", 100, 2, 10), job("a2", 100, 2, 12),
				   job("a3", 100, 2, 14)};
	struct compute_job was, is;

	subscribe();
	ck_assert_int_eq(push(j, 3), 0);
	rig_advance(&g, T0);
	ck_assert_int_eq(sent("a1", VERB_START), 1);
	/* one was carried out, one was refused, one was never answered */
	ck_assert_int_eq(ack(last_of("a1")->id, DECISION_APPLIED), 0);
	ck_assert_int_eq(ack(last_of("a2")->id, DECISION_REJECTED), 0);
	look("a1", &was);
	rig_crash(&g);
	subscribe();
	look("a1", &is);
	ck_assert_mem_eq(&is, &was, sizeof(is));
	for (int i = 1; i < 4; i++) {
		rig_advance(&g, T0 + i * SLOT_MS);
		ack_assets();
	}
	ck_assert_int_eq(sent("a1", VERB_START), 1);
	ck_assert_int_eq(sent("a2", VERB_START), 2);
	ck_assert_int_eq(sent("a3", VERB_START), 1);
}
END_TEST

START_TEST(a_refused_start_is_tried_again_in_the_next_slot_only)
{
	struct compute_job j = job("a1", 100, 2, 10);

	subscribe();
	push_one(&j);
	rig_advance(&g, T0);
	ck_assert_int_eq(ack(last_of("a1")->id, DECISION_REJECTED), 0);
	rig_advance(&g, T0 + 10 * MS_PER_MIN);
	ck_assert_int_eq(sent("a1", VERB_START), 1);
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_int_eq(sent("a1", VERB_START), 2);
}
END_TEST

START_TEST(what_arrives_within_a_slot_is_looked_at_within_a_minute)
{
	struct compute_job j = job("a1", 100, 2, 10);

	subscribe();
	push_one(&j);
	rig_advance(&g, T0);
	ack_all();
	ck_assert_int_eq(tell("a1", JOB_EVENT_FINISHED, T0 + 1, -1), 0);
	j = job("a2", 10, 2, 10);
	push_one(&j);
	rig_advance(&g, T0 + MS_PER_MIN);
	ck_assert_int_eq(sent("a2", VERB_START), 1);
}
END_TEST

static int tell_moves(const struct job_event *ev, size_t n)
{
	struct rig_answer w = rig_answer_new();
	int r;

	fault = (struct fault){0};
	r = engine_job_events(g.engine, ev, n, &w.w, &fault);
	if (r)
		return r;
	rig_settle(&g);
	return w.rc;
}

static char *three_sites(void)
{
	static const char *const ids[] = {"one", "two", "three"};
	const char *source = getenv("SUANDIAN_SOURCE");
	char *path = tmpdir_path(tmpdir_new(), "main.yaml");
	FILE *f = fopen(path, "we");

	ck_assert_ptr_nonnull(f);
	fprintf(f, "include: [%s/config/sichuan/tariffs.d/sc-tou-2023.yaml]\nsites:\n", source);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		fprintf(f,
			"  - id: %s\n"
			"    tariff: sc-tou-2023\n"
			"    pcc: {import_max: 9MW, export_max: 1MW}\n"
			"    load: {id: it, capacity: 4MW, floor: 1MW, pue: 1.2}\n"
			"    queues: [{id: batch, devices: 1000, device_power: 700W, slack: 12h}]\n"
			"    bindings:\n"
			"      - {role: pcc.power, point: %s/pcc}\n"
			"      - {role: \"queue[batch].backlog\", point: %s/backlog}\n",
			ids[i], ids[i], ids[i]);
	fclose(f);
	return path;
}

static struct job_event moved(const char *from, const char *to)
{
	return (struct job_event){.site = from,
				  .job = "a1",
				  .kind = JOB_EVENT_MIGRATED,
				  .t_ms = T0,
				  .reason = "",
				  .to_site = to,
				  .to_queue = "batch"};
}

static uint32_t live_at(const char *site)
{
	struct job_query q = query();
	struct job_page page;

	q.site = site;
	list(&q, &page);
	return page.n_live;
}

START_TEST(two_jobs_of_one_name_do_not_move_to_one_site)
{
	struct compute_job j[2] = {job("a1", 100, 2, 30), job("a1", 100, 2, 30)};
	struct job_event ev[2] = {moved("one", "two"), moved("two", "three")};
	char *path = three_sites();

	rig_fini(&g);
	rig_init_with(&g, path, true, T0);
	free(path);
	snprintf(j[0].site, sizeof(j[0].site), "one");
	snprintf(j[1].site, sizeof(j[1].site), "two");
	ck_assert_int_eq(push(j, 2), 0);
	/* the name is taken there */
	ck_assert_int_eq(tell_moves(ev, 1), ERR_INVALID);
	/* nor may both arrive in one frame: it is free when the frame is looked at */
	ev[0].to_site = "three";
	ck_assert_int_eq(tell_moves(ev, 2), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(fault.text, "events[1].to_site"));
	ck_assert_int_eq(tell_moves(&ev[1], 1), 0);
	rig_crash(&g);
	ck_assert_uint_eq(live_at("one"), 1);
	ck_assert_uint_eq(live_at("two"), 0);
	ck_assert_uint_eq(live_at("three"), 1);
}
END_TEST

START_TEST(a_time_beyond_all_times_is_refused)
{
	struct compute_job j = job("a1", 100, 2, 30);

	j.arrival_ms = INT64_MAX;
	j.deadline_ms = 0;
	ck_assert_int_eq(push(&j, 1), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(fault.text, "jobs[0].arrival_ms"));
}
END_TEST

START_TEST(jobs_that_are_over_go_after_a_day)
{
	struct compute_job j = job("a1", 100, 2, 10);

	push_one(&j);
	rig_advance(&g, T0);
	ck_assert_int_eq(tell("a1", JOB_EVENT_CANCELLED, T0, -1), 0);
	rig_advance(&g, T0 + MS_PER_DAY - MS_PER_MIN);
	ck_assert_int_eq(state_of("a1"), JOB_CANCELLED);
	rig_advance(&g, T0 + MS_PER_DAY);
	rig_settle(&g);
	struct job_query q = query();
	struct job_page page;
	struct fault f = {0};
	struct listed l = {0};
	q.id = "a1";
	ck_assert_int_eq(engine_list_jobs(g.engine, &q, on_info, &l, &page, &f), ERR_NOTFOUND);
	ck_assert_uint_eq(g.world.disk.ledger[LEDGER_JOB].n, 0);
}
END_TEST

static struct settings *settings(void)
{
	/* as a file would have set it */
	return &((struct configuration *)(uintptr_t)engine_configuration(g.engine))->settings;
}

START_TEST(how_many_and_for_how_long_is_configured)
{
	struct compute_job j[3] = {job("a1", 100, 2, 10), job("a2", 100, 2, 10),
				   job("a3", 100, 2, 10)};
	struct job_query q = query();
	struct job_page page;
	struct compute_job a1;
	struct job_info info;
	struct listed l = {0};
	struct fault f = {0};

	settings()->limits.jobs = 2;
	settings()->jobs.keep_ms = MS_PER_H;
	settings()->jobs.dwell_ms = 10 * MS_PER_MIN;
	ck_assert_int_eq(push(j, 3), ERR_FULL);
	ck_assert_ptr_nonnull(strstr(fault.text, "limits.jobs = 2"));
	ck_assert_int_eq(push(j, 2), 0);
	subscribe();
	rig_advance(&g, T0);
	ack_all();
	info = look("a1", &a1);
	ck_assert_int_eq(a1.state, JOB_RUNNING);
	ck_assert_int_eq(info.dwell_until_ms, a1.started_ms + 10 * MS_PER_MIN);
	ck_assert_int_eq(tell("a1", JOB_EVENT_CANCELLED, T0, -1), 0);
	rig_advance(&g, T0 + MS_PER_H);
	rig_settle(&g);
	q.id = "a1";
	ck_assert_int_eq(engine_list_jobs(g.engine, &q, on_info, &l, &page, &f), ERR_NOTFOUND);
}
END_TEST

static void instruct(const struct instruction *in)
{
	struct rig_answer w = rig_answer_new();
	uint64_t id;

	ck_assert_msg(engine_instruct(g.engine, in, &w.w, &id, &fault) == 0, "%s", fault.text);
	rig_settle(&g);
}

static void set_mode(enum site_mode mode)
{
	struct instruction in = {.kind = INSTRUCTION_MODE,
				 .target = SITE,
				 .mode = mode,
				 .who = "chen",
				 .reason = "test"};

	instruct(&in);
}

/* A running job, then nothing may run any more: it is told to pause and obeys. */
static void pause_a1(void)
{
	struct compute_job j = job("a1", 100, 2, 20);
	struct instruction in = {.kind = INSTRUCTION_OVERRIDE,
				 .target = QUEUE,
				 .what = OVERRIDE_CAP,
				 .until_ms = T0 + 6 * MS_PER_H,
				 .who = "chen",
				 .reason = "test"};

	subscribe();
	push_one(&j);
	rig_advance(&g, T0);
	ack_all();
	ck_assert_int_eq(state_of("a1"), JOB_RUNNING);
	instruct(&in);
	rig_advance(&g, T0 + 3 * SLOT_MS);
	ack_all();
	ck_assert_int_eq(sent("a1", VERB_PAUSE), 1);
	ck_assert_int_eq(state_of("a1"), JOB_PAUSED);
}

START_TEST(in_hold_a_paused_job_stays_paused)
{
	struct arena a;
	struct why why;
	uint64_t id;

	pause_a1();
	id = last_of("a1")->id;
	set_mode(MODE_HOLD);
	for (int i = 4; i < 12; i++) {
		rig_advance(&g, T0 + i * SLOT_MS);
		ack_all();
		ck_assert_int_eq(state_of("a1"), JOB_PAUSED);
	}
	ck_assert_uint_eq(last_of("a1")->id, id);
	arena_init(&a, (size_t)16 << 20);
	ck_assert_int_eq(engine_explain(g.engine, QUEUE, 0, 0, &a, &why), 0);
	ck_assert_ptr_nonnull(strstr(why.headline, " jobs 1 paused"));
	arena_fini(&a);
	ck_assert_int_gt(last_of("a1")->valid_until_ms, T0 + 12 * SLOT_MS);
	ck_assert_int_eq(sent("a1", VERB_RESUME), 0);
}
END_TEST

START_TEST(in_advisory_a_paused_job_goes_on_at_once_and_is_told_once)
{
	pause_a1();
	set_mode(MODE_ADVISORY);
	ck_assert_int_eq(sent("a1", VERB_RESUME), 1);
	ck_assert_int_eq(last_of("a1")->reason.code, REASON_OVERRIDE);
	ack_all();
	ck_assert_int_eq(state_of("a1"), JOB_RUNNING);
	for (int i = 4; i < 8; i++) {
		rig_advance(&g, T0 + i * SLOT_MS);
		ack_all();
	}
	ck_assert_int_eq(sent("a1", VERB_RESUME), 1);
	ck_assert_int_eq(sent("a1", VERB_PAUSE), 1);
}
END_TEST

START_TEST(the_list_comes_in_pages_and_tells_what_is_planned)
{
	struct compute_job j[3] = {job("a1", 100, 2, 10), job("a2", 100, 2, 12),
				   job("b3", 100, 2, 40)};
	struct job_query q = query();
	struct job_page page;
	struct listed l;

	subscribe();
	ck_assert_int_eq(push(j, 3), 0);
	rig_advance(&g, T0);
	q.limit = 2;
	l = list(&q, &page);
	ck_assert_int_eq(l.n, 2);
	ck_assert_uint_eq(page.n_live, 3);
	ck_assert_int_eq(page.backlog_ds, INT64_C(3) * 100 * 7200);
	ck_assert_uint_ne(page.next, 0);
	ck_assert(l.at[0].has_outlook);
	ck_assert_int_eq(l.at[0].start_ms, T0);
	ck_assert_int_eq(l.at[0].end_ms, T0 + 2 * MS_PER_H);
	ck_assert(l.at[0].has_slack);
	ck_assert_int_eq(l.at[0].slack_ms, 8 * MS_PER_H);
	ck_assert_int_ge(l.at[0].n_steps, 1);
	ck_assert_int_eq(l.at[0].steps[0].what, STEP_RUN);
	q.after = page.next;
	l = list(&q, &page);
	ck_assert_int_eq(l.n, 1);
	ck_assert_str_eq(l.job[0].id, "b3");
	ck_assert_uint_eq(page.next, 0);
	q = query();
	q.from_ms = T0 + 39 * MS_PER_H;
	q.to_ms = T0 + 41 * MS_PER_H;
	l = list(&q, &page);
	ck_assert_int_eq(l.n, 1);
	ck_assert_str_eq(l.job[0].id, "b3");
	q = query();
	q.state = JOB_RUNNING;
	ck_assert_int_eq(list(&q, &page).n, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine_jobs");
	TCase *t = tcase_create("jobs");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, a_job_is_started_once_without_a_term);
	tcase_add_test(t, the_queue_is_planned_from_its_jobs);
	tcase_add_test(t, work_is_counted_down_and_finishing_ends_it);
	tcase_add_test(t, pushing_the_same_again_changes_nothing);
	tcase_add_test(t, all_of_a_push_or_nothing_and_the_fault_names_job_and_field);
	tcase_add_test(t, a_restart_knows_the_jobs_and_starts_none_again);
	tcase_add_test(t, a_refused_start_is_tried_again_in_the_next_slot_only);
	tcase_add_test(t, what_arrives_within_a_slot_is_looked_at_within_a_minute);
	tcase_add_test(t, two_jobs_of_one_name_do_not_move_to_one_site);
	tcase_add_test(t, a_time_beyond_all_times_is_refused);
	tcase_add_test(t, jobs_that_are_over_go_after_a_day);
	tcase_add_test(t, how_many_and_for_how_long_is_configured);
	tcase_add_test(t, in_hold_a_paused_job_stays_paused);
	tcase_add_test(t, in_advisory_a_paused_job_goes_on_at_once_and_is_told_once);
	tcase_add_test(t, the_list_comes_in_pages_and_tells_what_is_planned);
	suite_add_tcase(s, t);
	return run_suite(s);
}
