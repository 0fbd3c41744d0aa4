/* A planning case, schema "suandian-case/1", kind "site-milp": one bus, hard limits, exact semantics. The meaning of
 * every member is in suandian-calc(1) and docs/schema/case.json. Units are the case's own: a flow is a power or an
 * amount per hour, a level is flow × hours, a price is cost per level. */
#pragma once

#include "calc/jread.h"

#define CASE_SCHEMA "suandian-case/1"
#define CASE_MAX_VARIANTS 1000
#define CASE_MAX_STEPS 35136 /* a leap year of quarters of an hour */
#define CASE_MAX_THINGS 64   /* storages, loads, charges, peaks: each */
#define CASE_MAX_TARGETS 1024
/* Steps × things of one variant; what is larger does not fit the memory or the patience of an exact solve. */
#define CASE_MAX_CELLS 400000

enum case_op { CASE_EQ, CASE_GE, CASE_LE };
enum case_kind { CASE_ON_OFF, CASE_CONTINUOUS };
enum case_over { CASE_IMPORT, CASE_EXPORT };
enum case_aggregate { CASE_MAX, CASE_SUM };

struct case_target {
	int end_of_step;
	int op; /* enum case_op */
	double value;
	double penalty; /* per level short of it; negative = hard */
};

struct case_storage {
	const char *name;
	double soc0, eta_c, eta_d, retention;
	double *soc_min, *soc_max, *charge_max, *discharge_max;	      /* [n] ±INFINITY = none */
	double *cycle_cost_charge, *cycle_cost_discharge, *hold_cost; /* [n] */
	bool no_discharge_to_grid;
	int n_targets;
	struct case_target *targets;
};

struct case_load {
	const char *name;
	int kind;      /* enum case_kind */
	double *power; /* [n] */
	bool *allowed; /* [n] */
	int steps_on;  /* -1 = not given */
	double energy; /* negative = not given */
	double startup_cost_per_price;
	bool single_block, initial_on;
};

struct case_charge {
	const char *name;
	int over, aggregate; /* enum case_over, case_aggregate */
	double *threshold;   /* [n] */
	double price;
	bool per_hour;
};

struct case_peak {
	const char *name;
	double price, incumbent;
	int interval_steps;
	bool *window; /* [n] */
	int n_history;
	double *history;
};

struct site_case {
	int n;
	double dt_h;
	double *buy, *sell, *load, *pv;	 /* [n] */
	double *import_max, *export_max; /* [n] INFINITY = none */
	bool pv_curtailable, grid_binary;
	int n_storages, n_loads, n_charges, n_peaks;
	struct case_storage *storages;
	struct case_load *loads;
	struct case_charge *charges;
	struct case_peak *peaks;
};

struct case_variant {
	const char *name;
	struct site_case data;
};

struct case_file {
	const char *id;
	int n_variants;
	struct case_variant *variants;
};

/* Reads and checks a document, which is not needed afterwards. 0, -ENOMEM, ERR_FULL (the arena), ERR_INVALID (f says
 * where, and what is allowed). */
int case_read(json_t *doc, struct arena *a, struct fault *f, struct case_file *ret);
