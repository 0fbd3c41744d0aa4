#include "engine/snapshot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/bands.h"
#include "engine/curves.h"
#include "engine/live.h"
#include "engine/peak.h"
#include "engine/points.h"
#include "engine/state.h"
#include "forecast/forecast.h"

#define SOURCES_MAX 64
#define CURVE_MAX_AGE_MS (2 * MS_PER_DAY)
#define STATE_MAX_AGE_MS MS_PER_H	  /* a measured level speaks for so long */
#define PLANNED_MAX_AGE_MS (6 * MS_PER_H) /* and the plan that stood on it so long after */
#define LOAD_HOLD_MS (2 * MS_PER_DAY)
#define FINE_MAX_MS (2 * MS_PER_DAY)

struct builder {
	struct engine *e;
	struct site_state *ss;
	struct plan_input *in;
	struct arena *arena;
	struct forecast_steps steps;
};

static struct plan_source *next_source(struct builder *b)
{
	return &b->in->sources[b->in->n_sources < SOURCES_MAX - 1 ? b->in->n_sources++
								  : SOURCES_MAX - 1];
}

static void set_source(struct plan_source *s, const char *input, const char *source, enum quality q)
{
	if (input != s->input)
		snprintf(s->input, sizeof(s->input), "%s", input);
	snprintf(s->source, sizeof(s->source), "%s", source);
	s->quality = q;
}

static void name_input(char out[ID_MAX], const char *what, const char *id)
{
	/* ids fit by configuration; a longer one is cut in the text only */
	if (snprintf(out, ID_MAX, "%s[%s]", what, id) >= ID_MAX)
		out[ID_MAX - 2] = ']';
}

/* A level that is measured, else the one that the plan in force foresaw; false: nobody knows. */
static bool level_of(struct builder *b, const struct live_point *lp, double scale,
		     const char *asset_id, int64_t *ret, struct plan_source *src)
{
	int64_t now = b->e->clock.now_ms;
	const struct plan *p = b->ss->held ? b->ss->held->plan : NULL;
	char path[ID_MAX * 2];
	const struct plan_asset *pa;
	double v;
	int i;

	if (live_good(lp, now, STATE_MAX_AGE_MS, &v)) {
		bool stale = point_is_stale(&lp->point.decl, lp->history->last_ms, now);

		*ret = llround(v * scale);
		set_source(src, src->input, stale ? "last value" : "measured",
			   stale ? QUALITY_ESTIMATED : QUALITY_OK);
		return true;
	}
	if (!p || !live_good(lp, now, PLANNED_MAX_AGE_MS, &v))
		return false;
	pa = plan_find_asset(p, asset_path(path, sizeof(path), b->ss->site, asset_id));
	i = plan_slot_at(p, now - 1);
	if (!pa || !pa->level || i < 0)
		return false;
	*ret = pa->level[i];
	set_source(src, src->input, "as planned", QUALITY_ESTIMATED);
	return true;
}

/* It did not carry out its decision: not to be counted on for the rest of the slot. */
static bool is_out(const struct builder *b, enum asset_kind kind, int k)
{
	for (int i = 0; i < b->ss->n_assets; i++) {
		const struct asset_state *as = &b->ss->assets[i];

		if (as->kind == kind && as->index == k)
			return as->out_until_ms > b->e->clock.now_ms;
	}
	return false;
}

static void fill_storage(struct builder *b, int k)
{
	const struct storage *st = &b->in->storage[k];
	struct plan_source *src = next_source(b);
	const struct live_point *lp = points_bound(b->e, b->ss->site, "storage[%s].soc", st->id);

	name_input(src->input, "soc", st->id);
	b->in->storage_out[k] = is_out(b, st->kind, k);
	if (level_of(b, lp, (double)st->energy_wh / 100.0, st->id, &b->in->soc_wh[k], src))
		return;
	/* at its reserve: nothing to spend, and no penalty for what nobody knows */
	b->in->soc_wh[k] = st->reserve_wh;
	b->in->storage_out[k] = true;
	set_source(src, src->input, "unknown: not planned with", QUALITY_MISSING);
}

static void fill_forecast(struct builder *b, struct forecast_ask *ask, const struct live_point *lp,
			  int64_t *ret)
{
	ask->now_ms = b->e->clock.now_ms;
	ask->curve = curves_get(lp);
	ask->curve_max_age_ms = CURVE_MAX_AGE_MS;
	ask->history = lp ? lp->history : NULL;
	forecast_fill_i64(ask, &b->steps, ret, next_source(b));
}

static void fill_pv(struct builder *b, int k)
{
	struct pv *pv = &b->in->pv[k];
	char name[ID_MAX];
	struct forecast_ask ask = {.input = name,
				   .as = FORECAST_MEAN,
				   .assumed = 0,
				   .min = -(double)pv->capacity_w,
				   .max = (double)pv->capacity_w};

	/* left alone it gives all it has */
	if (is_out(b, ASSET_PV, k))
		pv->curtailable = false;
	name_input(name, "pv", pv->id);
	fill_forecast(b, &ask, points_bound(b->e, b->ss->site, "pv[%s].power", pv->id),
		      b->in->pv_w[k]);
	/* generation is negative on the meter, what can be had is a magnitude */
	for (uint32_t i = 0; i < b->in->n; i++)
		b->in->pv_w[k][i] = max_i64(-b->in->pv_w[k][i], 0);
}

