#include "store/record.h"

#include "base/require.h"
#include "store/key.h"
#include "store/record_priv.h"

const char *record_kind_name(enum ledger_kind kind)
{
	static const char *const names[LEDGER_KINDS] = {
		[LEDGER_META] = "meta",		[LEDGER_POINT] = "point",
		[LEDGER_CURVE] = "curve",	[LEDGER_EVENT] = "event",
		[LEDGER_PLAN] = "plan",		[LEDGER_SNAPSHOT] = "snapshot",
		[LEDGER_DISPATCH] = "dispatch", [LEDGER_DECISION] = "decision",
		[LEDGER_AUDIT] = "audit",	[LEDGER_CONFIG] = "config",
		[LEDGER_PEAK] = "peak",		[LEDGER_OVERRIDE] = "override",
		[LEDGER_DAYFLAG] = "dayflag",	[LEDGER_JOB] = "job",
	};

	REQUIRE((unsigned)kind < LEDGER_KINDS);
	return names[kind];
}

int record_pack(const ProtobufCMessage *m, struct buf *out)
{
	size_t len = protobuf_c_message_get_packed_size(m);
	uint8_t *p;

	if (len == 0) /* all defaults: no bytes is a valid message */
		return out->err;
	p = buf_reserve(out, len);
	if (!p)
		return -ENOMEM;
	REQUIRE(protobuf_c_message_pack(m, p) == len);
	buf_commit(out, len);
	return 0;
}

int record_unpack(const ProtobufCMessageDescriptor *type, const uint8_t *p, size_t len,
		  struct arena *a, ProtobufCMessage **ret)
{
	size_t room = a->cap - a->used;
	int r = codec_decode_message(a, type, p, len, ret, NULL);

	/* the arena's cap, or a message larger inside than any of ours */
	if (r == ERR_FULL && room < CODEC_BUDGET(len))
		return -ENOMEM;
	return r ? ERR_CORRUPT : 0;
}

/* ---- Small kinds ----------------------------------------------------------------------------- */

static int encode_meta(const struct ledger_meta *meta, struct buf *out)
{
	Suandian__Store__V1__Meta m = SUANDIAN__STORE__V1__META__INIT;

	m.now_ms = meta->now_ms;
	m.next_event = meta->next_event;
	m.next_plan = meta->next_plan;
	m.next_decision = meta->next_decision;
	m.audit_seq = meta->audit_seq;
	m.audit_head = record_bytes(meta->audit_head, sizeof(meta->audit_head));
	m.oldest_decision = meta->oldest_decision;
	m.next_job = meta->next_job;
	return record_pack(&m.base, out);
}

static int decode_meta(const uint8_t *p, size_t len, struct arena *a, struct ledger_meta *ret)
{
	ProtobufCMessage *base;
	int r = record_unpack(&suandian__store__v1__meta__descriptor, p, len, a, &base);

	if (r)
		return r;
	const Suandian__Store__V1__Meta *m = (const Suandian__Store__V1__Meta *)base;
	ret->now_ms = m->now_ms;
	ret->next_event = m->next_event;
	ret->next_plan = m->next_plan;
	ret->next_decision = m->next_decision;
	ret->audit_seq = m->audit_seq;
	ret->oldest_decision = m->oldest_decision;
	ret->next_job = m->next_job;
	return record_take_hash(ret->audit_head, &m->audit_head) ? 0 : ERR_CORRUPT;
}

static int encode_point(const struct point *p, struct buf *out)
{
	const struct point_decl *d = &p->decl;
	Suandian__Store__V1__Point m = SUANDIAN__STORE__V1__POINT__INIT;

	m.name = record_text(d->name);
	m.unit = d->unit;
	m.kind = d->kind;
	m.label = d->label;
	m.period_ms = d->period_ms;
	if (d->has_min) {
		m.has_min_case = SUANDIAN__STORE__V1__POINT__HAS_MIN_MIN;
		m.min = d->min;
	}
	if (d->has_max) {
		m.has_max_case = SUANDIAN__STORE__V1__POINT__HAS_MAX_MAX;
		m.max = d->max;
	}
	m.description = record_text(d->description);
	m.source = record_text(p->source);
	return record_pack(&m.base, out);
}

