#include "world.h"

#include <string.h>

#include "base/sha256.h"

#define N_SLOTS 96
#define SLOT_MS INT64_C(900000)
#define MIN INT64_C(60000)
#define HOUR (60 * MIN)
#define EVENT_FROM_MS (WORLD_NOW_MS + 2 * HOUR)
#define EVENT_TO_MS (EVENT_FROM_MS + 75 * MIN)

#define NEW(a, type, name)                                                                         \
	type *name = arena_alloc(a, sizeof(*name));                                                \
	*name = (type)

/* ---- Site and points ----------------------------------------------------------------------------- */

static Suandian__V1__AssetInfo *asset(struct arena *a, const char *id, Suandian__V1__AssetKind kind,
				      int64_t min_w, int64_t max_w, int64_t energy_wh)
{
	NEW(a, Suandian__V1__AssetInfo, x) SUANDIAN__V1__ASSET_INFO__INIT;

	x->id = (char *)id;
	x->kind = kind;
	x->power_min_w = min_w;
	x->power_max_w = max_w;
	x->energy_wh = energy_wh;
	return x;
}

static Suandian__V1__SiteInfo *site(struct arena *a)
{
	NEW(a, Suandian__V1__SiteInfo, s) SUANDIAN__V1__SITE_INFO__INIT;

	s->id = "hongyuan";
	s->name = "宏远智算中心";
	s->zone = "Asia/Shanghai";
	s->import_max_w = 20000000;
	s->export_max_w = 10000000;
	s->contracted_demand_w = 14000000;
	s->tariff = "sc-tou-2023";
	s->tariff_document = "川发改价格规〔2023〕1 号";
	s->status = "illustrative";
	s->n_assets = 5;
	s->assets = ARENA_ARRAY(a, 5, Suandian__V1__AssetInfo *);
	s->assets[0] =
		asset(a, "hongyuan/pv1", SUANDIAN__V1__ASSET_KIND__ASSET_PV, -12000000, 0, 0);
	s->assets[1] = asset(a, "hongyuan/bess", SUANDIAN__V1__ASSET_KIND__ASSET_BATTERY, -4000000,
			     4000000, 8000000);
	s->assets[2] = asset(a, "hongyuan/ups", SUANDIAN__V1__ASSET_KIND__ASSET_UPS, -1500000,
			     1500000, 600000);
	s->assets[2]->out_of_service = true;
	s->assets[3] =
		asset(a, "hongyuan/it", SUANDIAN__V1__ASSET_KIND__ASSET_LOAD, 3000000, 10000000, 0);
	s->assets[4] =
		asset(a, "hongyuan/batch", SUANDIAN__V1__ASSET_KIND__ASSET_QUEUE, 0, 2800000, 0);
	return s;
}

static void answer_sites(struct arena *a, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__SiteList, list) SUANDIAN__V1__SITE_LIST__INIT;

	list->n_sites = 1;
	list->sites = ARENA_ARRAY(a, 1, Suandian__V1__SiteInfo *);
	list->sites[0] = site(a);
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_SITE_LIST;
	env->site_list = list;
}

static const struct {
	const char *name;
	Suandian__V1__Unit unit;
	const char *role;
	int64_t age_ms; /* −1 = no value yet */
	double value;
	Suandian__V1__Quality quality;
} points[] = {
	{"hongyuan/pcc.power", SUANDIAN__V1__UNIT__UNIT_W, "pcc.power", 5000, 9812345,
	 SUANDIAN__V1__QUALITY__QUALITY_OK},
	{"hongyuan/pv1.power", SUANDIAN__V1__UNIT__UNIT_W, "pv[pv1].power", 5000, -412000,
	 SUANDIAN__V1__QUALITY__QUALITY_ESTIMATED},
	{"hongyuan/bess.soc", SUANDIAN__V1__UNIT__UNIT_WH, "storage[bess].soc", 5000, 4800000,
	 SUANDIAN__V1__QUALITY__QUALITY_OK},
	{"hongyuan/batch.backlog", SUANDIAN__V1__UNIT__UNIT_DEVICE_SECONDS, "queue[batch].backlog",
	 65000, 7200000, SUANDIAN__V1__QUALITY__QUALITY_OK},
	{"hongyuan/price.buy", SUANDIAN__V1__UNIT__UNIT_PRICE, "price.buy", 3600000, 9123,
	 SUANDIAN__V1__QUALITY__QUALITY_OK},
	{"hongyuan/temperature", SUANDIAN__V1__UNIT__UNIT_CELSIUS, "", -1, 0,
	 SUANDIAN__V1__QUALITY__QUALITY_MISSING},
};
#define N_POINTS (sizeof(points) / sizeof(points[0]))

