#include <inttypes.h>
#include <stdio.h>

#include "api/handlers.h"
#include "api/instruct.h"
#include "api/map_operator.h"
#include "api/map_out.h"
#include "api/pending.h"
#include "api/reply.h"
#include "engine/operator.h"

/* Ok with the number, and a word where it waits. */
static void answer_number(struct pending *p)
{
	const struct instruction *in = engine_instruction(p->core->engine, p->key);
	Suandian__V1__Ok body = SUANDIAN__V1__OK__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	char text[120];

	body.t_ms = engine_now(p->core->engine);
	body.number = p->key;
	if (in && in->state == INSTRUCTION_PENDING) {
		snprintf(text, sizeof(text),
			 "number %" PRIu64 " waits until a second person approves it", p->key);
		body.text = text;
	}
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_OK;
	env.ok = &body;
	reply(p->session, p->id, &env);
}

static int instruct(struct request *r, struct instruction *in, void (*answer)(struct pending *p))
{
	struct pending *p = pending_new(r, answer);
	int rc;

	if (!p)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	snprintf(in->who, sizeof(in->who), "%s", r->session->peer.who);
	rc = engine_instruct(r->engine, in, &p->waiter, &p->key, &r->refusal.fault);
	if (rc < 0)
		pending_drop(p);
	return rc;
}

int handle_put_override(struct request *r)
{
	struct instruction in = {0};
	int rc = map_in_override(&r->refusal, r->env->put_override, &in);

	return rc < 0 ? rc : instruct(r, &in, answer_number);
}

int handle_set_availability(struct request *r)
{
	struct instruction in = {0};
	int rc = map_in_availability(&r->refusal, r->env->set_availability, &in);

	return rc < 0 ? rc : instruct(r, &in, answer_number);
}

int handle_set_mode(struct request *r)
{
	struct instruction in = {0};
	int rc = map_in_mode(&r->refusal, r->env->set_mode, &in);

	return rc < 0 ? rc : instruct(r, &in, answer_number);
}

/* ---- Events that wait -------------------------------------------------------------------------- */

/* The event as it was asked for, without a number, and why. */
static void answer_event(struct pending *p)
{
	const struct instruction *in = engine_instruction(p->core->engine, p->key);
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct refusal r = {0};
	char text[120];

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_EVENT_STATE;
	env.event_state = in && in->event ? map_out_event(core_answer(p->core), in->event) : NULL;
	if (!env.event_state) {
		refuse(&r, ERR_FULL, "", "the event cannot be shown");
		reply_error(p->session, p->id, &r);
		return;
	}
	snprintf(text, sizeof(text),
		 "number %" PRIu64
		 " waits until a second person approves it; nothing is issued yet",
		 p->key);
	env.event_state->text = text;
	reply(p->session, p->id, &env);
}

bool instruct_event(struct request *r, const struct event *event, int *ret_rc)
{
	struct instruction in = {.kind = INSTRUCTION_EVENT, .event = event};

	snprintf(in.target, sizeof(in.target), "%s", event->site);
	snprintf(in.reason, sizeof(in.reason), "%s", event->note);
	if (!engine_needs_approval(r->engine, &in))
		return false;
	*ret_rc = instruct(r, &in, answer_event);
	return true;
}

/* ---- The second person, and the end ------------------------------------------------------------ */

static void answer_done(struct pending *p)
{
	const struct instruction *in = engine_instruction(p->core->engine, p->key);
	Suandian__V1__Ok body = SUANDIAN__V1__OK__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	char text[TEXT_MAX_B] = "";

	body.t_ms = engine_now(p->core->engine);
	body.number = p->key;
	if (in && in->state == INSTRUCTION_DONE)
		snprintf(text, sizeof(text), "%s", in->text);
	body.text = text;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_OK;
	env.ok = &body;
	reply(p->session, p->id, &env);
}

int handle_approve(struct request *r)
{
	const Suandian__V1__Approve *m = r->env->approve;
	char reason[TEXT_MAX_B];
	struct pending *p;
	int rc = map_in_note(&r->refusal, "reason", m->reason, sizeof(reason), reason);

	if (rc < 0)
		return rc;
	p = pending_new(r, answer_done);
	if (!p)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	p->key = m->number;
	struct verdict v = {.id = m->number,
			    .refuse = m->refuse,
			    .who = r->session->peer.who,
			    .reason = reason};
	rc = engine_approve(r->engine, &v, &p->waiter, &r->refusal.fault);
	if (rc < 0)
		pending_drop(p);
	return rc;
}

static int find_number(struct request *r, uint64_t *ret)
{
	const Suandian__V1__CancelOverride *m = r->env->cancel_override;
	const struct instruction *in;
	char asset[2 * ID_MAX];
	int rc;

	*ret = m->number;
	if (m->number)
		return 0;
	rc = map_in_asset(&r->refusal, "asset", m->asset, asset);
	if (rc < 0)
		return rc;
	in = engine_override_of(r->engine, asset);
	if (!in)
		return refuse(&r->refusal, ERR_NOTFOUND, "asset", "no override holds %s", asset);
	*ret = in->id;
	return 0;
}

int handle_cancel_override(struct request *r)
{
	char reason[TEXT_MAX_B];
	struct pending *p;
	uint64_t number = 0;
	int rc = map_in_note(&r->refusal, "reason", r->env->cancel_override->reason, sizeof(reason),
			     reason);

	if (rc == 0)
		rc = find_number(r, &number);
	if (rc < 0)
		return rc;
	p = pending_new(r, answer_done);
	if (!p)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	p->key = number;
	rc = engine_cancel_instruction(r->engine, number, r->session->peer.who, reason, &p->waiter,
				       &r->refusal.fault);
	if (rc < 0)
		pending_drop(p);
	return rc;
}
