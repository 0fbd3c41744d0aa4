#include "plan/milp.h"

#include <coin/Cbc_C_Interface.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The largest cost of a scaled column; with it CLP's tolerance of 1e-7 on reduced costs is 1e-10 of the prices. */
#define LARGEST_COST 1024.0
/* By how much a new point must be better, in scaled cost. CBC's own default of 1e-5 gives away more than we promise. */
#define INCREMENT "1e-9"
#define TOLERANCE "1e-9"

/* ---- Scaling -------------------------------------------------------------------------------------- */

/* Copies of the problem's numbers in units that suit a solver; structure is shared with the original. */
struct scaled {
	struct lp lp;
	double cost_scale; /* scaled cost = cost · cost_scale */
	double *row_scale; /* scaled row = row · row_scale */
};

static double power_of_two(double x)
{
	return x > 0 && isfinite(x) ? exp2(-floor(log2(x))) : 1;
}

static double *times(struct arena *a, const double *x, int n)
{
	return arena_memdup(a, x, (size_t)n * sizeof(*x));
}

/* Scales rows so that their largest element is in [1, 2). */
static int scale_rows(const struct milp *m, struct scaled *s, struct arena *a)
{
	const struct lp *lp = &m->lp;

	s->row_scale = ARENA_ARRAY(a, (size_t)lp->n_rows, double);
	if (!s->row_scale)
		return -ENOMEM;
	for (int c = 0; c < lp->n_cols; c++)
		for (int k = lp->col_start[c]; k < lp->col_start[c + 1]; k++)
			s->row_scale[lp->row_index[k]] = fmax(s->row_scale[lp->row_index[k]],
							      fabs(lp->element[k]) * m->size[c]);
	for (int r = 0; r < lp->n_rows; r++) {
		s->row_scale[r] = power_of_two(s->row_scale[r]);
		s->lp.row_lower[r] *= s->row_scale[r];
		s->lp.row_upper[r] *= s->row_scale[r];
	}
	for (int c = 0; c < lp->n_cols; c++)
		for (int k = lp->col_start[c]; k < lp->col_start[c + 1]; k++)
			s->lp.element[k] *= m->size[c] * s->row_scale[lp->row_index[k]];
	return 0;
}

static int scale(const struct milp *m, struct arena *a, struct scaled *s)
{
	const struct lp *lp = &m->lp;
	double largest = 0;

	s->lp = *lp;
	s->lp.cost = times(a, lp->cost, lp->n_cols);
	s->lp.col_lower = times(a, lp->col_lower, lp->n_cols);
	s->lp.col_upper = times(a, lp->col_upper, lp->n_cols);
	s->lp.row_lower = times(a, lp->row_lower, lp->n_rows);
	s->lp.row_upper = times(a, lp->row_upper, lp->n_rows);
	s->lp.element = times(a, lp->element, lp->col_start[lp->n_cols]);
	if (!s->lp.cost || !s->lp.col_lower || !s->lp.col_upper || !s->lp.row_lower ||
	    !s->lp.row_upper || !s->lp.element)
		return -ENOMEM;
	for (int c = 0; c < lp->n_cols; c++) {
		s->lp.col_lower[c] /= m->size[c];
		s->lp.col_upper[c] /= m->size[c];
		s->lp.cost[c] *= m->size[c];
		largest = fmax(largest, fabs(s->lp.cost[c]));
	}
	s->cost_scale = LARGEST_COST * power_of_two(largest);
	for (int c = 0; c < lp->n_cols; c++)
		s->lp.cost[c] *= s->cost_scale;
	return scale_rows(m, s, a);
}

/* ---- What a solution is worth ------------------------------------------------------------------------ */

static double cost_of(const struct lp *lp, const double *x)
{
	double sum = 0;

	for (int c = 0; c < lp->n_cols; c++)
		sum += lp->cost[c] * x[c];
	return sum;
}

/* The least that price·v can be for v in [lower, upper]; a price that is noise counts as none where the side that it
 * points to is open. */
static double least(double price, double lower, double upper, double noise)
{
	double at = price > 0 ? lower : upper;

	if (price == 0 || (!isfinite(at) && fabs(price) <= noise))
		return 0;
	return price * at;
}

