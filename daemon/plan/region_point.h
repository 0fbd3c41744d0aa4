/* A way to run a region: what each site does, and what moves between them. What moves is arrivals to one site and
 * departures from another, and what the transfer draws is load: so each site is judged as if it stood alone, by the
 * code that judges single sites. Pure. */
#pragma once

#include "plan/decide.h"
#include "plan/region_problem.h"

struct region_point {
	const struct region_problem *b;
	double *moved;	      /* [n_links × n] device-seconds, in the step in which they leave */
	struct plant **plant; /* [n_sites] with moves; the site's own where no link ends */
	struct flows **flows; /* [n_sites] */
};

static inline double *region_moved(const struct region_point *x, int l, int t)
{
	return &x->moved[l * x->b->n + t];
}

/* Nothing moves, nothing flows (flows are NULL). NULL: the arena is full. */
struct region_point *region_point_new(const struct region_problem *b, struct arena *a);

/* Brings the plants in line with what moves. whole: what transfers draw counts in whole watts. */
void region_point_move(struct region_point *x, bool whole);

/* The point that a solver's x says; the sites' problems then stand on its plants. NULL: the arena is full. */
struct region_point *region_point_solved(struct region_problem *b, const double *x,
					 struct arena *a);

/* Whole device-seconds of `from`, none made, none earlier. Nothing flows yet. NULL: the arena is full. */
struct region_point *region_point_whole(const struct region_point *from, struct arena *a);

/* decide_settle() for all sites: what moves is cut to what is there, so that work is neither made nor lost. */
void region_point_settle(struct region_point *x, struct decided *const *d);

/* Net load of the sites of limit l in step t, kW. */
double region_point_net(const struct region_point *x, int l, int t);
