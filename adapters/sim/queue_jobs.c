/* Queues of named jobs. A job is a gang: it runs on all its devices at one speed. Time goes on in small strides, so that
 * what a job leaves is taken by the next within a step. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "base/slot.h"
#include "sim/queue.h"

#define STRIDE_MS MS_PER_MIN
#define URGENT_MS (30 * MS_PER_MIN)

int queue_add_job(struct queue_state *q, const struct job *job, int64_t left_dms)
{
	struct queue_lot *l = queue_insert(q, job->due_ms);

	if (!l)
		return -ENOMEM;
	l->job = job;
	l->left_dms = l->safe_dms = left_dms;
	q->has_jobs = true;
	q->arrived_dms += left_dms;
	q->backlog_dms += left_dms;
	return 0;
}

struct queue_lot *queue_find_job(const struct queue_state *q, const char *id)
{
	for (size_t i = 0; i < q->n; i++)
		if (q->lot[i].job && strcmp(q->lot[i].job->id, id) == 0)
			return &q->lot[i];
	return NULL;
}

/* News of one job have times that ascend, also where they follow from one another at the same moment. */
static int64_t order_ms(enum job_news news)
{
	switch (news) {
	case JOB_PROGRESSED:
		return -1;
	case JOB_ARRIVED:
		return 1;
	case JOB_PAUSED:
		return 2;
	case JOB_LEAVES:
		return 3;
	case JOB_STARTED:
		return 4;
	case JOB_CHECKPOINTED:
	case JOB_FINISHED:
		break;
	}
	return 0;
}

int queue_note(struct queue_state *q, const struct job_note *note)
{
	if (q->n_notes == q->notes_size) {
		size_t size = q->notes_size ? 2 * q->notes_size : 32;
		struct job_note *notes = reallocarray(q->note, size, sizeof(*notes));

		if (!notes)
			return -ENOMEM;
		q->note = notes;
		q->notes_size = size;
	}
	q->note[q->n_notes] = *note;
	q->note[q->n_notes++].t_ms += order_ms(note->news);
	return 0;
}

void queue_forget(struct queue_state *q)
{
	q->n_notes = 0;
}

static int tell(struct queue_state *q, const struct queue_lot *l, enum job_news news, int64_t t_ms)
{
	return queue_note(
		q, &(struct job_note){
			   .job = l->job, .news = news, .t_ms = t_ms, .left_dms = l->left_dms});
}

/* ---- Orders ------------------------------------------------------------------------------------------- */

/* It runs once devices are free. */
int queue_start_job(struct queue_state *q, struct queue_lot *l)
{
	q->by_job = true;
	l->stopping = false;
	if (l->state == LOT_RUNNING)
		return 0;
	l->told = true;
	l->state = LOT_PENDING;
	return 0;
}

/* What was done since the last checkpoint is done again. */
static void fall_back(struct queue_state *q, struct queue_lot *l)
{
	int64_t lost_dms = l->safe_dms - l->left_dms;

	q->lost_dms += lost_dms;
	q->done_dms -= lost_dms;
	q->backlog_dms += lost_dms;
	l->left_dms = l->safe_dms;
	l->since_ms = 0;
}

int queue_pause_job(struct queue_state *q, const struct plant_queue *spec, struct queue_lot *l,
		    int64_t now_ms)
{
	q->by_job = true;
	l->told = false;
	if (l->state != LOT_RUNNING) {
		l->state = LOT_PAUSED;
		return 0;
	}
	if (spec->checkpoint_every_ms && !spec->pause_hard) {
		if (l->since_ms >= 0)
			l->since_ms = -spec->checkpoint_ms;
		l->stopping = true;
		return 0;
	}
	fall_back(q, l);
	l->state = LOT_PAUSED;
	return tell(q, l, JOB_PAUSED, now_ms);
}

void queue_resume_job(struct queue_state *q, struct queue_lot *l)
{
	q->by_job = true;
	l->cap_w = INT64_MAX;
	l->stopping = false;
	if (l->state == LOT_RUNNING)
		return;
	l->told = l->told || l->state == LOT_PAUSED;
	l->state = LOT_PENDING;
}

void queue_hold_job(struct queue_state *q, struct queue_lot *l)
{
	q->by_job = true;
	if (l->state == LOT_RUNNING)
		return;
	l->told = false;
	l->state = LOT_HELD;
}

