#include "engine/snapshot.h"

#include <stdio.h>
#include <string.h>

#include "engine/bands.h"
#include "engine/peak.h"
#include "engine/snapshot_priv.h"
#include "engine/state.h"

#define FINE_MAX_MS (2 * MS_PER_DAY)

static int fill_static(struct snapshot_builder *b)
{
	const struct site *s = b->ss->site;
	const struct settings *st = &b->e->configuration->settings;
	const struct tariff *t = site_tariff_at(s, b->e->clock.now_ms);
	struct plan_input *in = b->in;

	snprintf(in->site, sizeof(in->site), "%s", s->id);
	in->now_ms = b->e->clock.now_ms;
	in->pcc = s->pcc;
	in->load = s->load;
	memcpy(in->generators, s->generators, sizeof(in->generators));
	memcpy(in->storage, s->storage, sizeof(in->storage));
	memcpy(in->queues, s->queues, sizeof(in->queues));
	in->prices = (struct plan_prices){.tie_break_e4 = st->plan.tie_break_price_e4,
					  .unserved_e4 = st->plan.unserved_price_e4,
					  .reserve_e4 = st->plan.reserve_price_e4,
					  .ups_reserve_e4 = st->plan.ups_reserve_price_e4,
					  .overload_e4 = st->plan.overload_price_e4};
	/* where demand is contracted the basic charge does not follow the peak, what lies above is priced by the
	 * PCC's own price */
	if (t && t->demand_price_e4 > 0 && s->pcc.contracted_demand_w == 0) {
		struct plan_demand *d = &in->demands[0];

		snprintf(d->id, sizeof(d->id), "demand");
		d->price_e4 = t->demand_price_e4;
		d->incumbent_w = peak_until_now(b->e, b->ss);
		d->in_window = ARENA_ARRAY(b->arena, in->n, bool);
		if (!d->in_window)
			return -ENOMEM;
		memset(d->in_window, true, in->n * sizeof(bool));
		in->n_demands = 1;
	}
	return 0;
}

static int64_t fine_span(const struct snapshot_builder *b)
{
	int64_t now = b->e->clock.now_ms, fine = b->e->configuration->settings.plan.fine_ms;
	const struct event_live *el;
	size_t at = 0;

	while ((el = map_next(&b->e->events.by_id, &at, NULL, NULL))) {
		const struct event *ev = &el->ev;

		if (el->site != b->ss->index || (!event_is_live(ev) && ev->phase != EVENT_ISSUED) ||
		    ev->n_slots == 0)
			continue;
		fine = max_i64(fine, ev->slots[ev->n_slots - 1].start_ms + SLOT_MS - now);
	}
	return max_i64(min_i64(fine, FINE_MAX_MS), SLOT_MS);
}

static int make_grid(struct snapshot_builder *b, int64_t until_ms, struct fault *f)
{
	int64_t *start = ARENA_ARRAY(b->arena, PLAN_MAX_STEPS, int64_t);
	int64_t *duration = ARENA_ARRAY(b->arena, PLAN_MAX_STEPS, int64_t);
	const struct site *s = b->ss->site;
	int64_t now = b->e->clock.now_ms;
	struct plan_grid grid = {0};
	int n, r;

	if (!start || !duration)
		return fault_set(f, -ENOMEM, "out of memory");
	until_ms = max_i64(until_ms, now + b->e->configuration->settings.plan.horizon_ms);
	grid.quarter_ms = slot_floor(now) + fine_span(b);
	grid.hour_ms = until_ms;
	n = plan_grid(now, &grid, PLAN_MAX_STEPS, start, duration);
	if (n <= 0)
		return fault_set(f, n < 0 ? n : ERR_NODATA, "no grid of steps to %lld ms ahead",
				 (long long)(until_ms - now));
	b->in->n_generators = s->n_generators;
	b->in->n_storage = s->n_storage;
	b->in->n_queues = s->n_queues;
	r = plan_input_init(b->in, b->arena, (uint32_t)n, start, duration);
	if (r)
		return fault_set(f, r, "input of %d steps: %s", n, err_text(r));
	b->steps = (struct forecast_steps){
		.n = b->in->n, .start_ms = b->in->start_ms, .duration_ms = b->in->duration_ms};
	return 0;
}

static int fill_all(struct snapshot_builder *b, bool without_events)
{
	int r = fill_static(b);

	if (r)
		return r;
	snapshot_load(b);
	for (int k = 0; k < b->in->n_generators; k++)
		snapshot_generator(b, k);
	for (int k = 0; k < b->in->n_storage; k++)
		snapshot_storage(b, k);
	for (int k = 0; k < b->in->n_queues; k++)
		snapshot_queue(b, k);
	r = snapshot_overrides(b);
	if (r == 0)
		r = snapshot_prices(b);
	if (r == 0 && !without_events)
		r = bands_fill(b->e, b->ss, b->arena, b->in);
	return r;
}

int snapshot_build(struct engine *e, struct site_state *ss, const struct snapshot_wish *wish,
		   struct arena *a, struct plan_input **ret, struct fault *f)
{
	struct snapshot_builder b = {.e = e, .ss = ss, .arena = a};
	int r;

	b.in = ARENA_NEW(a, struct plan_input);
	if (!b.in)
		return fault_set(f, -ENOMEM, "out of memory");
	r = make_grid(&b, wish->until_ms, f);
	if (r)
		return r;
	b.in->sources = ARENA_ARRAY(a, SNAPSHOT_SOURCES_MAX, struct plan_source);
	r = b.in->sources ? fill_all(&b, wish->without_events) : -ENOMEM;
	if (r)
		return fault_set(f, r, "input of %s: %s", ss->site->id, err_text(r));
	*ret = b.in;
	return 0;
}
