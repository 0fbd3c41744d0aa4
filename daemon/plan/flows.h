/* A way to run the plant: what every asset does in every step, and what follows from it by physics alone. The same
 * code judges the solver's point and the published integers; it knows nothing of rows and columns. Pure. */
#pragma once

#include "plan/plant.h"

struct flows {
	/* decided: kW, means of the step, charge positive */
	double *unserved;			 /* [n] ≥ 0 */
	double *generators[SITE_MAX_GENERATORS]; /* [n] used, ≥ 0 */
	double *store[SITE_MAX_STORAGE];	 /* [n] net, at the grid side */
	double *queue[SITE_MAX_QUEUES];		 /* [n] IT kW */
	double *cooling[SITE_MAX_COOLING];	 /* [n] electric kW */
	/* follows */
	double *net;			  /* [n] at the PCC */
	double *soc[SITE_MAX_STORAGE];	  /* [n] kWh at the end of the step */
	double *backlog[SITE_MAX_QUEUES]; /* [n] kWh of work at the end of the step */
	double *heat
		[SITE_MAX_COOLING]; /* [n] kWh above the coolest allowed, at the end of the step */
	double *floor[SITE_MAX_QUEUES]; /* [n] IT kW that the queue should not stay below */
};

/* All zero; NULL if the arena is full. */
struct flows *flows_new(const struct plant *p, struct arena *a);

/* Energy in store s after step t at a constant kW, from what was in it before. */
double flows_next_soc(const struct plant_store *s, int t, double soc, double kw);

struct flows_power {
	double it, cooling; /* of all IT; electric */
};
/* Heat that cooling c holds after step t at a constant power. */
double flows_next_heat(const struct plant *p, const struct plant_cooling *c, int t, double heat,
		       struct flows_power kw);

/* IT kW in step t: load that is served, queues. */
double flows_it(const struct plant *p, const struct flows *f, int t);

/* kW that what hangs on feeder i draws in step t. */
double flows_feeder(const struct plant *p, const struct flows *f, int t, int i);

/* Fills net, soc, backlog, heat from the decisions. Work never goes below none. */
void flows_follow(const struct plant *p, struct flows *f);

/* Fills floor: power_min or what the tier wants, or all work there is if that is less. */
void flows_set_floors(const struct plant *p, struct flows *f);

/* The worst amount by which a physical limit that no price can buy is broken, as a share of its asset's or the site's
 * size (at least 1 kW): power limits, states of charge outside [lo, hi], work that is not there, IT capacity, load
 * below its protected floor. */
double flows_violation(const struct plant *p, const struct flows *f);
