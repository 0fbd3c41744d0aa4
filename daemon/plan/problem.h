/* The plant as a linear programme, and where everything is in it. The maths stands in docs/PLANNER.md.
 *
 * Columns, per step: site columns, generators, stores, queues, cooling, feeders; then two per active step of each event,
 * one per ration, one per charge on a peak. Rows, per step: site rows, stores, queues, cooling, feeders; then one
 * per active step of each event, one per ration, one per step in the window of each charge. What a site does not have
 * has neither. Unit: kW, kWh, CNY. Pure. */
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
/* First the power, in two parts for each segment of the queue's curve: up to what it should not stay below, and beyond. */
enum queue_col {
	COL_BACKLOG, /* work left that is not due */
	COL_LATE,    /* work left that is */
	N_QUEUE_WORK_COLS
};
enum cooling_col {
	COL_COOL, /* electric power */
	COL_WARM, /* heat within the band */
	COL_HOT,  /* above it */
	COL_COLD, /* short of it */
	N_COOLING_COLS
};
enum feeder_col { COL_FEEDER_IMPORT, COL_FEEDER_EXPORT, N_FEEDER_COLS }; /* beyond the limits */
enum site_row { ROW_BALANCE, ROW_IT_ROOM, N_SITE_ROWS };

struct problem {
	const struct plant *plant;
	struct lp lp;
	double offset; /* objective = cost·x + offset */
	int step_cols, step_rows;
	int queue_at[SITE_MAX_QUEUES + 1]; /* columns of a step before those of queue i */
	double *floor[SITE_MAX_QUEUES];	   /* [n] IT kW, as set */
	int *event_col[PLAN_MAX_EVENTS];   /* [n] shortfall, then surplus; −1 where not active */
	int *event_row[PLAN_MAX_EVENTS];   /* [n] −1 where not active */
	int ration_col, ration_row;	   /* of the first */
	int demand_col;			   /* peak of the first charge */
	int *demand_row[PLAN_MAX_DEMANDS]; /* [n] −1 outside its window */
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
/* Power of segment k, up to the floor or beyond it. */
static inline int problem_power_col(const struct problem *b, int t, int i, int k, bool beyond)
{
	return t * b->step_cols + b->queue_at[i] + 2 * k + beyond;
}
static inline int problem_work_col(const struct problem *b, int t, int i, enum queue_col c)
{
	return problem_power_col(b, t, i, b->plant->queue[i].n_segments, false) + (int)c;
}
static inline int problem_cooling_col(const struct problem *b, int t, int i, enum cooling_col c)
{
	return t * b->step_cols + b->queue_at[b->plant->n_queue] + i * N_COOLING_COLS + (int)c;
}
static inline int problem_feeder_col(const struct problem *b, int t, int i, enum feeder_col c)
{
	return problem_cooling_col(b, t, b->plant->n_cooling, COL_COOL) + i * N_FEEDER_COLS +
	       (int)c;
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
static inline int problem_cooling_row(const struct problem *b, int t, int i)
{
	return problem_queue_row(b, t, b->plant->n_queue) + i;
}
static inline int problem_feeder_row(const struct problem *b, int t, int i)
{
	return problem_cooling_row(b, t, b->plant->n_cooling) + i;
}

/* NULL: the arena is full. No floors yet but those of the tiers: other queues may stand still. */
struct problem *problem_make(const struct plant *p, struct arena *a);

/* In step t store i shall not charge, or discharge, with more than kw. */
void problem_limit(struct problem *b, int t, int i, enum store_col c, double kw);
/* In step t the power of queue i stays within the segments up to k; those below it are used in full if it is to `fill`. */
void problem_end_curve(struct problem *b, int t, int i, int k, bool fill);
/* In step t queue i should run at kw at least; below it costs. */
void problem_set_floor(struct problem *b, int t, int i, double kw);

/* The decisions in x, followed by physics; floors as set in the problem. NULL: the arena is full. */
struct flows *problem_flows(const struct problem *b, const double *x, struct arena *a);
