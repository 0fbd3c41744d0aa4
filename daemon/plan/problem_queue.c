#include <math.h>

#include "plan/problem_priv.h"

static double within(double v, double lo, double hi)
{
	return fmin(fmax(v, lo), hi);
}

/* What of [0, kw] lies in a segment that begins at `from`. */
static double part(double kw, double from, double width)
{
	return within(kw - from, 0, width);
}

static void power_column(struct problem_writer *w, int t, int i, int k)
{
	const struct plant *p = w->p;

	problem_column(w, p->hours[t] * p->tie[t], 0, 0);
	problem_entry(w, problem_site_row(w->b, t, ROW_BALANCE), -p->pue);
	problem_entry(w, problem_site_row(w->b, t, ROW_IT_ROOM), 1);
	problem_entry(w, problem_queue_row(w->b, t, i), -p->hours[t] * p->queue[i].ratio[k]);
	problem_meet_heat(w, t, 1);
	for (int j = 0; j < p->n_feeder; j++) {
		if (p->feeder[j].queue[i])
			problem_entry(w, problem_feeder_row(w->b, t, j), p->pue);
	}
}

static void work_column(struct problem_writer *w, int t, int i, double price, double upper)
{
	bool last = t == w->p->n - 1;

	problem_column(w, w->p->hours[t] * price + (last ? w->p->queue[i].terminal : 0), 0, upper);
	problem_entry(w, problem_queue_row(w->b, t, i), -1);
	if (!last)
		problem_entry(w, problem_queue_row(w->b, t + 1, i), 1);
}

/* The window and the floor, cut into segments. A segment is not used before the one below it is full, so a bound of the
 * whole is one for each. */
static void bound_power(struct problem *b, int t, int i)
{
	const struct plant_queue *q = &b->plant->queue[i];
	double floor = b->floor[i][t], from = 0;

	for (int k = 0; k < q->n_segments; k++) {
		int below = problem_power_col(b, t, i, k, false);
		int beyond = problem_power_col(b, t, i, k, true);
		double least = part(q->least[t], from, q->width[k]);
		double most = part(q->most[t], from, q->width[k]);
		double wanted = part(floor, from, q->width[k]);

		b->lp.col_lower[below] = fmin(least, wanted);
		b->lp.col_upper[below] = fmin(most, wanted);
		b->lp.col_lower[beyond] = fmax(0, least - wanted);
		b->lp.col_upper[beyond] = fmax(0, most - wanted);
		from += q->width[k];
	}
}

static void price_floor(struct problem *b, int t, int i)
{
	const struct plant_queue *q = &b->plant->queue[i];
	double price = b->plant->hours[t] * q->floor_price;

	for (int k = 0; b->floor[i][t] > 0 && k < q->n_segments; k++)
		b->lp.cost[problem_power_col(b, t, i, k, false)] =
			b->lp.cost[problem_power_col(b, t, i, k, true)] - price;
}

void problem_write_queue(struct problem_writer *w, int t, int i)
{
	const struct plant_queue *q = &w->p->queue[i];

	for (int k = 0; k < q->n_segments; k++) {
		power_column(w, t, i, k);
		power_column(w, t, i, k);
	}
	work_column(w, t, i, 0, q->allowed[t]);
	work_column(w, t, i, q->late_price, q->all_work);
	w->b->offset += w->p->hours[t] * q->floor_price * w->b->floor[i][t];
	bound_power(w->b, t, i);
	price_floor(w->b, t, i);
}

void problem_set_floor(struct problem *b, int t, int i, double kw)
{
	const struct plant_queue *q = &b->plant->queue[i];

	b->offset += b->plant->hours[t] * q->floor_price * (kw - b->floor[i][t]);
	b->floor[i][t] = kw;
	bound_power(b, t, i);
	price_floor(b, t, i);
}

void problem_end_curve(struct problem *b, int t, int i, int k, bool fill)
{
	const struct plant_queue *q = &b->plant->queue[i];

	for (int j = 0; j < q->n_segments; j++) {
		for (int beyond = 0; beyond <= 1; beyond++) {
			int col = problem_power_col(b, t, i, j, beyond);
			double *lower = &b->lp.col_lower[col], *upper = &b->lp.col_upper[col];

			if (j > k)
				*upper = *lower;
			else if (j < k && fill)
				*lower = *upper;
		}
	}
}
