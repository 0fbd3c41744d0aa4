/* The domain in words: what a decision does and why, what an event asks for. Pure; texts by value as in
 * format.h, but longer. */
#pragma once

#include "ctl/format.h"
#include "ctl/out.h"
#include "suandian/v1/asset.pb-c.h"
#include "suandian/v1/decision.pb-c.h"
#include "suandian/v1/event.pb-c.h"

#define DESCRIBE_MAX 200

struct text {
	char s[DESCRIBE_MAX];
};

/* "discharge at 1.200 MW"; `kind` helps to name the verb. NULL: "reset". */
struct text describe_action(const Suandian__V1__Action *action, Suandian__V1__AssetKind kind);
/* "17:55"; "no end" for what is done once and has no term */
struct format describe_term(const struct zone *zone, const Suandian__V1__Decision *d);
/* Of a list, newest first: does the one at `at` have a term that runs, and nothing newer about the same thing (an
 * asset, or a job in it) in its place? */
bool describe_is_in_force(const Suandian__V1__DecisionList *list, size_t at, int64_t now_ms);
/* "event e-1", "plan, at 0.5432 元/kWh" */
struct text describe_reason(const Suandian__V1__Reason *reason);
/* "lower net load by 1.000 MW" */
struct text describe_target(const Suandian__V1__Event *event);
/* "2025-07-15 21:00–22:15, ramp from 20:45" */
struct text describe_window(const struct zone *zone, const Suandian__V1__Event *event);
/* "pv 光伏" */
const char *describe_kind(Suandian__V1__AssetKind kind);

enum style describe_phase_style(Suandian__V1__EventPhase phase);
enum style describe_state_style(Suandian__V1__DecisionState state);
enum style describe_quality_style(Suandian__V1__Quality quality);

/* Has the event ended, one way or another? */
bool describe_event_is_over(Suandian__V1__EventPhase phase);
