#include "simtest/greedy.h"

#include <stdio.h>
#include <string.h>

#include "base/require.h"

struct greedy {
	const struct plan_input *in;
	struct plan *p;
	struct arena *a;
	int64_t soc[SITE_MAX_STORAGE], backlog[SITE_MAX_QUEUES];
	int64_t mean_price;
};

static int64_t pue(const struct plan_input *in, int64_t it_w)
{
	return (int64_t)((__int128)it_w * in->load.pue_ppm / PPM);
}

static uint32_t count_slots(const struct plan_input *in)
{
	int64_t n = 0;

	for (uint32_t i = 0; i < in->n; i++)
		n += in->duration_ms[i] / SLOT_MS;
	return (uint32_t)n;
}

static int64_t *column(struct greedy *g)
{
	int64_t *c = ARENA_ARRAY(g->a, g->p->n, int64_t);

	REQUIRE(c);
	return c;
}

static struct plan_asset *add_asset(struct greedy *g, const char *id, enum asset_kind kind)
{
	struct plan_asset *pa = &g->p->assets[g->p->n_assets++];

	snprintf(pa->asset, sizeof(pa->asset), "%s/%s", g->in->site, id);
	pa->kind = kind;
	pa->power_w = column(g);
	if (asset_kind_is_generator(kind))
		pa->available_w = column(g);
	else
		pa->level = column(g);
	return pa;
}

static void shape(struct greedy *g)
{
	struct plan *p = g->p;
	const struct plan_input *in = g->in;

	p->n = count_slots(in);
	p->start_ms = column(g);
	p->duration_ms = column(g);
	p->pcc_w = column(g);
	p->load_w = column(g);
	p->unserved_w = column(g);
	p->price_buy_e4 = column(g);
	p->price_sell_e4 = column(g);
	p->marginal_price_e4 = column(g);
	p->assets = ARENA_ARRAY(g->a, (size_t)(in->n_generators + in->n_storage + in->n_queues),
				struct plan_asset);
	REQUIRE(p->assets);
	for (int i = 0; i < in->n_storage; i++)
		add_asset(g, in->storage[i].id, in->storage[i].kind);
	for (int i = 0; i < in->n_generators; i++)
		add_asset(g, in->generators[i].id, generator_kind(&in->generators[i]));
	for (int i = 0; i < in->n_queues; i++)
		add_asset(g, in->queues[i].id, ASSET_QUEUE);
}

/* Power that keeps the level inside [lo, hi] for a slot; levels outside are only brought nearer. */
static int64_t limit_power(const struct storage *st, int64_t soc, int64_t w)
{
	int64_t room = max_i64(st->soc_max_wh - soc, 0), left = max_i64(soc - st->reserve_wh, 0);
	int64_t up = (int64_t)((__int128)room * 4 * PPM / st->eta_charge_ppm);
	int64_t down = (int64_t)((__int128)left * 4 * st->eta_discharge_ppm / PPM);

	return clamp_i64(w, -min_i64(down, st->discharge_max_w), min_i64(up, st->charge_max_w));
}

static int64_t next_soc(const struct storage *st, int64_t soc, int64_t w)
{
	if (w >= 0)
		return soc + (int64_t)((__int128)w * st->eta_charge_ppm / PPM / 4);
	return soc + (int64_t)((__int128)w * PPM / st->eta_discharge_ppm / 4);
}

static const struct plan_event *event_in(const struct plan_input *in, uint32_t step)
{
	for (int i = 0; i < in->n_events; i++) {
		if (in->events[i].active[step])
			return &in->events[i];
	}
	return NULL;
}

static int64_t queue_power(struct greedy *g, uint32_t step, int k, const struct plan_event *ev)
{
	const struct plan_window *window = &g->in->queue_window[k];
	const struct queue *q = &g->in->queues[k];
	int64_t all = pue(g->in, q->devices * q->device_power_w);
	int64_t need = pue(g->in, (int64_t)((__int128)g->backlog[k] * q->device_power_w / 900));

	if (ev && ev->direction == DIRECTION_UP)
		return 0;
	if (window->hi_w)
		all = min_i64(all, window->hi_w[step]);
	return min_i64(all, need);
}

static int64_t storage_wish(const struct greedy *g, uint32_t step, int k, int64_t net,
			    const struct plan_event *ev)
{
	const struct storage *st = &g->in->storage[k];
	int64_t price = g->in->price_buy_e4[step];

	if (g->in->storage_out[k])
		return 0;
	if (ev)
		return ev->target_pcc_w[step] - net;
	if (st->kind == ASSET_UPS)
		return st->charge_max_w;
	if (price < g->mean_price)
		return min_i64(st->charge_max_w, max_i64(g->in->pcc.import_max_w - net, 0));
	return price > g->mean_price ? max_i64(-net, -st->discharge_max_w) : 0;
}