double milp_dual_bound(const struct lp *lp, const double *y)
{
	double bound = 0, noise = 0;

	for (int c = 0; c < lp->n_cols; c++)
		noise = fmax(noise, 1e-9 * fabs(lp->cost[c]));
	for (int r = 0; r < lp->n_rows; r++)
		bound += least(y[r], lp->row_lower[r], lp->row_upper[r], noise);
	for (int c = 0; c < lp->n_cols; c++) {
		double price = lp->cost[c];

		for (int k = lp->col_start[c]; k < lp->col_start[c + 1]; k++)
			price -= y[lp->row_index[k]] * lp->element[k];
		bound += least(price, lp->col_lower[c], lp->col_upper[c], noise);
	}
	return bound;
}

/* ---- CLP ----------------------------------------------------------------------------------------------- */

/* Takes the point of a solved linear programme, back in the problem's own units. */
static int take_point(const struct milp *m, const double *scaled, struct arena *a,
		      struct milp_solution *s)
{
	s->primal = times(a, scaled, m->lp.n_cols);
	if (!s->primal)
		return -ENOMEM;
	for (int c = 0; c < m->lp.n_cols; c++) {
		if (m->integer[c])
			s->primal[c] = round(s->primal[c]);
		s->primal[c] *= m->size[c];
		s->primal[c] = fmin(m->lp.col_upper[c], fmax(m->lp.col_lower[c], s->primal[c]));
	}
	s->objective = cost_of(&m->lp, s->primal);
	return 0;
}

static int solve_continuous(const struct milp *m, const struct scaled *sc, struct arena *a,
			    struct milp_solution *s)
{
	struct lp_solution *point;
	int r = solve_lp(&sc->lp, NULL, a, &point);

	if (r)
		return r;
	s->status = point->status;
	if (point->status != SOLVE_OPTIMAL)
		return 0;
	s->bound = milp_dual_bound(&sc->lp, point->dual) / sc->cost_scale;
	return take_point(m, point->primal, a, s);
}

/* ---- CBC ----------------------------------------------------------------------------------------------- */

/* CBC's infinity is the largest double. */
static double *cbc_bounds(struct arena *a, const double *from, int n)
{
	double *to = times(a, from, n);

	for (int i = 0; to && i < n; i++)
		to[i] = fmin(DBL_MAX, fmax(-DBL_MAX, to[i]));
	return to;
}

static int load(Cbc_Model *model, const struct milp *m, const struct lp *lp, struct arena *a)
{
	double *cl = cbc_bounds(a, lp->col_lower, lp->n_cols);
	double *cu = cbc_bounds(a, lp->col_upper, lp->n_cols);
	double *rl = cbc_bounds(a, lp->row_lower, lp->n_rows);
	double *ru = cbc_bounds(a, lp->row_upper, lp->n_rows);

	if (!cl || !cu || !rl || !ru)
		return -ENOMEM;
	Cbc_loadProblem(model, lp->n_cols, lp->n_rows, lp->col_start, lp->row_index, lp->element,
			cl, cu, lp->cost, rl, ru);
	for (int c = 0; c < lp->n_cols; c++)
		if (m->integer[c])
			Cbc_setInteger(model, c);
	return 0;
}

static int set_start(Cbc_Model *model, const struct milp *m, const double *start, struct arena *a)
{
	int n = 0;
	int *at = ARENA_ARRAY(a, (size_t)m->lp.n_cols, int);
	double *value = ARENA_ARRAY(a, (size_t)m->lp.n_cols, double);

	if (!at || !value)
		return -ENOMEM;
	for (int c = 0; c < m->lp.n_cols; c++)
		if (m->integer[c]) {
			at[n] = c;
			value[n++] = round(start[c]);
		}
	Cbc_setMIPStartI(model, n, at, value);
	return 0;
}

