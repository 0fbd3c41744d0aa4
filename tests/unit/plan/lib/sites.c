#include "planlib/sites.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/slot.h"

#define KW INT64_C(1000)
#define MW INT64_C(1000000)
#define STEPS_MAX 200

static const struct plan_prices ladder = {
	.tie_break_e4 = 10,
	.unserved_e4 = 2000000,
	.reserve_e4 = 50000,
	.ups_reserve_e4 = 500000,
	.overload_e4 = 200000,
};

static void must(int r)
{
	if (r) {
		fprintf(stderr, "sites: %s\n", err_name(r));
		abort();
	}
}

static struct plan_input *on_grid(struct arena *a, int64_t now_ms, int64_t until_ms,
				  int64_t fine_ms, const int counts[3])
{
	struct plan_input *in = ARENA_NEW(a, struct plan_input);
	int64_t start[STEPS_MAX], duration[STEPS_MAX];
	const struct plan_grid grid = {.quarter_ms = slot_floor(now_ms) + fine_ms,
				       .hour_ms = until_ms};
	int n = plan_grid(now_ms, &grid, STEPS_MAX, start, duration);

	must(in && n > 0 ? 0 : ERR_FULL);
	in->n_generators = counts[0];
	in->n_storage = counts[1];
	in->n_queues = counts[2];
	must(plan_input_init(in, a, (uint32_t)n, start, duration));
	snprintf(in->site, sizeof(in->site), "site");
	snprintf(in->load.id, sizeof(in->load.id), "it");
	for (int i = 0; i < counts[0]; i++)
		snprintf(in->generators[i].id, ID_MAX, "pv%d", i + 1);
	for (int i = 0; i < counts[1]; i++)
		snprintf(in->storage[i].id, ID_MAX, "bess%d", i + 1);
	for (int i = 0; i < counts[2]; i++) {
		snprintf(in->queues[i].id, ID_MAX, "queue%d", i + 1);
		in->queues[i].tier = FLEX_F3;
	}
	in->now_ms = now_ms;
	in->prices = ladder;
	return in;
}

struct plan_input *sites_plain(struct arena *a, uint32_t n, int64_t step_ms, int n_generators,
			       int n_storage, int n_queues)
{
	const int counts[3] = {n_generators, n_storage, n_queues};
	struct plan_input *in = on_grid(a, SITES_T0, SITES_T0 + n * step_ms,
					step_ms == SLOT_MS ? n * step_ms : 0, counts);

	must(in->n == n ? 0 : ERR_INVALID);
	in->pcc = (struct pcc){.import_max_w = MW, .export_max_w = MW};
	in->load.capacity_w = MW;
	in->load.pue_ppm = PPM;
	for (uint32_t t = 0; t < n; t++) {
		in->price_buy_e4[t] = 5000;
		in->price_sell_e4[t] = 3000;
	}
	for (int i = 0; i < n_generators; i++)
		in->generators[i].capacity_w = MW;
	return in;
}

void sites_battery(struct plan_input *in, int i)
{
	struct storage *s = &in->storage[i];

	s->kind = ASSET_BATTERY;
	s->energy_wh = s->soc_max_wh = 100 * KW;
	s->charge_max_w = s->discharge_max_w = 100 * KW;
	s->eta_charge_ppm = s->eta_discharge_ppm = s->retention_ppm_per_h = PPM;
	s->wear_price_e4 = 100;
	in->soc_wh[i] = 50 * KW;
}

void sites_queue(struct plan_input *in, int i)
{
	struct queue *q = &in->queues[i];

	q->devices = 100;
	q->device_power_w = KW;
	q->slack_ms = MS_PER_DAY;
	q->late_price_e4 = 50000;
}

void sites_demand(struct plan_input *in, struct arena *a, int64_t price_e4, int64_t incumbent_w)
{
	struct plan_demand *d = &in->demands[in->n_demands++];

	snprintf(d->id, sizeof(d->id), "demand%s", in->n_demands > 1 ? "-2" : "");
	d->price_e4 = price_e4;
	d->incumbent_w = incumbent_w;
	d->in_window = ARENA_ARRAY(a, in->n, bool);
	must(d->in_window ? 0 : -ENOMEM);
	memset(d->in_window, true, in->n * sizeof(bool));
}

/* Sichuan's ordinary day: valley 22-8, peak 10-12 and 15-21 local (prices are multiples of the flat one). */
static double time_of_use(double hour)
{
	if (hour >= 22 || hour < 8)
		return 0.4;
	return (hour >= 10 && hour < 12) || (hour >= 15 && hour < 21) ? 1.6 : 1.0;
}

