#include "api/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/limits.h"
#include "api/send.h"
#include "base/clock.h"
#include "base/log.h"
#include "proto/codec.h"
#include "proto/frame.h"

/* ---- The end ----------------------------------------------------------------------------------- */

static void detach_all(struct session *s)
{
	while (!list_is_empty(&s->attachments)) {
		struct attachment *a = list_entry(s->attachments.next, struct attachment, node);

		list_remove(&a->node);
		a->ops->detach(a);
	}
}

static void on_stream_closed(void *owner, int reason)
{
	struct session *s = owner;

	log_debug("api", "session ended id=%" PRIu64 " user=%s reason=%s", s->id, s->peer.who,
		  err_name(reason));
	s->state = SESSION_ENDING;
	timer_stop(&s->timer);
	if (s->has_clock)
		engine_release_clock(s->core->engine, s->id);
	detach_all(s);
	list_remove(&s->node);
	s->core->n_sessions--;
	s->ops->on_closed(s);
	peer_fini(&s->peer);
	free(s);
}

void session_finish(struct session *s, int code)
{
	if (s->state == SESSION_ENDING)
		return;
	s->state = SESSION_ENDING;
	timer_stop(&s->timer);
	stream_finish(s->stream, code);
}

void session_close(struct session *s, int code)
{
	s->state = SESSION_ENDING;
	timer_stop(&s->timer);
	stream_close(s->stream, code);
}

void session_end(struct session *s, int code, const char *fmt, ...)
{
	Suandian__V1__Goodbye body = SUANDIAN__V1__GOODBYE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	char text[160];
	va_list args;

	if (!session_is_open(s))
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	body.code = (char *)err_name(code);
	body.text = text;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_GOODBYE;
	env.goodbye = &body;
	send_envelope(s->core, s->stream, &env);
	s->core->n.goodbyes++;
	session_finish(s, code);
}

bool session_is_open(const struct session *s)
{
	return s->state != SESSION_ENDING && !stream_is_closing(s->stream);
}

/* ---- Time -------------------------------------------------------------------------------------- */

static int64_t next_check_ms(const struct session *s)
{
	int64_t due_ms =
		s->heard_ms + (s->state == SESSION_HELLO ? HELLO_TIMEOUT_MS : IDLE_TIMEOUT_MS);

	return s->partial_ms ? min_i64(due_ms, s->partial_ms + FRAME_TIMEOUT_MS) : due_ms;
}

/* A session that we do not read cannot be blamed for its silence. */
static void on_timer(void *arg)
{
	struct session *s = arg;
	int64_t now_ms = clock_mono_ms();

	if (s->blocked || session_is_congested(s))
		s->heard_ms = now_ms;
	if (next_check_ms(s) > now_ms)
		timer_start_at(&s->timer, next_check_ms(s));
	else if (s->state == SESSION_HELLO)
		session_end(s, ERR_TIMEOUT, "no Hello came");
	else if (s->partial_ms && now_ms >= s->partial_ms + FRAME_TIMEOUT_MS)
		session_end(s, ERR_TIMEOUT, "a frame was not completed in time");
	else
		session_end(s, ERR_TIMEOUT, "nothing was heard for %d s",
			    (int)(IDLE_TIMEOUT_MS / MS_PER_S));
}

/* ---- Frames ------------------------------------------------------------------------------------ */

static void note_partial(struct session *s)
{
	if (s->partial_ms)
		return;
	s->partial_ms = clock_mono_ms();
	timer_start_at(&s->timer, next_check_ms(s));
}

static int broken(struct session *s, size_t n, int code, const char *text, size_t *ret_used)
{
	struct refusal r = {0};

	s->core->n.malformed++;
	refuse(&r, code, "", "%s; closing the connection", text);
	send_error(s->core, s->stream, 0, &r);
	session_finish(s, code);
	*ret_used = n;
	return 0;
}

