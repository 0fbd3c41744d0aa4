/* Judges a schedule: is every constraint of the case kept, and what does it cost? Written from the meaning of the
 * schema (suandian-calc(1)) and from nothing else: it shares no code, no bound and no constant with the formulation
 * or the solver. Pure. */
#pragma once

#include "calc/case.h"
#include "calc/schedule.h"

/* Shares of the largest power and level that occur in the schedule or its fixed data; nothing may be broken by more. */
#define JUDGE_TOLERANCE 1e-7

struct verdict {
	double cost;
	double gross; /* sum of the magnitudes of its terms: what rounding is measured against */
	double worst; /* largest violation, as such a share */
	char what
		[120]; /* the constraint it is of: "storages[0]: soc_max, step 4"; "" if none is broken at all */
	double *peaks; /* [n_peaks] */
};

/* 0, -ENOMEM. */
int judge_schedule(const struct site_case *c, const struct schedule *s, struct arena *a,
		   struct verdict *ret);
