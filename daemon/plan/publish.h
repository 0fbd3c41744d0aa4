/* From whole watts per step to the plan that leaves the floor: 15-min slots, levels, costs, relaxations, bindings. Pure. */
#pragma once

#include "model/plan.h"
#include "plan/check.h"
#include "plan/decide.h"

/* d and f settled, floors set. Fills everything but status, solver, gap, residual, iterations, prices of the margin,
 * bindings and hashes. NULL: the arena is full. */
struct plan *publish_plan(const struct plant *p, const struct decided *d, const struct flows *f,
			  struct arena *a);

/* Marginal prices and binding limits from the solver's multipliers. false: the arena is full. */
bool publish_duals(const struct problem *b, const struct lp_solution *s, struct arena *a,
		   struct plan *plan);

/* Number of slots before step t, at most n_published, and in all that are published (t = n_published). */
uint32_t publish_slot_of(const struct plant *p, int t);
