#include "api/dispatch.h"

#include "api/handlers.h"
#include "api/limits.h"
#include "api/reply.h"
#include "base/log.h"
#include "proto/codec.h"

#define BODY(name) SUANDIAN__V1__ENVELOPE__BODY_##name
#define BIT(role) (UINT32_C(1) << (role))

/* Who may: admin includes operate, operate includes observe; the others stand beside them. */
#define ADMIN BIT(ROLE_ADMIN)
#define OPERATE (ADMIN | BIT(ROLE_OPERATE))
#define OBSERVE (OPERATE | BIT(ROLE_OBSERVE))
#define ADAPTER BIT(ROLE_ADAPTER)
#define APPROVE BIT(ROLE_APPROVE)
#define AUDIT BIT(ROLE_AUDIT)
#define EVERYONE (OBSERVE | ADAPTER | APPROVE | AUDIT)

struct call {
	uint32_t number;
	uint32_t roles;
	handler handle;
};

static const struct call calls[] = {
	{BODY(CLAIM_CLOCK), ADMIN, handle_claim_clock},
	{BODY(ADVANCE_TIME), ADMIN, handle_advance_time},
	{BODY(DECLARE_POINTS), ADAPTER, handle_declare_points},
	{BODY(LIST_POINTS), EVERYONE, handle_list_points},
	{BODY(REGISTER_LAYOUT), ADAPTER, handle_register_layout},
	{BODY(PUSH_SAMPLES), ADAPTER, handle_push_samples},
	{BODY(PUSH_CURVE), ADAPTER, handle_push_curve},
	{BODY(QUERY_LATEST), EVERYONE, handle_query_latest},
	{BODY(QUERY_RANGE), EVERYONE, handle_query_range},
	{BODY(PUSH_DAY_FLAGS), OPERATE | ADAPTER, handle_push_day_flags},
	{BODY(LIST_DAY_FLAGS), EVERYONE, handle_list_day_flags},
	{BODY(UNSUBSCRIBE), EVERYONE, handle_unsubscribe},
	{BODY(LIST_SITES), EVERYONE, handle_list_sites},
	{BODY(SET_AVAILABILITY), OPERATE, handle_set_availability},
	{BODY(PUSH_JOBS), ADAPTER, handle_push_jobs},
	{BODY(JOB_EVENTS), ADAPTER, handle_job_events},
	{BODY(LIST_JOBS), EVERYONE, handle_list_jobs},
	{BODY(PUT_EVENT), OPERATE, handle_put_event},
	{BODY(CANCEL_EVENT), OPERATE, handle_cancel_event},
	{BODY(LIST_EVENTS), EVERYONE, handle_list_events},
	{BODY(GET_PLAN), EVERYONE, handle_get_plan},
	{BODY(EXPLAIN), EVERYONE, handle_explain},
	{BODY(REPLAY), OBSERVE | AUDIT, handle_replay},
	{BODY(REPLAN), OPERATE, handle_replan},
	{BODY(WHAT_IF), OBSERVE, handle_what_if},
	{BODY(BACKTEST), OBSERVE, handle_backtest},
	{BODY(SUBSCRIBE_DECISIONS), ADAPTER, handle_subscribe_decisions},
	{BODY(ACK_DECISION), ADAPTER, handle_ack_decision},
	{BODY(LIST_DECISIONS), EVERYONE, handle_list_decisions},
	{BODY(APPROVE), APPROVE, handle_approve},
	{BODY(LIST_PENDING), EVERYONE, handle_list_pending},
	{BODY(PUT_OVERRIDE), OPERATE, handle_put_override},
	{BODY(LIST_OVERRIDES), EVERYONE, handle_list_overrides},
	{BODY(CANCEL_OVERRIDE), OPERATE, handle_cancel_override},
	{BODY(READ_AUDIT), OBSERVE | AUDIT, handle_read_audit},
	{BODY(VERIFY_AUDIT), OBSERVE | AUDIT, handle_verify_audit},
	{BODY(HEALTH), EVERYONE, handle_health},
	{BODY(METRICS), EVERYONE, handle_metrics},
	{BODY(GET_CONFIG), ADMIN, handle_get_config},
	{BODY(DIFF_CONFIG), ADMIN, handle_diff_config},
	{BODY(RELOAD_CONFIG), ADMIN, handle_reload_config},
	{BODY(SET_MODE), OPERATE, handle_set_mode},
};

static const struct call *find_call(uint32_t number)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].number == number)
			return &calls[i];
	return NULL;
}

static int deny(struct request *r, uint32_t number)
{
	return refuse(&r->refusal, ERR_DENIED, "", "%s is not for the role %s",
		      codec_body_name(number), access_role_name(r->session->role));
}

static int unknown(struct request *r, uint32_t number)
{
	r->core->n.unimplemented++;
	if (number == 0)
		return refuse(&r->refusal, ERR_INVALID, "", "an envelope without a body");
	return refuse(&r->refusal, ERR_UNIMPLEMENTED, "", "this daemon does not know request %u",
		      number);
}

static int run(struct request *r)
{
	uint32_t number = codec_body_number(r->env);
	const struct call *call = find_call(number);

	if (r->id == 0)
		return refuse(&r->refusal, ERR_INVALID, "id", "is 0, which names no request");
	if (number == BODY(HELLO))
		return refuse(&r->refusal, ERR_STATE, "", "Hello was said before");
	if (!call)
		return unknown(r, number);
	if (!(call->roles & BIT(r->session->role)))
		return deny(r, number);
	return call->handle(r);
}

/* Into the audit chain; a caller that fills it so is sent away. */
static void note_refusal(struct request *r)
{
	struct session *s = r->session;

	core_note_refusal(r->core, s->peer.who, codec_body_name(codec_body_number(r->env)),
			  r->refusal.fault.text);
	if (++s->n_refusals < REFUSALS_MAX)
		return;
	log_notice("api", "closing a session after %d refused requests user=%s", REFUSALS_MAX,
		   s->peer.who);
	session_end(s, ERR_DENIED, "%d requests were refused", REFUSALS_MAX);
}

int dispatch_request(struct session *s, const Suandian__V1__Envelope *env)
{
	struct request r = {
		.session = s,
		.core = s->core,
		.engine = s->core->engine,
		.env = env,
		.id = env->id,
		.arena = &s->core->in,
	};

	if (s->in_flight >= IN_FLIGHT_MAX) {
		session_block(s, BLOCK_IN_FLIGHT);
		return SESSION_AGAIN;
	}
	int rc = run(&r);
	if (rc >= 0)
		return rc;
	/* the engine's fault may have come without a code of its own */
	r.refusal.fault.code = rc;
	reply_error(s, r.id, &r.refusal);
	if (rc == ERR_DENIED)
		note_refusal(&r);
	return 0;
}
