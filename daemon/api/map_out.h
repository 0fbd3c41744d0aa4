/* From the model to messages. What they make lives in the arena or points into the model's structs, so it must be
 * sent before those change. Functions that return a pointer return NULL when the arena is full. Pure. */
#pragma once

#include "base/arena.h"
#include "engine/engine.h"
#include "suandian/v1/envelope.pb-c.h"

Suandian__V1__PointInfo *map_out_point(struct arena *a, const struct point *p);
Suandian__V1__SiteInfo *map_out_site(struct arena *a, const struct site *s, int64_t now_ms);
Suandian__V1__EventState *map_out_event(struct arena *a, const struct event *e);
Suandian__V1__Plan *map_out_plan(struct arena *a, const struct plan *p);
Suandian__V1__Explanation *map_out_why(struct arena *a, const char *asset, const struct why *w);
Suandian__V1__HealthReport *map_out_health(struct arena *a, const struct health *h);
/* valid_for_ms is counted from now. */
Suandian__V1__Decision *map_out_decision(struct arena *a, const struct decision *d, int64_t now_ms);
