/* Among plans of equal cost the earliest: the programme that finds it. Loads run, and storages act, as early as they
 * can: minimal is the sum over steps t = 1 … n and loads of t · (share of its largest power), plus a thousandth of
 * the same sum over charge and discharge of the storages. Pure. */
#pragma once

#include "calc/formulate.h"

/* Two costs are the same if they differ by no more than this share of the larger of 1 and the cost. */
#define TIES_SAME 1e-9

/* The programme m with that objective, and its own cost as a row of at most `cost`. Bounds and columns are m's. */
int ties_programme(const struct site_case *c, const struct layout *l, const struct milp *m,
		   double cost, struct arena *a, struct milp *ret);
