/* What operators hold reaches the planner: windows of overrides, and assets that are out of service. */
#include "engine/snapshot_priv.h"
#include "engine/standing.h"

/* Does the instruction hold for most of the step? */
static bool holds(const struct snapshot_builder *b, uint32_t i, const struct instruction *in)
{
	int64_t from = max_i64(b->in->start_ms[i], b->e->clock.now_ms);
	int64_t end = b->in->start_ms[i] + b->in->duration_ms[i];

	return 2 * (min_i64(in->until_ms, end) - from) >= end - from && in->until_ms > from;
}

static int open_window(struct snapshot_builder *b, struct plan_window *w)
{
	if (w->lo_w)
		return 0;
	w->lo_w = ARENA_ARRAY(b->arena, b->in->n, int64_t);
	w->hi_w = ARENA_ARRAY(b->arena, b->in->n, int64_t);
	if (!w->lo_w || !w->hi_w)
		return -ENOMEM;
	for (uint32_t i = 0; i < b->in->n; i++) {
		w->lo_w[i] = INT64_MIN;
		w->hi_w[i] = INT64_MAX;
	}
	return 0;
}

static int bound(struct snapshot_builder *b, struct plan_window *w, const struct instruction *in,
		 int64_t lo_w, int64_t hi_w)
{
	int r = open_window(b, w);

	for (uint32_t i = 0; r == 0 && i < b->in->n; i++) {
		if (!holds(b, i, in))
			continue;
		w->lo_w[i] = lo_w;
		w->hi_w[i] = hi_w;
	}
	return r;
}

static struct plan_window *window_of(struct plan_input *in, const struct asset_state *as)
{
	switch (as->kind) {
	case ASSET_BATTERY:
	case ASSET_UPS:
		return &in->storage_window[as->index];
	case ASSET_QUEUE:
		return &in->queue_window[as->index];
	case ASSET_COOLING:
		return &in->cooling_window[as->index];
	default:
		return &in->generator_window[as->index];
	}
}

/* Watts at the PCC of the IT watts that clusters count. */
static int64_t at_pcc(const struct snapshot_builder *b, int64_t it_w)
{
	int64_t pue = b->in->load.pue_ppm > 0 ? b->in->load.pue_ppm : PPM;

	return (int64_t)((__int128)it_w * pue / PPM);
}

/* Of a source: all that can be had. */
static int bound_to_all(struct snapshot_builder *b, const struct asset_state *as,
			const struct instruction *in)
{
	struct plan_window *w = window_of(b->in, as);
	int r = open_window(b, w);

	for (uint32_t i = 0; r == 0 && i < b->in->n; i++) {
		if (holds(b, i, in))
			w->hi_w[i] = -b->in->generator_w[as->index][i];
	}
	return r;
}

/* Left to its own ways: a store rests as far as anybody knows, a source gives all it has, a queue runs as it likes. */
static int release(struct snapshot_builder *b, const struct asset_state *as,
		   const struct instruction *in)
{
	const struct queue *q;

	switch (as->kind) {
	case ASSET_BATTERY:
	case ASSET_UPS:
		return bound(b, window_of(b->in, as), in, 0, 0);
	case ASSET_QUEUE:
		q = &b->in->queues[as->index];
		return bound(b, window_of(b->in, as), in, at_pcc(b, q->devices * q->device_power_w),
			     INT64_MAX);
	case ASSET_COOLING:
		return 0;
	default:
		return bound_to_all(b, as, in);
	}
}

/* A store gives what lies above its reserve and no more: the decisions of direct.c keep to it, too. */
static int bound_discharge(struct snapshot_builder *b, int k, const struct instruction *in)
{
	const struct storage *st = &b->in->storage[k];
	struct plan_window *w = &b->in->storage_window[k];
	double left = (double)(b->in->soc_wh[k] - max_i64(st->reserve_wh, st->soc_min_wh));
	double eta = (double)st->eta_discharge_ppm / (double)PPM;
	int r = open_window(b, w);

	for (uint32_t i = 0; r == 0 && i < b->in->n; i++) {
		int64_t from = max_i64(b->in->start_ms[i], b->e->clock.now_ms);
		double h = (double)(b->in->start_ms[i] + b->in->duration_ms[i] - from) /
			   (double)MS_PER_H;
		int64_t most = left > 0 && h > 0 ? (int64_t)(left * eta / h) : 0;

		if (!holds(b, i, in))
			continue;
		w->lo_w[i] = w->hi_w[i] = max_i64(in->value_w, -most);
		left += (double)w->lo_w[i] * h / eta;
	}
	return r;
}

static int apply_override(struct snapshot_builder *b, const struct asset_state *as,
			  const struct instruction *in)
{
	struct plan_window *w = window_of(b->in, as);

	if (in->what == OVERRIDE_RELEASE)
		return release(b, as, in);
	if (in->what == OVERRIDE_POWER && in->value_w < 0)
		return bound_discharge(b, as->index, in);
	if (in->what == OVERRIDE_POWER)
		return bound(b, w, in, in->value_w, in->value_w);
	if (asset_kind_is_generator(as->kind))
		return bound(b, w, in, -in->value_w, INT64_MAX);
	return bound(b, w, in, INT64_MIN, at_pcc(b, in->value_w));
}

/* Out of service: no power flows. Of a source nothing can be had; a store cannot be counted on from the first step to the last that it is out in. */
static int apply_outage(struct snapshot_builder *b, const struct asset_state *as,
			const struct instruction *in)
{
	uint32_t n = b->in->n;

	if (asset_kind_is_generator(as->kind)) {
		for (uint32_t i = 0; i < n; i++) {
			if (holds(b, i, in))
				b->in->generator_w[as->index][i] = 0;
		}
		return 0;
	}
	if ((as->kind == ASSET_BATTERY || as->kind == ASSET_UPS) && holds(b, n - 1, in))
		b->in->storage_out[as->index] = true;
	if (as->kind == ASSET_COOLING && holds(b, n - 1, in))
		b->in->cooling_out[as->index] = true;
	return bound(b, window_of(b->in, as), in, 0, 0);
}

int snapshot_overrides(struct snapshot_builder *b)
{
	int r = 0;

	for (int i = 0; r == 0 && i < b->ss->n_assets; i++) {
		const struct asset_state *as = &b->ss->assets[i];
		const struct instruction *override = standing_override(b->e, b->ss->index, i);
		const struct instruction *out = standing_outage(b->e, b->ss->index, i);

		if (out)
			r = apply_outage(b, as, out);
		else if (override)
			r = apply_override(b, as, override);
	}
	return r;
}
