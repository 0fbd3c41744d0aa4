#include "world_priv.h"

/* ---- Hostile texts ------------------------------------------------------------------------------- */

const char world_override[4] = {(char)0xe2, (char)0x80, (char)0xae};

#define EVIL "\033]0;owned\007\xc2\x9b"

/* Puts control sequences in front of every text of a message, and a number of no meaning into every enumeration,
 * without recursion. */
static void spoil(struct arena *a, ProtobufCMessage *root)
{
	ProtobufCMessage **todo = ARENA_ARRAY(a, 4096, ProtobufCMessage *);
	size_t n = 1;

	todo[0] = root;
	for (size_t i = 0; i < n; i++) {
		for (unsigned k = 0; k < todo[i]->descriptor->n_fields; k++) {
			const ProtobufCFieldDescriptor *f = &todo[i]->descriptor->fields[k];
			char *base = (char *)todo[i];
			bool many = f->label == PROTOBUF_C_LABEL_REPEATED;
			size_t count = many ? *(size_t *)(base + f->quantifier_offset) : 1;
			void **at =
				many ? *(void ***)(base + f->offset) : (void **)(base + f->offset);

			if ((f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) &&
			    *(uint32_t *)(base + f->quantifier_offset) != f->id)
				continue;
			if (f->type == PROTOBUF_C_TYPE_ENUM && !many)
				*(int *)(base + f->offset) = -1;
			for (size_t j = 0; j < count; j++) {
				if (f->type == PROTOBUF_C_TYPE_STRING)
					at[j] = arena_printf(a, EVIL "%s%s", world_override,
							     (char *)at[j]);
				else if (f->type == PROTOBUF_C_TYPE_MESSAGE && at[j] && n < 4096)
					todo[n++] = at[j];
			}
		}
	}
}

/* ---- All ----------------------------------------------------------------------------------------- */

static void answer_put(struct arena *a, const Suandian__V1__PutEvent *q, const char *role,
		       Suandian__V1__Envelope *env)
{
	if (strcmp(role, "operate") != 0)
		world_answer_error(a, "DENIED", "the role observe must not put events", "", env);
	else if (q->event->revision == 0)
		world_answer_error(a, "INVALID", "must be 1 or more", "event.revision", env);
	else
		world_answer_state(a, q->event,
				   q->event->priority == 99
					   ? SUANDIAN__V1__EVENT_PHASE__EVENT_REJECTED
					   : SUANDIAN__V1__EVENT_PHASE__EVENT_ACCEPTED,
				   env);
}

