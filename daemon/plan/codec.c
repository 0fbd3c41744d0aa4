/* One walk over the input in a fixed order serves both ways: what is written is what is read, so the two cannot
 * drift apart. Text is a length and bytes without NUL, numbers are little endian, so every value has exactly one
 * encoding. */
#include <string.h>

#include "plan/input.h"

#define MAGIC UINT32_C(0x4e495053) /* "SPIN" */
#define SOURCES_MAX 1024
#define SOURCE_MIN_B 5 /* two lengths and a quality */

struct coder {
	struct buf *out; /* writing if not NULL */
	const uint8_t *p;
	size_t n;
	struct arena *a;
	int err; /* sticky */
};

static void fail(struct coder *c, int err)
{
	if (!c->err)
		c->err = err;
}

static void code_bytes(struct coder *c, uint8_t *b, size_t n)
{
	if (c->err)
		return;
	if (c->out) {
		fail(c, buf_append(c->out, b, n));
		return;
	}
	if (c->n < n) {
		fail(c, ERR_MALFORMED);
		return;
	}
	memcpy(b, c->p, n);
	c->p += n;
	c->n -= n;
}

static void code_word(struct coder *c, uint64_t *v, size_t size)
{
	uint8_t b[8] = {0};

	for (size_t i = 0; c->out && i < size; i++)
		b[i] = (uint8_t)(*v >> (8 * i));
	code_bytes(c, b, size);
	if (c->out || c->err)
		return;
	*v = 0;
	for (size_t i = 0; i < size; i++)
		*v |= (uint64_t)b[i] << (8 * i);
}

static void code_i64(struct coder *c, int64_t *v)
{
	uint64_t w = (uint64_t)*v;

	code_word(c, &w, 8);
	*v = (int64_t)w;
}

/* A number from 0 to max. */
static void code_count(struct coder *c, uint32_t *v, uint32_t max)
{
	uint64_t w = *v;

	code_word(c, &w, 4);
	if (w > max) {
		fail(c, ERR_MALFORMED);
		w = 0;
	}
	*v = (uint32_t)w;
}

static void code_int(struct coder *c, int *v, int max)
{
	uint32_t w = (uint32_t)*v;

	code_count(c, &w, (uint32_t)max);
	*v = (int)w;
}

static void code_bool(struct coder *c, bool *v)
{
	uint64_t w = *v;

	code_word(c, &w, 1);
	if (w > 1)
		fail(c, ERR_MALFORMED);
	*v = w == 1;
}

static void code_text(struct coder *c, char *text, size_t size)
{
	uint64_t len = c->out ? strnlen(text, size - 1) : 0;

	code_word(c, &len, 2);
	if (len >= size) {
		fail(c, ERR_MALFORMED);
		return;
	}
	code_bytes(c, (uint8_t *)text, (size_t)len);
	if (c->out || c->err)
		return;
	text[len] = '\0';
	if (strlen(text) != len)
		fail(c, ERR_MALFORMED);
}

static void code_series(struct coder *c, int64_t **v, uint32_t n)
{
	if (!c->out && !c->err) {
		if (c->n / sizeof(int64_t) < n) {
			fail(c, ERR_MALFORMED);
			return;
		}
		*v = ARENA_ARRAY(c->a, n, int64_t);
		if (!*v)
			fail(c, -ENOMEM);
	}
	for (uint32_t i = 0; !c->err && i < n; i++)
		code_i64(c, &(*v)[i]);
}

static void code_flags(struct coder *c, bool **v, uint32_t n)
{
	if (!c->out && !c->err) {
		if (c->n < n) {
			fail(c, ERR_MALFORMED);
			return;
		}
		*v = ARENA_ARRAY(c->a, n, bool);
		if (!*v)
			fail(c, -ENOMEM);
	}
	for (uint32_t i = 0; !c->err && i < n; i++)
		code_bool(c, &(*v)[i]);
}

static void code_pv(struct coder *c, struct generator *p)
{
	code_text(c, p->id, sizeof(p->id));
	code_i64(c, &p->capacity_w);
	code_bool(c, &p->curtailable);
	code_i64(c, &p->curtail_price_e4);
}

static void code_storage(struct coder *c, struct storage *s)
{
	uint32_t kind = (uint32_t)s->kind;
	int64_t *fields[] = {&s->energy_wh,	 &s->charge_max_w,	&s->discharge_max_w,
			     &s->eta_charge_ppm, &s->eta_discharge_ppm, &s->retention_ppm_per_h,
			     &s->soc_min_wh,	 &s->soc_max_wh,	&s->reserve_wh,
			     &s->wear_price_e4,	 &s->terminal_price_e4};

	code_text(c, s->id, sizeof(s->id));
	code_count(c, &kind, ASSET_PCC);
	s->kind = (enum asset_kind)kind;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		code_i64(c, fields[i]);
}

