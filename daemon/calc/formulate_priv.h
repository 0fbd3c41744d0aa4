/* Shared by the parts of formulate: what they all work on. */
#pragma once

#include "calc/formulate.h"
#include "calc/matrix.h"

struct formulation {
	const struct site_case *c;
	const struct reach *reach;
	enum exclusions ex;
	struct fault *fault;
	struct matrix m;
	struct layout l;
};

void formulate_storages(struct formulation *f);
void formulate_loads(struct formulation *f);
void formulate_charges(struct formulation *f);
void formulate_peaks(struct formulation *f);

/* A row `a ≤ most·mode` and one `b ≤ most_b·(1 − mode)`: only one of a and b can be above 0. */
struct excluded {
	int col;
	double most;
};
void formulate_exclusion(struct formulation *f, struct excluded a, struct excluded b, int mode,
			 const char *what, int t);
