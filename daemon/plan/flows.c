#include "plan/flows.h"

#include <math.h>

struct flows *flows_new(const struct plant *p, struct arena *a)
{
	struct flows *f = ARENA_NEW(a, struct flows);
	size_t n = (size_t)p->n;
	bool ok = f != NULL;

	ok = ok && (f->unserved = ARENA_ARRAY(a, n, double)) != NULL &&
	     (f->net = ARENA_ARRAY(a, n, double)) != NULL;
	for (int i = 0; ok && i < p->n_generators; i++)
		ok = (f->generators[i] = ARENA_ARRAY(a, n, double)) != NULL;
	for (int i = 0; ok && i < p->n_store; i++)
		ok = (f->store[i] = ARENA_ARRAY(a, n, double)) != NULL &&
		     (f->soc[i] = ARENA_ARRAY(a, n, double)) != NULL;
	for (int i = 0; ok && i < p->n_queue; i++)
		ok = (f->queue[i] = ARENA_ARRAY(a, n, double)) != NULL &&
		     (f->backlog[i] = ARENA_ARRAY(a, n, double)) != NULL &&
		     (f->floor[i] = ARENA_ARRAY(a, n, double)) != NULL;
	return ok ? f : NULL;
}

double flows_next_soc(const struct plant_store *s, int t, double soc, double kw)
{
	double inside = kw > 0 ? s->eta_c * kw : kw / s->eta_d;

	return s->keep[t] * soc + s->gain[t] * inside;
}

void flows_follow(const struct plant *p, struct flows *f)
{
	for (int t = 0; t < p->n; t++) {
		double net = p->load[t] - f->unserved[t];

		for (int i = 0; i < p->n_generators; i++)
			net -= f->generators[i][t];
		for (int i = 0; i < p->n_store; i++) {
			const struct plant_store *s = &p->store[i];
			double before = t > 0 ? f->soc[i][t - 1] : s->soc_now;

			f->soc[i][t] = flows_next_soc(s, t, before, f->store[i][t]);
			net += f->store[i][t];
		}
		for (int i = 0; i < p->n_queue; i++) {
			const struct plant_queue *q = &p->queue[i];
			double before = t > 0 ? f->backlog[i][t - 1] : q->backlog_now;
			double done = p->hours[t] * f->queue[i][t];

			f->backlog[i][t] = fmax(0, before + q->arrivals[t] - done);
			net += p->pue * f->queue[i][t];
		}
		f->net[t] = net;
	}
}

void flows_set_floors(const struct plant *p, struct flows *f)
{
	for (int i = 0; i < p->n_queue; i++) {
		const struct plant_queue *q = &p->queue[i];

		for (int t = 0; t < p->n; t++) {
			double before = t > 0 ? f->backlog[i][t - 1] : q->backlog_now;
			double work = before + q->arrivals[t];

			f->floor[i][t] = fmin(q->power_min, work / p->hours[t]);
		}
	}
}

/* How far v lies outside [lo, hi], in units of size. */
static double outside(double v, double lo, double hi, double size)
{
	return fmax(0, fmax(lo - v, v - hi)) / fmax(1, size);
}

static double violation_of_store(const struct plant *p, const struct flows *f, int i, int t)
{
	const struct plant_store *s = &p->store[i];
	double power = fmax(s->charge_max, s->discharge_max);

	return fmax(outside(f->store[i][t], -s->discharge_max, s->charge_max, power),
		    outside(f->soc[i][t], s->lo[t], s->hi[t], s->soc_max));
}

static double violation_of_queues(const struct plant *p, const struct flows *f, int t)
{
	double worst = 0, all = 0;

	for (int i = 0; i < p->n_queue; i++) {
		const struct plant_queue *q = &p->queue[i];
		double before = t > 0 ? f->backlog[i][t - 1] : q->backlog_now;
		double most = fmin(q->power_max, (before + q->arrivals[t]) / p->hours[t]);

		worst = fmax(worst, outside(f->queue[i][t], 0, most, q->power_max));
		all += f->queue[i][t];
	}
	return fmax(worst, outside(all, 0, p->it_room[t], p->it_room[t]));
}

double flows_violation(const struct plant *p, const struct flows *f)
{
	double worst = 0;

	for (int t = 0; t < p->n; t++) {
		worst = fmax(worst, outside(f->unserved[t], 0, p->unserved_max[t], p->load[t]));
		for (int i = 0; i < p->n_generators; i++) {
			double least = p->curtailable[i] ? 0 : p->generators[i][t];

			worst = fmax(worst, outside(f->generators[i][t], least, p->generators[i][t],
						    p->generators[i][t]));
		}
		for (int i = 0; i < p->n_store; i++)
			worst = fmax(worst, violation_of_store(p, f, i, t));
		worst = fmax(worst, violation_of_queues(p, f, t));
	}
	return worst;
}
