#include "plan/publish.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/slot.h"

#define W 1e3
#define E4 1e4

uint32_t publish_slot_of(const struct plant *p, int t)
{
	const struct plan_input *in = p->in;
	int64_t at = t < p->n ? in->start_ms[t] : in->start_ms[t - 1] + in->duration_ms[t - 1];

	return (uint32_t)((at - in->start_ms[0]) / SLOT_MS);
}

static int64_t *series(struct arena *a, uint32_t n)
{
	return ARENA_ARRAY(a, n, int64_t);
}

/* ---- series ---- */

static bool allocate(struct plan *plan, struct arena *a)
{
	plan->start_ms = series(a, plan->n);
	plan->duration_ms = series(a, plan->n);
	plan->pcc_w = series(a, plan->n);
	plan->load_w = series(a, plan->n);
	plan->unserved_w = series(a, plan->n);
	plan->price_buy_e4 = series(a, plan->n);
	plan->price_sell_e4 = series(a, plan->n);
	plan->marginal_price_e4 = series(a, plan->n);
	plan->assets = ARENA_ARRAY(a, plan->n_assets, struct plan_asset);
	for (uint32_t i = 0; plan->assets && i < plan->n_assets; i++) {
		plan->assets[i].power_w = series(a, plan->n);
		if (!plan->assets[i].power_w)
			return false;
	}
	return plan->start_ms && plan->duration_ms && plan->pcc_w && plan->load_w &&
	       plan->unserved_w && plan->price_buy_e4 && plan->price_sell_e4 &&
	       plan->marginal_price_e4 && plan->assets;
}

static void name_asset(const struct plant *p, struct plan_asset *x, enum asset_kind kind,
		       const char *id)
{
	x->kind = kind;
	snprintf(x->asset, sizeof(x->asset), "%.63s/%.63s", p->in->site, id);
}

/* Hours of slot k of step t, of the first step only what is left of it. */
static double slot_hours(const struct plant *p, int t, uint32_t k, uint32_t n)
{
	double whole = (double)SLOT_MS / (double)MS_PER_H;

	return k + 1 < n ? fmin(whole, fmax(0, p->hours[t] - whole * (double)(n - 1 - k)))
			 : fmin(whole, p->hours[t]);
}

/* Energy within a step of constant power follows the same law as over all of it. */
static void fill_store_levels(const struct plant *p, const struct flows *f, int i, int64_t *level)
{
	const struct plant_store *s = &p->store[i];
	double rate = log(s->rho);

	for (int t = 0; t < p->n_published; t++) {
		uint32_t first = publish_slot_of(p, t), n = publish_slot_of(p, t + 1) - first;
		double soc = t > 0 ? f->soc[i][t - 1] : s->soc_now, kw = f->store[i][t];
		double inside = kw > 0 ? kw * s->eta_c : kw / s->eta_d, h = 0;

		for (uint32_t k = 0; k < n; k++) {
			h += slot_hours(p, t, k, n);
			level[first + k] =
				llround(W * (soc * pow(s->rho, h) +
					     inside * (rate < 0 ? expm1(rate * h) / rate : h)));
		}
		level[first + n - 1] = llround(W * f->soc[i][t]);
	}
}

static void fill_queue_levels(const struct plant *p, const struct flows *f, int i, int64_t *level)
{
	const struct plant_queue *q = &p->queue[i];

	for (int t = 0; t < p->n_published; t++) {
		uint32_t first = publish_slot_of(p, t), n = publish_slot_of(p, t + 1) - first;
		double before = t > 0 ? f->backlog[i][t - 1] : q->backlog_now, h = 0;

		for (uint32_t k = 0; k < n; k++) {
			double left;

			h += slot_hours(p, t, k, n);
			left = before + (f->backlog[i][t] - before) * h / p->hours[t];
			level[first + k] = llround(left / q->kwh_per_ds);
		}
	}
}

/* 1/1000 °C; between the ends of a step in a straight line, as the flows are constant. */
static void fill_cooling_levels(const struct plant *p, const struct flows *f, int i, int64_t *level)
{
	const struct plant_cooling *c = &p->cooling[i];

	for (int t = 0; t < p->n_published; t++) {
		uint32_t first = publish_slot_of(p, t), n = publish_slot_of(p, t + 1) - first;
		double before = t > 0 ? f->heat[i][t - 1] : c->heat_now, h = 0;

		for (uint32_t k = 0; k < n; k++) {
			double heat;

			h += slot_hours(p, t, k, n);
			heat = before + (f->heat[i][t] - before) * h / p->hours[t];
			level[first + k] = llround(1e3 * (c->min_c + heat / c->kwh_per_k));
		}
	}
}

static void fill_power(const struct plant *p, const int64_t *per_step, int64_t *per_slot)
{
	for (int t = 0; t < p->n_published; t++) {
		for (uint32_t k = publish_slot_of(p, t); k < publish_slot_of(p, t + 1); k++)
			per_slot[k] = per_step[t];
	}
}