static void fill_storage(struct greedy *g, uint32_t step, uint32_t i, int64_t *net,
			 const struct plan_event *ev)
{
	for (int k = 0; k < g->in->n_storage; k++) {
		const struct storage *st = &g->in->storage[k];
		int64_t w = limit_power(st, g->soc[k], storage_wish(g, step, k, *net, ev));

		if (g->in->storage_out[k])
			w = 0;
		g->soc[k] = next_soc(st, g->soc[k], w);
		g->p->assets[k].power_w[i] = w;
		g->p->assets[k].level[i] = g->soc[k];
		*net += w;
	}
}

static void fill_slot(struct greedy *g, uint32_t step, uint32_t i)
{
	const struct plan_input *in = g->in;
	const struct plan_event *ev = event_in(in, step);
	struct plan_asset *pv = g->p->assets + in->n_storage, *queue = pv + in->n_generators;
	int64_t net = pue(in, in->load_it_w[step]);
	int64_t parts = in->duration_ms[step] / SLOT_MS;

	g->p->load_w[i] = net;
	for (int k = 0; k < in->n_queues; k++) {
		int64_t w = queue_power(g, step, k, ev), done;

		done = in->queues[k].device_power_w
			       ? (int64_t)((__int128)w * PPM / in->load.pue_ppm * 900 /
					   in->queues[k].device_power_w)
			       : 0;
		g->backlog[k] = max_i64(g->backlog[k] - done, 0) + in->arrivals_ds[k][step] / parts;
		queue[k].power_w[i] = w;
		queue[k].level[i] = g->backlog[k];
		net += w;
	}
	for (int k = 0; k < in->n_generators; k++) {
		int64_t use = in->generator_w[k][step];

		if (in->generators[k].curtailable)
			use = clamp_i64(net + in->pcc.export_max_w, 0, use);
		pv[k].available_w[i] = in->generator_w[k][step];
		pv[k].power_w[i] = -use;
		net -= use;
	}
	fill_storage(g, step, i, &net, ev);
	g->p->pcc_w[i] = net;
	g->p->price_buy_e4[i] = g->p->marginal_price_e4[i] = in->price_buy_e4[step];
	g->p->price_sell_e4[i] = in->price_sell_e4[step];
	g->p->objective_e4 +=
		net * (net > 0 ? in->price_buy_e4[step] : in->price_sell_e4[step]) / 4000;
}

static void name_events(struct greedy *g)
{
	g->p->events = arena_array(g->a, (size_t)g->in->n_events + 1, ID_MAX);
	REQUIRE(g->p->events);
	for (int i = 0; i < g->in->n_events; i++)
		memcpy(g->p->events[g->p->n_events++], g->in->events[i].correlation_id, ID_MAX);
}

static struct plan *plan_site(const struct plan_input *in, struct arena *a)
{
	struct greedy g = {.in = in, .a = a, .p = ARENA_NEW(a, struct plan)};
	uint32_t i = 0;

	REQUIRE(g.p);
	shape(&g);
	snprintf(g.p->site, sizeof(g.p->site), "%s", in->site);
	snprintf(g.p->solver, sizeof(g.p->solver), "greedy");
	g.p->status = PLAN_OPTIMAL;
	memcpy(g.soc, in->soc_wh, sizeof(g.soc));
	memcpy(g.backlog, in->backlog_ds, sizeof(g.backlog));
	for (uint32_t s = 0; s < in->n; s++)
		g.mean_price += in->price_buy_e4[s];
	g.mean_price /= in->n ? in->n : 1;
	for (uint32_t s = 0; s < in->n; s++) {
		for (int64_t t = in->start_ms[s]; t < in->start_ms[s] + in->duration_ms[s];
		     t += SLOT_MS, i++) {
			g.p->start_ms[i] = t;
			g.p->duration_ms[i] = SLOT_MS;
			fill_slot(&g, s, i);
		}
	}
	g.p->sources = in->sources;
	g.p->n_sources = in->n_sources;
	name_events(&g);
	return g.p;
}

int greedy_solve(struct solve_job *job)
{
	int64_t sum = 0;

	for (int i = 0; i < job->region->n_sites; i++) {
		job->plans[i] = plan_site(job->region->sites[i], &job->arena);
		sum += job->plans[i]->objective_e4;
	}
	for (int i = 0; i < job->region->n_sites; i++)
		job->plans[i]->objective_e4 = sum;
	return 0;
}
