/* One walk over the input in a fixed order serves both ways. Version 2 had fewer fields: such an input is read and
 * written as it was, with what is new left empty, so that older ledgers replay. */
#include <stdio.h>
#include <string.h>

#include "plan/coder.h"
#include "plan/input.h"

#define MAGIC UINT32_C(0x4e495053) /* "SPIN" */
#define SOURCES_MAX 1024
#define SOURCE_MIN_B 5 /* two lengths and a quality */

static bool is_old(const struct coder *c)
{
	return c->version < 3;
}

static void code_kind(struct coder *c, enum asset_kind *kind, enum asset_kind max)
{
	uint32_t k = (uint32_t)*kind;

	coder_count(c, &k, (uint32_t)max);
	*kind = (enum asset_kind)k;
}

static void code_generator(struct coder *c, struct generator *g)
{
	coder_text(c, g->id, sizeof(g->id));
	coder_i64(c, &g->capacity_w);
	coder_bool(c, &g->curtailable);
	coder_i64(c, &g->curtail_price_e4);
	if (is_old(c))
		return;
	code_kind(c, &g->kind, ASSET_HYDRO);
	coder_i64(c, &g->price_e4);
	for (size_t m = 0; m < ARRAY_SIZE(g->month_ppm); m++)
		coder_i64(c, &g->month_ppm[m]);
}

static void code_storage(struct coder *c, struct storage *s)
{
	int64_t *fields[] = {&s->energy_wh,	 &s->charge_max_w,	&s->discharge_max_w,
			     &s->eta_charge_ppm, &s->eta_discharge_ppm, &s->retention_ppm_per_h,
			     &s->soc_min_wh,	 &s->soc_max_wh,	&s->reserve_wh,
			     &s->wear_price_e4,	 &s->terminal_price_e4};

	coder_text(c, s->id, sizeof(s->id));
	code_kind(c, &s->kind, ASSET_PCC);
	coder_i64s(c, fields, ARRAY_SIZE(fields));
}

static void code_queue(struct coder *c, struct queue *q)
{
	int64_t *fields[] = {&q->devices, &q->device_power_w, &q->power_min_w, &q->slack_ms,
			     &q->late_price_e4};
	uint32_t tier = (uint32_t)q->tier;

	coder_text(c, q->id, sizeof(q->id));
	coder_i64s(c, fields, ARRAY_SIZE(fields));
	if (is_old(c)) {
		q->tier = FLEX_F3; /* what all work was taken for */
		return;
	}
	coder_count(c, &tier, FLEX_F3);
	q->tier = (enum flex_tier)tier;
	coder_int(c, &q->n_segments, QUEUE_MAX_SEGMENTS);
	for (int k = 0; k < q->n_segments; k++) {
		coder_i64(c, &q->segment_power_ppm[k]);
		coder_i64(c, &q->segment_work_ppm[k]);
	}
	coder_text(c, q->pool, sizeof(q->pool));
	coder_i64(c, &q->transfer_bytes_per_ds);
}

static void code_cooling(struct coder *c, struct cooling *x)
{
	int64_t *fields[] = {&x->power_max_w,	    &x->cop_ppm,     &x->cop_slope_ppm_per_k,
			     &x->heat_wh_per_k,	    &x->temp_min_mc, &x->temp_max_mc,
			     &x->over_temp_price_e4};

	coder_text(c, x->id, sizeof(x->id));
	coder_i64s(c, fields, ARRAY_SIZE(fields));
}

static void code_feeder(struct coder *c, struct feeder *f)
{
	coder_text(c, f->id, sizeof(f->id));
	coder_text(c, f->parent, sizeof(f->parent));
	coder_i64(c, &f->import_max_w);
	coder_i64(c, &f->export_max_w);
	coder_int(c, &f->n_assets, FEEDER_MAX_ASSETS);
	for (int i = 0; i < f->n_assets; i++)
		coder_text(c, f->assets[i], sizeof(f->assets[i]));
}

static void code_window(struct coder *c, struct plan_window *w, uint32_t n)
{
	coder_optional_series(c, &w->lo_w, n);
	coder_optional_series(c, &w->hi_w, n);
}

static void code_demand(struct coder *c, struct plan_demand *d, uint32_t n)
{
	coder_text(c, d->id, sizeof(d->id));
	coder_i64(c, &d->price_e4);
	coder_i64(c, &d->incumbent_w);
	coder_flags(c, &d->in_window, n);
}

