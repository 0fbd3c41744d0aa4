#include "store/record_priv.h"

static void move_to_message(const struct event_move *move, Suandian__Store__V1__EventMove *m)
{
	suandian__store__v1__event_move__init(m);
	m->t_ms = move->t_ms;
	m->to = move->to;
	m->who = record_text(move->who);
	m->reason = record_text(move->reason);
}

static void slot_to_message(const struct event_slot *slot, Suandian__Store__V1__EventSlot *m)
{
	suandian__store__v1__event_slot__init(m);
	m->start_ms = slot->start_ms;
	m->baseline_w = slot->baseline_w;
	m->target_w = slot->target_w;
	m->planned_w = slot->planned_w;
	m->metered_w = slot->metered_w;
	m->quality = slot->quality;
	m->ramp = slot->ramp;
}

static int lists_to_message(const struct event *e, struct arena *a, Suandian__Store__V1__Event *m)
{
	size_t n_moves = (size_t)e->n_moves, n_slots = (size_t)e->n_slots;
	Suandian__Store__V1__EventMove *moves = ARENA_ARRAY(a, n_moves, __typeof__(*moves));
	Suandian__Store__V1__EventSlot *slots = ARENA_ARRAY(a, n_slots, __typeof__(*slots));

	m->moves = ARENA_ARRAY(a, n_moves, __typeof__(*m->moves));
	m->slots = ARENA_ARRAY(a, n_slots, __typeof__(*m->slots));
	if (!moves || !slots || !m->moves || !m->slots)
		return -ENOMEM;
	m->n_moves = n_moves;
	for (size_t i = 0; i < n_moves; i++) {
		move_to_message(&e->moves[i], &moves[i]);
		m->moves[i] = &moves[i];
	}
	m->n_slots = n_slots;
	for (size_t i = 0; i < n_slots; i++) {
		slot_to_message(&e->slots[i], &slots[i]);
		m->slots[i] = &slots[i];
	}
	return 0;
}

int record_encode_event(const struct event *e, struct arena *a, struct buf *out)
{
	Suandian__Store__V1__Event m = SUANDIAN__STORE__V1__EVENT__INIT;
	int r = lists_to_message(e, a, &m);

	if (r)
		return r;
	m.source = record_text(e->source);
	m.external_id = record_text(e->external_id);
	m.revision = e->revision;
	m.site = record_text(e->site);
	m.direction = e->direction;
	m.target = e->target;
	m.target_w = e->target_w;
	m.baseline = record_text(e->baseline);
	m.start_ms = e->start_ms;
	m.end_ms = e->end_ms;
	m.ramp_ms = e->ramp_ms;
	m.priority = e->priority;
	m.correlation_id = record_text(e->correlation_id);
	m.band_permille = e->band_permille;
	m.pay_price_e4 = e->pay_price_e4;
	m.penalty_price_e4 = e->penalty_price_e4;
	m.note = record_text(e->note);
	m.phase = (uint32_t)e->phase;
	m.baseline_hash = record_text(e->baseline_hash);
	m.shortfall_wh = e->shortfall_wh;
	m.surplus_wh = e->surplus_wh;
	m.text = record_text(e->text);
	return record_pack(&m.base, out);
}

static bool take_texts(const Suandian__Store__V1__Event *m, struct event *e)
{
	return record_take_text(e->source, sizeof(e->source), m->source) &&
	       record_take_text(e->external_id, sizeof(e->external_id), m->external_id) &&
	       record_take_text(e->site, sizeof(e->site), m->site) &&
	       record_take_text(e->baseline, sizeof(e->baseline), m->baseline) &&
	       record_take_text(e->correlation_id, sizeof(e->correlation_id), m->correlation_id) &&
	       record_take_text(e->note, sizeof(e->note), m->note) &&
	       record_take_text(e->baseline_hash, sizeof(e->baseline_hash), m->baseline_hash) &&
	       record_take_text(e->text, sizeof(e->text), m->text);
}

static bool take_moves(const Suandian__Store__V1__Event *m, struct event *e)
{
	if (m->n_moves > EVENT_MAX_MOVES)
		return false;
	e->n_moves = (int)m->n_moves;
	for (size_t i = 0; i < m->n_moves; i++) {
		const Suandian__Store__V1__EventMove *from = m->moves[i];
		struct event_move *to = &e->moves[i];

		if (from->to > EVENT_SUPERSEDED)
			return false;
		to->t_ms = from->t_ms;
		to->to = (enum event_phase)from->to;
		if (!record_take_text(to->who, sizeof(to->who), from->who) ||
		    !record_take_text(to->reason, sizeof(to->reason), from->reason))
			return false;
	}
	return true;
}

static bool take_slots(const Suandian__Store__V1__Event *m, struct event *e)
{
	if (m->n_slots > EVENT_MAX_SLOTS)
		return false;
	e->n_slots = (int)m->n_slots;
	for (size_t i = 0; i < m->n_slots; i++) {
		const Suandian__Store__V1__EventSlot *from = m->slots[i];
		struct event_slot *to = &e->slots[i];

		if (from->quality > QUALITY_BAD)
			return false;
		to->start_ms = from->start_ms;
		to->baseline_w = from->baseline_w;
		to->target_w = from->target_w;
		to->planned_w = from->planned_w;
		to->metered_w = from->metered_w;
		to->quality = (enum quality)from->quality;
		to->ramp = from->ramp;
	}
	return true;
}

int record_decode_event(const uint8_t *p, size_t len, struct arena *a, struct event *ret)
{
	ProtobufCMessage *base;
	int r = record_unpack(&suandian__store__v1__event__descriptor, p, len, a, &base);

	if (r)
		return r;
	const Suandian__Store__V1__Event *m = (const Suandian__Store__V1__Event *)base;
	if (m->direction > DIRECTION_DN || m->target > TARGET_REDUCTION ||
	    m->phase > EVENT_SUPERSEDED)
		return ERR_CORRUPT;
	ret->revision = m->revision;
	ret->direction = (enum direction)m->direction;
	ret->target = (enum event_target)m->target;
	ret->target_w = m->target_w;
	ret->start_ms = m->start_ms;
	ret->end_ms = m->end_ms;
	ret->ramp_ms = m->ramp_ms;
	ret->priority = m->priority;
	ret->band_permille = m->band_permille;
	ret->pay_price_e4 = m->pay_price_e4;
	ret->penalty_price_e4 = m->penalty_price_e4;
	ret->phase = (int)m->phase;
	ret->shortfall_wh = m->shortfall_wh;
	ret->surplus_wh = m->surplus_wh;
	return take_texts(m, ret) && take_moves(m, ret) && take_slots(m, ret) ? 0 : ERR_CORRUPT;
}
