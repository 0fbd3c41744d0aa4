/* The plant as a linear programme, and where everything is in it. The maths stands in docs/PLANNER.md.
 *
 * Columns, per step: site columns, PV, stores, queues; then two per active step of each event; the peak last.
 * Rows, per step: site rows, stores, queues; then one per active step of each event. Unit: kW, kWh, CNY. Pure. */
#pragma once

#include "plan/flows.h"
#include "plan/solve.h"

enum site_col {
	COL_IMPORT,	  /* up to the contracted demand */
	COL_IMPORT_OVER,  /* from there to import_max */
	COL_IMPORT_LIMIT, /* beyond */
	COL_EXPORT,
	COL_EXPORT_LIMIT, /* beyond export_max */
	COL_UNSERVED,
	N_SITE_COLS
};
/* The energy in a store is a sum of parts that fill in this order, for their prices ascend. */
enum store_col {
	COL_CHARGE,
	COL_DISCHARGE,
	COL_BELOW,    /* up to soc_min */
	COL_RESERVED, /* from there to the reserve */
	COL_FREE,     /* to soc_max */
	COL_OVER,     /* beyond */
	N_STORE_COLS
};
enum queue_col {
	COL_FLOOR,   /* power up to what it should not stay below */
	COL_POWER,   /* power beyond */
	COL_BACKLOG, /* work left that is not due */
	COL_LATE,    /* work left that is */
	N_QUEUE_COLS
};
enum site_row { ROW_BALANCE, ROW_IT_ROOM, ROW_PEAK, N_SITE_ROWS };

struct problem {
	const struct plant *plant;
	struct lp lp;
	double offset; /* objective = cost·x + offset */
	int step_cols, step_rows;
	int peak_col;
	int *event_col[PLAN_MAX_EVENTS]; /* [n] shortfall, then surplus; −1 where not active */
	int *event_row[PLAN_MAX_EVENTS]; /* [n] −1 where not active */
};

static inline int problem_site_col(const struct problem *b, int t, enum site_col c)
{
	return t * b->step_cols + (int)c;
}
static inline int problem_generator_col(const struct problem *b, int t, int i)
{
	return t * b->step_cols + N_SITE_COLS + i;
}
static inline int problem_store_col(const struct problem *b, int t, int i, enum store_col c)
{
	return problem_generator_col(b, t, b->plant->n_generators) + i * N_STORE_COLS + (int)c;
}
static inline int problem_queue_col(const struct problem *b, int t, int i, enum queue_col c)
{
	return problem_store_col(b, t, b->plant->n_store, COL_CHARGE) + i * N_QUEUE_COLS + (int)c;
}
static inline int problem_site_row(const struct problem *b, int t, enum site_row r)
{
	return t * b->step_rows + (int)r;
}
static inline int problem_store_row(const struct problem *b, int t, int i)
{
	return t * b->step_rows + N_SITE_ROWS + i;
}
static inline int problem_queue_row(const struct problem *b, int t, int i)
{
	return problem_store_row(b, t, b->plant->n_store) + i;
}

/* NULL: the arena is full. No floors yet: queues may stand still. */
struct problem *problem_make(const struct plant *p, struct arena *a);

/* In step t store i shall not charge, or discharge, with more than kw. */
void problem_limit(struct problem *b, int t, int i, enum store_col c, double kw);
/* In step t queue i should run at kw at least; below it costs. */
void problem_set_floor(struct problem *b, int t, int i, double kw);

/* The decisions in x, followed by physics; floors as set in the problem. NULL: the arena is full. */
struct flows *problem_flows(const struct problem *b, const double *x, struct arena *a);
