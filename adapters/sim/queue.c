#include "sim/queue.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"

void queue_init(struct queue_state *q)
{
	*q = (struct queue_state){.late_counted_ms = INT64_MIN};
}

void queue_fini(struct queue_state *q)
{
	free(q->lot);
	free(q->note);
	free(q->late);
	queue_init(q);
}

static int grow(struct queue_state *q)
{
	size_t size = q->size ? 2 * q->size : 64;
	struct queue_lot *lot = reallocarray(q->lot, size, sizeof(*lot));

	if (!lot)
		return -ENOMEM;
	q->lot = lot;
	q->size = size;
	return 0;
}

struct queue_lot *queue_insert(struct queue_state *q, int64_t due_ms)
{
	size_t i = q->n;

	if (q->n == q->size && grow(q) < 0)
		return NULL;
	while (i > 0 && q->lot[i - 1].due_ms > due_ms)
		i--;
	memmove(q->lot + i + 1, q->lot + i, (q->n - i) * sizeof(*q->lot));
	q->lot[i] = (struct queue_lot){.due_ms = due_ms, .cap_w = INT64_MAX};
	q->n++;
	return &q->lot[i];
}

void queue_drop(struct queue_state *q, const struct queue_lot *l)
{
	size_t i = (size_t)(l - q->lot);

	q->n--;
	memmove(q->lot + i, q->lot + i + 1, (q->n - i) * sizeof(*q->lot));
}

int queue_add(struct queue_state *q, int64_t due_ms, int64_t work_dms)
{
	struct queue_lot *l = NULL;

	REQUIRE(work_dms >= 0);
	if (work_dms == 0)
		return 0;
	for (size_t i = q->n; i > 0 && !l && q->lot[i - 1].due_ms >= due_ms; i--)
		if (q->lot[i - 1].due_ms == due_ms && !q->lot[i - 1].job)
			l = &q->lot[i - 1];
	if (!l)
		l = queue_insert(q, due_ms);
	if (!l)
		return -ENOMEM;
	l->left_dms += work_dms;
	q->arrived_dms += work_dms;
	q->backlog_dms += work_dms;
	return 0;
}

/* ---- Work without a name ------------------------------------------------------------------------------ */

double queue_throughput(const struct plant_queue *spec, double power_share)
{
	double p0 = 0, w0 = 0;

	for (int i = 0; i < spec->n_segments; i++) {
		double p = (double)spec->segments[i].power_ppm / 1e6;
		double w = (double)spec->segments[i].work_ppm / 1e6;

		if (power_share <= p)
			return w0 + (w - w0) * (power_share - p0) / (p - p0);
		p0 = p;
		w0 = w;
	}
	return fmin(power_share, 1);
}

double queue_power_share(const struct plant_queue *spec, double work_share)
{
	double p0 = 0, w0 = 0;

	for (int i = 0; i < spec->n_segments; i++) {
		double p = (double)spec->segments[i].power_ppm / 1e6;
		double w = (double)spec->segments[i].work_ppm / 1e6;

		if (work_share <= w)
			return p0 + (p - p0) * (work_share - w0) / (w - w0);
		p0 = p;
		w0 = w;
	}
	return fmin(work_share, 1);
}

/* Watts it may take. */
static int64_t allowed_w(const struct plant_queue *spec, int64_t cap_w, int64_t room_w)
{
	int64_t w = max_i64(cap_w, spec->power_min_w);

	w = max_i64(min_i64(w, room_w), 0);
	return min_i64(w, spec->devices * spec->device_power_w);
}

int64_t queue_able_dms(const struct queue_state *q, const struct plant_queue *spec, int64_t cap_w,
		       int64_t room_w, int64_t dt_ms)
{
	int64_t w = allowed_w(spec, cap_w, room_w), full_w = spec->devices * spec->device_power_w;
	int64_t able_dms = (int64_t)((__int128)w * dt_ms / spec->device_power_w);

	/* Below full power all devices run slower, where that gets more done than some at full speed. */
	if (spec->n_segments && w < full_w)
		able_dms = max_i64(able_dms,
				   (int64_t)(queue_throughput(spec, (double)w / (double)full_w) *
					     (double)(spec->devices * dt_ms)));
	return min_i64(able_dms, q->backlog_dms);
}

/* Mean watts of doing that much: at full speed where the bounds have room for it, else as slow as it takes. */
static int64_t power_of(const struct plant_queue *spec, int64_t work_dms, int64_t allowed,
			int64_t dt_ms)
{
	int64_t w = queue_power_w(spec, work_dms, dt_ms);
	double share = (double)work_dms / (double)(spec->devices * dt_ms);

	if (w <= allowed || spec->n_segments == 0)
		return w;
	w = llround(queue_power_share(spec, share) *
		    (double)(spec->devices * spec->device_power_w));
	return min_i64(w, allowed);
}

