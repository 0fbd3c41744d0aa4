/* What there is: the site, its points and their values. */
#include "world_priv.h"

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
	s->n_assets = 7;
	s->assets = ARENA_ARRAY(a, 7, Suandian__V1__AssetInfo *);
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
	s->assets[5] =
		asset(a, "hongyuan/wind1", SUANDIAN__V1__ASSET_KIND__ASSET_WIND, -3000000, 0, 0);
	s->assets[6] =
		asset(a, "hongyuan/crac", SUANDIAN__V1__ASSET_KIND__ASSET_COOLING, 0, 1600000, 0);
	return s;
}

void world_answer_sites(struct arena *a, Suandian__V1__Envelope *env)
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

void world_answer_points(struct arena *a, const char *prefix, Suandian__V1__Envelope *env)
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

void world_answer_latest(struct arena *a, const Suandian__V1__QueryLatest *q,
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
void world_answer_range(struct arena *a, const Suandian__V1__QueryRange *q, int part,
			Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__RangeChunk, chunk) SUANDIAN__V1__RANGE_CHUNK__INIT;
	size_t n = 6;

	chunk->point = q->point;
	chunk->base_ms = q->from_ms + part * 30 * WORLD_MIN_MS;
	chunk->n_dt_ms = chunk->n_value = n;
	chunk->dt_ms = ARENA_ARRAY(a, n, int64_t);
	chunk->value = ARENA_ARRAY(a, n, double);
	for (size_t i = 0; i < n; i++) {
		chunk->dt_ms[i] = i ? 5 * WORLD_MIN_MS : 0;
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