static bool fill_assets(const struct plant *p, const struct decided *d, const struct flows *f,
			struct plan *plan, struct arena *a)
{
	struct plan_asset *x = plan->assets;

	for (int i = 0; i < p->n_generators; i++, x++) {
		name_asset(p, x, generator_kind(&p->in->generators[i]), p->in->generators[i].id);
		fill_power(p, d->generator_w[i], x->power_w);
		x->available_w = series(a, plan->n);
		if (!x->available_w)
			return false;
		for (int t = 0; t < p->n_published; t++) {
			for (uint32_t k = publish_slot_of(p, t); k < publish_slot_of(p, t + 1); k++)
				x->available_w[k] = llround(W * p->generators[i][t]);
		}
	}
	for (int i = 0; i < p->n_store; i++, x++) {
		name_asset(p, x, p->store[i].is_ups ? ASSET_UPS : ASSET_BATTERY, p->store[i].id);
		fill_power(p, d->store_w[i], x->power_w);
		x->level = series(a, plan->n);
		if (!x->level)
			return false;
		fill_store_levels(p, f, i, x->level);
	}
	for (int i = 0; i < p->n_queue; i++, x++) {
		name_asset(p, x, ASSET_QUEUE, p->queue[i].id);
		fill_power(p, d->queue_w[i], x->power_w);
		x->level = series(a, plan->n);
		if (!x->level)
			return false;
		fill_queue_levels(p, f, i, x->level);
	}
	for (int i = 0; i < p->n_cooling; i++, x++) {
		name_asset(p, x, ASSET_COOLING, p->cooling[i].id);
		fill_power(p, d->cooling_w[i], x->power_w);
		x->level = series(a, plan->n);
		if (!x->level)
			return false;
		fill_cooling_levels(p, f, i, x->level);
	}
	return true;
}

static void fill_slots(const struct plant *p, const struct decided *d, struct plan *plan)
{
	for (int t = 0; t < p->n_published; t++) {
		for (uint32_t k = publish_slot_of(p, t); k < publish_slot_of(p, t + 1); k++) {
			plan->start_ms[k] = p->in->start_ms[0] + (int64_t)k * SLOT_MS;
			plan->duration_ms[k] = SLOT_MS;
			plan->load_w[k] = llround(W * p->load[t]);
			plan->unserved_w[k] = d->unserved_w[t];
			plan->price_buy_e4[k] = p->in->price_buy_e4[t];
			plan->price_sell_e4[k] = p->in->price_sell_e4[t];
		}
	}
	for (uint32_t k = 0; k < plan->n; k++) {
		plan->pcc_w[k] = plan->load_w[k] - plan->unserved_w[k];
		for (uint32_t i = 0; i < plan->n_assets; i++)
			plan->pcc_w[k] += plan->assets[i].power_w[k];
	}
}

/* ---- money ---- */

static int64_t money_of_event(const struct plant *p, const struct plant_event *x, int t, double kw)
{
	double ask = fmax(0, x->sign * (x->baseline[t] - x->target[t]));
	double got = fmin(ask, fmax(0, x->sign * (x->baseline[t] - kw)));

	if (!x->active[t])
		return 0;
	return llround(E4 * x->penalty_bill * p->hours[t] *
		       fmax(0, x->sign * (kw - x->target[t]))) -
	       llround(E4 * x->pay_bill * p->hours[t] * got);
}

/* What a peak above the one that is paid already will cost. */
static int64_t money_of_demand(const struct plant *p, const struct plan *plan,
			       const struct plant_demand *d)
{
	int64_t before = llround(W * d->incumbent), peak = before;

	for (int t = 0; t < p->n_published; t++) {
		if (d->in_window[t])
			peak = max_i64(peak, plan->pcc_w[publish_slot_of(p, t)]);
	}
	return money_of_energy(peak - before, llround(E4 * d->price));
}

/* What the utility, the programmes and generators under contract will bill, from the published integers alone. */
static int64_t cost_e4(const struct plant *p, const struct plan *plan)
{
	int64_t cost = 0;

	for (int t = 0; t < p->n_published; t++) {
		uint32_t k = publish_slot_of(p, t);
		int64_t net = plan->pcc_w[k];
		int64_t price = llround(E4 * (net > 0 ? p->buy_true[t] : p->sell_true[t]));
		int64_t ms = llround(p->hours[t] * (double)MS_PER_H);

		cost += money_of_energy(energy_of_power(net, ms), price);
		for (int i = 0; i < p->n_generators; i++)
			cost += money_of_energy(energy_of_power(-plan->assets[i].power_w[k], ms),
						llround(E4 * p->generator_price[i]));
		for (int e = 0; e < p->n_event; e++)
			cost += money_of_event(p, &p->event[e], t, (double)net / W);
	}
	for (int i = 0; i < p->n_demand; i++)
		cost += money_of_demand(p, plan, &p->demand[i]);
	return cost;
}

