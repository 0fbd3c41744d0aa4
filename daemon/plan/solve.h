/* The solver interface: a linear programme in, a primal and dual point out. One implementation today (CLP's dual
 * simplex through its C interface); the structured interior-point solver comes behind the same door. Pure: no
 * clock, no globals; may run on any thread, one solve per thread at a time. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/* minimise cost·x, row_lower ≤ A x ≤ row_upper, col_lower ≤ x ≤ col_upper; A by columns (CSC).
 * Infinity is ±INFINITY. */
struct lp {
	int n_cols, n_rows;
	double *cost, *col_lower, *col_upper; /* [n_cols] */
	double *row_lower, *row_upper;	      /* [n_rows] */
	int *col_start;			      /* [n_cols + 1] */
	int *row_index;			      /* [nnz] */
	double *element;		      /* [nnz] */
};

struct solve_ctl {
	/* Polled between pieces of work; true = stop. NULL = never. In wall mode the engine's deadline and cancel
	 * flag, in driven mode only cancel: there the budget is iterations. */
	bool (*should_stop)(void *arg);
	void *arg;
	uint64_t max_iterations; /* 0 = no limit */
};

enum solve_status { SOLVE_OPTIMAL, SOLVE_INFEASIBLE, SOLVE_UNBOUNDED, SOLVE_STOPPED, SOLVE_FAILED };

struct lp_solution {
	enum solve_status status;
	double objective;     /* as the solver claims; re-computed by check.h */
	double *primal;	      /* [n_cols] */
	double *dual;	      /* [n_rows], sign: d objective / d row bound */
	double *reduced_cost; /* [n_cols] */
	uint64_t iterations;
};

/* 0 (look at status), -ENOMEM. The solution lives in a. */
int solve_lp(const struct lp *lp, const struct solve_ctl *ctl, struct arena *a,
	     struct lp_solution **ret);
/* "clp 1.17.6" */
const char *solve_name(void);