static struct queue_flow flow(const struct queue_state *q, const struct plant_queue *spec,
			      const struct queue_bounds *b)
{
	struct queue_flow f = {
		.work_dms = queue_able_dms(q, spec, b->cap_w, b->room_w, b->dt_ms),
	};

	f.power_w = power_of(spec, f.work_dms, allowed_w(spec, b->cap_w, b->room_w), b->dt_ms);
	return f;
}

static int remember_late(struct queue_state *q, const struct job *job)
{
	if (q->n_late == q->late_size) {
		size_t size = q->late_size ? 2 * q->late_size : 16;
		struct queue_late *late = reallocarray(q->late, size, sizeof(*late));

		if (!late)
			return -ENOMEM;
		q->late = late;
		q->late_size = size;
	}
	q->late[q->n_late++] = (struct queue_late){job};
	return 0;
}

int queue_count_late(struct queue_state *q, int64_t from_ms, int64_t to_ms)
{
	int r = 0;

	for (size_t i = 0; i < q->n && q->lot[i].due_ms <= to_ms; i++) {
		const struct queue_lot *l = &q->lot[i];

		if (l->due_ms > q->late_counted_ms) {
			q->late_dms += l->left_dms;
			if (l->job && r == 0)
				r = remember_late(q, l->job);
		}
		q->late_dms_ms += (__int128)l->left_dms * (to_ms - max_i64(l->due_ms, from_ms));
	}
	q->late_counted_ms = max_i64(q->late_counted_ms, to_ms);
	return r;
}

void queue_run(struct queue_state *q, int64_t work_dms, int64_t now_ms, int64_t dt_ms)
{
	size_t gone = 0;

	REQUIRE(work_dms >= 0 && work_dms <= q->backlog_dms);
	q->done_dms += work_dms;
	q->backlog_dms -= work_dms;
	for (; gone < q->n && q->lot[gone].left_dms <= work_dms; gone++)
		work_dms -= q->lot[gone].left_dms;
	if (gone < q->n)
		q->lot[gone].left_dms -= work_dms;
	q->n -= gone;
	if (q->n)
		memmove(q->lot, q->lot + gone, q->n * sizeof(*q->lot));
	(void)queue_count_late(q, now_ms, now_ms + dt_ms);
}

int queue_step(struct queue_state *q, const struct plant_queue *spec, const struct queue_bounds *b,
	       struct queue_flow *ret)
{
	if (q->has_jobs)
		return queue_jobs_step(q, spec, b, ret);
	*ret = flow(q, spec, b);
	queue_run(q, ret->work_dms, b->now_ms, b->dt_ms);
	return 0;
}

int64_t queue_expect_w(const struct queue_state *q, const struct plant_queue *spec,
		       const struct queue_bounds *b)
{
	return q->has_jobs ? queue_jobs_expect_w(q, spec, b) : flow(q, spec, b).power_w;
}

struct queue_lot queue_remove_work(struct queue_state *q, int64_t work_dms, int64_t ready_ms)
{
	struct queue_lot taken = {.cap_w = INT64_MAX, .due_ms = INT64_MAX};

	for (size_t i = 0; i < q->n && work_dms > 0;) {
		struct queue_lot *l = &q->lot[i];
		int64_t part = min_i64(l->left_dms, work_dms);

		if (l->job || l->due_ms < ready_ms) {
			i++;
			continue;
		}
		taken.due_ms = min_i64(taken.due_ms, l->due_ms);
		taken.left_dms += part;
		work_dms -= part;
		l->left_dms -= part;
		if (l->left_dms == 0)
			queue_drop(q, l);
	}
	q->backlog_dms -= taken.left_dms;
	q->arrived_dms -= taken.left_dms; /* it arrives elsewhere */
	return taken;
}

/* A job cannot do more than its devices allow: it has to have done so much by t if it is to end in time. */
static int64_t job_due_dms(const struct queue_lot *l, int64_t t_ms)
{
	__int128 later_dms = (__int128)l->job->devices * max_i64(l->due_ms - t_ms, 0);

	return later_dms >= l->left_dms ? 0 : l->left_dms - (int64_t)later_dms;
}

int64_t queue_due_by_dms(const struct queue_state *q, int64_t t_ms)
{
	int64_t sum = 0;

	for (size_t i = 0; i < q->n; i++) {
		if (q->lot[i].job)
			sum += job_due_dms(&q->lot[i], t_ms);
		else if (q->lot[i].due_ms <= t_ms)
			sum += q->lot[i].left_dms;
	}
	return sum;
}
