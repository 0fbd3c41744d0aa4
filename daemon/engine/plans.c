/* Questions about plans: in force at a time, by number, or composed of what was in force slot by slot. */
#include "engine/plans.h"

#include <string.h>

#include "engine/state.h"

#define RECORD_MAX_SLOTS 9000 /* three months */
#define SCRATCH_CAP ((size_t)64 << 20)

struct fetch {
	uint64_t id;
	struct arena *arena;
	struct plan *plan;
	int rc;
};

static bool take_plan(void *arg, const struct ledger_op *op)
{
	struct fetch *f = arg;

	if (op->plan->id != f->id)
		return false;
	f->plan = plan_clone(op->plan, f->arena);
	if (!f->plan)
		f->rc = ERR_FULL;
	return false;
}

int plans_fetch(const struct engine *e, uint64_t id, struct arena *a, struct plan **ret)
{
	struct fetch f = {.id = id, .arena = a};
	int r = 0;

	for (size_t i = 0; i < e->n_sites && !f.plan; i++) {
		const struct held_plan *h = e->sites[i].held;

		if (h && h->plan && h->plan->id == id) {
			f.plan = plan_clone(h->plan, a);
			f.rc = f.plan ? 0 : ERR_FULL;
			break;
		}
	}
	if (!f.plan && f.rc == 0)
		r = e->ops->scan(e->world, LEDGER_PLAN, id, take_plan, &f);
	if (r || f.rc)
		return r ? r : f.rc;
	if (!f.plan)
		return ERR_NOTFOUND;
	*ret = f.plan;
	return 0;
}

struct dispatched {
	const char *site;
	int64_t from_ms, to_ms;
	uint32_t n;
	struct ledger_dispatch *rows; /* NULL: only the last is kept */
	struct ledger_dispatch last;
};

static bool take_dispatch(void *arg, const struct ledger_op *op)
{
	struct dispatched *d = arg;

	if (op->dispatch->slot_ms >= d->to_ms)
		return false;
	if (strcmp(op->dispatch->site, d->site) != 0 || op->dispatch->slot_ms < d->from_ms)
		return true;
	d->last = *op->dispatch;
	if (d->rows && d->n < RECORD_MAX_SLOTS)
		d->rows[d->n] = d->last;
	d->n++;
	return true;
}

static const struct site_state *site_of(const struct engine *e, const char *id)
{
	for (size_t i = 0; i < e->n_sites; i++) {
		if (strcmp(e->sites[i].site->id, id) == 0)
			return &e->sites[i];
	}
	return NULL;
}

static int plan_by_id(const struct engine *e, const char *site, uint64_t id, struct arena *a,
		      const struct plan **ret)
{
	struct plan *p;
	int r = plans_fetch(e, id, a, &p);

	if (r)
		return r;
	if (site && *site && strcmp(site, p->site) != 0)
		return ERR_NOTFOUND;
	*ret = p;
	return 0;
}

int engine_get_plan(const struct engine *e, const char *site, uint64_t plan_id, int64_t at_ms,
		    struct arena *a, const struct plan **ret)
{
	const struct site_state *ss;
	struct dispatched d = {.site = site};
	int64_t t = at_ms ? at_ms : e->clock.now_ms;
	int r;

	if (plan_id)
		return plan_by_id(e, site, plan_id, a, ret);
	ss = site_of(e, site);
	if (!ss)
		return ERR_NOTFOUND;
	if (ss->held && t >= slot_floor(e->clock.now_ms)) {
		if (plan_slot_at(ss->held->plan, t) < 0)
			return ERR_NODATA;
		*ret = plan_clone(ss->held->plan, a);
		return *ret ? 0 : ERR_FULL;
	}
	d.from_ms = slot_floor(t);
	d.to_ms = d.from_ms + 1;
	r = e->ops->scan(e->world, LEDGER_DISPATCH, (uint64_t)max_i64(d.from_ms, 0), take_dispatch,
			 &d);
	if (r)
		return r;
	return d.n ? plan_by_id(e, site, d.last.plan_id, a, ret) : ERR_NODATA;
}

/* A plan of n empty slots with the assets of `like`. */
static struct plan *new_record(const struct plan *like, uint32_t n, struct arena *a)
{
	struct plan *p = ARENA_NEW(a, struct plan);
	int64_t **columns[8];

	if (!p)
		return NULL;
	memcpy(p->site, like->site, sizeof(p->site));
	p->status = PLAN_OPTIMAL;
	columns[0] = &p->start_ms;
	columns[1] = &p->duration_ms;
	columns[2] = &p->pcc_w;
	columns[3] = &p->load_w;
	columns[4] = &p->unserved_w;
	columns[5] = &p->price_buy_e4;
	columns[6] = &p->price_sell_e4;
	columns[7] = &p->marginal_price_e4;
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		*columns[i] = ARENA_ARRAY(a, n, int64_t);
		if (!*columns[i])
			return NULL;
	}
	p->slot_plan_id = ARENA_ARRAY(a, n, uint64_t);
	p->assets = ARENA_ARRAY(a, like->n_assets, struct plan_asset);
	if (!p->slot_plan_id || !p->assets)
		return NULL;
	for (uint32_t i = 0; i < like->n_assets; i++) {
		const struct plan_asset *from = &like->assets[i];
		struct plan_asset *to = &p->assets[i];

		memcpy(to->asset, from->asset, sizeof(to->asset));
		to->kind = from->kind;
		to->power_w = ARENA_ARRAY(a, n, int64_t);
		to->level = from->level ? ARENA_ARRAY(a, n, int64_t) : NULL;
		to->available_w = from->available_w ? ARENA_ARRAY(a, n, int64_t) : NULL;
		if (!to->power_w || (from->level && !to->level) ||
		    (from->available_w && !to->available_w))
			return NULL;
	}
	p->n_assets = like->n_assets;
	return p;
}

