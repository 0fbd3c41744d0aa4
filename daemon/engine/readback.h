/* Does the asset do what it said? A decision that was APPLIED is VERIFIED when the bound power point agrees, FAILED
 * when it disagrees several times in a row. The watch goes on while the decision is in force: one that was VERIFIED
 * and then disagrees for a while ends as SUPERSEDED, with a fault that says so, and is planned around like a failed
 * one. */
#pragma once

#include "base/base.h"

struct engine;
struct decision_live;

/* The first look, once samples made under the decision can be there. Nothing if no power point is bound. */
void readback_schedule(struct engine *e, struct decision_live *dl);
bool readback_due(struct engine *e);
int64_t readback_next_ms(const struct engine *e); /* INT64_MAX = none */
