/* Beside what the plan knows: one line for the eye, what operators had to say, how old the data are. */
#pragma once

#include "engine/engine.h"

/* Fills headline, says, otherwise and data_age_ms of *ret, whose other members are there. now: the decision in force
 * then, id 0 = none. 0, ERR_FULL, or an error of the ledger. */
int explain_more(const struct engine *e, const struct site *s, const char *asset,
		 const struct decision *now, struct arena *a, struct why *ret);
