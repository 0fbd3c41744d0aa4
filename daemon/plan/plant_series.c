/* What the plant has per step: prices, flows that are given, bounds that move. */
#include <math.h>
#include <stdio.h>

#include "plan/plant_priv.h"

#define MAX_CARBON_G 100000
#define LEAST_MS MS_PER_MIN /* a step that is nearly over still counts this long */

double *plant_vector(struct plant *p, struct arena *a)
{
	return ARENA_ARRAY(a, (size_t)p->n, double);
}

int64_t plant_within(int64_t v, int64_t lo, int64_t hi, int *clipped)
{
	int64_t c = clamp_i64(v, lo, hi);

	*clipped += c != v;
	return c;
}

void plant_note_steps(struct plant *p, const char *what, int n)
{
	if (n > 0)
		plant_note(p, what, "impossible in %d of %d steps, clipped there", n, p->n);
}

double plant_mean_buy(const struct plant *p)
{
	double sum = 0, hours = 0;

	for (int t = 0; t < p->n; t++) {
		sum += p->hours[t] * p->buy[t];
		hours += p->hours[t];
	}
	return fmax(0, sum / hours);
}

/* CNY per kWh imported. */
static double carbon_price(const struct plan_input *in, int t, int *clipped)
{
	int64_t g = in->carbon_g ? plant_within(in->carbon_g[t], 0, MAX_CARBON_G, clipped) : 0;

	return plant_price(in->carbon.price_e4_per_kg) * (double)g / 1000;
}

static bool make_time_and_prices(struct plant *p, struct arena *a)
{
	const struct plan_input *in = p->in;
	int clipped = 0, reversed = 0;

	p->hours = plant_vector(p, a);
	p->tie = plant_vector(p, a);
	p->buy = plant_vector(p, a);
	p->sell = plant_vector(p, a);
	p->buy_true = plant_vector(p, a);
	p->sell_true = plant_vector(p, a);
	p->carbon = plant_vector(p, a);
	if (!p->buy_true || !p->carbon || !p->hours || !p->tie || !p->buy || !p->sell ||
	    !p->sell_true)
		return false;
	for (int t = 0; t < p->n; t++) {
		int64_t start = in->start_ms[t], end = start + in->duration_ms[t];
		int64_t left = max_i64(LEAST_MS, end - max_i64(start, in->now_ms));
		double days = (double)(start - in->start_ms[0]) / (double)MS_PER_DAY;

		p->hours[t] = (double)left / (double)MS_PER_H;
		p->tie[t] = PLANT_CNY *
			    (double)min_i64(in->prices.tie_break_e4, PLANT_MAX_PRICE_E4) * days;
		p->buy_true[t] =
			PLANT_CNY * (double)plant_within(in->price_buy_e4[t], -PLANT_MAX_PRICE_E4,
							 PLANT_MAX_PRICE_E4, &clipped);
		p->carbon[t] = carbon_price(in, t, &clipped);
		p->buy[t] = p->buy_true[t] + p->carbon[t];
		p->sell_true[t] =
			PLANT_CNY * (double)plant_within(in->price_sell_e4[t], -PLANT_MAX_PRICE_E4,
							 PLANT_MAX_PRICE_E4, &clipped);
		p->sell[t] = fmin(p->sell_true[t], p->buy[t]);
		reversed += p->sell[t] < p->sell_true[t];
	}
	plant_note_steps(p, "price", clipped);
	if (reversed > 0) {
		plant_note(p, "price.sell",
			   "above the buying price in %d of %d steps, planned as equal", reversed,
			   p->n);
		p->notes[p->n_notes - 1].quality = QUALITY_ESTIMATED;
	}
	return true;
}

static bool make_load(struct plant *p, struct arena *a)
{
	const struct it_load *l = &p->in->load;
	int64_t capacity = clamp_i64(l->capacity_w, 0, PLANT_MAX_W);
	int64_t floor_w = clamp_i64(l->floor_w, 0, PLANT_MAX_W);
	int clipped = 0;

	p->it = plant_vector(p, a);
	p->load = plant_vector(p, a);
	p->unserved_max = plant_vector(p, a);
	p->it_room = plant_vector(p, a);
	p->it_over = plant_vector(p, a);
	if (!p->it || !p->load || !p->unserved_max || !p->it_room || !p->it_over)
		return false;
	for (int t = 0; t < p->n; t++) {
		int64_t it = plant_within(p->in->load_it_w[t], 0, PLANT_MAX_W, &clipped);

		p->it[t] = PLANT_KW * (double)it;
		p->load[t] = PLANT_KW * (double)llround((double)it * p->pue);
		p->unserved_max[t] = PLANT_KW * floor(p->pue * (double)max_i64(0, it - floor_w));
		p->it_room[t] = PLANT_KW * (double)max_i64(0, capacity - it);
		p->it_over[t] = PLANT_KW * (double)max_i64(0, it - capacity);
	}
	plant_note_steps(p, "load.power", clipped);
	return true;
}

static bool make_generator(struct plant *p, struct arena *a, int i)
{
	const struct generator *g = &p->in->generators[i];
	char what[ID_MAX];
	int clipped = 0;

	p->generators[i] = plant_vector(p, a);
	p->generator_least[i] = plant_vector(p, a);
	p->generator_most[i] = plant_vector(p, a);
	if (!p->generators[i] || !p->generator_least[i] || !p->generator_most[i])
		return false;
	for (int t = 0; t < p->n; t++) {
		double kw = PLANT_KW * (double)plant_within(p->in->generator_w[i][t], 0,
							    PLANT_MAX_W, &clipped);

		p->generators[i][t] = p->generator_most[i][t] = kw;
		p->generator_least[i][t] = p->curtailable[i] ? 0 : kw;
	}
	snprintf(what, sizeof(what), "%s[%.40s].power", asset_kind_name(generator_kind(g)), g->id);
	plant_note_steps(p, what, clipped);
	return true;
}

