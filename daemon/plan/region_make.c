#include "plan/region.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan/ipm.h"
#include "plan/refine.h"
#include "plan/region_order.h"
#include "plan/region_publish.h"

/* Beyond this the solver's answer is no answer. */
#define RESIDUAL_MAX 1e-4
#define GAP_MAX 1e-3

struct run {
	const struct plan_region *in; /* in canonical order */
	const struct solve_ctl *ctl;
	struct arena *a;
	struct fault *f;
	struct region_problem *problem;
	struct lp_solution *solution;
	struct region_point *point;
	struct plan **plans; /* in canonical order */
	uint64_t iterations;
	bool helped; /* CLP had to */
};

static int stopped(struct run *r)
{
	bool canceled = r->ctl && r->ctl->should_stop && r->ctl->should_stop(r->ctl->arg);

	return fault_set(r->f, canceled ? ERR_CANCELED : ERR_TIMEOUT,
			 "stopped after %" PRIu64 " iterations", r->iterations);
}

static bool uses_ipm(const struct run *r)
{
	return r->ctl && r->ctl->engine == SOLVE_IPM && !r->helped;
}

static const char *solver_name(const struct run *r)
{
	if (r->helped)
		return "clp 1.17, where ipm 1 failed";
	return uses_ipm(r) ? ipm_name() : solve_name();
}

static int solve(struct run *r)
{
	struct solve_ctl ctl = r->ctl ? *r->ctl : (struct solve_ctl){0};
	const struct lp *lp = &r->problem->lp;
	int rc;

	if (ctl.max_iterations > 0) {
		if (r->iterations >= ctl.max_iterations)
			return stopped(r);
		ctl.max_iterations -= r->iterations;
	}
	ctl.offset = r->problem->offset;
	rc = uses_ipm(r) ? ipm_solve(lp, &ctl, r->a, &r->solution)
			 : solve_lp(lp, &ctl, r->a, &r->solution);
	if (rc)
		return fault_set(r->f, rc, "no memory to solve");
	r->iterations += r->solution->iterations;
	switch (r->solution->status) {
	case SOLVE_OPTIMAL:
		break;
	case SOLVE_STOPPED:
		return stopped(r);
	default:
		/* Every plan is possible at a price, and every column is bounded: it is the solver's fault. */
		return fault_set(r->f, ERR_SOLVER, "%s: status %d%s%s", solver_name(r),
				 (int)r->solution->status, r->solution->why ? ", " : "",
				 r->solution->why ? r->solution->why : "");
	}
	r->point = region_point_solved(r->problem, r->solution->primal, r->a);
	return r->point ? 0 : -ENOMEM;
}

/* How many steps of any site broke something, or −ENOMEM. */
static int refine(struct run *r, bool last)
{
	int changes = 0;

	for (int i = 0; i < r->in->n_sites; i++) {
		struct lp_solution part = region_slice(r->problem, r->solution, i);
		int n = refine_problem(r->problem->site[i].problem, &part, r->point->flows[i], r->a,
				       last);

		if (n < 0)
			return n;
		changes += n;
	}
	region_problem_sum(r->problem);
	return changes;
}

static int solve_all(struct run *r)
{
	int rc = solve(r);

	for (int round = 1; !rc && round <= REFINE_ROUNDS; round++) {
		int changes = refine(r, round == REFINE_ROUNDS);

		if (changes < 0)
			return changes;
		if (changes == 0)
			break;
		rc = solve(r);
	}
	return rc;
}

static void sign(const struct run *r, const struct verdict *v)
{
	for (int i = 0; i < r->in->n_sites; i++) {
		struct plan *plan = r->plans[i];

		plan->status = PLAN_OPTIMAL;
		snprintf(plan->solver, sizeof(plan->solver), "%s", solver_name(r));
		plan->gap = v->gap;
		plan->residual = v->residual;
		plan->iterations = r->iterations;
	}
}

static int publish(struct run *r)
{
	struct region_point *whole;
	struct decided **d;
	struct verdict v;
	int rc = region_verdict(r->point, r->solution, r->a, &v);

	if (rc)
		return rc;
	if (!(v.residual <= RESIDUAL_MAX && v.gap <= GAP_MAX))
		return fault_set(r->f, ERR_SOLVER,
				 "%s: the answer fails the re-check, residual %.1e, gap %.1e",
				 solver_name(r), v.residual, v.gap);
	rc = region_round(r->point, r->a, &whole, &d);
	if (rc)
		return rc;
	if (!region_publish(whole, d, r->solution, r->a, r->plans))
		return -ENOMEM;
	sign(r, &v);
	return 0;
}

static int make(struct run *r)
{
	int rc = region_problem_make(r->in, r->a, &r->problem, r->f);

	if (!rc)
		rc = solve_all(r);
	return rc ? rc : publish(r);
}

static int hash(const struct run *r)
{
	uint8_t snapshot[SHA256_LEN];
	struct buf b;
	int rc;

	buf_init(&b, 0);
	rc = plan_region_encode(r->in, &b);
	if (!rc)
		sha256(buf_peek(&b), buf_avail(&b), snapshot);
	buf_fini(&b);
	for (int i = 0; !rc && i < r->in->n_sites; i++) {
		memcpy(r->plans[i]->snapshot_hash, snapshot, sizeof(snapshot));
		plan_hash_compute(r->plans[i], r->plans[i]->plan_hash);
	}
	return rc;
}

static int make_all(struct run *r)
{
	int rc;

	r->plans = ARENA_ARRAY(r->a, (size_t)r->in->n_sites, struct plan *);
	if (!r->plans)
		return -ENOMEM;
	rc = make(r);
	/* Where the interior point fails CLP takes over, and the plans say so. */
	if (rc == ERR_SOLVER && uses_ipm(r)) {
		r->helped = true;
		if (r->f)
			*r->f = (struct fault){0};
		rc = make(r);
	}
	return rc ? rc : hash(r);
}

int region_make(const struct plan_region *in, const struct solve_ctl *ctl, struct arena *a,
		struct plan **ret_plans, struct fault *f)
{
	struct run r = {.ctl = ctl, .a = a, .f = f};
	struct plan_region *ordered = NULL;
	int *index = NULL;
	int rc = region_order(in, a, &ordered, &index, f);

	r.in = ordered;
	if (!rc)
		rc = make_all(&r);
	if (rc == -ENOMEM)
		fault_set(f, rc, "no memory for a plan of %u steps", (unsigned)in->sites[0]->n);
	for (int i = 0; !rc && i < in->n_sites; i++)
		ret_plans[index[i]] = r.plans[i];
	return rc;
}
