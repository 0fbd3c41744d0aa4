/* The questions that several commands ask. Each returns CTL_OK or an exit status, as ctl_call(). */
#pragma once

#include "ctl/ctl.h"
#include "suandian/v1/envelope.pb-c.h"

int ask_points(struct ctl *c, const char *prefix, const Suandian__V1__PointList **ret);
/* The point of exactly that name; says so and is CTL_REFUSED if there is none. */
int ask_point(struct ctl *c, const char *name, const Suandian__V1__PointInfo **ret);
/* Events of a site ("" = all) that touch [from_ms, to_ms); 0 = all. */
int ask_events(struct ctl *c, const char *site, int64_t from_ms, int64_t to_ms,
	       const Suandian__V1__EventList **ret);
/* The event of that issuer's id or, failing that, of that number; `source` may be NULL. None, or several: says so
 * and is CTL_REFUSED. */
int ask_event(struct ctl *c, const char *id, const char *source,
	      const Suandian__V1__EventState **ret);
int ask_health(struct ctl *c, const Suandian__V1__HealthReport **ret);
int ask_decisions(struct ctl *c, const Suandian__V1__ListDecisions *which,
		  const Suandian__V1__DecisionList **ret);
int ask_plan(struct ctl *c, const Suandian__V1__GetPlan *which, const Suandian__V1__Plan **ret);
