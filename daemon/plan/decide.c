#include "plan/decide.h"

#include <math.h>

#define KW 1e-3
#define W 1e3
#define SAME_W 2e-2 /* the solver means a whole number; an interior point says so in fewer digits */

struct decided *decided_new(const struct plant *p, struct arena *a)
{
	struct decided *d = ARENA_NEW(a, struct decided);
	size_t n = (size_t)p->n;
	bool ok = d && (d->unserved_w = ARENA_ARRAY(a, n, int64_t)) != NULL;

	for (int i = 0; ok && i < p->n_generators; i++)
		ok = (d->generator_w[i] = ARENA_ARRAY(a, n, int64_t)) != NULL;
	for (int i = 0; ok && i < p->n_store; i++)
		ok = (d->store_w[i] = ARENA_ARRAY(a, n, int64_t)) != NULL;
	for (int i = 0; ok && i < p->n_queue; i++)
		ok = (d->queue_w[i] = ARENA_ARRAY(a, n, int64_t)) != NULL;
	for (int i = 0; ok && i < p->n_cooling; i++)
		ok = (d->cooling_w[i] = ARENA_ARRAY(a, n, int64_t)) != NULL;
	return ok ? d : NULL;
}

/* up: towards more net load. */
static int64_t whole(double kw, bool up)
{
	double w = W * kw, nearest = round(w);

	if (fabs(w - nearest) < SAME_W)
		return (int64_t)nearest;
	return (int64_t)(up ? ceil(w) : floor(w));
}

static bool should_err_up(const struct plant *p, const struct flows *f, int t)
{
	for (int e = 0; e < p->n_event; e++) {
		if (p->event[e].active[t])
			return p->event[e].sign < 0;
	}
	return f->net[t] < 0;
}

/* The kW that bring store s from soc to what the solver wants at the end of step t: what rounding took away before
 * comes back. */
static double towards(const struct plant_store *s, int t, double soc, double want)
{
	double inside = (want - s->keep[t] * soc) / s->gain[t];

	return inside > 0 ? inside / s->eta_c : inside * s->eta_d;
}

/* At a reserve the watt goes into the store: less in it costs more than a watt at the PCC. */
static bool stands_at_edge(const struct plant_store *s, double soc)
{
	return fabs(soc - s->reserve) < KW || fabs(soc - s->soc_min) < KW;
}

static void round_store(const struct plant *p, const struct flows *f, int i, struct decided *d)
{
	const struct plant_store *s = &p->store[i];
	double soc = s->soc_now;

	for (int t = 0; t < p->n; t++) {
		double want = f->soc[i][t], kw = towards(s, t, soc, want);

		/* Where nothing happens nothing shall happen, whatever the last digits say. */
		if (fabs(f->store[i][t]) < KW * SAME_W)
			kw = 0;
		d->store_w[i][t] = whole(kw, should_err_up(p, f, t) || stands_at_edge(s, want));
		soc = flows_next_soc(s, t, soc, KW * (double)d->store_w[i][t]);
	}
}

static void round_queue(const struct plant *p, const struct flows *f, int i, struct decided *d)
{
	double left = p->queue[i].backlog_now;

	for (int t = 0; t < p->n; t++) {
		double work = left + p->queue[i].arrivals[t];
		double rate = fmax(0, work - f->backlog[i][t]) / p->hours[t];
		double kw = p->pue * plant_queue_power(&p->queue[i], rate);

		if (f->queue[i][t] < KW * SAME_W)
			kw = 0;
		d->queue_w[i][t] = whole(kw, should_err_up(p, f, t));
		kw = KW * (double)d->queue_w[i][t] / p->pue;
		left = work - p->hours[t] * plant_queue_work(&p->queue[i], kw);
	}
}

static void round_cooling(const struct plant *p, const struct flows *f, int i, struct decided *d)
{
	const struct plant_cooling *c = &p->cooling[i];
	double heat = c->heat_now;

	for (int t = 0; t < p->n; t++) {
		struct flows_power kw = {flows_it(p, f, t), 0};

		kw.cooling = (flows_next_heat(p, c, t, heat, kw) - f->heat[i][t]) /
			     (p->hours[t] * c->cop[t]);
		if (f->cooling[i][t] < KW * SAME_W)
			kw.cooling = 0;
		d->cooling_w[i][t] = max_i64(0, whole(kw.cooling, should_err_up(p, f, t)));
		kw.cooling = KW * (double)d->cooling_w[i][t];
		heat = flows_next_heat(p, c, t, heat, kw);
	}
}

