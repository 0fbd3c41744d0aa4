#include "jobs_rig.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

struct rig g;
struct fault fault;

struct compute_job job(const char *id, int64_t devices, int64_t hours, int64_t deadline_h)
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

int push(const struct compute_job *jobs, size_t n)
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

void push_one(const struct compute_job *j)
{
	ck_assert_msg(push(j, 1) == 0, "%s", fault.text);
}

int tell(const char *id, enum job_event_kind kind, int64_t t_ms, int64_t work_ds)
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

bool on_info(void *arg, const struct job_info *info)
{
	struct listed *l = arg;

	ck_assert_int_lt(l->n, 16);
	l->at[l->n] = *info;
	l->job[l->n++] = *info->job;
	return true;
}

struct listed list(const struct job_query *q, struct job_page *page)
{
	struct listed l = {0};
	struct fault f = {0};

	ck_assert_msg(engine_list_jobs(g.engine, q, on_info, &l, page, &f) == 0, "%s", f.text);
	return l;
}

struct job_query query(void)
{
	return (struct job_query){.site = SITE, .queue = "", .id = "", .limit = 16};
}

struct job_info look(const char *id, struct compute_job *ret)
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

int state_of(const char *id)
{
	struct compute_job j;

	look(id, &j);
	return j.state;
}

/* Decisions of a verb that were sent for a job, each counted once. */
int sent(const char *id, enum job_verb verb)
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

const struct decision *last_of(const char *id)
{
	for (size_t i = g.n_sent; i > 0; i--)
		if (strcmp(g.sent[i - 1].action.job, id) == 0)
			return &g.sent[i - 1];
	ck_abort_msg("nothing was sent for job %s", id);
	return NULL;
}

int ack(uint64_t id, enum decision_state state)
{
	struct decision_ack a = {.id = id, .state = state, .reason = "because"};
	struct rig_answer w = rig_answer_new();
	int r = engine_ack_decision(g.engine, &a, &w.w, NULL);

	if (r)
		return r;
	rig_settle(&g);
	return w.rc;
}

void ack_all(void)
{
	for (size_t i = 0; i < g.n_sent; i++)
		ack(g.sent[i].id, DECISION_APPLIED);
}

void ack_assets(void)
{
	for (size_t i = 0; i < g.n_sent; i++)
		if (g.sent[i].action.kind != ACTION_JOB)
			ack(g.sent[i].id, DECISION_APPLIED);
}

void subscribe(void)
{
	ck_assert_int_eq(engine_subscribe(g.engine, SUB, NULL, 0, 0, NULL), 0);
	rig_settle(&g);
}

void begin(void)
{
	uint32_t soc;

	rig_init(&g, true, T0);
	soc = rig_declare(&g, "s", "hongyuan/bess.soc", UNIT_PERCENT, MS_PER_MIN);
	ck_assert_int_eq(rig_push(&g, 1, soc, T0, 50), PUSH_TAKEN);
	rig_settle(&g);
}

void end(void)
{
	rig_fini(&g);
}