static Suandian__V1__PointInfo *point(struct arena *a, size_t i)
{
	NEW(a, Suandian__V1__PointDecl, d) SUANDIAN__V1__POINT_DECL__INIT;
	NEW(a, Suandian__V1__PointInfo, p) SUANDIAN__V1__POINT_INFO__INIT;

	d->name = (char *)points[i].name;
	d->unit = points[i].unit;
	d->kind = i == 0 ? SUANDIAN__V1__VALUE_KIND__KIND_MEAN
			 : SUANDIAN__V1__VALUE_KIND__KIND_INSTANT;
	d->label = i == 0 ? SUANDIAN__V1__POINT_LABEL__LABEL_END
			  : SUANDIAN__V1__POINT_LABEL__LABEL_UNSPECIFIED;
	d->period_ms = i == 4 ? 3600000 : 5000;
	d->description = i == 0 ? "关口表 main meter" : "";
	p->id = (uint32_t)i + 1;
	p->decl = d;
	p->source = "sim";
	p->site = *points[i].role ? "hongyuan" : "";
	p->role = (char *)points[i].role;
	p->t_ms = points[i].age_ms < 0 ? 0 : WORLD_NOW_MS - points[i].age_ms;
	p->value = points[i].value;
	p->quality = points[i].quality;
	return p;
}

static void answer_points(struct arena *a, const char *prefix, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__PointList, list) SUANDIAN__V1__POINT_LIST__INIT;

	list->points = ARENA_ARRAY(a, N_POINTS, Suandian__V1__PointInfo *);
	for (size_t i = 0; i < N_POINTS; i++)
		if (strncmp(points[i].name, prefix, strlen(prefix)) == 0)
			list->points[list->n_points++] = point(a, i);
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_POINT_LIST;
	env->point_list = list;
}

static bool is_asked(const Suandian__V1__QueryLatest *q, size_t i)
{
	for (size_t k = 0; k < q->n_point; k++)
		if (q->point[k] == i + 1)
			return true;
	return q->n_point == 0 && strncmp(points[i].name, q->prefix, strlen(q->prefix)) == 0;
}

static void answer_latest(struct arena *a, const Suandian__V1__QueryLatest *q,
			  Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__LatestValues, list) SUANDIAN__V1__LATEST_VALUES__INIT;

	list->now_ms = WORLD_NOW_MS;
	list->values = ARENA_ARRAY(a, N_POINTS, Suandian__V1__LatestValue *);
	for (size_t i = 0; i < N_POINTS; i++) {
		NEW(a, Suandian__V1__LatestValue, v) SUANDIAN__V1__LATEST_VALUE__INIT;

		if (!is_asked(q, i))
			continue;
		v->point = (uint32_t)i + 1;
		v->t_ms = points[i].age_ms < 0 ? 0 : WORLD_NOW_MS - points[i].age_ms;
		v->value = points[i].value;
		v->quality = points[i].age_ms > 60000 && i == 3
				     ? SUANDIAN__V1__QUALITY__QUALITY_MISSING
				     : points[i].quality;
		list->values[list->n_values++] = v;
	}
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_LATEST_VALUES;
	env->latest_values = list;
}

/* Twelve samples of five minutes in two chunks; the third is estimated. */
static void answer_range(struct arena *a, const Suandian__V1__QueryRange *q, int part,
			 Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__RangeChunk, chunk) SUANDIAN__V1__RANGE_CHUNK__INIT;
	size_t n = 6;

	chunk->point = q->point;
	chunk->base_ms = q->from_ms + part * 30 * MIN;
	chunk->n_dt_ms = chunk->n_value = n;
	chunk->dt_ms = ARENA_ARRAY(a, n, int64_t);
	chunk->value = ARENA_ARRAY(a, n, double);
	for (size_t i = 0; i < n; i++) {
		chunk->dt_ms[i] = i ? 5 * MIN : 0;
		chunk->value[i] = 9000000 + 250000 * (double)((i + 6 * (size_t)part) % 8);
	}
	if (part == 0) {
		chunk->n_q_index = chunk->n_q_value = 1;
		chunk->q_index = ARENA_ARRAY(a, 1, uint32_t);
		chunk->q_value = ARENA_ARRAY(a, 1, Suandian__V1__Quality);
		chunk->q_index[0] = 2;
		chunk->q_value[0] = SUANDIAN__V1__QUALITY__QUALITY_ESTIMATED;
	}
	chunk->last = part == 1;
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_RANGE_CHUNK;
	env->range_chunk = chunk;
}

