#include "calc/reach.h"

#include <math.h>

static int storage_reach(const struct site_case *c, const struct case_storage *s, struct arena *a,
			 struct reach_storage *ret)
{
	size_t n = (size_t)c->n;
	double lo = s->soc0, hi = s->soc0;

	ret->charge = ARENA_ARRAY(a, n, double);
	ret->discharge = ARENA_ARRAY(a, n, double);
	ret->lo = ARENA_ARRAY(a, n, double);
	ret->hi = ARENA_ARRAY(a, n, double);
	if (!ret->charge || !ret->discharge || !ret->lo || !ret->hi)
		return -ENOMEM;
	ret->keep = s->retention;
	ret->gain = s->retention == 1 ? 1 : (s->retention - 1) / log(s->retention);
	for (int t = 0; t < c->n; t++) {
		double in = ret->gain * c->dt_h * s->eta_c, out = ret->gain * c->dt_h / s->eta_d;
		double was_lo = ret->keep * lo, was_hi = ret->keep * hi;

		hi = fmin(s->soc_max[t], was_hi + in * s->charge_max[t]);
		lo = fmax(s->soc_min[t], was_lo - out * s->discharge_max[t]);
		ret->charge[t] = fmax(0, fmin(s->charge_max[t], (hi - was_lo) / in));
		ret->discharge[t] = fmax(0, fmin(s->discharge_max[t], (was_hi - lo) / out));
		ret->lo[t] = lo;
		ret->hi[t] = hi;
	}
	return 0;
}

static void grid_reach(const struct site_case *c, struct reach *r, int t)
{
	double in = c->load[t] - c->pv[t] + (c->pv_curtailable ? c->pv[t] : 0);
	double out = c->pv[t] - c->load[t];

	for (int i = 0; i < c->n_storages; i++) {
		in += r->storages[i].charge[t];
		out += r->storages[i].discharge[t];
	}
	for (int i = 0; i < c->n_loads; i++)
		in += c->loads[i].allowed[t] ? c->loads[i].power[t] : 0;
	r->import_most[t] = fmax(0, fmin(c->import_max[t], in));
	r->export_most[t] = fmax(0, fmin(c->export_max[t], out));
	for (int i = 0; i < c->n_storages; i++)
		if (c->storages[i].no_discharge_to_grid)
			r->export_most[t] = fmin(r->export_most[t], c->pv[t]);
}

/* The largest of two that is a number. */
static double larger(double a, double b)
{
	return isfinite(b) ? fmax(a, fabs(b)) : a;
}

static double power_of_two(double x)
{
	return x > 0 ? exp2(ceil(log2(x))) : 1;
}

static void typical(const struct site_case *c, struct reach *r)
{
	double flow = 0, level = 0;

	for (int t = 0; t < c->n; t++) {
		flow = larger(larger(flow, r->import_most[t]), r->export_most[t]);
		flow = larger(larger(flow, c->load[t]), c->pv[t]);
		for (int i = 0; i < c->n_loads; i++)
			flow = larger(flow, c->loads[i].power[t]);
		for (int i = 0; i < c->n_storages; i++) {
			flow = larger(larger(flow, r->storages[i].charge[t]),
				      r->storages[i].discharge[t]);
			level = larger(larger(level, r->storages[i].lo[t]), r->storages[i].hi[t]);
		}
	}
	r->flow = power_of_two(flow);
	r->level = power_of_two(level);
}

int reach_make(const struct site_case *c, struct arena *a, struct reach *ret)
{
	int r = 0;

	ret->import_most = ARENA_ARRAY(a, (size_t)c->n, double);
	ret->export_most = ARENA_ARRAY(a, (size_t)c->n, double);
	ret->storages = ARENA_ARRAY(a, (size_t)c->n_storages, struct reach_storage);
	if (!ret->import_most || !ret->export_most || !ret->storages)
		return -ENOMEM;
	for (int i = 0; i < c->n_storages && !r; i++)
		r = storage_reach(c, &c->storages[i], a, &ret->storages[i]);
	for (int t = 0; t < c->n && !r; t++)
		grid_reach(c, ret, t);
	if (!r)
		typical(c, ret);
	return r;
}
