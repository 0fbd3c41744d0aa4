#include "plan/account.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *before, *after; /* around the id */
	enum {
		OF_SITE,
		OF_STORE,
		OF_QUEUE,
		OF_EVENT,
		OF_COOLING,
		OF_FEEDER,
		OF_DEMAND,
		OF_SOURCE
	} of;
	const char *unit;
} limits[N_LIMITS] = {
	[LIMIT_IMPORT] = {"import_max", "", OF_SITE, "W"},
	[LIMIT_CONTRACT] = {"contracted_demand", "", OF_SITE, "W"},
	[LIMIT_EXPORT] = {"export_max", "", OF_SITE, "W"},
	[LIMIT_UNSERVED] = {"load.unserved", "", OF_SITE, "W"},
	[LIMIT_CAPACITY] = {"load.capacity", "", OF_SITE, "W"},
	[LIMIT_SOC_MIN] = {"storage[", "].soc_min", OF_STORE, "Wh"},
	[LIMIT_RESERVE] = {"storage[", "].reserve", OF_STORE, "Wh"},
	[LIMIT_SOC_MAX] = {"storage[", "].soc_max", OF_STORE, "Wh"},
	[LIMIT_DUE] = {"queue[", "].due", OF_QUEUE, "device_s"},
	[LIMIT_POWER_MIN] = {"queue[", "].power_min", OF_QUEUE, "W"},
	[LIMIT_TIER] = {"queue[", "].tier", OF_QUEUE, "W"},
	[LIMIT_TEMP_MAX] = {"cooling[", "].temp_max", OF_COOLING, "m°C"},
	[LIMIT_TEMP_MIN] = {"cooling[", "].temp_min", OF_COOLING, "m°C"},
	[LIMIT_FEEDER] = {"feeder[", "]", OF_FEEDER, "W"},
	[LIMIT_RATION] = {"ration", "", OF_SITE, "Wh"},
	[LIMIT_EVENT] = {"event:", "", OF_EVENT, "W"},
	[LIMIT_SURPLUS] = {"event:", ".surplus", OF_EVENT, "W"},
	[LIMIT_CHARGE] = {"storage[", "].charge_max", OF_STORE, "W"},
	[LIMIT_DISCHARGE] = {"storage[", "].discharge_max", OF_STORE, "W"},
	[LIMIT_DEVICES] = {"queue[", "].devices", OF_QUEUE, "W"},
	[LIMIT_DEMAND] = {"demand[", "]", OF_DEMAND, "W"},
	[LIMIT_COOLING] = {"cooling[", "].power_max", OF_COOLING, "W"},
	[LIMIT_STORE_HELD] = {"storage[", "].override", OF_STORE, "W"},
	[LIMIT_QUEUE_HELD] = {"queue[", "].held", OF_QUEUE, "W"},
	[LIMIT_GENERATOR_HELD] = {"[", "].override", OF_SOURCE, "W"},
	[LIMIT_COOLING_HELD] = {"cooling[", "].override", OF_COOLING, "W"},
};

static const char *id_of(const struct plant *p, enum limit l, int i)
{
	switch (limits[l].of) {
	case OF_STORE:
		return p->store[i].id;
	case OF_QUEUE:
		return p->queue[i].id;
	case OF_EVENT:
		return p->event[i].id;
	case OF_COOLING:
		return p->cooling[i].id;
	case OF_FEEDER:
		return p->feeder[i].id;
	case OF_DEMAND:
		return p->demand[i].id;
	case OF_SOURCE:
		return p->in->generators[i].id;
	default:
		return "";
	}
}

void limit_name(const struct plant *p, enum limit l, int i, char ret[ID_MAX])
{
	const char *kind = limits[l].of == OF_SOURCE
				   ? asset_kind_name(generator_kind(&p->in->generators[i]))
				   : "";
	int room = ID_MAX - 1 -
		   (int)(strlen(kind) + strlen(limits[l].before) + strlen(limits[l].after));

	snprintf(ret, ID_MAX, "%s%s%.*s%s", kind, limits[l].before, room, id_of(p, l, i),
		 limits[l].after);
}

