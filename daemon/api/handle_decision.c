#include <stdio.h>
#include <string.h>

#include "api/handlers.h"
#include "api/limits.h"
#include "api/map_in.h"
#include "api/map_out.h"
#include "api/pending.h"
#include "api/reply.h"
#include "api/subscription.h"

/* ---- Subscriptions ----------------------------------------------------------------------------- */

/* "site/asset" or "site/" and a star. */
static bool is_pattern(const char *s)
{
	char name[NAME_MAX_B];
	size_t n = strlen(s);

	if (n < 3 || n >= sizeof(name) || !strchr(s, '/'))
		return false;
	if (strcmp(s + n - 2, "/*") != 0)
		return point_name_is_valid(s);
	snprintf(name, sizeof(name), "%.*s", (int)(n - 2), s);
	return point_name_is_valid(name);
}

int handle_subscribe_decisions(struct request *r)
{
	const Suandian__V1__SubscribeDecisions *m = r->env->subscribe_decisions;

	if (m->n_asset > SUBSCRIPTION_ASSETS_MAX)
		return refuse(&r->refusal, ERR_FULL, "asset", "at most %d patterns",
			      SUBSCRIPTION_ASSETS_MAX);
	for (size_t i = 0; i < m->n_asset; i++)
		if (!is_pattern(m->asset[i]))
			return refuse_at(&r->refusal, "asset", i, "",
					 "is neither site/asset nor site/*");
	return subscription_new(r, (const char *const *)m->asset, m->n_asset, m->after_id);
}

int handle_unsubscribe(struct request *r)
{
	struct attachment *a = session_find(r->session, r->env->unsubscribe->request_id);

	if (!a || !a->ops->stream)
		return refuse(&r->refusal, ERR_NOTFOUND, "request_id",
			      "no stream of this id is open");
	list_remove(&a->node);
	a->ops->detach(a);
	reply_ok(r->session, r->id);
	return 0;
}

/* ---- Acks -------------------------------------------------------------------------------------- */

int handle_ack_decision(struct request *r)
{
	const Suandian__V1__AckDecision *m = r->env->ack_decision;
	bool measured = m->has_measured_case == SUANDIAN__V1__ACK_DECISION__HAS_MEASURED_MEASURED_W;
	char reason[TEXT_MAX_B];
	enum decision_state state;
	struct pending *p;
	int rc = map_in_ack_state(&r->refusal, m->state, &state);

	if (rc == 0)
		rc = map_in_note(&r->refusal, "reason", m->reason, sizeof(reason), reason);
	if (rc < 0)
		return rc;
	p = pending_new(r, pending_ok);
	if (!p)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	struct decision_ack ack = {
		.id = m->decision_id,
		.state = state,
		.has_measured = measured,
		.measured_w = measured ? m->measured_w : 0,
		.reason = reason,
	};
	rc = engine_ack_decision(r->engine, &ack, &p->waiter, &r->refusal.fault);
	if (rc < 0)
		pending_drop(p);
	return rc;
}

/* ---- List -------------------------------------------------------------------------------------- */

struct collector {
	struct arena *arena;
	int64_t now_ms;
	Suandian__V1__Decision **at;
	size_t n, size;
	bool full;
};

static bool add_decision(void *arg, const struct decision *d)
{
	struct collector *c = arg;
	/* It is gone when the visit is over. */
	const struct decision *copy = arena_memdup(c->arena, d, sizeof(*d));
	Suandian__V1__Decision *m = copy ? map_out_decision(c->arena, copy, c->now_ms) : NULL;

	if (c->n == c->size)
		return false;
	if (!m) {
		c->full = true;
		return false;
	}
	c->at[c->n++] = m;
	return true;
}

static int collect(struct request *r, struct collector *c)
{
	const Suandian__V1__ListDecisions *m = r->env->list_decisions;
	const struct decision *one;
	int64_t to_ms;
	int rc;

	if (m->id != 0) {
		one = engine_decision(r->engine, m->id);
		if (!one)
			return refuse(&r->refusal, ERR_NOTFOUND, "id",
				      "is not among the recent decisions");
		(void)add_decision(c, one);
		return 0;
	}
	if (m->asset[0] && !is_pattern(m->asset))
		return refuse(&r->refusal, ERR_INVALID, "asset",
			      "is neither site/asset nor site/*");
	rc = map_in_span(&r->refusal, m->from_ms, m->to_ms, &to_ms);
	if (rc < 0)
		return rc;
	struct decision_query q = {
		.asset = m->asset,
		.from_ms = m->from_ms,
		.to_ms = to_ms,
		.limit = (uint32_t)c->size,
	};
	rc = engine_list_decisions(r->engine, &q, add_decision, c);
	return rc < 0 ? refuse(&r->refusal, rc, "", "%s", err_text(rc)) : 0;
}

int handle_list_decisions(struct request *r)
{
	const Suandian__V1__ListDecisions *m = r->env->list_decisions;
	struct collector c = {.arena = core_answer(r->core), .now_ms = engine_now(r->engine)};
	Suandian__V1__DecisionList body = SUANDIAN__V1__DECISION_LIST__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int rc;

	c.size = m->limit == 0 ? DECISIONS_DEFAULT : m->limit;
	if (c.size > DECISIONS_MAX)
		return refuse(&r->refusal, ERR_FULL, "limit", "at most %d", DECISIONS_MAX);
	c.at = ARENA_ARRAY(c.arena, c.size, Suandian__V1__Decision *);
	if (!c.at)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	rc = collect(r, &c);
	if (rc < 0)
		return rc;
	if (c.full)
		return refuse(&r->refusal, ERR_FULL, "limit", "the answer needs too much memory");
	body.decisions = c.at;
	body.n_decisions = c.n;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_DECISION_LIST;
	env.decision_list = &body;
	reply(r->session, r->id, &env);
	return 0;
}
