#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/instruct.h"
#include "api/map_in.h"
#include "api/map_out.h"
#include "api/pending.h"
#include "api/reply.h"
#include "engine/operator.h"

/* ---- Put and cancel ---------------------------------------------------------------------------- */

static void answer_event(struct pending *p)
{
	/* one that waited only was never issued: shown is what was asked for (data) */
	const struct event *e = p->key ? engine_event(p->core->engine, p->key) : p->data;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct refusal r = {0};

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_EVENT_STATE;
	env.event_state = e ? map_out_event(core_answer(p->core), e) : NULL;
	if (env.event_state) {
		reply(p->session, p->id, &env);
		return;
	}
	refuse(&r, e ? ERR_FULL : ERR_NOTFOUND, "", "the event cannot be shown");
	reply_error(p->session, p->id, &r);
}

int handle_put_event(struct request *r)
{
	struct event *event = ARENA_NEW(r->arena, struct event);
	struct pending *p = NULL;
	int rc;

	if (!event)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	rc = map_in_event(&r->refusal, r->env->put_event->event, r->session->peer.who, event);
	if (rc < 0)
		return rc;
	if (instruct_event(r, event, &rc))
		return rc;
	p = pending_new(r, answer_event);
	if (!p)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	rc = engine_put_event(r->engine, event, r->session->peer.who, &p->waiter, &p->key,
			      &r->refusal.fault);
	if (rc < 0)
		pending_drop(p);
	return rc;
}

struct waiting {
	const struct event_cancel *c;
	struct event *found;
};

static bool take_waiting(void *arg, const struct instruction *in)
{
	struct waiting *w = arg;

	if (in->state != INSTRUCTION_PENDING || !in->event ||
	    strcmp(in->event->source, w->c->source) != 0 ||
	    strcmp(in->event->external_id, w->c->external_id) != 0)
		return true;
	w->found = malloc(sizeof(*w->found));
	if (w->found) {
		*w->found = *in->event;
		w->found->phase = EVENT_CANCELLED;
		snprintf(w->found->text, sizeof(w->found->text),
			 "nothing was issued: what waited for a second person is cancelled");
	}
	return false;
}

int handle_cancel_event(struct request *r)
{
	const Suandian__V1__CancelEvent *m = r->env->cancel_event;
	const char *given = m->source[0] ? m->source : r->session->peer.who;
	char source[NAME_MAX_B];
	char external_id[NAME_MAX_B];
	char reason[TEXT_MAX_B];
	struct pending *p;
	int rc = map_in_foreign_id(&r->refusal, "source", given, sizeof(source), source);

	if (rc == 0)
		rc = map_in_foreign_id(&r->refusal, "external_id", m->external_id,
				       sizeof(external_id), external_id);
	if (rc == 0)
		rc = map_in_note(&r->refusal, "reason", m->reason, sizeof(reason), reason);
	if (rc < 0)
		return rc;
	p = pending_new(r, answer_event);
	if (!p)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	struct event_cancel cancel = {
		.source = source,
		.external_id = external_id,
		.who = r->session->peer.who,
		.reason = reason,
	};
	struct waiting w = {.c = &cancel};
	engine_list_instructions(r->engine, take_waiting, &w);
	p->data = w.found;
	rc = engine_cancel_event(r->engine, &cancel, &p->waiter, &p->key, &r->refusal.fault);
	if (rc < 0)
		pending_drop(p);
	return rc;
}

/* ---- List -------------------------------------------------------------------------------------- */

struct collector {
	struct arena *arena;
	Suandian__V1__EventState **at;
	size_t n, size;
	bool full;
};

static int grow(struct collector *c)
{
	size_t size = c->size ? 2 * c->size : 16;
	Suandian__V1__EventState **at = ARENA_ARRAY(c->arena, size, Suandian__V1__EventState *);

	if (!at)
		return -ENOMEM;
	for (size_t i = 0; i < c->n; i++)
		at[i] = c->at[i];
	c->at = at;
	c->size = size;
	return 0;
}

static bool add_event(void *arg, const struct event *e)
{
	struct collector *c = arg;
	Suandian__V1__EventState *m = NULL;

	if (c->n < c->size || grow(c) == 0)
		m = map_out_event(c->arena, e);
	if (!m) {
		c->full = true;
		return false;
	}
	c->at[c->n++] = m;
	return true;
}

int handle_list_events(struct request *r)
{
	const Suandian__V1__ListEvents *m = r->env->list_events;
	struct collector c = {.arena = core_answer(r->core)};
	Suandian__V1__EventList body = SUANDIAN__V1__EVENT_LIST__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int64_t to_ms;
	int rc = map_in_span(&r->refusal, m->from_ms, m->to_ms, &to_ms);

	if (rc < 0)
		return rc;
	engine_list_events(r->engine, m->site[0] ? m->site : NULL, m->from_ms, to_ms, add_event,
			   &c);
	if (c.full)
		return refuse(&r->refusal, ERR_FULL, "to_ms", "too many events: narrow the span");
	body.events = c.at;
	body.n_events = c.n;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_EVENT_LIST;
	env.event_list = &body;
	reply(r->session, r->id, &env);
	return 0;
}