static int decode_point(const uint8_t *p, size_t len, struct arena *a, struct point *ret)
{
	struct point_decl *d = &ret->decl;
	ProtobufCMessage *base;
	int r = record_unpack(&suandian__store__v1__point__descriptor, p, len, a, &base);

	if (r)
		return r;
	const Suandian__Store__V1__Point *m = (const Suandian__Store__V1__Point *)base;
	if (m->unit > UNIT_LAST || m->kind > KIND_LAST || m->label > LABEL_END)
		return ERR_CORRUPT;
	d->unit = (enum unit)m->unit;
	d->kind = (enum value_kind)m->kind;
	d->label = (enum point_label)m->label;
	d->period_ms = m->period_ms;
	d->has_min = m->has_min_case == SUANDIAN__STORE__V1__POINT__HAS_MIN_MIN;
	d->min = d->has_min ? m->min : 0;
	d->has_max = m->has_max_case == SUANDIAN__STORE__V1__POINT__HAS_MAX_MAX;
	d->max = d->has_max ? m->max : 0;
	bool fits = record_take_text(d->name, sizeof(d->name), m->name) &&
		    record_take_text(d->description, sizeof(d->description), m->description) &&
		    record_take_text(ret->source, sizeof(ret->source), m->source);
	return fits ? 0 : ERR_CORRUPT;
}

static int encode_curve(const struct curve *c, struct buf *out)
{
	Suandian__Store__V1__Curve m = SUANDIAN__STORE__V1__CURVE__INIT;

	m.source = record_text(c->source);
	m.issue_ms = c->issue_ms;
	m.start_ms = c->start_ms;
	m.step_ms = c->step_ms;
	m.n_value = c->n;
	m.value = c->value;
	m.n_p10 = c->p10 ? c->n : 0;
	m.p10 = c->p10;
	m.n_p90 = c->p90 ? c->n : 0;
	m.p90 = c->p90;
	return record_pack(&m.base, out);
}

static int decode_curve(const uint8_t *p, size_t len, struct arena *a, struct curve *ret)
{
	ProtobufCMessage *base;
	int r = record_unpack(&suandian__store__v1__curve__descriptor, p, len, a, &base);

	if (r)
		return r;
	const Suandian__Store__V1__Curve *m = (const Suandian__Store__V1__Curve *)base;
	size_t n = m->n_value;
	if (n > CURVE_MAX || (m->n_p10 && m->n_p10 != n) || (m->n_p90 && m->n_p90 != n))
		return ERR_CORRUPT;
	ret->issue_ms = m->issue_ms;
	ret->start_ms = m->start_ms;
	ret->step_ms = m->step_ms;
	ret->n = (uint32_t)n;
	ret->value = m->value;
	ret->p10 = m->n_p10 ? m->p10 : NULL;
	ret->p90 = m->n_p90 ? m->p90 : NULL;
	return record_take_text(ret->source, sizeof(ret->source), m->source) ? 0 : ERR_CORRUPT;
}

static int encode_dispatch(const struct ledger_dispatch *d, struct buf *out)
{
	Suandian__Store__V1__Dispatch m = SUANDIAN__STORE__V1__DISPATCH__INIT;

	m.site = record_text(d->site);
	m.plan_id = d->plan_id;
	return record_pack(&m.base, out);
}

static int decode_dispatch(const uint8_t *p, size_t len, struct arena *a,
			   struct ledger_dispatch *ret)
{
	ProtobufCMessage *base;
	int r = record_unpack(&suandian__store__v1__dispatch__descriptor, p, len, a, &base);

	if (r)
		return r;
	const Suandian__Store__V1__Dispatch *m = (const Suandian__Store__V1__Dispatch *)base;
	ret->plan_id = m->plan_id;
	return record_take_text(ret->site, sizeof(ret->site), m->site) ? 0 : ERR_CORRUPT;
}

static int encode_audit(const struct ledger_audit *audit, struct buf *out)
{
	Suandian__Store__V1__Audit m = SUANDIAN__STORE__V1__AUDIT__INIT;

	m.body = record_bytes(audit->body, audit->len);
	m.hash = record_bytes(audit->hash, sizeof(audit->hash));
	return record_pack(&m.base, out);
}