/* ---- Plan ---------------------------------------------------------------------------------------- */

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
	int64_t t = WORLD_PLAN_MS + slot * SLOT_MS;

	return t >= EVENT_FROM_MS - 15 * MIN && t < EVENT_TO_MS;
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
	Suandian__V1__AssetSeries **s = ARENA_ARRAY(a, 5, Suandian__V1__AssetSeries *);

	s[0] = series(a, "hongyuan/pv1", SUANDIAN__V1__ASSET_KIND__ASSET_PV, n, pv_w);
	s[0]->n_available_w = n;
	s[0]->available_w = ARENA_ARRAY(a, n, int64_t);
	for (size_t i = 0; i < n; i++)
		s[0]->available_w[i] = sun_w((int)i);
	s[1] = series(a, "hongyuan/bess", SUANDIAN__V1__ASSET_KIND__ASSET_BATTERY, n, battery_w);
	put_levels(a, s[1], 2600000, 1);
	s[2] = series(a, "hongyuan/ups", SUANDIAN__V1__ASSET_KIND__ASSET_UPS, n, idle_w);
	put_levels(a, s[2], 600000, 1);
	s[3] = series(a, "hongyuan/it", SUANDIAN__V1__ASSET_KIND__ASSET_LOAD, n, it_w);
	s[4] = series(a, "hongyuan/batch", SUANDIAN__V1__ASSET_KIND__ASSET_QUEUE, n, queue_w);
	put_levels(a, s[4], 250000000, -6);
	p->n_assets = 5;
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

		p->start_ms[i] = WORLD_PLAN_MS + k * SLOT_MS;
		p->duration_ms[i] = (uint32_t)SLOT_MS;
		p->load_w[i] = it_w(k) + queue_w(k);
		p->pcc_w[i] = p->load_w[i] + pv_w(k) + battery_w(k);
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
	r->start_ms = WORLD_PLAN_MS + 28 * SLOT_MS;
	r->amount = 120000;
	r->unit = "W";
	r->cost = 1230000;
	x[0] = r;
	*ret_n = 1;
	return x;
}

static void answer_plan(struct arena *a, const Suandian__V1__GetPlan *q,
			Suandian__V1__Envelope *env)
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
		p->relaxations = relaxations(a, &p->n_relaxations);
		p->inputs = inputs(a, &p->n_inputs);
	}
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_PLAN;
	env->plan = p;
}

static void answer_why(struct arena *a, const Suandian__V1__Explain *q, Suandian__V1__Envelope *env)
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
	e->inputs = inputs(a, &e->n_inputs);
	e->relaxations = relaxations(a, &e->n_relaxations);
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_EXPLANATION;
	env->explanation = e;
}

/* ---- Events -------------------------------------------------------------------------------------- */

static Suandian__V1__EventMove *move(struct arena *a, int64_t t_ms, Suandian__V1__EventPhase to,
				     const char *who, const char *reason)
{
	NEW(a, Suandian__V1__EventMove, m) SUANDIAN__V1__EVENT_MOVE__INIT;

	m->t_ms = t_ms;
	m->to = to;
	m->who = (char *)who;
	m->reason = (char *)reason;
	return m;
}

