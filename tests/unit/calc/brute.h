/* The optimum of a small case by exhaustion: every pattern of on and off, of charging and discharging, of importing
 * and exporting is tried, and what is left, a linear programme, goes to CLP. A formulation of its own: no binaries, no
 * bounds but the case's, levels written out as sums over all steps before. */
#pragma once

#include <stdbool.h>

#include "calc/case.h"

struct brute {
	bool feasible;
	double cost;
	/* Of optimal patterns (to 1e-9 of the cost): the least sum of (step + 1) over the steps in which loads are on. */
	int earliest;
	int patterns; /* how many were tried */
};

void brute_solve(const struct site_case *c, struct brute *ret);