static void set_parameters(Cbc_Model *model, const struct milp_ctl *ctl)
{
	char seconds[32];

	Cbc_setLogLevel(model, 0);
	Cbc_setParameter(model, "log", "0");
	Cbc_setParameter(model, "slog", "0");
	Cbc_setParameter(model, "ratioGap", "0");
	Cbc_setParameter(model, "allowableGap", "0");
	Cbc_setParameter(model, "increment", INCREMENT);
	Cbc_setParameter(model, "primalTolerance", TOLERANCE);
	Cbc_setParameter(model, "dualTolerance", TOLERANCE);
	Cbc_setParameter(model, "integerTolerance", TOLERANCE);
	if (ctl && ctl->max_seconds > 0) {
		(void)snprintf(seconds, sizeof(seconds), "%.3f", ctl->max_seconds);
		Cbc_setParameter(model, "seconds", seconds);
	}
	if (ctl && ctl->max_nodes > 0)
		Cbc_setMaximumNodes(model, ctl->max_nodes);
}

static enum solve_status status_of(Cbc_Model *model)
{
	if (Cbc_isProvenInfeasible(model))
		return SOLVE_INFEASIBLE;
	if (Cbc_isContinuousUnbounded(model))
		return SOLVE_UNBOUNDED;
	if (Cbc_isAbandoned(model))
		return SOLVE_FAILED;
	if (Cbc_isProvenOptimal(model))
		return Cbc_bestSolution(model) ? SOLVE_OPTIMAL : SOLVE_FAILED;
	return SOLVE_STOPPED;
}

/* CBC's point is right to its tolerances only: with the whole columns fixed, the rest is solved once more. */
static int polish(const struct milp *m, const struct scaled *sc, const double *x, struct arena *a,
		  struct milp_solution *s)
{
	struct lp fixed = sc->lp;
	struct lp_solution *point;
	int r;

	fixed.col_lower = times(a, fixed.col_lower, fixed.n_cols);
	fixed.col_upper = times(a, fixed.col_upper, fixed.n_cols);
	if (!fixed.col_lower || !fixed.col_upper)
		return -ENOMEM;
	for (int c = 0; c < fixed.n_cols; c++)
		if (m->integer[c])
			fixed.col_lower[c] = fixed.col_upper[c] = round(x[c]);
	r = solve_lp(&fixed, NULL, a, &point);
	if (r)
		return r;
	if (point->status != SOLVE_OPTIMAL) {
		s->status = SOLVE_FAILED;
		return 0;
	}
	return take_point(m, point->primal, a, s);
}

static int solve_discrete(const struct milp *m, const struct scaled *sc, const struct milp_ctl *ctl,
			  struct arena *a, struct milp_solution *s)
{
	Cbc_Model *model = Cbc_newModel();
	int r = model ? load(model, m, &sc->lp, a) : -ENOMEM;

	if (!r && ctl && ctl->start)
		r = set_start(model, m, ctl->start, a);
	if (!r) {
		const double *best;

		set_parameters(model, ctl);
		Cbc_solve(model);
		s->status = status_of(model);
		s->nodes = (uint64_t)Cbc_getNodeCount(model);
		best = Cbc_bestSolution(model);
		if ((s->status == SOLVE_OPTIMAL || s->status == SOLVE_STOPPED) && best) {
			s->bound = Cbc_getBestPossibleObjValue(model) / sc->cost_scale;
			r = polish(m, sc, best, a, s);
		}
	}
	if (model)
		Cbc_deleteModel(model);
	return r;
}

int milp_solve(const struct milp *m, const struct milp_ctl *ctl, struct arena *a,
	       struct milp_solution **ret)
{
	struct milp_solution *s = ARENA_NEW(a, struct milp_solution);
	struct scaled sc;
	bool discrete = false;
	int r;

	if (!s)
		return -ENOMEM;
	s->status = SOLVE_FAILED;
	s->bound = -INFINITY;
	r = scale(m, a, &sc);
	for (int c = 0; c < m->lp.n_cols; c++)
		discrete |= m->integer[c] && m->lp.col_lower[c] < m->lp.col_upper[c];
	if (!r)
		/* The relaxation first: CLP tells without doubt what has no solution, or no least one. */
		r = solve_continuous(m, &sc, a, s);
	if (!r && discrete && s->status == SOLVE_OPTIMAL) {
		s->status = SOLVE_FAILED;
		s->primal = NULL;
		r = solve_discrete(m, &sc, ctl, a, s);
	}
	if (r)
		return r;
	/* A bound above a point that was found is noise of the solver. */
	if (s->primal && s->status == SOLVE_OPTIMAL)
		s->bound = fmin(s->bound, s->objective);
	*ret = s;
	return 0;
}
