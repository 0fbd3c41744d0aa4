#include "ctl/describe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

PRINTF_LIKE(1, 2)
static struct text print(const char *fmt, ...)
{
	struct text t;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(t.s, sizeof(t.s), fmt, ap);
	va_end(ap);
	return t;
}

static struct text describe_power(int64_t power_w, Suandian__V1__AssetKind kind)
{
	bool storage = kind == SUANDIAN__V1__ASSET_KIND__ASSET_BATTERY ||
		       kind == SUANDIAN__V1__ASSET_KIND__ASSET_UPS;

	if (storage && power_w == 0)
		return print("rest at 0 W");
	if (storage)
		return print("%s at %s", power_w > 0 ? "charge" : "discharge",
			     format_power(power_w > 0 ? power_w : -power_w).s);
	return print("power %s", format_power(power_w).s);
}

struct text describe_action(const Suandian__V1__Action *action, Suandian__V1__AssetKind kind)
{
	switch (action ? action->what_case : SUANDIAN__V1__ACTION__WHAT__NOT_SET) {
	case SUANDIAN__V1__ACTION__WHAT_POWER_W:
		return describe_power(action->power_w, kind);
	case SUANDIAN__V1__ACTION__WHAT_CAP_W:
		return print("at most %s", format_power(action->cap_w).s);
	case SUANDIAN__V1__ACTION__WHAT_SOC_TARGET_WH:
		return print("SOC to %s", format_energy(action->soc_target_wh).s);
	case SUANDIAN__V1__ACTION__WHAT_JOB:
		return print("%s job %s",
			     format_enum(&suandian__v1__job_action__verb__descriptor,
					 (int)action->job->verb)
				     .s,
			     action->job->job);
	case SUANDIAN__V1__ACTION__WHAT_MIGRATE:
		return print("move %.63s%.63s to %.63s%s%.63s",
			     *action->migrate->job ? "job " : "work", action->migrate->job,
			     action->migrate->to_site, *action->migrate->to_queue ? "/" : "",
			     action->migrate->to_queue);
	case SUANDIAN__V1__ACTION__WHAT_RELEASE:
		return print("release");
	default:
		return print("reset");
	}
}

struct format describe_term(const struct zone *zone, const Suandian__V1__Decision *d)
{
	struct format none = {"no end"};

	return d->valid_until_ms ? format_hour(zone, d->valid_until_ms) : none;
}

/* The job in the asset, "" for the asset itself. */
static const char *subject_of(const Suandian__V1__Decision *d)
{
	const Suandian__V1__Action *a = d->action;

	if (a && a->what_case == SUANDIAN__V1__ACTION__WHAT_JOB)
		return a->job->job;
	if (a && a->what_case == SUANDIAN__V1__ACTION__WHAT_MIGRATE)
		return *a->migrate->job ? a->migrate->job : "*";
	return "";
}

bool describe_is_in_force(const Suandian__V1__DecisionList *list, size_t at, int64_t now_ms)
{
	const Suandian__V1__Decision *d = list->decisions[at];

	for (size_t i = 0; i < at; i++)
		if (strcmp(list->decisions[i]->asset, d->asset) == 0 &&
		    strcmp(subject_of(list->decisions[i]), subject_of(d)) == 0)
			return false;
	return d->valid_until_ms > now_ms;
}

struct text describe_reason(const Suandian__V1__Reason *reason)
{
	struct format code, price = {""};
	const char *event, *limit;

	if (!reason)
		return print("-");
	code = format_enum(&suandian__v1__reason_code__descriptor, (int)reason->code);
	event = reason->event;
	limit = reason->limit;
	if (reason->marginal_price)
		price = format_price(reason->marginal_price);
	return print("%s%s%.60s%s%.60s%s%s", code.s, *event ? " " : "", event,
		     *limit ? ", limit " : "", limit, *price.s ? ", at " : "", price.s);
}

struct text describe_target(const Suandian__V1__Event *event)
{
	bool up = event->direction == SUANDIAN__V1__DIRECTION__DIRECTION_UP;

