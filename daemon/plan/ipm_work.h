/* The numbers of one or several LPs of equal structure, side by side: element i of lane l stands at [i × lanes + l]. Scaled
 * (by powers of two, so exactly), shifted so that every lower bound is 0: min cost·x, A x = rhs, 0 ≤ x ≤ width.
 *
 * A column that cannot move stands at 1 of a width of 2, decoupled by varies = 0, so that no loop needs to know; where there
 * is no upper bound the width is IPM_WIDE and its multiplier stays 0. Nothing of all this leaves the lane of its LP. */
#pragma once

#include "plan/ipm_symbolic.h"

#define IPM_LANES_MAX 4
#define IPM_WIDE 1e30
/* What a proximal method adds to θ and to the diagonal of A D Aᵀ: the root of the rounding unit, with which a
 * quasi-definite matrix can be factorised in any order. It bends a step, not what the steps lead to; where bounds are
 * very far apart it can bend them for ever, so a second attempt adds less. */
#define IPM_HOLD 1e-8
#define IPM_HOLD_LESS 1e-9

enum ipm_end { IPM_RUNNING, IPM_CONVERGED, IPM_STALLED, IPM_EXHAUSTED, IPM_STOPPED };

/* Per lane. */
struct ipm_lane {
	double scale_x, scale_c; /* of columns beside their own unit, of costs */
	double base;		 /* objective = scale_x × scale_c × (cost·x + base) */
	double pairs;		 /* bounds, each a complementary pair */
	double norm_b, norm_c;
	/* how it ended */
	enum ipm_end end;
	int iterations;
	double gap, primal, dual; /* relative, as the method sees them */
	double bound,
		difference; /* dual objective, and how far the primal is from it; in its own units */
	int finished;	    /* 1: bounds are met exactly, 2: multipliers fit them */
};

struct ipm_work {
	const struct ipm_structure *s;
	int lanes;
	double hold;
	struct ipm_lane lane[IPM_LANES_MAX];
	/* of columns */
	double *cost, *width, *varies, *both; /* both = 1: it has an upper bound */
	double *unit, *shift;		      /* value = scale_x × unit × (x + shift) */
	/* of entries, cells, joins, rows */
	double *entry, *cell, *join, *rhs, *row_unit; /* row_unit 0: without bounds */
	/* iterate and direction */
	double *x, *z, *v, *y;
	double *dx, *dz, *dv, *dy;
	double *inv_x, *inv_t, *d, *h, *dh, *at; /* of columns */
	double *price;				 /* Aᵀy, of columns */
	double *best_x, *best_z, *best_v, *best_y, *ray;
	double *side;		  /* −1 at the lower bound, 1 at the upper, 0 between */
	double *resid;		  /* of nodes */
	double *group, *group_d;  /* sums over groups; group_d has 1 + border values more */
	double *l, *pivot, *room; /* factor, 1/d, a column in the making */
};

struct ipm_ctl {
	const struct solve_ctl *ctl;
	double gap; /* relative, asked for */
	int max_iterations;
	bool careful; /* second attempt: another start, shorter steps, less to hold it */
};

/* In s's arena. NULL: it is full. */
struct ipm_work *ipm_work_new(struct ipm_structure *s, int lanes);

/* Scales lp into a lane. */
void ipm_load(struct ipm_work *w, int lane, const struct lp *lp, double offset);

/* Fills x [n_cols], y [n_rows] in the LP's own units; ray with the last step, by its direction. */
void ipm_unload(const struct ipm_work *w, int lane, double *x, double *y);
void ipm_unload_ray(const struct ipm_work *w, int lane, double *ray);

/* One per width; all give the same bytes. Loaded lanes in, end and iterate out. */
void ipm_run_1(struct ipm_work *w, const struct ipm_ctl *c);
void ipm_run_2(struct ipm_work *w, const struct ipm_ctl *c);
