#include "model/plan.h"

#include <string.h>

#include "base/require.h"

int64_t plan_imbalance_w(const struct plan *p)
{
	int64_t worst = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		int64_t diff = p->load_w[i] - p->unserved_w[i] - p->pcc_w[i];

		for (uint32_t a = 0; a < p->n_assets; a++)
			diff += p->assets[a].power_w[i];
		worst = max_i64(worst, diff < 0 ? -diff : diff);
	}
	return worst;
}

int plan_slot_at(const struct plan *p, int64_t t_ms)
{
	uint32_t lo = 0, hi = p->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (p->start_ms[mid] + p->duration_ms[mid] <= t_ms)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < p->n && p->start_ms[lo] <= t_ms ? (int)lo : -1;
}

const struct plan_asset *plan_find_asset(const struct plan *p, const char *asset)
{
	for (uint32_t i = 0; i < p->n_assets; i++) {
		if (strcmp(p->assets[i].asset, asset) == 0)
			return &p->assets[i];
	}
	return NULL;
}

static void hash_u64(struct sha256 *h, uint64_t x)
{
	uint8_t b[8];

	for (int i = 7; i >= 0; i--) {
		b[i] = (uint8_t)x;
		x >>= 8;
	}
	sha256_update(h, b, sizeof(b));
}

static void hash_i64(struct sha256 *h, int64_t x)
{
	hash_u64(h, (uint64_t)x);
}

static void hash_double(struct sha256 *h, double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	hash_u64(h, bits);
}

/* Length first: "ab" + "c" and "a" + "bc" differ, and so do NULL and "". */
static void hash_text(struct sha256 *h, const char *s)
{
	size_t n = s ? strlen(s) : 0;

	hash_u64(h, s ? n : UINT64_MAX);
	sha256_update(h, s ? s : "", n);
}

static void hash_array(struct sha256 *h, const int64_t *v, uint32_t n)
{
	hash_u64(h, v ? n : UINT64_MAX);
	for (uint32_t i = 0; v && i < n; i++)
		hash_i64(h, v[i]);
}

static void hash_slots(struct sha256 *h, const struct plan *p)
{
	hash_array(h, p->start_ms, p->n);
	hash_array(h, p->duration_ms, p->n);
	hash_array(h, p->pcc_w, p->n);
	hash_array(h, p->load_w, p->n);
	hash_array(h, p->unserved_w, p->n);
	hash_array(h, p->price_buy_e4, p->n);
	hash_array(h, p->price_sell_e4, p->n);
	hash_array(h, p->marginal_price_e4, p->n);
	hash_u64(h, p->n_assets);
	for (uint32_t i = 0; i < p->n_assets; i++) {
		const struct plan_asset *a = &p->assets[i];

		hash_text(h, a->asset);
		hash_u64(h, (uint64_t)a->kind);
		hash_array(h, a->power_w, p->n);
		hash_array(h, a->level, p->n);
		hash_array(h, a->available_w, p->n);
	}
}

static void hash_notes(struct sha256 *h, const struct plan *p)
{
	hash_u64(h, p->n_relaxations);
	for (uint32_t i = 0; i < p->n_relaxations; i++) {
		const struct plan_relaxation *r = &p->relaxations[i];

		hash_text(h, r->limit);
		hash_i64(h, r->start_ms);
		hash_i64(h, r->amount);
		hash_text(h, r->unit);
		hash_i64(h, r->cost_e4);
	}
	hash_u64(h, p->n_sources);
	for (uint32_t i = 0; i < p->n_sources; i++) {
		hash_text(h, p->sources[i].input);
		hash_text(h, p->sources[i].source);
		hash_u64(h, (uint64_t)p->sources[i].quality);
	}
	hash_u64(h, p->n_bindings);
	for (uint32_t i = 0; i < p->n_bindings; i++) {
		const struct plan_binding *b = &p->bindings[i];

		hash_u64(h, b->slot);
		hash_text(h, b->limit);
		hash_i64(h, b->value);
		hash_text(h, b->unit);
		hash_i64(h, b->shadow_price_e4);
	}
	hash_u64(h, p->n_events);
	for (uint32_t i = 0; i < p->n_events; i++)
		hash_text(h, p->events[i]);
}

