/* What the planner knows of a queue whose jobs are known: work that is there, that will come, and when it is due. */
#include <stdio.h>
#include <string.h>

#include "dispatch/pace.h"
#include "engine/jobs_fill.h"
#include "engine/state.h"
#include "engine/transit.h"

static const struct job_queue *queue_of(const struct snapshot_builder *b, int k)
{
	for (int i = 0; i < b->e->jobs.n_queues; i++) {
		const struct job_queue *q = &b->e->jobs.queues[i];

		if (q->site == b->ss->index && b->ss->assets[q->asset].index == k)
			return q;
	}
	return NULL;
}

bool jobs_are_known(const struct snapshot_builder *b, int k)
{
	const struct job_queue *q = queue_of(b, k);

	return q && q->n_live + q->n_over > 0;
}

/* The last step that ends at or before t; −1: none does. */
static int last_step_before(const struct plan_input *in, int64_t t_ms)
{
	int lo = 0, hi = (int)in->n;

	while (lo < hi) {
		int mid = lo + (hi - lo) / 2;

		if (in->start_ms[mid] + in->duration_ms[mid] <= t_ms)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo - 1;
}

/* A queue is planned as a fluid, its jobs are not: none does more than its devices can. By the end of each step so much
 * of a job has to be done that the rest can still be in time at its full pace; a slot earlier than that, for starts
 * wait for slots. What runs and must not be stopped does at least its least (least_dms of work per ms): were that not
 * due, it would count for the work of others that is. */
static void add_due(const struct plan_input *in, int64_t *due_ds, const struct compute_job *j,
		    int64_t work_ds, int64_t least_dms)
{
	int64_t span_ms = (work_ds * MS_PER_S + j->devices - 1) / j->devices;
	int64_t from = max_i64(j->deadline_ms - span_ms - SLOT_MS, in->now_ms);
	int64_t given = 0;

	for (uint32_t i = 0; i < in->n && given < work_ds; i++) {
		int64_t end = in->start_ms[i] + in->duration_ms[i];
		int64_t latest = max_i64(end - from, 0) * j->devices;
		int64_t least = max_i64(end - in->now_ms, 0) * least_dms;
		int64_t by_end = min_i64(max_i64(latest, least) / MS_PER_S, work_ds);

		due_ds[i] += by_end - given;
		given = by_end;
	}
}

/* The first step that begins at or after t. */
static int first_step_from(const struct plan_input *in, int64_t t_ms)
{
	int step = last_step_before(in, t_ms) + 1;

	return step < (int)in->n && in->start_ms[step] < t_ms ? step + 1 : step;
}

static int open_window(struct snapshot_builder *b, struct plan_window *w)
{
	w->lo_w = ARENA_ARRAY(b->arena, b->in->n, int64_t);
	w->hi_w = ARENA_ARRAY(b->arena, b->in->n, int64_t);
	if (!w->lo_w || !w->hi_w)
		return -ENOMEM;
	for (uint32_t i = 0; i < b->in->n; i++)
		w->lo_w[i] = INT64_MIN;
	return 0;
}

static int64_t at_pcc(const struct snapshot_builder *b, int64_t it_w)
{
	int64_t pue = b->in->load.pue_ppm > 0 ? b->in->load.pue_ppm : PPM;

	return (int64_t)((__int128)it_w * pue / PPM);
}

/* What runs and must not be stopped draws its least until it is done. */
static void add_floor(struct snapshot_builder *b, int k, const struct compute_job *j,
		      int64_t left_ds)
{
	struct plan_window *w = &b->in->queue_window[k];
	int64_t least = at_pcc(b, pace_least_w(&b->in->queues[k], j));
	int64_t end = b->in->now_ms + left_ds * MS_PER_S / j->devices;

	for (uint32_t i = 0; i < b->in->n && b->in->start_ms[i] + b->in->duration_ms[i] <= end; i++)
		w->lo_w[i] = max_i64(w->lo_w[i], 0) + least;
}

/* Work per millisecond, in device-milliseconds, at the least power that it runs at. */
static int64_t least_pace(const struct queue *q, const struct compute_job *j)
{
	int64_t full = pace_full_w(q, j);

	return full > 0 ? j->devices * pace_least_w(q, j) / full : 0;
}

struct filling {
	struct snapshot_builder *b;
	int k;
	int64_t *arrivals_ds; /* [n] announced */
	int64_t *transit_ds;  /* [n] beside them: on its way from other sites */
	int64_t *devices;     /* [n] that can be at work from the step on, not cumulative */
};

/* A gang draws all of its power in its last slot, too, however little is left: less power than that would stop it. Small
 * and short jobs fill each other's gaps. */
static int64_t whole_slots(const struct queue *q, const struct compute_job *j, int64_t left_ds)
{
	int64_t slot_ds = j->devices * (SLOT_MS / MS_PER_S);

	if (j->pushed_ds < slot_ds && j->devices * 20 <= q->devices)
		return left_ds;
	return (left_ds + slot_ds - 1) / slot_ds * slot_ds;
}

static void add_job(const struct filling *f, const struct compute_job *j)
{
	struct plan_input *in = f->b->in;
	const struct queue *q = &in->queues[f->k];
	int64_t left = whole_slots(q, j, job_left_ds(j, q->device_power_w, in->now_ms));
	bool stays = job_is_on(j) ? !job_may_pause(j) : j->tier == FLEX_F0;
	int step = 0;

	if (j->state == JOB_MIGRATING || j->state == JOB_HELD || left == 0)
		return; /* comes back as the other queue's, or when its owner lets it */
	if (!job_is_on(j) && job_ready_ms(j) > in->now_ms) {
		step = first_step_from(in, job_ready_ms(j));
		if (step >= (int)in->n)
			return;
		f->arrivals_ds[step] += left;
	} else {
		in->backlog_ds[f->k] += left;
		add_due(in, in->due_ds[f->k], j, left, stays ? least_pace(q, j) : 0);
	}
	f->devices[step] += j->devices;
	if (stays && step == 0)
		add_floor(f->b, f->k, j, left);
}

/* Sums up what was collected by step. */
static void finish(const struct filling *f)
{
	struct plan_input *in = f->b->in;
	const struct queue *q = &in->queues[f->k];
	struct plan_window *w = &in->queue_window[f->k];
	int64_t devices = 0;
	bool more = false;

	for (uint32_t i = 0; i < in->n; i++) {
		int64_t most;

		if (i > 0)
			in->due_ds[f->k][i] += in->due_ds[f->k][i - 1];
		/* more may be foreseen to come than is announced: by jobs that nobody has seen */
		more |= in->arrivals_ds[f->k][i] > f->arrivals_ds[i];
		in->arrivals_ds[f->k][i] =
			max_i64(in->arrivals_ds[f->k][i], f->arrivals_ds[i]) + f->transit_ds[i];
		devices += f->devices[i];
		most = at_pcc(f->b, min_i64(devices, q->devices) * q->device_power_w);
		w->hi_w[i] = more ? INT64_MAX : most;
		w->lo_w[i] = min_i64(w->lo_w[i], most);
	}
}

static void say(struct snapshot_builder *b, const char *what, int k, uint32_t n_jobs)
{
	struct plan_source *src = snapshot_next_source(b);

	snapshot_name_input(src->input, what, b->in->queues[k].id);
	snprintf(src->source, sizeof(src->source), "jobs:%u", n_jobs);
	src->quality = QUALITY_OK;
}

int jobs_fill(struct snapshot_builder *b, int k)
{
	const struct job_queue *q = queue_of(b, k);
	struct plan_input *in = b->in;
	struct filling f = {.b = b,
			    .k = k,
			    .arrivals_ds = ARENA_ARRAY(b->arena, in->n, int64_t),
			    .transit_ds = ARENA_ARRAY(b->arena, in->n, int64_t),
			    .devices = ARENA_ARRAY(b->arena, in->n, int64_t)};

	if (!f.arrivals_ds || !f.transit_ds || !f.devices || open_window(b, &in->queue_window[k]))
		return -ENOMEM;
	in->backlog_ds[k] = 0;
	memset(in->due_ds[k], 0, in->n * sizeof(*in->due_ds[k]));
	list_foreach(it, &q->live) add_job(&f, &list_entry(it, struct job_live, node)->job);
	transit_add(b, k, f.transit_ds, f.devices);
	finish(&f);
	say(b, "backlog", k, q->n_live);
	say(b, "due", k, q->n_live);
	return 0;
}
