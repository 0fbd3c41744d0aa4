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
	for (int i = 0; ok && i < p->n_cooling; i++)
		ok = (f->cooling[i] = ARENA_ARRAY(a, n, double)) != NULL &&
		     (f->heat[i] = ARENA_ARRAY(a, n, double)) != NULL;
	return ok ? f : NULL;
}

double flows_next_soc(const struct plant_store *s, int t, double soc, double kw)
{
	double inside = kw > 0 ? s->eta_c * kw : kw / s->eta_d;

	return s->keep[t] * soc + s->gain[t] * inside;
}

double flows_next_heat(const struct plant *p, const struct plant_cooling *c, int t, double heat,
		       struct flows_power kw)
{
	return heat + p->hours[t] * (c->share * kw.it - c->cop[t] * kw.cooling);
}

double flows_it(const struct plant *p, const struct flows *f, int t)
{
	double it = p->it[t] - f->unserved[t] / p->pue;

	for (int i = 0; i < p->n_queue; i++)
		it += f->queue[i][t];
	return it;
}

double flows_feeder(const struct plant *p, const struct flows *f, int t, int i)
{
	const struct plant_feeder *x = &p->feeder[i];
	double kw = x->load ? p->load[t] - f->unserved[t] : 0;

	for (int k = 0; k < p->n_generators; k++)
		kw -= x->generator[k] ? f->generators[k][t] : 0;
	for (int k = 0; k < p->n_store; k++)
		kw += x->store[k] ? f->store[k][t] : 0;
	for (int k = 0; k < p->n_queue; k++)
		kw += x->queue[k] ? p->pue * f->queue[k][t] : 0;
	for (int k = 0; k < p->n_cooling; k++)
		kw += x->cooling[k] ? f->cooling[k][t] : 0;
	return kw;
}

static double follow_cooling(const struct plant *p, struct flows *f, int t)
{
	double it = p->n_cooling > 0 ? flows_it(p, f, t) : 0, net = 0;

	for (int i = 0; i < p->n_cooling; i++) {
		const struct plant_cooling *c = &p->cooling[i];
		double before = t > 0 ? f->heat[i][t - 1] : c->heat_now;

		f->heat[i][t] = flows_next_heat(p, c, t, before,
						(struct flows_power){it, f->cooling[i][t]});
		net += f->cooling[i][t];
	}
	return net;
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
			double done = p->hours[t] * plant_queue_work(q, f->queue[i][t]);

			f->backlog[i][t] = fmax(0, before + q->arrivals[t] - done);
			net += p->pue * f->queue[i][t];
		}
		f->net[t] = net + follow_cooling(p, f, t);
	}
}

void flows_set_floors(const struct plant *p, struct flows *f)
{
	for (int i = 0; i < p->n_queue; i++) {
		const struct plant_queue *q = &p->queue[i];

		for (int t = 0; t < p->n; t++) {
			double before = t > 0 ? f->backlog[i][t - 1] : q->backlog_now;
			double work = before + q->arrivals[t];

			f->floor[i][t] = fmin(fmax(q->power_min, q->tier_floor[t]),
					      plant_queue_power(q, work / p->hours[t]));
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

	return fmax(outside(f->store[i][t], s->least[t], s->most[t], power),
		    outside(f->soc[i][t], s->lo[t], s->hi[t], s->soc_max));
}

static double violation_of_queues(const struct plant *p, const struct flows *f, int t)
{
	double worst = 0, all = 0;

	for (int i = 0; i < p->n_queue; i++) {
		const struct plant_queue *q = &p->queue[i];
		double before = t > 0 ? f->backlog[i][t - 1] : q->backlog_now;
		double work = (before + q->arrivals[t]) / p->hours[t];
		double most = fmin(q->most[t], plant_queue_power(q, work));

		worst = fmax(worst,
			     outside(f->queue[i][t], fmin(most, q->least[t]), most, q->power_max));
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
			worst = fmax(worst, outside(f->generators[i][t], p->generator_least[i][t],
						    p->generator_most[i][t], p->generators[i][t]));
		}
		for (int i = 0; i < p->n_store; i++)
			worst = fmax(worst, violation_of_store(p, f, i, t));
		for (int i = 0; i < p->n_cooling; i++)
			worst = fmax(worst,
				     outside(f->cooling[i][t], p->cooling[i].least[t],
					     p->cooling[i].most[t], p->cooling[i].power_max));
		worst = fmax(worst, violation_of_queues(p, f, t));
	}
	return worst;
}
