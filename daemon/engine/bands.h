/* Live events as the optimiser sees them: a two-sided band at the PCC per step. */
#pragma once

#include "plan/input.h"

struct engine;
struct site_state;

/* Fills in->events from the live events of the site, and one that is not real (NULL: none). In a step that several claim, one stands (drrule.h). 0 or -ENOMEM at the arena's cap. */
int bands_fill(const struct engine *e, const struct site_state *ss, const struct event *unreal,
	       struct arena *a, struct plan_input *in);