struct queue_lot queue_remove_job(struct queue_state *q, struct queue_lot *l)
{
	struct queue_lot taken;

	taken = *l; /* it is checkpointed before it leaves */
	taken.safe_dms = taken.left_dms;
	taken.since_ms = 0;
	taken.stopping = false;
	taken.state = LOT_PENDING;
	taken.told = false;
	taken.cap_w = INT64_MAX;
	q->backlog_dms -= taken.left_dms;
	q->arrived_dms -= taken.left_dms; /* it arrives elsewhere */
	queue_drop(q, l);
	return taken;
}

/* ---- Who runs ----------------------------------------------------------------------------------------- */

static int64_t full_w(const struct plant_queue *spec, const struct queue_lot *l)
{
	return min_i64(l->job->devices * spec->device_power_w, l->cap_w);
}

static int64_t allowed_w(const struct plant_queue *spec, const struct queue_bounds *b)
{
	return max_i64(min_i64(max_i64(b->cap_w, spec->power_min_w), b->room_w), 0);
}

struct use {
	int64_t devices, power_w;
};

static struct use in_use(const struct queue_state *q, const struct plant_queue *spec)
{
	struct use u = {0};

	for (size_t i = 0; i < q->n; i++)
		if (q->lot[i].state == LOT_RUNNING) {
			u.devices += q->lot[i].job->devices;
			u.power_w += full_w(spec, &q->lot[i]);
		}
	return u;
}

/* It has to start about now if it is to end in time. */
static bool is_urgent(const struct queue_lot *l, int64_t now_ms)
{
	return l->due_ms - now_ms - l->left_dms / l->job->devices <= URGENT_MS;
}

/* A job that was told to start starts; one that was not does where nobody holds it back and the power is there. */
static bool may_start(const struct queue_state *q, const struct plant_queue *spec,
		      const struct queue_bounds *b, const struct queue_lot *l, const struct use *u)
{
	if (l->state != LOT_PENDING || u->devices + l->job->devices > spec->devices)
		return false;
	if (l->told)
		return true;
	if (q->by_job && b->cap_w != INT64_MAX)
		return false;
	if (is_urgent(l, b->now_ms))
		return true;
	return u->power_w + full_w(spec, l) / 2 <=
	       allowed_w(spec, b); /* at half speed it is worth it */
}

static int start_jobs(struct queue_state *q, const struct plant_queue *spec,
		      const struct queue_bounds *b, int64_t now_ms)
{
	struct use u;
	int r = 0;

	for (size_t i = 0; i < q->n && q->preemptive; i++)
		if (q->lot[i].state == LOT_RUNNING)
			q->lot[i].state = LOT_PENDING;
	u = in_use(q, spec);
	/* The urgent first, then the earliest due. */
	for (size_t k = 0; k < 2 * q->n && r == 0; k++) {
		struct queue_lot *l = &q->lot[k % q->n];

		if ((k < q->n && !is_urgent(l, now_ms)) || !may_start(q, spec, b, l, &u))
			continue;
		l->state = LOT_RUNNING;
		u.devices += l->job->devices;
		u.power_w += full_w(spec, l);
		if (!q->preemptive)
			r = tell(q, l, JOB_STARTED, now_ms);
	}
	return r;
}

/* ---- How far they get ------------------------------------------------------------------------------------ */

struct stride {
	const struct plant_queue *spec;
	int64_t from_ms, ms;
	double share;	     /* of full power that all run at, at most … */
	double urgent_share; /* … and those that could not be in time otherwise */
	int64_t work_dms;
	double energy_mj;
};

/* Writing a checkpoint: no work, some power. Returns the time that is left of the stride. */
static int64_t write_checkpoint(struct queue_state *q, struct stride *s, struct queue_lot *l,
				int *ret)
{
	int64_t ms = min_i64(-l->since_ms, s->ms);

	s->energy_mj += (double)(l->job->devices * s->spec->device_power_w * ms) * s->share *
			(double)s->spec->checkpoint_power_ppm / 1e6;
	l->since_ms += ms;
	if (l->since_ms == 0) {
		l->safe_dms = l->left_dms;
		*ret = tell(q, l, JOB_CHECKPOINTED, s->from_ms + ms);
		if (l->stopping && *ret == 0)
			*ret = tell(q, l, JOB_PAUSED, s->from_ms + ms);
		if (l->stopping)
			l->state = LOT_PAUSED;
		l->stopping = false;
	}
	return l->state == LOT_PAUSED ? 0 : s->ms - ms;
}

