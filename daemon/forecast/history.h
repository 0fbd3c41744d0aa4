/* What one point measured: exact slot means of eight days, their rounded values of five weeks, and the last value. The
 * first settle accounts and take corrections, the second are what forecasts learn from. 24.6 KB + 13.8 KB a point.
 * The owner (engine) keeps one per bound point and feeds it every stored sample. Owner's thread; no allocation. */
#pragma once

#include "forecast/slotmean.h"

#define HISTORY_SLOTS (8 * SLOTS_PER_DAY)
#define HISTORY_LONG_DAYS 36
#define HISTORY_LONG_SLOTS (HISTORY_LONG_DAYS * SLOTS_PER_DAY)

struct history {
	struct point_decl decl;
	int64_t newest_slot_ms; /* INT64_MIN while empty */
	int64_t last_ms;	/* of the latest sample, INT64_MIN while empty */
	double last_value;
	struct slotmean ring[HISTORY_SLOTS];
	/* Slots that changed since they were rounded, both included; from > to = none. */
	int64_t rough_from_ms, rough_to_ms;
	/* The earliest slot that changed since the owner last set it to INT64_MAX: what was learnt from later slots
	 * still holds. */
	int64_t changed_ms;
	float rounded[HISTORY_LONG_SLOTS]; /* NaN = unknown */
};

void history_init(struct history *h, const struct point_decl *d);

/* A sample that now stands (quality OK or ESTIMATED, finite; others are the caller's to drop). Any order. Slots
 * older than eight days are left out: see history_is_rounded(). */
void history_add(struct history *h, int64_t t_ms, double value);
/* A sample that was added but is now replaced by another value of the same time: call before adding that one. */
void history_remove(struct history *h, int64_t t_ms, double value);

/* Mean of the slot beginning at slot_ms; NaN if unknown (coverage below SLOTMEAN_COVERAGE_MIN_PERMILLE, or
 * outside the eight days). */
double history_mean(const struct history *h, int64_t slot_ms);

/* The same over five weeks, rounded to 24 bits. After history_settle(), and until the next change. */
double history_long_mean(const struct history *h, int64_t slot_ms);
/* Rounds what changed. Cheap if nothing did. */
void history_settle(struct history *h);
/* Is the slot one of which only the rounded mean is left? A late sample does not reach it: the owner makes its mean
 * anew from the stored samples and puts it here (NaN = unknown). Slots outside are left out. */
bool history_is_rounded(const struct history *h, int64_t slot_ms);
void history_put_rounded(struct history *h, int64_t slot_ms, double mean);
