#include "base/require.h"
#include "store/record_priv.h"

/* Times of slots ascend in even steps: small numbers on disk. Wraps like unsigned, so any input comes back. */
static int64_t *delta_encode(const int64_t *t, size_t n, struct arena *a)
{
	int64_t *d = ARENA_ARRAY(a, n, int64_t);

	for (size_t i = 0; d && i < n; i++)
		d[i] = i ? (int64_t)((uint64_t)t[i] - (uint64_t)t[i - 1]) : t[i];
	return d;
}

static void delta_decode(int64_t *t, size_t n)
{
	for (size_t i = 1; i < n; i++)
		t[i] = (int64_t)((uint64_t)t[i] + (uint64_t)t[i - 1]);
}

/* Units are constant texts: a copied plan keeps only the pointer. */
static const char *unit_constant(const char *unit)
{
	static const char *const known[] = {"",		"W",   "Wh",	  "device_s",
					    "kW",	"kWh", "CNY/kWh", "1e-4 CNY/kWh",
					    "permille", "%",   "m°C"};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(unit, known[i]) == 0)
			return known[i];
	}
	return NULL;
}

static char *unit_text(const char *unit)
{
	if (!unit || FAILS(unit_constant(unit) != NULL))
		return record_text("");
	return record_text(unit);
}

/* ---- To messages ----------------------------------------------------------------------------- */

/* Allocates n messages and the array of pointers to them. */
#define MAKE_LIST(a, m, field, count, init)                                                        \
	({                                                                                         \
		__typeof__(**(m)->field) *rows_ = ARENA_ARRAY(a, count, __typeof__(*rows_));       \
		(m)->field = ARENA_ARRAY(a, count, __typeof__(*(m)->field));                       \
		(m)->n_##field = (count);                                                          \
		for (size_t i_ = 0; rows_ && (m)->field && i_ < (count); i_++) {                   \
			init(&rows_[i_]);                                                          \
			(m)->field[i_] = &rows_[i_];                                               \
		}                                                                                  \
		rows_ && (m)->field;                                                               \
	})

static bool assets_to_message(const struct plan *p, struct arena *a, Suandian__Store__V1__Plan *m)
{
	if (!MAKE_LIST(a, m, assets, p->n_assets, suandian__store__v1__plan_asset__init))
		return false;
	for (uint32_t i = 0; i < p->n_assets; i++) {
		const struct plan_asset *from = &p->assets[i];
		Suandian__Store__V1__PlanAsset *to = m->assets[i];

		to->asset = record_text(from->asset);
		to->kind = from->kind;
		to->n_power_w = p->n;
		to->power_w = from->power_w;
		to->n_level = from->level ? p->n : 0;
		to->level = from->level;
		to->n_available_w = from->available_w ? p->n : 0;
		to->available_w = from->available_w;
	}
	return true;
}

static bool relaxations_to_message(const struct plan *p, struct arena *a,
				   Suandian__Store__V1__Plan *m)
{
	if (!MAKE_LIST(a, m, relaxations, p->n_relaxations,
		       suandian__store__v1__plan_relaxation__init))
		return false;
	for (uint32_t i = 0; i < p->n_relaxations; i++) {
		const struct plan_relaxation *from = &p->relaxations[i];
		Suandian__Store__V1__PlanRelaxation *to = m->relaxations[i];

		to->limit = record_text(from->limit);
		to->start_ms = from->start_ms;
		to->amount = from->amount;
		to->unit = unit_text(from->unit);
		to->cost_e4 = from->cost_e4;
	}
	return true;
}

static bool notes_to_message(const struct plan *p, struct arena *a, Suandian__Store__V1__Plan *m)
{
	if (!MAKE_LIST(a, m, sources, p->n_sources, suandian__store__v1__plan_source__init) ||
	    !MAKE_LIST(a, m, bindings, p->n_bindings, suandian__store__v1__plan_binding__init))
		return false;
	for (uint32_t i = 0; i < p->n_sources; i++) {
		m->sources[i]->input = record_text(p->sources[i].input);
		m->sources[i]->source = record_text(p->sources[i].source);
		m->sources[i]->quality = p->sources[i].quality;
	}
	for (uint32_t i = 0; i < p->n_bindings; i++) {
		const struct plan_binding *from = &p->bindings[i];
		Suandian__Store__V1__PlanBinding *to = m->bindings[i];

		to->slot = from->slot;
		to->limit = record_text(from->limit);
		to->value = from->value;
		to->unit = unit_text(from->unit);
		to->shadow_price_e4 = from->shadow_price_e4;
	}
	m->events = ARENA_ARRAY(a, p->n_events, char *);
	m->n_events = p->n_events;
	for (uint32_t i = 0; m->events && i < p->n_events; i++)
		m->events[i] = record_text(p->events[i]);
	return m->events != NULL;
}

