/* What every thing does in every step: a solver's point made whole. Whole numbers are whole, nothing overlaps, levels
 * follow from flows, and import and export from the balance. Pure. */
#pragma once

#include "calc/formulate.h"

struct schedule_storage {
	double *charge, *discharge, *level; /* [n] */
};
struct schedule_load {
	double *power; /* [n] */
	bool *on;      /* [n] */
};

struct schedule {
	double *import, *export, *curtailed; /* [n] */
	struct schedule_storage *storages;
	struct schedule_load *loads;
	/* The first step in which a storage charges and discharges, or the site imports and exports, and netting would
	 * change what it costs; −1 if there is none. */
	int overlap;
};

/* 0, -ENOMEM. Lives in a. */
int schedule_make(const struct site_case *c, const struct reach *reach, const struct layout *l,
		  const double *x, struct arena *a, struct schedule *ret);
