#include "sim/cooling.h"

#include <math.h>

#include "base/require.h"
#include "base/slot.h"

#define COP_LEAST 1.0
#define RETURN_H 0.5

static double cop_at(const struct plant_cooling *c, double outdoor_c)
{
	double cop = (double)c->cop_ppm - (double)c->cop_slope_ppm_per_k * fmax(0, outdoor_c - 20);

	return fmax(cop / 1e6, COP_LEAST);
}

static int64_t electric_w(const struct plant_cooling *c, double heat_w, double outdoor_c)
{
	return clamp_i64(llround(heat_w / cop_at(c, outdoor_c)), 0, c->power_max_w);
}

int64_t cooling_thermostat_w(const struct plant_cooling *c, double temp_c,
			     const struct cooling_weather *w)
{
	double back_w = (temp_c - c->temp_set_c) * (double)c->heat_wh_per_k / RETURN_H;

	return electric_w(c, (double)w->heat_w + back_w, w->outdoor_c);
}

/* Electric power that ends the step at this temperature. */
static int64_t to_reach_w(const struct plant_cooling *c, double from_c, double to_c,
			  const struct cooling_weather *w, double hours)
{
	double heat_w = (double)w->heat_w + (from_c - to_c) * (double)c->heat_wh_per_k / hours;

	return electric_w(c, heat_w, w->outdoor_c);
}

int64_t cooling_step(const struct plant_cooling *c, double *temp_c, int64_t wanted_w,
		     const struct cooling_weather *w, int64_t dt_ms)
{
	double hours = (double)dt_ms / (double)MS_PER_H;
	int64_t power_w = wanted_w;

	REQUIRE(dt_ms > 0 && c->heat_wh_per_k > 0);
	if (wanted_w == COOLING_THERMOSTAT)
		power_w = cooling_thermostat_w(c, *temp_c, w);
	power_w = min_i64(power_w, to_reach_w(c, *temp_c, c->temp_min_c, w, hours));
	power_w = max_i64(power_w, to_reach_w(c, *temp_c, c->temp_max_c, w, hours));
	*temp_c += ((double)w->heat_w - cop_at(c, w->outdoor_c) * (double)power_w) * hours /
		   (double)c->heat_wh_per_k;
	return power_w;
}