const char *limit_unit(enum limit l)
{
	return limits[l].unit;
}

/* ---- the terms ---- */

struct teller {
	const struct plant *p;
	const struct flows *f;
	breach_cb cb;
	void *arg;
	struct account *a;
	int t;
};

/* amount beyond a limit, if it is, at price × hours. Returns the cost. */
static double breach(struct teller *x, enum limit l, int i, double amount, double price)
{
	double cost;

	if (amount <= 0)
		return 0;
	cost = x->p->hours[x->t] * price * amount;
	if (x->cb) {
		struct breach b = {l, i, x->t, amount, cost};

		x->cb(x->arg, &b);
	}
	return cost;
}

static void tell_site(struct teller *x)
{
	const struct plant *p = x->p;
	struct account *a = x->a;
	int t = x->t;
	double net = x->f->net[t], h = p->hours[t];

	a->energy += h * net * (net > 0 ? p->buy_true[t] : p->sell[t]);
	a->carbon += h * fmax(0, net) * p->carbon[t];
	a->contract += breach(x, LIMIT_CONTRACT, 0, p->has_contract ? net - p->contracted : 0,
			      p->over_demand);
	a->overload += breach(x, LIMIT_IMPORT, 0, net - p->import_max, p->overload);
	a->overload += breach(x, LIMIT_EXPORT, 0, -net - p->export_max, p->overload);
	a->unserved += breach(x, LIMIT_UNSERVED, 0, x->f->unserved[t], p->unserved);
	breach(x, LIMIT_CAPACITY, 0, p->it_over[t], 0);
	for (int i = 0; i < p->n_generators; i++) {
		double used = x->f->generators[i][t];

		a->bought += h * p->generator_price[i] * used;
		a->curtail += h * p->curtail_price[i] * (p->generators[i][t] - used);
	}
	for (int i = 0; i < p->n_feeder; i++) {
		const struct plant_feeder *f = &p->feeder[i];
		double kw = flows_feeder(p, x->f, t, i);
		double beyond = kw > 0 ? kw - f->import_max : -kw - f->export_max;

		a->overload += breach(x, LIMIT_FEEDER, i, beyond, p->overload);
	}
}

static void tell_store(struct teller *x, int i)
{
	const struct plant_store *s = &x->p->store[i];
	struct account *a = x->a;
	double h = x->p->hours[x->t], kw = x->f->store[i][x->t], soc = x->f->soc[i][x->t];

	a->wear += h * s->wear * fmax(0, -kw);
	a->tie += h * x->p->tie[x->t] * fabs(kw);
	a->reserve += breach(x, LIMIT_SOC_MIN, i, s->soc_min - soc, s->reserve_price);
	a->reserve += breach(x, LIMIT_RESERVE, i, s->reserve - soc, s->reserve_price);
	a->reserve += breach(x, LIMIT_SOC_MAX, i, soc - s->soc_max, s->reserve_price);
}

static void tell_queue(struct teller *x, int i)
{
	const struct plant_queue *q = &x->p->queue[i];
	struct account *a = x->a;
	int t = x->t;
	double kw = x->f->queue[i][t];

	a->tie += x->p->hours[t] * x->p->tie[t] * kw;
	a->late += breach(x, LIMIT_DUE, i, x->f->backlog[i][t] - q->allowed[t], q->late_price);
	a->floor += breach(x, q->tier_floor[t] > q->power_min ? LIMIT_TIER : LIMIT_POWER_MIN, i,
			   x->f->floor[i][t] - kw, q->floor_price);
}

