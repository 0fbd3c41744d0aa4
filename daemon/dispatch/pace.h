/* Power and pace: what a job does at less than full power, and what the tiers allow. Pure.
 *
 * A queue's concave curve gives throughput for power, both as shares of full speed; without one both are equal. */
#pragma once

#include "base/slot.h"
#include "model/job.h"

/* Throughput at that share of full power, and the least power for that throughput. Clamped to [0, PPM]. */
int64_t pace_work_ppm(const struct queue *q, int64_t power_ppm);
int64_t pace_power_ppm(const struct queue *q, int64_t work_ppm);

/* Throughput that a tier must keep: F0 all, F1 90 %, F2 75 %, F3 50 % (flex_tier in model/site.h). */
int64_t pace_floor_ppm(enum flex_tier tier);

/* IT watts of the job at full pace, and the least at which it may run: its tier's slow-down, or fewer devices where
 * it can do with fewer. Tier F0 runs at full pace only. */
int64_t pace_full_w(const struct queue *q, const struct compute_job *j);
int64_t pace_least_w(const struct queue *q, const struct compute_job *j);

/* Must it run now, at full pace, to be in time? Starts wait for slots, and what starts beside it may take some of its
 * power for a few minutes: a job that could wait for two slots still is not in a hurry. */
bool pace_is_urgent(int64_t left_ds, int64_t devices, int64_t deadline_ms, int64_t now_ms);
/* By how much a job is to be started before it would be too late. */
#define PACE_LEAD_MS (2 * SLOT_MS)
