/* Sites with everything that a planning input can say. */
#include "planlib/rich.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/slot.h"
#include "planlib/sites.h"

static void *must_have(void *p)
{
	if (!p)
		abort();
	return p;
}

static int64_t percent(struct rng *r, int64_t whole, int lo, int hi)
{
	return whole * rng_range(r, lo, hi) / 100;
}

void rich_cooling(struct plan_input *in, int i, int64_t power_max_w)
{
	struct cooling *c = &in->cooling[i];

	snprintf(c->id, sizeof(c->id), "chiller%d", i + 1);
	c->power_max_w = power_max_w;
	c->cop_ppm = 4 * PPM;
	c->heat_wh_per_k = power_max_w / 10;
	c->temp_min_mc = 18000;
	c->temp_max_mc = 27000;
	c->over_temp_price_e4 = 100000;
	in->temp_mc[i] = 22000;
	if (in->n_cooling <= i)
		in->n_cooling = i + 1;
}

struct plan_window *rich_window(struct plan_input *in, struct arena *a, struct plan_window *w)
{
	w->lo_w = must_have(ARENA_ARRAY(a, in->n, int64_t));
	w->hi_w = must_have(ARENA_ARRAY(a, in->n, int64_t));
	for (uint32_t t = 0; t < in->n; t++) {
		w->lo_w[t] = INT64_MIN;
		w->hi_w[t] = INT64_MAX;
	}
	return w;
}

/* Some steps in a row, anything between −size and size, now and then the wrong way round. */
static void random_window(struct plan_input *in, struct arena *a, struct rng *r,
			  struct plan_window *w, int64_t size)
{
	uint32_t first = (uint32_t)rng_below(r, in->n), n = (uint32_t)rng_below(r, 12);

	if (rng_below(r, 3))
		return;
	rich_window(in, a, w);
	for (uint32_t t = first; t < first + n && t < in->n; t++) {
		if (rng_below(r, 2))
			w->lo_w[t] = percent(r, size, -120, 120);
		if (rng_below(r, 2))
			w->hi_w[t] = percent(r, size, -120, 120);
	}
	if (rng_below(r, 4) == 0)
		w->hi_w = NULL;
}

static void random_cooling(struct plan_input *in, struct rng *r, int64_t size_w)
{
	for (int i = 0; i < in->n_cooling; i++) {
		struct cooling *c = &in->cooling[i];

		rich_cooling(in, i, percent(r, size_w, 5, 40));
		c->cop_ppm = rng_range(r, PPM, 8 * PPM);
		c->cop_slope_ppm_per_k = rng_range(r, 0, 150000);
		c->heat_wh_per_k = percent(r, size_w, 1, 50);
		c->over_temp_price_e4 = rng_range(r, 1000, 1000000);
		in->temp_mc[i] = rng_range(r, 10000, 35000);
		in->cooling_out[i] = rng_below(r, 6) == 0;
	}
	for (uint32_t t = 0; t < in->n; t++)
		in->outdoor_mc[t] = rng_range(r, 5000, 38000);
}

static void random_queue(struct queue *q, struct rng *r)
{
	int64_t power = 0, work = 0, slope = 3 * PPM;

	q->tier = (enum flex_tier)rng_below(r, FLEX_F3 + 1);
	q->n_segments = (int)rng_below(r, QUEUE_MAX_SEGMENTS + 1);
	/* Slopes that fall: the last one is what is left. */
	for (int k = 0; k + 1 < q->n_segments; k++) {
		int64_t dp = (PPM - power) / (q->n_segments - k), least = PPM;

		slope = min_i64(slope, rng_range(r, least, 2 * PPM));
		power += dp;
		work = min_i64(PPM - 1000, work + dp * slope / PPM);
		q->segment_power_ppm[k] = power;
		q->segment_work_ppm[k] = work;
	}
	if (q->n_segments > 0) {
		q->segment_power_ppm[q->n_segments - 1] = PPM;
		q->segment_work_ppm[q->n_segments - 1] = PPM;
	}
}

