#include "peer.h"

#include <stdio.h>
#include <string.h>

#include "proto/codec.h"
#include "proto/frame.h"

/* -- what the client tells -- */

static void on_welcome(void *arg, const Suandian__V1__Welcome *w)
{
	struct peer *p = arg;

	(void)w;
	p->welcomes++;
}

static void on_points(void *arg, const uint32_t *id, size_t n)
{
	struct peer *p = arg;

	ck_assert_uint_le(n, ARRAY_SIZE(p->points));
	memcpy(p->points, id, n * sizeof(*id));
	p->n_points = n;
	p->n_points_calls++;
}

static void note(struct peer *p, char what, const Suandian__V1__Decision *d,
		 const Suandian__V1__Action *a)
{
	struct peer_note *n = &p->notes[p->n_notes++];

	ck_assert_int_le(p->n_notes, PEER_NOTES_MAX);
	*n = (struct peer_note){.what = what, .id = d->id};
	snprintf(n->asset, sizeof(n->asset), "%s", d->asset);
	n->has_power = a && a->what_case == SUANDIAN__V1__ACTION__WHAT_POWER_W;
	n->power_w = n->has_power ? a->power_w : 0;
}

static void on_decision(void *arg, const Suandian__V1__Decision *d)
{
	note(arg, 'd', d, d->action);
}

static void on_fallback(void *arg, const Suandian__V1__Decision *d)
{
	note(arg, 'f', d, d->fallback);
}

static void on_fault(void *arg, const struct fault *fault, bool closing)
{
	struct peer *p = arg;

	p->n_faults++;
	p->fault = *fault;
	p->closing = closing;
}

void peer_start(struct peer *p, size_t spool_bytes)
{
	struct client_events events = {on_welcome,  on_points, on_decision,
				       on_fallback, on_fault,  p};
	struct client_options options = {.role = "adapter",
					 .name = "test",
					 .build = "of the test",
					 .epoch = 77,
					 .spool_bytes = spool_bytes};

	*p = (struct peer){.now_ms = 1000000};
	rng_init(&p->rng, rng_seed(0x9ee2));
	arena_init(&p->arena, (size_t)256 << 20);
	ck_assert_int_eq(client_new(&options, &events, &p->c), 0);
}

void peer_stop(struct peer *p)
{
	client_free(p->c);
	arena_fini(&p->arena);
}

/* -- frames of the client -- */

static void take_frames(struct peer *p, struct buf *in)
{
	struct frame f;
	enum frame_status s;

	while ((s = frame_split(buf_peek(in), buf_avail(in), &f)) == FRAME_READY) {
		struct fault fault = {0};

		ck_assert_uint_lt(p->n_got, PEER_FRAMES_MAX);
		ck_assert_msg(codec_decode(&p->arena, f.body, f.len, &p->got[p->n_got++], &fault) ==
				      0,
			      "%s", fault.text);
		buf_consume(in, f.size);
	}
	ck_assert_int_eq(s, FRAME_NEED_MORE);
	ck_assert_uint_eq(buf_avail(in), 0);
}

/* Takes all there is, in pieces as a socket would. */
static void pump(struct peer *p)
{
	struct buf in;
	const uint8_t *out;
	size_t n;

	buf_init(&in, 0);
	while ((out = client_next_out(p->c, &n))) {
		size_t part = rng_below(&p->rng, n) + 1;
		ck_assert_int_eq(buf_append(&in, out, part), 0);
		client_sent(p->c, part);
	}
	ck_assert_uint_eq(n, 0);
	take_frames(p, &in);
	buf_fini(&in);
}

Suandian__V1__Envelope *peer_take(struct peer *p, int body_case)
{
	Suandian__V1__Envelope *env;

	pump(p);
	ck_assert_msg(p->n_taken < p->n_got, "the client says nothing; expected %s",
		      codec_body_name((uint32_t)body_case));
	env = p->got[p->n_taken++];
	ck_assert_msg((int)env->body_case == body_case, "the client says %s; expected %s",
		      codec_body_name(codec_body_number(env)),
		      codec_body_name((uint32_t)body_case));
	ck_assert_uint_gt(env->id, 0);
	return env;
}

