/* Inputs of planning runs for tests: one plain site that is easy to calculate by hand, the example site, and random
 * ones, sane and insane. */
#pragma once

#include "plan/input.h"
#include "testlib/rng.h"

/* 2025-07-15 00:00 in Shanghai. */
#define SITES_T0 INT64_C(1752508800000)

/* n steps of step_ms from SITES_T0: PUE 1, no assets, prices 0.5 and 0.3 CNY/kWh, import and export 1 MW, no
 * demand price, the default ladder. In a. */
struct plan_input *sites_plain(struct arena *a, uint32_t n, int64_t step_ms, int n_generators,
			       int n_storage, int n_queues);

/* A lossless battery of 100 kWh and 100 kW with 50 kWh in it, wear 0.01 CNY/kWh, nothing left worth anything. */
void sites_battery(struct plan_input *in, int i);
/* 100 devices of 1 kW, due after a day, late work at 5 CNY per kWh and hour. */
void sites_queue(struct plan_input *in, int i);

/* One more charge on the peak, at all times. */
void sites_demand(struct plan_input *in, struct arena *a, int64_t price_e4, int64_t incumbent_w);

/* The example site of the documentation at SITES_T0, over `hours`, `fine_h` of them in quarters. */
struct plan_input *sites_hongyuan(struct arena *a, struct rng *r, int hours, int fine_h);

/* Any site that a configuration may describe, in a state that may occur. */
struct plan_input *sites_random(struct arena *a, struct rng *r);
/* The same on a grid of its own, for regions, whose sites share one. */
struct sites_grid {
	int64_t now_ms;
	int hours, fine_h;
};
struct sites_grid sites_random_grid(struct rng *r);
struct plan_input *sites_random_on(struct arena *a, struct rng *r, const struct sites_grid *g);
/* Any, with measured values, forecasts and bounds that make no sense. */
struct plan_input *sites_insane(struct arena *a, struct rng *r);