static void random_feeders(struct plan_input *in, struct rng *r, int64_t size_w)
{
	for (int i = 0; i < in->n_feeders; i++) {
		struct feeder *f = &in->feeders[i];

		snprintf(f->id, sizeof(f->id), "f%d", i + 1);
		if (i > 0 && rng_below(r, 2))
			snprintf(f->parent, sizeof(f->parent), "f%d", (int)rng_range(r, 1, i));
		f->import_max_w = percent(r, size_w, 5, 100);
		f->export_max_w = percent(r, size_w, 0, 60);
	}
	if (in->n_feeders == 0)
		return;
#define HANG(list, count)                                                                          \
	for (int k_ = 0; k_ < (count); k_++) {                                                     \
		struct feeder *f_ = &in->feeders[rng_below(r, (uint64_t)in->n_feeders)];           \
                                                                                                   \
		snprintf(f_->assets[f_->n_assets++], ID_MAX, "%s", in->list[k_].id);               \
	}
	HANG(generators, in->n_generators)
	HANG(storage, in->n_storage)
	HANG(queues, in->n_queues)
	HANG(cooling, in->n_cooling)
#undef HANG
	if (rng_below(r, 2))
		snprintf(in->feeders[0].assets[in->feeders[0].n_assets++], ID_MAX, "it");
}

static void random_rations(struct plan_input *in, struct rng *r, int64_t size_w)
{
	uint32_t half = in->n / 2;

	if (in->n_rations == 0)
		return;
	in->n_rations = 2;
	in->rations[0].end = half;
	in->rations[1].first = half;
	in->rations[1].end = in->n;
	for (int i = 0; i < 2; i++) {
		int64_t hours = 0;

		for (uint32_t t = in->rations[i].first; t < in->rations[i].end; t++)
			hours += in->duration_ms[t] / SLOT_MS;
		in->rations[i].left_wh = percent(r, size_w * hours / 4, -5, 100);
	}
}

/* A second charge, for the evening. */
static void random_demand(struct plan_input *in, struct arena *a, struct rng *r, int64_t size_w)
{
	struct plan_demand *d;

	sites_demand(in, a, rng_range(r, 10000, 300000), percent(r, size_w, 0, 60));
	d = &in->demands[in->n_demands - 1];
	for (uint32_t t = 0; t < in->n; t++)
		d->in_window[t] = in->start_ms[t] / MS_PER_H % 24 >= 9;
}

void rich_make(struct plan_input *in, struct arena *a, struct rng *r)
{
	int64_t size_w = in->load.capacity_w;

	in->n_cooling = (int)rng_below(r, 3);
	in->n_feeders = (int)rng_below(r, 4);
	in->n_rations = (int)rng_below(r, 2);
	random_cooling(in, r, size_w);
	random_feeders(in, r, size_w);
	random_rations(in, r, size_w);
	if (rng_below(r, 2))
		random_demand(in, a, r, size_w);
	in->carbon.price_e4_per_kg = rng_below(r, 2) ? 0 : rng_range(r, 100, 5000);
	for (uint32_t t = 0; t < in->n; t++)
		in->carbon_g[t] = rng_range(r, 0, 900);
	for (int i = 0; i < in->n_queues; i++) {
		random_queue(&in->queues[i], r);
		random_window(in, a, r, &in->queue_window[i],
			      in->queues[i].devices * in->queues[i].device_power_w);
	}
	for (int i = 0; i < in->n_storage; i++)
		random_window(in, a, r, &in->storage_window[i], in->storage[i].discharge_max_w);
	for (int i = 0; i < in->n_cooling; i++)
		random_window(in, a, r, &in->cooling_window[i], in->cooling[i].power_max_w);
	for (int i = 0; i < in->n_generators; i++) {
		in->generators[i].kind = (enum asset_kind)(i == 0 ? ASSET_HYDRO : ASSET_WIND);
		in->generators[i].price_e4 = rng_below(r, 2) ? 0 : rng_range(r, 500, 6000);
		random_window(in, a, r, &in->generator_window[i], in->generators[i].capacity_w);
	}
	in->has_terminal = rng_below(r, 3) == 0;
	for (int i = 0; i < in->n_storage; i++)
		in->terminal_soc_e4[i] = rng_range(r, 0, 8000);
	for (int i = 0; i < in->n_queues; i++)
		in->terminal_work_e4[i] = rng_range(r, 0, 12000);
}

struct plan_input *rich_random(struct arena *a, struct rng *r)
{
	struct plan_input *in = sites_random(a, r);

	rich_make(in, a, r);
	return in;
}
