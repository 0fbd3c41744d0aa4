/* A programme in units that suit a solver, whose tolerances are absolute. Pure. */
#pragma once

#include "plan/solve.h"

struct scaled {
	struct lp lp;	   /* columns, rows and cost rescaled; structure shared with the original */
	double cost_scale; /* scaled cost = cost · cost_scale */
	double *row_scale; /* scaled row = row · row_scale; column = scaled column · its size */
};

/* Rows are scaled so that their largest element is in [1, 2), the cost so that its largest is in [1024, 2048), all by
 * powers of two. 0, -ENOMEM. */
int milp_scale(const struct lp *lp, const double *size, struct arena *a, struct scaled *ret);
