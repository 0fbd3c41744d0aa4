#include "plan/ipm.h"

#include <math.h>

#include "plan/certificate.h"
#include "plan/ipm_cache_priv.h"
#include "plan/ipm_check.h"

#define LANES 2
/* Bounds beyond are meant as infinite, as in most solvers. */
#define FAR 1e20
#define RESIDUAL_MAX 1e-6
#define GAP_LEAST 1e-6 /* less is not proved through the rounding of the proof */

struct item {
	const struct lp *lp; /* bounds beyond FAR taken away */
	struct ipm_key key;
	struct lp_solution *s;
	double *ray; /* [n_cols] where the last step went */
	bool done;
};

struct batch {
	struct item *item;
	int n;
	const struct solve_ctl *ctl;
	struct ipm_cache *cache;
	struct arena *a; /* of the answers */
	struct arena *scratch;
};

const char *ipm_name(void)
{
	return "ipm 1";
}

/* ---- before ---- */

static const double *without_far(const double *bounds, int n, struct arena *a)
{
	double *copy = NULL;

	for (int i = 0; i < n; i++) {
		if (fabs(bounds[i]) < FAR || isinf(bounds[i]))
			continue;
		if (!copy)
			copy = arena_memdup(a, bounds, (size_t)n * sizeof(double));
		if (!copy)
			return NULL;
		copy[i] = copysign(INFINITY, bounds[i]);
	}
	return copy ? copy : bounds;
}

static const struct lp *clean(const struct lp *lp, struct arena *a)
{
	struct lp *copy = arena_memdup(a, lp, sizeof(*lp));

	if (!copy)
		return NULL;
	copy->col_lower = (double *)without_far(lp->col_lower, lp->n_cols, a);
	copy->col_upper = (double *)without_far(lp->col_upper, lp->n_cols, a);
	copy->row_lower = (double *)without_far(lp->row_lower, lp->n_rows, a);
	copy->row_upper = (double *)without_far(lp->row_upper, lp->n_rows, a);
	return copy->col_lower && copy->col_upper && copy->row_lower && copy->row_upper ? copy
											: NULL;
}

static void give_up(struct item *t, enum solve_status status, const char *why)
{
	t->s->status = status;
	t->s->why = why;
	t->done = true;
}

static int prepare(struct batch *b, struct item *t, const struct lp *lp)
{
	int *mark = ARENA_ARRAY(b->scratch, (size_t)(lp->n_rows < 0 ? 0 : lp->n_rows) + 1, int);
	size_t c = (size_t)(lp->n_cols < 0 ? 0 : lp->n_cols) + 1;
	bool inverted;
	const char *why;

	t->s = ARENA_NEW(b->a, struct lp_solution);
	if (!t->s || !mark)
		return -ENOMEM;
	t->s->primal = ARENA_ARRAY(b->a, c, double);
	t->s->reduced_cost = ARENA_ARRAY(b->a, c, double);
	t->s->dual = ARENA_ARRAY(b->a, (size_t)(lp->n_rows < 0 ? 0 : lp->n_rows) + 1, double);
	t->ray = ARENA_ARRAY(b->scratch, c, double);
	if (!t->s->primal || !t->s->reduced_cost || !t->s->dual || !t->ray)
		return -ENOMEM;
	for (int r = 0; r < lp->n_rows; r++)
		mark[r] = -1;
	why = ipm_check(lp, mark, &inverted);
	if (why)
		give_up(t, SOLVE_FAILED, why);
	else if (inverted)
		give_up(t, SOLVE_INFEASIBLE, "a lower bound lies above its upper bound");
	if (t->done)
		return 0;
	t->lp = clean(lp, b->scratch);
	return t->lp && ipm_key_make(t->lp, b->scratch, &t->key) ? 0 : -ENOMEM;
}

/* ---- after ---- */

/* A multiplier that leans on an infinite side can only be rounding. */
static void right_signs(const struct lp *lp, double *y)
{
	for (int r = 0; r < lp->n_rows; r++) {
		if (isinf(y[r] > 0 ? lp->row_lower[r] : lp->row_upper[r]))
			y[r] = 0;
	}
}

static void take_point(struct item *t, const struct ipm_work *w, int lane)
{
	struct lp_solution *s = t->s;

	ipm_unload(w, lane, s->primal, s->dual);
	ipm_unload_ray(w, lane, t->ray);
	right_signs(t->lp, s->dual);
	s->objective = 0;
	for (int c = 0; c < t->lp->n_cols; c++) {
		double d = t->lp->cost[c];

		for (int k = t->lp->col_start[c]; k < t->lp->col_start[c + 1]; k++)
			d -= t->lp->element[k] * s->dual[t->lp->row_index[k]];
		s->reduced_cost[c] = d;
		s->objective += t->lp->cost[c] * s->primal[c];
	}
	s->iterations += (uint64_t)w->lane[lane].iterations;
}

/* Whether the certificate agrees that this is the optimum. */
static int confirm(const struct batch *b, struct item *t, bool *ret_good)
{
	double gap = b->ctl->gap > 0 ? b->ctl->gap : IPM_GAP;
	struct certificate c;
	int r = certificate_make(t->lp, b->ctl->offset, t->s, b->scratch, &c);

	*ret_good = !r && c.row_residual <= RESIDUAL_MAX && c.col_residual <= RESIDUAL_MAX &&
		    c.dual_residual <= RESIDUAL_MAX && c.gap <= fmax(GAP_LEAST, 2 * gap);
	return r;
}