static double local_hour(const struct plan_input *in, uint32_t t)
{
	return (double)((in->start_ms[t] - SITES_T0) % MS_PER_DAY) / (double)MS_PER_H;
}

static double sun(double hour)
{
	return hour > 6.5 && hour < 19 ? sin(M_PI * (hour - 6.5) / 12.5) : 0;
}

static void fill_weather(struct plan_input *in, struct rng *r, double flat_e4, double load_w)
{
	for (uint32_t t = 0; t < in->n; t++) {
		double hour = local_hour(in, t), hours = (double)in->duration_ms[t] / MS_PER_H;

		in->price_buy_e4[t] = llround(flat_e4 * time_of_use(hour));
		in->price_sell_e4[t] = llround(0.6 * (double)in->price_buy_e4[t]);
		in->load_it_w[t] = llround(
			load_w * (0.85 + 0.1 * sin(M_PI * (hour - 9) / 12) + 0.05 * rng_double(r)));
		for (int i = 0; i < in->n_generators; i++)
			in->generator_w[i][t] = llround((double)in->generators[i].capacity_w *
							sun(hour) * (0.6 + 0.3 * rng_double(r)));
		for (int k = 0; k < in->n_queues; k++)
			in->arrivals_ds[k][t] = llround((double)in->queues[k].devices * 3600 *
							hours * 0.6 * rng_double(r));
	}
}

/* The present backlog falls due evenly over the queue's slack. */
static void fill_due(struct plan_input *in)
{
	for (int k = 0; k < in->n_queues; k++) {
		double slack = (double)max_i64(in->queues[k].slack_ms, SLOT_MS);

		for (uint32_t t = 0; t < in->n; t++) {
			double end = (double)(in->start_ms[t] + in->duration_ms[t] - in->now_ms);

			in->due_ds[k][t] =
				llround((double)in->backlog_ds[k] * fmin(1, end / slack));
		}
	}
}

struct plan_input *sites_hongyuan(struct arena *a, struct rng *r, int hours, int fine_h)
{
	const int counts[3] = {1, 2, 1};
	struct plan_input *in =
		on_grid(a, SITES_T0, SITES_T0 + hours * MS_PER_H, fine_h * MS_PER_H, counts);

	snprintf(in->site, sizeof(in->site), "hongyuan");
	in->pcc = (struct pcc){20 * MW, 10 * MW, 14 * MW, 20000};
	in->load = (struct it_load){"it", 8 * MW, 3 * MW, 1250000};
	in->generators[0] = (struct generator){
		.id = "pv1", .kind = ASSET_PV, .capacity_w = 12 * MW, .curtailable = true};
	in->storage[0] =
		(struct storage){"bess", ASSET_BATTERY, 8 * MW, 4 * MW,	   4 * MW, 950000, 950000,
				 999900, 800 * KW,	8 * MW, 1600 * KW, 500,	   -1};
	in->storage[1] =
		(struct storage){"ups",	 ASSET_UPS, 600 * KW, 1500 * KW, 1500 * KW, 960000, 960000,
				 999800, 60 * KW,   600 * KW, 450 * KW,	 2500,	    -1};
	in->queues[0] = (struct queue){.id = "batch",
				       .tier = FLEX_F3,
				       .devices = 4000,
				       .device_power_w = 700,
				       .slack_ms = 12 * MS_PER_H,
				       .late_price_e4 = 50000};
	in->soc_wh[0] = 4 * MW;
	in->soc_wh[1] = 570 * KW;
	in->backlog_ds[0] = 4000 * 3600 * INT64_C(2);
	fill_weather(in, r, 6000, 4.2e6);
	fill_due(in);
	return in;
}

static int64_t percent(struct rng *r, int64_t whole, int lo, int hi)
{
	return whole * rng_range(r, lo, hi) / 100;
}

