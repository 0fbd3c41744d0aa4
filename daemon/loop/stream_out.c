#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/require.h"
#include "loop/stream_priv.h"

size_t stream_queued(const struct stream *s)
{
	return buf_avail(&s->out) + uv_stream_get_write_queue_size((const uv_stream_t *)&s->pipe);
}

uint64_t stream_bytes_out(const struct stream *s)
{
	return s->bytes_queued - stream_queued(s);
}

bool stream_is_congested(const struct stream *s)
{
	return s->congested;
}

static void mark_stall(struct stream *s)
{
	s->stall_mark = s->bytes_queued;
	timer_start_in(&s->stall, s->limits.stall_ms);
}

/* Everything queued when the timer was started must have gone by now; if it has, the next period
 * is watched. */
static void on_stall(void *arg)
{
	struct stream *s = arg;

	if (stream_bytes_out(s) < s->stall_mark)
		stream_close(s, ERR_TIMEOUT);
	else if (stream_queued(s) > 0)
		mark_stall(s);
}

static void on_sent(uv_write_t *req, int status);

/* The socket is full: libuv sends a copy of the next chunk when it can. */
static int send_later(struct stream *s)
{
	size_t n = buf_avail(&s->out) < STREAM_CHUNK ? buf_avail(&s->out) : STREAM_CHUNK;

	s->chunk = malloc(n);
	if (!s->chunk)
		return -ENOMEM;
	memcpy(s->chunk, buf_peek(&s->out), n);
	uv_buf_t b = uv_buf_init((char *)s->chunk, (unsigned)n);
	int rc = uv_write(&s->req, (uv_stream_t *)&s->pipe, &b, 1, on_sent);
	if (rc < 0) {
		free(s->chunk);
		s->chunk = NULL;
		return rc;
	}
	buf_consume(&s->out, n);
	return 0;
}

/* Sends what the socket takes at once. Calls nothing of the owner's. */
static void send_now(struct stream *s)
{
	if (s->chunk || buf_avail(&s->out) == 0)
		return;
	uv_buf_t b = uv_buf_init((char *)s->out.data + s->out.off, (unsigned)buf_avail(&s->out));
	int n = uv_try_write((uv_stream_t *)&s->pipe, &b, 1);
	if (n > 0)
		buf_consume(&s->out, (size_t)n);
	else if (n < 0 && n != UV_EAGAIN) {
		stream_close(s, n);
		return;
	}
	int rc = buf_avail(&s->out) > 0 ? send_later(s) : 0;
	if (rc < 0)
		stream_close(s, rc);
}

static void update_stall(struct stream *s)
{
	if (stream_queued(s) == 0)
		timer_stop(&s->stall);
	else if (!timer_is_running(&s->stall))
		mark_stall(s);
}

/* After bytes went: from the loop only, since drained() is called. */
static void after_sending(struct stream *s)
{
	size_t queued = stream_queued(s);

	if (s->state == STREAM_CLOSING)
		return;
	update_stall(s);
	if (queued == 0 && s->out.size > STREAM_CHUNK) {
		buf_fini(&s->out);
		buf_init(&s->out, s->limits.out_max);
	}
	if (queued == 0 && s->state == STREAM_FINISHING) {
		stream_close(s, s->reason);
		return;
	}
	if (!s->congested || queued > s->limits.out_high / 2)
		return;
	s->congested = false;
	stream_update_reading(s);
	if (s->state == STREAM_OPEN && s->ops->drained)
		s->ops->drained(s->owner);
}

static void on_sent(uv_write_t *req, int status)
{
	struct stream *s = container_of(req, struct stream, req);

	free(s->chunk);
	s->chunk = NULL;
	if (s->state == STREAM_CLOSING)
		return;
	if (status < 0) {
		stream_close(s, status);
		return;
	}
	send_now(s);
	after_sending(s);
}

static void on_flush(void *arg)
{
	struct stream *s = arg;

	send_now(s);
	after_sending(s);
}

int stream_write(struct stream *s, const void *p, size_t n)
{
	size_t queued;

	REQUIRE(s->ops);
	if (s->state != STREAM_OPEN)
		return ERR_CLOSED;
	int rc = !add_size(stream_queued(s), n, &queued) || queued > s->limits.out_max
			 ? ERR_FULL
			 : buf_append(&s->out, p, n);
	if (rc < 0) {
		stream_close(s, rc);
		return rc;
	}
	s->bytes_queued += n;
	if (buf_avail(&s->out) >= STREAM_FLUSH_AT)
		send_now(s);
	if (s->state != STREAM_OPEN)
		return 0;
	loop_defer(s->loop, &s->flush);
	if (!s->congested && stream_queued(s) > s->limits.out_high) {
		s->congested = true;
		stream_update_reading(s);
	}
	return 0;
}

void stream_finish(struct stream *s, int reason)
{
	REQUIRE(s->ops);
	if (s->state != STREAM_OPEN)
		return;
	s->state = STREAM_FINISHING;
	s->reason = reason;
	stream_update_reading(s);
	loop_defer(s->loop, &s->flush);
}

void stream_out_init(struct stream *s)
{
	buf_init(&s->out, 0);
	defer_init(&s->flush, on_flush, s);
	timer_init(&s->stall, s->loop, "stream (stall)", on_stall, s);
}

void stream_out_fini(struct stream *s)
{
	free(s->chunk);
	buf_fini(&s->out);
}
