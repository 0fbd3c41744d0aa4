/* The inside of the canned world, shared by world*.c: answers to single requests, in the arena. */
#pragma once

#include <string.h>

#include "world.h"

#define WORLD_SLOT_MS INT64_C(900000)
#define WORLD_MIN_MS INT64_C(60000)
#define WORLD_EVENT_FROM_MS (WORLD_NOW_MS + 120 * WORLD_MIN_MS)
#define WORLD_EVENT_TO_MS (WORLD_EVENT_FROM_MS + 75 * WORLD_MIN_MS)

#define NEW(a, type, name)                                                                         \
	type *name = arena_alloc(a, sizeof(*name));                                                \
	*name = (type)

void world_answer_sites(struct arena *a, Suandian__V1__Envelope *env);
void world_answer_points(struct arena *a, const char *prefix, Suandian__V1__Envelope *env);
void world_answer_latest(struct arena *a, const Suandian__V1__QueryLatest *q,
			 Suandian__V1__Envelope *env);
void world_answer_range(struct arena *a, const Suandian__V1__QueryRange *q, int part,
			Suandian__V1__Envelope *env);
void world_answer_plan(struct arena *a, const Suandian__V1__GetPlan *q,
		       Suandian__V1__Envelope *env);
void world_answer_backtest(struct arena *a, const Suandian__V1__Backtest *q, int part,
			   Suandian__V1__Envelope *env);
void world_answer_replay(struct arena *a, const Suandian__V1__Replay *q,
			 Suandian__V1__Envelope *env);
void world_answer_what_if(struct arena *a, const Suandian__V1__WhatIf *q,
			  Suandian__V1__Envelope *env);
void world_answer_why(struct arena *a, const Suandian__V1__Explain *q, Suandian__V1__Envelope *env);
void world_answer_jobs(struct arena *a, const Suandian__V1__ListJobs *q,
		       Suandian__V1__Envelope *env);
void world_answer_push(struct arena *a, const Suandian__V1__PushJobs *q, const char *role,
		       Suandian__V1__Envelope *env);
void world_answer_events(struct arena *a, Suandian__V1__Envelope *env);
void world_answer_state(struct arena *a, Suandian__V1__Event *ev, Suandian__V1__EventPhase phase,
			Suandian__V1__Envelope *env);
void world_answer_cancel(struct arena *a, const Suandian__V1__CancelEvent *q,
			 Suandian__V1__Envelope *env);
Suandian__V1__Decision *world_decision(struct arena *a, int i);
void world_answer_decisions(struct arena *a, const Suandian__V1__ListDecisions *q,
			    Suandian__V1__Envelope *env);
void world_answer_health(struct arena *a, Suandian__V1__Envelope *env);
void world_answer_metrics(struct arena *a, Suandian__V1__Envelope *env);
void world_answer_audit(struct arena *a, const Suandian__V1__ReadAudit *q, bool broken,
			Suandian__V1__Envelope *env);
void world_answer_verdict(struct arena *a, bool broken, Suandian__V1__Envelope *env);
void world_answer_config(struct arena *a, Suandian__V1__Envelope *env);
void world_answer_diff(struct arena *a, Suandian__V1__Envelope *env);
void world_answer_overrides(struct arena *a, bool all, Suandian__V1__Envelope *env);
void world_answer_pending(struct arena *a, Suandian__V1__Envelope *env);
void world_answer_flags(struct arena *a, Suandian__V1__Envelope *env);
void world_answer_ok(struct arena *a, const char *reason, Suandian__V1__Envelope *env);
void world_answer_error(struct arena *a, const char *code, const char *text, const char *field,
			Suandian__V1__Envelope *env);
