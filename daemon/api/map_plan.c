/* Plans and explanations to messages: the larger half of map_out.h. */
#include <string.h>

#include "api/map_out.h"

#define STR(s) ((char *)(s))

static char *hex(struct arena *a, const uint8_t hash[SHA256_LEN])
{
	char *out = ARENA_ARRAY(a, SHA256_HEX_LEN, char);

	if (out)
		sha256_hex(hash, out);
	return out;
}

static Suandian__V1__AssetSeries *map_series(struct arena *a, const struct plan_asset *from,
					     uint32_t n)
{
	Suandian__V1__AssetSeries *m = ARENA_NEW(a, Suandian__V1__AssetSeries);

	if (!m)
		return NULL;
	*m = (Suandian__V1__AssetSeries)SUANDIAN__V1__ASSET_SERIES__INIT;
	m->asset = STR(from->asset);
	m->kind = (Suandian__V1__AssetKind)from->kind;
	m->power_w = from->power_w;
	m->n_power_w = from->power_w ? n : 0;
	m->level = from->level;
	m->n_level = from->level ? n : 0;
	m->available_w = from->available_w;
	m->n_available_w = from->available_w ? n : 0;
	return m;
}

static Suandian__V1__Relaxation *map_relaxation(struct arena *a, const struct plan_relaxation *from)
{
	Suandian__V1__Relaxation *m = ARENA_NEW(a, Suandian__V1__Relaxation);

	if (!m)
		return NULL;
	*m = (Suandian__V1__Relaxation)SUANDIAN__V1__RELAXATION__INIT;
	m->limit = STR(from->limit);
	m->start_ms = from->start_ms;
	m->amount = from->amount;
	m->unit = STR(from->unit ? from->unit : "");
	m->cost = from->cost_e4;
	return m;
}

static Suandian__V1__InputSource *map_source(struct arena *a, const struct plan_source *from)
{
	Suandian__V1__InputSource *m = ARENA_NEW(a, Suandian__V1__InputSource);

	if (!m)
		return NULL;
	*m = (Suandian__V1__InputSource)SUANDIAN__V1__INPUT_SOURCE__INIT;
	m->input = STR(from->input);
	m->source = STR(from->source);
	m->quality = (Suandian__V1__Quality)from->quality;
	return m;
}

static Suandian__V1__InputSource **map_sources(struct arena *a, const struct plan *p)
{
	Suandian__V1__InputSource **all = ARENA_ARRAY(a, p->n_sources, Suandian__V1__InputSource *);

	for (uint32_t i = 0; all && i < p->n_sources; i++)
		if (!(all[i] = map_source(a, &p->sources[i])))
			return NULL;
	return all;
}

static Suandian__V1__Relaxation **map_relaxations(struct arena *a, const struct plan *p)
{
	Suandian__V1__Relaxation **all =
		ARENA_ARRAY(a, p->n_relaxations, Suandian__V1__Relaxation *);

	for (uint32_t i = 0; all && i < p->n_relaxations; i++)
		if (!(all[i] = map_relaxation(a, &p->relaxations[i])))
			return NULL;
	return all;
}

static Suandian__V1__AssetSeries **map_assets(struct arena *a, const struct plan *p)
{
	Suandian__V1__AssetSeries **all = ARENA_ARRAY(a, p->n_assets, Suandian__V1__AssetSeries *);

	for (uint32_t i = 0; all && i < p->n_assets; i++)
		if (!(all[i] = map_series(a, &p->assets[i], p->n)))
			return NULL;
	return all;
}

static Suandian__V1__WorkMove **map_moves(struct arena *a, const struct plan *p)
{
	Suandian__V1__WorkMove **all = ARENA_ARRAY(a, p->n_moves, Suandian__V1__WorkMove *);
	Suandian__V1__WorkMove *rows = ARENA_ARRAY(a, p->n_moves, Suandian__V1__WorkMove);

	for (uint32_t i = 0; all && rows && i < p->n_moves; i++) {
		const struct plan_move *from = &p->moves[i];

		rows[i] = (Suandian__V1__WorkMove)SUANDIAN__V1__WORK_MOVE__INIT;
		rows[i].slot = from->slot;
		rows[i].link = STR(from->link);
		rows[i].queue = STR(from->queue);
		rows[i].other = STR(from->other);
		rows[i].out = from->out;
		rows[i].work_ds = from->work_ds;
		all[i] = &rows[i];
	}
	return rows ? all : NULL;
}

/* The columns are those of the plan itself, for packing reads them only. */
static int map_slots(struct arena *a, const struct plan *p, Suandian__V1__Plan *m)
{
	m->duration_ms = ARENA_ARRAY(a, p->n, uint32_t);
	if (!m->duration_ms)
		return -ENOMEM;
	for (uint32_t i = 0; i < p->n; i++)
		m->duration_ms[i] = (uint32_t)p->duration_ms[i];
	m->n_duration_ms = p->n;
	m->n_start_ms = p->n;
	m->start_ms = p->start_ms;
	m->n_pcc_w = p->n;
	m->pcc_w = p->pcc_w;
	m->n_load_w = p->n;
	m->load_w = p->load_w;
	m->n_price_buy = p->n;
	m->price_buy = p->price_buy_e4;
	m->n_price_sell = p->n;
	m->price_sell = p->price_sell_e4;
	m->n_marginal_price = p->n;
	m->marginal_price = p->marginal_price_e4;
	m->n_slot_plan_id = p->slot_plan_id ? p->n : 0;
	m->slot_plan_id = p->slot_plan_id;
	m->n_unserved_w = p->n;
	m->unserved_w = p->unserved_w;
	m->n_carbon_g = p->carbon_g ? p->n : 0;
	m->carbon_g = p->carbon_g;
	return 0;
}

