/* Regions for tests: two plain sites that are easy to calculate by hand, the two pilots, and random ones. Everything
 * lives in the arena. */
#pragma once

#include "plan/region.h"
#include "planlib/sites.h"

/* n sites "a", "b" …, all sites_plain() with 4 steps of an hour, 200 kW of load, a queue and so many batteries. */
struct plan_region *regions_plain(struct arena *a, int n_sites, int n_storage);

/* Adds a limit on all sites, without background; its id is "sc", its kind "section". */
struct region_limit *regions_limit(struct plan_region *in, struct arena *a, int64_t import_max_w);
/* Adds a link between the first queues, free, immediate, and wide enough; its id is "l<n>". */
struct region_link *regions_link(struct plan_region *in, int from, int to);

/* Hongyuan (PV, battery, UPS) and Liangshan (wind, hydro, battery), each with a queue, a link both ways, and one section
 * whose other load has its peak at 21:00. */
struct plan_region *regions_pilots(struct arena *a, struct rng *r, int hours, int fine_h);
/* n sites like Hongyuan behind one section that takes 80 % of their load, linked in a ring. */
struct plan_region *regions_alike(struct arena *a, uint64_t seed, int n_sites, int hours,
				  int fine_h);

/* Any region that may be configured. */
struct plan_region *regions_random(struct arena *a, struct rng *r, int n_sites);