void peer_expect_silence(struct peer *p)
{
	pump(p);
	if (p->n_taken < p->n_got)
		ck_abort_msg("the client says %s",
			     codec_body_name(codec_body_number(p->got[p->n_taken])));
}

/* -- frames of ours -- */

int peer_say(struct peer *p, uint64_t id, Suandian__V1__Envelope *env)
{
	struct buf out;
	int r = 0;

	buf_init(&out, 0);
	env->id = id;
	ck_assert_int_eq(codec_encode(&out, env), 0);
	while (r == 0 && buf_avail(&out) > 0) {
		size_t n = rng_below(&p->rng, buf_avail(&out)) + 1;
		r = client_feed(p->c, buf_peek(&out), n, p->now_ms);
		buf_consume(&out, n);
	}
	buf_fini(&out);
	return r;
}

int peer_say_ok(struct peer *p, uint64_t id)
{
	Suandian__V1__Ok ok = SUANDIAN__V1__OK__INIT;

	return PEER_SAY(p, id, ok, OK, &ok);
}

int peer_say_error(struct peer *p, uint64_t id, const char *code, const char *text, uint64_t seq)
{
	Suandian__V1__Error error = SUANDIAN__V1__ERROR__INIT;

	error.code = (char *)code;
	error.text = (char *)text;
	error.seq = seq;
	return PEER_SAY(p, id, error, ERROR, &error);
}

int peer_say_ack(struct peer *p, uint64_t seq, uint64_t credit)
{
	Suandian__V1__SamplesAck ack = SUANDIAN__V1__SAMPLES_ACK__INIT;

	ack.source = "test";
	ack.epoch = 77;
	ack.seq = seq;
	ack.credit_bytes = credit;
	return PEER_SAY(p, 0, samples_ack, SAMPLES_ACK, &ack);
}

void peer_connect(struct peer *p)
{
	Suandian__V1__Envelope *env;

	client_connected(p->c, p->now_ms);
	env = peer_take(p, SUANDIAN__V1__ENVELOPE__BODY_HELLO);
	ck_assert_uint_eq(env->hello->api_major, 1);
	ck_assert_str_eq(env->hello->role, "adapter");
	ck_assert_str_eq(env->hello->name, "test");
	ck_assert_str_eq(env->hello->build, "of the test");
	peer_expect_silence(p);
	ck_assert_int_eq(client_get_state(p->c), CLIENT_HELLO);
}

int peer_welcome(struct peer *p, const Suandian__V1__Welcome *w)
{
	Suandian__V1__Welcome mine = SUANDIAN__V1__WELCOME__INIT;
	Suandian__V1__Limits limits = SUANDIAN__V1__LIMITS__INIT;

	limits.max_frame_bytes = 1 << 20;
	limits.max_in_flight = 8;
	limits.credit_bytes = 100000;
	limits.max_batch = 1000;
	if (w)
		mine = *w;
	if (!mine.api_major)
		mine.api_major = 1;
	if (!mine.limits)
		mine.limits = &limits;
	return PEER_SAY(p, 1, welcome, WELCOME, &mine);
}

void peer_ready(struct peer *p)
{
	int welcomes = p->welcomes;

	peer_connect(p);
	ck_assert_int_eq(peer_welcome(p, NULL), 0);
	ck_assert_int_eq(client_get_state(p->c), CLIENT_READY);
	ck_assert_int_eq(p->welcomes, welcomes + 1);
}

void peer_lose(struct peer *p)
{
	client_disconnected(p->c);
	ck_assert_int_eq(client_get_state(p->c), CLIENT_IDLE);
	pump(p);
	p->n_taken = p->n_got = 0;
}

int peer_pass(struct peer *p, int64_t ms)
{
	int64_t until_ms = p->now_ms + ms;
	int64_t next_ms;
	int r = 0;

	while (r == 0 && (next_ms = client_next_tick_ms(p->c)) <= until_ms) {
		p->now_ms = max_i64(p->now_ms, next_ms);
		r = client_tick(p->c, p->now_ms);
	}
	if (r == 0) {
		p->now_ms = until_ms;
		r = client_tick(p->c, p->now_ms);
	}
	return r;
}
