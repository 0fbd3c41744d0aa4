/* What a region's limits and links mean in kW, kWh and steps. */
#include <math.h>

#include "base/slot.h"
#include "plan/region_problem.h"

#define KW 1e-3
#define CNY 1e-4
#define KDS 1e3 /* device-seconds per unit of a link's column */
#define MAX_LINK_PRICE_E4 INT64_C(1000000000000)
#define MAX_LINK_WH INT64_C(1000000000)

double region_kwh_per_kds(const struct region_problem *b, int site, int queue)
{
	return KDS * b->site[site].plant->queue[queue].kwh_per_ds;
}

double region_link_price(const struct region_problem *b, int l)
{
	return CNY * (double)clamp_i64(b->in->links[l].price_e4_per_kds, 0, MAX_LINK_PRICE_E4);
}

double region_link_tie(const struct region_problem *b, int l)
{
	const struct region_link *k = &b->in->links[l];
	int64_t tie = clamp_i64(b->in->sites[k->from]->prices.tie_break_e4, 1, PLANT_MAX_PRICE_E4);

	return CNY * (double)tie * region_kwh_per_kds(b, k->from, k->from_queue);
}

double region_link_energy(const struct region_problem *b, int l)
{
	return KW * (double)clamp_i64(b->in->links[l].energy_wh_per_kds, 0, MAX_LINK_WH);
}

/* The first step that begins `delay` after what is left of step t. */
static int arrival(const struct plan_input *in, int64_t delay_ms, int t)
{
	int64_t from = max_i64(in->start_ms[t], in->now_ms);
	int u = t;

	if (delay_ms <= 0)
		return t;
	while (u < (int)in->n && (u == t || in->start_ms[u] - from < delay_ms))
		u++;
	return u;
}

static bool make_arrivals(struct region_problem *b, struct arena *a)
{
	b->arrives = ARENA_ARRAY(a, (size_t)b->in->n_links * (size_t)b->n, int);
	for (int l = 0; b->arrives && l < b->in->n_links; l++) {
		for (int t = 0; t < b->n; t++)
			b->arrives[l * b->n + t] =
				arrival(b->in->sites[0], b->in->links[l].delay_ms, t);
	}
	return b->arrives != NULL;
}

int region_receiver_of(const struct region_problem *b, int site, int queue)
{
	for (int r = 0; r < b->n_receivers; r++) {
		if (b->receiver[r].site == site && b->receiver[r].queue == queue)
			return r;
	}
	return REGION_NO_RECEIVER;
}

static bool make_receivers(struct region_problem *b, struct arena *a)
{
	b->receiver = ARENA_ARRAY(a, (size_t)b->in->n_links, struct region_receiver);
	for (int l = 0; b->receiver && l < b->in->n_links; l++) {
		const struct region_link *k = &b->in->links[l];

		if (region_receiver_of(b, k->to, k->to_queue) == REGION_NO_RECEIVER)
			b->receiver[b->n_receivers++] =
				(struct region_receiver){k->to, k->to_queue};
	}
	return b->receiver != NULL;
}

/* ---- shared limits ---- */

static void note_sites(struct region_problem *b, const struct region_limit *l, const char *text)
{
	for (int i = 0; i < l->n_sites; i++)
		plant_note(b->site[l->sites[i]].plant, l->id, "%s", text);
}

/* A bound of the sum of many sites; INFINITY if there is none. */
static double bound_kw(int64_t w)
{
	int64_t most = REGION_MAX_SITES * PLANT_MAX_W;

	return w == INT64_MAX ? INFINITY : KW * (double)clamp_i64(w, -most, most);
}

static bool make_bound(struct region_problem *b, int i, struct arena *a)
{
	const struct region_limit *l = &b->in->limits[i];
	struct region_bound *x = &b->bound[i];
	int64_t most = REGION_MAX_SITES * PLANT_MAX_W, price = l->overload_price_e4;
	double hi = bound_kw(l->import_max_w), lo = -bound_kw(l->export_max_w);
	int clipped = 0;

	if (lo > hi) {
		note_sites(b, l, "its export limit contradicts its import limit: taken as equal");
		lo = hi;
	}
	for (int k = 0; k < l->n_sites; k++) {
		if (l->overload_price_e4 <= 0)
			price = max_i64(price, b->in->sites[l->sites[k]]->prices.overload_e4);
	}
	x->price = CNY * (double)clamp_i64(price, 0, PLANT_MAX_PRICE_E4);
	x->lo = ARENA_ARRAY(a, (size_t)b->n, double);
	x->hi = ARENA_ARRAY(a, (size_t)b->n, double);
	if (!x->lo || !x->hi)
		return false;
	for (int t = 0; t < b->n; t++) {
		int64_t w = clamp_i64(l->background_w[t], -most, most);

		clipped += w != l->background_w[t];
		x->lo[t] = lo - KW * (double)w;
		x->hi[t] = hi - KW * (double)w;
	}
	if (clipped > 0)
		note_sites(b, l, "the load of others is impossible in some steps, clipped there");
	return true;
}

bool region_make_bounds(struct region_problem *b, struct arena *a)
{
	if (!make_arrivals(b, a) || !make_receivers(b, a))
		return false;
	b->bound = ARENA_ARRAY(a, (size_t)b->in->n_limits, struct region_bound);
	for (int i = 0; b->bound && i < b->in->n_limits; i++) {
		if (!make_bound(b, i, a))
			return false;
	}
	return b->bound != NULL;
}
