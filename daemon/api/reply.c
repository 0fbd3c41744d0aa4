#include "api/reply.h"

#include "api/session.h"
#include "proto/codec.h"
#include "proto/frame.h"

/* Kept between answers; one that was larger gives its memory back. */
#define SCRATCH_KEPT ((size_t)256 << 10)

static void send_error(struct session *s, uint64_t id, const struct refusal *r);

static void send_frame(struct session *s, const Suandian__V1__Envelope *env)
{
	struct buf *b = &s->core->scratch;

	buf_reset(b);
	int rc = codec_encode(b, env);
	if (rc == 0) {
		s->core->n.frames_out++;
		(void)stream_write(s->stream, buf_peek(b), buf_avail(b));
	} else if (rc == ERR_INVALID) {
		struct refusal r = {0};

		refuse(&r, ERR_FULL, "",
		       "the answer is larger than a frame of %zu bytes: ask for less",
		       FRAME_BODY_MAX);
		send_error(s, env->id, &r);
	} else {
		session_close(s, rc);
	}
	if (b->size > SCRATCH_KEPT) {
		buf_fini(b);
		buf_init(b, 0);
	}
}

void reply(struct session *s, uint64_t id, Suandian__V1__Envelope *env)
{
	if (!session_is_open(s))
		return;
	env->id = id;
	send_frame(s, env);
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

/* The wire knows our own codes only. */
static int code_on_wire(int code)
{
	if (code <= ERR_MALFORMED)
		return code;
	return code == -ENOMEM ? ERR_FULL : ERR_STORE;
}

static void send_error(struct session *s, uint64_t id, const struct refusal *r)
{
	Suandian__V1__Error body = SUANDIAN__V1__ERROR__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	body.code = (char *)err_name(code_on_wire(r->fault.code));
	body.text = (char *)(r->fault.text[0] ? r->fault.text : err_text(r->fault.code));
	body.field = (char *)r->field;
	body.seq = r->seq;
	env.id = id;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_ERROR;
	env.error = &body;
	s->core->n.errors++;
	send_frame(s, &env);
}

void reply_error(struct session *s, uint64_t id, const struct refusal *r)
{
	if (session_is_open(s))
		send_error(s, id, r);
}
