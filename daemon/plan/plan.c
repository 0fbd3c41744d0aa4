#include "plan/plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/slot.h"
#include "plan/ipm.h"
#include "plan/publish.h"
#include "plan/refine.h"

/* Beyond this the solver's answer is no answer. */
#define RESIDUAL_MAX 1e-4
#define GAP_MAX 1e-3

struct run {
	const struct solve_ctl *ctl;
	struct arena *a;
	struct fault *f;
	struct plant *plant;
	struct problem *problem;
	struct lp_solution *solution;
	struct flows *flows;
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
	int rc;

	if (ctl.max_iterations > 0) {
		if (r->iterations >= ctl.max_iterations)
			return stopped(r);
		ctl.max_iterations -= r->iterations;
	}
	ctl.offset = r->problem->offset;
	rc = uses_ipm(r) ? ipm_solve(&r->problem->lp, &ctl, r->a, &r->solution)
			 : solve_lp(&r->problem->lp, &ctl, r->a, &r->solution);
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
	r->flows = problem_flows(r->problem, r->solution->primal, r->a);
	return r->flows ? 0 : -ENOMEM;
}

static int solve_all(struct run *r)
{
	int rc = solve(r);

	for (int round = 1; !rc && round <= REFINE_ROUNDS; round++) {
		int changes = refine_problem(r->problem, r->solution, r->flows, r->a,
					     round == REFINE_ROUNDS);

		if (changes < 0)
			return changes;
		if (changes == 0)
			break;
		rc = solve(r);
	}
	return rc;
}

static int publish(struct run *r, struct plan **ret)
{
	const struct plant *p = r->plant;
	struct decided *d = decided_new(p, r->a);
	struct flows *f = flows_new(p, r->a);
	struct verdict v;
	struct plan *plan;

	if (!d || !f)
		return -ENOMEM;
	check_solution(r->problem, r->solution, r->flows, &v);
	if (!(v.residual <= RESIDUAL_MAX && v.gap <= GAP_MAX))
		return fault_set(r->f, ERR_SOLVER,
				 "%s: the answer fails the re-check, residual %.1e, gap %.1e",
				 solver_name(r), v.residual, v.gap);
	decide_round(p, r->flows, d);
	decide_settle(p, d, f);
	flows_set_floors(p, f);
	plan = publish_plan(p, d, f, r->a);
	if (!plan || !publish_duals(r->problem, r->solution, r->a, plan))
		return -ENOMEM;
	plan->status = PLAN_OPTIMAL;
	snprintf(plan->solver, sizeof(plan->solver), "%s", solver_name(r));
	plan->gap = v.gap;
	plan->residual = v.residual;
	plan->iterations = r->iterations;
	*ret = plan;
	return 0;
}

static int hash(const struct plan_input *in, struct plan *plan)
{
	struct buf b;
	int rc;

	buf_init(&b, 0);
	rc = plan_input_encode(in, &b);
	if (!rc)
		sha256(buf_peek(&b), buf_avail(&b), plan->snapshot_hash);
	buf_fini(&b);
	plan_hash_compute(plan, plan->plan_hash);
	return rc;
}

static int make(struct run *r, struct plan **ret)
{
	int rc;

	r->problem = problem_make(r->plant, r->a);
	rc = r->problem ? solve_all(r) : -ENOMEM;
	return rc ? rc : publish(r, ret);
}

int plan_make(const struct plan_input *in, const struct solve_ctl *ctl, struct arena *a,
	      struct plan **ret, struct fault *f)
{
	struct run r = {.ctl = ctl, .a = a, .f = f};
	struct plan *plan = NULL;
	int rc = plant_make(in, a, &r.plant, f);

	if (!rc)
		rc = make(&r, &plan);
	/* Where the interior point fails CLP takes over, and the plan says so. */
	if (rc == ERR_SOLVER && uses_ipm(&r)) {
		r.helped = true;
		if (f)
			*f = (struct fault){0};
		rc = make(&r, &plan);
	}
	if (!rc)
		rc = hash(in, plan);
	if (rc == -ENOMEM)
		fault_set(f, rc, "no memory for a plan of %u steps", (unsigned)in->n);
	if (!rc)
		*ret = plan;
	return rc;
}
