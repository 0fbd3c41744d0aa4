/* Our own solver behind the shape of solve.h: an interior point for LPs of sites, one or many of equal structure side by side.
 *
 * Method, certificate and limits stand in docs/PLANNER.md. Deterministic: the same LP gives the same bytes whatever stands
 * beside it in a batch, whatever was solved before. Pure; any thread, one cache per thread at a time. */
#pragma once

#include "plan/ipm_cache.h"
#include "plan/solve.h"

#define IPM_GAP 1e-8	   /* relative, if none is asked for */
#define IPM_ITERATIONS 100 /* per attempt, of which there are two, if no fewer are allowed */

/* As solve_lp(); of ctl also gap, offset and cache count. Ends with
 *   SOLVE_OPTIMAL     both residuals ≤ 1e-6 and the gap as asked, by certificate.h
 *   SOLVE_INFEASIBLE, SOLVE_UNBOUNDED   with a ray that proves it (also where a bound lies above its upper one)
 *   SOLVE_STOPPED     should_stop, or out of iterations
 *   SOLVE_FAILED      `why` says what is wrong with the LP (NaN, an index outside …) or where it got stuck
 * primal, dual and reduced_cost are always there, and finite where status is OPTIMAL. */
int ipm_solve(const struct lp *lp, const struct solve_ctl *ctl, struct arena *a,
	      struct lp_solution **ret);

/* n LPs, those of equal structure in SIMD lanes; ret[i] belongs to lps[i]. ctl counts for each of them (should_stop is
 * asked between iterations of whichever run; once it is true, all that are not done are SOLVE_STOPPED). */
int ipm_solve_batch(const struct lp *const *lps, int n, const struct solve_ctl *ctl,
		    struct arena *a, struct lp_solution **ret);

/* "ipm 1" */
const char *ipm_name(void);