void decide_round(const struct plant *p, const struct flows *f, struct decided *d)
{
	for (int t = 0; t < p->n; t++) {
		bool up = should_err_up(p, f, t);

		d->unserved_w[t] = whole(f->unserved[t], !up);
		for (int i = 0; i < p->n_generators; i++)
			d->generator_w[i][t] = whole(-f->generators[i][t], up);
	}
	for (int i = 0; i < p->n_store; i++)
		round_store(p, f, i, d);
	for (int i = 0; i < p->n_queue; i++)
		round_queue(p, f, i, d);
	for (int i = 0; i < p->n_cooling; i++)
		round_cooling(p, f, i, d);
}

/* A hair of room for what the last bits of a double cannot say. */
static int64_t at_most(double kw)
{
	return (int64_t)floor(W * kw + 1e-6);
}

static int64_t at_least(double kw)
{
	return (int64_t)ceil(W * kw - 1e-6);
}

/* The range of whole watts that keeps store i inside its bounds; what doing nothing leads to is always allowed. */
static int64_t settle_store(const struct plant *p, int i, int t, double soc, int64_t want_w)
{
	const struct plant_store *s = &p->store[i];
	double natural = s->keep[t] * soc;
	double room = fmax(0, fmax(s->soc_max, natural) - natural);
	double stock = fmax(0, natural - fmin(s->soc_min, natural));
	double most = fmin(s->charge_max, room / (s->gain[t] * s->eta_c));
	double least = fmin(s->discharge_max, stock * s->eta_d / s->gain[t]);

	/* The window first, then what is possible. */
	want_w = clamp_i64(want_w, at_least(s->least[t]), at_most(s->most[t]));
	return clamp_i64(want_w, -at_most(least), at_most(most));
}

/* The last piece of work may take the watt that finishes it. */
static int64_t settle_queue(const struct plant *p, int i, int t, double work, double room)
{
	const struct plant_queue *q = &p->queue[i];
	int64_t all = at_least(p->pue * plant_queue_power(q, work / p->hours[t]));

	return min_i64(all, at_most(p->pue * fmin(q->most[t], room)));
}

static void settle_queues(const struct plant *p, int t, struct decided *d, struct flows *f)
{
	double room = p->it_room[t];

	for (int i = 0; i < p->n_queue; i++) {
		double before = t > 0 ? f->backlog[i][t - 1] : p->queue[i].backlog_now;
		double work = before + p->queue[i].arrivals[t];
		int64_t most = settle_queue(p, i, t, work, fmax(0, room));

		d->queue_w[i][t] =
			max_i64(d->queue_w[i][t], at_least(p->pue * p->queue[i].least[t]));
		d->queue_w[i][t] = clamp_i64(d->queue_w[i][t], 0, most);
		f->queue[i][t] = KW * (double)d->queue_w[i][t] / p->pue;
		f->backlog[i][t] = fmax(
			0, work - p->hours[t] * plant_queue_work(&p->queue[i], f->queue[i][t]));
		room -= f->queue[i][t];
	}
}

/* Left alone it moves the heat that comes. */
static void settle_cooling(const struct plant *p, int i, int t, struct decided *d, struct flows *f)
{
	const struct plant_cooling *c = &p->cooling[i];
	struct flows_power kw = {flows_it(p, f, t), 0};
	double before = t > 0 ? f->heat[i][t - 1] : c->heat_now;
	int64_t w = d->cooling_w[i][t];

	if (w == DECIDED_ALONE)
		w = llround(W * c->share * kw.it / c->cop[t]);
	d->cooling_w[i][t] = clamp_i64(w, at_least(c->least[t]), at_most(c->most[t]));
	f->cooling[i][t] = kw.cooling = KW * (double)d->cooling_w[i][t];
	f->heat[i][t] = flows_next_heat(p, c, t, before, kw);
}

void decide_settle(const struct plant *p, struct decided *d, struct flows *f)
{
	for (int t = 0; t < p->n; t++) {
		d->unserved_w[t] =
			clamp_i64(d->unserved_w[t], 0, (int64_t)llround(W * p->unserved_max[t]));
		f->unserved[t] = KW * (double)d->unserved_w[t];
		for (int i = 0; i < p->n_generators; i++) {
			d->generator_w[i][t] =
				clamp_i64(d->generator_w[i][t], -at_most(p->generator_most[i][t]),
					  -at_least(p->generator_least[i][t]));
			f->generators[i][t] = -KW * (double)d->generator_w[i][t];
		}
		for (int i = 0; i < p->n_store; i++) {
			double soc = t > 0 ? f->soc[i][t - 1] : p->store[i].soc_now;

			d->store_w[i][t] = settle_store(p, i, t, soc, d->store_w[i][t]);
			f->store[i][t] = KW * (double)d->store_w[i][t];
			f->soc[i][t] = flows_next_soc(&p->store[i], t, soc, f->store[i][t]);
		}
		settle_queues(p, t, d, f);
		for (int i = 0; i < p->n_cooling; i++)
			settle_cooling(p, i, t, d, f);
	}
	flows_follow(p, f);
}
