#include "loop/stream.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/require.h"
#include "loop/stream_priv.h"

const struct stream_limits stream_limits_default = {
	.in_max = ((size_t)1 << 20) + 16,
	.out_high = (size_t)1 << 20,
	.out_max = (size_t)4 << 20,
	.stall_ms = 10 * MS_PER_S,
	.tick_frames = 64,
	.tick_us = 1000,
};

static bool budget_left(struct stream *s)
{
	if (s->tick != s->loop->tick) {
		s->tick = s->loop->tick;
		s->frames = 0;
		s->spent_us = 0;
	}
	return s->frames < s->limits.tick_frames && s->spent_us < s->limits.tick_us;
}

static bool is_flowing(const struct stream *s)
{
	return s->state == STREAM_OPEN && !s->paused && !s->congested;
}

/* Gives p[0..n) to the owner as far as budget and owner allow; how many bytes were taken. */
static size_t deliver(struct stream *s, const uint8_t *p, size_t n)
{
	size_t off = 0;

	s->hungry = false;
	while (off < n && is_flowing(s) && budget_left(s)) {
		size_t used = 0;
		int64_t start_us = clock_mono_us();
		int rc = s->ops->consume(s->owner, p + off, n - off, &used);
		s->spent_us += clock_mono_us() - start_us;
		s->frames++;
		REQUIRE(used <= n - off);
		if (rc < 0) {
			stream_close(s, rc);
			break;
		}
		off += used;
		if (used == 0) {
			/* one that paused instead of taking the frame is asked again on resume */
			s->hungry = !s->paused;
			break;
		}
	}
	return off;
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *ret_buf)
{
	struct stream *s = container_of((uv_pipe_t *)h, struct stream, pipe);

	(void)suggested;
	*ret_buf = uv_buf_init((char *)s->loop->read_buf, LOOP_READ_SIZE);
}

/* Keeps what was not taken. Bytes that wait, wait in front of those to come. */
static void take_in(struct stream *s, const uint8_t *p, size_t n)
{
	size_t used;
	int rc = 0;

	if (buf_avail(&s->in) == 0) {
		used = deliver(s, p, n);
		if (used < n && s->state == STREAM_OPEN)
			rc = buf_append(&s->in, p + used, n - used);
	} else {
		rc = buf_append(&s->in, p, n);
		if (rc == 0) {
			used = deliver(s, buf_peek(&s->in), buf_avail(&s->in));
			buf_consume(&s->in, used);
		}
	}
	if (rc < 0)
		stream_close(s, rc);
	else if (s->hungry && buf_avail(&s->in) >= s->limits.in_max)
		stream_close(s, ERR_FULL);
}

static void on_read(uv_stream_t *h, ssize_t nread, const uv_buf_t *b)
{
	struct stream *s = container_of((uv_pipe_t *)h, struct stream, pipe);

	if (nread < 0) {
		stream_close(s, nread == UV_EOF ? ERR_CLOSED : (int)nread);
		return;
	}
	if (nread == 0)
		return;
	s->bytes_in += (uint64_t)nread;
	take_in(s, (const uint8_t *)b->base, (size_t)nread);
	stream_update_reading(s);
}

static void on_ready(void *arg)
{
	struct stream *s = arg;

	buf_consume(&s->in, deliver(s, buf_peek(&s->in), buf_avail(&s->in)));
	if (s->hungry && buf_avail(&s->in) >= s->limits.in_max)
		stream_close(s, ERR_FULL);
	stream_update_reading(s);
}

/* A buffer that once held a large frame does not stay with an idle session. */
static void trim(struct buf *b)
{
	if (buf_avail(b) == 0 && b->size > LOOP_READ_SIZE) {
		size_t cap = b->cap;
		buf_fini(b);
		buf_init(b, cap);
	}
}

void stream_update_reading(struct stream *s)
{
	bool backlog = buf_avail(&s->in) > 0 && !s->hungry;
	bool want = is_flowing(s) && !backlog;

	if (s->state == STREAM_CLOSING)
		return;
	if (backlog && is_flowing(s))
		loop_defer(s->loop, &s->ready);
	trim(&s->in);
	if (want == s->reading)
		return;
	s->reading = want;
	if (!want) {
		(void)uv_read_stop((uv_stream_t *)&s->pipe);
		return;
	}
	int rc = uv_read_start((uv_stream_t *)&s->pipe, on_alloc, on_read);
	if (rc < 0)
		stream_close(s, rc);
}

static void on_closed(uv_handle_t *h)
{
	struct stream *s = container_of((uv_pipe_t *)h, struct stream, pipe);
	const struct stream_ops *ops = s->ops;
	void *owner = s->owner;
	int reason = s->reason;

	if (ops)
		ops->closed(owner, reason);
	stream_out_fini(s);
	buf_fini(&s->in);
	free(s);
}

int stream_new(struct loop *loop, int fd, struct stream **ret_stream)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	struct stream *s = calloc(1, sizeof(*s));
	int rc = s ? 0 : -ENOMEM;

	if (s && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		rc = -errno;
	if (!s || rc < 0) {
		(void)close(fd);
		free(s);
		return rc;
	}
	s->loop = loop;
	s->tag.owner = "stream";
	s->peer = (struct stream_peer){.pid = cred.pid, .uid = cred.uid, .gid = cred.gid};
	buf_init(&s->in, 0);
	defer_init(&s->ready, on_ready, s);
	stream_out_init(s);
	(void)uv_pipe_init(&loop->uv, &s->pipe, 0);
	s->pipe.data = &s->tag;
	rc = uv_pipe_open(&s->pipe, fd);
	if (rc < 0) {
		(void)close(fd);
		stream_close(s, rc);
		return rc;
	}
	*ret_stream = s;
	return 0;
}

void stream_start(struct stream *s, const struct stream_ops *ops, void *owner,
		  const struct stream_limits *limits)
{
	REQUIRE(s->state == STREAM_NEW && ops->consume && ops->closed);
	s->ops = ops;
	s->owner = owner;
	s->limits = limits ? *limits : stream_limits_default;
	REQUIRE(s->limits.tick_frames > 0 && s->limits.tick_us > 0);
	s->in.cap = s->limits.in_max + LOOP_READ_SIZE;
	s->out.cap = s->limits.out_max;
	s->state = STREAM_OPEN;
	stream_update_reading(s);
}

void stream_pause(struct stream *s)
{
	s->paused = true;
	stream_update_reading(s);
}

void stream_resume(struct stream *s)
{
	s->paused = false;
	stream_update_reading(s);
}

struct stream_peer stream_get_peer(const struct stream *s)
{
	return s->peer;
}

void stream_close(struct stream *s, int reason)
{
	if (s->state == STREAM_CLOSING)
		return;
	if (s->state != STREAM_FINISHING)
		s->reason = reason;
	s->state = STREAM_CLOSING;
	timer_stop(&s->stall);
	defer_cancel(&s->ready);
	defer_cancel(&s->flush);
	uv_close((uv_handle_t *)&s->pipe, on_closed);
}

bool stream_is_closing(const struct stream *s)
{
	return s->state == STREAM_CLOSING || s->state == STREAM_FINISHING;
}

uint64_t stream_bytes_in(const struct stream *s)
{
	return s->bytes_in;
}