static void random_storage(struct plan_input *in, struct rng *r, int i, int64_t size_w)
{
	struct storage *s = &in->storage[i];

	s->kind = rng_below(r, 3) ? ASSET_BATTERY : ASSET_UPS;
	s->charge_max_w = percent(r, size_w, 5, 40);
	s->discharge_max_w = percent(r, size_w, 5, 40);
	s->energy_wh = percent(r, size_w, 10, 120);
	s->eta_charge_ppm = rng_range(r, 850000, PPM);
	s->eta_discharge_ppm = rng_range(r, 850000, PPM);
	s->retention_ppm_per_h = rng_below(r, 2) ? PPM : rng_range(r, 990000, PPM);
	s->soc_min_wh = percent(r, s->energy_wh, 0, 15);
	s->soc_max_wh = percent(r, s->energy_wh, 80, 100);
	s->reserve_wh = rng_range(r, s->soc_min_wh, s->soc_max_wh);
	s->wear_price_e4 = rng_range(r, 1, 1500);
	s->terminal_price_e4 = rng_below(r, 2) ? -1 : rng_range(r, 0, 8000);
	in->soc_wh[i] = percent(r, s->energy_wh, 0, 100);
	in->storage_out[i] = rng_below(r, 10) == 0;
}

static void random_queue(struct plan_input *in, struct rng *r, int i, int64_t size_w)
{
	struct queue *q = &in->queues[i];

	q->device_power_w = rng_range(r, 100, 1000);
	q->devices = max_i64(1, percent(r, size_w, 5, 40) / q->device_power_w);
	q->power_min_w = rng_below(r, 2) ? 0 : percent(r, q->devices * q->device_power_w, 1, 30);
	q->slack_ms = rng_range(r, 1, 24) * MS_PER_H;
	q->late_price_e4 = rng_range(r, 5000, 100000);
	in->backlog_ds[i] = q->devices * rng_range(r, 0, 3 * 3600);
}

/* A reduction (or increase) against what the site would do without any store or queue. */
static void random_event(struct plan_input *in, struct arena *a, struct rng *r, int64_t size_w)
{
	struct plan_event *e = &in->events[in->n_events];
	uint32_t first = (uint32_t)rng_below(r, in->n), last = first + (uint32_t)rng_below(r, 8);
	bool up = rng_below(r, 4) != 0;
	int64_t target = percent(r, size_w, 1, 40);

	snprintf(e->correlation_id, sizeof(e->correlation_id), "event-%d", in->n_events + 1);
	e->direction = up ? DIRECTION_UP : DIRECTION_DN;
	e->penalty_price_e4 = rng_range(r, 10000, 80000);
	e->surplus_price_e4 = rng_range(r, 0, 10000);
	e->pay_price_e4 = rng_range(r, 0, 40000);
	e->penalty_bill_e4 = e->penalty_price_e4 * (1 + (int64_t)rng_below(r, 3));
	e->pay_bill_e4 = e->pay_price_e4 * (1 + (int64_t)rng_below(r, 3));
	e->active = ARENA_ARRAY(a, in->n, bool);
	e->target_pcc_w = ARENA_ARRAY(a, in->n, int64_t);
	e->band_pcc_w = ARENA_ARRAY(a, in->n, int64_t);
	e->baseline_pcc_w = ARENA_ARRAY(a, in->n, int64_t);
	must(e->active && e->target_pcc_w && e->band_pcc_w && e->baseline_pcc_w ? 0 : -ENOMEM);
	for (uint32_t t = first; t <= last && t < in->n; t++) {
		int64_t base = in->load_it_w[t] * in->load.pue_ppm / PPM;

		for (int i = 0; i < in->n_generators; i++)
			base -= in->generator_w[i][t];
		e->active[t] = true;
		e->baseline_pcc_w[t] = base;
		e->target_pcc_w[t] = up ? base - target : base + target;
		e->band_pcc_w[t] = up ? base - target * 105 / 100 : base + target * 105 / 100;
	}
	in->n_events++;
}