/* Version 2 knew one charge, in force at all times; none was told by zeros. */
static void code_old_demand(struct coder *c, struct plan_input *in)
{
	struct plan_demand *d = &in->demands[0], none = {0};
	struct plan_demand *x = !c->out || in->n_demands > 0 ? d : &none;

	coder_i64(c, &x->price_e4);
	coder_i64(c, &x->incumbent_w);
	if (!coder_is_reading(c) || (d->price_e4 == 0 && d->incumbent_w == 0))
		return;
	in->n_demands = 1;
	snprintf(d->id, sizeof(d->id), "demand");
	d->in_window = ARENA_ARRAY(c->a, in->n, bool);
	if (!d->in_window) {
		coder_fail(c, -ENOMEM);
		return;
	}
	memset(d->in_window, true, in->n * sizeof(bool));
}

static void code_static(struct coder *c, struct plan_input *in)
{
	int64_t *fields[] = {&in->pcc.import_max_w,
			     &in->pcc.export_max_w,
			     &in->pcc.contracted_demand_w,
			     &in->pcc.over_demand_price_e4,
			     &in->load.capacity_w,
			     &in->load.floor_w,
			     &in->load.pue_ppm,
			     &in->prices.tie_break_e4,
			     &in->prices.unserved_e4,
			     &in->prices.reserve_e4,
			     &in->prices.ups_reserve_e4,
			     &in->prices.overload_e4};

	coder_text(c, in->load.id, sizeof(in->load.id));
	coder_i64s(c, fields, ARRAY_SIZE(fields));
	if (is_old(c))
		code_old_demand(c, in);
	coder_int(c, &in->n_generators, SITE_MAX_GENERATORS);
	coder_int(c, &in->n_storage, SITE_MAX_STORAGE);
	coder_int(c, &in->n_queues, SITE_MAX_QUEUES);
	for (int i = 0; i < in->n_generators; i++)
		code_generator(c, &in->generators[i]);
	for (int i = 0; i < in->n_storage; i++)
		code_storage(c, &in->storage[i]);
	for (int i = 0; i < in->n_queues; i++)
		code_queue(c, &in->queues[i]);
}

static void code_more_static(struct coder *c, struct plan_input *in)
{
	coder_i64(c, &in->publish_until_ms);
	coder_i64(c, &in->carbon.price_e4_per_kg);
	coder_i64(c, &in->carbon.factor_g_per_kwh);
	coder_int(c, &in->n_cooling, SITE_MAX_COOLING);
	coder_int(c, &in->n_feeders, SITE_MAX_FEEDERS);
	coder_int(c, &in->n_rations, SITE_MAX_RATIONS);
	coder_int(c, &in->n_demands, PLAN_MAX_DEMANDS);
	for (int i = 0; i < in->n_cooling; i++)
		code_cooling(c, &in->cooling[i]);
	for (int i = 0; i < in->n_feeders; i++)
		code_feeder(c, &in->feeders[i]);
	for (int i = 0; i < in->n_rations; i++) {
		coder_count(c, &in->rations[i].first, PLAN_MAX_STEPS);
		coder_count(c, &in->rations[i].end, PLAN_MAX_STEPS);
		coder_i64(c, &in->rations[i].left_wh);
	}
	for (int i = 0; i < in->n_demands; i++)
		code_demand(c, &in->demands[i], in->n);
}

static void code_state(struct coder *c, struct plan_input *in)
{
	for (int i = 0; i < in->n_storage; i++) {
		coder_i64(c, &in->soc_wh[i]);
		coder_bool(c, &in->storage_out[i]);
	}
	for (int i = 0; i < in->n_queues; i++)
		coder_i64(c, &in->backlog_ds[i]);
}

static void code_more_state(struct coder *c, struct plan_input *in)
{
	for (int i = 0; i < in->n_cooling; i++) {
		coder_i64(c, &in->temp_mc[i]);
		coder_bool(c, &in->cooling_out[i]);
		code_window(c, &in->cooling_window[i], in->n);
	}
	for (int i = 0; i < in->n_storage; i++)
		code_window(c, &in->storage_window[i], in->n);
	for (int i = 0; i < in->n_queues; i++)
		code_window(c, &in->queue_window[i], in->n);
	for (int i = 0; i < in->n_generators; i++)
		code_window(c, &in->generator_window[i], in->n);
	coder_bool(c, &in->has_terminal);
	for (int i = 0; in->has_terminal && i < in->n_storage; i++)
		coder_i64(c, &in->terminal_soc_e4[i]);
	for (int i = 0; in->has_terminal && i < in->n_queues; i++)
		coder_i64(c, &in->terminal_work_e4[i]);
}