static int decode_audit(const uint8_t *p, size_t len, struct arena *a, struct ledger_audit *ret)
{
	ProtobufCMessage *base;
	int r = record_unpack(&suandian__store__v1__audit__descriptor, p, len, a, &base);

	if (r)
		return r;
	const Suandian__Store__V1__Audit *m = (const Suandian__Store__V1__Audit *)base;
	ret->body = m->body.data;
	ret->len = m->body.len;
	return record_take_hash(ret->hash, &m->hash) ? 0 : ERR_CORRUPT;
}

static int encode_config(const struct ledger_blob *b, struct buf *out)
{
	Suandian__Store__V1__Config m = SUANDIAN__STORE__V1__CONFIG__INIT;

	m.data = record_bytes(b->data, b->len);
	return record_pack(&m.base, out);
}

static int decode_config(const uint8_t *p, size_t len, struct arena *a, struct ledger_blob *ret)
{
	ProtobufCMessage *base;
	int r = record_unpack(&suandian__store__v1__config__descriptor, p, len, a, &base);

	if (r)
		return r;
	const Suandian__Store__V1__Config *m = (const Suandian__Store__V1__Config *)base;
	ret->data = m->data.data;
	ret->len = m->data.len;
	return 0;
}

/* ---- Keys ------------------------------------------------------------------------------------ */

static uint8_t *put_key(const struct ledger_op *op, uint8_t *key)
{
	switch (op->kind) {
	case LEDGER_META:
		return key_put_u64(key, 0);
	case LEDGER_POINT:
		return key_put_u32(key, op->point->id);
	case LEDGER_CURVE:
		return key_put_u32(key, op->curve->point);
	case LEDGER_EVENT:
		return key_put_u64(key, op->event->id);
	case LEDGER_PLAN:
		return key_put_u64(key, op->plan->id);
	case LEDGER_SNAPSHOT:
	case LEDGER_CONFIG:
		return key_put_u64(key, op->blob->key);
	case LEDGER_DISPATCH:
		return key_put_u32(key_put_i64(key, op->dispatch->slot_ms),
				   op->dispatch->site_index);
	case LEDGER_PEAK:
		return key_put_u32(key_put_u32(key, op->peak->site_index), op->peak->charge_index);
	case LEDGER_DECISION:
		return key_put_u64(key, op->decision->id);
	case LEDGER_AUDIT:
		return key_put_u64(key, op->audit->seq);
	case LEDGER_OVERRIDE:
		return key_put_u64(key, op->instruction->id);
	case LEDGER_DAYFLAG:
		return key_put_u64(key, op->day_flag->id);
	case LEDGER_JOB:
		return key_put_u64(key, op->job->number);
	case LEDGER_KINDS:
		break;
	}
	REQUIRE(false);
	return key;
}

static size_t key_size(enum ledger_kind kind)
{
	switch (kind) {
	case LEDGER_POINT:
	case LEDGER_CURVE:
		return 4;
	case LEDGER_DISPATCH:
		return 12;
	default:
		return 8;
	}
}

bool record_is_erasure(enum ledger_kind kind, size_t len)
{
	return kind == LEDGER_JOB && len == 0;
}

size_t record_scan_key(enum ledger_kind kind, uint64_t from_key, uint8_t key[16])
{
	switch (key_size(kind)) {
	case 4:
		if (from_key <= UINT32_MAX)
			return (size_t)(key_put_u32(key, (uint32_t)from_key) - key);
		memset(key, 0xff, 5); /* after every key of four bytes */
		return 5;
	case 12: /* times before 1970 are below 0, which means all */
		if (from_key == 0)
			return (size_t)(key_put_u64(key, 0) - key);
		return (size_t)(key_put_i64(key, (int64_t)from_key) - key);
	default:
		return (size_t)(key_put_u64(key, from_key) - key);
	}
}

/* ---- All kinds ------------------------------------------------------------------------------- */

