/* Decisions: the subscription, the leases, the acks. */
#include <stdlib.h>

#include "proto/client_priv.h"

/* ---- The subscription -------------------------------------------------------------------------- */

static void take_decision(struct client *c, const Suandian__V1__Decision *d)
{
	const Suandian__V1__Decision *held = NULL;
	struct fault fault = {0};
	int news;

	/* Issued later than the engine time we know of: it tells us the time. */
	if (d->issued_ms > c->engine_ms)
		c->engine_ms = d->issued_ms;
	news = leases_take(&c->leases, d, client_lease_now_ms(c), &held);
	if (news < 0) {
		fault_set(&fault, news, "decision %llu for %s is not obeyed: %s",
			  (unsigned long long)d->id, d->asset, err_text(news));
		client_note(c, &fault);
		return;
	}
	c->stats.decisions_stale += news == LEASE_STALE;
	if (news != LEASE_NEW)
		return;
	c->stats.decisions++;
	if (c->events.on_decision)
		c->events.on_decision(c->events.arg, held);
}

static void subscription_answered(void *arg, const struct client_answer *answer)
{
	struct client *c = arg;
	struct fault fault = {0};

	if (answer->env && answer->env->body_case == SUANDIAN__V1__ENVELOPE__BODY_DECISION) {
		take_decision(c, answer->env->decision);
		return;
	}
	if (answer->last)
		c->subscription_id = 0;
	if (answer->code == 0 || answer->code == ERR_CLOSED)
		return;
	fault_set(&fault, answer->code, "no decisions: %s", answer->fault->text);
	client_note(c, &fault);
}

/* From the oldest decision that is held (from all, where the assets are new): a lease may have been renewed under its old id while the connection was
 * down. What was seen before is recognised and not applied again. */
static int subscribe(struct client *c)
{
	uint64_t first_id = leases_first_id(&c->leases);
	Suandian__V1__SubscribeDecisions *body;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	if (c->subscription_id)
		(void)client_cancel(c, c->subscription_id);
	body = (Suandian__V1__SubscribeDecisions *)c->subscription.message;
	body->after_id = first_id && !c->widened ? first_id - 1 : 0;
	c->widened = false;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_SUBSCRIBE_DECISIONS;
	env.subscribe_decisions = body;
	return client_request_own(c, &env, subscription_answered, c, &c->subscription_id);
}

int client_subscribe_decisions(struct client *c, const char *const *asset, size_t n)
{
	Suandian__V1__SubscribeDecisions body = SUANDIAN__V1__SUBSCRIBE_DECISIONS__INIT;
	int r;

	body.n_asset = n;
	body.asset = (char **)asset; /* read only: it is encoded */
	r = client_stand(c, &c->subscription, &body.base);
	c->widened = true;
	return r == 0 && c->state == CLIENT_READY ? subscribe(c) : r;
}

int client_decisions_open(struct client *c)
{
	c->subscription_id = 0;
	return c->subscription.message ? subscribe(c) : 0;
}

/* ---- Leases ------------------------------------------------------------------------------------ */

void client_decisions_end(struct client *c, int64_t lease_now_ms)
{
	const Suandian__V1__Decision *d;

	while ((d = leases_end(&c->leases, lease_now_ms))) {
		c->stats.fallbacks++;
		if (c->events.on_fallback)
			c->events.on_fallback(c->events.arg, d);
	}
}

const Suandian__V1__Decision *client_peek_decision(const struct client *c, const char *asset,
						   int64_t now_ms, int64_t *ret_remaining_ms)
{
	int64_t end_ms = INT64_MIN, remaining_ms = 0;
	const Suandian__V1__Decision *d = leases_peek(&c->leases, asset, &end_ms);

	if (c->driven)
		now_ms = c->engine_ms;
	if (end_ms > now_ms && __builtin_sub_overflow(end_ms, now_ms, &remaining_ms))
		remaining_ms = INT64_MAX;
	if (d && ret_remaining_ms)
		*ret_remaining_ms = remaining_ms;
	return d;
}

/* ---- Acks -------------------------------------------------------------------------------------- */

static void ack_answered(void *arg, const struct client_answer *answer)
{
	struct client *c = arg;
	struct fault fault = {0};

	/* replaced or over while the ack was on its way: nobody's fault, what counts now comes by itself */
	if (answer->code == 0 || answer->code == ERR_STATE)
		return;
	fault_set(&fault, answer->code, "ack of a decision refused: %s", answer->fault->text);
	client_note(c, &fault);
}

int client_ack_decision(struct client *c, const struct client_ack *ack)
{
	struct client_request how = {.on_answer = ack_answered, .arg = c, .keep = true};
	Suandian__V1__AckDecision body = SUANDIAN__V1__ACK_DECISION__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	body.decision_id = ack->decision_id;
	body.state = ack->state;
	if (ack->has_measured) {
		body.has_measured_case = SUANDIAN__V1__ACK_DECISION__HAS_MEASURED_MEASURED_W;
		body.measured_w = ack->measured_w;
	}
	if (ack->reason)
		body.reason = (char *)ack->reason;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_ACK_DECISION;
	env.ack_decision = &body;
	return client_request(c, &env, &how, NULL);
}