static bool moves_to_message(const struct plan *p, struct arena *a, Suandian__Store__V1__Plan *m)
{
	if (!MAKE_LIST(a, m, moves, p->n_moves, suandian__store__v1__plan_move__init))
		return false;
	for (uint32_t i = 0; i < p->n_moves; i++) {
		const struct plan_move *from = &p->moves[i];
		Suandian__Store__V1__PlanMove *to = m->moves[i];

		to->slot = from->slot;
		to->link = record_text(from->link);
		to->queue = record_text(from->queue);
		to->other = record_text(from->other);
		to->out = from->out;
		to->work_ds = from->work_ds;
	}
	return true;
}

static void slots_to_message(const struct plan *p, Suandian__Store__V1__Plan *m)
{
	m->n_start_ms = m->n_duration_ms = m->n_pcc_w = m->n_load_w = m->n_unserved_w = p->n;
	m->n_price_buy_e4 = m->n_price_sell_e4 = m->n_marginal_price_e4 = p->n;
	m->duration_ms = p->duration_ms;
	m->pcc_w = p->pcc_w;
	m->load_w = p->load_w;
	m->unserved_w = p->unserved_w;
	m->price_buy_e4 = p->price_buy_e4;
	m->price_sell_e4 = p->price_sell_e4;
	m->marginal_price_e4 = p->marginal_price_e4;
	m->n_slot_plan_id = p->slot_plan_id ? p->n : 0;
	m->slot_plan_id = p->slot_plan_id;
	m->n_carbon_g = p->carbon_g ? p->n : 0;
	m->carbon_g = p->carbon_g;
}

int record_encode_plan(const struct plan *p, struct arena *a, struct buf *out)
{
	Suandian__Store__V1__Plan m = SUANDIAN__STORE__V1__PLAN__INIT;

	m.site = record_text(p->site);
	m.created_ms = p->created_ms;
	m.status = p->status;
	m.solver = record_text(p->solver);
	m.snapshot_hash = record_bytes(p->snapshot_hash, SHA256_LEN);
	m.plan_hash = record_bytes(p->plan_hash, SHA256_LEN);
	m.cost_e4 = p->cost_e4;
	m.objective_e4 = p->objective_e4;
	m.gap = p->gap;
	m.residual = p->residual;
	m.iterations = p->iterations;
	m.co2_g = p->co2_g;
	m.region_id = p->region_id;
	slots_to_message(p, &m);
	m.start_ms = delta_encode(p->start_ms, p->n, a);
	if (!m.start_ms || !assets_to_message(p, a, &m) || !relaxations_to_message(p, a, &m) ||
	    !notes_to_message(p, a, &m) || !moves_to_message(p, a, &m))
		return -ENOMEM;
	return record_pack(&m.base, out);
}

/* ---- Back ------------------------------------------------------------------------------------ */

static bool take_slots(const Suandian__Store__V1__Plan *m, struct plan *p)
{
	size_t n = m->n_start_ms;

	if (n > RECORD_SLOTS_MAX || m->n_duration_ms != n || m->n_pcc_w != n || m->n_load_w != n ||
	    m->n_unserved_w != n || m->n_price_buy_e4 != n || m->n_price_sell_e4 != n ||
	    m->n_marginal_price_e4 != n || (m->n_slot_plan_id && m->n_slot_plan_id != n) ||
	    (m->n_carbon_g && m->n_carbon_g != n))
		return false;
	p->n = (uint32_t)n;
	delta_decode(m->start_ms, n);
	p->start_ms = m->start_ms;
	p->duration_ms = m->duration_ms;
	p->pcc_w = m->pcc_w;
	p->load_w = m->load_w;
	p->unserved_w = m->unserved_w;
	p->price_buy_e4 = m->price_buy_e4;
	p->price_sell_e4 = m->price_sell_e4;
	p->marginal_price_e4 = m->marginal_price_e4;
	p->slot_plan_id = m->n_slot_plan_id ? m->slot_plan_id : NULL;
	p->carbon_g = m->n_carbon_g ? m->carbon_g : NULL;
	return true;
}

static bool take_asset(const Suandian__Store__V1__PlanAsset *m, size_t n, struct plan_asset *asset)
{
	if (m->kind > ASSET_COOLING || m->n_power_w != n || (m->n_level && m->n_level != n) ||
	    (m->n_available_w && m->n_available_w != n))
		return false;
	asset->kind = (enum asset_kind)m->kind;
	asset->power_w = m->power_w;
	asset->level = m->n_level ? m->level : NULL;
	asset->available_w = m->n_available_w ? m->available_w : NULL;
	return record_take_text(asset->asset, sizeof(asset->asset), m->asset);
}

static bool take_relaxation(const Suandian__Store__V1__PlanRelaxation *m, struct plan_relaxation *r)
{
	r->start_ms = m->start_ms;
	r->amount = m->amount;
	r->unit = unit_constant(m->unit);
	r->cost_e4 = m->cost_e4;
	return r->unit && record_take_text(r->limit, sizeof(r->limit), m->limit);
}