/* Six slots: a ramp and five of the target; the last two are not measured yet. */
static void put_event_slots(struct arena *a, Suandian__V1__EventState *e)
{
	static const int64_t delivered_w[] = {480000, 1010000, 987000, 760000};

	e->n_slots = 6;
	e->slots = ARENA_ARRAY(a, 6, Suandian__V1__EventSlot *);
	for (size_t i = 0; i < 6; i++) {
		NEW(a, Suandian__V1__EventSlot, s) SUANDIAN__V1__EVENT_SLOT__INIT;

		s->start_ms = EVENT_FROM_MS + ((int64_t)i - 1) * SLOT_MS;
		s->baseline_w = 9900000 + 10000 * (int64_t)i;
		s->target_w = i == 0 ? 500000 : 1000000;
		s->planned_w = s->target_w + 4000;
		s->ramp = i == 0;
		s->quality = SUANDIAN__V1__QUALITY__QUALITY_MISSING;
		if (i < 4) {
			s->quality = SUANDIAN__V1__QUALITY__QUALITY_OK;
			s->delivered_w = delivered_w[i];
			s->metered_w = s->baseline_w - s->delivered_w;
		}
		e->slots[i] = s;
	}
}

static Suandian__V1__EventState *event(struct arena *a, bool first)
{
	NEW(a, Suandian__V1__Event, ev) SUANDIAN__V1__EVENT__INIT;
	NEW(a, Suandian__V1__EventState, e) SUANDIAN__V1__EVENT_STATE__INIT;

	ev->source = first ? "operator" : "grid";
	ev->external_id = first ? "e-20250715-1" : "e-77";
	ev->revision = first ? 2 : 1;
	ev->site = "hongyuan";
	ev->direction = first ? SUANDIAN__V1__DIRECTION__DIRECTION_UP
			      : SUANDIAN__V1__DIRECTION__DIRECTION_DN;
	ev->start_ms = first ? EVENT_FROM_MS : WORLD_NOW_MS + 17 * HOUR;
	ev->correlation_id = first ? "corr-7" : "corr-8";
	e->id = first ? 7 : 8;
	e->event = ev;
	if (!first) {
		ev->target_case = SUANDIAN__V1__EVENT__TARGET_PCC_CAP_W;
		ev->pcc_cap_w = 8000000;
		e->phase = SUANDIAN__V1__EVENT_PHASE__EVENT_REJECTED;
		e->text = "no asset can raise the net load then";
		return e;
	}
	ev->target_case = SUANDIAN__V1__EVENT__TARGET_REDUCTION_W;
	ev->reduction_w = 1000000;
	ev->has_end_case = SUANDIAN__V1__EVENT__HAS_END_END_MS;
	ev->end_ms = EVENT_TO_MS;
	ev->ramp_ms = 15 * MIN;
	ev->pay_price = 20000;
	ev->penalty_price = 40000;
	ev->band_permille = 200;
	ev->note = "省级调度 约时响应";
	e->phase = SUANDIAN__V1__EVENT_PHASE__EVENT_ACTIVE;
	e->shortfall_wh = 60000;
	e->baseline_hash = "9b0c1d2e3f405162738495a6b7c8d9ea9b0c1d2e3f405162738495a6b7c8d9ea";
	e->text = "short by 0.060 MWh in 21:30–21:45: the battery is at its reserve";
	e->n_moves = 4;
	e->moves = ARENA_ARRAY(a, 4, Suandian__V1__EventMove *);
	e->moves[0] = move(a, WORLD_NOW_MS - HOUR, SUANDIAN__V1__EVENT_PHASE__EVENT_ISSUED,
			   "operator", "");
	e->moves[1] = move(a, WORLD_NOW_MS - HOUR, SUANDIAN__V1__EVENT_PHASE__EVENT_ACCEPTED,
			   "suandiand", "baseline frozen");
	e->moves[2] = move(a, EVENT_FROM_MS - 15 * MIN, SUANDIAN__V1__EVENT_PHASE__EVENT_ARMED,
			   "suandiand", "ramp");
	e->moves[3] =
		move(a, EVENT_FROM_MS, SUANDIAN__V1__EVENT_PHASE__EVENT_ACTIVE, "suandiand", "");
	put_event_slots(a, e);
	return e;
}

static void answer_events(struct arena *a, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__EventList, list) SUANDIAN__V1__EVENT_LIST__INIT;

	list->n_events = 2;
	list->events = ARENA_ARRAY(a, 2, Suandian__V1__EventState *);
	list->events[0] = event(a, true);
	list->events[1] = event(a, false);
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_EVENT_LIST;
	env->event_list = list;
}

