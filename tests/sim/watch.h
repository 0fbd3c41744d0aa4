/* The properties of a run, checked as it goes and at its end. Failing ones abort the test with what broke. */
#pragma once

#include "simtest/run.h"

struct watch {
	uint64_t last_plan, plans, relaxations;
	char why[200]; /* the first property that broke, "" = none */
};

/* The plan in force, if it is new: balance, limits and floors unless a relaxation is named. */
void watch_plan(struct watch *w, const struct run *r);
/* Ledger and audit chain: every plan as above, whole, nothing doubled, every event in a final state, numbers as in META. Returns the
 * chain's head. */
void watch_end(struct watch *w, const struct run *r, uint8_t ret_head[32]);
