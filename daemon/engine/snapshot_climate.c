/* What is outside the site: carbon of the grid, outdoor temperature; and how warm its own water is. */
#include <math.h>

#include "engine/forecasts.h"
#include "engine/live.h"
#include "engine/points.h"
#include "engine/snapshot_priv.h"

#define CARBON_HOLD_MS (2 * MS_PER_DAY)
#define CARBON_MAX 1e5
#define OUTDOOR_HOLD_MS (12 * MS_PER_H)
/* Where nobody knows: a hot day, on which cooling is dear. */
#define OUTDOOR_ASSUMED_MC 35000
#define MC 1000.0
#define TEMPERATURE_MAX_AGE_MS (30 * MS_PER_MIN)

static void carbon(struct snapshot_builder *b)
{
	struct plan_input *in = b->in;
	struct forecast_ask ask = {.input = "carbon",
				   .as = FORECAST_MEAN,
				   .hold_ms = CARBON_HOLD_MS,
				   .assumed = (double)in->carbon.factor_g_per_kwh,
				   .min = 0,
				   .max = CARBON_MAX};
	const struct live_point *lp = points_bound(b->e, b->ss->site, "carbon");

	if (lp) {
		snapshot_forecast(b, &ask, lp, in->carbon_g);
		return;
	}
	for (uint32_t i = 0; i < in->n; i++)
		in->carbon_g[i] = in->carbon.factor_g_per_kwh;
	if (in->carbon.factor_g_per_kwh > 0)
		snapshot_set_source(snapshot_next_source(b), "carbon", "factor as configured",
				    QUALITY_ESTIMATED);
}

/* In thousandths: a degree is too coarse for a whole number. */
static int outdoor(struct snapshot_builder *b)
{
	struct plan_input *in = b->in;
	struct forecast_ask ask = {.input = "temperature",
				   .as = FORECAST_MEAN,
				   .hold_ms = OUTDOOR_HOLD_MS,
				   .assumed = OUTDOOR_ASSUMED_MC / MC,
				   .min = -80,
				   .max = 80};
	const struct live_point *lp = points_bound(b->e, b->ss->site, "temperature");
	double *v = ARENA_ARRAY(b->arena, in->n, double);
	enum quality *q = ARENA_ARRAY(b->arena, in->n, enum quality);

	if (in->n_cooling == 0)
		return 0;
	if (!v || !q)
		return -ENOMEM;
	forecasts_ask(b->e, lp, &ask);
	forecast_fill(&ask, &b->steps, v, q, snapshot_next_source(b));
	for (uint32_t i = 0; i < in->n; i++)
		in->outdoor_mc[i] = llround(v[i] * MC);
	return 0;
}

bool snapshot_temperature(const struct engine *e, const struct site *s, const char *cooling,
			  double *ret)
{
	const struct live_point *lp = points_bound(e, s, "cooling[%s].temperature", cooling);

	return lp && live_good(lp, e->clock.now_ms, TEMPERATURE_MAX_AGE_MS, ret);
}

/* A temperature that nobody measures is not planned with: its thermostat knows better. */
static void cooling(struct snapshot_builder *b, int k)
{
	struct plan_input *in = b->in;
	const struct cooling *c = &in->cooling[k];
	struct plan_source *src = snapshot_next_source(b);
	double v;

	snapshot_name_input(src->input, "temperature", c->id);
	in->cooling_out[k] = snapshot_is_out(b, ASSET_COOLING, k);
	if (snapshot_temperature(b->e, b->ss->site, c->id, &v)) {
		in->temp_mc[k] = llround(v * MC);
		snapshot_set_source(src, src->input, "measured", QUALITY_OK);
		return;
	}
	in->temp_mc[k] = (c->temp_min_mc + c->temp_max_mc) / 2;
	in->cooling_out[k] = true;
	snapshot_set_source(src, src->input, "unknown: left to its thermostat", QUALITY_MISSING);
}

int snapshot_climate(struct snapshot_builder *b)
{
	int r = outdoor(b);

	carbon(b);
	for (int k = 0; r == 0 && k < b->in->n_cooling; k++)
		cooling(b, k);
	return r;
}
