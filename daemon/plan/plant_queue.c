/* Queues: work that waits, the power it takes, and when it must be done. */
#include <math.h>
#include <stdio.h>

#include "plan/plant_priv.h"

/* By how much a queue of a tier may be slowed down; F3 waits as long as its deadlines allow. */
static const double slow_down[] = {
	[FLEX_F0] = 0, [FLEX_F1] = 0.10, [FLEX_F2] = 0.25, [FLEX_F3] = 1};

static int64_t most_work_ds(const struct queue *q)
{
	return q->devices * 100 * (MS_PER_DAY / MS_PER_S); /* 100 days of it */
}

/* Ascending to full speed, and concave: no kW does more work than one before it. */
static bool curve_is_valid(const struct queue *q)
{
	int64_t power = 0, work = 0, last_p = 0, last_w = 0;

	for (int k = 0; k < q->n_segments; k++) {
		int64_t dp = q->segment_power_ppm[k] - power, dw = q->segment_work_ppm[k] - work;

		if (dp <= 0 || dw <= 0 || dp > PPM || dw > PPM ||
		    (k > 0 && dw * last_p > last_w * dp))
			return false;
		power += last_p = dp;
		work += last_w = dw;
	}
	return power == PPM && work == PPM;
}

static void take_curve(struct plant *p, const struct queue *q, struct plant_queue *x)
{
	double power = 0, work = 0;
	char what[ID_MAX];

	x->n_segments = 1;
	x->width[0] = x->power_max;
	x->ratio[0] = 1;
	if (q->n_segments <= 0)
		return;
	if (q->n_segments > QUEUE_MAX_SEGMENTS || !curve_is_valid(q)) {
		snprintf(what, sizeof(what), "queue[%.40s].curve", q->id);
		plant_note(p, what, "not a concave curve up to full speed, taken as linear");
		return;
	}
	x->n_segments = q->n_segments;
	for (int k = 0; k < q->n_segments; k++) {
		double dp = PLANT_PART * (double)q->segment_power_ppm[k] - power;
		double dw = PLANT_PART * (double)q->segment_work_ppm[k] - work;

		x->width[k] = dp * x->power_max;
		x->ratio[k] = dw / dp;
		power += dp;
		work += dw;
	}
}

void plant_take_queue(struct plant *p, int i)
{
	const struct queue *q = &p->in->queues[i];
	struct plant_queue *x = &p->queue[i];

	x->id = q->id;
	x->kwh_per_ds = (double)q->device_power_w / 3.6e6;
	x->power_max = PLANT_KW * (double)(q->devices * q->device_power_w);
	x->power_min =
		PLANT_KW * plant_clip_as(p, q->power_min_w, 0, q->devices * q->device_power_w,
					 "queue[%.40s].power_min", q->id);
	x->backlog_now = x->kwh_per_ds * plant_clip_as(p, p->in->backlog_ds[i], 0, most_work_ds(q),
						       "queue[%.40s].backlog", q->id);
	x->late_price = plant_price(q->late_price_e4);
	x->floor_price = plant_price(p->in->prices.reserve_e4);
	take_curve(p, q, x);
}

double plant_queue_work(const struct plant_queue *q, double kw)
{
	double work = 0;

	for (int k = 0; k < q->n_segments; k++) {
		double part = k + 1 < q->n_segments ? fmin(kw, q->width[k]) : kw;

		work += q->ratio[k] * part;
		kw -= part;
	}
	return work;
}

double plant_queue_power(const struct plant_queue *q, double rate)
{
	double kw = 0;

	for (int k = 0; k < q->n_segments; k++) {
		double part = fmin(rate / q->ratio[k], q->width[k]);

		kw += part;
		rate -= q->ratio[k] * part;
	}
	return kw;
}

/* F0 runs as it comes, whatever there is; F1 and F2 do at least their share of what arrives in the step. */
static void make_tier_floor(struct plant *p, struct plant_queue *q, enum flex_tier tier)
{
	double left = q->backlog_now;

	for (int t = 0; t < p->n; t++) {
		double work = tier == FLEX_F0 ? left + q->arrivals[t] : q->arrivals[t];
		double kw = plant_queue_power(q, (1 - slow_down[tier]) * work / p->hours[t]);

		q->tier_floor[t] = fmin(kw, p->it_room[t]);
		left = fmax(0, work - p->hours[t] * plant_queue_work(q, q->tier_floor[t]));
	}
}

/* The share of step j's arrivals, spread evenly over it, that is due by end_ms. */
static double share_due(const struct plan_input *in, int64_t slack_ms, int j, int64_t end_ms)
{
	double d = (double)in->duration_ms[j];

	return fmin(1, fmax(0, ((double)end_ms - (double)in->start_ms[j] - (double)slack_ms) / d));
}

/* Cumulative: what was due once stays due, and no more than there is. */
static void make_allowed(struct plant *p, int k, int *clipped)
{
	const struct plan_input *in = p->in;
	struct plant_queue *q = &p->queue[k];
	double all = q->backlog_now, due_now = 0;

	for (int t = 0; t < p->n; t++) {
		int64_t end = in->start_ms[t] + in->duration_ms[t];
		double due =
			q->kwh_per_ds * (double)plant_within(in->due_ds[k][t], 0,
							     most_work_ds(&in->queues[k]), clipped);

		due_now = fmin(q->backlog_now, fmax(due_now, due));
		due = due_now;
		for (int j = 0; j <= t; j++)
			due += q->arrivals[j] * share_due(in, in->queues[k].slack_ms, j, end);
		all += q->arrivals[t];
		q->allowed[t] = fmax(0, all - due);
	}
	q->all_work = all + 1;
}

bool plant_make_queue(struct plant *p, struct arena *a, int i)
{
	const struct plan_input *in = p->in;
	struct plant_queue *q = &p->queue[i];
	char what[ID_MAX];
	int clipped = 0;

	q->arrivals = plant_vector(p, a);
	q->allowed = plant_vector(p, a);
	q->tier_floor = plant_vector(p, a);
	q->least = plant_vector(p, a);
	q->most = plant_vector(p, a);
	if (!q->arrivals || !q->allowed || !q->tier_floor || !q->least || !q->most)
		return false;
	for (int t = 0; t < p->n; t++) {
		q->arrivals[t] = q->kwh_per_ds * (double)plant_within(in->arrivals_ds[i][t], 0,
								      most_work_ds(&in->queues[i]),
								      &clipped);
		q->most[t] = q->power_max;
	}
	make_allowed(p, i, &clipped);
	q->terminal = in->has_terminal ? plant_price(in->terminal_work_e4[i])
				       : plant_mean_buy(p) * p->pue;
	if (in->queues[i].tier < FLEX_F3)
		make_tier_floor(p, q, in->queues[i].tier);
	snprintf(what, sizeof(what), "queue[%.40s].work", q->id);
	plant_note_steps(p, what, clipped);
	return true;
}
