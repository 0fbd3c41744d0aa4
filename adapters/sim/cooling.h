/* One cooling plant of the twin, step by step: a lumped thermal capacity (plant.h has the law). Pure. */
#pragma once

#include "sim/plant.h"

#define COOLING_THERMOSTAT INT64_MAX /* a set point: as its own thermostat has it */

struct cooling_weather {
	int64_t heat_w; /* it has to move */
	double outdoor_c;
};

/* What the thermostat would take: the heat, and what brings the temperature back to its set point within half an
 * hour. */
int64_t cooling_thermostat_w(const struct plant_cooling *c, double temp_c,
			     const struct cooling_weather *w);

/* dt_ms pass under the set point wanted_w (electric, or COOLING_THERMOSTAT). The plant's own protection overrules it at
 * the edges of the band. Returns the electric power. */
int64_t cooling_step(const struct plant_cooling *c, double *temp_c, int64_t wanted_w,
		     const struct cooling_weather *w, int64_t dt_ms);