static int run_job(struct queue_state *q, struct stride *s, struct queue_lot *l)
{
	double share = fmin(is_urgent(l, s->from_ms) ? s->urgent_share : s->share,
			    (double)full_w(s->spec, l) /
				    (double)(l->job->devices * s->spec->device_power_w));
	double speed = queue_throughput(s->spec, share) * (double)l->job->devices;
	int64_t ms = s->ms, work_dms;
	int r = 0;

	if (l->since_ms < 0)
		ms = write_checkpoint(q, s, l, &r);
	work_dms = min_i64((int64_t)(speed * (double)ms), l->left_dms);
	if (work_dms == 0)
		return r;
	ms = min_i64(ms, (int64_t)ceil((double)work_dms / speed));
	s->energy_mj += (double)(l->job->devices * s->spec->device_power_w * ms) * share;
	s->work_dms += work_dms;
	l->left_dms -= work_dms;
	q->done_dms += work_dms;
	q->backlog_dms -= work_dms;
	l->since_ms += ms;
	if (s->spec->checkpoint_every_ms == 0)
		l->safe_dms = l->left_dms; /* it is stopped where it is */
	if (s->spec->checkpoint_every_ms && l->since_ms >= s->spec->checkpoint_every_ms &&
	    !q->preemptive)
		l->since_ms = -s->spec->checkpoint_ms;
	if (l->left_dms == 0 && !q->preemptive && r == 0)
		r = tell(q, l, JOB_FINISHED, s->from_ms + ms);
	return r;
}

static int stride(struct queue_state *q, struct stride *s)
{
	int r = 0;

	for (size_t i = 0; i < q->n && r == 0;) {
		struct queue_lot *l = &q->lot[i];

		if (l->state == LOT_RUNNING)
			r = run_job(q, s, l);
		if (l->left_dms == 0)
			queue_drop(q, l);
		else
			i++;
	}
	return r;
}

/* Where nobody decides over single jobs, the urgent come first; else all bear the cap alike. */
static void share_out(const struct queue_state *q, int64_t allowed_w, struct stride *s)
{
	int64_t all_w = in_use(q, s->spec).power_w, urgent_w = 0, other_w;

	for (size_t i = 0; i < q->n && !q->by_job; i++)
		if (q->lot[i].state == LOT_RUNNING && is_urgent(&q->lot[i], s->from_ms))
			urgent_w += full_w(s->spec, &q->lot[i]);
	s->share = s->urgent_share = all_w <= allowed_w ? 1 : (double)allowed_w / (double)all_w;
	if (all_w <= allowed_w || urgent_w == 0)
		return;
	other_w = all_w - urgent_w;
	s->urgent_share = urgent_w <= allowed_w ? 1 : (double)allowed_w / (double)urgent_w;
	s->share = other_w ? (double)max_i64(allowed_w - urgent_w, 0) / (double)other_w : 0;
}

int queue_jobs_step(struct queue_state *q, const struct plant_queue *spec,
		    const struct queue_bounds *b, struct queue_flow *ret)
{
	struct stride s = {.spec = spec};
	int64_t allowed = allowed_w(spec, b);
	int r = 0;

	for (int64_t at = 0; at < b->dt_ms && r == 0; at += s.ms) {
		s.ms = min_i64(STRIDE_MS, b->dt_ms - at);
		s.from_ms = b->now_ms + at;
		r = start_jobs(q, spec, b, s.from_ms);
		share_out(q, allowed, &s);
		if (r == 0)
			r = stride(q, &s);
	}
	if (r == 0)
		r = queue_count_late(q, b->now_ms, b->now_ms + b->dt_ms);
	*ret = (struct queue_flow){s.work_dms, (int64_t)(s.energy_mj / (double)b->dt_ms)};
	return r;
}

int64_t queue_jobs_expect_w(const struct queue_state *q, const struct plant_queue *spec,
			    const struct queue_bounds *b)
{
	struct use u = in_use(q, spec);

	for (size_t i = 0; i < q->n; i++)
		if (may_start(q, spec, b, &q->lot[i], &u)) {
			u.devices += q->lot[i].job->devices;
			u.power_w += full_w(spec, &q->lot[i]);
		}
	return min_i64(u.power_w, allowed_w(spec, b));
}
