/* Synthetic series: plausible days from a seed. Each value depends on (spec, key, zone, time) only. Pure. */
#pragma once

#include "base/slot.h"
#include "sim/series.h"
#include "sim/spec.h"

/* Fills s->value from the spec (SERIES_CONSTANT … SERIES_WEATHER), scale, offset and bounds not yet applied. */
void synth_fill(const struct series_spec *spec, uint64_t key, const struct zone *zone,
		struct series *s);

/* value × scale + offset, within [min, max]. */
void synth_finish(const struct series_spec *spec, struct series *s);

/* Sine of the sun's height over the horizon; below 0 at night. Latitude, longitude in degrees, east positive. */
double synth_sun_height(double latitude, double longitude, int64_t t_ms);
