/* Among plans of equal cost the earliest: the programme that finds it. Loads run, and storages act, as early as they
 * can: minimal is the sum over steps t = 1 … n and loads of t · (share of its largest power), plus a thousandth of
 * the same sum over charge and discharge of the storages. Pure. */
#pragma once

#include "calc/formulate.h"

/* Two costs are the same if they differ by no more than this share of the sum of the magnitudes of their terms. */
#define TIES_SAME 1e-10

/* That sum as a cost of m's columns. cost[m->lp.n_cols] is all 0 before. */
void ties_cost(const struct site_case *c, const struct layout *l, const struct milp *m,
	       double *cost);

/* The programme m with another cost, and its own as a row of at most `cost`. Bounds and columns are m's. -ENOMEM. */
int ties_programme(const struct milp *m, double *second, double cost, struct arena *a,
		   struct milp *ret);
