/* What a way to run a region costs, from first principles, and how good a solver's answer for it is: nothing here
 * knows of rows. Pure. */
#pragma once

#include "plan/check.h"
#include "plan/region_point.h"

/* kW beyond limit l in step t: above 0 too much import, below 0 too much export. */
double region_overload(const struct region_point *x, int l, int t);
/* CNY of that. */
double region_overload_cost(const struct region_point *x, int l, int t);
/* CNY that transfers over link l cost in step t, without the tie-break. */
double region_transfer_cost(const struct region_point *x, int l, int t);

/* CNY over the horizon: the sites' objectives, overloads and transfers. Flows followed, floors set. */
double region_objective(const struct region_point *x);

/* As check_solution(), of the whole region: residuals in the physical model of every site, of what arrives and runs,
 * and of the links; the gap from the account and the multipliers. a lends room. 0, -ENOMEM. */
int region_verdict(const struct region_point *x, const struct lp_solution *s, struct arena *a,
		   struct verdict *ret);

/* The part of a region's solution that concerns one site. */
struct lp_solution region_slice(const struct region_problem *b, const struct lp_solution *s,
				int site);
