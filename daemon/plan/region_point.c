#include "plan/region_point.h"

#include <math.h>
#include <string.h>

#define KDS 1e3
#define KW 1e-3
#define W 1e3
#define HAIR 1e-6 /* device-seconds */

static bool has_link(const struct plan_region *in, int site)
{
	for (int l = 0; l < in->n_links; l++) {
		if (in->links[l].from == site || in->links[l].to == site)
			return true;
	}
	return false;
}

/* A plant of its own as far as moves change it. */
static struct plant *copy_plant(const struct plant *p, struct arena *a)
{
	struct plant *c = arena_memdup(a, p, sizeof(*p));
	size_t size = (size_t)p->n * sizeof(double);

	if (!c || !(c->load = arena_memdup(a, p->load, size)))
		return NULL;
	for (int i = 0; i < p->n_queue; i++) {
		c->queue[i].arrivals = arena_memdup(a, p->queue[i].arrivals, size);
		if (!c->queue[i].arrivals)
			return NULL;
	}
	return c;
}

struct region_point *region_point_new(const struct region_problem *b, struct arena *a)
{
	struct region_point *x = ARENA_NEW(a, struct region_point);
	size_t n = (size_t)b->in->n_sites;

	if (!x)
		return NULL;
	x->b = b;
	x->moved = ARENA_ARRAY(a, (size_t)b->in->n_links * (size_t)b->n, double);
	x->plant = ARENA_ARRAY(a, n, struct plant *);
	x->flows = ARENA_ARRAY(a, n, struct flows *);
	if (!x->moved || !x->plant || !x->flows)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct plant *p = b->site[i].plant;

		x->plant[i] = has_link(b->in, (int)i) ? copy_plant(p, a) : p;
		if (!x->plant[i])
			return NULL;
	}
	return x;
}

static void reset_plant(const struct region_point *x, int site)
{
	const struct plant *from = x->b->site[site].plant;
	struct plant *p = x->plant[site];
	size_t size = (size_t)p->n * sizeof(double);

	if (p == from)
		return;
	memcpy(p->load, from->load, size);
	for (int i = 0; i < p->n_queue; i++)
		memcpy(p->queue[i].arrivals, from->queue[i].arrivals, size);
}

static void move(const struct region_point *x, int l, int t)
{
	const struct region_link *k = &x->b->in->links[l];
	struct plant *from = x->plant[k->from], *to = x->plant[k->to];
	double kds = *region_moved(x, l, t) / KDS;
	int u = region_arrives(x->b, l, t);

	from->queue[k->from_queue].arrivals[t] -=
		kds * region_kwh_per_kds(x->b, k->from, k->from_queue);
	from->load[t] += kds * region_link_energy(x->b, l) / from->hours[t];
	if (u < x->b->n)
		to->queue[k->to_queue].arrivals[u] +=
			kds * region_kwh_per_kds(x->b, k->to, k->to_queue);
}

void region_point_move(struct region_point *x, bool whole)
{
	const struct plan_region *in = x->b->in;

	for (int i = 0; i < in->n_sites; i++)
		reset_plant(x, i);
	for (int l = 0; l < in->n_links; l++) {
		for (int t = 0; t < x->b->n; t++)
			move(x, l, t);
	}
	for (int i = 0; whole && i < in->n_sites; i++) {
		struct plant *p = x->plant[i];

		for (int t = 0; p != x->b->site[i].plant && t < p->n; t++)
			p->load[t] = KW * round(W * p->load[t]);
	}
}

struct region_point *region_point_solved(struct region_problem *b, const double *x, struct arena *a)
{
	struct region_point *p = region_point_new(b, a);

	if (!p)
		return NULL;
	for (int l = 0; l < b->in->n_links; l++) {
		for (int t = 0; t < b->n; t++)
			*region_moved(p, l, t) = KDS * fmax(0, x[region_link_col(b, l, t)]);
	}
	region_point_move(p, false);
	for (int i = 0; i < b->in->n_sites; i++) {
		b->site[i].problem->plant = p->plant[i];
		p->flows[i] = problem_flows(b->site[i].problem, x + b->site[i].first_col, a);
		if (!p->flows[i])
			return NULL;
	}
	return p;
}

struct region_point *region_point_whole(const struct region_point *from, struct arena *a)
{
	struct region_point *p = region_point_new(from->b, a);

	for (int l = 0; p && l < from->b->in->n_links; l++) {
		double sum = 0, done = 0;

		for (int t = 0; t < from->b->n; t++) {
			double v = *region_moved(from, l, t);

			sum += v;
			if (v < HAIR)
				continue;
			*region_moved(p, l, t) = floor(sum + HAIR) - done;
			done = floor(sum + HAIR);
		}
	}
	if (p)
		region_point_move(p, true);
	return p;
}

/* ---- settling ---- */

/* Device-seconds that queue i of a site is short of in step t: more leaves than is there. */
static double lack(const struct region_point *x, int site, int i, int t)
{
	const struct plant *p = x->plant[site];
	const struct flows *f = x->flows[site];
	double before = t > 0 ? f->backlog[i][t - 1] : p->queue[i].backlog_now;
	double work = before + p->queue[i].arrivals[t];

	return -KDS * work / region_kwh_per_kds(x->b, site, i);
}

static bool cut_link(struct region_point *x, int l, int t)
{
	const struct region_link *k = &x->b->in->links[l];
	double *moved = region_moved(x, l, t);
	double short_ds = lack(x, k->from, k->from_queue, t), less;

	if (*moved <= 0 || short_ds < HAIR)
		return false;
	less = fmin(*moved, ceil(short_ds - HAIR));
	*moved -= less;
	x->plant[k->from]->queue[k->from_queue].arrivals[t] +=
		less / KDS * region_kwh_per_kds(x->b, k->from, k->from_queue);
	return true;
}

/* Cuts moves in the first step in which more leaves a queue than is there; what follows from it is seen the next time. */
static bool cut_first(struct region_point *x)
{
	bool cut = false;

	for (int t = 0; !cut && t < x->b->n; t++) {
		for (int l = 0; l < x->b->in->n_links; l++)
			cut |= cut_link(x, l, t);
	}
	return cut;
}

void region_point_settle(struct region_point *x, struct decided *const *d)
{
	do {
		region_point_move(x, true);
		for (int i = 0; i < x->b->in->n_sites; i++)
			decide_settle(x->plant[i], d[i], x->flows[i]);
	} while (cut_first(x));
}

double region_point_net(const struct region_point *x, int l, int t)
{
	const struct region_limit *k = &x->b->in->limits[l];
	double net = 0;

	for (int i = 0; i < k->n_sites; i++)
		net += x->flows[k->sites[i]]->net[t];
	return net;
}
