/* How far flows and levels can go at all, from limits and balances alone. Bounds that every feasible plan keeps, given
 * that a storage does not charge and discharge at once and that overlap of import and export is netted: they make
 * every column finite where anything limits it, and binary choices tight. Pure. */
#pragma once

#include "calc/case.h"

struct reach_storage {
	double *charge, *discharge; /* [n] most; INFINITY = nothing limits it */
	double *lo, *hi;	    /* [n] level at the end of the step */
	double keep, gain;	    /* level = keep · level before + gain · dt · (flow in) */
};

struct reach {
	double *import_most, *export_most; /* [n] */
	struct reach_storage *storages;
	double flow;  /* typical largest flow, a power of two, > 0 */
	double level; /* typical largest level, a power of two, > 0 */
};

/* 0, -ENOMEM. Lives in a. */
int reach_make(const struct site_case *c, struct arena *a, struct reach *ret);
