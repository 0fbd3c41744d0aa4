#include "fake.h"

#include <check.h>

#include "proto/frame.h"

static void send_env(struct fake *f, uint64_t id, Suandian__V1__Envelope *env)
{
	struct buf b;

	env->id = id;
	buf_init(&b, 0);
	ck_assert_int_eq(codec_encode(&b, env), 0);
	if (f->peer)
		(void)stream_write(f->peer, buf_peek(&b), buf_avail(&b));
	buf_fini(&b);
}

static void send_ok(struct fake *f, uint64_t id)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	Suandian__V1__Ok ok = SUANDIAN__V1__OK__INIT;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_OK;
	env.ok = &ok;
	send_env(f, id, &env);
}

static void welcome(struct fake *f, uint64_t id)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	Suandian__V1__Welcome w = SUANDIAN__V1__WELCOME__INIT;
	Suandian__V1__Limits limits = SUANDIAN__V1__LIMITS__INIT;
	Suandian__V1__Error error = SUANDIAN__V1__ERROR__INIT;

	f->hellos++;
	error.code = (char *)"DENIED";
	error.text = (char *)"not you";
	limits.max_frame_bytes = 1 << 20;
	limits.max_in_flight = 32;
	limits.credit_bytes = 1 << 20;
	limits.max_batch = 10000;
	w.api_major = 1;
	w.limits = &limits;
	w.driven_clock = f->driven;
	env.body_case =
		f->deny ? SUANDIAN__V1__ENVELOPE__BODY_ERROR : SUANDIAN__V1__ENVELOPE__BODY_WELCOME;
	if (f->deny)
		env.error = &error;
	else
		env.welcome = &w;
	send_env(f, id, &env);
}

static void number(struct fake *f, uint64_t id, const Suandian__V1__DeclarePoints *points)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	Suandian__V1__PointsDeclared d = SUANDIAN__V1__POINTS_DECLARED__INIT;
	uint32_t ids[16];

	ck_assert_uint_le(points->n_points, 16);
	f->declared++;
	d.n_id = points->n_points;
	d.id = ids;
	for (size_t i = 0; i < d.n_id; i++)
		ids[i] = (uint32_t)i + 101;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_POINTS_DECLARED;
	env.points_declared = &d;
	send_env(f, id, &env);
}

void fake_ack_samples(struct fake *f)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	Suandian__V1__SamplesAck a = SUANDIAN__V1__SAMPLES_ACK__INIT;

	a.epoch = f->last_epoch;
	a.seq = f->last_seq;
	a.credit_bytes = 1 << 20;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_SAMPLES_ACK;
	env.samples_ack = &a;
	send_env(f, 0, &env);
}

static void take(struct fake *f, const Suandian__V1__Envelope *env)
{
	switch (env->body_case) {
	case SUANDIAN__V1__ENVELOPE__BODY_HELLO:
		welcome(f, env->id);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_DECLARE_POINTS:
		number(f, env->id, env->declare_points);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_PUSH_SAMPLES:
		f->pushes++;
		f->last_seq = env->push_samples->seq;
		f->last_epoch = env->push_samples->epoch;
		if (!f->withhold_acks)
			fake_ack_samples(f);
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_SUBSCRIBE_DECISIONS:
		f->subscription = env->id;
		break;
	case SUANDIAN__V1__ENVELOPE__BODY_ACK_DECISION:
		f->acks++;
		f->last_ack = *env->ack_decision;
		f->last_ack.reason = NULL;
		send_ok(f, env->id);
		break;
	default:
		f->healths += env->body_case == SUANDIAN__V1__ENVELOPE__BODY_HEALTH;
		send_ok(f, env->id);
		break;
	}
}

static int consume(void *owner, const uint8_t *p, size_t n, size_t *ret_used)
{
	struct fake *f = owner;
	Suandian__V1__Envelope *env;
	struct frame frame;

	if (frame_split(p, n, &frame) != FRAME_READY)
		return 0;
	arena_reset(&f->arena);
	ck_assert_int_eq(codec_decode(&f->arena, frame.body, frame.len, &env, NULL), 0);
	*ret_used = frame.size;
	take(f, env);
	if (f->on_change)
		f->on_change(f);
	return 0;
}

static void closed(void *owner, int reason)
{
	struct fake *f = owner;

	(void)reason;
	f->peer = NULL;
	f->subscription = 0;
	if (f->on_change)
		f->on_change(f);
}

static const struct stream_ops ops = {.consume = consume, .closed = closed};

static void accepted(void *owner, struct stream *s)
{
	struct fake *f = owner;

	ck_assert_ptr_null(f->peer);
	f->peer = s;
	stream_start(s, &ops, f, NULL);
}

void fake_start(struct fake *f, struct loop *loop, const char *path)
{
	f->loop = loop;
	arena_init(&f->arena, (size_t)8 << 20);
	ck_assert_int_eq(listener_new_path(loop, path, 0600, accepted, f, &f->listener), 0);
}

void fake_drop(struct fake *f)
{
	if (f->peer)
		stream_close(f->peer, ERR_CLOSED);
}

void fake_stop(struct fake *f)
{
	fake_drop(f);
	listener_close(f->listener, NULL, NULL);
	arena_fini(&f->arena);
}

void fake_decide(struct fake *f, uint64_t id, int64_t power_w, int64_t valid_for_ms,
		 int64_t fallback_w)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	Suandian__V1__Decision d = SUANDIAN__V1__DECISION__INIT;
	Suandian__V1__Action action = SUANDIAN__V1__ACTION__INIT;
	Suandian__V1__Action fallback = SUANDIAN__V1__ACTION__INIT;

	action.what_case = fallback.what_case = SUANDIAN__V1__ACTION__WHAT_POWER_W;
	action.power_w = power_w;
	fallback.power_w = fallback_w;
	d.id = id;
	d.asset = (char *)"site/bess";
	d.action = &action;
	d.fallback = &fallback;
	d.valid_for_ms = valid_for_ms;
	d.valid_until_ms = valid_for_ms;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_DECISION;
	env.decision = &d;
	ck_assert_uint_ne(f->subscription, 0);
	send_env(f, f->subscription, &env);
}
