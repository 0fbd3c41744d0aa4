/* Judges a solver's answer by code of our own: is the point possible in the physical model, what does it really cost,
 * and how far can the optimum be below it. Pure. */
#pragma once

#include "plan/account.h"
#include "plan/problem.h"

struct verdict {
	double residual;  /* worst violation in the physical model, per unit of size */
	double objective; /* CNY, from the account, not from the solver */
	double bound;	  /* CNY, proven from the duals: no plan costs less */
	double gap;	  /* (objective − bound) / max(1, |objective|), at least 0 */
};

/* A lower bound of min cost·x from any y (weak duality); y need not be feasible or optimal, for every column has
 * finite bounds. Without the problem's offset. */
double check_dual_bound(const struct lp *lp, const double *y);

/* f are the flows of s->primal. */
void check_solution(const struct problem *b, const struct lp_solution *s, const struct flows *f,
		    struct verdict *ret);
