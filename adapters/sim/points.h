/* The points of the plant: their declarations, and what its meters say after each step. Owner's thread. */
#pragma once

#include "base/arena.h"
#include "proto/rows.h"
#include "sim/run.h"
#include "suandian/v1/observe.pb-c.h"

enum point_role {
	POINT_PCC_POWER,
	POINT_GEN_POWER,
	POINT_STORAGE_POWER,
	POINT_STORAGE_SOC,
	POINT_LOAD_POWER,
	POINT_QUEUE_BACKLOG,
	POINT_QUEUE_POWER,
	POINT_QUEUE_ARRIVALS,
	POINT_QUEUE_DUE,
	POINT_PRICE_BUY,
	POINT_PRICE_SELL,
	POINT_TEMPERATURE,
	POINT_CARBON,
	POINT_COOLING_POWER,
	POINT_COOLING_TEMPERATURE,
	POINT_BACKGROUND, /* of a section: told by its first site */
};

#define POINTS_MAX (8 + 12 * PLANT_MAX)
#define POINT_NAME_B 160

struct sim_point {
	enum point_role role;
	int index;	/* of the asset among its kind */
	uint64_t noise; /* key */
	char name[POINT_NAME_B];
};

struct points {
	const struct exo *exo;
	const struct run *run;
	int site;
	int64_t step_ms;
	size_t n;
	struct sim_point at[POINTS_MAX];
	uint32_t id[POINTS_MAX]; /* the daemon's numbers, once declared */
};

/* Of one site of the run, which is borrowed. */
void points_init(struct points *p, const struct run *run, int site);

/* The declaration of all, in the arena; NULL: out of memory. */
Suandian__V1__DeclarePoints *points_declaration(const struct points *p, struct arena *a);

/* What the meters say at the twin's time. row: the step that ended now, NULL at the beginning of a run: then there are
 * levels, but no means yet. Columns of POINTS_MAX; returns the number of samples. */
struct points_columns {
	uint32_t point[POINTS_MAX];
	int64_t t_ms[POINTS_MAX];
	double value[POINTS_MAX];
};
size_t points_sample(const struct points *p, const struct twin *t, const struct twin_row *row,
		     struct points_columns *ret);

/* The forecast of point i as known at the twin's time: n values of step_ms from now on. false: nothing is known of it,
 * or it is not time to say it again. */
bool points_foresee(const struct points *p, size_t i, const struct twin *t, size_t n, double *ret);
/* Backlogs change with every step, so that their due times are told every slot; the rest as configured. */
bool points_is_due(const struct points *p, size_t i, int64_t now_ms);
