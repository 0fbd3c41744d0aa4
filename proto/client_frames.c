/* Frames from the daemon. */
#include "proto/client_priv.h"
#include "proto/codec.h"
#include "proto/frame.h"

/* Where a Welcome gives no limits. */
#define DEFAULT_CREDIT ((uint64_t)256 << 10)

static int64_t engine_ms_in(const Suandian__V1__Envelope *env)
{
	switch (env->body_case) {
	case SUANDIAN__V1__ENVELOPE__BODY_OK:
		return env->ok->t_ms;
	case SUANDIAN__V1__ENVELOPE__BODY_CLOCK_CLAIMED:
		return env->clock_claimed->now_ms;
	case SUANDIAN__V1__ENVELOPE__BODY_QUIESCENT:
		return env->quiescent->t_ms;
	case SUANDIAN__V1__ENVELOPE__BODY_LATEST_VALUES:
		return env->latest_values->now_ms;
	case SUANDIAN__V1__ENVELOPE__BODY_HEALTH_REPORT:
		return env->health_report->now_ms;
	default:
		return INT64_MIN;
	}
}

/* Leases go on over a change of clock (a daemon restarted in the other mode) with what remains of them. */
static void set_clock(struct client *c, const Suandian__V1__Welcome *w)
{
	int64_t before_ms = client_lease_now_ms(c);
	int64_t shift_ms;

	c->engine_ms = max_i64(c->engine_ms, w->server_time_ms);
	if (c->driven == (w->driven_clock != 0))
		return;
	c->driven = w->driven_clock;
	if (!__builtin_sub_overflow(client_lease_now_ms(c), before_ms, &shift_ms))
		leases_shift(&c->leases, shift_ms);
}

static int welcome(struct client *c, const Suandian__V1__Welcome *w)
{
	int r;

	if (w->api_major != CLIENT_API_MAJOR)
		return client_fail(c, ERR_VERSION, "", "the daemon speaks another major version");
	c->state = CLIENT_READY;
	set_clock(c, w);
	client_set_limits(c, w->limits);
	c->spool.credit = w->limits ? w->limits->credit_bytes : DEFAULT_CREDIT;
	c->wrote = true;
	client_keep_alive(c);
	r = client_samples_open(c);
	if (r == 0)
		r = client_decisions_open(c);
	if (r == 0)
		r = client_requests_open(c);
	if (r < 0)
		return client_fail(c, r, "after Welcome: ", err_text(r));
	if (c->events.on_welcome)
		c->events.on_welcome(c->events.arg, w);
	return 0;
}

static int handle_hello(struct client *c, const Suandian__V1__Envelope *env)
{
	switch (env->body_case) {
	case SUANDIAN__V1__ENVELOPE__BODY_WELCOME:
		return welcome(c, env->welcome);
	case SUANDIAN__V1__ENVELOPE__BODY_ERROR:
		return client_fail(c, codec_error_code(env->error->code), "Hello refused: ",
				   env->error->text[0] ? env->error->text : env->error->code);
	case SUANDIAN__V1__ENVELOPE__BODY_GOODBYE:
		return client_fail(c, ERR_CLOSED, "Goodbye: ", env->goodbye->text);
	default:
		return client_fail(c, ERR_MALFORMED, "",
				   "neither Welcome nor Error in answer to Hello");
	}
}

static int handle_ready(struct client *c, const Suandian__V1__Envelope *env)
{
	struct fault fault = {0};

	switch (env->body_case) {
	case SUANDIAN__V1__ENVELOPE__BODY_GOODBYE:
		return client_fail(c, ERR_CLOSED, "Goodbye: ", env->goodbye->text);
	case SUANDIAN__V1__ENVELOPE__BODY_SAMPLES_ACK:
		client_samples_acked(c, env->samples_ack);
		return 0;
	case SUANDIAN__V1__ENVELOPE__BODY_ERROR:
		if (client_samples_refused(c, env->error))
			return 0;
		if (env->id == 0) {
			fault_set(&fault, codec_error_code(env->error->code), "%s",
				  env->error->text);
			client_note(c, &fault);
			return 0;
		}
		break;
	default:
		break;
	}
	client_requests_answer(c, env);
	return 0;
}

static int handle_frame(struct client *c, const uint8_t *body, size_t len)
{
	Suandian__V1__Envelope *env;
	struct fault fault = {0};
	int64_t engine_ms;
	int r;

	arena_reset(&c->decoded);
	r = codec_decode(&c->decoded, body, len, &env, &fault);
	if (r < 0)
		return client_fail(c, r, "", fault.text);
	c->stats.frames_in++;
	engine_ms = engine_ms_in(env);
	r = c->state == CLIENT_HELLO ? handle_hello(c, env) : handle_ready(c, env);
	c->engine_ms = max_i64(c->engine_ms, engine_ms);
	return r;
}

/* Handles the whole frames; *ret_used: bytes of them. */
static int handle_bytes(struct client *c, const uint8_t *p, size_t n, size_t *ret_used)
{
	enum frame_status status;
	struct frame f;
	size_t at = 0;
	int r = 0;

	while (r == 0 && (status = frame_split(p + at, n - at, &f)) != FRAME_NEED_MORE) {
		if (status == FRAME_MALFORMED)
			return client_fail(c, ERR_MALFORMED, "frame: ", f.reason);
		r = handle_frame(c, f.body, f.len);
		at += f.size;
	}
	*ret_used = at;
	return r;
}

int client_feed(struct client *c, const uint8_t *p, size_t n, int64_t now_ms)
{
	size_t used = 0;
	int r;

	if (c->state != CLIENT_HELLO && c->state != CLIENT_READY)
		return c->fault.code ? c->fault.code : ERR_CLOSED;
	client_set_now(c, now_ms);
	if (buf_avail(&c->in) == 0) {
		r = handle_bytes(c, p, n, &used);
		if (r == 0 && buf_append(&c->in, p + used, n - used) < 0)
			r = client_fail(c, c->in.err, "input: ", err_text(c->in.err));
	} else {
		if (buf_append(&c->in, p, n) < 0)
			return client_fail(c, c->in.err, "input: ", err_text(c->in.err));
		r = handle_bytes(c, buf_peek(&c->in), buf_avail(&c->in), &used);
		if (r == 0)
			buf_consume(&c->in, used);
	}
	client_end_leases(c);
	return r;
}
