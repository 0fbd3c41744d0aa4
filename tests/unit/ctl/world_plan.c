/* What is intended: the plan and why. */
#include "world_priv.h"

#define N_SLOTS 96

/* Quarter of an hour of the local day; the plan begins at 18:00. */
static int quarter(int slot)
{
	return (slot + 72) % 96;
}

static int64_t sun_w(int slot)
{
	int64_t q = quarter(slot), from_noon = q < 50 ? 50 - q : q - 50;

	return from_noon >= 26 ? 0 : 11000000 * (676 - from_noon * from_noon) / 676;
}

static int64_t buy_e4(int slot)
{
	int h = quarter(slot) / 4;

	return h < 7 || h >= 23 ? 3215 : (h >= 11 && h < 12) || (h >= 15 && h < 22) ? 9647 : 6431;
}

static bool in_event(int slot)
{
	int64_t t = WORLD_PLAN_MS + slot * WORLD_SLOT_MS;

	return t >= WORLD_EVENT_FROM_MS - 15 * WORLD_MIN_MS && t < WORLD_EVENT_TO_MS;
}

static int64_t battery_w(int slot)
{
	int q = quarter(slot);

	return in_event(slot) ? -1250000 : q < 12 ? 2400000 : q >= 60 && q < 66 ? -3900000 : 0;
}

static int64_t queue_w(int slot)
{
	int q = quarter(slot);

	return in_event(slot) ? 0 : q < 28 ? 3500000 : q >= 46 && q < 56 ? 2600000 : 700000;
}

static int64_t it_w(int slot)
{
	return 7800000 + 40000 * (quarter(slot) % 24);
}

static Suandian__V1__AssetSeries *series(struct arena *a, const char *id,
					 Suandian__V1__AssetKind kind, size_t n,
					 int64_t (*power_w)(int))
{
	NEW(a, Suandian__V1__AssetSeries, s) SUANDIAN__V1__ASSET_SERIES__INIT;

	s->asset = (char *)id;
	s->kind = kind;
	s->n_power_w = n;
	s->power_w = ARENA_ARRAY(a, n, int64_t);
	for (size_t i = 0; i < n; i++)
		s->power_w[i] = power_w((int)i);
	return s;
}

static int64_t idle_w(int slot)
{
	(void)slot;
	return 0;
}

static int64_t pv_w(int slot)
{
	int64_t sun = sun_w(slot);

	return -(sun < 9500000 ? sun : 9500000);
}

static int64_t wind_w(int slot)
{
	return -900000 - 20000 * (quarter(slot) % 16);
}

static int64_t cooling_w(int slot)
{
	return quarter(slot) < 28 ? 1100000 : 700000;
}

static void put_available(struct arena *a, Suandian__V1__AssetSeries *s,
			  int64_t (*available_w)(int))
{
	s->n_available_w = s->n_power_w;
	s->available_w = ARENA_ARRAY(a, s->n_available_w, int64_t);
	for (size_t i = 0; i < s->n_available_w; i++)
		s->available_w[i] = available_w((int)i);
}

static int64_t breeze_w(int slot)
{
	return -wind_w(slot) + (quarter(slot) == 50 ? 400000 : 0);
}

static void put_temperature(struct arena *a, Suandian__V1__AssetSeries *s)
{
	s->n_level = s->n_power_w;
	s->level = ARENA_ARRAY(a, s->n_level, int64_t);
	for (size_t i = 0; i < s->n_level; i++)
		s->level[i] = 22000 + 30 * (quarter((int)i) % 48);
}

static void put_moves(struct arena *a, Suandian__V1__Plan *p)
{
	p->n_moves = 2;
	p->moves = ARENA_ARRAY(a, 2, Suandian__V1__WorkMove *);
	for (size_t i = 0; i < p->n_moves; i++) {
		NEW(a, Suandian__V1__WorkMove, m) SUANDIAN__V1__WORK_MOVE__INIT;

		m->slot = (uint32_t)i;
		m->link = "wan";
		m->queue = "batch";
		m->other = "liangshan/batch";
		m->out = i == 0;
		m->work_ds = i == 0 ? 3600000 : 180000;
		p->moves[i] = m;
	}
}

