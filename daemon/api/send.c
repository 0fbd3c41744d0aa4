#include "api/send.h"

#include <errno.h>

#include "proto/codec.h"
#include "proto/frame.h"

/* Kept between answers; one that was larger gives its memory back. */
#define SCRATCH_KEPT ((size_t)256 << 10)

static int encode_and_write(struct core *core, struct stream *stream,
			    const Suandian__V1__Envelope *env)
{
	struct buf *b = &core->scratch;

	buf_reset(b);
	int rc = codec_encode(b, env);
	if (rc == 0) {
		core->n.frames_out++;
		(void)stream_write(stream, buf_peek(b), buf_avail(b));
	} else if (rc != ERR_INVALID) {
		stream_close(stream, rc);
	}
	if (b->size > SCRATCH_KEPT) {
		buf_fini(b);
		buf_init(b, 0);
	}
	return rc;
}

void send_envelope(struct core *core, struct stream *stream, const Suandian__V1__Envelope *env)
{
	struct refusal r = {0};

	if (encode_and_write(core, stream, env) != ERR_INVALID)
		return;
	refuse(&r, ERR_FULL, "", "the answer is larger than a frame of %zu bytes: ask for less",
	       FRAME_BODY_MAX);
	send_error(core, stream, env->id, &r);
}

/* The wire knows our own codes only. */
static int code_on_wire(int code)
{
	if (code <= ERR_MALFORMED)
		return code;
	return code == -ENOMEM ? ERR_FULL : ERR_STORE;
}

void send_error(struct core *core, struct stream *stream, uint64_t id, const struct refusal *r)
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
	core->n.errors++;
	(void)encode_and_write(core, stream, &env);
}
