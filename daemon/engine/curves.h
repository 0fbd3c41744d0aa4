/* Pushed forecasts, merged slot by slot: the latest issue wins, what it does not cover stays. */
#pragma once

#include "model/curve.h"

struct engine;
struct live_point;

/* From the ledger. 0 or -ENOMEM. */
int curves_restore(struct engine *e, const struct curve *c);
/* The merged forecast of a point, NULL = none. */
const struct curve *curves_get(const struct live_point *lp);
