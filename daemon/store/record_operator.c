#include "store/record_priv.h"

/* Without one, no bytes: an event always has some. */
static int encode_event(const struct event *e, struct arena *a, ProtobufCBinaryData *ret)
{
	struct buf b;
	uint8_t *copy;
	int r;

	*ret = (ProtobufCBinaryData){0};
	if (!e)
		return 0;
	buf_init(&b, 0);
	r = record_encode_event(e, a, &b);
	copy = r == 0 ? arena_memdup(a, buf_peek(&b), buf_avail(&b)) : NULL;
	if (copy)
		*ret = record_bytes(copy, buf_avail(&b));
	else if (r == 0)
		r = -ENOMEM;
	buf_fini(&b);
	return r;
}

int record_encode_instruction(const struct instruction *in, struct arena *a, struct buf *out)
{
	Suandian__Store__V1__Instruction m = SUANDIAN__STORE__V1__INSTRUCTION__INIT;
	int r = encode_event(in->event, a, &m.event);

	if (r)
		return r;
	m.kind = in->kind;
	m.target = record_text(in->target);
	m.what = in->what;
	m.value_w = in->value_w;
	m.out = in->out;
	m.mode = in->mode;
	m.put_ms = in->put_ms;
	m.until_ms = in->until_ms;
	m.who = record_text(in->who);
	m.reason = record_text(in->reason);
	m.state = (uint32_t)in->state;
	m.pending_until_ms = in->pending_until_ms;
	m.by = record_text(in->by);
	m.decided_ms = in->decided_ms;
	m.ended_ms = in->ended_ms;
	m.ended_by = record_text(in->ended_by);
	m.text = record_text(in->text);
	m.successor = in->successor;
	return record_pack(&m.base, out);
}

static int decode_event(const ProtobufCBinaryData *from, struct arena *a, struct instruction *ret)
{
	struct event *e;
	int r;

	if ((ret->kind == INSTRUCTION_EVENT) != (from->len > 0))
		return ERR_CORRUPT;
	if (from->len == 0)
		return 0;
	e = ARENA_NEW(a, struct event);
	if (!e)
		return -ENOMEM;
	r = record_decode_event(from->data, from->len, a, e);
	ret->event = r == 0 ? e : NULL;
	return r;
}

static bool is_in_range(const Suandian__Store__V1__Instruction *m)
{
	return m->kind != INSTRUCTION_NONE && m->kind <= INSTRUCTION_KIND_LAST &&
	       m->what <= OVERRIDE_RELEASE && m->mode <= MODE_LAST &&
	       m->state <= INSTRUCTION_STATE_LAST;
}

int record_decode_instruction(const uint8_t *p, size_t len, struct arena *a,
			      struct instruction *ret)
{
	ProtobufCMessage *base;
	int r = record_unpack(&suandian__store__v1__instruction__descriptor, p, len, a, &base);

	if (r)
		return r;
	const Suandian__Store__V1__Instruction *m = (const Suandian__Store__V1__Instruction *)base;
	if (!is_in_range(m))
		return ERR_CORRUPT;
	ret->kind = (enum instruction_kind)m->kind;
	ret->what = (enum override_what)m->what;
	ret->value_w = m->value_w;
	ret->out = m->out;
	ret->mode = (enum site_mode)m->mode;
	ret->put_ms = m->put_ms;
	ret->until_ms = m->until_ms;
	ret->state = (int)m->state;
	ret->pending_until_ms = m->pending_until_ms;
	ret->decided_ms = m->decided_ms;
	ret->ended_ms = m->ended_ms;
	ret->successor = m->successor;
	bool fits = record_take_text(ret->target, sizeof(ret->target), m->target) &&
		    record_take_text(ret->who, sizeof(ret->who), m->who) &&
		    record_take_text(ret->reason, sizeof(ret->reason), m->reason) &&
		    record_take_text(ret->by, sizeof(ret->by), m->by) &&
		    record_take_text(ret->ended_by, sizeof(ret->ended_by), m->ended_by) &&
		    record_take_text(ret->text, sizeof(ret->text), m->text);
	return fits ? decode_event(&m->event, a, ret) : ERR_CORRUPT;
}

int record_encode_day_flag(const struct day_flag *f, struct buf *out)
{
	Suandian__Store__V1__DayFlag m = SUANDIAN__STORE__V1__DAY_FLAG__INIT;

	m.scope = record_text(f->scope);
	m.name = record_text(f->name);
	m.day = f->day;
	m.set = f->set;
	m.source = record_text(f->source);
	m.issue_ms = f->issue_ms;
	m.put_ms = f->put_ms;
	m.who = record_text(f->who);
	return record_pack(&m.base, out);
}

int record_decode_day_flag(const uint8_t *p, size_t len, struct arena *a, struct day_flag *ret)
{
	ProtobufCMessage *base;
	int r = record_unpack(&suandian__store__v1__day_flag__descriptor, p, len, a, &base);

	if (r)
		return r;
	const Suandian__Store__V1__DayFlag *m = (const Suandian__Store__V1__DayFlag *)base;
	ret->day = m->day;
	ret->set = m->set;
	ret->issue_ms = m->issue_ms;
	ret->put_ms = m->put_ms;
	bool fits = record_take_text(ret->scope, sizeof(ret->scope), m->scope) &&
		    record_take_text(ret->name, sizeof(ret->name), m->name) &&
		    record_take_text(ret->source, sizeof(ret->source), m->source) &&
		    record_take_text(ret->who, sizeof(ret->who), m->who);
	return fits ? 0 : ERR_CORRUPT;
}
