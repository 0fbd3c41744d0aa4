#include "calc/schedule.h"

#include <math.h>

/* What is smaller than this share of a typical flow is noise of the solver. */
#define NOISE 1e-10

struct work {
	const struct site_case *c;
	const struct reach *reach;
	const struct layout *l;
	const double *x;
	struct schedule *s;
};

static int allocate(const struct site_case *c, struct arena *a, struct schedule *s)
{
	size_t n = (size_t)c->n;
	bool full = false;

	*s = (struct schedule){.import = ARENA_ARRAY(a, n, double),
			       .export = ARENA_ARRAY(a, n, double),
			       .curtailed = ARENA_ARRAY(a, n, double),
			       .overlap = -1};
	s->storages = ARENA_ARRAY(a, (size_t)c->n_storages, struct schedule_storage);
	s->loads = ARENA_ARRAY(a, (size_t)c->n_loads, struct schedule_load);
	if (!s->import || !s->export || !s->curtailed || !s->storages || !s->loads)
		return -ENOMEM;
	for (int i = 0; i < c->n_storages; i++) {
		s->storages[i] = (struct schedule_storage){ARENA_ARRAY(a, n, double),
							   ARENA_ARRAY(a, n, double),
							   ARENA_ARRAY(a, n, double)};
		full |= !s->storages[i].charge || !s->storages[i].discharge ||
			!s->storages[i].level;
	}
	for (int i = 0; i < c->n_loads; i++) {
		s->loads[i] =
			(struct schedule_load){ARENA_ARRAY(a, n, double), ARENA_ARRAY(a, n, bool)};
		full |= !s->loads[i].power || !s->loads[i].on;
	}
	return full ? -ENOMEM : 0;
}

/* A flow of the point, inside its limits, without noise. */
static double flow(const struct work *w, int col, double most)
{
	double x = fmin(most, fmax(0, w->x[col]));

	return x <= NOISE * w->reach->flow ? 0 : x;
}

static void overlaps(struct work *w, int t)
{
	if (w->s->overlap < 0)
		w->s->overlap = t;
}

/* A level that is at its limit but for noise is at its limit. */
static double settled(double level, double lo, double hi, double noise)
{
	if (fabs(level - lo) <= noise)
		return lo;
	return fabs(level - hi) <= noise ? hi : level;
}

static void follow_storage(struct work *w, int i)
{
	const struct case_storage *s = &w->c->storages[i];
	const struct reach_storage *r = &w->reach->storages[i];
	struct schedule_storage *to = &w->s->storages[i];
	double level = s->soc0;

	for (int t = 0; t < w->c->n; t++) {
		double in = flow(w, w->l->storages[i].charge + t, s->charge_max[t]);
		double out = flow(w, w->l->storages[i].discharge + t, s->discharge_max[t]);
		double both = fmin(in, out);

		if (both > 0 && !formulate_nets(s, t))
			overlaps(w, t);
		to->charge[t] = in - both;
		to->discharge[t] = out - both;
		level = r->keep * level +
			r->gain * w->c->dt_h *
				(s->eta_c * to->charge[t] - to->discharge[t] / s->eta_d);
		level = settled(level, s->soc_min[t], s->soc_max[t], NOISE * w->reach->level);
		to->level[t] = level;
	}
}

static void follow_load(struct work *w, int i)
{
	const struct case_load *d = &w->c->loads[i];
	const struct layout_load *l = &w->l->loads[i];
	struct schedule_load *to = &w->s->loads[i];

	for (int t = 0; t < w->c->n; t++) {
		double most = d->allowed[t] ? d->power[t] : 0;

		if (l->power >= 0)
			to->power[t] = flow(w, l->power + t, most);
		to->on[t] = l->on >= 0 ? w->x[l->on + t] > 0.5 : to->power[t] > 0;
		if (l->power < 0)
			to->power[t] = to->on[t] ? d->power[t] : 0;
	}
}

/* Netting import and export costs nothing where sell ≤ buy, for no charge on them has a negative price. Elsewhere the
 * programme has binaries. */
static void follow_grid(struct work *w, int t)
{
	const struct site_case *c = w->c;
	double net = c->load[t] - c->pv[t];

	if (c->pv_curtailable)
		w->s->curtailed[t] = flow(w, w->l->curtailed + t, c->pv[t]);
	net += w->s->curtailed[t];
	for (int i = 0; i < c->n_storages; i++)
		net += w->s->storages[i].charge[t] - w->s->storages[i].discharge[t];
	for (int i = 0; i < c->n_loads; i++)
		net += w->s->loads[i].power[t];
	if (fabs(net) <= NOISE * w->reach->flow)
		net = 0;
	w->s->import[t] = fmax(0, net);
	w->s->export[t] = fmax(0, -net);
}

int schedule_make(const struct site_case *c, const struct reach *reach, const struct layout *l,
		  const double *x, struct arena *a, struct schedule *ret)
{
	struct work w = {.c = c, .reach = reach, .l = l, .x = x, .s = ret};
	int r = allocate(c, a, ret);

	if (r)
		return r;
	for (int i = 0; i < c->n_storages; i++)
		follow_storage(&w, i);
	for (int i = 0; i < c->n_loads; i++)
		follow_load(&w, i);
	for (int t = 0; t < c->n; t++)
		follow_grid(&w, t);
	return 0;
}
