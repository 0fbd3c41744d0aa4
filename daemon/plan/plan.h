/* One planning run: input → problem → solve → check → decide → plan. Pure; any thread. */
#pragma once

#include "plan/input.h"
#include "plan/solve.h"

#define PLAN_ARENA_CAP ((size_t)64 << 20)

/* Solves and publishes: integer watts per 15-min slot that balance to 0 W, re-checked by code that shares nothing
 * with the solver (residuals in the physical model, primal objective, dual bound → gap).
 * Soft limits make every measured state legal, so there is always a plan unless the solver is stopped or fails:
 * ERR_TIMEOUT (out of iterations), ERR_CANCELED (should_stop said so), ERR_SOLVER (f says what), ERR_INVALID (contradictory input, says which).
 * The plan lives in a; id and created_ms are the caller's to set. */
int plan_make(const struct plan_input *in, const struct solve_ctl *ctl, struct arena *a,
	      struct plan **ret, struct fault *f);

/* What `in` would cost if `p` (an older plan, shifted) were executed instead: for the adoption gate. Setpoints of p
 * are clipped to what the state allows; ERR_NODATA if p does not cover the first step of `in`. */
int plan_evaluate(const struct plan_input *in, const struct plan *p, int64_t *ret_objective_e4);

/* The old plan cut at now, for when the solver did not deliver; ERR_NODATA if nothing is left. Cost and objective stay
 * those of the whole old plan. */
int plan_shift(const struct plan *old, int64_t now_ms, struct arena *a, struct plan **ret);
