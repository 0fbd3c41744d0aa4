/* The figures of events: what the plan in force foresees, and what the meter says slot by slot. */
#pragma once

#include "model/event.h"
#include "model/plan.h"

struct engine;
struct site_state;

/* planned_w, shortfall and surplus of the site's live events under the plan (NULL: none). Changes are put. */
void drmeter_foresee(struct engine *e, const struct site_state *ss, const struct plan *p);
/* Fills metered slots that are complete; true if any was. */
bool drmeter_due(struct engine *e);
int64_t drmeter_next_ms(const struct engine *e); /* INT64_MAX = none */
