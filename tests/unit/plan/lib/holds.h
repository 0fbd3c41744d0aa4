/* What holds for every plan, whatever the site: limits, balances, windows, by arithmetic of the tests' own. */
#pragma once

#include "model/plan.h"
#include "plan/input.h"

/* Asserts all of it; seed is for the messages. */
void holds_all(const struct plan_input *in, const struct plan *p, uint64_t of_seed);
