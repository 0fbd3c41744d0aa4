#include "plan/refine.h"

#include <math.h>

#define EPS 1e-3 /* kW, kWh: less is the solver's noise */

/* Burning energy is what no real store can do so: the smaller of the two flows goes. */
static bool part_flows(struct problem *b, const double *x, int t, int i, bool last)
{
	const struct plant_store *s = &b->plant->store[i];
	double charge = x[problem_store_col(b, t, i, COL_CHARGE)];
	double discharge = x[problem_store_col(b, t, i, COL_DISCHARGE)];
	bool both = fmin(charge, discharge) > EPS;

	/* Under an operator's window the levels as they are must stay possible. */
	if (s->is_held)
		discharge /= s->eta_c * s->eta_d;
	if (both || last)
		problem_limit(b, t, i, charge < discharge ? COL_CHARGE : COL_DISCHARGE, 0);
	return both;
}

/* A store that was measured below its minimum may stay there, yet not be emptied further; above the maximum likewise. */
static bool keep_inside(struct problem *b, const struct flows *f, int t, int i, bool last)
{
	const struct plant_store *s = &b->plant->store[i];
	double soc = f->soc[i][t], kw = f->store[i][t];
	double natural = s->keep[t] * (t > 0 ? f->soc[i][t - 1] : s->soc_now);

	if (s->is_held)
		return false;
	if (kw < -EPS && soc < s->soc_min - EPS) {
		double stock = last ? 0 : fmax(0, natural - s->soc_min);

		problem_limit(b, t, i, COL_DISCHARGE, stock * s->eta_d / s->gain[t]);
		return true;
	}
	if (kw > EPS && soc > s->soc_max + EPS) {
		double room = last ? 0 : fmax(0, s->soc_max - natural);

		problem_limit(b, t, i, COL_CHARGE, room / (s->gain[t] * s->eta_c));
		return true;
	}
	return false;
}

static bool raise_floor(struct problem *b, const struct flows *f, int t, int i, double need)
{
	if (f->queue[i][t] >=
		    fmin(fmin(need, b->plant->queue[i].most[t]), b->plant->it_room[t]) - EPS ||
	    f->floor[i][t] >= need - EPS)
		return false;
	problem_set_floor(b, t, i, need);
	return true;
}

static double used(const struct problem *b, const double *x, int t, int i, int k)
{
	return x[problem_power_col(b, t, i, k, false)] + x[problem_power_col(b, t, i, k, true)];
}

/* Where energy is paid for being taken the dear end of a curve would be used before the good one is: no device can. The
 * last segment that is used ends the curve there, or goes if it is not the next one; in the end all that is in order stays. */
static bool order_curve(struct problem *b, const double *x, int t, int i, bool last)
{
	const struct plant_queue *q = &b->plant->queue[i];
	int full = 0, top = q->n_segments - 1;

	while (full < top && used(b, x, t, i, full) >= q->width[full] - EPS)
		full++;
	while (top > full && used(b, x, t, i, top) <= EPS)
		top--;
	if (top == full || q->ratio[top] >= q->ratio[full])
		top = full;
	if (top > full || last)
		problem_end_curve(b, t, i, last ? full : top - 1, last);
	return top > full;
}

int refine_problem(struct problem *b, const struct lp_solution *s, const struct flows *f,
		   struct arena *a, bool last)
{
	const struct plant *p = b->plant;
	struct flows need = *f;
	int changes = 0;

	for (int i = 0; i < p->n_queue; i++) {
		need.floor[i] = ARENA_ARRAY(a, (size_t)p->n, double);
		if (!need.floor[i])
			return -ENOMEM;
	}
	flows_set_floors(p, &need);
	for (int t = 0; t < p->n; t++) {
		for (int i = 0; i < p->n_store; i++)
			changes += part_flows(b, s->primal, t, i, last) ||
				   keep_inside(b, f, t, i, last);
		for (int i = 0; i < p->n_queue; i++) {
			changes += raise_floor(b, f, t, i, need.floor[i][t]);
			if (p->queue[i].n_segments > 1)
				changes += order_curve(b, s->primal, t, i, last);
		}
	}
	return changes;
}
