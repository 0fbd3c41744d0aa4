/* What the plant has per step: prices, flows that are given, bounds that move. */
#include <math.h>
#include <stdio.h>

#include "plan/plant.h"

#define KW 1e-3
#define CNY 1e-4
#define LEAST_MS MS_PER_MIN /* a step that is nearly over still counts this long */

static double *vector(struct plant *p, struct arena *a)
{
	return ARENA_ARRAY(a, (size_t)p->n, double);
}

/* v[t] within bounds; counts what was not. */
static int64_t within(int64_t v, int64_t lo, int64_t hi, int *clipped)
{
	int64_t c = clamp_i64(v, lo, hi);

	*clipped += c != v;
	return c;
}

static void note_steps(struct plant *p, const char *what, int n)
{
	if (n > 0)
		plant_note(p, what, "impossible in %d of %d steps, clipped there", n, p->n);
}

static double mean_buy(const struct plant *p)
{
	double sum = 0, hours = 0;

	for (int t = 0; t < p->n; t++) {
		sum += p->hours[t] * p->buy[t];
		hours += p->hours[t];
	}
	return fmax(0, sum / hours);
}

static bool make_time_and_prices(struct plant *p, struct arena *a)
{
	const struct plan_input *in = p->in;
	int clipped = 0, reversed = 0;

	p->hours = vector(p, a);
	p->tie = vector(p, a);
	p->buy = vector(p, a);
	p->sell = vector(p, a);
	p->sell_true = vector(p, a);
	if (!p->hours || !p->tie || !p->buy || !p->sell || !p->sell_true)
		return false;
	for (int t = 0; t < p->n; t++) {
		int64_t start = in->start_ms[t], end = start + in->duration_ms[t];
		int64_t left = max_i64(LEAST_MS, end - max_i64(start, in->now_ms));
		double days = (double)(start - in->start_ms[0]) / (double)MS_PER_DAY;

		p->hours[t] = (double)left / (double)MS_PER_H;
		p->tie[t] =
			CNY * (double)min_i64(in->prices.tie_break_e4, PLANT_MAX_PRICE_E4) * days;
		p->buy[t] = CNY * (double)within(in->price_buy_e4[t], -PLANT_MAX_PRICE_E4,
						 PLANT_MAX_PRICE_E4, &clipped);
		p->sell_true[t] = CNY * (double)within(in->price_sell_e4[t], -PLANT_MAX_PRICE_E4,
						       PLANT_MAX_PRICE_E4, &clipped);
		p->sell[t] = fmin(p->sell_true[t], p->buy[t]);
		reversed += p->sell[t] < p->sell_true[t];
	}
	note_steps(p, "price", clipped);
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

	p->load = vector(p, a);
	p->unserved_max = vector(p, a);
	p->it_room = vector(p, a);
	p->it_over = vector(p, a);
	if (!p->load || !p->unserved_max || !p->it_room || !p->it_over)
		return false;
	for (int t = 0; t < p->n; t++) {
		int64_t it = within(p->in->load_it_w[t], 0, PLANT_MAX_W, &clipped);

		p->load[t] = KW * (double)llround((double)it * p->pue);
		p->unserved_max[t] = KW * floor(p->pue * (double)max_i64(0, it - floor_w));
		p->it_room[t] = KW * (double)max_i64(0, capacity - it);
		p->it_over[t] = KW * (double)max_i64(0, it - capacity);
	}
	note_steps(p, "load.power", clipped);
	return true;
}

static bool make_generator(struct plant *p, struct arena *a)
{
	for (int i = 0; i < p->n_generators; i++) {
		char what[ID_MAX];
		int clipped = 0;

		p->generators[i] = vector(p, a);
		if (!p->generators[i])
			return false;
		for (int t = 0; t < p->n; t++)
			p->generators[i][t] = KW * (double)within(p->in->generator_w[i][t], 0,
								  PLANT_MAX_W, &clipped);
		snprintf(what, sizeof(what), "pv[%.40s].power", p->in->generators[i].id);
		note_steps(p, what, clipped);
	}
	return true;
}

/* Self-discharge at a constant rate through the step: what stays of the energy, and what a constant kW adds to it. */
static bool make_store(struct plant *p, struct arena *a, struct plant_store *s)
{
	double natural = s->soc_now, rate = log(s->rho);

	s->keep = vector(p, a);
	s->gain = vector(p, a);
	s->lo = vector(p, a);
	s->hi = vector(p, a);
	if (!s->keep || !s->gain || !s->lo || !s->hi)
		return false;
	for (int t = 0; t < p->n; t++) {
		double h = p->hours[t];

		s->keep[t] = pow(s->rho, h);
		s->gain[t] = rate < 0 ? expm1(rate * h) / rate : h;
		natural *= s->keep[t];
		s->lo[t] = fmin(s->soc_min, natural);
		s->hi[t] = fmax(s->soc_max, natural);
	}
	return true;
}

