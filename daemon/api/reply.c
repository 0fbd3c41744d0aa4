#include "api/reply.h"

#include "api/send.h"

void reply(struct session *s, uint64_t id, Suandian__V1__Envelope *env)
{
	if (!session_is_open(s))
		return;
	env->id = id;
	send_envelope(s->core, s->stream, env);
}

void reply_ok(struct session *s, uint64_t id)
{
	Suandian__V1__Ok body = SUANDIAN__V1__OK__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	body.t_ms = engine_now(s->core->engine);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_OK;
	env.ok = &body;
	reply(s, id, &env);
}

void reply_error(struct session *s, uint64_t id, const struct refusal *r)
{
	if (session_is_open(s))
		send_error(s->core, s->stream, id, r);
}
