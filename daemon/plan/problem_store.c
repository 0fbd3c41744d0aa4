#include <math.h>

#include "plan/problem_priv.h"

/* A part of the energy at the end of step t. */
static void energy_column(struct problem_writer *w, int t, int i, double price, double lower,
			  double upper)
{
	const struct plant_store *s = &w->p->store[i];
	bool last = t == w->p->n - 1;

	problem_column(w, price - (last ? s->terminal : 0), lower, upper);
	problem_entry(w, problem_store_row(w->b, t, i), -1);
	if (!last)
		problem_entry(w, problem_store_row(w->b, t + 1, i), s->keep[t + 1]);
}

/* Of the column written last: +1 draws from the feeders, −1 feeds. */
static void meet_feeders(struct problem_writer *w, int t, int i, double sign)
{
	for (int k = 0; k < w->p->n_feeder; k++) {
		if (w->p->feeder[k].store[i])
			problem_entry(w, problem_feeder_row(w->b, t, k), sign);
	}
}

void problem_write_store(struct problem_writer *w, int t, int i)
{
	const struct plant *p = w->p;
	const struct plant_store *s = &p->store[i];
	int balance = problem_site_row(w->b, t, ROW_BALANCE), row = problem_store_row(w->b, t, i);
	double h = p->hours[t], price = h * s->reserve_price;

	problem_column(w, h * p->tie[t], fmax(0, s->least[t]), fmax(0, s->most[t]));
	problem_entry(w, balance, -1);
	problem_entry(w, row, s->gain[t] * s->eta_c);
	meet_feeders(w, t, i, 1);
	problem_column(w, h * (p->tie[t] + s->wear), fmax(0, -s->most[t]), fmax(0, -s->least[t]));
	problem_entry(w, balance, 1);
	problem_entry(w, row, -s->gain[t] / s->eta_d);
	meet_feeders(w, t, i, -1);
	energy_column(w, t, i, -2 * price, s->lo[t], s->soc_min);
	energy_column(w, t, i, -price, 0, s->reserve - s->soc_min);
	energy_column(w, t, i, 0, 0, s->soc_max - s->reserve);
	energy_column(w, t, i, price, 0, s->hi[t] - s->soc_max);
	w->b->offset += price * (s->soc_min + s->reserve);
	if (t == p->n - 1)
		w->b->offset += s->terminal * s->soc_now;
}

void problem_limit(struct problem *b, int t, int i, enum store_col c, double kw)
{
	int col = problem_store_col(b, t, i, c);
	double *upper = &b->lp.col_upper[col];

	*upper = fmax(b->lp.col_lower[col], fmin(*upper, kw));
}