static void answer_state(struct arena *a, Suandian__V1__Event *ev, Suandian__V1__EventPhase phase,
			 Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__EventState, e) SUANDIAN__V1__EVENT_STATE__INIT;

	e->id = 9;
	e->event = ev;
	e->phase = phase;
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_EVENT_STATE;
	env->event_state = e;
}

static void answer_cancel(struct arena *a, const Suandian__V1__CancelEvent *q,
			  Suandian__V1__Envelope *env)
{
	Suandian__V1__EventState *e = event(a, strcmp(q->external_id, "e-20250715-1") == 0);

	e->phase = SUANDIAN__V1__EVENT_PHASE__EVENT_CANCELLED;
	e->n_slots = 0;
	e->moves[2] = move(a, WORLD_NOW_MS, SUANDIAN__V1__EVENT_PHASE__EVENT_CANCELLED, "operator",
			   q->reason);
	e->n_moves = 3;
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_EVENT_STATE;
	env->event_state = e;
}

/* ---- Decisions ----------------------------------------------------------------------------------- */

static Suandian__V1__Decision *decision(struct arena *a, int i)
{
	static const char *const assets[] = {"hongyuan/bess", "hongyuan/batch", "hongyuan/pv1",
					     "hongyuan/bess"};
	NEW(a, Suandian__V1__Action, action) SUANDIAN__V1__ACTION__INIT;
	NEW(a, Suandian__V1__Release, release) SUANDIAN__V1__RELEASE__INIT;
	NEW(a, Suandian__V1__Reason, reason) SUANDIAN__V1__REASON__INIT;
	NEW(a, Suandian__V1__Decision, d) SUANDIAN__V1__DECISION__INIT;

	d->id = 904 - (uint64_t)i;
	d->plan_id = 311;
	d->asset = (char *)assets[i];
	d->action = action;
	d->reason = reason;
	d->issued_ms = WORLD_NOW_MS - i * SLOT_MS;
	d->valid_from_ms = d->issued_ms;
	d->valid_until_ms = d->issued_ms + SLOT_MS + 30000;
	reason->code = i == 1 ? SUANDIAN__V1__REASON_CODE__REASON_EVENT
			      : SUANDIAN__V1__REASON_CODE__REASON_PLAN;
	reason->event = i == 1 ? "corr-7" : "";
	reason->limit = i == 0 ? "soc_min[bess]" : "";
	reason->marginal_price = i == 2 ? 0 : 9647;
	d->state = i == 3   ? SUANDIAN__V1__DECISION_STATE__DECISION_SUPERSEDED
		   : i == 2 ? SUANDIAN__V1__DECISION_STATE__DECISION_FAILED
			    : SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED;
	d->measured_w = i == 0 ? -1248000 : 1990000;
	if (i == 2)
		d->ack_reason = "inverter does not answer";
	if (i == 2) {
		action->what_case = SUANDIAN__V1__ACTION__WHAT_RELEASE;
		action->release = release;
	} else if (i == 1) {
		action->what_case = SUANDIAN__V1__ACTION__WHAT_CAP_W;
		action->cap_w = 2000000;
	} else {
		action->what_case = SUANDIAN__V1__ACTION__WHAT_POWER_W;
		action->power_w = i == 0 ? -1250000 : 0;
	}
	return d;
}

static void answer_decisions(struct arena *a, const Suandian__V1__ListDecisions *q,
			     Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__DecisionList, list) SUANDIAN__V1__DECISION_LIST__INIT;

	list->decisions = ARENA_ARRAY(a, 4, Suandian__V1__Decision *);
	for (int i = 0; i < 4 && (q->limit == 0 || i < (int)q->limit); i++) {
		Suandian__V1__Decision *d = decision(a, i);

		if (!*q->asset || strcmp(q->asset, "hongyuan/*") == 0 ||
		    strcmp(q->asset, d->asset) == 0)
			list->decisions[list->n_decisions++] = d;
	}
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_DECISION_LIST;
	env->decision_list = list;
}

/* ---- Daemon -------------------------------------------------------------------------------------- */