static void put_levels(struct arena *a, Suandian__V1__AssetSeries *s, int64_t first, int scale)
{
	int64_t level = first;

	s->n_level = s->n_power_w;
	s->level = ARENA_ARRAY(a, s->n_level, int64_t);
	for (size_t i = 0; i < s->n_level; i++) {
		level += scale * s->power_w[i] / 4;
		s->level[i] = level;
	}
}

static void put_assets(struct arena *a, Suandian__V1__Plan *p)
{
	size_t n = p->n_start_ms;
	Suandian__V1__AssetSeries **s = ARENA_ARRAY(a, 7, Suandian__V1__AssetSeries *);

	s[0] = series(a, "hongyuan/pv1", SUANDIAN__V1__ASSET_KIND__ASSET_PV, n, pv_w);
	put_available(a, s[0], sun_w);
	s[1] = series(a, "hongyuan/bess", SUANDIAN__V1__ASSET_KIND__ASSET_BATTERY, n, battery_w);
	put_levels(a, s[1], 2600000, 1);
	s[2] = series(a, "hongyuan/ups", SUANDIAN__V1__ASSET_KIND__ASSET_UPS, n, idle_w);
	put_levels(a, s[2], 600000, 1);
	s[3] = series(a, "hongyuan/it", SUANDIAN__V1__ASSET_KIND__ASSET_LOAD, n, it_w);
	s[4] = series(a, "hongyuan/batch", SUANDIAN__V1__ASSET_KIND__ASSET_QUEUE, n, queue_w);
	put_levels(a, s[4], 250000000, -6);
	s[5] = series(a, "hongyuan/wind1", SUANDIAN__V1__ASSET_KIND__ASSET_WIND, n, wind_w);
	put_available(a, s[5], breeze_w);
	s[6] = series(a, "hongyuan/crac", SUANDIAN__V1__ASSET_KIND__ASSET_COOLING, n, cooling_w);
	put_temperature(a, s[6]);
	p->n_assets = 7;
	p->assets = s;
}

static void put_slots(struct arena *a, Suandian__V1__Plan *p, size_t n)
{
	p->n_start_ms = p->n_duration_ms = p->n_pcc_w = p->n_load_w = n;
	p->n_price_buy = p->n_price_sell = p->n_marginal_price = n;
	p->start_ms = ARENA_ARRAY(a, n, int64_t);
	p->duration_ms = ARENA_ARRAY(a, n, uint32_t);
	p->pcc_w = ARENA_ARRAY(a, n, int64_t);
	p->load_w = ARENA_ARRAY(a, n, int64_t);
	p->price_buy = ARENA_ARRAY(a, n, int64_t);
	p->price_sell = ARENA_ARRAY(a, n, int64_t);
	p->marginal_price = ARENA_ARRAY(a, n, int64_t);
	for (size_t i = 0; i < n; i++) {
		int k = (int)i;

		p->start_ms[i] = WORLD_PLAN_MS + k * WORLD_SLOT_MS;
		p->duration_ms[i] = (uint32_t)WORLD_SLOT_MS;
		p->load_w[i] = it_w(k) + queue_w(k);
		p->pcc_w[i] = p->load_w[i] + pv_w(k) + wind_w(k) + battery_w(k) + cooling_w(k);
		p->price_buy[i] = buy_e4(k);
		p->price_sell[i] = 2500;
		p->marginal_price[i] = in_event(k) ? 29647 : buy_e4(k);
	}
}

static Suandian__V1__InputSource *input(struct arena *a, const char *name, const char *source,
					Suandian__V1__Quality quality)
{
	NEW(a, Suandian__V1__InputSource, x) SUANDIAN__V1__INPUT_SOURCE__INIT;

	x->input = (char *)name;
	x->source = (char *)source;
	x->quality = quality;
	return x;
}

static Suandian__V1__InputSource **inputs(struct arena *a, size_t *ret_n)
{
	Suandian__V1__InputSource **x = ARENA_ARRAY(a, 3, Suandian__V1__InputSource *);

	x[0] = input(a, "pv[pv1]", "curve:sim@2025-07-15T10:00Z",
		     SUANDIAN__V1__QUALITY__QUALITY_OK);
	x[1] = input(a, "load", "yesterday", SUANDIAN__V1__QUALITY__QUALITY_ESTIMATED);
	x[2] = input(a, "price_buy", "tariff:sc-tou-2023", SUANDIAN__V1__QUALITY__QUALITY_OK);
	*ret_n = 3;
	return x;
}

