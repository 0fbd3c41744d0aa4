/* One site's input. */
#include <stdio.h>
#include <string.h>

#include "engine/bands.h"
#include "engine/snapshot_priv.h"

static void fill_static(struct snapshot_builder *b)
{
	const struct site *s = b->ss->site;
	const struct settings *st = &b->e->configuration->settings;
	struct plan_input *in = b->in;

	snprintf(in->site, sizeof(in->site), "%s", s->id);
	in->now_ms = b->e->clock.now_ms;
	in->publish_until_ms = b->publish_until_ms;
	in->pcc = s->pcc;
	in->load = s->load;
	memcpy(in->generators, s->generators, sizeof(in->generators));
	memcpy(in->storage, s->storage, sizeof(in->storage));
	memcpy(in->queues, s->queues, sizeof(in->queues));
	memcpy(in->cooling, s->cooling, sizeof(in->cooling));
	memcpy(in->feeders, s->feeders, sizeof(in->feeders));
	in->n_feeders = s->n_feeders;
	in->carbon = s->carbon;
	in->prices = (struct plan_prices){.tie_break_e4 = st->plan.tie_break_price_e4,
					  .unserved_e4 = st->plan.unserved_price_e4,
					  .reserve_e4 = st->plan.reserve_price_e4,
					  .ups_reserve_e4 = st->plan.ups_reserve_price_e4,
					  .overload_e4 = st->plan.overload_price_e4};
}

static int fill_all(struct snapshot_builder *b, bool without_events)
{
	int r = 0;

	fill_static(b);
	snapshot_load(b);
	for (int k = 0; k < b->in->n_generators; k++)
		snapshot_generator(b, k);
	for (int k = 0; k < b->in->n_storage; k++)
		snapshot_storage(b, k);
	for (int k = 0; r == 0 && k < b->in->n_queues; k++)
		r = snapshot_queue(b, k);
	if (r == 0)
		r = snapshot_climate(b);
	if (r == 0)
		r = snapshot_overrides(b);
	if (r == 0)
		r = snapshot_prices(b);
	if (r == 0)
		r = snapshot_budget(b);
	if (r == 0 && !without_events)
		r = bands_fill(b->e, b->ss, NULL, b->arena, b->in);
	return r;
}

int snapshot_site(struct snapshot_builder *b, bool without_events, struct fault *f)
{
	const struct site *s = b->ss->site;
	struct plan_input *in = b->in;
	int r;

	in->n_generators = s->n_generators;
	in->n_storage = s->n_storage;
	in->n_queues = s->n_queues;
	in->n_cooling = s->n_cooling;
	r = plan_input_init(in, b->arena, b->steps.n, b->steps.start_ms, b->steps.duration_ms);
	if (r)
		return fault_set(f, r, "input of %u steps: %s", b->steps.n, err_text(r));
	in->sources = ARENA_ARRAY(b->arena, SNAPSHOT_SOURCES_MAX, struct plan_source);
	r = in->sources ? fill_all(b, without_events) : -ENOMEM;
	return r ? fault_set(f, r, "input of %s: %s", s->id, err_text(r)) : 0;
}
