/* What can be proved of an LP from numbers that anyone may hand in: how good a pair of points is, that there is no point, that
 * there is no end. Plain loops over the LP as it stands; shares nothing with any solver. Pure. */
#pragma once

#include "plan/solve.h"

struct certificate {
	double primal; /* cost·x + offset */
	double bound; /* of the multipliers: no point costs less; −INFINITY if they prove nothing */
	double gap; /* |primal − bound| / max(1, |primal|, 1e-6 of the dearest column at the widest bound) */
	double row_residual; /* worst breach of a bound / max(1, |bound|, the row's largest term, 1e-3 of the widest) */
	double col_residual; /* worst breach of a bound / max(1, |bound|) */
	double dual_residual; /* worst reduced cost that leans on an infinite bound, left out of the bound if it is rounding */
};

/* Breaches of the multipliers' signs up to this share of what they are made of are rounding. */
#define CERTIFICATE_ROUNDING 1e-6

/* The point of s. a lends room for the rows. 0, -ENOMEM. */
int certificate_make(const struct lp *lp, double offset, const struct lp_solution *s,
		     struct arena *a, struct certificate *ret);

/* y is a Farkas ray: no x within its bounds can satisfy the rows weighted so. */
bool certificate_infeasible(const struct lp *lp, const double *y);

/* Along d no bound is ever met, and the cost falls. (That there is a point to begin from is not asked.) false also
 * if a is full. */
bool certificate_unbounded(const struct lp *lp, const double *d, struct arena *a);
