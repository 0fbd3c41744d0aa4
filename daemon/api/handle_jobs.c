#include "api/handlers.h"
#include "api/map_jobs.h"
#include "api/pending.h"
#include "api/reply.h"
#include "proto/frame.h"

/* ---- Push and events --------------------------------------------------------------------------- */

static int taken(struct request *r, struct pending *p, int rc)
{
	if (rc == 0)
		return 0;
	pending_drop(p);
	map_in_path(&r->refusal);
	return rc;
}

int handle_push_jobs(struct request *r)
{
	const Suandian__V1__PushJobs *m = r->env->push_jobs;
	struct compute_job *jobs = NULL;
	struct pending *p;
	int rc = map_in_jobs(&r->refusal, m, r->arena, &jobs);

	if (rc < 0)
		return rc;
	p = pending_new(r, pending_ok);
	if (!p)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	return taken(r, p,
		     engine_push_jobs(r->engine, jobs, m->n_jobs, &p->waiter, &r->refusal.fault));
}

int handle_job_events(struct request *r)
{
	const Suandian__V1__JobEvents *m = r->env->job_events;
	struct job_event *events = NULL;
	struct pending *p;
	int rc = map_in_job_events(&r->refusal, m, r->arena, &events);

	if (rc < 0)
		return rc;
	p = pending_new(r, pending_ok);
	if (!p)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	return taken(
		r, p,
		engine_job_events(r->engine, events, m->n_events, &p->waiter, &r->refusal.fault));
}

/* ---- List -------------------------------------------------------------------------------------- */

/* What an answer may hold beside what is around the list. */
#define PAGE_MAX_B (FRAME_BODY_MAX - 1024)
#define ITEM_HEAD_B 6

struct collector {
	struct arena *arena;
	Suandian__V1__JobInfo **at;
	size_t n, size;
	size_t bytes;	/* of those that are in */
	uint64_t last;	/* number of the last one that is in */
	bool full;	/* no memory */
	bool truncated; /* more would not fit the frame */
};

static bool add_job(void *arg, const struct job_info *info)
{
	struct collector *c = arg;
	Suandian__V1__JobInfo *m = c->n < c->size ? map_out_job(c->arena, info) : NULL;

	c->full |= !m;
	if (!m)
		return false;
	c->bytes += suandian__v1__job_info__get_packed_size(m) + ITEM_HEAD_B;
	c->truncated = c->bytes > PAGE_MAX_B;
	if (c->truncated)
		return false;
	c->at[c->n++] = m;
	c->last = m->number;
	return true;
}

int handle_list_jobs(struct request *r)
{
	struct collector c = {.arena = core_answer(r->core)};
	Suandian__V1__JobList body = SUANDIAN__V1__JOB_LIST__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct job_query q;
	struct job_page page;
	int rc = map_in_job_query(&r->refusal, r->env->list_jobs, &q);

	if (rc < 0)
		return rc;
	c.size = q.limit;
	c.at = ARENA_ARRAY(c.arena, c.size, Suandian__V1__JobInfo *);
	if (!c.at)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	rc = engine_list_jobs(r->engine, &q, add_job, &c, &page, &r->refusal.fault);
	if (rc < 0)
		return rc;
	if (c.full)
		return refuse(&r->refusal, ERR_FULL, "limit", "the answer needs too much memory");
	body.jobs = c.at;
	body.n_jobs = c.n;
	body.next = c.truncated ? c.last : page.next;
	body.n_live = page.n_live;
	body.backlog_ds = page.backlog_ds;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_JOB_LIST;
	env.job_list = &body;
	reply(r->session, r->id, &env);
	return 0;
}
