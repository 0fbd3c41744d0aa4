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
	/* Per kW of peak, not per kWh: the peak is paid once. */
	bind(x, LIMIT_DEMAND, 0, x->s->primal[x->b->peak_col],
	     -x->s->dual[problem_site_row(x->b, t, ROW_PEAK)]);
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
	if (s->charge_max > 0)
		bind(x, LIMIT_CHARGE, i, s->charge_max,
		     worth(x, problem_store_col(x->b, t, i, COL_CHARGE)) / h);
	if (s->discharge_max > 0)
		bind(x, LIMIT_DISCHARGE, i, s->discharge_max,
		     worth(x, problem_store_col(x->b, t, i, COL_DISCHARGE)) / h);
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
	int t = x->t;
	double h = x->p->hours[t];

	if (q->power_max > 0)
		bind(x, LIMIT_DEVICES, i, q->power_max,
		     worth(x, problem_queue_col(x->b, t, i, COL_POWER)) / h);
	bind(x, LIMIT_DUE, i, q->allowed[t] / q->kwh_per_ds / W,
	     worth(x, problem_queue_col(x->b, t, i, COL_BACKLOG)));
	bind(x, LIMIT_POWER_MIN, i, x->b->lp.col_upper[problem_queue_col(x->b, t, i, COL_FLOOR)],
	     q->power_min > 0 ? reduced(x, problem_queue_col(x->b, t, i, COL_POWER)) / h : 0);
}

static void bind_step(struct binder *x)
{
	bind_site(x);
	for (int i = 0; i < x->p->n_store; i++)
		bind_store(x, i);
	for (int i = 0; i < x->p->n_queue; i++)
		bind_queue(x, i);
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
	for (x.t = 0; x.t < p->n; x.t++)
		bind_step(&x);
	plan->n_bindings = x.n;
	bindings = ARENA_ARRAY(a, x.n, struct plan_binding);
	if (!bindings)
		return false;
	plan->bindings = bindings;
	x.n = 0;
	for (x.t = 0; x.t < p->n; x.t++) {
		double price = s->dual[problem_site_row(b, x.t, ROW_BALANCE)] / p->hours[x.t];

		bind_step(&x);
		for (uint32_t k = publish_slot_of(p, x.t); k < publish_slot_of(p, x.t + 1); k++)
			plan->marginal_price_e4[k] = llround(E4 * price);
	}
	return true;
}
