#include "calc/exact.h"

#include <math.h>
#include <stdio.h>

#include "calc/ties.h"

struct run {
	const struct site_case *c;
	const struct exact_ctl *ctl;
	struct arena *a;
	struct fault *fault;
	struct reach reach;
	struct programme p;
	struct milp_solution *solution;
	struct exact *ret;
};

const char *exact_status_name(enum exact_status s)
{
	static const char *const names[] = {"optimal", "infeasible", "unbounded", "unproven",
					    "failed"};

	return names[s];
}

static void stage(const struct run *r, const char *what)
{
	if (r->ctl->stage)
		r->ctl->stage(r->ctl->arg, what);
}

static double gap_of(double cost, double bound)
{
	return fmax(0, (cost - bound) / fmax(1, fabs(cost)));
}

static int solve(struct run *r, enum exclusions ex)
{
	struct milp_ctl ctl = {.max_seconds = r->ctl->max_seconds};
	int rc = formulate(r->c, &r->reach, ex, r->a, r->fault, &r->p);

	return rc ? rc : milp_solve(&r->p.milp, &ctl, r->a, &r->solution);
}

/* Takes a solution as the answer, if there is one and it is as good as what was asked for. */
static int take(struct run *r)
{
	const struct milp_solution *s = r->solution;
	struct exact *x = r->ret;
	int rc;

	switch (s->status) {
	case SOLVE_INFEASIBLE:
		x->status = EXACT_INFEASIBLE;
		return 0;
	case SOLVE_UNBOUNDED:
		x->status = EXACT_UNBOUNDED;
		return 0;
	case SOLVE_OPTIMAL:
	case SOLVE_STOPPED:
	case SOLVE_FAILED:
		break;
	}
	x->status = EXACT_FAILED;
	if (!s->primal) {
		(void)snprintf(x->why, sizeof(x->why), "%s",
			       s->status == SOLVE_STOPPED ? "no plan was found within the limits"
							  : "the solver failed");
		return 0;
	}
	rc = schedule_make(r->c, &r->reach, &r->p.layout, s->primal, r->a, &x->schedule);
	if (!rc)
		rc = judge_schedule(r->c, &x->schedule, r->a, &x->verdict);
	if (rc)
		return rc;
	x->cost = x->verdict.cost;
	x->bound = fmin(s->bound, x->cost);
	x->gap = gap_of(x->cost, s->bound);
	if (x->verdict.worst > JUDGE_TOLERANCE)
		(void)snprintf(x->why, sizeof(x->why), "the plan breaks %s by a share of %.3g",
			       x->verdict.what, x->verdict.worst);
	else
		x->status = x->gap <= EXACT_GAP ? EXACT_OPTIMAL : EXACT_UNPROVEN;
	return 0;
}

/* Is the answer of the relaxed programme that of the case? */
static bool settled(const struct run *r)
{
	return r->ret->status == EXACT_INFEASIBLE ||
	       (r->ret->status == EXACT_OPTIMAL && r->ret->schedule.overlap < 0);
}

/* Whole numbers of the earliest plan; *ret_proven: there is no earlier one at this cost. NULL if none was found. */
static int find_whole(struct run *r, double *second, const double **ret, bool *ret_proven)
{
	const struct milp *m = &r->p.milp;
	double cost = r->solution->objective;
	struct milp_ctl ctl = {.max_seconds = r->ctl->max_seconds,
			       .max_nodes = EXACT_TIE_NODES,
			       .start = r->solution->primal};
	struct milp_solution *s;
	struct milp tied;
	bool choice = false;
	int rc;

	*ret = r->solution->primal;
	*ret_proven = true;
	for (int i = 0; i < m->lp.n_cols; i++)
		choice |= m->integer[i] && m->lp.col_lower[i] < m->lp.col_upper[i];
	if (!choice)
		return 0;
	rc = ties_programme(m, second, cost + TIES_SAME / 2 * r->ret->verdict.gross, r->a, &tied);
	if (!rc)
		rc = milp_solve(&tied, &ctl, r->a, &s);
	if (!rc) {
		*ret = s->primal;
		*ret_proven = s->status == SOLVE_OPTIMAL;
	}
	return rc;
}

