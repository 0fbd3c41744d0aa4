#include "plan/milp_scale.h"

#include <math.h>

/* The largest cost of a scaled column; with it CLP's tolerance of 1e-7 on reduced costs is 1e-10 of the prices. */
#define LARGEST_COST 1024.0

static double power_of_two(double x)
{
	return x > 0 && isfinite(x) ? exp2(-floor(log2(x))) : 1;
}

static double *copy(struct arena *a, const double *x, int n)
{
	return arena_memdup(a, x, (size_t)n * sizeof(*x));
}

/* Scales rows so that their largest element is in [1, 2). */
static int scale_rows(const struct milp *m, struct scaled *s, struct arena *a)
{
	const struct lp *lp = &m->lp;

	s->row_scale = ARENA_ARRAY(a, (size_t)lp->n_rows, double);
	if (!s->row_scale)
		return -ENOMEM;
	for (int c = 0; c < lp->n_cols; c++)
		for (int k = lp->col_start[c]; k < lp->col_start[c + 1]; k++)
			s->row_scale[lp->row_index[k]] = fmax(s->row_scale[lp->row_index[k]],
							      fabs(lp->element[k]) * m->size[c]);
	for (int r = 0; r < lp->n_rows; r++) {
		s->row_scale[r] = power_of_two(s->row_scale[r]);
		s->lp.row_lower[r] *= s->row_scale[r];
		s->lp.row_upper[r] *= s->row_scale[r];
	}
	for (int c = 0; c < lp->n_cols; c++)
		for (int k = lp->col_start[c]; k < lp->col_start[c + 1]; k++)
			s->lp.element[k] *= m->size[c] * s->row_scale[lp->row_index[k]];
	return 0;
}

int milp_scale(const struct milp *m, struct arena *a, struct scaled *s)
{
	const struct lp *lp = &m->lp;
	double largest = 0;

	s->lp = *lp;
	s->lp.cost = copy(a, lp->cost, lp->n_cols);
	s->lp.col_lower = copy(a, lp->col_lower, lp->n_cols);
	s->lp.col_upper = copy(a, lp->col_upper, lp->n_cols);
	s->lp.row_lower = copy(a, lp->row_lower, lp->n_rows);
	s->lp.row_upper = copy(a, lp->row_upper, lp->n_rows);
	s->lp.element = copy(a, lp->element, lp->col_start[lp->n_cols]);
	if (!s->lp.cost || !s->lp.col_lower || !s->lp.col_upper || !s->lp.row_lower ||
	    !s->lp.row_upper || !s->lp.element)
		return -ENOMEM;
	for (int c = 0; c < lp->n_cols; c++) {
		s->lp.col_lower[c] /= m->size[c];
		s->lp.col_upper[c] /= m->size[c];
		s->lp.cost[c] *= m->size[c];
		largest = fmax(largest, fabs(s->lp.cost[c]));
	}
	s->cost_scale = LARGEST_COST * power_of_two(largest);
	for (int c = 0; c < lp->n_cols; c++)
		s->lp.cost[c] *= s->cost_scale;
	return scale_rows(m, s, a);
}
