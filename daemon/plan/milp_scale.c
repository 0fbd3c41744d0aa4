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
static int scale_rows(const struct lp *lp, const double *size, struct scaled *s, struct arena *a)
{
	s->row_scale = ARENA_ARRAY(a, (size_t)lp->n_rows, double);
	if (!s->row_scale)
		return -ENOMEM;
	for (int c = 0; c < lp->n_cols; c++)
		for (int k = lp->col_start[c]; k < lp->col_start[c + 1]; k++)
			s->row_scale[lp->row_index[k]] = fmax(s->row_scale[lp->row_index[k]],
							      fabs(lp->element[k]) * size[c]);
	for (int r = 0; r < lp->n_rows; r++) {
		s->row_scale[r] = power_of_two(s->row_scale[r]);
		s->lp.row_lower[r] *= s->row_scale[r];
		s->lp.row_upper[r] *= s->row_scale[r];
	}
	for (int c = 0; c < lp->n_cols; c++)
		for (int k = lp->col_start[c]; k < lp->col_start[c + 1]; k++)
			s->lp.element[k] *= size[c] * s->row_scale[lp->row_index[k]];
	return 0;
}

int milp_scale(const struct lp *lp, const double *size, struct arena *a, struct scaled *ret)
{
	double largest = 0;

	ret->lp = *lp;
	ret->lp.cost = copy(a, lp->cost, lp->n_cols);
	ret->lp.col_lower = copy(a, lp->col_lower, lp->n_cols);
	ret->lp.col_upper = copy(a, lp->col_upper, lp->n_cols);
	ret->lp.row_lower = copy(a, lp->row_lower, lp->n_rows);
	ret->lp.row_upper = copy(a, lp->row_upper, lp->n_rows);
	ret->lp.element = copy(a, lp->element, lp->col_start[lp->n_cols]);
	if (!ret->lp.cost || !ret->lp.col_lower || !ret->lp.col_upper || !ret->lp.row_lower ||
	    !ret->lp.row_upper || !ret->lp.element)
		return -ENOMEM;
	for (int c = 0; c < lp->n_cols; c++) {
		ret->lp.col_lower[c] /= size[c];
		ret->lp.col_upper[c] /= size[c];
		ret->lp.cost[c] *= size[c];
		largest = fmax(largest, fabs(ret->lp.cost[c]));
	}
	ret->cost_scale = LARGEST_COST * power_of_two(largest);
	for (int c = 0; c < lp->n_cols; c++)
		ret->lp.cost[c] *= ret->cost_scale;
	return scale_rows(lp, size, ret, a);
}