/* Takes a plan if it is as good as the one there is. */
static int take_tied(struct run *r, const double *whole, const double *second, bool *ret_taken)
{
	struct exact *x = r->ret, other = *x;
	struct milp_solution *s;
	int rc = milp_refine(&r->p.milp, whole, second, r->a, &s);

	*ret_taken = false;
	if (rc || s->status != SOLVE_OPTIMAL)
		return rc;
	rc = schedule_make(r->c, &r->reach, &r->p.layout, s->primal, r->a, &other.schedule);
	if (!rc)
		rc = judge_schedule(r->c, &other.schedule, r->a, &other.verdict);
	if (rc || other.schedule.overlap >= 0 || other.verdict.worst > JUDGE_TOLERANCE ||
	    other.verdict.cost > x->cost + TIES_SAME * x->verdict.gross)
		return rc;
	other.cost = other.verdict.cost;
	other.gap = gap_of(other.cost, other.bound);
	other.bound = fmin(other.bound, other.cost);
	*x = other;
	*ret_taken = true;
	return 0;
}

static int break_ties(struct run *r)
{
	struct exact *x = r->ret;
	double *second = ARENA_ARRAY(r->a, (size_t)r->p.milp.lp.n_cols, double);
	const double *first = r->solution->primal, *whole;
	bool proven, taken = false;
	int rc;

	if (!second)
		return -ENOMEM;
	stage(r, "the earliest of equal plans");
	ties_cost(r->c, &r->p.layout, &r->p.milp, second);
	rc = find_whole(r, second, &whole, &proven);
	if (!rc && whole)
		rc = take_tied(r, whole, second, &taken);
	if (taken) {
		x->ties = proven ? TIES_EARLIEST : TIES_EARLIER;
		return rc;
	}
	x->ties = TIES_AS_FOUND;
	if (!rc && whole != first)
		rc = take_tied(r, first, second, &taken);
	if (taken)
		x->ties = TIES_EARLIER;
	return rc;
}

int exact_solve(const struct site_case *c, const struct exact_ctl *ctl, struct arena *a,
		struct fault *f, struct exact *ret)
{
	struct run r = {.c = c, .ctl = ctl, .a = a, .fault = f, .ret = ret};
	int rc;

	*ret = (struct exact){.status = EXACT_FAILED, .bound = -INFINITY};
	rc = reach_make(c, a, &r.reach);
	stage(&r, "the plan without exclusions");
	if (!rc)
		rc = solve(&r, EXCLUDE_PROFITABLE);
	if (!rc)
		rc = take(&r);
	if (!rc && !settled(&r)) {
		stage(&r, "the plan with exclusions");
		*ret = (struct exact){.status = EXACT_FAILED, .bound = -INFINITY};
		rc = solve(&r, EXCLUDE_NEEDED);
		if (!rc)
			rc = take(&r);
		if (!rc && ret->status == EXACT_OPTIMAL && ret->schedule.overlap >= 0) {
			ret->status = EXACT_FAILED;
			(void)snprintf(ret->why, sizeof(ret->why),
				       "the solver's plan overlaps in step %d",
				       ret->schedule.overlap);
		}
	}
	if (rc || ret->status != EXACT_OPTIMAL || ctl->no_ties ||
	    (c->n_storages == 0 && c->n_loads == 0))
		return rc;
	return break_ties(&r);
}

int exact_programme(const struct site_case *c, struct arena *a, struct fault *f,
		    struct programme *ret)
{
	struct reach reach;
	int rc = reach_make(c, a, &reach);

	return rc ? rc : formulate(c, &reach, EXCLUDE_LITERAL, a, f, ret);
}
