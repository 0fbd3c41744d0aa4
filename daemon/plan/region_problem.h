/* A region as one linear programme: the sites' own ones side by side, rows over all of them for what they share, and
 * columns for the work that moves. The maths stands in docs/PLANNER.md.
 *
 * Columns: the sites' in their order; two per limit and step (beyond the one side, beyond the other); one per link and
 * step. Rows: the sites'; one per limit and step; one per receiving queue and step. Pure. */
#pragma once

#include "plan/problem.h"
#include "plan/region.h"

struct region_site {
	struct plant *plant; /* without any moves */
	/* Cost and bounds of its columns and rows are windows into the region's: what is changed in one is changed in
	 * the other. */
	struct problem *problem;
	int first_col, first_row;
};

/* A limit in kW as it stands for the sum of its sites' net loads: without what others put on it. */
struct region_bound {
	double *lo, *hi; /* [n] */
	double price;	 /* CNY per kWh beyond */
};

struct region_problem {
	const struct plan_region *in; /* in canonical order */
	int n;			      /* steps */
	struct region_site *site;
	struct region_bound *bound; /* [n_limits] */
	int *arrives; /* [n_links × n] step in which what moves in a step arrives; n = beyond the horizon */
	int n_receivers;
	struct region_receiver {
		int site, queue;
	} * receiver; /* queues that a link leads to */
	struct lp lp;
	double offset;
	int limit_col, limit_row, link_col, receiver_row; /* the first of each */
};

static inline int region_limit_col(const struct region_problem *b, int l, int t, bool below)
{
	return b->limit_col + 2 * (l * b->n + t) + below;
}
static inline int region_limit_row(const struct region_problem *b, int l, int t)
{
	return b->limit_row + l * b->n + t;
}
/* Unit: 1000 device-seconds. */
static inline int region_link_col(const struct region_problem *b, int l, int t)
{
	return b->link_col + l * b->n + t;
}
static inline int region_receiver_row(const struct region_problem *b, int r, int t)
{
	return b->receiver_row + r * b->n + t;
}
static inline int region_arrives(const struct region_problem *b, int l, int t)
{
	return b->arrives[l * b->n + t];
}

/* 1000 device-seconds in kWh of IT energy at a queue. */
double region_kwh_per_kds(const struct region_problem *b, int site, int queue);
/* CNY per 1000 device-seconds: the price, and what keeps moves that gain nothing from being made. */
double region_link_price(const struct region_problem *b, int l);
double region_link_tie(const struct region_problem *b, int l);
/* kWh at the sender's PCC per 1000 device-seconds. */
double region_link_energy(const struct region_problem *b, int l);

/* 0, ERR_INVALID (a site that cannot be planned with; f says which), -ENOMEM. `in` is in canonical order. */
int region_problem_make(const struct plan_region *in, struct arena *a, struct region_problem **ret,
			struct fault *f);

/* The same without the programme, for what only asks what a way to run the region is worth. */
int region_problem_outline(const struct plan_region *in, struct arena *a,
			   struct region_problem **ret, struct fault *f);

/* The offset after the sites' problems have been changed. */
void region_problem_sum(struct region_problem *b);

/* ---- between region_problem.c and region_bound.c ---- */

#define REGION_NO_RECEIVER (-1)
/* Which of the receivers a queue is. */
int region_receiver_of(const struct region_problem *b, int site, int queue);
/* Fills bound, arrives, receiver. false: the arena is full. */
bool region_make_bounds(struct region_problem *b, struct arena *a);
