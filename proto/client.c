/* The connection: its states, bytes in and out, time. */
#include "proto/client.h"

#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "proto/batch.h"
#include "proto/client_priv.h"
#include "proto/codec.h"
#include "proto/frame.h"

/* What holds until a Welcome says otherwise. */
#define DEFAULT_IN_FLIGHT 64
#define DEFAULT_BATCH 10000
#define DEFAULT_CREDIT ((uint64_t)256 << 10)
/* A frame limit of a Welcome below this would leave no room for one sample. */
#define FRAME_FLOOR (2 * (size_t)BATCH_HEAD_MAX)
/* Samples are moved to the output while it is shorter: enough for one write to be worth it. */
#define OUT_TARGET ((size_t)64 << 10)

/* ---- Life ---------------------------------------------------------------------------------------- */

static int copy_options(struct client *c, const struct client_options *o)
{
	c->role = strdup(o->role);
	c->name = strdup(o->name);
	c->build = strdup(o->build ? o->build : "");
	c->epoch = o->epoch;
	c->hello_timeout_ms = o->hello_timeout_ms ? o->hello_timeout_ms : CLIENT_HELLO_TIMEOUT_MS;
	return c->role && c->name && c->build ? 0 : -ENOMEM;
}

void client_set_limits(struct client *c, const Suandian__V1__Limits *l)
{
	c->max_in_flight = l && l->max_in_flight ? l->max_in_flight : DEFAULT_IN_FLIGHT;
	c->max_batch = l && l->max_batch ? l->max_batch : DEFAULT_BATCH;
	c->max_frame = l && l->max_frame_bytes ? l->max_frame_bytes : FRAME_BODY_MAX;
	c->max_frame = c->max_frame < FRAME_BODY_MAX ? c->max_frame : FRAME_BODY_MAX;
	c->max_frame = c->max_frame > FRAME_FLOOR ? c->max_frame : FRAME_FLOOR;
	c->idle_timeout_ms = l ? l->idle_timeout_ms : 0;
}

int client_new(const struct client_options *options, const struct client_events *events,
	       struct client **ret)
{
	struct client *c = calloc(1, sizeof(*c));

	REQUIRE(options->role && options->name);
	if (!c)
		return -ENOMEM;
	if (events)
		c->events = *events;
	c->next_id = 1;
	c->beat_ms = INT64_MAX;
	buf_init(&c->in, 0);
	buf_init(&c->out, 0);
	buf_init(&c->scratch, FRAME_MAX);
	arena_init(&c->decoded, CODEC_BUDGET(FRAME_BODY_MAX) * 2);
	arena_init(&c->building, CODEC_BUDGET(FRAME_BODY_MAX));
	arena_init(&c->points.arena, CODEC_BUDGET(FRAME_BODY_MAX) * 2);
	arena_init(&c->subscription.arena, CODEC_BUDGET(FRAME_BODY_MAX) * 2);
	requests_init(&c->requests);
	leases_init(&c->leases, CLIENT_ASSETS_MAX);
	spool_init(&c->spool, options->spool_bytes ? options->spool_bytes : CLIENT_SPOOL_DEFAULT);
	client_set_limits(c, NULL);
	if (copy_options(c, options) < 0) {
		client_free(c);
		return -ENOMEM;
	}
	*ret = c;
	return 0;
}

void client_free(struct client *c)
{
	if (!c)
		return;
	client_samples_fini(c);
	requests_fini(&c->requests);
	leases_fini(&c->leases);
	arena_fini(&c->subscription.arena);
	arena_fini(&c->points.arena);
	arena_fini(&c->building);
	arena_fini(&c->decoded);
	buf_fini(&c->scratch);
	buf_fini(&c->out);
	buf_fini(&c->in);
	free(c->build);
	free(c->name);
	free(c->role);
	free(c);
}

int client_stand(struct client *c, struct standing *s, const ProtobufCMessage *message)
{
	size_t n = protobuf_c_message_get_packed_size(message);
	uint8_t *bytes;

	/* beside the message there is the envelope */
	if (n > FRAME_BODY_MAX - BATCH_HEAD_MAX)
		return ERR_INVALID;
	buf_reset(&c->scratch);
	bytes = buf_reserve(&c->scratch, n);
	if (!bytes)
		return c->scratch.err;
	protobuf_c_message_pack(message, bytes);
	arena_reset(&s->arena);
	s->message = NULL;
	return codec_decode_message(&s->arena, message->descriptor, bytes, n, &s->message, NULL);
}

/* ---- Faults and states --------------------------------------------------------------------------- */

void client_note(struct client *c, const struct fault *fault)
{
	if (c->events.on_fault)
		c->events.on_fault(c->events.arg, fault, false);
}

int client_fail(struct client *c, int code, const char *prefix, const char *text)
{
	c->state = CLIENT_CLOSING;
	fault_set(&c->fault, code, "%s%s", prefix, text);
	if (c->events.on_fault)
		c->events.on_fault(c->events.arg, &c->fault, true);
	return code;
}

enum client_state client_get_state(const struct client *c)
{
	return c->state;
}

const struct fault *client_get_fault(const struct client *c)
{
	return &c->fault;
}

void client_set_now(struct client *c, int64_t now_ms)
{
	c->now_ms = max_i64(c->now_ms, now_ms);
}