static void fill_load(struct builder *b)
{
	struct forecast_ask ask = {.input = "load",
				   .as = FORECAST_MEAN,
				   .hold_ms = LOAD_HOLD_MS,
				   .assumed = (double)b->in->load.capacity_w,
				   .min = 0,
				   .max = (double)b->in->load.capacity_w};

	fill_forecast(b, &ask, points_bound(b->e, b->ss->site, "load.power"), b->in->load_it_w);
}

static void fill_queue(struct builder *b, int k)
{
	struct queue *q = &b->in->queues[k];
	const struct site *s = b->ss->site;
	char name[ID_MAX];
	struct plan_source *src = next_source(b);
	struct forecast_ask arrivals = {.input = name, .as = FORECAST_TOTAL, .min = 0, .max = 1e12};
	struct forecast_due due = {.input = name,
				   .now_ms = b->e->clock.now_ms,
				   .slack_ms = q->slack_ms,
				   .curve_max_age_ms = CURVE_MAX_AGE_MS};

	/* left alone it runs as fast as it can */
	if (is_out(b, ASSET_QUEUE, k))
		q->power_min_w = q->devices * q->device_power_w;
	name_input(src->input, "backlog", q->id);
	if (!level_of(b, points_bound(b->e, s, "queue[%s].backlog", q->id), 1.0, q->id,
		      &b->in->backlog_ds[k], src))
		set_source(src, src->input, "unknown: taken as empty", QUALITY_MISSING);
	b->in->backlog_ds[k] = max_i64(b->in->backlog_ds[k], 0);
	name_input(name, "arrivals", q->id);
	fill_forecast(b, &arrivals, points_bound(b->e, s, "queue[%s].arrivals", q->id),
		      b->in->arrivals_ds[k]);
	name_input(name, "due", q->id);
	due.backlog_ds = b->in->backlog_ds[k];
	due.due = curves_get(points_bound(b->e, s, "queue[%s].due", q->id));
	forecast_due_fill(&due, &b->steps, b->in->due_ds[k], next_source(b));
}

/* Mean tariff price of a step; false where the tariff does not hold. */
static bool tariff_mean(const struct site *s, int64_t from_ms, int64_t to_ms, int64_t *ret)
{
	int64_t sum = 0, n = 0, price;

	for (int64_t t = from_ms; t < to_ms; t += SLOT_MS, n++) {
		if (!s->tariff || tariff_price_at(s->tariff, s->zone, t, NULL, 0, &price))
			return false;
		sum += price;
	}
	if (n > 0)
		*ret = (2 * sum + n) / (2 * n);
	return n > 0;
}

static void tariff_prices(struct builder *b, bool buy, int64_t *ret, struct plan_source *src)
{
	const struct tariff *t = b->ss->site->tariff;
	bool whole = t != NULL;

	for (uint32_t i = 0; i < b->in->n; i++) {
		int64_t from = b->in->start_ms[i], to = from + b->in->duration_ms[i];

		ret[i] = t ? t->sell_price_e4 : 0;
		if (!buy || tariff_mean(b->ss->site, from, to, &ret[i]))
			continue;
		ret[i] = t ? t->flat_price_e4 : 0;
		whole = false;
	}
	snprintf(src->source, sizeof(src->source), "tariff:%s%s", t ? t->id : "none",
		 whole ? "" : ", outside its validity");
	src->quality = whole ? QUALITY_OK : QUALITY_MISSING;
}

/* A price that is pushed goes before the tariff, step by step. */
static int fill_price(struct builder *b, bool buy, int64_t *ret)
{
	const char *input = buy ? "price_buy" : "price_sell";
	const struct live_point *lp =
		points_bound(b->e, b->ss->site, buy ? "price.buy" : "price.sell");
	struct forecast_ask ask = {.input = input,
				   .as = FORECAST_MEAN,
				   .now_ms = b->e->clock.now_ms,
				   .curve = curves_get(lp),
				   .curve_max_age_ms = CURVE_MAX_AGE_MS,
				   .min = -1e9,
				   .max = 1e9};
	double *v = ARENA_ARRAY(b->arena, b->in->n, double);
	enum quality *q = ARENA_ARRAY(b->arena, b->in->n, enum quality);
	struct plan_source *src = next_source(b), pushed;
	uint32_t n_pushed = 0;

	if (!v || !q)
		return -ENOMEM;
	set_source(src, input, "", QUALITY_OK);
	tariff_prices(b, buy, ret, src);
	if (!ask.curve)
		return 0;
	forecast_fill(&ask, &b->steps, v, q, &pushed);
	for (uint32_t i = 0; i < b->in->n; i++) {
		if (q[i] != QUALITY_OK)
			continue;
		ret[i] = llround(v[i]);
		n_pushed++;
	}
	if (n_pushed == b->in->n)
		*src = pushed;
	else if (n_pushed > 0)
		snprintf(src->source, sizeof(src->source), "curve:%s (%u of %u steps), then tariff",
			 ask.curve->source, n_pushed, b->in->n);
	return 0;
}

