/* From a plan to what each asset should do in the running slot, with reason and fallback. */
#pragma once

#include "model/decision.h"
#include "model/plan.h"

struct engine;
struct site_state;
struct asset_state;

/* Fills action, fallback, reason, correlation id, validity and asset of *ret, leaves the rest. False if the plan says
 * nothing about the asset now, or the asset takes no orders (PV that cannot be curtailed). */
bool intent_of(const struct engine *e, const struct site_state *ss, const struct asset_state *as,
	       const struct plan *p, struct decision *ret);
/* Queues are planned at the PCC, clusters count IT watts. */
int64_t intent_it_watts(const struct site *s, int64_t pcc_w);
/* Would the adapter do the same for the same reason under b as under a? */
bool intent_is_same(const struct decision *a, const struct decision *b);
