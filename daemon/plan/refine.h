/* What no linear row can say: a store does not charge and discharge at once, is not taken further outside its limits
 * than it is, a queue keeps its minimum power while there is work, and
 * a curve's good end is used before its dear one. A first solution shows where it matters; there
 * bounds are tightened and the problem is solved again. Pure. */
#pragma once

#include "plan/problem.h"

#define REFINE_ROUNDS 8

/* Tightens b where the solution s with its flows f breaks one of them. In the last round every store gets one direction
 * per step, so that nothing comes up elsewhere. Returns how many steps broke something, or -ENOMEM. */
int refine_problem(struct problem *b, const struct lp_solution *s, const struct flows *f,
		   struct arena *a, bool last);
