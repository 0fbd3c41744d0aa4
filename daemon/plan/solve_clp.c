#include <coin/Clp_C_Interface.h>
#include <float.h>
#include <math.h>

#include "plan/solve.h"

/* CLP's C interface has no event handler, so a solve that may be stopped is cut into pieces of this many iterations
 * (some ms each at a site of 2 000 columns), and each piece goes on from the basis of the one before. */
#define PIECE 500
#define UNLIMITED INT32_MAX

enum { CLP_OPTIMAL, CLP_INFEASIBLE, CLP_UNBOUNDED, CLP_STOPPED };

struct run {
	Clp_Simplex *model;
	const struct solve_ctl *ctl;
	uint64_t done; /* iterations */
};

const char *solve_name(void)
{
	return "clp 1.17";
}

/* CLP's infinity is the largest double. */
static void clp_bounds(double *to, const double *from, int n)
{
	for (int i = 0; i < n; i++)
		to[i] = fmin(DBL_MAX, fmax(-DBL_MAX, from[i]));
}

/* CLP copies what it is given. */
static int load(Clp_Simplex *model, const struct lp *lp, struct arena *a)
{
	size_t c = (size_t)lp->n_cols, r = (size_t)lp->n_rows;
	double *bounds = ARENA_ARRAY(a, 2 * (c + r), double);

	if (!bounds)
		return -ENOMEM;
	clp_bounds(bounds, lp->col_lower, lp->n_cols);
	clp_bounds(bounds + c, lp->col_upper, lp->n_cols);
	clp_bounds(bounds + 2 * c, lp->row_lower, lp->n_rows);
	clp_bounds(bounds + 2 * c + r, lp->row_upper, lp->n_rows);
	Clp_loadProblem(model, lp->n_cols, lp->n_rows, lp->col_start, lp->row_index, lp->element,
			bounds, bounds + c, lp->cost, bounds + 2 * c, bounds + 2 * c + r);
	return 0;
}

/* Iterations that the next piece may take; 0 = the budget is spent. */
static int next_piece(const struct run *r)
{
	uint64_t left = UNLIMITED;

	if (r->ctl && r->ctl->max_iterations > 0)
		left = r->ctl->max_iterations > r->done ? r->ctl->max_iterations - r->done : 0;
	if (r->ctl && r->ctl->should_stop && left > PIECE)
		left = PIECE;
	return left < UNLIMITED ? (int)left : UNLIMITED;
}

/* One algorithm until it ends by itself; CLP's status. */
static int run_pieces(struct run *r, int (*algorithm)(Clp_Simplex *, int))
{
	int status;

	do {
		int piece = next_piece(r);

		if (piece == 0 ||
		    (r->ctl && r->ctl->should_stop && r->ctl->should_stop(r->ctl->arg)))
			return CLP_STOPPED;
		Clp_setNumberIterations(r->model, 0);
		Clp_setMaximumIterations(r->model, piece);
		algorithm(r->model, 0);
		r->done += (uint64_t)Clp_numberIterations(r->model);
		status = Clp_status(r->model);
	} while (status == CLP_STOPPED);
	return status;
}

static enum solve_status status_of(int clp)
{
	switch (clp) {
	case CLP_OPTIMAL:
		return SOLVE_OPTIMAL;
	case CLP_INFEASIBLE:
		return SOLVE_INFEASIBLE;
	case CLP_UNBOUNDED:
		return SOLVE_UNBOUNDED;
	case CLP_STOPPED:
		return SOLVE_STOPPED;
	default:
		return SOLVE_FAILED;
	}
}

static int take(Clp_Simplex *model, const struct lp *lp, struct arena *a, struct lp_solution *s)
{
	size_t c = (size_t)lp->n_cols, r = (size_t)lp->n_rows;

	s->objective = Clp_objectiveValue(model);
	s->primal = arena_memdup(a, Clp_primalColumnSolution(model), c * sizeof(double));
	s->dual = arena_memdup(a, Clp_dualRowSolution(model), r * sizeof(double));
	s->reduced_cost = arena_memdup(a, Clp_dualColumnSolution(model), c * sizeof(double));
	return s->primal && s->dual && s->reduced_cost ? 0 : -ENOMEM;
}

int solve_lp(const struct lp *lp, const struct solve_ctl *ctl, struct arena *a,
	     struct lp_solution **ret)
{
	struct lp_solution *s = ARENA_NEW(a, struct lp_solution);
	struct run run = {.model = Clp_newModel(), .ctl = ctl};
	int r = s && run.model ? 0 : -ENOMEM, clp;

	if (!r) {
		Clp_setLogLevel(run.model, 0);
		r = load(run.model, lp, a);
	}
	if (!r) {
		clp = run_pieces(&run, Clp_dual);
		/* The dual simplex works on perturbed, scaled data; what it calls optimal may need a few
		 * primal steps once both are taken away. */
		if (clp == CLP_OPTIMAL && Clp_secondaryStatus(run.model) != 0)
			clp = run_pieces(&run, Clp_primal);
		s->status = status_of(clp);
		s->iterations = run.done;
		r = take(run.model, lp, a, s);
	}
	Clp_deleteModel(run.model);
	if (!r)
		*ret = s;
	return r;
}
