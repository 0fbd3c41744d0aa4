/* Jobs as people ask for them, with what the plan in force would have each do. */
#include <stdio.h>
#include <string.h>

#include "dispatch/disaggregate.h"
#include "dispatch/outlook.h"
#include "engine/jobs.h"
#include "engine/jobs_dispatch.h"
#include "engine/state.h"
#include "engine/workload.h"

#define SCRATCH_CAP ((size_t)512 << 20)

/* ---- The outlook of one queue ------------------------------------------------------------------ */

struct list_outlook {
	bool known;
	const struct dispatch_task *tasks;
	size_t n;
	uint32_t *row; /* [n] of the tasks that somebody asks for: index into infos + 1 */
	struct job_info *infos;
	int64_t plan_end_ms;
};

static struct job_step *last_step(struct job_info *info)
{
	return info->n_steps > 0 ? &info->steps[info->n_steps - 1] : NULL;
}

/* Neighbours that are alike are one. */
static void add_step(struct job_info *info, const struct job_step *s)
{
	struct job_step *last = last_step(info);

	if (last && last->what == s->what && last->end_ms == s->start_ms) {
		int64_t before = last->end_ms - last->start_ms, span = s->end_ms - s->start_ms;

		if (before + span > 0)
			last->power_w = (int64_t)(((__int128)last->power_w * before +
						   (__int128)s->power_w * span) /
						  (before + span));
		last->end_ms = s->end_ms;
		return;
	}
	if (info->n_steps < JOB_STEPS_MAX)
		info->steps[info->n_steps++] = *s;
}

static void on_step(void *arg, const struct outlook_step *s)
{
	struct list_outlook *o = arg;
	struct job_info *info = o->row[s->task] ? &o->infos[o->row[s->task] - 1] : NULL;
	const struct dispatch_task *t = &o->tasks[s->task];
	struct job_step step = {.start_ms = s->start_ms,
				.end_ms = s->end_ms ? s->end_ms : s->start_ms + s->duration_ms,
				.power_w = s->power_w,
				.what = STEP_RUN};

	if (!info)
		return;
	if (s->power_w == 0)
		step.what = STEP_PAUSE;
	else if (t->want == WANT_CAP && s->power_w == t->power_w)
		step.what = STEP_CAP;
	add_step(info, &step);
	if (s->power_w > 0 && info->start_ms == 0)
		info->start_ms = s->start_ms;
	if (s->end_ms)
		info->end_ms = s->end_ms;
}

static const char *explain(const struct job_info *info, const struct list_outlook *o)
{
	const struct compute_job *j = info->job;

	if (info->has_slack && info->slack_ms < 0)
		return "late under the plan in force";
	if (info->end_ms == 0 && j->deadline_ms <= o->plan_end_ms)
		return "not done by its deadline under the plan in force";
	if (j->state == JOB_HELD)
		return "held by its owner";
	if (j->state == JOB_MIGRATING)
		return "on its way to another site";
	if (info->start_ms == 0)
		return "waits beyond the plan's horizon";
	return "";
}

static void add_move(const struct engine *e, const struct job_queue *jq,
		     const struct dispatch_task *t, struct job_info *info)
{
	const struct plan *p = e->sites[jq->site].held->plan;
	struct job_step step = {
		.what = STEP_MIGRATE, .start_ms = e->clock.now_ms, .end_ms = e->clock.now_ms};

	snprintf(step.to, sizeof(step.to), "%s", p->moves[t->move].other);
	add_step(info, &step);
}

static int walk(const struct engine *e, const struct job_queue *jq, struct arena *a,
		struct list_outlook *o)
{
	struct dispatch_result result;
	struct dispatch_queue q;
	struct dispatch_task *tasks;
	int rc = jobs_slots(e, jq, a, &q);

