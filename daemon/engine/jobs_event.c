/* What happened to jobs, as their scheduler tells. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "engine/jobs.h"
#include "engine/jobs_life.h"
#include "engine/records.h"
#include "engine/state.h"
#include "engine/wake.h"
#include "engine/workload.h"

/* A clock that is ahead of ours by more than this is no witness. */
#define AHEAD_MAX_MS (10 * MS_PER_MIN)

/* ---- Check ------------------------------------------------------------------------------------- */

static int target_of(const struct job_event *ev)
{
	static const int to[] = {
		[JOB_EVENT_STARTED] = JOB_RUNNING,     [JOB_EVENT_PAUSED] = JOB_PAUSED,
		[JOB_EVENT_FINISHED] = JOB_DONE,       [JOB_EVENT_FAILED] = JOB_FAILED,
		[JOB_EVENT_CANCELLED] = JOB_CANCELLED, [JOB_EVENT_MIGRATING] = JOB_MIGRATING,
		[JOB_EVENT_MIGRATED] = JOB_PENDING,
	};

	return (unsigned)ev->kind < ARRAY_SIZE(to) ? to[ev->kind] : JOB_NONE;
}

static bool has_queue(const struct engine *e, const char *site, const char *queue)
{
	for (size_t s = 0; s < e->n_sites; s++) {
		const struct site_state *ss = &e->sites[s];

		if (strcmp(ss->site->id, site) != 0)
			continue;
		for (int a = 0; a < ss->n_assets; a++)
			if (ss->assets[a].kind == ASSET_QUEUE &&
			    strcmp(ss->assets[a].id, queue) == 0)
				return true;
	}
	return false;
}

static int check_destination(const struct engine *e, const struct job_event *ev, size_t i,
			     struct fault *f)
{
	const struct job_live *there = jobs_find(e, ev->to_site, ev->job);

	if (!has_queue(e, ev->to_site, ev->to_queue))
		return fault_set(f, ERR_NOTFOUND, "events[%zu].to_queue: no queue %.60s/%.60s", i,
				 ev->to_site, ev->to_queue);
	if (there && strcmp(ev->site, ev->to_site) != 0)
		return fault_set(f, ERR_INVALID,
				 "events[%zu].to_site: %.60s has a job %.60s already", i,
				 ev->to_site, ev->job);
	return 0;
}

static int check(const struct engine *e, const struct job_event *ev, size_t i, struct fault *f)
{
	if ((unsigned)ev->kind > JOB_EVENT_LAST || ev->kind == JOB_EVENT_NONE)
		return fault_set(f, ERR_INVALID, "events[%zu].kind: is unknown", i);
	if (ev->t_ms <= 0 || ev->t_ms > e->clock.now_ms + AHEAD_MAX_MS)
		return fault_set(f, ERR_INVALID, "events[%zu].t_ms: not set, or in the future", i);
	if (ev->has_work && (ev->work_ds < 0 || ev->work_ds > JOB_WORK_MAX))
		return fault_set(f, ERR_INVALID, "events[%zu].work_ds: out of range", i);
	/* told again after it went: nothing is to be done */
	if (ev->kind == JOB_EVENT_MIGRATED && !jobs_find(e, ev->site, ev->job) &&
	    jobs_find(e, ev->to_site, ev->job))
		return 0;
	if (!jobs_find(e, ev->site, ev->job))
		return fault_set(f, ERR_NOTFOUND, "events[%zu].job: no job %.60s/%.60s", i,
				 ev->site, ev->job);
	return ev->kind == JOB_EVENT_MIGRATED ? check_destination(e, ev, i, f) : 0;
}

static int compare_arrivals(const void *pa, const void *pb)
{
	const struct job_event *a = *(const struct job_event *const *)pa;
	const struct job_event *b = *(const struct job_event *const *)pb;
	int r = strcmp(a->job, b->job);

	r = r ? r : strcmp(a->to_site, b->to_site);
	/* in the order of the frame, so that the later one is named */
	return r ? r : a < b ? -1 : 1;
}