static void copy_asset(struct plan_asset *to, uint32_t i, const struct plan *from, int k)
{
	const struct plan_asset *pa = plan_find_asset(from, to->asset);

	if (!pa)
		return;
	to->power_w[i] = pa->power_w[k];
	if (to->level && pa->level)
		to->level[i] = pa->level[k];
	if (to->available_w && pa->available_w)
		to->available_w[i] = pa->available_w[k];
}

/* The slot beginning at slot_ms as `from` had it; nothing if it does not reach there. */
static void copy_slot(struct plan *to, int64_t slot_ms, const struct plan *from)
{
	int k = plan_slot_at(from, slot_ms);
	uint32_t i = to->n;
	int64_t price;

	if (k < 0)
		return;
	to->n++;
	to->start_ms[i] = slot_ms;
	to->duration_ms[i] = SLOT_MS;
	to->pcc_w[i] = from->pcc_w[k];
	to->load_w[i] = from->load_w[k];
	to->unserved_w[i] = from->unserved_w[k];
	to->price_buy_e4[i] = from->price_buy_e4[k];
	to->price_sell_e4[i] = from->price_sell_e4[k];
	to->marginal_price_e4[i] = from->marginal_price_e4[k];
	to->slot_plan_id[i] = from->id;
	for (uint32_t x = 0; x < to->n_assets; x++)
		copy_asset(&to->assets[x], i, from, k);
	price = from->pcc_w[k] > 0 ? from->price_buy_e4[k] : from->price_sell_e4[k];
	to->cost_e4 += money_of_energy(energy_of_power(from->pcc_w[k], SLOT_MS), price);
}

/* Slots that were dispatched, then those the plan in force foresees, up to to_ms. */
static int compose(const struct engine *e, const struct site_state *ss, const struct dispatched *d,
		   struct arena *a, struct plan **ret)
{
	const struct plan *held = ss->held ? ss->held->plan : NULL, *like = held;
	struct arena scratch;
	struct plan *from = NULL, *rec;
	int64_t next = max_i64(slot_floor(e->clock.now_ms) + SLOT_MS, slot_ceil(d->from_ms));
	int64_t ahead = held && d->to_ms > next ? (d->to_ms - next + SLOT_MS - 1) / SLOT_MS : 0;
	int r = 0;

	arena_init(&scratch, SCRATCH_CAP);
	if (!like && d->n > 0) {
		r = plans_fetch(e, d->rows[0].plan_id, &scratch, &from);
		like = from;
	}
	if (!like) {
		arena_fini(&scratch);
		return r ? r : ERR_NODATA;
	}
	ahead = min_i64(ahead, RECORD_MAX_SLOTS - (int64_t)d->n);
	rec = new_record(like, d->n + (uint32_t)ahead, a);
	if (!rec)
		r = ERR_FULL;
	for (uint32_t i = 0; r == 0 && i < d->n; i++) {
		if (!from || from->id != d->rows[i].plan_id) {
			arena_reset(&scratch);
			r = plans_fetch(e, d->rows[i].plan_id, &scratch, &from);
		}
		if (r == 0)
			copy_slot(rec, d->rows[i].slot_ms, from);
	}
	for (int64_t i = 0; r == 0 && i < ahead; i++)
		copy_slot(rec, next + i * SLOT_MS, held);
	arena_fini(&scratch);
	if (r == 0 && rec->n == 0)
		r = ERR_NODATA;
	if (r == 0)
		*ret = rec;
	return r;
}

int engine_get_record(const struct engine *e, const char *site, int64_t from_ms, int64_t to_ms,
		      struct arena *a, struct plan **ret)
{
	const struct site_state *ss = site_of(e, site);
	struct dispatched d = {.site = site, .from_ms = slot_floor(from_ms), .to_ms = to_ms};
	int r;

	if (!ss)
		return ERR_NOTFOUND;
	if (to_ms <= from_ms || from_ms < 0)
		return ERR_INVALID;
	d.rows = ARENA_ARRAY(a, RECORD_MAX_SLOTS, struct ledger_dispatch);
	if (!d.rows)
		return ERR_FULL;
	r = e->ops->scan(e->world, LEDGER_DISPATCH, (uint64_t)d.from_ms, take_dispatch, &d);
	if (r)
		return r;
	if (d.n > RECORD_MAX_SLOTS)
		return ERR_FULL;
	return compose(e, ss, &d, a, ret);
}