	if (rc)
		return rc == ERR_NODATA ? 0 : rc;
	if (jobs_tasks(e, jq, a, &tasks, &o->n) || disaggregate(&q, tasks, o->n, a, &result))
		return -ENOMEM;
	o->tasks = tasks;
	o->row = ARENA_ARRAY(a, o->n, uint32_t);
	if (!o->row)
		return -ENOMEM;
	o->plan_end_ms = q.slots[q.n_slots - 1].start_ms + q.slots[q.n_slots - 1].duration_ms;
	o->known = true;
	return 0;
}

/* ---- One page ---------------------------------------------------------------------------------- */

struct listing {
	const struct engine *e;
	const struct job_query *q;
	struct arena arena;
	struct job_info *infos; /* [n] */
	uint32_t n, size;
};

static bool is_wanted(const struct job_query *q, const struct compute_job *j)
{
	if ((q->site[0] && strcmp(q->site, j->site) != 0) ||
	    (q->queue[0] && strcmp(q->queue, j->queue) != 0))
		return false;
	if (q->id[0])
		return strcmp(q->id, j->id) == 0;
	return q->state == JOB_NONE ? !job_is_over(j) : q->state == j->state;
}

static void begin_info(const struct engine *e, const struct job_live *jl, struct job_info *info)
{
	*info = (struct job_info){
		.job = &jl->job,
		.left_ds = job_left_ds(&jl->job, jobs_device_w(e, jl), e->clock.now_ms),
		.decision_id = jl->current ? jl->current->d.id : 0,
		.text = "",
	};
	if (job_is_on(&jl->job))
		info->dwell_until_ms =
			jl->job.started_ms + e->configuration->settings.jobs.dwell_ms;
}

/* Everything that fits what is asked for but the window, which needs the outlook. */
static int collect(struct listing *l)
{
	const struct job_live *jl;
	size_t at = 0;

	while ((jl = map_next(&l->e->jobs.by_number, &at, NULL, NULL)))
		l->size += is_wanted(l->q, &jl->job) && jl->job.number > l->q->after;
	l->infos = ARENA_ARRAY(&l->arena, l->size, struct job_info);
	if (!l->infos)
		return -ENOMEM;
	at = 0;
	while ((jl = map_next(&l->e->jobs.by_number, &at, NULL, NULL))) {
		if (!is_wanted(l->q, &jl->job) || jl->job.number <= l->q->after)
			continue;
		begin_info(l->e, jl, &l->infos[l->n++]);
		/* without a window the first that fit are all of the page, and one more says that there are more */
		if (l->q->to_ms == 0 && l->n > l->q->limit)
			break;
	}
	return 0;
}

static void finish_info(struct job_info *info, const struct list_outlook *o)
{
	info->has_outlook = true;
	info->has_slack = info->end_ms != 0;
	if (info->has_slack)
		info->slack_ms = info->job->deadline_ms - info->end_ms;
	info->text = explain(info, o);
}

static int look_ahead(struct listing *l, const struct job_queue *jq, int index)
{
	struct list_outlook o = {.infos = l->infos};
	int rc = walk(l->e, jq, &l->arena, &o);
	struct dispatch_queue q;
	size_t k = 0;

	if (rc || !o.known)
		return rc;
	/* both are in the order of numbers */
	for (uint32_t i = 0; i < l->n; i++) {
		const struct job_live *jl = container_of(
			(struct compute_job *)(uintptr_t)l->infos[i].job, struct job_live, job);

		if (jl->queue != index || job_is_over(&jl->job))
			continue;
		while (k < o.n && o.tasks[k].job->number < jl->job.number)
			k++;
		if (k < o.n && o.tasks[k].job == &jl->job) {
			o.row[k] = i + 1;
			if (o.tasks[k].want == WANT_MOVE)
				add_move(l->e, jq, &o.tasks[k], &l->infos[i]);
		}
	}
	if (jobs_slots(l->e, jq, &l->arena, &q) ||
	    outlook_walk(&q, o.tasks, o.n, &l->arena, on_step, &o))
		return -ENOMEM;
	for (uint32_t i = 0; i < l->n; i++) {
		const struct job_live *jl = container_of(
			(struct compute_job *)(uintptr_t)l->infos[i].job, struct job_live, job);

		if (jl->queue == index && !job_is_over(&jl->job))
			finish_info(&l->infos[i], &o);
	}
	return 0;
}

