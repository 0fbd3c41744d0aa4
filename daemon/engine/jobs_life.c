#include "engine/jobs_life.h"

#include "engine/decisions.h"
#include "engine/jobs.h"
#include "engine/jobs_dispatch.h"
#include "engine/state.h"

void jobs_move(struct engine *e, struct job_live *jl, int to, int64_t t_ms)
{
	jobs_enter(e, jl, to, t_ms);
	if (job_is_over(&jl->job))
		decisions_end_job(e, jl);
}

int jobs_relocate(struct engine *e, struct job_live *jl, const char *site, const char *queue)
{
	decisions_end_job(e, jl);
	jobs_touch(e, jl);
	return jobs_rename(e, jl, site, queue);
}

void jobs_drop(struct engine *e, struct job_live *jl)
{
	decisions_end_job(e, jl);
	jobs_forget(e, jl);
}

/* ---- Answers of adapters ----------------------------------------------------------------------- */

static void move_if(struct engine *e, struct job_live *jl, int to)
{
	if (sm_allowed(&job_sm, jl->job.state, to))
		jobs_move(e, jl, to, e->clock.now_ms);
}

static void obeyed(struct engine *e, struct job_live *jl, const struct action *a)
{
	switch (a->verb) {
	case VERB_START:
	case VERB_RESUME:
		jobs_count(e, jl, e->clock.now_ms);
		move_if(e, jl, JOB_RUNNING);
		jl->job.cap_w = 0;
		break;
	case VERB_PAUSE: {
		int64_t lost = job_lost_ds(&jl->job, e->clock.now_ms);

		if (jl->job.state != JOB_RUNNING)
			break;
		jobs_move(e, jl, JOB_PAUSED, e->clock.now_ms);
		jl->job.work_ds += lost;
		jl->job.lost_ds += lost;
		e->jobs.lost_ds += (uint64_t)lost;
		break;
	}
	case VERB_CAP:
		move_if(e, jl, JOB_RUNNING);
		jobs_count(e, jl, e->clock.now_ms);
		jl->job.cap_w = a->value;
		break;
	default:
		break;
	}
}

void jobs_acked(struct engine *e, struct decision_live *dl)
{
	struct job_live *jl = dl->job;

	if (!jl || !dl->in_force || dl->d.state != DECISION_APPLIED)
		return;
	if (dl->d.action.kind == ACTION_MIGRATE)
		move_if(e, jl, JOB_MIGRATING);
	else
		obeyed(e, jl, &dl->d.action);
	jobs_put(e, jl);
	jobs_touch(e, jl);
}

/* ---- What is due ------------------------------------------------------------------------------- */

/* The oldest end; NULL = none is over. */
static struct job_live *first_over(const struct engine *e)
{
	return list_is_empty(&e->jobs.over) ? NULL
					    : list_entry(e->jobs.over.next, struct job_live, node);
}

/* Jobs that are over are kept for so long, and no more of them than that. */
static bool drop_old(struct engine *e)
{
	const struct settings *s = &e->configuration->settings;
	struct job_live *jl;
	bool any = false;

	while ((jl = first_over(e)) && (jl->job.ended_ms + s->jobs.keep_ms <= e->clock.now_ms ||
					e->jobs.n_over > s->limits.jobs)) {
		jobs_drop(e, jl);
		any = true;
	}
	return any;
}

bool jobs_due(struct engine *e)
{
	bool any = drop_old(e);

	for (int i = 0; i < e->jobs.n_queues; i++) {
		struct job_queue *q = &e->jobs.queues[i];

		if (!q->touched || q->next_ms > e->clock.now_ms)
			continue;
		q->touched = false;
		any |= jobs_dispatch_queue(e, q);
	}
	return any;
}

int64_t jobs_next_ms(const struct engine *e)
{
	const struct job_live *jl = first_over(e);
	int64_t next = jl ? jl->job.ended_ms + e->configuration->settings.jobs.keep_ms : INT64_MAX;

	for (int i = 0; i < e->jobs.n_queues; i++)
		if (e->jobs.queues[i].touched)
			next = min_i64(next, e->jobs.queues[i].next_ms);
	return next;
}
