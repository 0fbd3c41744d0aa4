#include "dispatch/edf.h"

#include <errno.h>
#include <string.h>

#include "dispatch/pace.h"

/* ---- State ------------------------------------------------------------------------------------- */

static bool may_run(const struct dispatch_task *t)
{
	int state = t->job->state;

	return t->want != WANT_MOVE && t->left_ds > 0 &&
	       (state == JOB_PENDING || state == JOB_RUNNING || state == JOB_PAUSED);
}

/* Deadline, then number: in whatever order they come. */
static bool is_before(const struct dispatch_task *a, const struct dispatch_task *b)
{
	if (a->job->deadline_ms != b->job->deadline_ms)
		return a->job->deadline_ms < b->job->deadline_ms;
	return a->job->number < b->job->number;
}

/* Merge sort of indices, bottom up: qsort has no room for the tasks' array. */
static void sort_tasks(const struct dispatch_task *tasks, uint32_t *at, uint32_t *spare, uint32_t n)
{
	for (uint32_t width = 1; width < n; width *= 2) {
		for (uint32_t lo = 0; lo < n; lo += 2 * width) {
			uint32_t mid = lo + width < n ? lo + width : n;
			uint32_t hi = mid + width < n ? mid + width : n;
			uint32_t i = lo, j = mid, k = lo;

			while (i < mid && j < hi)
				spare[k++] =
					is_before(&tasks[at[j]], &tasks[at[i]]) ? at[j++] : at[i++];
			while (i < mid)
				spare[k++] = at[i++];
			while (j < hi)
				spare[k++] = at[j++];
		}
		memcpy(at, spare, n * sizeof(*at));
	}
}

static int alloc_state(struct edf *e, struct arena *a)
{
	size_t n = e->n;

	e->left_dms = ARENA_ARRAY(a, n, int64_t);
	e->next = ARENA_ARRAY(a, n + 1, uint32_t);
	e->prev = ARENA_ARRAY(a, n + 1, uint32_t);
	e->fixed = ARENA_ARRAY(a, n, uint32_t);
	e->f0 = ARENA_ARRAY(a, n, uint32_t);
	e->grants = ARENA_ARRAY(a, n, struct edf_grant);
	e->granted = ARENA_ARRAY(a, n, bool);
	if (!e->left_dms || !e->next || !e->prev || !e->fixed || !e->f0 || !e->grants ||
	    !e->granted)
		return -ENOMEM;
	return 0;
}

static struct edf_job describe(const struct dispatch_queue *q, const struct dispatch_task *t,
			       uint32_t task)
{
	const struct compute_job *j = t->job;
	bool on = job_is_on(j);

	return (struct edf_job){
		.task = task,
		.f0 = j->tier == FLEX_F0,
		.stays = !job_may_pause(j),
		.ready_ms = on		? 0
			    : t->barred ? max_i64(job_ready_ms(j),
						  q->slots[0].start_ms + q->slots[0].duration_ms)
					: job_ready_ms(j),
		.deadline_ms = j->deadline_ms,
		.devices = j->devices,
		.full_w = pace_full_w(q->queue, j),
		.least_w = pace_least_w(q->queue, j),
	};
}

static void append(struct edf *e, uint32_t job)
{
	uint32_t head = e->n, last = e->prev[head];

	e->prev[job] = last;
	e->next[job] = head;
	e->next[last] = job;
	e->prev[head] = job;
}

static void take_out(struct edf *e, uint32_t job)
{
	e->next[e->prev[job]] = e->next[job];
	e->prev[e->next[job]] = e->prev[job];
}

int edf_init(struct edf *e, const struct dispatch_queue *q, const struct dispatch_task *tasks,
	     size_t n, struct arena *a)
{
	uint32_t *at = ARENA_ARRAY(a, n, uint32_t), *spare = ARENA_ARRAY(a, n, uint32_t);
	struct edf_job *jobs;

	*e = (struct edf){.queue = q->queue, .smallest_w = INT64_MAX};
	if (!at || !spare)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (may_run(&tasks[i]))
			at[e->n++] = (uint32_t)i;
	sort_tasks(tasks, at, spare, e->n);
	e->jobs = jobs = ARENA_ARRAY(a, e->n, struct edf_job);
	if (!jobs || alloc_state(e, a))
		return -ENOMEM;
	e->next[e->n] = e->prev[e->n] = e->n;
	for (uint32_t i = 0; i < e->n; i++) {
		const struct dispatch_task *t = &tasks[at[i]];

		jobs[i] = describe(q, t, at[i]);
		e->left_dms[i] = t->left_ds * MS_PER_S;
		e->smallest_w = min_i64(e->smallest_w, jobs[i].least_w);
		e->longest_ms = max_i64(e->longest_ms, e->left_dms[i] / jobs[i].devices);
		if (jobs[i].stays && job_is_on(t->job))
			e->fixed[e->n_fixed++] = i;
		else if (jobs[i].f0)
			e->f0[e->n_f0++] = i;
		else
			append(e, i);
	}
	return 0;
}