void client_connected(struct client *c, int64_t now_ms)
{
	Suandian__V1__Hello hello = SUANDIAN__V1__HELLO__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	REQUIRE(c->state == CLIENT_IDLE);
	client_set_now(c, now_ms);
	c->state = CLIENT_HELLO;
	c->fault = (struct fault){0};
	c->hello_due_ms = c->now_ms + c->hello_timeout_ms;
	hello.api_major = CLIENT_API_MAJOR;
	hello.api_minor = CLIENT_API_MINOR;
	hello.role = c->role;
	hello.name = c->name;
	hello.build = c->build;
	env.id = c->next_id++;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_HELLO;
	env.hello = &hello;
	/* A failure stays in c->out.err and closes the connection at the next tick. */
	if (codec_encode(&c->out, &env) == 0)
		c->stats.frames_out++;
}

void client_disconnected(struct client *c)
{
	if (c->state == CLIENT_IDLE)
		return;
	c->state = CLIENT_IDLE;
	c->beat_ms = INT64_MAX;
	buf_reset(&c->in);
	buf_reset(&c->out);
	spool_rewind(&c->spool);
	client_requests_lost(c);
}

/* ---- Time ---------------------------------------------------------------------------------------- */

int64_t client_lease_now_ms(const struct client *c)
{
	return c->driven ? c->engine_ms : c->now_ms;
}

bool client_is_driven(const struct client *c)
{
	return c->driven;
}

int64_t client_get_engine_ms(const struct client *c)
{
	return c->engine_ms;
}

/* What a frame tells about engine time is learnt while its neighbours, of the same instant, may still be on their
 * way: they may renew a lease that ends now. So a lease ends only when a later time has been seen. */
void client_end_leases(struct client *c)
{
	int64_t now_ms = client_lease_now_ms(c);

	client_decisions_end(c, c->driven && now_ms > INT64_MIN ? now_ms - 1 : now_ms);
}

void client_set_engine_ms(struct client *c, int64_t engine_ms)
{
	c->engine_ms = max_i64(c->engine_ms, engine_ms);
	if (c->driven)
		client_decisions_end(c, c->engine_ms);
}

void client_keep_alive(struct client *c)
{
	Suandian__V1__Health health = SUANDIAN__V1__HEALTH__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	if (c->state != CLIENT_READY || c->idle_timeout_ms == 0)
		return;
	if (!c->wrote && c->now_ms >= c->beat_ms) {
		env.body_case = SUANDIAN__V1__ENVELOPE__BODY_HEALTH;
		env.health = &health;
		(void)client_request_own(c, &env, NULL, NULL, NULL);
	}
	/* Looked at three times per term, so a silence is never longer than two thirds of it. */
	if (c->wrote || c->now_ms >= c->beat_ms)
		c->beat_ms = c->now_ms + max_i64(c->idle_timeout_ms / 3, 1);
	c->wrote = false;
}

int client_tick(struct client *c, int64_t now_ms)
{
	client_set_now(c, now_ms);
	if (c->state == CLIENT_HELLO && c->now_ms >= c->hello_due_ms)
		client_fail(c, ERR_TIMEOUT, "", "no Welcome came");
	if (c->out.err && c->state != CLIENT_IDLE && c->state != CLIENT_CLOSING)
		client_fail(c, c->out.err, "output: ", err_text(c->out.err));
	client_requests_due(c);
	client_keep_alive(c);
	client_end_leases(c);
	return c->state == CLIENT_CLOSING ? c->fault.code : 0;
}

int64_t client_next_tick_ms(const struct client *c)
{
	int64_t next_ms = min_i64(requests_next_ms(&c->requests), c->beat_ms);

	if (c->state == CLIENT_HELLO)
		next_ms = min_i64(next_ms, c->hello_due_ms);
	if (!c->driven)
		next_ms = min_i64(next_ms, leases_next_ms(&c->leases));
	return next_ms;
}

/* ---- Frames out ---------------------------------------------------------------------------------- */

static void move_samples(struct client *c)
{
	const struct batch *b;

	while (!c->out.err && buf_avail(&c->out) < OUT_TARGET && (b = spool_send(&c->spool))) {
		if (buf_append(&c->out, b->frame, b->size) < 0)
			return;
		c->sent_seq = b->seq > c->sent_seq ? b->seq : c->sent_seq;
		c->stats.frames_out++;
	}
}

const uint8_t *client_next_out(struct client *c, size_t *ret_n)
{
	if (c->state == CLIENT_READY)
		move_samples(c);
	*ret_n = c->state == CLIENT_IDLE || c->out.err ? 0 : buf_avail(&c->out);
	return *ret_n ? buf_peek(&c->out) : NULL;
}

void client_sent(struct client *c, size_t n)
{
	buf_consume(&c->out, n);
	c->wrote = c->wrote || n > 0;
}

void client_get_stats(const struct client *c, struct client_stats *ret)
{
	*ret = c->stats;
	ret->batches_acked = c->spool.acked;
	ret->batches_resent = c->spool.resent;
	ret->batches_dropped = c->spool.dropped;
	ret->samples_dropped = c->spool.dropped_samples;
	ret->batches_refused = c->spool.refused;
	ret->spool_bytes = c->spool.bytes;
	ret->in_flight_bytes = c->spool.in_flight_bytes;
	ret->last_seq = c->last_seq;
	ret->acked_seq = c->acked_seq;
}
