/* Limits that bind the whole site over several steps: events, peaks. */
#include <math.h>

#include "plan/problem_priv.h"

/* Two columns, one row: band ≤ net − shortfall + surplus ≤ target for UP, mirrored for DN. */
void problem_write_event(struct problem_writer *w, int e)
{
	const struct plant_event *x = &w->p->event[e];
	struct lp *lp = &w->b->lp;

	for (int t = 0; t < w->p->n; t++) {
		double ask = x->sign * (x->baseline[t] - x->target[t]), h = w->p->hours[t];
		double pay = ask > 0 ? x->pay : 0;
		int row = w->b->event_row[e][t];

		if (!x->active[t])
			continue;
		problem_column(w, h * (x->penalty + pay), 0, fabs(x->target[t]) + 2 * w->p->wide);
		problem_entry(w, row, -x->sign);
		problem_column(w, h * x->surplus, 0, fabs(x->band[t]) + 2 * w->p->wide);
		problem_entry(w, row, x->sign);
		lp->row_lower[row] = fmin(x->target[t], x->band[t]);
		lp->row_upper[row] = fmax(x->target[t], x->band[t]);
		w->b->offset -= h * pay * fmax(0, ask);
	}
}

void problem_write_peak(struct problem_writer *w)
{
	const struct plant *p = w->p;

	problem_column(w, p->demand_price, p->demand_incumbent, p->demand_incumbent + 3 * p->wide);
	for (int t = 0; t < p->n; t++)
		problem_entry(w, problem_site_row(w->b, t, ROW_PEAK), -1);
	w->b->offset -= p->demand_price * p->demand_incumbent;
}