static void answer_health(struct arena *a, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__HealthReason, reason) SUANDIAN__V1__HEALTH_REASON__INIT;
	NEW(a, Suandian__V1__HealthReport, h) SUANDIAN__V1__HEALTH_REPORT__INIT;

	reason->code = "stale_point";
	reason->text = "hongyuan/batch.backlog is silent";
	reason->since_ms = WORLD_NOW_MS - 65000;
	reason->doing = "plans with the last known backlog";
	h->state = "degraded";
	h->n_reasons = 1;
	h->reasons = ARENA_ARRAY(a, 1, Suandian__V1__HealthReason *);
	h->reasons[0] = reason;
	h->now_ms = WORLD_NOW_MS;
	h->uptime_ms = 11532000;
	h->build = "suandiand 0.1.0";
	h->sessions = 2;
	h->points = 6;
	h->samples = 123456;
	h->plan_age_ms = 3600000;
	h->audit_seq = 4711;
	h->driven_clock = true;
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_HEALTH_REPORT;
	env->health_report = h;
}

static void answer_metrics(struct arena *a, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__MetricsText, m) SUANDIAN__V1__METRICS_TEXT__INIT;

	m->text = "# HELP suandian_samples_total Samples stored.\n"
		  "# TYPE suandian_samples_total counter\n"
		  "suandian_samples_total 123456\n"
		  "suandian_ack_seconds_bucket{le=\"0.01\"} 42\n"
		  "suandian_plan_age_seconds{site=\"hong yuan\"} 3600.5 1752577200000\n";
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_METRICS_TEXT;
	env->metrics_text = m;
}

/* The vector of domain-policy.md §8. */
static const char *const bodies[] = {
	"{\"seq\":1,\"op\":\"select\",\"res\":\"hy-01\",\"kw\":-300}",
	"{\"seq\":2,\"op\":\"operate\",\"res\":\"hy-01\",\"kw\":-300}",
};
static const char *const hashes[] = {
	"6f02f1b5a542891f06cc6dd96e33ce62d0cf025d9e993262ed2ea901171fa89e",
	"6ac8e8a309ad6ddd28faffb04464695929bdc0545f941e368cad2c78c9fd05c2",
};

static uint8_t nibble(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void put_hash(struct arena *a, const char *hex, ProtobufCBinaryData *ret)
{
	ret->len = SHA256_LEN;
	ret->data = arena_alloc(a, SHA256_LEN);
	for (size_t i = 0; i < SHA256_LEN; i++)
		ret->data[i] = (uint8_t)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
}

static void answer_audit(struct arena *a, const Suandian__V1__ReadAudit *q, bool broken,
			 Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__AuditChunk, chunk) SUANDIAN__V1__AUDIT_CHUNK__INIT;
	size_t first = q->from_seq > 1 ? 1 : 0;

	chunk->last = true;
	chunk->records = ARENA_ARRAY(a, 2, Suandian__V1__AuditRecord *);
	for (size_t i = first; i < 2 && (q->limit == 0 || i - first < q->limit); i++) {
		NEW(a, Suandian__V1__AuditRecord, r) SUANDIAN__V1__AUDIT_RECORD__INIT;

		r->seq = i + 1;
		r->body.len = strlen(bodies[i]);
		r->body.data = arena_memdup(a, bodies[i], r->body.len);
		if (broken && i == 1)
			r->body.data[20] = 'O';
		put_hash(a, hashes[i], &r->hash);
		chunk->records[chunk->n_records++] = r;
	}
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_AUDIT_CHUNK;
	env->audit_chunk = chunk;
}

static void answer_verdict(struct arena *a, bool broken, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__AuditVerdict, v) SUANDIAN__V1__AUDIT_VERDICT__INIT;

	v->ok = !broken;
	v->records = 4711;
	v->bad_seq = broken ? 2 : 0;
	v->text = broken ? "the hash does not fit the body" : "";
	put_hash(a, hashes[1], &v->head);
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_AUDIT_VERDICT;
	env->audit_verdict = v;
}

static void answer_error(struct arena *a, const char *code, const char *text, const char *field,
			 Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__Error, e) SUANDIAN__V1__ERROR__INIT;

	e->code = (char *)code;
	e->text = (char *)text;
	e->field = (char *)field;
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_ERROR;
	env->error = e;
}

/* ---- Hostile texts ------------------------------------------------------------------------------- */

#define EVIL                                                                                       \
	"\033]0;owned\007\xc2\x9b"                                                                 \
	"31m\xe2\x80\xae"