static void tell_cooling(struct teller *x, int i)
{
	const struct plant_cooling *c = &x->p->cooling[i];
	struct account *a = x->a;
	double heat = x->f->heat[i][x->t];

	a->tie += x->p->hours[x->t] * x->p->tie[x->t] * x->f->cooling[i][x->t];
	a->temperature += breach(x, LIMIT_TEMP_MAX, i, heat - c->band, c->over_price);
	a->temperature += breach(x, LIMIT_TEMP_MIN, i, -heat, c->over_price);
}

/* Told at its first step; a ration is energy, not power. */
static void tell_ration(struct teller *x, int i)
{
	const struct plant_ration *r = &x->p->ration[i];
	double over = -r->left;
	struct breach b = {.limit = LIMIT_RATION, .i = i, .step = r->first};

	for (int t = r->first; t < r->end; t++)
		over += x->p->hours[t] * fmax(0, x->f->net[t]);
	if (over <= 0)
		return;
	b.amount = over;
	b.cost = over * x->p->overload;
	x->a->overload += b.cost;
	if (x->cb)
		x->cb(x->arg, &b);
}

static void tell_demand(struct teller *x, int d)
{
	const struct plant_demand *m = &x->p->demand[d];
	double peak = m->incumbent;

	for (int t = 0; t < x->p->n; t++) {
		if (m->in_window[t])
			peak = fmax(peak, x->f->net[t]);
	}
	x->a->demand += m->price * (peak - m->incumbent);
}

static void tell_event(struct teller *x, int i)
{
	const struct plant_event *e = &x->p->event[i];
	int t = x->t;
	double shortfall, ask;

	if (!e->active[t])
		return;
	shortfall = fmax(0, e->sign * (x->f->net[t] - e->target[t]));
	ask = e->sign * (e->baseline[t] - e->target[t]);
	x->a->event_penalty += breach(x, LIMIT_EVENT, i, shortfall, e->penalty);
	x->a->surplus +=
		breach(x, LIMIT_SURPLUS, i, e->sign * (e->band[t] - x->f->net[t]), e->surplus);
	/* Linear below the baseline too: a plan that goes the wrong way must not look free. */
	if (ask > 0)
		x->a->event_pay -= x->p->hours[t] * e->pay * (ask - shortfall);
}

static void tell_whole(struct teller *x)
{
	const struct plant *p = x->p;
	int last = p->n - 1;

	for (int i = 0; i < p->n_ration; i++)
		tell_ration(x, i);
	for (int d = 0; d < p->n_demand; d++)
		tell_demand(x, d);
	for (int i = 0; i < p->n_store; i++)
		x->a->left += p->store[i].terminal * (p->store[i].soc_now - x->f->soc[i][last]);
	for (int i = 0; i < p->n_queue; i++)
		x->a->left += p->queue[i].terminal * x->f->backlog[i][last];
	for (int i = 0; i < p->n_cooling; i++)
		x->a->left +=
			p->cooling[i].terminal * (x->f->heat[i][last] - p->cooling[i].heat_now);
}

void account_make(const struct plant *p, const struct flows *f, breach_cb cb, void *arg,
		  struct account *ret)
{
	struct account a = {0};
	struct teller x = {p, f, cb, arg, &a, 0};

	for (; x.t < p->n; x.t++) {
		tell_site(&x);
		for (int i = 0; i < p->n_store; i++)
			tell_store(&x, i);
		for (int i = 0; i < p->n_queue; i++)
			tell_queue(&x, i);
		for (int i = 0; i < p->n_cooling; i++)
			tell_cooling(&x, i);
		for (int i = 0; i < p->n_event; i++)
			tell_event(&x, i);
	}
	tell_whole(&x);
	*ret = a;
}

double account_objective(const struct account *a)
{
	return a->energy + a->demand + a->event_pay + a->event_penalty + a->wear + a->curtail +
	       a->tie + a->left + a->overload + a->contract + a->unserved + a->reserve + a->late +
	       a->surplus + a->floor + a->temperature + a->bought + a->carbon;
}
