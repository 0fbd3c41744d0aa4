#include "plan/milp.h"

#include <coin/Cbc_C_Interface.h>
#include <float.h>
#include <math.h>
#include <stdio.h>

#include "plan/milp_scale.h"

/* By how much a new point must be better, in scaled cost. CBC's own default of 1e-5 gives away more than we promise. */
#define INCREMENT "1e-9"
#define TOLERANCE "1e-9"
/* Scaled reduced costs below it are none: the noise of a basis. */
#define NO_PRICE 1e-8
/* A linear programme is solved if the gap to the bound from its duals is at most this; else its cost is scaled up by
 * SHARPER and it is solved again, so often. */
#define SHARP 1e-10 /* of the sum of the magnitudes of its terms */
#define SHARPER 1024.0
#define SHARPER_TRIES 3

static double *copy(struct arena *a, const double *x, int n)
{
	return arena_memdup(a, x, (size_t)n * sizeof(*x));
}

/* ---- What a solution is worth ------------------------------------------------------------------------ */

static double cost_of(const struct lp *lp, const double *x)
{
	double sum = 0;

	for (int c = 0; c < lp->n_cols; c++)
		sum += lp->cost[c] * x[c];
	return sum;
}

/* What rounding of the cost is measured against: the sum of the magnitudes of its terms. */
static double gross_of(const struct lp *lp, const double *x)
{
	double sum = 0;

	for (int c = 0; c < lp->n_cols; c++)
		sum += fabs(lp->cost[c] * x[c]);
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
	s->primal = copy(a, scaled, m->lp.n_cols);
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

/* The programme with bounds of its own, whole columns fixed to those of x. */
static int fix_whole(const struct milp *m, const struct lp *lp, const double *x, struct arena *a,
		     struct lp *ret)
{
	*ret = *lp;
	ret->col_lower = copy(a, lp->col_lower, lp->n_cols);
	ret->col_upper = copy(a, lp->col_upper, lp->n_cols);
	if (!ret->col_lower || !ret->col_upper)
		return -ENOMEM;
	for (int c = 0; c < lp->n_cols; c++)
		if (m->integer[c])
			ret->col_lower[c] = ret->col_upper[c] = round(x[c]);
	return 0;
}

/* Solves lp, whose cost is that of sc. Where prices of very different size meet, the tolerance of the solver hides the
 * small ones; the bound from the duals shows it, and a larger scale of cost cures it. */
static int solve_sharp(struct scaled *sc, const struct lp *lp, struct arena *a,
		       struct lp_solution **ret, double *ret_bound)
{
	for (int try = 0;; try++) {
		struct lp_solution *s;
		int r = solve_lp(lp, NULL, a, &s);
		double cost, bound;

		if (r)
			return r;
		if (s->status != SOLVE_OPTIMAL && try > 0)
			return 0; /* what the smaller scale gave stands */
		*ret = s;
		*ret_bound = -INFINITY;
		if (s->status != SOLVE_OPTIMAL)
			return 0;
		cost = cost_of(lp, s->primal);
		bound = milp_dual_bound(lp, s->dual);
		*ret_bound = bound / sc->cost_scale;
		if (try == SHARPER_TRIES || cost - bound <= SHARP * gross_of(lp, s->primal))
			return 0;
		sc->cost_scale *= SHARPER;
		for (int c = 0; c < lp->n_cols; c++)
			sc->lp.cost[c] *= SHARPER;
	}
}

static int solve_continuous(const struct milp *m, struct scaled *sc, struct arena *a,
			    struct milp_solution *s)
{
	struct lp_solution *point;
	int r = solve_sharp(sc, &sc->lp, a, &point, &s->bound);

	if (r)
		return r;
	s->status = point->status;
	return point->status == SOLVE_OPTIMAL ? take_point(m, point->primal, a, s) : 0;
}

/* ---- CBC ----------------------------------------------------------------------------------------------- */

/* CBC's infinity is the largest double. */
static double *cbc_bounds(struct arena *a, const double *from, int n)
{
	double *to = copy(a, from, n);

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
static int polish(const struct milp *m, struct scaled *sc, const double *x, struct arena *a,
		  struct milp_solution *s)
{
	struct lp fixed;
	struct lp_solution *point;
	double bound;
	int r = fix_whole(m, &sc->lp, x, a, &fixed);

	if (!r)
		r = solve_sharp(sc, &fixed, a, &point, &bound);
	if (r)
		return r;
	if (point->status != SOLVE_OPTIMAL) {
		s->status = SOLVE_FAILED;
		return 0;
	}
	return take_point(m, point->primal, a, s);
}

static int solve_discrete(const struct milp *m, struct scaled *sc, const struct milp_ctl *ctl,
			  struct arena *a, struct milp_solution *s)
{
	Cbc_Model *model = Cbc_newModel();
	int r = model ? load(model, m, &sc->lp, a) : -ENOMEM;

	if (!r && ctl && ctl->start)
		r = set_start(model, m, ctl->start, a);
	if (!r) {
		const double *best;
		double scale = sc->cost_scale; /* polishing may change it */

		set_parameters(model, ctl);
		Cbc_solve(model);
		s->status = status_of(model);
		/* the relaxation has a solution, and where time runs out early CBC says the same as of no solution */
		if (s->status == SOLVE_INFEASIBLE && ctl && ctl->max_seconds > 0)
			s->status = SOLVE_STOPPED;
		s->nodes = (uint64_t)Cbc_getNodeCount(model);
		best = Cbc_bestSolution(model);
		if ((s->status == SOLVE_OPTIMAL || s->status == SOLVE_STOPPED) && best) {
			s->bound = fmax(s->bound, Cbc_getBestPossibleObjValue(model) / scale);
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
	r = milp_scale(&m->lp, m->size, a, &sc);
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

/* ---- The optimal face ------------------------------------------------------------------------------------ */

/* By complementary slackness every optimum has a priced column at its bound and a priced row at its side. */
static int restrict_to_face(struct lp *lp, const struct lp_solution *s, struct arena *a)
{
	double *activity = ARENA_ARRAY(a, (size_t)lp->n_rows, double);

	lp->row_lower = copy(a, lp->row_lower, lp->n_rows);
	lp->row_upper = copy(a, lp->row_upper, lp->n_rows);
	if (!activity || !lp->row_lower || !lp->row_upper)
		return -ENOMEM;
	for (int c = 0; c < lp->n_cols; c++) {
		double lo = lp->col_lower[c], hi = lp->col_upper[c], x = s->primal[c];

		for (int k = lp->col_start[c]; k < lp->col_start[c + 1]; k++)
			activity[lp->row_index[k]] += lp->element[k] * x;
		if (fabs(s->reduced_cost[c]) > NO_PRICE)
			lp->col_lower[c] = lp->col_upper[c] =
				fabs(x - lo) <= fabs(hi - x) ? lo : hi;
	}
	for (int r = 0; r < lp->n_rows; r++) {
		double lo = lp->row_lower[r], hi = lp->row_upper[r], x = activity[r];

		if (fabs(s->dual[r]) > NO_PRICE)
			lp->row_lower[r] = lp->row_upper[r] =
				fabs(x - lo) <= fabs(hi - x) ? lo : hi;
	}
	return 0;
}

int milp_refine(const struct milp *m, const double *whole, const double *second, struct arena *a,
		struct milp_solution **ret)
{
	struct milp_solution *s = ARENA_NEW(a, struct milp_solution);
	struct lp_solution *first, *last;
	struct scaled sc;
	struct lp face;
	double bound;
	int r = s ? milp_scale(&m->lp, m->size, a, &sc) : -ENOMEM;

	if (!r)
		r = fix_whole(m, &sc.lp, whole, a, &face);
	if (!r)
		r = solve_sharp(&sc, &face, a, &first, &bound);
	if (r)
		return r;
	s->status = first->status == SOLVE_OPTIMAL ? SOLVE_OPTIMAL : SOLVE_FAILED;
	s->bound = -INFINITY;
	*ret = s;
	if (s->status != SOLVE_OPTIMAL)
		return 0;
	r = restrict_to_face(&face, first, a);
	face.cost = copy(a, second, face.n_cols);
	if (r || !face.cost)
		return -ENOMEM;
	for (int c = 0; c < face.n_cols; c++)
		face.cost[c] *= m->size[c];
	r = solve_lp(&face, NULL, a, &last);
	if (r)
		return r;
	if (last->status != SOLVE_OPTIMAL)
		s->status = SOLVE_FAILED;
	return take_point(m, last->status == SOLVE_OPTIMAL ? last->primal : first->primal, a, s);
}
