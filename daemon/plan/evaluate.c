/* An older plan on a newer input: what it would cost, and what is left of it. */
#include <math.h>
#include <stdio.h>

#include "base/slot.h"
#include "plan/plan.h"
#include "plan/publish.h"

/* Mean of an old series over step t of the new input; NAN if the old plan does not cover all of it. */
static double mean_over(const struct plan *p, const int64_t *series, int64_t from_ms, int64_t to_ms)
{
	double sum = 0;

	for (int64_t at = from_ms; at < to_ms;) {
		int k = plan_slot_at(p, at);
		int64_t end;

		if (k < 0)
			return NAN;
		end = min_i64(to_ms, p->start_ms[k] + p->duration_ms[k]);
		sum += (double)series[k] * (double)(end - at);
		at = end;
	}
	return sum / (double)(to_ms - from_ms);
}

static const struct plan_asset *old_asset(const struct plan *p, const struct plant *now,
					  const char *id)
{
	char path[ID_MAX * 2];

	snprintf(path, sizeof(path), "%.63s/%.63s", now->in->site, id);
	return plan_find_asset(p, path);
}

/* PV follows its cap: what was not curtailed then is not curtailed now, however much more there is. */
static int64_t generator_again(const struct plan *p, const struct plan_asset *x, int64_t from_ms,
			       int64_t to_ms)
{
	double used = mean_over(p, x->power_w, from_ms, to_ms);
	double was = mean_over(p, x->available_w, from_ms, to_ms);

	return isnan(used) || -used >= was - 1 ? INT64_MIN : llround(used);
}

static int64_t power_again(const struct plan *p, const struct plan_asset *x, int64_t from_ms,
			   int64_t to_ms, int64_t otherwise)
{
	double w = mean_over(p, x->power_w, from_ms, to_ms);

	return isnan(w) ? otherwise : llround(w);
}

/* What plan p does in step t, as far as it says; else each asset does what it does when left alone. */
static void repeat_step(const struct plant *now, const struct plan *p, int t, struct decided *d)
{
	int64_t from = now->in->start_ms[t], to = from + now->in->duration_ms[t];
	double unserved = mean_over(p, p->unserved_w, from, to);
	const struct plan_asset *x;

	d->unserved_w[t] = isnan(unserved) ? 0 : llround(unserved);
	for (int i = 0; i < now->n_generators; i++) {
		x = old_asset(p, now, now->in->generators[i].id);
		d->generator_w[i][t] =
			x && x->available_w ? generator_again(p, x, from, to) : INT64_MIN;
	}
	for (int i = 0; i < now->n_store; i++) {
		x = old_asset(p, now, now->store[i].id);
		d->store_w[i][t] = x ? power_again(p, x, from, to, 0) : 0;
	}
	for (int i = 0; i < now->n_queue; i++) {
		x = old_asset(p, now, now->queue[i].id);
		d->queue_w[i][t] = x ? power_again(p, x, from, to, INT64_MAX) : INT64_MAX;
	}
}

int plan_evaluate(const struct plan_input *in, const struct plan *p, int64_t *ret_objective_e4)
{
	struct arena a;
	struct plant *now = NULL;
	struct decided *d = NULL;
	struct flows *f = NULL;
	struct account account;
	int rc;

	arena_init(&a, PLAN_ARENA_CAP);
	rc = plant_make(in, &a, &now, NULL);
	if (!rc &&
	    isnan(mean_over(p, p->pcc_w, in->start_ms[0], in->start_ms[0] + in->duration_ms[0])))
		rc = ERR_NODATA;
	if (!rc) {
		d = decided_new(now, &a);
		f = flows_new(now, &a);
		rc = d && f ? 0 : -ENOMEM;
	}
	if (!rc) {
		for (int t = 0; t < now->n; t++)
			repeat_step(now, p, t, d);
		decide_settle(now, d, f);
		flows_set_floors(now, f);
		account_make(now, f, NULL, NULL, &account);
		*ret_objective_e4 = llround(1e4 * account_objective(&account));
	}
	arena_fini(&a);
	return rc;
}

/* ---- shifting ---- */

static void cut_series(struct plan *p, uint32_t first)
{
	int64_t **columns[] = {&p->start_ms,	  &p->duration_ms,	&p->pcc_w,
			       &p->load_w,	  &p->unserved_w,	&p->price_buy_e4,
			       &p->price_sell_e4, &p->marginal_price_e4};

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		*columns[i] += first;
	for (uint32_t i = 0; i < p->n_assets; i++) {
		struct plan_asset *x = &p->assets[i];

		x->power_w += first;
		if (x->level)
			x->level += first;
		if (x->available_w)
			x->available_w += first;
	}
	if (p->carbon_g)
		p->carbon_g += first;
	if (p->slot_plan_id)
		p->slot_plan_id += first;
	p->n -= first;
}

static void cut_notes(struct plan *p, uint32_t first)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n_bindings; i++) {
		if (p->bindings[i].slot < first)
			continue;
		p->bindings[n] = p->bindings[i];
		p->bindings[n++].slot -= first;
	}
	p->n_bindings = n;
	n = 0;
	for (uint32_t i = 0; i < p->n_moves; i++) {
		if (p->moves[i].slot < first)
			continue;
		p->moves[n] = p->moves[i];
		p->moves[n++].slot -= first;
	}
	p->n_moves = n;
	n = 0;
	for (uint32_t i = 0; i < p->n_relaxations; i++) {
		if (p->relaxations[i].start_ms >= p->start_ms[0])
			p->relaxations[n++] = p->relaxations[i];
	}
	p->n_relaxations = n;
}

int plan_shift(const struct plan *old, int64_t now_ms, struct arena *a, struct plan **ret)
{
	uint32_t first = 0;
	struct plan *p;

	while (first < old->n && old->start_ms[first] + old->duration_ms[first] <= now_ms)
		first++;
	if (first == old->n)
		return ERR_NODATA;
	p = plan_clone(old, a);
	if (!p)
		return -ENOMEM;
	cut_series(p, first);
	cut_notes(p, first);
	p->status = PLAN_SHIFTED;
	plan_hash_compute(p, p->plan_hash);
	*ret = p;
	return 0;
}
