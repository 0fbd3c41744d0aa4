#include "api/subscription.h"

#include <stdlib.h>

#include "api/limits.h"
#include "api/map_out.h"
#include "api/reply.h"

struct subscription {
	struct attachment attachment;
	struct session *session;
	uint64_t number; /* the engine's */
	uint64_t id;	 /* of the request */
};

static void free_subscription(struct subscription *sub)
{
	struct core *core = sub->session->core;

	engine_unsubscribe(core->engine, sub->number);
	(void)map_take_u64(&core->subscribers, sub->number);
	list_remove(&sub->attachment.node);
	sub->session->n_subscriptions--;
	free(sub);
}

static void on_detach(struct attachment *a)
{
	free_subscription(container_of(a, struct subscription, attachment));
}

static void on_drained(struct attachment *a)
{
	struct subscription *sub = container_of(a, struct subscription, attachment);

	engine_subscriber_ready(sub->session->core->engine, sub->number);
}

static const struct attachment_ops ops = {
	.stream = true, .detach = on_detach, .drained = on_drained};

int subscription_new(struct request *r, const char *const *patterns, size_t n, uint64_t after_id)
{
	struct session *s = r->session;
	struct subscription *sub;

	if (session_find(s, r->id))
		return refuse(&r->refusal, ERR_EXISTS, "id",
			      "a request of this id is being answered");
	if (s->n_subscriptions >= SUBSCRIPTIONS_MAX)
		return refuse(&r->refusal, ERR_FULL, "", "at most %d subscriptions at a time",
			      SUBSCRIPTIONS_MAX);
	sub = calloc(1, sizeof(*sub));
	if (!sub)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	sub->session = s;
	sub->id = r->id;
	sub->number = ++r->core->last_subscriber;
	session_attach(s, &sub->attachment, &ops, r->id);
	s->n_subscriptions++;
	int rc = map_put_u64(&r->core->subscribers, sub->number, sub, NULL);
	if (rc == 0)
		rc = engine_subscribe(r->engine, sub->number, patterns, n, after_id,
				      &r->refusal.fault);
	if (rc < 0) {
		r->refusal.fault.code = rc;
		free_subscription(sub);
	}
	return rc;
}

int subscription_send(struct core *core, uint64_t subscriber, const struct decision *d)
{
	struct subscription *sub = map_get_u64(&core->subscribers, subscriber);
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	if (!sub || !session_is_open(sub->session))
		return ERR_CLOSED;
	if (session_is_congested(sub->session))
		return -EAGAIN;
	env.decision = map_out_decision(core_answer(core), d, engine_now(core->engine));
	if (!env.decision)
		return -ENOMEM;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_DECISION;
	reply(sub->session, sub->id, &env);
	core->n.decisions++;
	return 0;
}