	switch (event->target_case) {
	case SUANDIAN__V1__EVENT__TARGET_REDUCTION_W:
		return print("%s net load by %s", up ? "lower" : "raise",
			     format_power(event->reduction_w).s);
	case SUANDIAN__V1__EVENT__TARGET_PCC_CAP_W:
		return print("net load at %s %s", up ? "most" : "least",
			     format_power(event->pcc_cap_w).s);
	default:
		return print("nothing any more (reset)");
	}
}

struct text describe_window(const struct zone *zone, const Suandian__V1__Event *event)
{
	bool open = event->has_end_case != SUANDIAN__V1__EVENT__HAS_END_END_MS;
	struct format span = open ? format_time(zone, event->start_ms)
				  : format_interval(zone, event->start_ms, event->end_ms);

	return print("%s%s%s%s%s", open ? "from " : "", span.s, open ? ", open end" : "",
		     event->ramp_ms > 0 ? ", ramp from " : "",
		     event->ramp_ms > 0 ? format_hour(zone, event->start_ms - event->ramp_ms).s
					: "");
}

const char *describe_kind(Suandian__V1__AssetKind kind)
{
	switch (kind) {
	case SUANDIAN__V1__ASSET_KIND__ASSET_PV:
		return "PV 光伏";
	case SUANDIAN__V1__ASSET_KIND__ASSET_WIND:
		return "wind 风电";
	case SUANDIAN__V1__ASSET_KIND__ASSET_HYDRO:
		return "hydro 水电";
	case SUANDIAN__V1__ASSET_KIND__ASSET_COOLING:
		return "cooling 制冷";
	case SUANDIAN__V1__ASSET_KIND__ASSET_BATTERY:
		return "battery 储能";
	case SUANDIAN__V1__ASSET_KIND__ASSET_UPS:
		return "UPS";
	case SUANDIAN__V1__ASSET_KIND__ASSET_LOAD:
		return "IT load 算力负荷";
	case SUANDIAN__V1__ASSET_KIND__ASSET_QUEUE:
		return "job queue 可移算力";
	case SUANDIAN__V1__ASSET_KIND__ASSET_PCC:
		return "PCC 关口";
	default:
		return "asset";
	}
}

enum style describe_phase_style(Suandian__V1__EventPhase phase)
{
	switch (phase) {
	case SUANDIAN__V1__EVENT_PHASE__EVENT_ACTIVE:
	case SUANDIAN__V1__EVENT_PHASE__EVENT_ARMED:
		return STYLE_EVENT;
	case SUANDIAN__V1__EVENT_PHASE__EVENT_REJECTED:
		return STYLE_BAD;
	case SUANDIAN__V1__EVENT_PHASE__EVENT_COMPLETED:
	case SUANDIAN__V1__EVENT_PHASE__EVENT_ACCEPTED:
		return STYLE_GOOD;
	default:
		return STYLE_DIM;
	}
}

enum style describe_state_style(Suandian__V1__DecisionState state)
{
	switch (state) {
	case SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED:
	case SUANDIAN__V1__DECISION_STATE__DECISION_VERIFIED:
		return STYLE_GOOD;
	case SUANDIAN__V1__DECISION_STATE__DECISION_FAILED:
	case SUANDIAN__V1__DECISION_STATE__DECISION_REJECTED:
		return STYLE_BAD;
	case SUANDIAN__V1__DECISION_STATE__DECISION_EXPIRED:
	case SUANDIAN__V1__DECISION_STATE__DECISION_SUPERSEDED:
		return STYLE_DIM;
	default:
		return STYLE_PLAIN;
	}
}

enum style describe_quality_style(Suandian__V1__Quality quality)
{
	switch (quality) {
	case SUANDIAN__V1__QUALITY__QUALITY_OK:
		return STYLE_GOOD;
	case SUANDIAN__V1__QUALITY__QUALITY_ESTIMATED:
		return STYLE_WARN;
	default:
		return STYLE_BAD;
	}
}

bool describe_event_is_over(Suandian__V1__EventPhase phase)
{
	switch (phase) {
	case SUANDIAN__V1__EVENT_PHASE__EVENT_REJECTED:
	case SUANDIAN__V1__EVENT_PHASE__EVENT_COMPLETED:
	case SUANDIAN__V1__EVENT_PHASE__EVENT_CANCELLED:
	case SUANDIAN__V1__EVENT_PHASE__EVENT_SUPERSEDED:
		return true;
	default:
		return false;
	}
}
