/* Jobs as their scheduler describes them. Everything is looked at before anything is taken. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "engine/jobs.h"
#include "engine/jobs_life.h"
#include "engine/records.h"
#include "engine/state.h"
#include "engine/wake.h"
#include "engine/workload.h"

_Static_assert(CONFIGURATION_JOBS_MAX <= INT64_MAX / JOB_WORK_MAX / 2, "sums of work fit");

static const struct queue *find_queue(const struct engine *e, const char *site, const char *queue)
{
	for (size_t s = 0; s < e->n_sites; s++) {
		const struct site *at = e->sites[s].site;

		if (strcmp(at->id, site) != 0)
			continue;
		for (int k = 0; k < at->n_queues; k++)
			if (strcmp(at->queues[k].id, queue) == 0)
				return &at->queues[k];
	}
	return NULL;
}

/* ---- Check ------------------------------------------------------------------------------------- */

struct complaint {
	size_t i;
	struct fault *f;
	int rc;
};

/* The first one is told. */
static void on_fault(void *arg, const char *path, const char *text)
{
	struct complaint *c = arg;

	if (c->rc == 0)
		c->rc = fault_set(c->f, ERR_INVALID, "jobs[%zu].%s: %s", c->i, path, text);
}

/* The pushed one with its defaults; known is what stands under its name, or NULL. */
static struct compute_job completed(const struct engine *e, const struct compute_job *pushed,
				    const struct compute_job *known, const struct queue *q)
{
	struct compute_job j = *pushed;

	if (j.min_devices == 0)
		j.min_devices = j.devices;
	if (j.arrival_ms == 0)
		j.arrival_ms = known ? known->arrival_ms : e->clock.now_ms;
	if (j.deadline_ms == 0)
		j.deadline_ms = min_i64(j.arrival_ms, INT64_MAX / 2) + (q ? q->slack_ms : 0);
	return j;
}

static int check(const struct engine *e, const struct compute_job *pushed, size_t i,
		 struct fault *f)
{
	const struct queue *q = find_queue(e, pushed->site, pushed->queue);
	const struct job_live *jl = jobs_find(e, pushed->site, pushed->id);
	struct complaint c = {.i = i, .f = f};
	struct compute_job j;

	if (!q)
		return fault_set(f, ERR_NOTFOUND, "jobs[%zu].queue: no queue %.60s/%.60s", i,
				 pushed->site, pushed->queue);
	j = completed(e, pushed, jl ? &jl->job : NULL, q);
	job_check(&j, q, on_fault, &c);
	if (c.rc == 0 && (j.state == JOB_MIGRATING || job_is_over(&j)))
		on_fault(&c, "state", "is told by an event, not by a push");
	return c.rc;
}

static int compare_names(const void *pa, const void *pb)
{
	const struct compute_job *a = *(const struct compute_job *const *)pa;
	const struct compute_job *b = *(const struct compute_job *const *)pb;
	int r = strcmp(a->id, b->id);

	return r ? r : strcmp(a->site, b->site);
}

