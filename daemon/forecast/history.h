/* Eight days of slot means of one point, and its last value: what persistence forecasts are made of. The owner
 * (engine) keeps one per bound point and feeds it every stored sample. Owner's thread; no allocation. */
#pragma once

#include "forecast/slotmean.h"

#define HISTORY_SLOTS (8 * SLOTS_PER_DAY)

struct history {
	struct point_decl decl;
	int64_t newest_slot_ms; /* INT64_MIN while empty */
	int64_t last_ms;	/* of the latest sample, INT64_MIN while empty */
	double last_value;
	struct slotmean ring[HISTORY_SLOTS];
};

void history_init(struct history *h, const struct point_decl *d);

/* A sample that now stands (quality OK or ESTIMATED, finite; others are the caller's to drop). Any order. Slots
 * older than the ring are left out. */
void history_add(struct history *h, int64_t t_ms, double value);
/* A sample that was added but is now replaced by another value of the same time: call before adding that one. */
void history_remove(struct history *h, int64_t t_ms, double value);

/* Mean of the slot beginning at slot_ms; NaN if unknown (coverage below SLOTMEAN_COVERAGE_MIN_PERMILLE, or
 * outside the ring). */
double history_mean(const struct history *h, int64_t slot_ms);
