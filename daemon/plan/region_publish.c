#include "plan/region_publish.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/slot.h"

#define W 1e3
#define E4 1e4

struct publisher {
	const struct region_point *x;
	const struct region_problem *b;
	const struct lp_solution *s;
	struct arena *a;
	struct plan *plan;
	int site;
};

/* Steps: what lies beyond is only looked at. */
static int published(const struct publisher *p)
{
	return p->x->plant[p->site]->n_published;
}

static bool is_on(const struct region_limit *l, int site)
{
	for (int i = 0; i < l->n_sites; i++) {
		if (l->sites[i] == site)
			return true;
	}
	return false;
}

static void name_limit(const struct region_limit *l, char ret[ID_MAX])
{
	int room = ID_MAX - 3 - (int)strnlen(l->kind, 16);

	snprintf(ret, ID_MAX, "%.16s[%.*s]", l->kind, room, l->id);
}

/* A longer copy of n elements with more zeroed ones behind. */
static void *longer(struct arena *a, const void *from, uint32_t n, uint32_t more, size_t size)
{
	void *to = arena_array(a, (size_t)n + more, size);

	if (to && n > 0)
		memcpy(to, from, n * size);
	return to;
}

/* ---- relaxations ---- */

static bool is_relaxed(const struct publisher *p, int l, int t)
{
	int n = p->b->in->limits[l].n_sites;

	return fabs(region_overload(p->x, l, t)) * W > REGION_ROUNDING_W(n) + 0.5;
}

static uint32_t count_relaxations(const struct publisher *p)
{
	uint32_t n = 0;

	for (int l = 0; l < p->b->in->n_limits; l++) {
		for (int t = 0; is_on(&p->b->in->limits[l], p->site) && t < published(p); t++)
			n += is_relaxed(p, l, t);
	}
	return n;
}

static bool add_relaxations(struct publisher *p)
{
	struct plan *plan = p->plan;
	uint32_t more = count_relaxations(p);
	struct plan_relaxation *r;

	if (more == 0)
		return true;
	r = longer(p->a, plan->relaxations, plan->n_relaxations, more, sizeof(*r));
	if (!r)
		return false;
	plan->relaxations = r;
	for (int t = 0; t < published(p); t++) {
		for (int l = 0; l < p->b->in->n_limits; l++) {
			if (!is_on(&p->b->in->limits[l], p->site) || !is_relaxed(p, l, t))
				continue;
			r = &plan->relaxations[plan->n_relaxations++];
			name_limit(&p->b->in->limits[l], r->limit);
			r->start_ms = p->b->in->sites[p->site]->start_ms[t];
			r->amount = llround(W * fabs(region_overload(p->x, l, t)));
			r->unit = "W";
			r->cost_e4 = llround(E4 * region_overload_cost(p->x, l, t));
		}
	}
	return true;
}

/* ---- bindings ---- */

/* CNY that one more kWh of the limit would save in step t; above 0 the side that binds is its import. */
static int64_t shadow_e4(const struct publisher *p, int l, int t)
{
	const struct plant *plant = p->x->plant[p->site];
	double dual = p->s->dual[region_limit_row(p->b, l, t)];
	int64_t shadow = llround(-E4 * dual / plant->hours[t]);
	int64_t noise = 2 * max_i64(0, plant->in->prices.tie_break_e4);

	return shadow > noise || -shadow > noise ? shadow : 0;
}

static uint32_t slots(const struct plant *p, int t)
{
	return publish_slot_of(p, t + 1) - publish_slot_of(p, t);
}

static bool add_bindings(struct publisher *p)
{
	const struct plant *plant = p->x->plant[p->site];
	struct plan *plan = p->plan;
	uint32_t more = 0;
	struct plan_binding *list;

	for (int l = 0; l < p->b->in->n_limits; l++) {
		for (int t = 0; is_on(&p->b->in->limits[l], p->site) && t < published(p); t++)
			more += shadow_e4(p, l, t) ? slots(plant, t) : 0;
	}
	if (more == 0)
		return true;
	list = longer(p->a, plan->bindings, plan->n_bindings, more, sizeof(*list));
	if (!list)
		return false;
	plan->bindings = list;
	for (int t = 0; t < published(p); t++) {
		for (int l = 0; l < p->b->in->n_limits; l++) {
			const struct region_limit *k = &p->b->in->limits[l];
			int64_t shadow = is_on(k, p->site) ? shadow_e4(p, l, t) : 0;

			for (uint32_t s = 0; shadow != 0 && s < slots(plant, t); s++) {
				struct plan_binding *b = &list[plan->n_bindings++];

				b->slot = publish_slot_of(plant, t) + s;
				name_limit(k, b->limit);
				b->value = shadow > 0 ? k->import_max_w
						      : -max_i64(k->export_max_w, -INT64_MAX);
				b->unit = "W";
				b->shadow_price_e4 = shadow < 0 ? -shadow : shadow;
			}
		}
	}
	return true;
}

