#include "ctl/ask.h"

#include <inttypes.h>
#include <string.h>

#include "base/num.h"

int ask_points(struct ctl *c, const char *prefix, const Suandian__V1__PointList **ret)
{
	Suandian__V1__ListPoints body = SUANDIAN__V1__LIST_POINTS__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	int r;

	body.prefix = (char *)prefix;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_LIST_POINTS;
	env.list_points = &body;
	r = ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_POINT_LIST, &answer);
	if (r == CTL_OK)
		*ret = answer->point_list;
	return r;
}

int ask_point(struct ctl *c, const char *name, const Suandian__V1__PointInfo **ret)
{
	const Suandian__V1__PointList *list;
	int r = ask_points(c, name, &list);

	if (r)
		return r;
	for (size_t i = 0; i < list->n_points; i++) {
		if (list->points[i]->decl && strcmp(list->points[i]->decl->name, name) == 0) {
			*ret = list->points[i];
			return CTL_OK;
		}
	}
	return ctl_fail(c, ERR_NOTFOUND, "no point %s; see: suandianctl points", name);
}

int ask_events(struct ctl *c, const char *site, int64_t from_ms, int64_t to_ms,
	       const Suandian__V1__EventList **ret)
{
	Suandian__V1__ListEvents body = SUANDIAN__V1__LIST_EVENTS__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	int r;

	body.site = (char *)site;
	body.from_ms = from_ms;
	body.to_ms = to_ms;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_LIST_EVENTS;
	env.list_events = &body;
	r = ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_EVENT_LIST, &answer);
	if (r == CTL_OK)
		*ret = answer->event_list;
	return r;
}

/* Of the same event with several revisions in the list, the latest. */
static bool is_newer(const Suandian__V1__EventState *a, const Suandian__V1__EventState *b)
{
	return strcmp(a->event->source, b->event->source) == 0 &&
	       a->event->revision > b->event->revision;
}

static const Suandian__V1__EventState *by_number(const Suandian__V1__EventList *list,
						 const char *id)
{
	int64_t number;

	if (num_parse_i64(id, 1, INT64_MAX, &number) < 0)
		return NULL;
	for (size_t i = 0; i < list->n_events; i++)
		if (list->events[i]->event && list->events[i]->id == (uint64_t)number)
			return list->events[i];
	return NULL;
}

int ask_event(struct ctl *c, const char *id, const char *source,
	      const Suandian__V1__EventState **ret)
{
	const Suandian__V1__EventState *found = NULL;
	const Suandian__V1__EventList *list;
	int r = ask_events(c, "", 0, 0, &list);

	if (r)
		return r;
	for (size_t i = 0; i < list->n_events; i++) {
		const Suandian__V1__EventState *e = list->events[i];

		if (!e->event || strcmp(e->event->external_id, id) != 0 ||
		    (source && strcmp(e->event->source, source) != 0))
			continue;
		if (found && strcmp(found->event->source, e->event->source) != 0)
			return ctl_fail(c, ERR_INVALID,
					"%s is ambiguous: of %s (number %" PRIu64
					") and of %s (number %" PRIu64 "); name the --source",
					id, found->event->source, found->id, e->event->source,
					e->id);
		if (!found || is_newer(e, found))
			found = e;
	}
	if (!found && !source)
		found = by_number(list, id);
	if (!found)
		return ctl_fail(c, ERR_NOTFOUND, "no event %s%s%s; see: suandianctl events", id,
				source ? " of " : "", source ? source : "");
	*ret = found;
	return CTL_OK;
}

int ask_health(struct ctl *c, const Suandian__V1__HealthReport **ret)
{
	Suandian__V1__Health body = SUANDIAN__V1__HEALTH__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	int r;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_HEALTH;
	env.health = &body;
	r = ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_HEALTH_REPORT, &answer);
	if (r == CTL_OK)
		*ret = answer->health_report;
	return r;
}

int ask_decisions(struct ctl *c, const Suandian__V1__ListDecisions *which,
		  const Suandian__V1__DecisionList **ret)
{
	Suandian__V1__ListDecisions body = *which;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	int r;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_LIST_DECISIONS;
	env.list_decisions = &body;
	r = ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_DECISION_LIST, &answer);
	if (r == CTL_OK)
		*ret = answer->decision_list;
	return r;
}

int ask_plan(struct ctl *c, const Suandian__V1__GetPlan *which, const Suandian__V1__Plan **ret)
{
	Suandian__V1__GetPlan body = *which;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	int r;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_GET_PLAN;
	env.get_plan = &body;
	r = ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_PLAN, &answer);
	if (r == CTL_OK)
		*ret = answer->plan;
	return r;
}
