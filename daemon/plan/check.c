#include "plan/check.h"

#include <math.h>

/* A multiplier that leans on an infinite side of its row proves nothing: it counts as zero. */
static double usable(const struct lp *lp, int r, double y)
{
	double side = y > 0 ? lp->row_lower[r] : lp->row_upper[r];

	return isfinite(side) ? y : 0;
}

double check_dual_bound(const struct lp *lp, const double *y)
{
	double bound = 0;

	for (int r = 0; r < lp->n_rows; r++) {
		double v = usable(lp, r, y[r]);

		if (v > 0)
			bound += v * lp->row_lower[r];
		else if (v < 0)
			bound += v * lp->row_upper[r];
	}
	for (int c = 0; c < lp->n_cols; c++) {
		double d = lp->cost[c];

		for (int k = lp->col_start[c]; k < lp->col_start[c + 1]; k++)
			d -= usable(lp, lp->row_index[k], y[lp->row_index[k]]) * lp->element[k];
		bound += d * (d > 0 ? lp->col_lower[c] : lp->col_upper[c]);
	}
	return bound;
}

/* What the solver believes to be the state, against what physics makes of its decisions. */
static double disbelief(const struct problem *b, const double *x, const struct flows *f)
{
	const struct plant *p = b->plant;
	double worst = 0;

	for (int t = 0; t < p->n; t++) {
		double net = 0;

		for (int c = COL_IMPORT; c <= COL_EXPORT_LIMIT; c++)
			net += x[problem_site_col(b, t, (enum site_col)c)] *
			       (c < COL_EXPORT ? 1 : -1);
		worst = fmax(worst, fabs(net - f->net[t]) / fmax(1, p->load[t]));
		for (int i = 0; i < p->n_store; i++) {
			double soc = 0;

			for (int c = COL_BELOW; c <= COL_OVER; c++)
				soc += x[problem_store_col(b, t, i, (enum store_col)c)];
			worst = fmax(worst,
				     fabs(soc - f->soc[i][t]) / fmax(1, p->store[i].soc_max));
		}
		for (int i = 0; i < p->n_queue; i++) {
			double left = x[problem_work_col(b, t, i, COL_BACKLOG)] +
				      x[problem_work_col(b, t, i, COL_LATE)];

			worst = fmax(worst, fabs(left - f->backlog[i][t]) /
						    fmax(1, p->queue[i].power_max));
		}
		for (int i = 0; i < p->n_cooling; i++) {
			double heat = x[problem_cooling_col(b, t, i, COL_WARM)] +
				      x[problem_cooling_col(b, t, i, COL_HOT)] -
				      x[problem_cooling_col(b, t, i, COL_COLD)];

			worst = fmax(worst,
				     fabs(heat - f->heat[i][t]) / fmax(1, p->cooling[i].power_max));
		}
	}
	return worst;
}

void check_solution(const struct problem *b, const struct lp_solution *s, const struct flows *f,
		    struct verdict *ret)
{
	struct account a;

	account_make(b->plant, f, NULL, NULL, &a);
	ret->objective = account_objective(&a);
	ret->bound = check_dual_bound(&b->lp, s->dual) + b->offset;
	ret->gap = fmax(0, ret->objective - ret->bound) / fmax(1, fabs(ret->objective));
	ret->residual = fmax(disbelief(b, s->primal, f), flows_violation(b->plant, f));
}
