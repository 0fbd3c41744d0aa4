#include "calc/ties.h"

#include <math.h>
#include <string.h>

#define STORAGE_WEIGHT 1e-3

/* m's matrix with one more row, its costs. */
static int append_cost_row(const struct lp *m, struct arena *a, struct lp *to)
{
	size_t most = (size_t)m->col_start[m->n_cols] + (size_t)m->n_cols;
	int at = 0;

	to->col_start = ARENA_ARRAY(a, (size_t)m->n_cols + 1, int);
	to->row_index = ARENA_ARRAY(a, most, int);
	to->element = ARENA_ARRAY(a, most, double);
	if (!to->col_start || !to->row_index || !to->element)
		return -ENOMEM;
	for (int c = 0; c < m->n_cols; c++) {
		int first = m->col_start[c], n = m->col_start[c + 1] - first;

		to->col_start[c] = at;
		memcpy(to->row_index + at, m->row_index + first, (size_t)n * sizeof(int));
		memcpy(to->element + at, m->element + first, (size_t)n * sizeof(double));
		at += n;
		if (m->cost[c] != 0) {
			to->row_index[at] = m->n_rows;
			to->element[at++] = m->cost[c];
		}
	}
	to->col_start[m->n_cols] = at;
	return 0;
}

static int append_limit(const struct lp *m, double cost, struct arena *a, struct lp *to)
{
	size_t rows = (size_t)m->n_rows;

	to->row_lower = ARENA_ARRAY(a, rows + 1, double);
	to->row_upper = ARENA_ARRAY(a, rows + 1, double);
	if (!to->row_lower || !to->row_upper)
		return -ENOMEM;
	memcpy(to->row_lower, m->row_lower, rows * sizeof(double));
	memcpy(to->row_upper, m->row_upper, rows * sizeof(double));
	to->row_lower[rows] = -INFINITY;
	to->row_upper[rows] = cost;
	to->n_rows = m->n_rows + 1;
	return 0;
}

static double largest(const double *x, int n)
{
	double most = 0;

	for (int t = 0; t < n; t++)
		most = fmax(most, x[t]);
	return most > 0 ? most : 1;
}

void ties_cost(const struct site_case *c, const struct layout *l, const struct milp *m,
	       double *cost)
{
	double step = 1.0 / c->n;

	for (int i = 0; i < c->n_loads; i++) {
		const struct layout_load *d = &l->loads[i];
		double share = d->power >= 0 ? 1 / largest(c->loads[i].power, c->n) : 1;
		int first = d->power >= 0 ? d->power : d->on;

		for (int t = 0; t < c->n; t++)
			cost[first + t] = (t + 1) * step * share;
	}
	for (int i = 0; i < c->n_storages; i++) {
		const struct layout_storage *s = &l->storages[i];
		double share = STORAGE_WEIGHT / m->size[s->charge];

		for (int t = 0; t < c->n; t++)
			cost[s->charge + t] = cost[s->discharge + t] = (t + 1) * step * share;
	}
}

int ties_programme(const struct milp *m, double *second, double cost, struct arena *a,
		   struct milp *ret)
{
	struct milp to = *m;
	int r;

	to.lp.cost = second;
	r = append_cost_row(&m->lp, a, &to.lp);
	if (!r)
		r = append_limit(&m->lp, cost, a, &to.lp);
	if (!r)
		*ret = to;
	return r;
}