/* What the imports emit. Nothing is said where the input knows nothing of it. */
static bool fill_carbon(const struct plant *p, struct plan *plan, struct arena *a)
{
	const int64_t *g = p->in->carbon_g;
	double sum = 0;

	if (!g || p->in->version == PLAN_INPUT_VERSION_OLD)
		return true;
	plan->carbon_g = series(a, plan->n);
	if (!plan->carbon_g)
		return false;
	for (int t = 0; t < p->n_published; t++) {
		double kw = (double)plan->pcc_w[publish_slot_of(p, t)] / W;

		sum += p->hours[t] * fmax(0, kw) * (double)max_i64(0, g[t]);
	}
	fill_power(p, g, plan->carbon_g);
	plan->co2_g = llround(sum);
	return true;
}

/* ---- relaxations ---- */

struct collector {
	const struct plant *p;
	struct plan_relaxation *r; /* NULL: count only */
	uint32_t n;
};

/* kW or kWh in one of the units that a breach is told in. */
static double unit_of(const struct plant *p, const struct breach *b)
{
	switch (b->limit) {
	case LIMIT_DUE:
		return p->queue[b->i].kwh_per_ds;
	case LIMIT_TEMP_MAX:
	case LIMIT_TEMP_MIN:
		return 1e-3 * p->cooling[b->i].kwh_per_k;
	default:
		return 1 / W;
	}
}

/* How long what is rounded away in each step adds up. */
static double breach_hours(const struct plant *p, const struct breach *b)
{
	double hours = 0;

	if (b->limit != LIMIT_RATION)
		return 1;
	for (int t = p->ration[b->i].first; t < p->ration[b->i].end; t++)
		hours += p->hours[t];
	return fmax(1, hours);
}

static void collect(void *arg, const struct breach *b)
{
	struct collector *c = arg;
	const struct plant *p = c->p;
	double per = unit_of(p, b);
	/* Less than rounding can do is no breach: a watt per asset, and what that adds up to in a store or queue. */
	double watts = 1 + p->n_generators + p->n_store + p->n_queue + p->n_cooling;
	struct plan_relaxation *r;

	if (b->amount * W < watts * breach_hours(p, b) + 0.5 || b->step >= p->n_published)
		return;
	c->n++;
	if (!c->r)
		return;
	r = &c->r[c->n - 1];
	limit_name(p, b->limit, b->i, r->limit);
	r->start_ms = p->in->start_ms[b->step];
	r->amount = llround(b->amount / per);
	r->unit = limit_unit(b->limit);
	r->cost_e4 = llround(E4 * b->cost);
}

static bool fill_relaxations(const struct plant *p, const struct flows *f, struct plan *plan,
			     struct arena *a)
{
	struct collector c = {.p = p};
	struct account account;

	account_make(p, f, collect, &c, &account);
	plan->objective_e4 = llround(E4 * account_objective(&account));
	plan->n_relaxations = c.n;
	plan->relaxations = ARENA_ARRAY(a, c.n, struct plan_relaxation);
	if (!plan->relaxations)
		return false;
	c.r = plan->relaxations;
	c.n = 0;
	account_make(p, f, collect, &c, &account);
	return true;
}

/* ---- the rest ---- */

static bool fill_sources(const struct plant *p, struct plan *plan, struct arena *a)
{
	size_t size = sizeof(struct plan_source);
	uint32_t n = p->in->n_sources;

	plan->n_sources = n + (uint32_t)p->n_notes;
	plan->sources = ARENA_ARRAY(a, plan->n_sources, struct plan_source);
	if (!plan->sources)
		return false;
	if (n > 0)
		memcpy(plan->sources, p->in->sources, n * size);
	memcpy(plan->sources + n, p->notes, (size_t)p->n_notes * size);
	return true;
}

struct plan *publish_plan(const struct plant *p, const struct decided *d, const struct flows *f,
			  struct arena *a)
{
	struct plan *plan = ARENA_NEW(a, struct plan);

	if (!plan)
		return NULL;
	snprintf(plan->site, sizeof(plan->site), "%s", p->in->site);
	plan->n = publish_slot_of(p, p->n_published);
	plan->n_assets = (uint32_t)(p->n_generators + p->n_store + p->n_queue + p->n_cooling);
	if (!allocate(plan, a) || !fill_assets(p, d, f, plan, a))
		return NULL;
	fill_slots(p, d, plan);
	if (!fill_relaxations(p, f, plan, a) || !fill_sources(p, plan, a))
		return NULL;
	plan->cost_e4 = cost_e4(p, plan);
	if (!fill_carbon(p, plan, a))
		return NULL;
	plan->n_events = (uint32_t)p->n_event;
	plan->events = arena_array(a, plan->n_events, ID_MAX);
	if (!plan->events)
		return NULL;
	for (int e = 0; e < p->n_event; e++)
		snprintf(plan->events[e], ID_MAX, "%s", p->event[e].id);
	return plan;
}