static void explain(const struct batch *b, struct item *t)
{
	if (certificate_infeasible(t->lp, t->s->dual))
		give_up(t, SOLVE_INFEASIBLE, "the rows contradict each other");
	else if (certificate_unbounded(t->lp, t->ray, b->scratch) ||
		 certificate_unbounded(t->lp, t->s->primal, b->scratch))
		give_up(t, SOLVE_UNBOUNDED, "the cost falls without end");
}

/* What a run's end means; last: there is no further attempt. */
static int conclude(const struct batch *b, struct item *t, const struct ipm_work *w, int lane)
{
	bool good = false;
	int r = 0;

	take_point(t, w, lane);
	switch (w->lane[lane].end) {
	case IPM_STOPPED:
		give_up(t, SOLVE_STOPPED, NULL);
		break;
	case IPM_CONVERGED:
		r = confirm(b, t, &good);
		if (good)
			give_up(t, SOLVE_OPTIMAL, NULL);
		break;
	default:
		explain(b, t);
	}
	return r;
}

static struct ipm_ctl attempt(const struct batch *b, bool careful)
{
	struct ipm_ctl c = {b->ctl, b->ctl->gap > 0 ? b->ctl->gap : IPM_GAP, IPM_ITERATIONS,
			    careful};

	if (b->ctl->max_iterations > 0 && b->ctl->max_iterations < IPM_ITERATIONS)
		c.max_iterations = (int)b->ctl->max_iterations;
	return c;
}

static bool spent(const struct batch *b, const struct item *t)
{
	return b->ctl->max_iterations > 0 && t->s->iterations >= b->ctl->max_iterations;
}

/* Another start, shorter steps, alone. */
static int try_again(const struct batch *b, struct item *t, struct ipm_cached *p)
{
	struct ipm_work *w = ipm_cache_work(p, 1);
	struct ipm_ctl c = attempt(b, true);
	int r;

	if (!w)
		return -ENOMEM;
	ipm_load(w, 0, t->lp, b->ctl->offset);
	ipm_run_1(w, &c);
	r = conclude(b, t, w, 0);
	if (!r && !t->done && spent(b, t))
		give_up(t, SOLVE_STOPPED, NULL);
	else if (!r && !t->done)
		give_up(t, SOLVE_FAILED, "no progress towards the gap asked for");
	return r;
}

static int run(const struct batch *b, struct item *const *t, int n, struct ipm_cached *p)
{
	struct ipm_work *w = ipm_cache_work(p, n);
	struct ipm_ctl c = attempt(b, false);
	int r = 0;

	if (!w)
		return -ENOMEM;
	for (int l = 0; l < n; l++)
		ipm_load(w, l, t[l]->lp, b->ctl->offset);
	if (n == 1)
		ipm_run_1(w, &c);
	else
		ipm_run_2(w, &c);
	for (int l = 0; !r && l < n; l++) {
		r = conclude(b, t[l], w, l);
		if (!r && !t[l]->done && spent(b, t[l]))
			give_up(t[l], SOLVE_STOPPED, NULL);
	}
	for (int l = 0; !r && l < n; l++)
		r = t[l]->done ? 0 : try_again(b, t[l], p);
	return r;
}

/* The first that is not done, and those that it can share lanes with. */
static int gather(const struct batch *b, int from, struct item **t)
{
	int n = 0;

	for (int i = from; i < b->n && n < LANES; i++) {
		if (!b->item[i].done && (n == 0 || ipm_key_equals(&b->item[i].key, &t[0]->key)))
			t[n++] = &b->item[i];
	}
	return n;
}

static int run_all(struct batch *b)
{
	for (int i = 0; i < b->n; i++) {
		struct item *t[LANES];
		struct ipm_cached *p = NULL;
		int r;

		if (b->item[i].done)
			continue;
		r = ipm_cache_take(b->cache, &b->item[i].key, &p);
		if (r == ERR_FULL)
			give_up(&b->item[i], SOLVE_FAILED, "its factor would be too large");
		else if (!r)
			r = run(b, t, gather(b, i, t), p);
		if (r && r != ERR_FULL)
			return r;
	}
	return 0;
}

int ipm_solve_batch(const struct lp *const *lps, int n, const struct solve_ctl *ctl,
		    struct arena *a, struct lp_solution **ret)
{
	const struct solve_ctl none = {0};
	struct arena scratch;
	struct batch b = {.n = n, .ctl = ctl ? ctl : &none, .a = a, .scratch = &scratch};
	int r = 0;

	arena_init(&scratch, IPM_ARENA_CAP);
	b.cache = b.ctl->cache ? b.ctl->cache : ipm_cache_new();
	b.item = ARENA_ARRAY(&scratch, (size_t)n + 1, struct item);
	if (!b.cache || !b.item)
		r = -ENOMEM;
	for (int i = 0; !r && i < n; i++)
		r = prepare(&b, &b.item[i], lps[i]);
	if (!r)
		r = run_all(&b);
	for (int i = 0; !r && i < n; i++)
		ret[i] = b.item[i].s;
	if (!b.ctl->cache)
		ipm_cache_free(b.cache);
	arena_fini(&scratch);
	return r;
}

int ipm_solve(const struct lp *lp, const struct solve_ctl *ctl, struct arena *a,
	      struct lp_solution **ret)
{
	return ipm_solve_batch(&lp, 1, ctl, a, ret);
}
