#include "plan/region_round.h"

#include <math.h>

#define W 1e3
#define ROUNDS 6
#define HAIR_W 2e-2
#define NOISE_W 60.0 /* beyond a limit: an interior point's digits, not its opinion */

struct mender {
	const struct region_point *from; /* what the solver meant */
	struct region_point *x;
	struct decided **d;
	int64_t **net; /* [n_sites][n] W */
	int t;
	int changes;
};

static int64_t **net_loads(const struct region_point *x, struct arena *a)
{
	int64_t **net = ARENA_ARRAY(a, (size_t)x->b->in->n_sites, int64_t *);

	for (int i = 0; net && i < x->b->in->n_sites; i++) {
		net[i] = ARENA_ARRAY(a, (size_t)x->b->n, int64_t);
		if (!net[i])
			return NULL;
	}
	return net;
}

/* ---- one site ---- */

/* A hair of room for what the last bits of a double cannot say. */
static int64_t at_most(double kw)
{
	return (int64_t)floor(W * kw + 1e-6);
}

static int64_t at_least(double kw)
{
	return (int64_t)ceil(W * kw - 1e-6);
}

/* What was taken now is given back next, so that levels go on as they were meant to. */
static void give_back(struct mender *m, int site, int64_t *w, int64_t taken)
{
	const struct plant *p = m->x->plant[site];
	int64_t back;

	if (m->t + 1 == p->n)
		return;
	back = llround((double)taken * p->hours[m->t] / p->hours[m->t + 1]);
	w[m->t + 1] += back;
	m->net[site][m->t + 1] += back;
}

/* Takes up to `most` W (below 0: puts in) out of w[t], which stays within [lo, hi]. */
static int64_t take(struct mender *m, int site, int64_t *w, int64_t most, int64_t lo, int64_t hi)
{
	int64_t was = w[m->t];
	int64_t now = clamp_i64(was - most, min_i64(lo, was), max_i64(hi, was));

	w[m->t] = now;
	m->net[site][m->t] += now - was;
	m->changes += now != was;
	return was - now;
}

static int64_t take_queues(struct mender *m, int site, int64_t most)
{
	const struct plant *p = m->x->plant[site];
	int64_t taken = 0;

	for (int i = 0; i < p->n_queue && taken != most; i++) {
		int64_t *w = m->d[site]->queue_w[i], got;
		const struct plant_queue *q = &p->queue[i];

		if (w[m->t] == 0)
			continue;
		got = take(m, site, w, most - taken, at_least(p->pue * q->least[m->t]),
			   at_most(p->pue * q->most[m->t]));
		give_back(m, site, w, got);
		taken += got;
	}
	return taken;
}

/* Watts by which store i may go lower (up: higher) in this step without running empty (full). */
static int64_t spare(const struct mender *m, int site, int i, bool up)
{
	const struct plant_store *s = &m->x->plant[site]->store[i];
	double soc = m->x->flows[site]->soc[i][m->t], gain = s->gain[m->t];

	if (up)
		return at_most(fmax(0, s->soc_max - soc) / (gain * s->eta_c));
	return at_most(fmax(0, soc - s->soc_min) * s->eta_d / gain);
}

/* Stores that do something anyway, or those that do not. */
static int64_t take_stores(struct mender *m, int site, int64_t most, bool idle)
{
	const struct plant *p = m->x->plant[site];
	int64_t taken = 0;

	for (int i = 0; i < p->n_store && taken != most; i++) {
		int64_t *w = m->d[site]->store_w[i], got;
		int64_t least = max_i64(at_least(p->store[i].least[m->t]),
					w[m->t] - spare(m, site, i, false));
		int64_t full =
			min_i64(at_most(p->store[i].most[m->t]), w[m->t] + spare(m, site, i, true));

		if ((w[m->t] == 0) != idle)
			continue;
		got = take(m, site, w, most - taken,
			   idle || w[m->t] < 0 ? least : max_i64(0, least),
			   idle || w[m->t] > 0 ? full : min_i64(0, full));
		give_back(m, site, w, got);
		taken += got;
	}
	return taken;
}

