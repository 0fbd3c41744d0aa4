#include "plan/ipm_check.h"

#include <math.h>

static const char *check_bounds(const double *lower, const double *upper, int n, bool *inverted)
{
	for (int i = 0; i < n; i++) {
		if (isnan(lower[i]) || isnan(upper[i]))
			return "a bound is not a number";
		if (lower[i] == INFINITY || upper[i] == -INFINITY)
			return "a bound lies at infinity";
		*inverted |= lower[i] > upper[i];
	}
	return NULL;
}

static const char *check_column(const struct lp *lp, int c, int *mark)
{
	if (!isfinite(lp->cost[c]))
		return "a cost is not a number";
	for (int k = lp->col_start[c]; k < lp->col_start[c + 1]; k++) {
		int r = lp->row_index[k];

		if (r < 0 || r >= lp->n_rows)
			return "an entry lies outside the rows";
		if (mark[r] == c)
			return "a row stands twice in a column";
		mark[r] = c;
		if (!isfinite(lp->element[k]))
			return "an entry is not a number";
	}
	return NULL;
}

const char *ipm_check(const struct lp *lp, int *mark, bool *ret_inverted)
{
	const char *why = NULL;

	*ret_inverted = false;
	if (lp->n_cols < 0 || lp->n_rows < 0 || lp->col_start[0] != 0)
		return "a size is below 0";
	for (int c = 0; c < lp->n_cols; c++) {
		if (lp->col_start[c + 1] < lp->col_start[c])
			return "columns overlap";
	}
	for (int c = 0; !why && c < lp->n_cols; c++)
		why = check_column(lp, c, mark);
	if (!why)
		why = check_bounds(lp->col_lower, lp->col_upper, lp->n_cols, ret_inverted);
	if (!why)
		why = check_bounds(lp->row_lower, lp->row_upper, lp->n_rows, ret_inverted);
	return why;
}