/* ---- moves ---- */

/* What of a step's work falls into its slot k of n: by the time that is left of each. */
static int64_t part(const struct plant *p, int t, uint32_t k, double work)
{
	double slot = (double)SLOT_MS / (double)MS_PER_H, h = p->hours[t];
	uint32_t n = slots(p, t);
	double before = fmax(0, h - slot * (double)(n - k)) / h;
	double after = fmax(0, h - slot * (double)(n - k - 1)) / h;

	return llround(after * work) - llround(before * work);
}

static void add_move(struct publisher *p, int l, uint32_t slot, bool out, int64_t work)
{
	const struct plan_region *in = p->b->in;
	const struct region_link *k = &in->links[l];
	int other = out ? k->to : k->from;
	struct plan_move *m;

	if (work == 0)
		return;
	p->plan->n_moves++;
	if (!p->plan->moves)
		return;
	m = &p->plan->moves[p->plan->n_moves - 1];
	m->slot = slot;
	snprintf(m->link, sizeof(m->link), "%s", k->id);
	snprintf(m->queue, sizeof(m->queue), "%s",
		 in->sites[p->site]->queues[out ? k->from_queue : k->to_queue].id);
	snprintf(m->other, sizeof(m->other), "%.63s/%.63s", in->sites[other]->site,
		 in->sites[other]->queues[out ? k->to_queue : k->from_queue].id);
	m->out = out;
	m->work_ds = work;
}

static double arriving(const struct publisher *p, int l, int u)
{
	double sum = 0;

	for (int t = 0; t <= u; t++) {
		if (region_arrives(p->b, l, t) == u)
			sum += *region_moved(p->x, l, t);
	}
	return sum;
}

static void walk_moves(struct publisher *p, int t)
{
	const struct plant *plant = p->x->plant[p->site];
	uint32_t first = publish_slot_of(plant, t);

	for (uint32_t k = 0; k < slots(plant, t); k++) {
		for (int l = 0; l < p->b->in->n_links; l++) {
			const struct region_link *link = &p->b->in->links[l];

			if (link->from == p->site)
				add_move(p, l, first + k, true,
					 part(plant, t, k, *region_moved(p->x, l, t)));
			if (link->to == p->site)
				add_move(p, l, first + k, false,
					 part(plant, t, k, arriving(p, l, t)));
		}
	}
}

static bool add_moves(struct publisher *p)
{
	struct plan *plan = p->plan;

	plan->moves = NULL;
	plan->n_moves = 0;
	for (int t = 0; p->b->in->n_links > 0 && t < published(p); t++)
		walk_moves(p, t);
	if (plan->n_moves == 0)
		return true;
	plan->moves = ARENA_ARRAY(p->a, plan->n_moves, struct plan_move);
	plan->n_moves = 0;
	for (int t = 0; plan->moves && t < published(p); t++)
		walk_moves(p, t);
	return plan->moves != NULL;
}

/* ---- all of it ---- */

static int64_t transfer_cost_e4(const struct publisher *p)
{
	int64_t cost = 0;

	for (int l = 0; l < p->b->in->n_links; l++) {
		for (int t = 0; p->b->in->links[l].from == p->site && t < published(p); t++)
			cost += llround(E4 * region_transfer_cost(p->x, l, t));
	}
	return cost;
}

static struct plan *publish_site(struct publisher *p, const struct decided *d)
{
	struct lp_solution part_of = region_slice(p->b, p->s, p->site);

	p->plan = publish_plan(p->x->plant[p->site], d, p->x->flows[p->site], p->a);
	if (!p->plan || !publish_duals(p->b->site[p->site].problem, &part_of, p->a, p->plan) ||
	    !add_relaxations(p) || !add_bindings(p) || !add_moves(p))
		return NULL;
	p->plan->cost_e4 += transfer_cost_e4(p);
	return p->plan;
}

bool region_publish(const struct region_point *x, struct decided *const *d,
		    const struct lp_solution *s, struct arena *a, struct plan **ret)
{
	struct publisher p = {.x = x, .b = x->b, .s = s, .a = a};
	int64_t objective = llround(E4 * region_objective(x));

	for (; p.site < x->b->in->n_sites; p.site++) {
		ret[p.site] = publish_site(&p, d[p.site]);
		if (!ret[p.site])
			return false;
		ret[p.site]->objective_e4 = objective;
	}
	return true;
}