static void answer_operator(struct arena *a, const Suandian__V1__Envelope *q,
			    Suandian__V1__Envelope *env)
{
	switch (q->body_case) {
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_OVERRIDES:
		world_answer_overrides(a, q->list_overrides->all, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_PENDING:
		world_answer_pending(a, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_DAY_FLAGS:
		world_answer_flags(a, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_PUT_OVERRIDE:
		world_answer_ok(a, q->put_override->reason, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_CANCEL_OVERRIDE:
	case SUANDIAN__V1__ENVELOPE__BODY_SET_AVAILABILITY:
	case SUANDIAN__V1__ENVELOPE__BODY_SET_MODE:
	case SUANDIAN__V1__ENVELOPE__BODY_APPROVE:
	case SUANDIAN__V1__ENVELOPE__BODY_PUSH_DAY_FLAGS:
		world_answer_ok(a, "", env);
		break;
	default:
		world_answer_error(a, "UNIMPLEMENTED", "not in this world", "", env);
	}
}

static void answer_job_call(struct arena *a, const Suandian__V1__Envelope *q, const char *role,
			    Suandian__V1__Envelope *env)
{
	if (q->body_case == SUANDIAN__V1__ENVELOPE__BODY_LIST_JOBS)
		world_answer_jobs(a, q->list_jobs, env);
	else
		world_answer_push(a, q->push_jobs, role, env);
}

static void answer_study(struct arena *a, const Suandian__V1__Envelope *q,
			 Suandian__V1__Envelope *env)
{
	if (q->body_case == SUANDIAN__V1__ENVELOPE__BODY_REPLAY)
		world_answer_replay(a, q->replay, env);
	else if (q->body_case == SUANDIAN__V1__ENVELOPE__BODY_WHAT_IF)
		world_answer_what_if(a, q->what_if, env);
	else
		world_answer_ok(a, "", env);
}

static void answer_one(struct arena *a, const Suandian__V1__Envelope *q, const char *role, int part,
		       Suandian__V1__Envelope *env)
{
	bool broken = strcmp(role, "admin") == 0;

	switch (q->body_case) {
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_SITES:
		world_answer_sites(a, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_POINTS:
		world_answer_points(a, q->list_points->prefix, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_QUERY_LATEST:
		world_answer_latest(a, q->query_latest, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE:
		world_answer_range(a, q->query_range, part, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_GET_PLAN:
		if (strcmp(q->get_plan->site, "hongyuan") == 0)
			world_answer_plan(a, q->get_plan, env);
		else
			world_answer_error(a, "NOT_FOUND", "no such site", "site", env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_REPLAN:
	case SUANDIAN__V1__ENVELOPE__BODY_REPLAY:
	case SUANDIAN__V1__ENVELOPE__BODY_WHAT_IF:
		answer_study(a, q, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_EXPLAIN:
		world_answer_why(a, q->explain, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_JOBS:
	case SUANDIAN__V1__ENVELOPE__BODY_PUSH_JOBS:
		answer_job_call(a, q, role, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_EVENTS:
		world_answer_events(a, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_PUT_EVENT:
		answer_put(a, q->put_event, role, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_CANCEL_EVENT:
		world_answer_cancel(a, q->cancel_event, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_LIST_DECISIONS:
		world_answer_decisions(a, q->list_decisions, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_SUBSCRIBE_DECISIONS:
		env->body_case = SUANDIAN__V1__ENVELOPE__BODY_DECISION;
		env->decision = world_decision(a, 3 - part);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_HEALTH:
		world_answer_health(a, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_METRICS:
		world_answer_metrics(a, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_READ_AUDIT:
		world_answer_audit(a, q->read_audit, broken, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_VERIFY_AUDIT:
		world_answer_verdict(a, broken, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_GET_CONFIG:
		world_answer_config(a, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_DIFF_CONFIG:
		world_answer_diff(a, env);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_RELOAD_CONFIG:
		world_answer_ok(a, "", env);
		break;
	default:
		answer_operator(a, q, env);
	}
}

Suandian__V1__Envelope **world_answer(struct arena *a, const Suandian__V1__Envelope *request,
				      const char *role, bool hostile, size_t *ret_n)
{
	size_t n = request->body_case == SUANDIAN__V1__ENVELOPE__BODY_SUBSCRIBE_DECISIONS ? 4
		   : request->body_case == SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE	  ? 2
		   : request->body_case == SUANDIAN__V1__ENVELOPE__BODY_BACKTEST &&
				   !*request->backtest->point
			   ? 2
			   : 1;
	Suandian__V1__Envelope **list = ARENA_ARRAY(a, n, Suandian__V1__Envelope *);

	for (size_t i = 0; i < n; i++) {
		NEW(a, Suandian__V1__Envelope, env) SUANDIAN__V1__ENVELOPE__INIT;

		if (request->body_case == SUANDIAN__V1__ENVELOPE__BODY_BACKTEST)
			world_answer_backtest(a, request->backtest, (int)i, env);
		else
			answer_one(a, request, role, (int)i, env);
		if (hostile && request->body_case != SUANDIAN__V1__ENVELOPE__BODY_LIST_SITES)
			spoil(a, &env->base);
		list[i] = env;
	}
	*ret_n = n;
	return list;
}