static int take_frame(struct session *s, const struct frame *f, size_t n, size_t *ret_used)
{
	Suandian__V1__Envelope *env;
	struct fault fault = {0};

	arena_reset(&s->core->in);
	int rc = codec_decode(&s->core->in, f->body, f->len, &env, &fault);
	if (rc < 0)
		return broken(s, n, rc, fault.text, ret_used);
	s->heard_ms = clock_mono_ms();
	s->partial_ms = 0;
	if (s->state == SESSION_HELLO)
		s->ops->on_hello(s, env);
	else if (s->ops->on_request(s, env) == SESSION_AGAIN)
		return 0;
	s->core->n.frames_in++;
	*ret_used = f->size;
	return 0;
}

static int on_bytes(void *owner, const uint8_t *p, size_t n, size_t *ret_used)
{
	struct session *s = owner;
	struct frame f;

	if (s->state == SESSION_ENDING) {
		*ret_used = n;
		return 0;
	}
	switch (frame_split(p, n, &f)) {
	case FRAME_READY:
		if (s->state == SESSION_HELLO && f.len > HELLO_FRAME_MAX)
			return broken(s, n, ERR_MALFORMED, "a Hello is not so long", ret_used);
		return take_frame(s, &f, n, ret_used);
	case FRAME_MALFORMED:
		return broken(s, n, ERR_MALFORMED, f.reason, ret_used);
	default:
		if (s->state == SESSION_HELLO && f.len > HELLO_FRAME_MAX)
			return broken(s, n, ERR_MALFORMED, "a Hello is not so long", ret_used);
		note_partial(s);
		return 0;
	}
}

static void on_drained(void *owner)
{
	struct session *s = owner;

	list_foreach(it, &s->attachments)
	{
		struct attachment *a = list_entry(it, struct attachment, node);

		if (a->ops->drained)
			a->ops->drained(a);
	}
}

static const struct stream_ops stream_ops = {on_bytes, on_drained, on_stream_closed};

int session_new(struct core *core, const struct session_ops *ops, struct stream *stream,
		enum door door, struct session **ret)
{
	struct session *s = calloc(1, sizeof(*s));

	if (!s) {
		stream_close(stream, -ENOMEM);
		return -ENOMEM;
	}
	list_init(&s->node);
	list_init(&s->attachments);
	s->core = core;
	s->ops = ops;
	s->stream = stream;
	s->door = door;
	s->id = ++core->last_session;
	snprintf(s->peer.who, sizeof(s->peer.who), "?");
	s->heard_ms = clock_mono_ms();
	timer_init(&s->timer, core->loop, "session", on_timer, s);
	timer_start_at(&s->timer, next_check_ms(s));
	core->n_sessions++;
	core->n.accepted++;
	*ret = s;
	stream_start(stream, &stream_ops, s, NULL);
	return 0;
}

void session_enter(struct session *s, enum access_role role, const char *name)
{
	s->state = SESSION_READY;
	s->role = role;
	snprintf(s->name, sizeof(s->name), "%s", name);
	timer_start_at(&s->timer, next_check_ms(s));
}

/* ---- Flow -------------------------------------------------------------------------------------- */

void session_block(struct session *s, enum block why)
{
	if (!s->blocked)
		stream_pause(s->stream);
	s->blocked |= (unsigned)why;
}

void session_unblock(struct session *s, enum block why)
{
	if (!s->blocked)
		return;
	s->blocked &= ~(unsigned)why;
	if (!s->blocked)
		stream_resume(s->stream);
}

bool session_is_congested(const struct session *s)
{
	return stream_is_congested(s->stream);
}

void session_begin_request(struct session *s)
{
	s->in_flight++;
}

void session_end_request(struct session *s)
{
	s->in_flight--;
	session_unblock(s, BLOCK_IN_FLIGHT);
}

/* ---- Attachments ------------------------------------------------------------------------------- */

void session_attach(struct session *s, struct attachment *a, const struct attachment_ops *ops,
		    uint64_t id)
{
	a->ops = ops;
	a->id = id;
	list_insert(&s->attachments, &a->node);
}

struct attachment *session_find(const struct session *s, uint64_t id)
{
	list_foreach(it, &s->attachments)
	{
		struct attachment *a = list_entry(it, struct attachment, node);

		if (a->id == id)
			return a;
	}
	return NULL;
}

bool session_may_speak_for(const struct session *s, const char *source)
{
	struct access_peer peer = peer_access(&s->peer);

	return configuration_allows(engine_configuration(s->core->engine), &peer, ROLE_ADAPTER,
				    source);
}
