/* A case as a mixed-integer programme: which column is what, and the rows that tie them. Columns are in the case's own
 * units; scaling is the solver's affair. */
#pragma once

#include "calc/reach.h"
#include "plan/milp.h"

/* Which of the case's exclusions (import against export, charge against discharge) have binaries. Where a plan that
 * overlaps can be netted without cost, none are needed for an exact answer. */
enum exclusions {
	EXCLUDE_PROFITABLE, /* import/export where sell > buy only: overlap would pay without end */
	EXCLUDE_NEEDED,	    /* and every storage whose overlap cannot be netted */
	EXCLUDE_LITERAL,    /* all that the case names: what --dump-mps writes */
};

struct layout_storage {
	int charge, discharge, level, mode; /* first of n columns; mode −1 if there is none */
	int shortfall; /* first of n_targets columns, used by soft targets only */
};
struct layout_load {
	int power; /* first of n columns, −1: power · on */
	int on;	   /* first of n columns, −1 if there is none */
	int start; /* first of n columns, −1 if there is none */
};

struct layout {
	int import, export, curtailed, grid_mode; /* first of n columns; −1 if there is none */
	struct layout_storage *storages;
	struct layout_load *loads;
	int *charges; /* first of 1 (max) or n (sum) columns of the excess */
	int *peaks;   /* one column each */
};

struct programme {
	struct milp milp;
	struct layout layout;
};

/* The programme, and where its columns are. ERR_INVALID with f where two things exclude each other and nothing limits
 * them. -ENOMEM, ERR_FULL. */
int formulate(const struct site_case *c, const struct reach *reach, enum exclusions ex,
	      struct arena *a, struct fault *f, struct programme *ret);

/* Can charge and discharge of the same step be netted without cost? */
bool formulate_nets(const struct case_storage *s, int t);

/* Does the case want import and export to exclude each other in step t? */
bool formulate_excludes(const struct site_case *c, int t);

/* The name of a column, for people and files: "import_3", "s0_charge_12". */
void formulate_column_name(const struct site_case *c, const struct layout *l, int col, char *out,
			   size_t n);