int edf_copy(struct edf *to, const struct edf *from, struct arena *a)
{
	size_t n = from->n;

	*to = *from;
	if (alloc_state(to, a))
		return -ENOMEM;
	memcpy(to->left_dms, from->left_dms, n * sizeof(*to->left_dms));
	memcpy(to->next, from->next, (n + 1) * sizeof(*to->next));
	memcpy(to->prev, from->prev, (n + 1) * sizeof(*to->prev));
	memcpy(to->fixed, from->fixed, n * sizeof(*to->fixed));
	memcpy(to->f0, from->f0, n * sizeof(*to->f0));
	memcpy(to->granted, from->granted, n * sizeof(*to->granted));
	memcpy(to->grants, from->grants, n * sizeof(*to->grants));
	return 0;
}

/* ---- Work -------------------------------------------------------------------------------------- */

/* Keeps the list of those that stay in the order of deadlines. */
static void fix(struct edf *e, uint32_t job)
{
	uint32_t at = e->n_fixed++;

	for (; at > 0 && e->fixed[at - 1] > job; at--)
		e->fixed[at] = e->fixed[at - 1];
	e->fixed[at] = job;
}

/* Those of tier F0 that began wait no more, and what stays is there until it is done. */
static void tidy_lists(struct edf *e)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < e->n_f0; i++)
		if (!e->granted[e->f0[i]])
			e->f0[n++] = e->f0[i];
	e->n_f0 = n;
	n = 0;
	for (uint32_t i = 0; i < e->n_fixed; i++)
		if (e->left_dms[e->fixed[i]] > 0)
			e->fixed[n++] = e->fixed[i];
	e->n_fixed = n;
}

/* From where it waited to where it belongs now. */
static void place(struct edf *e, uint32_t job, bool was_fixed)
{
	const struct edf_job *j = &e->jobs[job];
	bool done = e->left_dms[job] == 0;

	if (was_fixed || (!done && !j->stays))
		return;
	if (!j->f0)
		take_out(e, job);
	if (!done)
		fix(e, job);
}

/* Work per millisecond of a grant, in device-milliseconds × PPM. */
static int64_t rate(const struct edf *e, const struct edf_job *j, int64_t power_w)
{
	if (power_w >= j->full_w)
		return j->devices * PPM;
	return j->devices * pace_work_ppm(e->queue, (int64_t)((__int128)power_w * PPM / j->full_w));
}

/* When it is done, 0 = not in this slot. */
static int64_t work(struct edf *e, const struct edf_grant *g, const struct dispatch_slot *slot)
{
	const struct edf_job *j = &e->jobs[g->job];
	int64_t pace = max_i64(rate(e, j, g->power_w), 1), end_ms;
	__int128 done = (__int128)pace * slot->duration_ms / PPM, left = e->left_dms[g->job];

	if (left > done) {
		e->left_dms[g->job] -= (int64_t)done;
		return 0;
	}
	end_ms = slot->start_ms + (int64_t)((left * PPM + pace - 1) / pace);
	e->n_late += end_ms > j->deadline_ms;
	e->left_dms[g->job] = 0;
	return end_ms;
}

void edf_advance(struct edf *e, const struct dispatch_slot *slot, const struct edf_visitor *v)
{
	for (uint32_t i = 0; i < e->n_grants; i++) {
		const struct edf_grant *g = &e->grants[i];
		int64_t end_ms = work(e, g, slot);

		if (v)
			v->fn(v->arg, &e->jobs[g->job], slot, g->power_w, end_ms);
		place(e, g->job, e->grants[i].fixed);
	}
	tidy_lists(e);
	for (uint32_t i = 0; i < e->n_grants; i++)
		e->granted[e->grants[i].job] = false;
	e->n_grants = 0;
}

static void count_late(struct edf *e, uint32_t job, int64_t end_ms)
{
	if (e->jobs[job].deadline_ms > end_ms || e->left_dms[job] <= 0)
		return;
	e->n_late++;
	e->late_ds += e->left_dms[job] / MS_PER_S;
}

void edf_run(struct edf *e, const struct dispatch_queue *q, uint32_t from,
	     const struct edf_visitor *v)
{
	const struct dispatch_slot *last = &q->slots[q->n_slots - 1];

	for (uint32_t s = from; s < q->n_slots; s++) {
		edf_fill(e, &q->slots[s]);
		edf_advance(e, &q->slots[s], v);
	}
	for (uint32_t job = e->next[e->n]; job != e->n; job = e->next[job])
		count_late(e, job, last->start_ms + last->duration_ms);
	for (uint32_t i = 0; i < e->n_fixed; i++)
		count_late(e, e->fixed[i], last->start_ms + last->duration_ms);
	for (uint32_t i = 0; i < e->n_f0; i++)
		count_late(e, e->f0[i], last->start_ms + last->duration_ms);
}