/* Only what is curtailed anyway: a plan that curtails a watt would be told as one that curtails. */
static int64_t take_generators(struct mender *m, int site, int64_t most)
{
	const struct plant *p = m->x->plant[site];
	int64_t taken = 0;

	for (int i = 0; i < p->n_generators && taken != most; i++) {
		int64_t *w = m->d[site]->generator_w[i], want = most - taken;
		int64_t full = -at_most(p->generator_most[i][m->t]);
		int64_t curtailed = w[m->t] - full;

		if (curtailed <= 1)
			continue;
		if (want == curtailed - 1)
			want--;
		taken += take(m, site, w, want, full, -at_least(p->generator_least[i][m->t]));
	}
	return taken;
}

/* Lowers the net load of a site in step t by up to `most` W (below 0: raises it); what was not found. */
static int64_t lower(struct mender *m, int site, int64_t most)
{
	most -= take_queues(m, site, most);
	if (most != 0)
		most -= take_stores(m, site, most, false);
	if (most != 0)
		most -= take_generators(m, site, most);
	return most;
}

/* ---- all of them ---- */

/* v, nearer to 0 by w. */
static int64_t without(int64_t v, int64_t w)
{
	return v > 0 ? max_i64(0, v - w) : min_i64(0, v + w);
}

static void mend_limit(struct mender *m, int l)
{
	const struct region_problem *b = m->x->b;
	const struct region_limit *k = &b->in->limits[l];
	double net = region_point_net(m->from, l, m->t);
	double hi = W * b->bound[l].hi[m->t], lo = W * b->bound[l].lo[m->t];
	bool relaxed = W * net > hi + NOISE_W || W * net < lo - NOISE_W;
	int64_t sum = 0, beyond = 0, borne = REGION_ROUNDING_W(k->n_sites);

	/* Where the solver could not hold the limit, its own sum is what holds. */
	if (relaxed) {
		hi = fmax(hi, W * net);
		lo = fmin(lo, W * net);
	}
	for (int i = 0; i < k->n_sites; i++)
		sum += m->net[k->sites[i]][m->t];
	if ((double)sum > hi + HAIR_W)
		beyond = (int64_t)ceil((double)sum - hi - HAIR_W);
	else if ((double)sum < lo - HAIR_W)
		beyond = (int64_t)floor((double)sum - lo + HAIR_W);
	/* What is relaxed anyway is not worth a watt of anybody's. */
	if (relaxed)
		beyond = without(beyond, borne);
	for (int i = 0; i < k->n_sites && beyond != 0; i++)
		beyond = lower(m, k->sites[i], beyond);
	/* Nor does a store wake up for what rounding may leave. */
	beyond = without(beyond, borne);
	for (int i = 0; i < k->n_sites && beyond != 0; i++)
		beyond -= take_stores(m, k->sites[i], beyond, true);
}

static int mend(struct mender *m)
{
	const struct region_problem *b = m->x->b;

	for (int i = 0; i < b->in->n_sites; i++) {
		for (int t = 0; t < b->n; t++)
			m->net[i][t] = llround(W * m->x->flows[i]->net[t]);
	}
	m->changes = 0;
	for (m->t = 0; m->t < b->n; m->t++) {
		for (int l = 0; l < b->in->n_limits; l++)
			mend_limit(m, l);
	}
	return m->changes;
}

static int new_integers(const struct region_point *from, struct arena *a, struct mender *m)
{
	size_t n = (size_t)from->b->in->n_sites;

	m->x = region_point_whole(from, a);
	m->d = ARENA_ARRAY(a, n, struct decided *);
	m->net = net_loads(from, a);
	if (!m->x || !m->d || !m->net)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		m->d[i] = decided_new(m->x->plant[i], a);
		m->x->flows[i] = flows_new(m->x->plant[i], a);
		if (!m->d[i] || !m->x->flows[i])
			return -ENOMEM;
	}
	return 0;
}

int region_round(const struct region_point *from, struct arena *a, struct region_point **ret_point,
		 struct decided ***ret_d)
{
	struct mender m = {.from = from};
	int r = new_integers(from, a, &m);

	if (r)
		return r;
	for (int i = 0; i < from->b->in->n_sites; i++)
		decide_round(m.x->plant[i], from->flows[i], m.d[i]);
	region_point_settle(m.x, m.d);
	/* Settling may undo a watt here and there: a few rounds. */
	for (int round = 0; round < ROUNDS && mend(&m) > 0; round++)
		region_point_settle(m.x, m.d);
	for (int i = 0; i < from->b->in->n_sites; i++)
		flows_set_floors(m.x->plant[i], m.x->flows[i]);
	*ret_point = m.x;
	*ret_d = m.d;
	return 0;
}
