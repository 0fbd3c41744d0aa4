#include "api/handlers.h"
#include "api/map_in.h"
#include "api/pending.h"
#include "api/reply.h"

int handle_claim_clock(struct request *r)
{
	const Suandian__V1__ClaimClock *m = r->env->claim_clock;
	Suandian__V1__ClockClaimed body = SUANDIAN__V1__CLOCK_CLAIMED__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int rc = map_in_time(&r->refusal, "start_ms", m->start_ms);

	if (rc == 0)
		rc = engine_claim_clock(r->engine, r->session->id, m->start_ms, &body.now_ms,
					&r->refusal.fault);
	if (rc < 0)
		return rc;
	r->session->has_clock = true;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_CLOCK_CLAIMED;
	env.clock_claimed = &body;
	reply(r->session, r->id, &env);
	return 0;
}

static void answer_quiescent(struct pending *p)
{
	struct quiescent q = engine_quiescent(p->core->engine);
	Suandian__V1__Quiescent body = SUANDIAN__V1__QUIESCENT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	body.t_ms = q.t_ms;
	body.plans = q.plans;
	body.decisions = q.decisions;
	body.audit_seq = q.audit_seq;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_QUIESCENT;
	env.quiescent = &body;
	reply(p->session, p->id, &env);
}

int handle_advance_time(struct request *r)
{
	const Suandian__V1__AdvanceTime *m = r->env->advance_time;
	struct pending *p;
	int rc = map_in_time(&r->refusal, "to_ms", m->to_ms);

	if (rc < 0)
		return rc;
	p = pending_new(r, answer_quiescent);
	if (!p)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	rc = engine_advance(r->engine, r->session->id, m->to_ms, &p->waiter, &r->refusal.fault);
	if (rc < 0)
		pending_drop(p);
	return rc;
}