static Suandian__V1__Relaxation **relaxations(struct arena *a, size_t *ret_n)
{
	NEW(a, Suandian__V1__Relaxation, r) SUANDIAN__V1__RELAXATION__INIT;
	Suandian__V1__Relaxation **x = ARENA_ARRAY(a, 1, Suandian__V1__Relaxation *);

	r->limit = "contracted_demand";
	r->start_ms = WORLD_PLAN_MS + 28 * WORLD_SLOT_MS;
	r->amount = 120000;
	r->unit = "W";
	r->cost = 1230000;
	x[0] = r;
	*ret_n = 1;
	return x;
}

void world_answer_plan(struct arena *a, const Suandian__V1__GetPlan *q, Suandian__V1__Envelope *env)
{
	bool record = q->from_ms != 0;
	NEW(a, Suandian__V1__Plan, p) SUANDIAN__V1__PLAN__INIT;

	p->site = "hongyuan";
	p->cost = record ? 12345678 : 412345678;
	put_slots(a, p, record ? 8 : N_SLOTS);
	put_assets(a, p);
	if (record) {
		p->n_slot_plan_id = 8;
		p->slot_plan_id = ARENA_ARRAY(a, 8, uint64_t);
		for (size_t i = 0; i < 8; i++)
			p->slot_plan_id[i] = 301 + i;
	} else {
		p->id = q->plan_id ? q->plan_id : 311;
		p->created_ms = WORLD_PLAN_MS;
		p->status = SUANDIAN__V1__PLAN_STATUS__PLAN_OPTIMAL;
		p->solver = "clp 1.17.6";
		p->snapshot_hash = "5f2c9a0b7d1e4c3f";
		p->plan_hash = "00ff";
		p->gap = 1.25e-9;
		p->residual = 3e-10;
		p->iterations = 874;
		p->objective = 412400000;
		p->n_event = 1;
		p->event = ARENA_ARRAY(a, 1, char *);
		p->event[0] = "corr-7";
		p->co2_g = 41234567;
		p->region_id = 310;
		put_moves(a, p);
		p->relaxations = relaxations(a, &p->n_relaxations);
		p->inputs = inputs(a, &p->n_inputs);
	}
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_PLAN;
	env->plan = p;
}

void world_answer_why(struct arena *a, const Suandian__V1__Explain *q, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__BindingLimit, b) SUANDIAN__V1__BINDING_LIMIT__INIT;
	NEW(a, Suandian__V1__Explanation, e) SUANDIAN__V1__EXPLANATION__INIT;

	e->asset = q->asset;
	e->t_ms = q->at_ms ? q->at_ms : WORLD_NOW_MS;
	e->plan_id = 311;
	e->decision_id = q->decision_id;
	e->power_w = -1250000;
	e->text =
		"Discharges 1.250 MW because event e-20250715-1 asks for 1.000 MW less net load until "
		"22:15 and pays 2.0000 CNY/kWh; without the event it would wait for the peak price of "
		"tomorrow 15:00.";
	e->text_zh = "因需求响应事件 e-20250715-1 要求在 22:15 前削减净负荷 1.000 MW，补偿 2.0000 "
		     "元/kWh，储能放电 1.250 MW；若无此事件，将留待次日 15:00 尖峰电价时放电。";
	e->marginal_price = 29647;
	b->limit = "event:e-20250715-1";
	b->value = 1000000;
	b->unit = "W";
	b->shadow_price = 20000;
	e->n_binding = 1;
	e->binding = ARENA_ARRAY(a, 1, Suandian__V1__BindingLimit *);
	e->binding[0] = b;
	e->event = "corr-7";
	e->headline =
		"power 0 W → -1.250 MW: event e-20250715-1, import_max binds at 0.5432 CNY/kWh, "
		"reserve 1.600 MWh ok; data 5 s old";
	e->said = ARENA_ARRAY(a, 1, char *);
	e->said[e->n_said++] =
		"override 5: power -1.500 MW until 2025-07-15 20:50, by li, approved "
		"by zhao: feeder work 检修";
	e->otherwise = "plan 300, made before it, had 0 W here";
	e->data_age_ms = 5000;
	e->inputs = inputs(a, &e->n_inputs);
	e->relaxations = relaxations(a, &e->n_relaxations);
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_EXPLANATION;
	env->explanation = e;
}
