/* The input of one planning run of a group of sites, from live state and forecasts. */
#pragma once

#include "base/err.h"
#include "plan/region.h"

struct engine;
struct group_state;
struct site_state;

struct snapshot_wish {
	int64_t until_ms;      /* how far it must look at least; 0 = the configured horizon */
	int64_t fine_until_ms; /* and how far in quarter hours; 0 = as configured and events need */
	/* the plan that would be made if this site had no events, for baselines; NULL: all stand */
	const struct site_state *without_events_of;
};
/* Builds into the arena. -ENOMEM, ERR_FULL, ERR_NODATA with a fault. */
int snapshot_build(struct engine *e, const struct group_state *g, const struct snapshot_wish *wish,
		   struct arena *a, struct plan_region **ret, struct fault *f);

/* How warm the water of the site's cooling with that id is, °C; false: nobody has measured it lately, and it is its
 * thermostat's. */
bool snapshot_temperature(const struct engine *e, const struct site *s, const char *cooling,
			  double *ret);