/* Puts control sequences in front of every text of a message, without recursion. */
static void spoil(struct arena *a, ProtobufCMessage *root)
{
	ProtobufCMessage **todo = ARENA_ARRAY(a, 4096, ProtobufCMessage *);
	size_t n = 1;

	todo[0] = root;
	for (size_t i = 0; i < n; i++) {
		for (unsigned k = 0; k < todo[i]->descriptor->n_fields; k++) {
			const ProtobufCFieldDescriptor *f = &todo[i]->descriptor->fields[k];
			char *base = (char *)todo[i];
			bool many = f->label == PROTOBUF_C_LABEL_REPEATED;
			size_t count = many ? *(size_t *)(base + f->quantifier_offset) : 1;
			void **at =
				many ? *(void ***)(base + f->offset) : (void **)(base + f->offset);

			if ((f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) &&
			    *(uint32_t *)(base + f->quantifier_offset) != f->id)
				continue;
			for (size_t j = 0; j < count; j++) {
				if (f->type == PROTOBUF_C_TYPE_STRING)
					at[j] = arena_printf(a, EVIL "%s", (char *)at[j]);
				else if (f->type == PROTOBUF_C_TYPE_MESSAGE && at[j] && n < 4096)
					todo[n++] = at[j];
			}
		}
	}
}

/* ---- All ----------------------------------------------------------------------------------------- */

static void answer_put(struct arena *a, const Suandian__V1__PutEvent *q, const char *role,
		       Suandian__V1__Envelope *env)
{
	if (strcmp(role, "operate") != 0)
		answer_error(a, "DENIED", "the role observe must not put events", "", env);
	else if (q->event->revision == 0)
		answer_error(a, "INVALID", "must be 1 or more", "event.revision", env);
	else
		answer_state(a, q->event,
			     q->event->priority == 99 ? SUANDIAN__V1__EVENT_PHASE__EVENT_REJECTED
						      : SUANDIAN__V1__EVENT_PHASE__EVENT_ACCEPTED,
			     env);
}

static void answer_one(struct arena *a, const Suandian__V1__Envelope *q, const char *role, int part,
		       Suandian__V1__Envelope *env)
{
	bool broken = strcmp(role, "admin") == 0;

	switch (q->body_case) {
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_SITES:
		answer_sites(a, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_POINTS:
		answer_points(a, q->list_points->prefix, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_QUERY_LATEST:
		answer_latest(a, q->query_latest, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE:
		answer_range(a, q->query_range, part, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_GET_PLAN:
		if (strcmp(q->get_plan->site, "hongyuan") == 0)
			answer_plan(a, q->get_plan, env);
		else
			answer_error(a, "NOT_FOUND", "no such site", "site", env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_EXPLAIN:
		answer_why(a, q->explain, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_EVENTS:
		answer_events(a, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_PUT_EVENT:
		answer_put(a, q->put_event, role, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_CANCEL_EVENT:
		answer_cancel(a, q->cancel_event, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_DECISIONS:
		answer_decisions(a, q->list_decisions, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_SUBSCRIBE_DECISIONS:
		env->body_case = SUANDIAN__V1__ENVELOPE__BODY_DECISION;
		env->decision = decision(a, 3 - part);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_HEALTH:
		answer_health(a, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_METRICS:
		answer_metrics(a, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_READ_AUDIT:
		answer_audit(a, q->read_audit, broken, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_VERIFY_AUDIT:
		answer_verdict(a, broken, env);
		break;
	default:
		answer_error(a, "UNIMPLEMENTED", "not in this world", "", env);
	}
}

Suandian__V1__Envelope **world_answer(struct arena *a, const Suandian__V1__Envelope *request,
				      const char *role, bool hostile, size_t *ret_n)
{
	size_t n = request->body_case == SUANDIAN__V1__ENVELOPE__BODY_SUBSCRIBE_DECISIONS ? 4
		   : request->body_case == SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE	  ? 2
											  : 1;
	Suandian__V1__Envelope **list = ARENA_ARRAY(a, n, Suandian__V1__Envelope *);

	for (size_t i = 0; i < n; i++) {
		NEW(a, Suandian__V1__Envelope, env) SUANDIAN__V1__ENVELOPE__INIT;

		answer_one(a, request, role, (int)i, env);
		if (hostile && request->body_case != SUANDIAN__V1__ENVELOPE__BODY_LIST_SITES)
			spoil(a, &env->base);
		list[i] = env;
	}
	*ret_n = n;
	return list;
}
