/* What operators hold assets to. A window is a hard bound, so it must be possible together with all other windows: what
 * a store or queue can reach at best is followed through time, and a window that asks for more is clipped to it. Energy
 * below soc_min or above soc_max, work that is not there and IT capacity are physics; reserves, deadlines, floors are not.
 *
 * What is reachable is an interval, for the state is one number and the flows are convex: so there is a way to keep all
 * the windows that are left. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan/plant_priv.h"

/* kW: what is just possible leaves a solver one point to find, and its digits none. */
#define SPARE 1e-3

struct held {
	double lo, hi; /* kW */
};

static bool has_window(const struct plan_window *w)
{
	return w->lo_w || w->hi_w;
}

static double bounded(double v, double lo, double hi)
{
	return fmin(fmax(v, lo), hi);
}

/* In step t, within what the asset's power allows; counts where that is not what was asked for. */
static struct held held_at(const struct plan_window *w, int t, struct held power, int *clipped)
{
	int64_t most = 2 * PLANT_MAX_W;
	int64_t lo_w = w->lo_w ? clamp_i64(w->lo_w[t], -most, most) : -most;
	int64_t hi_w = w->hi_w ? clamp_i64(w->hi_w[t], -most, most) : most;
	struct held h = {bounded(PLANT_KW * (double)lo_w, power.lo, power.hi),
			 bounded(PLANT_KW * (double)hi_w, power.lo, power.hi)};

	*clipped += lo_w > hi_w || PLANT_KW * (double)lo_w > h.lo || PLANT_KW * (double)hi_w < h.hi;
	h.hi = fmax(h.lo, h.hi);
	return h;
}

static void note_window(struct plant *p, const char *kind, const char *id, int clipped)
{
	char what[ID_MAX];

	snprintf(what, sizeof(what), "%s[%.40s].%s", kind, id,
		 strcmp(kind, "queue") == 0 ? "held" : "override");
	plant_note_steps(p, what, clipped);
}

static double inside(const struct plant_store *s, int t, double kw)
{
	return s->gain[t] * (kw > 0 ? s->eta_c * kw : kw / s->eta_d);
}

static void hold_store(struct plant *p, int i)
{
	struct plant_store *s = &p->store[i];
	double least = s->soc_now, most = s->soc_now;
	int clipped = 0;

	s->is_held = true;
	for (int t = 0; t < p->n; t++) {
		struct held power = {-s->discharge_max, s->charge_max};
		struct held h = held_at(&p->in->storage_window[i], t, power, &clipped);
		double stock, room;

		least *= s->keep[t];
		most *= s->keep[t];
		stock = fmax(0, (most - s->soc_min) * s->eta_d / s->gain[t] - SPARE);
		room = fmax(0, (s->soc_max - least) / (s->gain[t] * s->eta_c) - SPARE);
		clipped += h.hi < -stock || h.lo > room;
		h.hi = fmax(h.hi, -stock);
		h.lo = fmin(h.lo, room);
		s->least[t] = h.lo;
		s->most[t] = h.hi;
		/* A store that was measured outside its limits may stay there, but not be held to going further out. */
		if (h.lo > 0)
			s->hi[t] = s->soc_max;
		if (h.hi < 0)
			s->lo[t] = s->soc_min;
		most += inside(s, t, h.hi);
		least += inside(s, t, h.lo);
		/* Self-discharge takes what it takes. */
		s->lo[t] = fmin(s->lo[t], most);
		s->hi[t] = fmax(s->hi[t], least);
		most = fmin(most, s->hi[t]);
		least = fmax(least, s->lo[t]);
	}
	note_window(p, "storage", s->id, clipped);
}

/* room[t]: what IT capacity leaves beside what other queues must draw. */
static void hold_queue(struct plant *p, int i, double *room)
{
	struct plant_queue *q = &p->queue[i];
	double most = q->backlog_now;
	int clipped = 0;

	for (int t = 0; t < p->n; t++) {
		struct held power = {0, p->pue * q->power_max};
		struct held h = held_at(&p->in->queue_window[i], t, power, &clipped);
		double can;

		most += q->arrivals[t];
		can = fmax(0, fmin(room[t], plant_queue_power(q, most / p->hours[t])) - SPARE);
		clipped += h.lo / p->pue > can;
		q->least[t] = fmin(h.lo / p->pue, can);
		q->most[t] = fmax(h.hi / p->pue, q->least[t]);
		room[t] -= q->least[t];
		most = fmax(0, most - p->hours[t] * plant_queue_work(q, q->least[t]));
	}
	note_window(p, "queue", q->id, clipped);
}

static void hold_generator(struct plant *p, int i)
{
	const struct generator *g = &p->in->generators[i];
	int clipped = 0;

	for (int t = 0; t < p->n; t++) {
		struct held power = {-p->generator_most[i][t], -p->generator_least[i][t]};
		struct held h = held_at(&p->in->generator_window[i], t, power, &clipped);

		p->generator_least[i][t] = -h.hi;
		p->generator_most[i][t] = -h.lo;
	}
	note_window(p, asset_kind_name(generator_kind(g)), g->id, clipped);
}

static void hold_cooling(struct plant *p, int i)
{
	struct plant_cooling *c = &p->cooling[i];
	int clipped = 0;

	for (int t = 0; t < p->n; t++) {
		struct held power = {0, c->power_max};
		struct held h = held_at(&p->in->cooling_window[c->from], t, power, &clipped);

		c->least[t] = h.lo;
		c->most[t] = h.hi;
	}
	note_window(p, "cooling", c->id, clipped);
}

bool plant_make_windows(struct plant *p, struct arena *a)
{
	double *room = NULL;

	for (int i = 0; i < p->n_generators; i++) {
		if (has_window(&p->in->generator_window[i]))
			hold_generator(p, i);
	}
	for (int i = 0; i < p->n_store; i++) {
		if (has_window(&p->in->storage_window[i]))
			hold_store(p, i);
	}
	for (int i = 0; i < p->n_cooling; i++) {
		if (has_window(&p->in->cooling_window[p->cooling[i].from]))
			hold_cooling(p, i);
	}
	for (int i = 0; i < p->n_queue; i++) {
		if (!has_window(&p->in->queue_window[i]))
			continue;
		if (!room && !(room = arena_memdup(a, p->it_room, (size_t)p->n * sizeof(*room))))
			return false;
		hold_queue(p, i, room);
	}
	return true;
}
