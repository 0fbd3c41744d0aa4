/* One storage of the twin, battery or UPS, step by step. Energy is in millijoules (W·ms), integers throughout, so
 * that a year of steps loses nothing but what the physics loses. Pure. */
#pragma once

#include "sim/plant.h"

#define MJ_PER_WH INT64_C(3600000)

struct battery_flow {
	int64_t power_w; /* mean over the step at the grid side, charge + */
	int64_t lost_mj; /* conversion and self-discharge: level after = before + power × dt − lost */
};

/* dt_ms (≤ 1 h) of following the set point wanted_w, within the limits of power and level. Outside the limits of level
 * it only moves towards them. Self-discharge comes first and stops at 0. */
struct battery_flow battery_step(const struct plant_storage *s, int64_t *soc_mj, int64_t wanted_w,
				 int64_t dt_ms);
