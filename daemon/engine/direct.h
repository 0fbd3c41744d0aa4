/* Where an operator has a say, a decision does not come from the plan: an outage, an override, a mode. In that order
 * the first that there is decides; where there is none, the plan does (intent.h). */
#pragma once

#include "model/decision.h"
#include "model/plan.h"

struct engine;
struct site_state;
struct asset_state;

/* As intent_of(); p may be NULL: no plan covers now. */
bool direct_intent(const struct engine *e, const struct site_state *ss,
		   const struct asset_state *as, const struct plan *p, struct decision *ret);
