#include "plan/region_account.h"

#include <math.h>

#define KDS 1e3

double region_overload(const struct region_point *x, int l, int t)
{
	const struct region_bound *b = &x->b->bound[l];
	double net = region_point_net(x, l, t);

	if (net > b->hi[t])
		return net - b->hi[t];
	return net < b->lo[t] ? net - b->lo[t] : 0;
}

double region_overload_cost(const struct region_point *x, int l, int t)
{
	return x->b->site[0].plant->hours[t] * x->b->bound[l].price *
	       fabs(region_overload(x, l, t));
}

double region_transfer_cost(const struct region_point *x, int l, int t)
{
	return *region_moved(x, l, t) / KDS * region_link_price(x->b, l);
}

double region_objective(const struct region_point *x)
{
	const struct region_problem *b = x->b;
	double sum = 0;

	for (int i = 0; i < b->in->n_sites; i++) {
		struct account account;

		account_make(x->plant[i], x->flows[i], NULL, NULL, &account);
		sum += account_objective(&account);
	}
	for (int t = 0; t < b->n; t++) {
		for (int l = 0; l < b->in->n_limits; l++)
			sum += region_overload_cost(x, l, t);
		for (int l = 0; l < b->in->n_links; l++)
			sum += region_transfer_cost(x, l, t) +
			       *region_moved(x, l, t) / KDS * region_link_tie(b, l);
	}
	return sum;
}

struct lp_solution region_slice(const struct region_problem *b, const struct lp_solution *s,
				int site)
{
	const struct region_site *x = &b->site[site];
	struct lp_solution part = *s;

	part.primal += x->first_col;
	part.reduced_cost += x->first_col;
	part.dual += x->first_row;
	return part;
}

/* Links beyond what they carry, and work that came over one and was not run when it came. */
static double violation_of_links(const struct region_point *x)
{
	const struct region_problem *b = x->b;
	double worst = 0;

	for (int l = 0; l < b->in->n_links; l++) {
		double per_h = (double)max_i64(0, b->in->links[l].work_max_ds_per_h);

		for (int t = 0; t < b->n; t++) {
			double most = region_arrives(b, l, t) < b->n
					      ? per_h * b->site[0].plant->hours[t]
					      : 0;

			worst = fmax(worst, (*region_moved(x, l, t) - most) / fmax(KDS, most));
		}
	}
	return worst;
}

/* What has come over links in step t and did not run, as a share of what can run there. */
static double violation_of_arrivals(const struct region_point *x, int site, int queue, double *came)
{
	const struct region_problem *b = x->b;
	const struct plant *p = x->plant[site];
	double worst = 0;

	for (int t = 0; t < b->n; t++)
		came[t] = 0;
	for (int l = 0; l < b->in->n_links; l++) {
		const struct region_link *k = &b->in->links[l];

		for (int t = 0; k->to == site && k->to_queue == queue && t < b->n; t++) {
			if (region_arrives(b, l, t) < b->n)
				came[region_arrives(b, l, t)] += *region_moved(x, l, t) / KDS *
								 region_kwh_per_kds(b, site, queue);
		}
	}
	for (int t = 0; t < b->n; t++) {
		double before =
			t > 0 ? x->flows[site]->backlog[queue][t - 1] : p->queue[queue].backlog_now;
		double ran =
			before + p->queue[queue].arrivals[t] - x->flows[site]->backlog[queue][t];

		worst = fmax(worst, (came[t] - ran) / fmax(1, p->queue[queue].power_max));
	}
	return worst;
}

int region_verdict(const struct region_point *x, const struct lp_solution *s, struct arena *a,
		   struct verdict *ret)
{
	const struct region_problem *b = x->b;
	struct verdict v = {.residual = violation_of_links(x)};
	double *came = ARENA_ARRAY(a, (size_t)b->n, double);

	if (!came)
		return -ENOMEM;
	for (int r = 0; r < b->n_receivers; r++)
		v.residual = fmax(v.residual, violation_of_arrivals(x, b->receiver[r].site,
								    b->receiver[r].queue, came));
	for (int i = 0; i < b->in->n_sites; i++) {
		struct lp_solution part = region_slice(b, s, i);
		struct verdict site;

		check_solution(b->site[i].problem, &part, x->flows[i], &site);
		v.residual = fmax(v.residual, site.residual);
	}
	v.objective = region_objective(x);
	v.bound = check_dual_bound(&b->lp, s->dual) + b->offset;
	v.gap = fmax(0, v.objective - v.bound) / fmax(1, fabs(v.objective));
	*ret = v;
	return 0;
}
