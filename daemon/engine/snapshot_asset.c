/* Storage, generators and the load that is not deferrable. */
#include "engine/forecasts.h"
#include "engine/points.h"
#include "engine/snapshot_priv.h"

#define LOAD_HOLD_MS (2 * MS_PER_DAY)

void snapshot_storage(struct snapshot_builder *b, int k)
{
	const struct storage *st = &b->in->storage[k];
	struct plan_source *src = snapshot_next_source(b);
	struct snapshot_level level = {
		.point = points_bound(b->e, b->ss->site, "storage[%s].soc", st->id),
		.scale = (double)st->energy_wh / 100.0,
		.asset_id = st->id};

	snapshot_name_input(src->input, "soc", st->id);
	b->in->storage_out[k] = snapshot_is_out(b, st->kind, k);
	if (snapshot_level(b, &level, &b->in->soc_wh[k], src))
		return;
	/* at its reserve: nothing to spend, and no penalty for what nobody knows */
	b->in->soc_wh[k] = st->reserve_wh;
	b->in->storage_out[k] = true;
	snapshot_set_source(src, src->input, "unknown: not planned with", QUALITY_MISSING);
}

void snapshot_generator(struct snapshot_builder *b, int k)
{
	struct generator *g = &b->in->generators[k];
	const char *kind = asset_kind_name(generator_kind(g));
	char name[ID_MAX];
	struct forecast_ask ask = {.input = name,
				   .as = FORECAST_MEAN,
				   .assumed = 0,
				   .min = -(double)g->capacity_w,
				   .max = (double)g->capacity_w};

	/* left alone it gives all it has */
	if (snapshot_is_out(b, generator_kind(g), k))
		g->curtailable = false;
	snapshot_name_input(name, kind, g->id);
	forecasts_ask_generator(b->e, points_bound(b->e, b->ss->site, "%s[%s].power", kind, g->id),
				b->ss->site, g, &ask);
	forecast_fill_i64(&ask, &b->steps, b->in->generator_w[k], snapshot_next_source(b));
	/* generation is negative on the meter, what can be had is a magnitude */
	for (uint32_t i = 0; i < b->in->n; i++)
		b->in->generator_w[k][i] = max_i64(-b->in->generator_w[k][i], 0);
}

void snapshot_load(struct snapshot_builder *b)
{
	struct forecast_ask ask = {.input = "load",
				   .as = FORECAST_MEAN,
				   .hold_ms = LOAD_HOLD_MS,
				   .assumed = (double)b->in->load.capacity_w,
				   .min = 0,
				   .max = (double)b->in->load.capacity_w};

	snapshot_forecast(b, &ask, points_bound(b->e, b->ss->site, "load.power"), b->in->load_it_w);
}
