/* From a region's point to whole watts and whole device-seconds that hold the limits its sites share. Pure. */
#pragma once

#include "plan/region_point.h"

/* Rounds each site by itself, then takes the watts by which the sum is over a shared limit out of queues, stores and
 * curtailed generation, and gives them back in the next step. *ret_point has the settled flows with floors set, ret_d
 * the integers of each site. No limit is broken by more than before rounding and 1 W per site, unless nothing in its sites
 * has a watt left in that step. 0, -ENOMEM. */
int region_round(const struct region_point *from, struct arena *a, struct region_point **ret_point,
		 struct decided ***ret_d);

/* What of a shared limit of that many sites rounding may break, W: less is not told as a relaxation. */
#define REGION_ROUNDING_W(n_sites) (n_sites)
