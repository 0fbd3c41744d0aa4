/* Limits of the site beside the connection's own: feeders, events, rations, charges on peaks. */
#include <math.h>

#include "plan/problem_priv.h"

void problem_meet_imports(struct problem_writer *w, int t)
{
	const struct plant *p = w->p;

	for (int i = 0; i < p->n_ration; i++) {
		if (t >= p->ration[i].first && t < p->ration[i].end)
			problem_entry(w, w->b->ration_row + i, p->hours[t]);
	}
	for (int d = 0; d < p->n_demand; d++) {
		if (w->b->demand_row[d][t] >= 0)
			problem_entry(w, w->b->demand_row[d][t], 1);
	}
}

/* −export_max ≤ what is drawn − over + under ≤ import_max. */
void problem_write_feeder(struct problem_writer *w, int t, int i)
{
	const struct plant *p = w->p;
	const struct plant_feeder *f = &p->feeder[i];
	int row = problem_feeder_row(w->b, t, i);
	double fixed = f->load ? p->load[t] : 0, price = p->hours[t] * p->overload;

	problem_row(w->b, row, -f->export_max - fixed, f->import_max - fixed);
	problem_column(w, price, 0, p->wide);
	problem_entry(w, row, -1);
	problem_column(w, price, 0, p->wide);
	problem_entry(w, row, 1);
}

/* Two columns, one row: band ≤ net − shortfall + surplus ≤ target for UP, mirrored for DN. */
void problem_write_event(struct problem_writer *w, int e)
{
	const struct plant_event *x = &w->p->event[e];

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
		problem_row(w->b, row, fmin(x->target[t], x->band[t]),
			    fmax(x->target[t], x->band[t]));
		w->b->offset -= h * pay * fmax(0, ask);
	}
}

void problem_write_ration(struct problem_writer *w, int i)
{
	const struct plant *p = w->p;
	const struct plant_ration *r = &p->ration[i];
	double hours = 0;

	for (int t = r->first; t < r->end; t++)
		hours += p->hours[t];
	problem_row(w->b, w->b->ration_row + i, -INFINITY, r->left);
	problem_column(w, p->overload, 0, hours * 3 * p->wide);
	problem_entry(w, w->b->ration_row + i, -1);
}

void problem_write_demand(struct problem_writer *w, int d)
{
	const struct plant *p = w->p;
	const struct plant_demand *x = &p->demand[d];

	problem_column(w, x->price, x->incumbent, x->incumbent + 3 * p->wide);
	for (int t = 0; t < p->n; t++) {
		if (w->b->demand_row[d][t] < 0)
			continue;
		problem_entry(w, w->b->demand_row[d][t], -1);
		problem_row(w->b, w->b->demand_row[d][t], -INFINITY, 0);
	}
	w->b->offset -= x->price * x->incumbent;
}
