/* What the multipliers say: the price of one more kWh in each step, and which limits would be worth moving. */
#include <math.h>

#include "plan/publish.h"

#define W 1e3
#define E4 1e4
#define EPS_KW 1e-3

struct binder {
	const struct problem *b;
	const struct plant *p;
	const struct lp_solution *s;
	struct plan *plan;
	uint32_t n; /* bindings so far; counted only while plan->bindings is NULL */
	int t;
};

/* One binding per slot of the step; what is worth no more than the tie-break is none. */
static void bind(struct binder *x, enum limit l, int i, double value, double shadow)
{
	int64_t shadow_e4 = llround(E4 * shadow);
	uint32_t first = publish_slot_of(x->p, x->t), end = publish_slot_of(x->p, x->t + 1);

	if (shadow_e4 <= 2 * max_i64(0, x->p->in->prices.tie_break_e4) && l != LIMIT_EVENT)
		return;
	for (uint32_t k = first; k < end; k++) {
		struct plan_binding *b = x->plan->bindings ? &x->plan->bindings[x->n] : NULL;

		x->n++;
		if (!b)
			continue;
		b->slot = k;
		limit_name(x->p, l, i, b->limit);
		b->value = llround(W * value);
		b->unit = limit_unit(l);
		b->shadow_price_e4 = max_i64(0, shadow_e4);
	}
}

static double reduced(const struct binder *x, int col)
{
	return x->s->reduced_cost[col];
}

/* At its upper bound a column's reduced cost is what one more unit would save, negated. */
static double worth(const struct binder *x, int col)
{
	double upper = x->b->lp.col_upper[col];

	return x->s->primal[col] > upper - EPS_KW ? fmax(0, -reduced(x, col)) : 0;
}

static void bind_site(struct binder *x)
{
	const struct plant *p = x->p;
	int t = x->t, over = problem_site_col(x->b, t, COL_IMPORT_OVER);
	double h = p->hours[t];
	double contract = worth(x, problem_site_col(x->b, t, COL_IMPORT));

	/* Without a contract the first part of the import ends at the physical limit. */
	if (p->contracted < p->import_max) {
		bind(x, LIMIT_CONTRACT, 0, p->contracted, contract / h);
		bind(x, LIMIT_IMPORT, 0, p->import_max, worth(x, over) / h);
	} else {
		bind(x, LIMIT_IMPORT, 0, p->import_max, contract / h);
	}
	bind(x, LIMIT_EXPORT, 0, p->export_max,
	     worth(x, problem_site_col(x->b, t, COL_EXPORT)) / h);
	bind(x, LIMIT_CAPACITY, 0, p->it_room[t],
	     -x->s->dual[problem_site_row(x->b, t, ROW_IT_ROOM)] / h);
}

static void bind_limits(struct binder *x)
{
	const struct plant *p = x->p;
	const double *dual = x->s->dual;
	double h = p->hours[x->t];

	/* Per kW of peak, not per kWh: the peak is paid once. */
	for (int d = 0; d < p->n_demand; d++) {
		int row = x->b->demand_row[d][x->t];

		if (row >= 0)
			bind(x, LIMIT_DEMAND, d, x->s->primal[x->b->demand_col + d], -dual[row]);
	}
	for (int i = 0; i < p->n_feeder; i++) {
		double y = dual[problem_feeder_row(x->b, x->t, i)] / h;

		bind(x, LIMIT_FEEDER, i, y < 0 ? p->feeder[i].import_max : p->feeder[i].export_max,
		     fabs(y));
	}
	for (int i = 0; i < p->n_ration; i++) {
		if (x->t >= p->ration[i].first && x->t < p->ration[i].end)
			bind(x, LIMIT_RATION, i, p->ration[i].left, -dual[x->b->ration_row + i]);
	}
}

/* What an operator's bound costs: at an upper or a lower one that is not the asset's own. */
static double held(const struct binder *x, int col, bool below, bool above)
{
	double v = x->s->primal[col], lower = x->b->lp.col_lower[col];

	if (above && v > x->b->lp.col_upper[col] - EPS_KW)
		return fmax(0, -reduced(x, col));
	return below && v < lower + EPS_KW ? fmax(0, reduced(x, col)) : 0;
}

static void bind_generator(struct binder *x, int i)
{
	const struct plant *p = x->p;
	int t = x->t;
	double least = p->curtailable[i] ? 0 : p->generators[i][t];
	bool below = p->generator_least[i][t] > least + EPS_KW;
	bool above = p->generator_most[i][t] < p->generators[i][t] - EPS_KW;

	if (below || above)
		bind(x, LIMIT_GENERATOR_HELD, i, x->s->primal[problem_generator_col(x->b, t, i)],
		     held(x, problem_generator_col(x->b, t, i), below, above) / p->hours[t]);
}

static void bind_cooling(struct binder *x, int i)
{
	const struct plant_cooling *c = &x->p->cooling[i];
	int t = x->t, cool = problem_cooling_col(x->b, t, i, COL_COOL);
	int warm = problem_cooling_col(x->b, t, i, COL_WARM);
	double h = x->p->hours[t], now = x->s->primal[cool];
	bool below = c->least[t] > EPS_KW, above = c->most[t] < c->power_max - EPS_KW;

	if (below || above)
		bind(x, LIMIT_COOLING_HELD, i, now, held(x, cool, below, above) / h);
	if (!above)
		bind(x, LIMIT_COOLING, i, c->power_max, worth(x, cool) / h);
	/* Per kWh of heat; values are 1/1000 °C. */
	bind(x, LIMIT_TEMP_MAX, i, c->min_c + c->band / c->kwh_per_k, worth(x, warm));
	if (x->s->primal[warm] < EPS_KW)
		bind(x, LIMIT_TEMP_MIN, i, c->min_c, fmax(0, reduced(x, warm)));
}

