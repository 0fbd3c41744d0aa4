#include "sim/policy.h"

#include <stdlib.h>

#define CHEAP_PERCENT 30
#define DEAR_PERCENT 70
#define URGENT_MS (4 * MS_PER_H)

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct policy_prices policy_prices_at(const struct series *buy, const struct zone *zone,
				      int64_t t_ms)
{
	int64_t from_ms = zone_day_start(zone, t_ms), to_ms = zone_day_end(zone, t_ms);
	double price[104]; /* the longest day has 100 slots */
	size_t n = 0;

	for (int64_t t = from_ms; t < to_ms && n < ARRAY_SIZE(price); t += SLOT_MS)
		price[n++] = series_mean(buy, t, t + SLOT_MS);
	qsort(price, n, sizeof(*price), ascending);
	return (struct policy_prices){
		.now = series_mean(buy, slot_floor(t_ms), slot_floor(t_ms) + SLOT_MS),
		.cheap = price[(n - 1) * CHEAP_PERCENT / 100],
		.dear = price[(n - 1) * DEAR_PERCENT / 100],
	};
}

void policy_nothing(struct twin *t)
{
	t->control = twin_control_none();
}

static bool pays(const struct plant_storage *s, const struct policy_prices *p)
{
	double back = (double)s->eta_charge_ppm * (double)s->eta_discharge_ppm / 1e12;

	return p->dear * back - (double)s->wear_price_e4 > p->cheap;
}

/* What the meter will show without storage. */
static int64_t set_queues(struct twin *t, const struct policy_prices *p,
			  const struct twin_exogenous *x, int64_t dt_ms)
{
	const struct plant *plant = t->plant;
	int64_t net_w = plant_with_pue(plant, x->load_it_w);

	for (int i = 0; i < plant->n_queues; i++) {
		int64_t urgent = queue_due_by_dms(&t->queues[i], t->now_ms + URGENT_MS);

		if (p->now >= p->dear && p->dear > p->cheap)
			t->control.queue_cap_w[i] = queue_power_w(&plant->queues[i], urgent, dt_ms);
		net_w += plant_with_pue(plant, twin_expect_queue_w(t, i, x, dt_ms));
	}
	for (int i = 0; i < plant->n_gen; i++)
		net_w += twin_expect_gen_w(t, i, x);
	return net_w;
}

void policy_threshold(struct twin *t, const struct policy_prices *p, const struct twin_exogenous *x,
		      int64_t dt_ms)
{
	const struct plant *plant = t->plant;
	int64_t net_w, limit_w = p->limit_w ? p->limit_w : plant->pcc.contracted_w;

	if (limit_w == 0)
		limit_w = plant->pcc.import_max_w;
	t->control = twin_control_none();
	net_w = set_queues(t, p, x, dt_ms);
	for (int i = 0; i < plant->n_storage; i++) {
		const struct plant_storage *s = &plant->storage[i];

		if (s->idle || !pays(s, p))
			continue;
		if (p->now <= p->cheap)
			t->control.storage_w[i] = clamp_i64(limit_w - net_w, 0, s->charge_max_w);
		else if (p->now >= p->dear)
			t->control.storage_w[i] = -clamp_i64(net_w, 0, s->discharge_max_w);
		net_w += twin_expect_storage_w(t, i, dt_ms);
	}
}
