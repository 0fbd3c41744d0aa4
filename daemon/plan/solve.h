/* The solver interface: a linear programme in, a primal and dual point out. Two implementations: CLP's dual
 * simplex through its C interface, here, and our own interior point of the same shape (ipm.h). Pure: no
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

/* Which solver plan_make() uses: CLP's dual simplex below, or our interior point (ipm.h). */
enum solve_engine { SOLVE_CLP, SOLVE_IPM };

struct ipm_cache;

struct solve_ctl {
	/* Polled between pieces of work; true = stop. NULL = never. In wall mode the engine's deadline and cancel
	 * flag, in driven mode only cancel: there the budget is iterations. */
	bool (*should_stop)(void *arg);
	void *arg;
	uint64_t max_iterations; /* 0 = no limit */
	enum solve_engine engine;
	/* Of the interior point alone: */
	double gap;		 /* relative gap that is good enough; 0 = its default */
	double offset;		 /* of the objective, in proportion to which the gap is taken */
	struct ipm_cache *cache; /* the caller's, or NULL: none is kept */
};

enum solve_status { SOLVE_OPTIMAL, SOLVE_INFEASIBLE, SOLVE_UNBOUNDED, SOLVE_STOPPED, SOLVE_FAILED };

struct lp_solution {
	enum solve_status status;
	double objective;     /* as the solver claims; re-computed by check.h */
	double *primal;	      /* [n_cols] */
	double *dual;	      /* [n_rows], sign: d objective / d row bound */
	double *reduced_cost; /* [n_cols] */
	uint64_t iterations;
	const char *why; /* SOLVE_FAILED: static text, or NULL if there is none */
};

/* 0 (look at status), -ENOMEM. The solution lives in a. */
int solve_lp(const struct lp *lp, const struct solve_ctl *ctl, struct arena *a,
	     struct lp_solution **ret);
/* "clp 1.17.6" */
const char *solve_name(void);
