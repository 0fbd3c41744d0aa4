#include "store/record_priv.h"

static Suandian__Store__V1__Action action_message(const struct action *action)
{
	Suandian__Store__V1__Action m = SUANDIAN__STORE__V1__ACTION__INIT;

	m.kind = action->kind;
	m.value = action->value;
	m.verb = action->verb;
	m.job = record_text(action->job);
	m.to = record_text(action->to);
	return m;
}

int record_encode_decision(const struct decision *d, struct buf *out)
{
	Suandian__Store__V1__Decision m = SUANDIAN__STORE__V1__DECISION__INIT;
	Suandian__Store__V1__Reason reason = SUANDIAN__STORE__V1__REASON__INIT;
	Suandian__Store__V1__Action action = action_message(&d->action);
	Suandian__Store__V1__Action fallback = action_message(&d->fallback);

	reason.code = d->reason.code;
	reason.event = record_text(d->reason.event);
	reason.limit = record_text(d->reason.limit);
	reason.marginal_price_e4 = d->reason.marginal_price_e4;
	m.plan_id = d->plan_id;
	m.correlation_id = record_text(d->correlation_id);
	m.asset = record_text(d->asset);
	m.action = &action;
	m.issued_ms = d->issued_ms;
	m.valid_from_ms = d->valid_from_ms;
	m.valid_until_ms = d->valid_until_ms;
	m.fallback = &fallback;
	m.reason = &reason;
	m.fault_code = d->fault_code;
	m.fault_text = record_text(d->fault_text);
	m.state = (uint32_t)d->state;
	if (d->has_measured) {
		m.has_measured_case = SUANDIAN__STORE__V1__DECISION__HAS_MEASURED_MEASURED_W;
		m.measured_w = d->measured_w;
	}
	m.ack_reason = record_text(d->ack_reason);
	return record_pack(&m.base, out);
}

static bool take_action(struct action *to, const Suandian__Store__V1__Action *from)
{
	if (!from || from->kind > ACTION_LAST || from->verb > VERB_LAST)
		return false;
	to->kind = (enum action_kind)from->kind;
	to->value = from->value;
	to->verb = (enum job_verb)from->verb;
	return record_take_text(to->job, sizeof(to->job), from->job) &&
	       record_take_text(to->to, sizeof(to->to), from->to);
}

static bool take_reason(struct reason *to, const Suandian__Store__V1__Reason *from)
{
	if (!from || from->code > REASON_RESTORE)
		return false;
	to->code = (enum reason_code)from->code;
	to->marginal_price_e4 = from->marginal_price_e4;
	return record_take_text(to->event, sizeof(to->event), from->event) &&
	       record_take_text(to->limit, sizeof(to->limit), from->limit);
}

int record_decode_decision(const uint8_t *p, size_t len, struct arena *a, struct decision *ret)
{
	ProtobufCMessage *base;
	int r = record_unpack(&suandian__store__v1__decision__descriptor, p, len, a, &base);

	if (r)
		return r;
	const Suandian__Store__V1__Decision *m = (const Suandian__Store__V1__Decision *)base;
	if (m->state > DECISION_EXPIRED)
		return ERR_CORRUPT;
	ret->plan_id = m->plan_id;
	ret->issued_ms = m->issued_ms;
	ret->valid_from_ms = m->valid_from_ms;
	ret->valid_until_ms = m->valid_until_ms;
	ret->fault_code = m->fault_code;
	ret->state = (int)m->state;
	ret->has_measured =
		m->has_measured_case == SUANDIAN__STORE__V1__DECISION__HAS_MEASURED_MEASURED_W;
	ret->measured_w = ret->has_measured ? m->measured_w : 0;
	bool fits = take_action(&ret->action, m->action) &&
		    take_action(&ret->fallback, m->fallback) &&
		    take_reason(&ret->reason, m->reason) &&
		    record_take_text(ret->correlation_id, sizeof(ret->correlation_id),
				     m->correlation_id) &&
		    record_take_text(ret->asset, sizeof(ret->asset), m->asset) &&
		    record_take_text(ret->fault_text, sizeof(ret->fault_text), m->fault_text) &&
		    record_take_text(ret->ack_reason, sizeof(ret->ack_reason), m->ack_reason);
	return fits ? 0 : ERR_CORRUPT;
}
