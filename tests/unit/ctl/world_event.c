/* What is asked for, and what is done: events and decisions. */
#include "world_priv.h"

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

		s->start_ms = WORLD_EVENT_FROM_MS + ((int64_t)i - 1) * WORLD_SLOT_MS;
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
	ev->start_ms = first ? WORLD_EVENT_FROM_MS : WORLD_NOW_MS + 1020 * WORLD_MIN_MS;
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
	ev->end_ms = WORLD_EVENT_TO_MS;
	ev->ramp_ms = 15 * WORLD_MIN_MS;
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
	e->moves[0] = move(a, WORLD_NOW_MS - 60 * WORLD_MIN_MS,
			   SUANDIAN__V1__EVENT_PHASE__EVENT_ISSUED, "operator", "");
	e->moves[1] =
		move(a, WORLD_NOW_MS - 60 * WORLD_MIN_MS, SUANDIAN__V1__EVENT_PHASE__EVENT_ACCEPTED,
		     "suandiand", "baseline frozen");
	e->moves[2] = move(a, WORLD_EVENT_FROM_MS - 15 * WORLD_MIN_MS,
			   SUANDIAN__V1__EVENT_PHASE__EVENT_ARMED, "suandiand", "ramp");
	e->moves[3] = move(a, WORLD_EVENT_FROM_MS, SUANDIAN__V1__EVENT_PHASE__EVENT_ACTIVE,
			   "suandiand", "");
	put_event_slots(a, e);
	return e;
}

void world_answer_events(struct arena *a, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__EventList, list) SUANDIAN__V1__EVENT_LIST__INIT;

	list->n_events = 2;
	list->events = ARENA_ARRAY(a, 2, Suandian__V1__EventState *);
	list->events[0] = event(a, true);
	list->events[1] = event(a, false);
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_EVENT_LIST;
	env->event_list = list;
}

void world_answer_state(struct arena *a, Suandian__V1__Event *ev, Suandian__V1__EventPhase phase,
			Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__EventState, e) SUANDIAN__V1__EVENT_STATE__INIT;

	e->id = 9;
	e->event = ev;
	e->phase = phase;
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_EVENT_STATE;
	env->event_state = e;
}

void world_answer_cancel(struct arena *a, const Suandian__V1__CancelEvent *q,
			 Suandian__V1__Envelope *env)
{
	/* the one that has moves, whatever its name */
	Suandian__V1__EventState *e = event(a, true);

	e->phase = SUANDIAN__V1__EVENT_PHASE__EVENT_CANCELLED;
	e->n_slots = 0;
	e->moves[2] = move(a, WORLD_NOW_MS, SUANDIAN__V1__EVENT_PHASE__EVENT_CANCELLED, "operator",
			   q->reason);
	e->n_moves = 3;
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_EVENT_STATE;
	env->event_state = e;
}

Suandian__V1__Decision *world_decision(struct arena *a, int i)
{
	static const char *const assets[] = {"hongyuan/bess", "hongyuan/batch", "hongyuan/pv1",
					     "hongyuan/bess", "hongyuan/batch"};
	NEW(a, Suandian__V1__Action, action) SUANDIAN__V1__ACTION__INIT;
	NEW(a, Suandian__V1__Release, release) SUANDIAN__V1__RELEASE__INIT;
	NEW(a, Suandian__V1__Reason, reason) SUANDIAN__V1__REASON__INIT;
	NEW(a, Suandian__V1__Decision, d) SUANDIAN__V1__DECISION__INIT;

	d->id = 904 - (uint64_t)i;
	d->plan_id = 311;
	d->asset = (char *)assets[i];
	d->action = action;
	d->reason = reason;
	d->issued_ms = WORLD_NOW_MS - i * WORLD_SLOT_MS;
	d->valid_from_ms = d->issued_ms;
	d->valid_until_ms = d->issued_ms + WORLD_SLOT_MS + 30000;
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
	if (i == 4) {
		/* done once: it has no term */
		NEW(a, Suandian__V1__JobAction, job) SUANDIAN__V1__JOB_ACTION__INIT;

		job->verb = SUANDIAN__V1__JOB_ACTION__VERB__VERB_START;
		job->job = "train-17";
		action->what_case = SUANDIAN__V1__ACTION__WHAT_JOB;
		action->job = job;
		d->valid_until_ms = 0;
	} else if (i == 2) {
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

void world_answer_decisions(struct arena *a, const Suandian__V1__ListDecisions *q,
			    Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__DecisionList, list) SUANDIAN__V1__DECISION_LIST__INIT;

	list->decisions = ARENA_ARRAY(a, 5, Suandian__V1__Decision *);
	for (int i = 0; i < 5 && (q->limit == 0 || list->n_decisions < q->limit); i++) {
		Suandian__V1__Decision *d = world_decision(a, i);

		if (!*q->asset || strcmp(q->asset, "hongyuan/*") == 0 ||
		    strcmp(q->asset, d->asset) == 0)
			list->decisions[list->n_decisions++] = d;
	}
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_DECISION_LIST;
	env->decision_list = list;
}