/* The same job twice in a frame would make "all or nothing" a matter of order. */
static int check_twins(const struct compute_job *jobs, size_t n, struct fault *f)
{
	const struct compute_job **at =
		(const struct compute_job **)calloc(n ? n : 1, sizeof(const struct compute_job *));
	int rc = 0;

	if (!at)
		return fault_set(f, -ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		at[i] = &jobs[i];
	qsort(at, n, sizeof(const struct compute_job *), compare_names);
	for (size_t i = 1; i < n && rc == 0; i++)
		if (compare_names(&at[i - 1], &at[i]) == 0)
			rc = fault_set(f, ERR_INVALID, "jobs[%zu].id: %s stands twice in the frame",
				       (size_t)(at[i] - jobs), at[i]->id);
	free((void *)at);
	return rc;
}

static int check_room(const struct engine *e, const struct compute_job *jobs, size_t n,
		      struct fault *f)
{
	int64_t max = e->configuration->settings.limits.jobs;
	size_t live = e->jobs.n_live;

	for (size_t i = 0; i < n; i++) {
		const struct job_live *jl = jobs_find(e, jobs[i].site, jobs[i].id);

		live += !jl || job_is_over(&jl->job);
		if ((int64_t)live > max)
			return fault_set(
				f, ERR_FULL,
				"jobs[%zu].id: %s would be live job number %zu, at most limits.jobs = %" PRId64,
				i, jobs[i].id, live, max);
	}
	return 0;
}

/* ---- Take -------------------------------------------------------------------------------------- */

static void add(struct engine *e, const struct compute_job *j)
{
	int64_t now = e->clock.now_ms;
	int to = j->state == JOB_NONE ? JOB_PENDING : j->state;
	struct compute_job fresh = *j;
	struct job_live *jl;

	fresh.state = JOB_NONE;
	fresh.counted_ms = now;
	fresh.pushed_ds = j->work_ds;
	fresh.pushed_state = j->state;
	jl = jobs_add(e, &fresh);
	REQUIRE(jl);
	jobs_move(e, jl, to, now);
	jobs_put(e, jl);
	jobs_touch(e, jl);
}

/* What describes it; what happened to it stays. */
static void describe(struct compute_job *to, const struct compute_job *from)
{
	memcpy(to->tenant, from->tenant, sizeof(to->tenant));
	to->tier = from->tier;
	to->devices = from->devices;
	to->min_devices = from->min_devices;
	to->arrival_ms = from->arrival_ms;
	to->deadline_ms = from->deadline_ms;
	to->earliest_start_ms = from->earliest_start_ms;
	to->checkpoint_period_ms = from->checkpoint_period_ms;
	to->checkpoint_cost_ms = from->checkpoint_cost_ms;
	to->last_checkpoint_ms = max_i64(to->last_checkpoint_ms, from->last_checkpoint_ms);
	to->preemptible = from->preemptible;
	to->migratable = from->migratable;
	to->transfer_bytes = from->transfer_bytes;
}

static void update(struct engine *e, struct job_live *jl, const struct compute_job *j)
{
	struct compute_job before = jl->job;
	int64_t now = e->clock.now_ms;

	if (strcmp(before.queue, j->queue) != 0)
		REQUIRE(jobs_relocate(e, jl, j->site, j->queue) == 0);
	describe(&jl->job, j);
	if (j->work_ds != before.pushed_ds) {
		jl->job.work_ds = jl->job.pushed_ds = j->work_ds;
		jl->job.counted_ms = now;
	}
	if (j->state != JOB_NONE && j->state != before.pushed_state) {
		jl->job.pushed_state = j->state;
		if (j->state != before.state && sm_allowed(&job_sm, before.state, j->state))
			jobs_move(e, jl, j->state, now);
	}
	if (job_is_same(&before, &jl->job))
		return;
	jobs_put(e, jl);
	jobs_touch(e, jl);
}

static void take(struct engine *e, const struct compute_job *pushed)
{
	const struct queue *q = find_queue(e, pushed->site, pushed->queue);
	struct job_live *jl = jobs_find(e, pushed->site, pushed->id);
	struct compute_job j = completed(e, pushed, jl ? &jl->job : NULL, q);

	e->jobs.pushed++;
	if (jl && job_is_over(&jl->job)) {
		if (pushed->arrival_ms == 0 || pushed->arrival_ms == jl->job.arrival_ms)
			return;
		jobs_drop(e, jl);
		jl = NULL;
	}
	if (jl)
		update(e, jl, &j);
	else
		add(e, &j);
}

int engine_push_jobs(struct engine *e, const struct compute_job *jobs, size_t n, struct waiter *w,
		     struct fault *f)
{
	int r = records_check(e, f);

	if (r == 0 && n > JOBS_BATCH_MAX)
		r = fault_set(f, ERR_INVALID, "jobs: %zu, at most %d in one request", n,
			      JOBS_BATCH_MAX);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = check(e, &jobs[i], i, f);
	if (r == 0)
		r = check_twins(jobs, n, f);
	if (r == 0)
		r = check_room(e, jobs, n, f);
	if (r)
		return r;
	for (size_t i = 0; i < n; i++)
		take(e, &jobs[i]);
	records_wait(e, w, records_mark(e));
	wake(e);
	return 0;
}