static int encode_value(const struct ledger_op *op, struct arena *a, struct buf *value)
{
	switch (op->kind) {
	case LEDGER_META:
		return encode_meta(op->meta, value);
	case LEDGER_POINT:
		return encode_point(op->point, value);
	case LEDGER_CURVE:
		return encode_curve(op->curve, value);
	case LEDGER_EVENT:
		return record_encode_event(op->event, a, value);
	case LEDGER_PLAN:
		return record_encode_plan(op->plan, a, value);
	case LEDGER_SNAPSHOT:
		return record_encode_snapshot(op->blob, a, value);
	case LEDGER_DISPATCH:
		return encode_dispatch(op->dispatch, value);
	case LEDGER_PEAK:
		return record_encode_peak(op->peak, value);
	case LEDGER_DECISION:
		return record_encode_decision(op->decision, value);
	case LEDGER_AUDIT:
		return encode_audit(op->audit, value);
	case LEDGER_CONFIG:
		return encode_config(op->blob, value);
	case LEDGER_OVERRIDE:
		return record_encode_instruction(op->instruction, a, value);
	case LEDGER_DAYFLAG:
		return record_encode_day_flag(op->day_flag, value);
	case LEDGER_JOB:
		return record_encode_job(op->job, value);
	case LEDGER_KINDS:
		break;
	}
	REQUIRE(false);
	return -EINVAL;
}

int record_encode(const struct ledger_op *op, uint8_t key[16], size_t *ret_key_len,
		  struct buf *value)
{
	struct arena a;
	size_t len = (size_t)(put_key(op, key) - key);
	int r;

	arena_init(&a, 2 * RECORD_BLOB_MAX);
	r = encode_value(op, &a, value);
	arena_fini(&a);
	if (r == 0)
		*ret_key_len = len;
	return r;
}

/* Room for the struct that the op points to, its contents, then what stands in the key. */
#define DECODE(member, type, decode, set_key)                                                      \
	do {                                                                                       \
		type *x = ARENA_NEW(a, type);                                                      \
		int r_ = x ? decode(r->value, r->len, a, x) : -ENOMEM;                             \
		if (r_)                                                                            \
			return r_;                                                                 \
		set_key;                                                                           \
		op.member = x;                                                                     \
	} while (0)

int record_decode(enum ledger_kind kind, const struct record *r, struct arena *a,
		  struct ledger_op *ret)
{
	struct ledger_op op = {.kind = kind};
	const uint8_t *key = r->key;

	if ((unsigned)kind >= LEDGER_KINDS || r->key_len != key_size(kind))
		return ERR_CORRUPT;
	switch (kind) {
	case LEDGER_META:
		DECODE(meta, struct ledger_meta, decode_meta, (void)key);
		break;
	case LEDGER_POINT:
		DECODE(point, struct point, decode_point, x->id = key_get_u32(key));
		break;
	case LEDGER_CURVE:
		DECODE(curve, struct curve, decode_curve, x->point = key_get_u32(key));
		break;
	case LEDGER_EVENT:
		DECODE(event, struct event, record_decode_event, x->id = key_get_u64(key));
		break;
	case LEDGER_PLAN:
		DECODE(plan, struct plan, record_decode_plan, x->id = key_get_u64(key));
		break;
	case LEDGER_SNAPSHOT:
		DECODE(blob, struct ledger_blob, record_decode_snapshot, x->key = key_get_u64(key));
		break;
	case LEDGER_DISPATCH:
		DECODE(dispatch, struct ledger_dispatch, decode_dispatch,
		       (x->slot_ms = key_get_i64(key), x->site_index = key_get_u32(key + 8)));
		break;
	case LEDGER_PEAK:
		DECODE(peak, struct ledger_peak, record_decode_peak,
		       (x->site_index = key_get_u32(key), x->charge_index = key_get_u32(key + 4)));
		break;
	case LEDGER_DECISION:
		DECODE(decision, struct decision, record_decode_decision, x->id = key_get_u64(key));
		break;
	case LEDGER_AUDIT:
		DECODE(audit, struct ledger_audit, decode_audit, x->seq = key_get_u64(key));
		break;
	case LEDGER_CONFIG:
		DECODE(blob, struct ledger_blob, decode_config, x->key = key_get_u64(key));
		break;
	case LEDGER_OVERRIDE:
		DECODE(instruction, struct instruction, record_decode_instruction,
		       x->id = key_get_u64(key));
		break;
	case LEDGER_DAYFLAG:
		DECODE(day_flag, struct day_flag, record_decode_day_flag, x->id = key_get_u64(key));
		break;
	case LEDGER_JOB:
		DECODE(job, struct compute_job, record_decode_job, x->number = key_get_u64(key));
		break;
	case LEDGER_KINDS:
		return ERR_CORRUPT;
	}
	*ret = op;
	return 0;
}