static int map_lists(struct arena *a, const struct plan *p, Suandian__V1__Plan *m)
{
	m->event = ARENA_ARRAY(a, p->n_events, char *);
	m->relaxations = map_relaxations(a, p);
	m->inputs = map_sources(a, p);
	m->assets = map_assets(a, p);
	m->moves = map_moves(a, p);
	if (!m->event || !m->relaxations || !m->inputs || !m->assets || !m->moves)
		return -ENOMEM;
	m->n_moves = p->n_moves;
	for (uint32_t i = 0; i < p->n_events; i++)
		m->event[i] = p->events[i];
	m->n_event = p->n_events;
	m->n_relaxations = p->n_relaxations;
	m->n_inputs = p->n_sources;
	m->n_assets = p->n_assets;
	return 0;
}

static Suandian__V1__PlanStatus map_status(enum plan_status s)
{
	switch (s) {
	case PLAN_OPTIMAL:
		return SUANDIAN__V1__PLAN_STATUS__PLAN_OPTIMAL;
	case PLAN_SHIFTED:
		return SUANDIAN__V1__PLAN_STATUS__PLAN_SHIFTED;
	default:
		return SUANDIAN__V1__PLAN_STATUS__PLAN_NONE;
	}
}

Suandian__V1__Plan *map_out_plan(struct arena *a, const struct plan *p)
{
	Suandian__V1__Plan *m = ARENA_NEW(a, Suandian__V1__Plan);

	if (!m)
		return NULL;
	*m = (Suandian__V1__Plan)SUANDIAN__V1__PLAN__INIT;
	m->id = p->id;
	m->site = STR(p->site);
	m->created_ms = p->created_ms;
	m->status = map_status(p->status);
	m->solver = STR(p->solver);
	m->snapshot_hash = hex(a, p->snapshot_hash);
	m->plan_hash = hex(a, p->plan_hash);
	m->cost = p->cost_e4;
	m->objective = p->objective_e4;
	m->gap = p->gap;
	m->residual = p->residual;
	m->iterations = p->iterations;
	m->co2_g = p->co2_g;
	m->region_id = p->region_id;
	if (!m->snapshot_hash || !m->plan_hash || map_slots(a, p, m) < 0 || map_lists(a, p, m) < 0)
		return NULL;
	return m;
}

static Suandian__V1__BindingLimit *map_binding(struct arena *a, const struct plan_binding *from)
{
	Suandian__V1__BindingLimit *m = ARENA_NEW(a, Suandian__V1__BindingLimit);

	if (!m)
		return NULL;
	*m = (Suandian__V1__BindingLimit)SUANDIAN__V1__BINDING_LIMIT__INIT;
	m->limit = STR(from->limit);
	m->value = from->value;
	m->unit = STR(from->unit ? from->unit : "");
	m->shadow_price = from->shadow_price_e4;
	return m;
}

/* Only the relaxations of the slot asked about. */
static int map_slot_relaxations(struct arena *a, const struct why *w, Suandian__V1__Explanation *m)
{
	const struct plan *p = w->plan;

	m->relaxations = ARENA_ARRAY(a, p->n_relaxations, Suandian__V1__Relaxation *);
	if (!m->relaxations)
		return -ENOMEM;
	for (uint32_t i = 0; i < p->n_relaxations; i++) {
		Suandian__V1__Relaxation *one;

		if (p->relaxations[i].start_ms != p->start_ms[w->slot])
			continue;
		one = map_relaxation(a, &p->relaxations[i]);
		if (!one)
			return -ENOMEM;
		m->relaxations[m->n_relaxations++] = one;
	}
	return 0;
}

Suandian__V1__Explanation *map_out_why(struct arena *a, const char *asset, const struct why *w)
{
	Suandian__V1__Explanation *m = ARENA_NEW(a, Suandian__V1__Explanation);

	if (!m)
		return NULL;
	*m = (Suandian__V1__Explanation)SUANDIAN__V1__EXPLANATION__INIT;
	m->asset = STR(asset);
	m->t_ms = w->t_ms;
	m->plan_id = w->plan->id;
	m->decision_id = w->decision_id;
	m->power_w = w->power_w;
	m->text = STR(w->text_en);
	m->text_zh = STR(w->text_zh);
	m->marginal_price = w->marginal_price_e4;
	m->event = STR(w->event);
	m->binding = ARENA_ARRAY(a, w->n_bindings, Suandian__V1__BindingLimit *);
	m->inputs = map_sources(a, w->plan);
	if (!m->binding || !m->inputs || map_slot_relaxations(a, w, m) < 0)
		return NULL;
	m->n_inputs = w->plan->n_sources;
	for (uint32_t i = 0; i < w->n_bindings; i++)
		if (!(m->binding[i] = map_binding(a, w->bindings[i])))
			return NULL;
	m->n_binding = w->n_bindings;
	m->headline = STR(w->headline ? w->headline : "");
	m->otherwise = STR(w->otherwise ? w->otherwise : "");
	m->data_age_ms = w->data_age_ms;
	m->said = ARENA_ARRAY(a, w->n_says, char *);
	if (!m->said)
		return NULL;
	for (uint32_t i = 0; i < w->n_says; i++)
		m->said[i] = STR(w->says[i]);
	m->n_said = w->n_says;
	return m;
}