static bool is_asked_for(const struct listing *l, int index)
{
	for (uint32_t i = 0; i < l->n; i++) {
		const struct job_live *jl = container_of(
			(struct compute_job *)(uintptr_t)l->infos[i].job, struct job_live, job);

		if (jl->queue == index && !job_is_over(&jl->job))
			return true;
	}
	return false;
}

static bool is_in_window(const struct job_query *q, const struct job_info *info)
{
	int64_t from = q->from_ms, to = q->to_ms;

	if (to == 0)
		return true;
	if (info->job->deadline_ms >= from && info->job->deadline_ms < to)
		return true;
	if (info->end_ms >= from && info->end_ms < to && info->end_ms != 0)
		return true;
	for (int i = 0; i < info->n_steps; i++)
		if (info->steps[i].start_ms >= from && info->steps[i].start_ms < to)
			return true;
	return false;
}

static void tell(const struct listing *l, bool (*visit)(void *arg, const struct job_info *info),
		 void *arg, struct job_page *ret)
{
	uint32_t told = 0;
	uint64_t last = 0;

	for (uint32_t i = 0; i < l->n; i++) {
		if (!is_in_window(l->q, &l->infos[i]))
			continue;
		if (told == l->q->limit) {
			ret->next = last;
			return;
		}
		told++;
		last = l->infos[i].job->number;
		if (!visit(arg, &l->infos[i])) {
			ret->next = last;
			return;
		}
	}
}

static int check_query(const struct engine *e, const struct job_query *q, struct fault *f)
{
	bool site = q->site[0] == '\0', queue = q->queue[0] == '\0';

	for (size_t s = 0; s < e->n_sites; s++) {
		const struct site *at = e->sites[s].site;

		if (q->site[0] && strcmp(at->id, q->site) != 0)
			continue;
		site = true;
		for (int k = 0; k < at->n_queues; k++)
			queue |= strcmp(at->queues[k].id, q->queue) == 0;
	}
	if (!site)
		return fault_set(f, ERR_NOTFOUND, "site: no site %.60s", q->site);
	if (!queue)
		return fault_set(f, ERR_NOTFOUND, "queue: no queue %.60s", q->queue);
	if (q->id[0] && !jobs_find(e, q->site, q->id))
		return fault_set(f, ERR_NOTFOUND, "id: no job %.60s at %.60s", q->id, q->site);
	return 0;
}

static void sum_up(const struct engine *e, const struct job_query *q, struct job_page *ret)
{
	const struct job_live *jl;
	size_t at = 0;

	while ((jl = map_next(&e->jobs.by_number, &at, NULL, NULL))) {
		if (job_is_over(&jl->job) || (q->site[0] && strcmp(q->site, jl->job.site) != 0) ||
		    (q->queue[0] && strcmp(q->queue, jl->job.queue) != 0))
			continue;
		ret->n_live++;
		ret->backlog_ds += job_left_ds(&jl->job, jobs_device_w(e, jl), e->clock.now_ms);
	}
}

int engine_list_jobs(const struct engine *e, const struct job_query *q,
		     bool (*visit)(void *arg, const struct job_info *info), void *arg,
		     struct job_page *ret, struct fault *f)
{
	struct listing l = {.e = e, .q = q};
	int rc = check_query(e, q, f);

	*ret = (struct job_page){0};
	if (rc)
		return rc;
	arena_init(&l.arena, SCRATCH_CAP);
	rc = collect(&l);
	for (int i = 0; rc == 0 && i < e->jobs.n_queues; i++)
		if (is_asked_for(&l, i))
			rc = look_ahead(&l, &e->jobs.queues[i], i);
	if (rc == 0) {
		sum_up(e, q, ret);
		tell(&l, visit, arg, ret);
	} else {
		fault_set(f, rc, "jobs: %s", err_text(rc));
	}
	arena_fini(&l.arena);
	return rc;
}