/* Jobs of one name from different sites cannot arrive at one site, though the name is free there now. */
static int check_arrivals(const struct job_event *events, size_t n, struct fault *f)
{
	const struct job_event **at =
		(const struct job_event **)calloc(n ? n : 1, sizeof(const struct job_event *));
	size_t n_at = 0;
	int rc = 0;

	if (!at)
		return fault_set(f, -ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		if (events[i].kind == JOB_EVENT_MIGRATED)
			at[n_at++] = &events[i];
	}
	qsort(at, n_at, sizeof(const struct job_event *), compare_arrivals);
	for (size_t i = 1; i < n_at && rc == 0; i++) {
		const struct job_event *a = at[i - 1], *b = at[i];

		if (strcmp(a->job, b->job) == 0 && strcmp(a->to_site, b->to_site) == 0 &&
		    strcmp(a->site, b->site) != 0)
			rc = fault_set(f, ERR_INVALID,
				       "events[%zu].to_site: another job %.60s moves to %.60s in "
				       "this frame",
				       (size_t)(b - events), b->job, b->to_site);
	}
	free((void *)at);
	return rc;
}

/* ---- Take -------------------------------------------------------------------------------------- */

/* A stop loses what is not saved, unless the scheduler knows better. */
static void lose(struct engine *e, struct job_live *jl, const struct job_event *ev, int64_t lost_ds)
{
	if (ev->has_work || ev->kind != JOB_EVENT_PAUSED)
		return;
	jl->job.work_ds += lost_ds;
	jl->job.lost_ds += lost_ds;
	e->jobs.lost_ds += (uint64_t)lost_ds;
}

static void arrive(struct engine *e, struct job_live *jl, const struct job_event *ev)
{
	if (ev->kind == JOB_EVENT_MIGRATED)
		REQUIRE(jobs_relocate(e, jl, ev->to_site, ev->to_queue) == 0);
}

static void move(struct engine *e, struct job_live *jl, const struct job_event *ev, int64_t t_ms)
{
	int to = target_of(ev);
	int64_t lost = job_lost_ds(&jl->job, t_ms);

	arrive(e, jl, ev);
	if (to == JOB_NONE || to == jl->job.state || !sm_allowed(&job_sm, jl->job.state, to))
		return;
	jobs_move(e, jl, to, t_ms);
	lose(e, jl, ev, lost);
}

static void take(struct engine *e, const struct job_event *ev)
{
	struct job_live *jl = jobs_find(e, ev->site, ev->job);
	int64_t t_ms = min_i64(ev->t_ms, e->clock.now_ms);

	e->jobs.events++;
	if (!jl || job_is_over(&jl->job) || ev->t_ms <= jl->job.event_ms)
		return;
	jl->job.event_ms = ev->t_ms;
	if (ev->kind == JOB_EVENT_CHECKPOINT)
		jl->job.last_checkpoint_ms = t_ms;
	move(e, jl, ev, t_ms);
	if (ev->has_work && !job_is_over(&jl->job)) {
		jl->job.work_ds = ev->work_ds;
		jl->job.counted_ms = t_ms;
	}
	jobs_put(e, jl);
	if (ev->kind != JOB_EVENT_PROGRESS && ev->kind != JOB_EVENT_CHECKPOINT)
		jobs_touch(e, jl);
}

int engine_job_events(struct engine *e, const struct job_event *events, size_t n, struct waiter *w,
		      struct fault *f)
{
	int r = records_check(e, f);

	if (r == 0 && n > JOBS_BATCH_MAX)
		r = fault_set(f, ERR_INVALID, "events: %zu, at most %d in one request", n,
			      JOBS_BATCH_MAX);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = check(e, &events[i], i, f);
	if (r == 0)
		r = check_arrivals(events, n, f);
	if (r)
		return r;
	for (size_t i = 0; i < n; i++)
		take(e, &events[i]);
	records_wait(e, w, records_mark(e));
	wake(e);
	return 0;
}
