#include "planlib/regions.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "planlib/rich.h"

#define KW INT64_C(1000)
#define MW INT64_C(1000000)
#define MOST 64 /* limits and links of one region here */

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static struct plan_region *new_region(struct arena *a, int n_sites)
{
	struct plan_region *in = must(ARENA_NEW(a, struct plan_region));

	in->n_sites = n_sites;
	in->sites = must(ARENA_ARRAY(a, (size_t)n_sites, struct plan_input *));
	in->limits = must(ARENA_ARRAY(a, MOST, struct region_limit));
	in->links = must(ARENA_ARRAY(a, MOST, struct region_link));
	return in;
}

struct region_limit *regions_limit(struct plan_region *in, struct arena *a, int64_t import_max_w)
{
	struct region_limit *l = &in->limits[in->n_limits++];

	snprintf(l->id, sizeof(l->id), in->n_limits > 1 ? "sc%d" : "sc", in->n_limits);
	snprintf(l->kind, sizeof(l->kind), "section");
	l->import_max_w = import_max_w;
	l->export_max_w = INT64_MAX;
	l->n_sites = in->n_sites;
	l->sites = must(ARENA_ARRAY(a, (size_t)in->n_sites, int));
	for (int i = 0; i < in->n_sites; i++)
		l->sites[i] = i;
	l->background_w = must(ARENA_ARRAY(a, in->sites[0]->n, int64_t));
	return l;
}

struct region_link *regions_link(struct plan_region *in, int from, int to)
{
	struct region_link *l = &in->links[in->n_links++];

	snprintf(l->id, sizeof(l->id), "l%d", in->n_links);
	l->from = from;
	l->to = to;
	l->work_max_ds_per_h = INT64_C(100000000);
	return l;
}

struct plan_region *regions_plain(struct arena *a, int n_sites, int n_storage)
{
	struct plan_region *in = new_region(a, n_sites);

	for (int i = 0; i < n_sites; i++) {
		struct plan_input *s = sites_plain(a, 4, MS_PER_H, 0, n_storage, 1);

		snprintf(s->site, sizeof(s->site), "%c", 'a' + i);
		for (uint32_t t = 0; t < s->n; t++)
			s->load_it_w[t] = 200 * KW;
		sites_queue(s, 0);
		for (int k = 0; k < n_storage; k++)
			sites_battery(s, k);
		in->sites[i] = s;
	}
	return in;
}

/* ---- the pilots ---- */

static double local_hour(const struct plan_input *in, uint32_t t)
{
	return (double)((in->start_ms[t] - SITES_T0) % MS_PER_DAY) / (double)MS_PER_H;
}

/* Liangshan: cheaper hydro power, wind at night, fewer machines. */
static void make_liangshan(struct plan_input *in, struct rng *r)
{
	snprintf(in->site, sizeof(in->site), "liangshan");
	in->load = (struct it_load){"it", 7 * MW, 2 * MW, 1150000};
	in->n_generators = 2;
	in->generators[0] = (struct generator){
		.id = "wind1", .kind = ASSET_WIND, .capacity_w = 6 * MW, .curtailable = true};
	in->generators[1] = (struct generator){
		.id = "hydro1", .kind = ASSET_HYDRO, .capacity_w = 3 * MW, .curtailable = true};
	for (uint32_t t = 0; t < in->n; t++) {
		double night = 0.5 + 0.5 * cos(M_PI * (local_hour(in, t) - 3) / 12);

		in->generator_w[0][t] = llround(6e6 * night * (0.4 + 0.3 * rng_double(r)));
		in->generator_w[1][t] = 2400 * KW;
		in->price_buy_e4[t] = in->price_buy_e4[t] * 8 / 10;
		in->price_sell_e4[t] = in->price_buy_e4[t] / 2;
		in->load_it_w[t] = in->load_it_w[t] * 6 / 10;
	}
	in->queues[0].devices = 3000;
	in->backlog_ds[0] /= 2;
	for (uint32_t t = 0; t < in->n; t++) {
		in->arrivals_ds[0][t] /= 3;
		in->due_ds[0][t] /= 2;
	}
}

/* Other consumers: least at 5:00, most at 21:00. */
static int64_t others_w(double hour, double mean_w, double swing_w)
{
	double x = cos(M_PI * (hour - 21) / 12);

	return llround(mean_w + swing_w * (x > 0 ? x * x : x));
}

struct plan_region *regions_pilots(struct arena *a, struct rng *r, int hours, int fine_h)
{
	struct plan_region *in = new_region(a, 2);
	struct region_limit *l;

