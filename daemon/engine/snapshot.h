/* The input of one planning run, from live state and forecasts. */
#pragma once

#include "base/err.h"
#include "plan/input.h"

struct engine;
struct site_state;

struct snapshot_wish {
	int64_t until_ms;    /* how far it must look at least; 0 = the configured horizon */
	bool without_events; /* the plan that would be made if there were none, for baselines */
};
/* Builds into the arena. -ENOMEM, ERR_FULL, ERR_NODATA with a fault. */
int snapshot_build(struct engine *e, struct site_state *ss, const struct snapshot_wish *wish,
		   struct arena *a, struct plan_input **ret, struct fault *f);