static void code_queue(struct coder *c, struct queue *q)
{
	int64_t *fields[] = {&q->devices, &q->device_power_w, &q->power_min_w, &q->slack_ms,
			     &q->late_price_e4};

	code_text(c, q->id, sizeof(q->id));
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		code_i64(c, fields[i]);
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
			     &in->prices.overload_e4,
			     &in->demand_price_e4,
			     &in->demand_incumbent_w};

	code_text(c, in->load.id, sizeof(in->load.id));
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		code_i64(c, fields[i]);
	code_int(c, &in->n_generators, SITE_MAX_GENERATORS);
	code_int(c, &in->n_storage, SITE_MAX_STORAGE);
	code_int(c, &in->n_queues, SITE_MAX_QUEUES);
	for (int i = 0; i < in->n_generators; i++)
		code_pv(c, &in->generators[i]);
	for (int i = 0; i < in->n_storage; i++)
		code_storage(c, &in->storage[i]);
	for (int i = 0; i < in->n_queues; i++)
		code_queue(c, &in->queues[i]);
}

static void code_state(struct coder *c, struct plan_input *in)
{
	for (int i = 0; i < in->n_storage; i++) {
		code_i64(c, &in->soc_wh[i]);
		code_bool(c, &in->storage_out[i]);
	}
	for (int i = 0; i < in->n_queues; i++)
		code_i64(c, &in->backlog_ds[i]);
}

static void code_forecasts(struct coder *c, struct plan_input *in)
{
	code_series(c, &in->price_buy_e4, in->n);
	code_series(c, &in->price_sell_e4, in->n);
	code_series(c, &in->load_it_w, in->n);
	for (int i = 0; i < in->n_generators; i++)
		code_series(c, &in->generator_w[i], in->n);
	for (int i = 0; i < in->n_queues; i++) {
		code_series(c, &in->arrivals_ds[i], in->n);
		code_series(c, &in->due_ds[i], in->n);
	}
}

static void code_event(struct coder *c, struct plan_event *e, uint32_t n)
{
	uint32_t direction = (uint32_t)e->direction;

	code_text(c, e->correlation_id, sizeof(e->correlation_id));
	code_count(c, &direction, DIRECTION_DN);
	e->direction = (enum direction)direction;
	code_i64(c, &e->penalty_price_e4);
	code_i64(c, &e->surplus_price_e4);
	code_i64(c, &e->pay_price_e4);
	code_i64(c, &e->penalty_bill_e4);
	code_i64(c, &e->pay_bill_e4);
	code_flags(c, &e->active, n);
	code_series(c, &e->target_pcc_w, n);
	code_series(c, &e->band_pcc_w, n);
	code_series(c, &e->baseline_pcc_w, n);
}

static void code_sources(struct coder *c, struct plan_input *in)
{
	code_count(c, &in->n_sources, SOURCES_MAX);
	if (!c->out && !c->err) {
		if (c->n / SOURCE_MIN_B < in->n_sources)
			fail(c, ERR_MALFORMED);
		else if (!(in->sources = ARENA_ARRAY(c->a, in->n_sources, struct plan_source)))
			fail(c, -ENOMEM);
	}
	for (uint32_t i = 0; !c->err && i < in->n_sources; i++) {
		struct plan_source *s = &in->sources[i];
		uint64_t quality = (uint64_t)s->quality;

		code_text(c, s->input, sizeof(s->input));
		code_text(c, s->source, sizeof(s->source));
		code_word(c, &quality, 1);
		if (quality > QUALITY_BAD)
			fail(c, ERR_MALFORMED);
		s->quality = (enum quality)quality;
	}
}

static void code_head(struct coder *c)
{
	uint64_t magic = MAGIC, version = PLAN_INPUT_VERSION;

	code_word(c, &magic, 4);
	code_word(c, &version, 4);
	if (magic != MAGIC)
		fail(c, ERR_MALFORMED);
	else if (version != PLAN_INPUT_VERSION)
		fail(c, ERR_VERSION);
}

static void code_input(struct coder *c, struct plan_input *in)
{
	code_head(c);
	code_text(c, in->site, sizeof(in->site));
	code_i64(c, &in->now_ms);
	code_count(c, &in->n, PLAN_MAX_STEPS);
	code_series(c, &in->start_ms, in->n);
	code_series(c, &in->duration_ms, in->n);
	code_static(c, in);
	code_state(c, in);
	code_forecasts(c, in);
	code_int(c, &in->n_events, PLAN_MAX_EVENTS);
	for (int i = 0; i < in->n_events; i++)
		code_event(c, &in->events[i], in->n);
	code_sources(c, in);
}

int plan_input_encode(const struct plan_input *in, struct buf *out)
{
	struct plan_input copy = *in; /* the walk takes non-const fields; writing leaves them be */
	struct coder c = {.out = out};

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
		fail(&c, ERR_MALFORMED);
	if (!c.err)
		*ret = in;
	return c.err;
}
