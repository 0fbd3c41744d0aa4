/* An older plan on a newer input: what it would cost, and what is left of it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/slot.h"
#include "plan/plan.h"
#include "plan/region_account.h"
#include "plan/region_order.h"

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
	for (int i = 0; i < now->n_cooling; i++) {
		x = old_asset(p, now, now->cooling[i].id);
		d->cooling_w[i][t] = x ? power_again(p, x, from, to, DECIDED_ALONE) : DECIDED_ALONE;
	}
}

/* ---- a region ---- */

/* What the senders' plans move over link l in step t: slots are whole, however little of the first is left. */
static double move_again(const struct region_problem *b, const struct plan *p, int l, int t)
{
	const struct plan_input *in = b->in->sites[0];
	int64_t from = in->start_ms[t], to = from + in->duration_ms[t], sum = 0;

	if (region_arrives(b, l, t) >= b->n)
		return 0;
	for (uint32_t i = 0; i < p->n_moves; i++) {
		const struct plan_move *m = &p->moves[i];

		if (m->out && m->slot < p->n && p->start_ms[m->slot] >= from &&
		    p->start_ms[m->slot] < to && strcmp(m->link, b->in->links[l].id) == 0)
			sum += max_i64(0, m->work_ds);
	}
	return (double)sum;
}

/* The flows of p[index[i]] for site i. */
static int repeat(struct region_point *x, const struct plan *const *p, const int *index,
		  struct arena *a)
{
	const struct plan_region *in = x->b->in;
	struct decided **d = ARENA_ARRAY(a, (size_t)in->n_sites, struct decided *);

	if (!d)
		return -ENOMEM;
	for (int i = 0; i < in->n_sites; i++) {
		d[i] = decided_new(x->plant[i], a);
		x->flows[i] = flows_new(x->plant[i], a);
		if (!d[i] || !x->flows[i])
			return -ENOMEM;
		for (int t = 0; t < x->b->n; t++)
			repeat_step(x->plant[i], p[index[i]], t, d[i]);
	}
	for (int l = 0; l < in->n_links; l++) {
		for (int t = 0; t < x->b->n; t++)
			*region_moved(x, l, t) =
				move_again(x->b, p[index[in->links[l].from]], l, t);
	}
	region_point_settle(x, d);
	for (int i = 0; i < in->n_sites; i++)
		flows_set_floors(x->plant[i], x->flows[i]);
	return 0;
}

static bool covers(const struct plan_input *in, const struct plan *p)
{
	return !isnan(
		mean_over(p, p->pcc_w, in->start_ms[0], in->start_ms[0] + in->duration_ms[0]));
}

static int evaluate(const struct plan_region *in, const struct plan *const *p, struct arena *a,
		    int64_t *ret_objective_e4)
{
	struct region_problem *b = NULL;
	struct plan_region *ordered = NULL;
	struct region_point *x;
	int *index = NULL, r = region_order(in, a, &ordered, &index, NULL);

	if (!r)
		r = region_problem_outline(ordered, a, &b, NULL);
	for (int i = 0; !r && i < in->n_sites; i++)
		r = covers(in->sites[i], p[i]) ? 0 : ERR_NODATA;
	if (r)
		return r;
	x = region_point_new(b, a);
	r = x ? repeat(x, p, index, a) : -ENOMEM;
	if (!r)
		*ret_objective_e4 = llround(1e4 * region_objective(x));
	return r;
}

int region_evaluate(const struct plan_region *in, const struct plan *const *p,
		    int64_t *ret_objective_e4)
{
	struct arena a;
	int r;

	arena_init(&a, REGION_ARENA_CAP);
	r = evaluate(in, p, &a, ret_objective_e4);
	arena_fini(&a);
	return r;
}

/* Steps from the first on that every plan says all of. */
static uint32_t covered(const struct plan_region *in, const struct plan *const *p)
{
	const struct plan_input *grid = in->sites[0];
	uint32_t n = 0;

	for (; n < grid->n; n++) {
		int64_t from = grid->start_ms[n], to = from + grid->duration_ms[n];

		for (int i = 0; i < in->n_sites; i++) {
			if (isnan(mean_over(p[i], p[i]->pcc_w, from, to)))
				return n;
		}
	}
	return n;
}

/* The first n steps of a region. NULL: the arena is full. */
static struct plan_region *beginning(const struct plan_region *in, uint32_t n, struct arena *a)
{
	struct plan_region *r = arena_memdup(a, in, sizeof(*in));

	if (!r || !(r->sites = ARENA_ARRAY(a, (size_t)in->n_sites, struct plan_input *)))
		return NULL;
	for (int i = 0; i < in->n_sites; i++) {
		r->sites[i] = arena_memdup(a, in->sites[i], sizeof(*in->sites[i]));
		if (!r->sites[i])
			return NULL;
		r->sites[i]->n = n;
	}
	return r;
}

int region_compare(const struct plan_region *in, const struct plan *const *old,
		   const struct plan *const *new, int64_t *ret_saves_e4)
{
	uint32_t n = covered(in, old), of_new = covered(in, new);
	const struct plan_region *common;
	int64_t was, is;
	struct arena a;
	int r;

	n = n < of_new ? n : of_new;
	if (n == 0)
		return ERR_NODATA;
	arena_init(&a, REGION_ARENA_CAP);
	common = beginning(in, n, &a);
	r = common ? evaluate(common, old, &a, &was) : -ENOMEM;
	if (!r)
		r = evaluate(common, new, &a, &is);
	arena_fini(&a);
	if (!r)
		*ret_saves_e4 = was - is;
	return r;
}

int plan_evaluate(const struct plan_input *in, const struct plan *p, int64_t *ret_objective_e4)
{
	struct plan_input *site = (struct plan_input *)in; /* read only, as all of a region is */
	struct plan_region alone = {.n_sites = 1, .sites = &site};

	return region_evaluate(&alone, &p, ret_objective_e4);
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