	in->sites[0] = sites_hongyuan(a, r, hours, fine_h);
	in->sites[1] = sites_hongyuan(a, r, hours, fine_h);
	in->sites[1]->generator_w[1] = must(ARENA_ARRAY(a, in->sites[1]->n, int64_t));
	make_liangshan(in->sites[1], r);
	l = regions_limit(in, a, 600 * MW);
	for (uint32_t t = 0; t < in->sites[0]->n; t++)
		l->background_w[t] = others_w(local_hour(in->sites[0], t), 540e6, 58.5e6);
	for (int i = 0; i < 2; i++) {
		struct region_link *k = regions_link(in, i, 1 - i);

		k->work_max_ds_per_h = INT64_C(1500) * 3600;
		k->delay_ms = 5 * MS_PER_MIN;
		k->price_e4_per_kds = 50;
		k->energy_wh_per_kds = 2;
	}
	return in;
}

struct plan_region *regions_alike(struct arena *a, uint64_t seed, int n_sites, int hours,
				  int fine_h)
{
	struct plan_region *in = new_region(a, n_sites);
	struct region_limit *l;

	for (int i = 0; i < n_sites; i++) {
		struct rng r;

		rng_init(&r, seed * 1000 + (uint64_t)i);
		in->sites[i] = sites_hongyuan(a, &r, hours, fine_h);
		snprintf(in->sites[i]->site, sizeof(in->sites[i]->site), "site%02d", i);
	}
	l = regions_limit(in, a, 0);
	/* What is left for them is 80 % of their load: the limit is 0, the others give. */
	for (uint32_t t = 0; t < in->sites[0]->n; t++) {
		for (int i = 0; i < n_sites; i++)
			l->background_w[t] -= in->sites[i]->load_it_w[t];
	}
	for (int i = 0; i < n_sites && n_sites > 1; i++) {
		struct region_link *k = regions_link(in, i, (i + 1) % n_sites);

		k->work_max_ds_per_h = INT64_C(1000) * 3600;
		k->delay_ms = 5 * MS_PER_MIN;
		k->price_e4_per_kds = 50;
		k->energy_wh_per_kds = 2;
	}
	return in;
}

/* ---- random ones ---- */

static void random_limit(struct plan_region *in, struct arena *a, struct rng *r)
{
	static const char *const kinds[] = {"section", "feeder", "vpp"};
	struct region_limit *l = regions_limit(in, a, 0);
	double load = 0, mean = (double)rng_range(r, 0, 500 * MW);
	int n = 0;

	snprintf(l->kind, sizeof(l->kind), "%s", kinds[rng_below(r, 3)]);
	for (int i = 0; i < in->n_sites; i++) {
		if (rng_below(r, 4) == 0 && n + in->n_sites - i > 1)
			continue;
		l->sites[n++] = i;
		load += 0.6 * (double)in->sites[i]->load.capacity_w;
	}
	l->n_sites = n;
	l->import_max_w = llround(mean + load * (double)rng_range(r, 30, 150) / 100);
	if (rng_below(r, 2))
		l->export_max_w = llround(load * (double)rng_range(r, 0, 80) / 100 - mean);
	l->overload_price_e4 = rng_below(r, 2) ? 0 : rng_range(r, 50000, 300000);
	for (uint32_t t = 0; t < in->sites[0]->n; t++)
		l->background_w[t] = others_w(local_hour(in->sites[0], t), mean, 0.2 * load);
}

static void random_link(struct plan_region *in, struct rng *r)
{
	int from = (int)rng_below(r, (uint64_t)in->n_sites);
	int to = (int)rng_below(r, (uint64_t)in->n_sites);
	struct region_link *l;

	if (in->sites[from]->n_queues == 0 || in->sites[to]->n_queues == 0)
		return;
	if (from == to && in->sites[from]->n_queues < 2)
		return;
	l = regions_link(in, from, to);
	l->from_queue = (int)rng_below(r, (uint64_t)in->sites[from]->n_queues);
	l->to_queue = (int)rng_below(r, (uint64_t)in->sites[to]->n_queues);
	if (from == to)
		l->to_queue = 1 - l->from_queue;
	l->work_max_ds_per_h =
		in->sites[from]->queues[l->from_queue].devices * 36 * rng_range(r, 1, 100);
	l->delay_ms = rng_below(r, 2) ? 0 : rng_range(r, 0, 90) * MS_PER_MIN;
	l->price_e4_per_kds = rng_below(r, 3) ? rng_range(r, 0, 200) : 0;
	l->energy_wh_per_kds = rng_below(r, 3) ? rng_range(r, 0, 20) : 0;
}

struct plan_region *regions_random(struct arena *a, struct rng *r, int n_sites)
{
	struct plan_region *in = new_region(a, n_sites);
	struct sites_grid g = sites_random_grid(r);
	uint64_t n_links = rng_below(r, (uint64_t)(2 * n_sites) + 1);

	for (int i = 0; i < n_sites; i++) {
		in->sites[i] = sites_random_on(a, r, &g);
		if (rng_below(r, 2))
			rich_make(in->sites[i], a, r);
		snprintf(in->sites[i]->site, sizeof(in->sites[i]->site), "site%02d", i);
	}
	for (uint64_t n = rng_below(r, 3); n > 0; n--)
		random_limit(in, a, r);
	for (; n_links > 0; n_links--)
		random_link(in, r);
	return in;
}
