#include "plan/problem_priv.h"

void problem_meet_heat(struct problem_writer *w, int t, double it)
{
	const struct plant *p = w->p;

	for (int i = 0; i < p->n_cooling; i++)
		problem_entry(w, problem_cooling_row(w->b, t, i),
			      p->hours[t] * p->cooling[i].share * it);
}

/* A part of the heat at the end of step t. */
static void heat_column(struct problem_writer *w, int t, int i, enum cooling_col c, double upper)
{
	const struct plant *p = w->p;
	const struct plant_cooling *x = &p->cooling[i];
	bool last = t == p->n - 1;
	double sign = c == COL_COLD ? -1 : 1;
	double price = c == COL_WARM ? 0 : p->hours[t] * x->over_price;

	problem_column(w, price + (last ? sign * x->terminal : 0), 0, upper);
	problem_entry(w, problem_cooling_row(w->b, t, i), -sign);
	if (!last)
		problem_entry(w, problem_cooling_row(w->b, t + 1, i), sign);
}

void problem_write_cooling(struct problem_writer *w, int t, int i)
{
	const struct plant *p = w->p;
	const struct plant_cooling *x = &p->cooling[i];
	int row = problem_cooling_row(w->b, t, i);
	double h = p->hours[t], heat = h * x->share * p->it[t] + (t == 0 ? x->heat_now : 0);

	problem_row(w->b, row, -heat, -heat);
	problem_column(w, h * p->tie[t], x->least[t], x->most[t]);
	problem_entry(w, problem_site_row(w->b, t, ROW_BALANCE), -1);
	problem_entry(w, row, -h * x->cop[t]);
	for (int k = 0; k < p->n_feeder; k++) {
		if (p->feeder[k].cooling[i])
			problem_entry(w, problem_feeder_row(w->b, t, k), 1);
	}
	heat_column(w, t, i, COL_WARM, x->band);
	heat_column(w, t, i, COL_HOT, x->most_heat);
	heat_column(w, t, i, COL_COLD, x->most_cold);
	if (t == p->n - 1)
		w->b->offset -= x->terminal * x->heat_now;
}
