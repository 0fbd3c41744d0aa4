/* A made-up past of slot means, for tests of what is learnt from one. */
#pragma once

#include <check.h>
#include <math.h>
#include <string.h>

#include "forecast/backtest.h"
#include "testlib/rng.h"

#define WORLD_DAYS 60
#define WORLD_SLOTS (WORLD_DAYS * SLOTS_PER_DAY)

struct world {
	const struct zone *zone;
	int64_t start_ms; /* local midnight */
	double mean[WORLD_SLOTS];
	struct calendar calendar;
};

static inline double world_mean(const void *ctx, int64_t slot_ms)
{
	const struct world *w = ctx;
	int64_t i = (slot_ms - w->start_ms) / SLOT_MS;

	return slot_ms >= w->start_ms && i < WORLD_SLOTS ? w->mean[i] : NAN;
}

static inline void world_init(struct world *w, const char *zone, int y, int m, int d)
{
	memset(w, 0, sizeof(*w));
	ck_assert_int_eq(zone_load(zone, &w->zone), 0);
	w->start_ms = zone_utc(w->zone, y, m, d, 0, 0);
}

static inline int64_t world_at(const struct world *w, int day, int slot)
{
	return w->start_ms + (int64_t)day * MS_PER_DAY + slot * SLOT_MS;
}

static inline struct dayview_ask world_ask(const struct world *w, int64_t now_ms, int sign)
{
	return (struct dayview_ask){.zone = w->zone,
				    .calendar = &w->calendar,
				    .now_ms = now_ms,
				    .sign = sign,
				    .period_ms = MS_PER_MIN,
				    .mean = world_mean,
				    .ctx = w};
}
