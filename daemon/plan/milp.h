/* The exact stage: a linear programme some of whose columns must be whole numbers, solved to a gap of zero by CBC's
 * branch and cut, or by CLP where no column is whole. Pure but for the time limit, which is CBC's own. One solve per
 * process at a time: CBC's command-line driver, which its C interface calls, keeps globals.
 *
 * CBC writes to the standard output now and then whatever its log level: callers whose output matters guard it. */
#pragma once

#include "plan/solve.h"

struct milp {
	struct lp lp;
	bool *integer; /* [n_cols]; such columns have finite bounds */
	/* [n_cols] how large a column's values are, > 0; 1 for whole ones. Tolerances of a solver are absolute, so that
	 * it gets x / size. Powers of two lose nothing. */
	double *size;
};

struct milp_ctl {
	double max_seconds; /* of CBC; 0 = no limit */
	int max_nodes;	    /* of the search tree; 0 = no limit */
	const double *
		start; /* [n_cols] a point to begin with, or NULL; only its whole columns are read */
};

struct milp_solution {
	/* OPTIMAL: proven. STOPPED: a limit was reached; primal is the best point found, or NULL. */
	enum solve_status status;
	double objective; /* of primal, recomputed */
	/* No point is cheaper: as CBC says where columns are whole (no proof of ours), else by weak duality, computed
	 * here from the duals alone. −INFINITY if nothing is known. */
	double bound;
	double *primal; /* [n_cols]; whole columns are exactly whole */
	uint64_t nodes;
};

/* 0 (look at status), -ENOMEM. The solution lives in a. */
int milp_solve(const struct milp *m, const struct milp_ctl *ctl, struct arena *a,
	       struct milp_solution **ret);

/* Among the optima of m, whole columns fixed to those of `whole`, the one that minimises a second cost: on the optimal
 * face, not under a row that limits the first cost, which would buy the second with the solver's tolerances. OPTIMAL, or
 * FAILED (primal may be NULL); bound is not known. 0, -ENOMEM. */
int milp_refine(const struct milp *m, const double *whole, const double *second, struct arena *a,
		struct milp_solution **ret);

/* A bound below min cost·x from any y, by weak duality; −INFINITY where a column without limit has a reduced cost of
 * the wrong sign beyond 1e-9 of the largest. */
double milp_dual_bound(const struct lp *lp, const double *y);