static void fill_static(struct builder *b)
{
	const struct site *s = b->ss->site;
	const struct settings *st = &b->e->configuration->settings;
	struct plan_input *in = b->in;

	snprintf(in->site, sizeof(in->site), "%s", s->id);
	in->now_ms = b->e->clock.now_ms;
	in->pcc = s->pcc;
	in->load = s->load;
	memcpy(in->pv, s->pv, sizeof(in->pv));
	memcpy(in->storage, s->storage, sizeof(in->storage));
	memcpy(in->queues, s->queues, sizeof(in->queues));
	in->prices = (struct plan_prices){.tie_break_e4 = st->plan.tie_break_price_e4,
					  .unserved_e4 = st->plan.unserved_price_e4,
					  .reserve_e4 = st->plan.reserve_price_e4,
					  .ups_reserve_e4 = st->plan.ups_reserve_price_e4,
					  .overload_e4 = st->plan.overload_price_e4};
	/* where demand is contracted the basic charge does not follow the peak, what lies above is priced by the
	 * PCC's own price */
	if (s->tariff && s->tariff->demand_price_e4 > 0 && s->pcc.contracted_demand_w == 0) {
		in->demand_price_e4 = s->tariff->demand_price_e4;
		in->demand_incumbent_w = peak_until_now(b->e, b->ss);
	}
}

static int64_t fine_span(const struct builder *b)
{
	int64_t now = b->e->clock.now_ms, fine = b->e->configuration->settings.plan.fine_ms;
	const struct event_live *el;
	size_t at = 0;

	while ((el = map_next(&b->e->events.by_id, &at, NULL, NULL))) {
		const struct event *ev = &el->ev;

		if (el->site != b->ss->index || (!event_is_live(ev) && ev->phase != EVENT_ISSUED) ||
		    ev->n_slots == 0)
			continue;
		fine = max_i64(fine, ev->slots[ev->n_slots - 1].start_ms + SLOT_MS - now);
	}
	return max_i64(min_i64(fine, FINE_MAX_MS), SLOT_MS);
}

static int make_grid(struct builder *b, int64_t until_ms, struct fault *f)
{
	int64_t *start = ARENA_ARRAY(b->arena, PLAN_MAX_STEPS, int64_t);
	int64_t *duration = ARENA_ARRAY(b->arena, PLAN_MAX_STEPS, int64_t);
	const struct site *s = b->ss->site;
	int64_t now = b->e->clock.now_ms;
	int n, r;

	if (!start || !duration)
		return fault_set(f, -ENOMEM, "out of memory");
	until_ms = max_i64(until_ms, now + b->e->configuration->settings.plan.horizon_ms);
	n = plan_grid(now, until_ms, fine_span(b), PLAN_MAX_STEPS, start, duration);
	if (n <= 0)
		return fault_set(f, n < 0 ? n : ERR_NODATA, "no grid of steps to %lld ms ahead",
				 (long long)(until_ms - now));
	b->in->n_pv = s->n_pv;
	b->in->n_storage = s->n_storage;
	b->in->n_queues = s->n_queues;
	r = plan_input_init(b->in, b->arena, (uint32_t)n, start, duration);
	if (r)
		return fault_set(f, r, "input of %d steps: %s", n, err_text(r));
	b->steps = (struct forecast_steps){
		.n = b->in->n, .start_ms = b->in->start_ms, .duration_ms = b->in->duration_ms};
	return 0;
}

static int fill_all(struct builder *b, bool without_events)
{
	int r;

	fill_static(b);
	fill_load(b);
	for (int k = 0; k < b->in->n_pv; k++)
		fill_pv(b, k);
	for (int k = 0; k < b->in->n_storage; k++)
		fill_storage(b, k);
	for (int k = 0; k < b->in->n_queues; k++)
		fill_queue(b, k);
	r = fill_price(b, true, b->in->price_buy_e4);
	if (r == 0)
		r = fill_price(b, false, b->in->price_sell_e4);
	if (r == 0 && !without_events)
		r = bands_fill(b->e, b->ss, b->arena, b->in);
	return r;
}

int snapshot_build(struct engine *e, struct site_state *ss, const struct snapshot_wish *wish,
		   struct arena *a, struct plan_input **ret, struct fault *f)
{
	struct builder b = {.e = e, .ss = ss, .arena = a};
	int r;

	b.in = ARENA_NEW(a, struct plan_input);
	if (!b.in)
		return fault_set(f, -ENOMEM, "out of memory");
	r = make_grid(&b, wish->until_ms, f);
	if (r)
		return r;
	b.in->sources = ARENA_ARRAY(a, SOURCES_MAX, struct plan_source);
	r = b.in->sources ? fill_all(&b, wish->without_events) : -ENOMEM;
	if (r)
		return fault_set(f, r, "input of %s: %s", ss->site->id, err_text(r));
	*ret = b.in;
	return 0;
}
