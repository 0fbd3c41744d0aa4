#include <math.h>

#include "plan/problem_priv.h"

static void power_column(struct problem_writer *w, int t, int i, double upper)
{
	const struct plant *p = w->p;

	problem_column(w, p->hours[t] * p->tie[t], 0, upper);
	problem_entry(w, problem_site_row(w->b, t, ROW_BALANCE), -p->pue);
	problem_entry(w, problem_site_row(w->b, t, ROW_IT_ROOM), 1);
	problem_entry(w, problem_queue_row(w->b, t, i), -p->hours[t]);
}

static void work_column(struct problem_writer *w, int t, int i, double price, double upper)
{
	bool last = t == w->p->n - 1;

	problem_column(w, w->p->hours[t] * price + (last ? w->p->queue[i].terminal : 0), 0, upper);
	problem_entry(w, problem_queue_row(w->b, t, i), -1);
	if (!last)
		problem_entry(w, problem_queue_row(w->b, t + 1, i), 1);
}

void problem_write_queue(struct problem_writer *w, int t, int i)
{
	const struct plant_queue *q = &w->p->queue[i];

	power_column(w, t, i, 0);
	power_column(w, t, i, q->power_max);
	work_column(w, t, i, 0, q->allowed[t]);
	work_column(w, t, i, q->late_price, q->all_work);
}

void problem_set_floor(struct problem *b, int t, int i, double kw)
{
	const struct plant_queue *q = &b->plant->queue[i];
	int floor = problem_queue_col(b, t, i, COL_FLOOR);
	int rest = problem_queue_col(b, t, i, COL_POWER);
	double price = b->plant->hours[t] * q->floor_price;

	b->offset += price * (kw - b->lp.col_upper[floor]);
	b->lp.cost[floor] = b->lp.cost[rest] - price;
	b->lp.col_upper[floor] = kw;
	b->lp.col_upper[rest] = fmax(0, q->power_max - kw);
}