static bool take_source(const Suandian__Store__V1__PlanSource *m, struct plan_source *s)
{
	if (m->quality > QUALITY_BAD)
		return false;
	s->quality = (enum quality)m->quality;
	return record_take_text(s->input, sizeof(s->input), m->input) &&
	       record_take_text(s->source, sizeof(s->source), m->source);
}

static bool take_binding(const Suandian__Store__V1__PlanBinding *m, size_t n,
			 struct plan_binding *b)
{
	if (m->slot >= n)
		return false;
	b->slot = m->slot;
	b->value = m->value;
	b->unit = unit_constant(m->unit);
	b->shadow_price_e4 = m->shadow_price_e4;
	return b->unit && record_take_text(b->limit, sizeof(b->limit), m->limit);
}

static bool take_move(const Suandian__Store__V1__PlanMove *m, size_t n, struct plan_move *move)
{
	if (m->slot >= n)
		return false;
	move->slot = m->slot;
	move->out = m->out;
	move->work_ds = m->work_ds;
	return record_take_text(move->link, sizeof(move->link), m->link) &&
	       record_take_text(move->queue, sizeof(move->queue), m->queue) &&
	       record_take_text(move->other, sizeof(move->other), m->other);
}

/* The counts are bounded by the message's own size. */
static int make_lists(const Suandian__Store__V1__Plan *m, struct arena *a, struct plan *p)
{
	p->n_assets = (uint32_t)m->n_assets;
	p->assets = ARENA_ARRAY(a, m->n_assets, struct plan_asset);
	p->n_relaxations = (uint32_t)m->n_relaxations;
	p->relaxations = ARENA_ARRAY(a, m->n_relaxations, struct plan_relaxation);
	p->n_sources = (uint32_t)m->n_sources;
	p->sources = ARENA_ARRAY(a, m->n_sources, struct plan_source);
	p->n_bindings = (uint32_t)m->n_bindings;
	p->bindings = ARENA_ARRAY(a, m->n_bindings, struct plan_binding);
	p->n_events = (uint32_t)m->n_events;
	p->events = arena_array(a, m->n_events, sizeof(*p->events));
	p->n_moves = (uint32_t)m->n_moves;
	p->moves = ARENA_ARRAY(a, m->n_moves, struct plan_move);
	return p->assets && p->relaxations && p->sources && p->bindings && p->events && p->moves
		       ? 0
		       : -ENOMEM;
}

static bool take_lists(const Suandian__Store__V1__Plan *m, struct plan *p)
{
	bool ok = true;

	for (size_t i = 0; ok && i < m->n_assets; i++)
		ok = take_asset(m->assets[i], p->n, &p->assets[i]);
	for (size_t i = 0; ok && i < m->n_relaxations; i++)
		ok = take_relaxation(m->relaxations[i], &p->relaxations[i]);
	for (size_t i = 0; ok && i < m->n_sources; i++)
		ok = take_source(m->sources[i], &p->sources[i]);
	for (size_t i = 0; ok && i < m->n_bindings; i++)
		ok = take_binding(m->bindings[i], p->n, &p->bindings[i]);
	for (size_t i = 0; ok && i < m->n_events; i++)
		ok = record_take_text(p->events[i], sizeof(p->events[i]), m->events[i]);
	for (size_t i = 0; ok && i < m->n_moves; i++)
		ok = take_move(m->moves[i], p->n, &p->moves[i]);
	return ok;
}

int record_decode_plan(const uint8_t *p, size_t len, struct arena *a, struct plan *ret)
{
	ProtobufCMessage *base;
	int r = record_unpack(&suandian__store__v1__plan__descriptor, p, len, a, &base);

	if (r)
		return r;
	const Suandian__Store__V1__Plan *m = (const Suandian__Store__V1__Plan *)base;
	if (m->status > PLAN_SHIFTED || !take_slots(m, ret) ||
	    !record_take_text(ret->site, sizeof(ret->site), m->site) ||
	    !record_take_text(ret->solver, sizeof(ret->solver), m->solver) ||
	    !record_take_hash(ret->snapshot_hash, &m->snapshot_hash) ||
	    !record_take_hash(ret->plan_hash, &m->plan_hash))
		return ERR_CORRUPT;
	ret->created_ms = m->created_ms;
	ret->status = (enum plan_status)m->status;
	ret->cost_e4 = m->cost_e4;
	ret->objective_e4 = m->objective_e4;
	ret->gap = m->gap;
	ret->residual = m->residual;
	ret->iterations = m->iterations;
	ret->co2_g = m->co2_g;
	ret->region_id = m->region_id;
	r = make_lists(m, a, ret);
	if (r)
		return r;
	return take_lists(m, ret) ? 0 : ERR_CORRUPT;
}
