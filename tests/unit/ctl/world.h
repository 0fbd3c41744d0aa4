/* The canned world of the fake daemon: one site, one plan, two events, a few decisions and audit records. Everything
 * is a constant or integer arithmetic, so that golden files hold anywhere. */
#pragma once

#include "base/arena.h"
#include "suandian/v1/envelope.pb-c.h"

/* 2025-07-15 19:00 in Shanghai, and the begin of the plan. */
#define WORLD_NOW_MS INT64_C(1752577200000)
#define WORLD_PLAN_MS (WORLD_NOW_MS - 3600000)

/* U+202E, which turns what follows around; an array, for a literal would turn the source around. */
extern const char world_override[4];

/* The answers to one request, in the arena: *ret_n envelopes (without ids), several for streams. `role` is what
 * Hello asked for. `hostile`: every text of the world carries control sequences. */
Suandian__V1__Envelope **world_answer(struct arena *a, const Suandian__V1__Envelope *request,
				      const char *role, bool hostile, size_t *ret_n);
