/* Sites with what the two pilots need: cooling, feeders, rations, curves, tiers, windows, carbon, several charges. */
#pragma once

#include "plan/input.h"
#include "testlib/rng.h"

/* Cooling i of power_max_w: COP 4 whatever the weather, 18–27 °C, 22 °C now, 10 CNY per K above and hour; a tenth of the
 * power's Wh per K. n_cooling grows to hold it. */
void rich_cooling(struct plan_input *in, int i, int64_t power_max_w);

/* All open; returns w. */
struct plan_window *rich_window(struct plan_input *in, struct arena *a, struct plan_window *w);

/* Adds any of it to a site. */
void rich_make(struct plan_input *in, struct arena *a, struct rng *r);
/* sites_random() with any of it. */
struct plan_input *rich_random(struct arena *a, struct rng *r);