/* The share of step j's arrivals, spread evenly over it, that is due by end_ms. */
static double share_due(const struct plan_input *in, int64_t slack_ms, int j, int64_t end_ms)
{
	double d = (double)in->duration_ms[j];

	return fmin(1, fmax(0, ((double)end_ms - (double)in->start_ms[j] - (double)slack_ms) / d));
}

static bool make_queue(struct plant *p, struct arena *a, int k)
{
	const struct plan_input *in = p->in;
	struct plant_queue *q = &p->queue[k];
	int64_t most = in->queues[k].devices * 100 * (MS_PER_DAY / MS_PER_S);
	double all = q->backlog_now, due_now = 0;
	char what[ID_MAX];
	int clipped = 0;

	q->arrivals = vector(p, a);
	q->allowed = vector(p, a);
	if (!q->arrivals || !q->allowed)
		return false;
	for (int t = 0; t < p->n; t++)
		q->arrivals[t] =
			q->kwh_per_ds * (double)within(in->arrivals_ds[k][t], 0, most, &clipped);
	for (int t = 0; t < p->n; t++) {
		double due;
		int64_t end = in->start_ms[t] + in->duration_ms[t];

		/* Cumulative: what was due once stays due, and no more than there is. */
		due = q->kwh_per_ds * (double)within(in->due_ds[k][t], 0, most, &clipped);
		due_now = fmin(q->backlog_now, fmax(due_now, due));
		due = due_now;
		for (int j = 0; j <= t; j++)
			due += q->arrivals[j] * share_due(in, in->queues[k].slack_ms, j, end);
		all += q->arrivals[t];
		q->allowed[t] = fmax(0, all - due);
	}
	q->all_work = all + 1;
	q->terminal = mean_buy(p) * p->pue;
	snprintf(what, sizeof(what), "queue[%.40s].work", q->id);
	note_steps(p, what, clipped);
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
	x->penalty = CNY * (double)clamp_i64(e->penalty_price_e4, 0, PLANT_MAX_PRICE_E4);
	x->surplus = CNY * (double)clamp_i64(e->surplus_price_e4, 0, PLANT_MAX_PRICE_E4);
	x->pay = CNY * (double)clamp_i64(e->pay_price_e4, 0, PLANT_MAX_PRICE_E4);
	x->penalty_bill = CNY * (double)clamp_i64(e->penalty_bill_e4, 0, PLANT_MAX_PRICE_E4);
	x->pay_bill = CNY * (double)clamp_i64(e->pay_bill_e4, 0, PLANT_MAX_PRICE_E4);
	x->active = e->active;
	x->target = vector(p, a);
	x->band = vector(p, a);
	x->baseline = vector(p, a);
	if (!x->target || !x->band || !x->baseline)
		return false;
	for (int t = 0; t < p->n; t++) {
		if (!e->active[t])
			continue;
		x->target[t] = KW * (double)within(e->target_pcc_w[t], -PLANT_MAX_W, PLANT_MAX_W,
						   &clipped);
		x->band[t] =
			KW * (double)within(e->band_pcc_w[t], -PLANT_MAX_W, PLANT_MAX_W, &clipped);
		x->baseline[t] = KW * (double)within(e->baseline_pcc_w[t], -PLANT_MAX_W,
						     PLANT_MAX_W, &clipped);
		/* The band lies beyond the target, never before it. */
		if (sign * (x->band[t] - x->target[t]) > 0) {
			x->band[t] = x->target[t];
			clipped++;
		}
	}
	note_steps(p, x->id, clipped);
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
	return most + assets;
}

bool plant_make_series(struct plant *p, struct arena *a)
{
	if (!make_time_and_prices(p, a) || !make_load(p, a) || !make_generator(p, a))
		return false;
	for (int i = 0; i < p->n_store; i++) {
		struct plant_store *s = &p->store[i];

		if (p->in->storage[i].terminal_price_e4 < 0)
			s->terminal = mean_buy(p) * s->eta_d;
		if (!make_store(p, a, s))
			return false;
	}
	for (int k = 0; k < p->n_queue; k++) {
		if (!make_queue(p, a, k))
			return false;
	}
	for (int e = 0; e < p->in->n_events; e++) {
		if (!make_event(p, a, &p->in->events[e]))
			return false;
	}
	p->wide = widest(p);
	return true;
}