/* What plans did not have at first is hashed where it is there, so that older plans keep their hashes. */
static void hash_more(struct sha256 *h, const struct plan *p)
{
	if (!p->carbon_g && p->co2_g == 0 && p->n_moves == 0)
		return;
	hash_i64(h, p->co2_g);
	hash_array(h, p->carbon_g, p->n);
	hash_u64(h, p->n_moves);
	for (uint32_t i = 0; i < p->n_moves; i++) {
		const struct plan_move *m = &p->moves[i];

		hash_u64(h, m->slot);
		hash_text(h, m->link);
		hash_text(h, m->queue);
		hash_text(h, m->other);
		hash_u64(h, m->out);
		hash_i64(h, m->work_ds);
	}
}

void plan_hash_compute(const struct plan *p, uint8_t ret[SHA256_LEN])
{
	struct sha256 *h = sha256_new();

	REQUIRE(h); /* a few hundred bytes: without them nothing else would work either */
	hash_text(h, "suandian-plan/1");
	hash_text(h, p->site);
	hash_u64(h, (uint64_t)p->status);
	hash_text(h, p->solver);
	hash_i64(h, p->cost_e4);
	hash_i64(h, p->objective_e4);
	hash_double(h, p->gap);
	hash_double(h, p->residual);
	hash_u64(h, p->iterations);
	hash_slots(h, p);
	hash_notes(h, p);
	hash_u64(h, p->slot_plan_id ? p->n : UINT64_MAX);
	for (uint32_t i = 0; p->slot_plan_id && i < p->n; i++)
		hash_u64(h, p->slot_plan_id[i]);
	hash_more(h, p);
	sha256_final(h, ret);
}

/* Replaces *pp by a copy of its n * size bytes; false if the arena is at its cap. NULL stays NULL. */
static bool own(struct arena *a, void *pp, size_t n, size_t size)
{
	void *from, *to;

	memcpy(&from, pp, sizeof(from));
	if (!from)
		return true;
	to = arena_array(a, n, size);
	if (!to)
		return false;
	memcpy(to, from, n * size);
	memcpy(pp, &to, sizeof(to));
	return true;
}

static bool own_slots(struct plan *p, struct arena *a)
{
	int64_t **columns[] = {&p->start_ms,	  &p->duration_ms,	&p->pcc_w,
			       &p->load_w,	  &p->unserved_w,	&p->price_buy_e4,
			       &p->price_sell_e4, &p->marginal_price_e4};

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		if (!own(a, columns[i], p->n, sizeof(int64_t)))
			return false;
	}
	return own(a, &p->carbon_g, p->n, sizeof(int64_t)) &&
	       own(a, &p->slot_plan_id, p->n, sizeof(uint64_t));
}

static bool own_assets(struct plan *p, struct arena *a)
{
	if (!own(a, &p->assets, p->n_assets, sizeof(*p->assets)))
		return false;
	for (uint32_t i = 0; i < p->n_assets; i++) {
		struct plan_asset *x = &p->assets[i];

		if (!own(a, &x->power_w, p->n, sizeof(int64_t)) ||
		    !own(a, &x->level, p->n, sizeof(int64_t)) ||
		    !own(a, &x->available_w, p->n, sizeof(int64_t)))
			return false;
	}
	return true;
}

struct plan *plan_clone(const struct plan *p, struct arena *a)
{
	struct plan *c = arena_memdup(a, p, sizeof(*p));

	if (!c || !own_slots(c, a) || !own_assets(c, a) ||
	    !own(a, &c->relaxations, c->n_relaxations, sizeof(*c->relaxations)) ||
	    !own(a, &c->sources, c->n_sources, sizeof(*c->sources)) ||
	    !own(a, &c->bindings, c->n_bindings, sizeof(*c->bindings)) ||
	    !own(a, &c->events, c->n_events, sizeof(*c->events)) ||
	    !own(a, &c->moves, c->n_moves, sizeof(*c->moves)))
		return NULL;
	return c;
}