static void bind_store_power(struct binder *x, int i)
{
	const struct plant_store *s = &x->p->store[i];
	int t = x->t, charge = problem_store_col(x->b, t, i, COL_CHARGE);
	int discharge = problem_store_col(x->b, t, i, COL_DISCHARGE);
	bool least = s->least[t] > -s->discharge_max + EPS_KW;
	bool most = s->most[t] < s->charge_max - EPS_KW;
	double h = x->p->hours[t];

	if (s->charge_max > 0 && !most)
		bind(x, LIMIT_CHARGE, i, s->charge_max, worth(x, charge) / h);
	if (s->discharge_max > 0 && !least)
		bind(x, LIMIT_DISCHARGE, i, s->discharge_max, worth(x, discharge) / h);
	if (least || most)
		bind(x, LIMIT_STORE_HELD, i, x->s->primal[charge] - x->s->primal[discharge],
		     fmax(held(x, charge, least, most), held(x, discharge, most, least)) / h);
}

static void bind_store(struct binder *x, int i)
{
	const struct plant_store *s = &x->p->store[i];
	int t = x->t;
	double h = x->p->hours[t], price = h * s->reserve_price;
	int reserved = problem_store_col(x->b, t, i, COL_RESERVED);
	int free_col = problem_store_col(x->b, t, i, COL_FREE);
	bool usable = s->charge_max > 0 || s->discharge_max > 0;

	if (!usable)
		return;
	bind_store_power(x, i);
	bind(x, LIMIT_SOC_MAX, i, s->soc_max, worth(x, free_col));
	/* A higher reserve costs its price on one more kWh, less what that kWh is worth where it lies. */
	if (x->s->primal[free_col] < EPS_KW)
		bind(x, LIMIT_RESERVE, i, s->reserve, price + fmin(0, reduced(x, reserved)));
	if (s->reserve > s->soc_min && x->s->primal[reserved] < EPS_KW)
		bind(x, LIMIT_SOC_MIN, i, s->soc_min, reduced(x, reserved));
}

static void bind_queue(struct binder *x, int i)
{
	const struct plant_queue *q = &x->p->queue[i];
	const struct problem *b = x->b;
	int t = x->t, top = q->n_segments - 1, k = 0;
	double h = x->p->hours[t], floor = b->floor[i][t], from = q->width[0];
	bool below = q->least[t] > EPS_KW, above = q->most[t] < q->power_max - EPS_KW;
	double most = worth(x, problem_power_col(b, t, i, top, true)) / h;

	if (below || above)
		bind(x, LIMIT_QUEUE_HELD, i, below ? q->least[t] : q->most[t],
		     fmax(above ? most : 0,
			  held(x, problem_power_col(b, t, i, 0, true), below, above) / h));
	if (q->power_max > 0 && !above)
		bind(x, LIMIT_DEVICES, i, q->power_max, most);
	bind(x, LIMIT_DUE, i, q->allowed[t] / q->kwh_per_ds / W,
	     worth(x, problem_work_col(b, t, i, COL_BACKLOG)));
	/* What the floor costs shows in the segment where it ends. */
	while (k < top && from < floor - EPS_KW)
		from += q->width[++k];
	if (floor > 0)
		bind(x, q->tier_floor[t] > q->power_min ? LIMIT_TIER : LIMIT_POWER_MIN, i, floor,
		     reduced(x, problem_power_col(b, t, i, k, true)) / h);
}

static void bind_step(struct binder *x)
{
	bind_site(x);
	bind_limits(x);
	for (int i = 0; i < x->p->n_generators; i++)
		bind_generator(x, i);
	for (int i = 0; i < x->p->n_store; i++)
		bind_store(x, i);
	for (int i = 0; i < x->p->n_queue; i++)
		bind_queue(x, i);
	for (int i = 0; i < x->p->n_cooling; i++)
		bind_cooling(x, i);
	/* An event is told in each of its steps, whether or not it costs anything there. */
	for (int e = 0; e < x->p->n_event; e++) {
		if (x->p->event[e].active[x->t])
			bind(x, LIMIT_EVENT, e, x->p->event[e].target[x->t],
			     -x->p->event[e].sign * x->s->dual[x->b->event_row[e][x->t]] /
				     x->p->hours[x->t]);
	}
}

bool publish_duals(const struct problem *b, const struct lp_solution *s, struct arena *a,
		   struct plan *plan)
{
	const struct plant *p = b->plant;
	struct binder x = {.b = b, .p = p, .s = s, .plan = plan};
	struct plan_binding *bindings;

	plan->bindings = NULL;
	for (x.t = 0; x.t < p->n_published; x.t++)
		bind_step(&x);
	plan->n_bindings = x.n;
	bindings = ARENA_ARRAY(a, x.n, struct plan_binding);
	if (!bindings)
		return false;
	plan->bindings = bindings;
	x.n = 0;
	for (x.t = 0; x.t < p->n_published; x.t++) {
		double price = s->dual[problem_site_row(b, x.t, ROW_BALANCE)] / p->hours[x.t];

		bind_step(&x);
		for (uint32_t k = publish_slot_of(p, x.t); k < publish_slot_of(p, x.t + 1); k++)
			plan->marginal_price_e4[k] = llround(E4 * price);
	}
	return true;
}