/* Self-discharge at a constant rate through the step: what stays of the energy, and what a constant kW adds to it. */
static bool make_store(struct plant *p, struct arena *a, struct plant_store *s)
{
	double natural = s->soc_now, rate = log(s->rho);

	s->keep = plant_vector(p, a);
	s->gain = plant_vector(p, a);
	s->lo = plant_vector(p, a);
	s->hi = plant_vector(p, a);
	s->least = plant_vector(p, a);
	s->most = plant_vector(p, a);
	if (!s->keep || !s->gain || !s->lo || !s->hi || !s->least || !s->most)
		return false;
	for (int t = 0; t < p->n; t++) {
		double h = p->hours[t];

		s->keep[t] = pow(s->rho, h);
		s->gain[t] = rate < 0 ? expm1(rate * h) / rate : h;
		natural *= s->keep[t];
		s->lo[t] = fmin(s->soc_min, natural);
		s->hi[t] = fmax(s->soc_max, natural);
		s->least[t] = -s->discharge_max;
		s->most[t] = s->charge_max;
	}
	return true;
}

static bool make_event(struct plant *p, struct arena *a, const struct plan_event *e)
{
	struct plant_event *x = &p->event[p->n_event];
	double sign = e->direction == DIRECTION_DN ? -1 : 1;
	int clipped = 0;

	if (e->direction == DIRECTION_NONE)
		return true;
	p->n_event++;
	x->id = e->correlation_id;
	x->sign = sign;
	x->penalty = PLANT_CNY * (double)clamp_i64(e->penalty_price_e4, 0, PLANT_MAX_PRICE_E4);
	x->surplus = PLANT_CNY * (double)clamp_i64(e->surplus_price_e4, 0, PLANT_MAX_PRICE_E4);
	x->pay = PLANT_CNY * (double)clamp_i64(e->pay_price_e4, 0, PLANT_MAX_PRICE_E4);
	x->penalty_bill = PLANT_CNY * (double)clamp_i64(e->penalty_bill_e4, 0, PLANT_MAX_PRICE_E4);
	x->pay_bill = PLANT_CNY * (double)clamp_i64(e->pay_bill_e4, 0, PLANT_MAX_PRICE_E4);
	x->active = e->active;
	x->target = plant_vector(p, a);
	x->band = plant_vector(p, a);
	x->baseline = plant_vector(p, a);
	if (!x->target || !x->band || !x->baseline)
		return false;
	for (int t = 0; t < p->n; t++) {
		if (!e->active[t])
			continue;
		x->target[t] = PLANT_KW * (double)plant_within(e->target_pcc_w[t], -PLANT_MAX_W,
							       PLANT_MAX_W, &clipped);
		x->band[t] = PLANT_KW * (double)plant_within(e->band_pcc_w[t], -PLANT_MAX_W,
							     PLANT_MAX_W, &clipped);
		x->baseline[t] = PLANT_KW * (double)plant_within(e->baseline_pcc_w[t], -PLANT_MAX_W,
								 PLANT_MAX_W, &clipped);
		/* The band lies beyond the target, never before it. */
		if (sign * (x->band[t] - x->target[t]) > 0) {
			x->band[t] = x->target[t];
			clipped++;
		}
	}
	plant_note_steps(p, x->id, clipped);
	return true;
}

/* No flow of an optimal plan can be larger: everything on at once. */
static double widest(const struct plant *p)
{
	double most = 0, assets = 1;

	for (int t = 0; t < p->n; t++) {
		double sum = p->load[t];

		for (int i = 0; i < p->n_generators; i++)
			sum += p->generators[i][t];
		most = fmax(most, sum);
	}
	for (int i = 0; i < p->n_store; i++)
		assets += p->store[i].charge_max + p->store[i].discharge_max;
	for (int i = 0; i < p->n_queue; i++)
		assets += p->pue * p->queue[i].power_max;
	for (int i = 0; i < p->n_cooling; i++)
		assets += p->cooling[i].power_max;
	return most + assets;
}

static bool make_stores(struct plant *p, struct arena *a)
{
	for (int i = 0; i < p->n_store; i++) {
		struct plant_store *s = &p->store[i];

		if (p->in->has_terminal)
			s->terminal = plant_price(p->in->terminal_soc_e4[i]);
		else if (p->in->storage[i].terminal_price_e4 < 0)
			s->terminal = plant_mean_buy(p) * s->eta_d;
		if (!make_store(p, a, s))
			return false;
	}
	return true;
}

bool plant_make_series(struct plant *p, struct arena *a)
{
	if (!make_time_and_prices(p, a) || !make_load(p, a) || !plant_make_cooling(p, a) ||
	    !make_stores(p, a))
		return false;
	for (int i = 0; i < p->n_generators; i++) {
		if (!make_generator(p, a, i))
			return false;
	}
	for (int k = 0; k < p->n_queue; k++) {
		if (!plant_make_queue(p, a, k))
			return false;
	}
	for (int e = 0; e < p->in->n_events; e++) {
		if (!make_event(p, a, &p->in->events[e]))
			return false;
	}
	p->wide = widest(p);
	return plant_make_windows(p, a);
}
