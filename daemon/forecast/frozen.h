/* Meters that stand still: the same value over and over from a point that otherwise changes. Such values are no
 * measurements, and nothing may be learnt from them. Pure. */
#pragma once

#include "base/slot.h"

/* So long without a change, and at least FROZEN_PERIODS of the point, is a stand-still. */
#define FROZEN_MIN_MS MS_PER_H
#define FROZEN_PERIODS 12

/* Slots in a row of which a stand-still has at least so many. */
int frozen_slots(int64_t period_ms);

/* mean[n]: consecutive slot means, NaN = unknown. Turns the values of every stand-still into NaN and returns how
 * many. Zero is no stand-still (night, calm, nothing to do), nor are the values of a point that is mostly
 * constant or often so (a price, a set point, a status). */
int frozen_mask(float *mean, int n, int64_t period_ms);

/* How many of the last slots are one stand-still, 0 = none: for the question whether a meter hangs now. */
int frozen_tail(const float *mean, int n, int64_t period_ms);