static void code_forecasts(struct coder *c, struct plan_input *in)
{
	coder_series(c, &in->price_buy_e4, in->n);
	coder_series(c, &in->price_sell_e4, in->n);
	coder_series(c, &in->load_it_w, in->n);
	for (int i = 0; i < in->n_generators; i++)
		coder_series(c, &in->generator_w[i], in->n);
	for (int i = 0; i < in->n_queues; i++) {
		coder_series(c, &in->arrivals_ds[i], in->n);
		coder_series(c, &in->due_ds[i], in->n);
	}
	if (is_old(c))
		return;
	coder_optional_series(c, &in->carbon_g, in->n);
	coder_optional_series(c, &in->outdoor_mc, in->n);
}

static void code_event(struct coder *c, struct plan_event *e, uint32_t n)
{
	int64_t *fields[] = {&e->penalty_price_e4, &e->surplus_price_e4, &e->pay_price_e4,
			     &e->penalty_bill_e4, &e->pay_bill_e4};
	uint32_t direction = (uint32_t)e->direction;

	coder_text(c, e->correlation_id, sizeof(e->correlation_id));
	coder_count(c, &direction, DIRECTION_DN);
	e->direction = (enum direction)direction;
	coder_i64s(c, fields, ARRAY_SIZE(fields));
	coder_flags(c, &e->active, n);
	coder_series(c, &e->target_pcc_w, n);
	coder_series(c, &e->band_pcc_w, n);
	coder_series(c, &e->baseline_pcc_w, n);
}

static void code_sources(struct coder *c, struct plan_input *in)
{
	coder_count(c, &in->n_sources, SOURCES_MAX);
	if (coder_is_reading(c)) {
		if (c->n / SOURCE_MIN_B < in->n_sources)
			coder_fail(c, ERR_MALFORMED);
		else if (!(in->sources = ARENA_ARRAY(c->a, in->n_sources, struct plan_source)))
			coder_fail(c, -ENOMEM);
	}
	for (uint32_t i = 0; !c->err && i < in->n_sources; i++) {
		struct plan_source *s = &in->sources[i];
		uint64_t quality = (uint64_t)s->quality;

		coder_text(c, s->input, sizeof(s->input));
		coder_text(c, s->source, sizeof(s->source));
		coder_word(c, &quality, 1);
		if (quality > QUALITY_BAD)
			coder_fail(c, ERR_MALFORMED);
		s->quality = (enum quality)quality;
	}
}

static void code_head(struct coder *c)
{
	uint64_t magic = MAGIC, version = c->version;

	coder_word(c, &magic, 4);
	coder_word(c, &version, 4);
	if (magic != MAGIC)
		coder_fail(c, ERR_MALFORMED);
	else if (version != PLAN_INPUT_VERSION && version != PLAN_INPUT_VERSION_OLD)
		coder_fail(c, ERR_VERSION);
	c->version = (uint32_t)version;
}

static void code_input(struct coder *c, struct plan_input *in)
{
	code_head(c);
	in->version = c->version;
	coder_text(c, in->site, sizeof(in->site));
	coder_i64(c, &in->now_ms);
	coder_count(c, &in->n, PLAN_MAX_STEPS);
	coder_series(c, &in->start_ms, in->n);
	coder_series(c, &in->duration_ms, in->n);
	code_static(c, in);
	if (!is_old(c))
		code_more_static(c, in);
	code_state(c, in);
	if (!is_old(c))
		code_more_state(c, in);
	code_forecasts(c, in);
	coder_int(c, &in->n_events, PLAN_MAX_EVENTS);
	for (int i = 0; i < in->n_events; i++)
		code_event(c, &in->events[i], in->n);
	code_sources(c, in);
}

int plan_input_encode(const struct plan_input *in, struct buf *out)
{
	struct plan_input copy = *in; /* the walk takes non-const fields; writing leaves them be */
	struct coder c = {.out = out, .version = in->version ? in->version : PLAN_INPUT_VERSION};

	code_input(&c, &copy);
	return c.err;
}

int plan_input_decode(const uint8_t *p, size_t n, struct arena *a, struct plan_input **ret)
{
	struct coder c = {.p = p, .n = n, .a = a};
	struct plan_input *in = ARENA_NEW(a, struct plan_input);

	if (!in)
		return -ENOMEM;
	code_input(&c, in);
	if (!c.err && c.n > 0)
		coder_fail(&c, ERR_MALFORMED);
	if (!c.err)
		*ret = in;
	return c.err;
}
