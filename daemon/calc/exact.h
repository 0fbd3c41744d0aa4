/* The exact path: a case to its proven optimum, and from there to a schedule that is judged by code of its own.
 *
 * First without the exclusions whose overlap could not pay without end: most cases keep the rest by themselves, and
 * then the answer of the relaxed programme is the answer. Else once more with all that matter. Then, at the same cost,
 * everything as early as possible. One solve per process at a time (plan/milp.h). */
#pragma once

#include "calc/judge.h"

/* A plan is called optimal if its gap is no larger. */
#define EXACT_GAP 1e-7
/* Search for the earliest plan among those of equal cost ends after so many nodes. */
#define EXACT_TIE_NODES 2000

enum exact_status {
	EXACT_OPTIMAL,
	EXACT_INFEASIBLE, /* no plan keeps all limits */
	EXACT_UNBOUNDED,  /* there is no cheapest plan */
	EXACT_UNPROVEN,	  /* a plan, but its gap is above EXACT_GAP: a time limit */
	EXACT_FAILED,	  /* no plan, for the reason in `why` */
};

enum exact_ties {
	TIES_NONE,     /* nothing to break: no storage, no load, or no optimum */
	TIES_EARLIEST, /* the earliest plan, proven */
	TIES_EARLIER,  /* the search for it was cut short: the earliest that was found */
	TIES_AS_FOUND, /* it gave nothing at the same cost: the plan is the first that was found */
};

struct exact_ctl {
	double max_seconds; /* for each programme; 0 = no limit */
	bool no_ties;
	void (*stage)(void *arg, const char *what); /* what is being done now; may be NULL */
	void *arg;
};

struct exact {
	enum exact_status status;
	enum exact_ties ties;
	double cost;  /* the judge's, not the solver's */
	double bound; /* −INFINITY if nothing is known */
	double gap;   /* (cost − bound) / max(1, |cost|), at least 0 */
	struct schedule schedule;
	struct verdict verdict;
	char why[160];
};

/* 0 (look at status), -ENOMEM, ERR_FULL, ERR_INVALID (f: exclusions without a limit). Lives in a. */
int exact_solve(const struct site_case *c, const struct exact_ctl *ctl, struct arena *a,
		struct fault *f, struct exact *ret);

const char *exact_status_name(enum exact_status s);

/* The literal programme of the case, as it goes into files. Errors as formulate(). */
int exact_programme(const struct site_case *c, struct arena *a, struct fault *f,
		    struct programme *ret);