static struct plan_input *random_on(struct arena *a, struct rng *r, const struct sites_grid *g,
				    const int counts[3])
{
	struct plan_input *in = on_grid(a, g->now_ms, g->now_ms + g->hours * MS_PER_H,
					g->fine_h * MS_PER_H, counts);
	int64_t size_w = rng_range(r, 100 * KW, 50 * MW);

	in->pcc.import_max_w = percent(r, size_w, 70, 200);
	in->pcc.export_max_w = percent(r, size_w, 0, 60);
	in->pcc.contracted_demand_w =
		rng_below(r, 2) ? 0 : percent(r, in->pcc.import_max_w, 40, 100);
	in->pcc.over_demand_price_e4 = rng_range(r, 5000, 30000);
	in->load.capacity_w = size_w;
	in->load.floor_w = percent(r, size_w, 0, 40);
	in->load.pue_ppm = rng_range(r, PPM, 1600000);
	sites_demand(in, a, rng_below(r, 2) ? 0 : rng_range(r, 10000, 400000),
		     percent(r, size_w, 0, 80));
	for (int i = 0; i < in->n_generators; i++) {
		in->generators[i].capacity_w = percent(r, size_w, 10, 150);
		in->generators[i].curtailable = rng_below(r, 3) != 0;
		in->generators[i].curtail_price_e4 = rng_range(r, 0, 1000);
	}
	for (int i = 0; i < in->n_storage; i++)
		random_storage(in, r, i, size_w);
	for (int i = 0; i < in->n_queues; i++)
		random_queue(in, r, i, size_w);
	fill_weather(in, r, (double)rng_range(r, 2000, 9000), 0.6 * (double)size_w);
	if (rng_below(r, 4) == 0) {
		for (uint32_t t = 0; t < in->n; t += 3) {
			in->price_buy_e4[t] = -rng_range(r, 0, 20000);
			in->price_sell_e4[t] = in->price_buy_e4[t] - rng_range(r, -500, 500);
		}
	}
	fill_due(in);
	for (uint64_t n = rng_below(r, 3); n > 0; n--)
		random_event(in, a, r, size_w);
	return in;
}

struct sites_grid sites_random_grid(struct rng *r)
{
	struct sites_grid g;

	g.hours = (int)rng_range(r, 2, 36);
	g.fine_h = (int)rng_range(r, 1, 12);
	g.now_ms = SITES_T0 + rng_range(r, 0, MS_PER_DAY);
	return g;
}

struct plan_input *sites_random_on(struct arena *a, struct rng *r, const struct sites_grid *g)
{
	const int counts[3] = {(int)rng_below(r, 3), (int)rng_below(r, 4), (int)rng_below(r, 3)};

	return random_on(a, r, g, counts);
}

struct plan_input *sites_random(struct arena *a, struct rng *r)
{
	const int counts[3] = {(int)rng_below(r, 3), (int)rng_below(r, 4), (int)rng_below(r, 3)};
	struct sites_grid g = sites_random_grid(r);

	return random_on(a, r, &g, counts);
}

static int64_t any(struct rng *r, int64_t usual)
{
	usual = clamp_i64(usual, -INT64_C(1000000000000000), INT64_C(1000000000000000));
	switch (rng_below(r, 6)) {
	case 0:
		return 0;
	case 1:
		return -usual;
	case 2:
		return usual * rng_range(r, 2, 1000);
	case 3:
		return rng_below(r, 2) ? INT64_MAX : INT64_MIN;
	default:
		return usual;
	}
}

struct plan_input *sites_insane(struct arena *a, struct rng *r)
{
	struct plan_input *in = sites_random(a, r);

	for (int i = 0; i < in->n_storage; i++) {
		struct storage *s = &in->storage[i];
		int64_t *fields[] = {&in->soc_wh[i], &s->soc_min_wh,   &s->soc_max_wh,
				     &s->reserve_wh, &s->charge_max_w, &s->discharge_max_w};

		for (size_t f = 0; f < ARRAY_SIZE(fields); f++)
			*fields[f] = rng_below(r, 2) ? any(r, *fields[f]) : *fields[f];
	}
	for (int i = 0; i < in->n_queues; i++) {
		in->backlog_ds[i] = any(r, in->backlog_ds[i]);
		in->queues[i].power_min_w = any(r, in->queues[i].power_min_w);
	}
	in->pcc.import_max_w = any(r, in->pcc.import_max_w);
	in->pcc.export_max_w = any(r, in->pcc.export_max_w);
	in->pcc.contracted_demand_w = any(r, in->pcc.contracted_demand_w);
	in->load.capacity_w = any(r, in->load.capacity_w);
	in->demands[0].incumbent_w = any(r, in->demands[0].incumbent_w);
	for (uint32_t t = 0; t < in->n; t++) {
		uint32_t k = (uint32_t)rng_below(r, in->n);

		in->load_it_w[k] = any(r, in->load_it_w[k]);
		if (in->n_generators > 0)
			in->generator_w[0][k] = any(r, in->generator_w[0][k]);
		if (in->n_queues > 0) {
			in->arrivals_ds[0][k] = any(r, in->arrivals_ds[0][k]);
			in->due_ds[0][k] = any(r, in->due_ds[0][k]);
		}
	}
	for (int i = 0; i < in->n_events; i++) {
		struct plan_event *e = &in->events[i];
		uint32_t k = (uint32_t)rng_below(r, in->n);

		e->active[k] = true;
		e->band_pcc_w[k] = any(r, e->target_pcc_w[k]);
	}
	return in;
}
