#include "common/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/require.h"
#include "common/backoff.h"
#include "loop/timer.h"
#include "proto/frame.h"

struct host {
	struct loop *loop;
	char *path;
	struct client_events events;
	void (*on_link)(void *arg, bool up, const struct fault *why, int64_t pause_ms);
	void (*on_flushed)(void *arg);
	bool reconnect, unflushed;
	struct backoff backoff;
	struct client *client;
	struct stream *stream; /* NULL = not connected */
	struct timer retry;    /* the next attempt */
	struct timer tick;     /* the client's */
	struct timer limit;    /* of draining */
	struct defer pump;     /* what the client wants to say */
	bool draining, closing;
	struct defer gone; /* closing without a stream */
	void (*closed)(void *arg);
	void *closed_arg;
};

static void pump(void *arg);
static void attempt(void *arg);

/* ---- Life ------------------------------------------------------------------------------------------ */

static void free_host(void *arg)
{
	struct host *h = arg;
	void (*closed)(void *a) = h->closed;
	void *closed_arg = h->closed_arg;

	client_free(h->client);
	free(h->path);
	free(h);
	if (closed)
		closed(closed_arg);
}

static void limit_reached(void *arg)
{
	struct host *h = arg;

	host_close(h, h->closed, h->closed_arg);
}

static void tick(void *arg)
{
	struct host *h = arg;
	int r = client_tick(h->client, clock_mono_ms());

	if (r < 0 && h->stream)
		stream_close(h->stream, r);
	if (!h->closing)
		loop_defer(h->loop, &h->pump);
}

/* From the client, who speaks to its user through us: his callbacks may have queued something. */
static void welcomed(void *arg, const Suandian__V1__Welcome *welcome)
{
	struct host *h = arg;

	backoff_reset(&h->backoff);
	if (h->on_link)
		h->on_link(h->events.arg, true, NULL, 0);
	if (h->events.on_welcome)
		h->events.on_welcome(h->events.arg, welcome);
}

static void points_known(void *arg, const uint32_t *id, size_t n)
{
	struct host *h = arg;

	if (h->events.on_points)
		h->events.on_points(h->events.arg, id, n);
}

static void decided(void *arg, const Suandian__V1__Decision *d)
{
	struct host *h = arg;

	if (h->events.on_decision)
		h->events.on_decision(h->events.arg, d);
}

static void lapsed(void *arg, const Suandian__V1__Decision *d)
{
	struct host *h = arg;

	if (h->events.on_fallback)
		h->events.on_fallback(h->events.arg, d);
}

static void faulted(void *arg, const struct fault *fault, bool closing)
{
	struct host *h = arg;

	if (h->events.on_fault)
		h->events.on_fault(h->events.arg, fault, closing);
}

int host_new(struct loop *loop, const struct host_options *o, struct host **ret)
{
	struct host *h = calloc(1, sizeof(*h));
	struct client_events events = {welcomed, points_known, decided, lapsed, faulted, h};
	int64_t max_ms = o->backoff_max_ms ? o->backoff_max_ms : HOST_BACKOFF_MAX_MS;
	int r = -ENOMEM;

	if (!h)
		return -ENOMEM;
	h->loop = loop;
	h->events = o->events;
	h->on_link = o->on_link;
	h->on_flushed = o->on_flushed;
	h->reconnect = o->reconnect;
	h->path = strdup(o->path);
	if (h->path)
		r = client_new(&o->client, &events, &h->client);
	if (r < 0) {
		free(h->path);
		free(h);
		return r;
	}
	backoff_init(&h->backoff, o->backoff_min_ms ? o->backoff_min_ms : HOST_BACKOFF_MIN_MS,
		     max_ms, o->seed);
	timer_init(&h->retry, loop, "host retry", attempt, h);
	timer_init(&h->tick, loop, "host tick", tick, h);
	timer_init(&h->limit, loop, "host drain", limit_reached, h);
	defer_init(&h->pump, pump, h);
	defer_init(&h->gone, free_host, h);
	*ret = h;
	return 0;
}

void host_start(struct host *h)
{
	timer_start_in(&h->retry, 0);
}

struct client *host_client(struct host *h)
{
	if (!h->closing)
		loop_defer(h->loop, &h->pump);
	return h->client;
}

bool host_is_up(const struct host *h)
{
	return h->stream && client_get_state(h->client) == CLIENT_READY;
}

bool host_is_flushed(const struct host *h)
{
	struct client_stats s;

	client_get_stats(h->client, &s);
	return s.spool_bytes == 0;
}

/* ---- The connection -------------------------------------------------------------------------------- */

/* One frame at most per call, as the stream wants it. What is no frame goes to the client too: it knows what to say. */
static int consume(void *owner, const uint8_t *p, size_t n, size_t *ret_used)
{
	struct host *h = owner;
	struct frame f;
	enum frame_status status = frame_split(p, n, &f);

	if (status == FRAME_NEED_MORE)
		return 0;
	*ret_used = status == FRAME_READY ? f.size : n;
	loop_defer(h->loop, &h->pump);
	return client_feed(h->client, p, *ret_used, clock_mono_ms());
}

static void tell_down(struct host *h, const struct fault *why, int64_t pause_ms)
{
	if (h->on_link)
		h->on_link(h->events.arg, false, why, pause_ms);
}

static void go_on(struct host *h, const struct fault *why)
{
	int64_t pause_ms = h->reconnect && !h->closing ? backoff_take_ms(&h->backoff) : -1;

	if (pause_ms >= 0)
		timer_start_in(&h->retry, pause_ms);
	tell_down(h, why, pause_ms);
	if (h->draining && pause_ms < 0 && !h->closing)
		host_close(h, h->closed, h->closed_arg);
}

static void stream_closed(void *owner, int reason)
{
	struct host *h = owner;
	struct fault why = *client_get_fault(h->client);

	if (why.code == 0)
		(void)fault_set(&why, reason, "%s: %s", h->path, err_text(reason));
	h->stream = NULL;
	client_disconnected(h->client);
	if (h->closing)
		loop_defer(h->loop, &h->gone);
	else
		go_on(h, &why);
}

static void drained(void *owner)
{
	struct host *h = owner;

	if (!h->closing)
		loop_defer(h->loop, &h->pump);
}

static const struct stream_ops ops = {
	.consume = consume, .drained = drained, .closed = stream_closed};

static void attempt(void *arg)
{
	struct host *h = arg;
	int r = stream_connect(h->loop, h->path, &h->stream);

	if (r < 0) {
		struct fault why = {0};

		h->stream = NULL;
		(void)fault_set(&why, r, "%s: %s", h->path, err_text(r));
		go_on(h, &why);
		return;
	}
	stream_start(h->stream, &ops, h, NULL);
	client_connected(h->client, clock_mono_ms());
	loop_defer(h->loop, &h->pump);
}

static void write_out(struct host *h)
{
	size_t n = 0;
	const uint8_t *p;

	while (h->stream && !stream_is_congested(h->stream) &&
	       (p = client_next_out(h->client, &n)) && n > 0) {
		if (stream_write(h->stream, p, n) < 0)
			return; /* closing: what was not written is the client's to repeat */
		client_sent(h->client, n);
	}
}

static void pump(void *arg)
{
	struct host *h = arg;
	int64_t next_ms;

	if (h->closing)
		return;
	write_out(h);
	next_ms = client_next_tick_ms(h->client);
	if (next_ms == INT64_MAX)
		timer_stop(&h->tick);
	else
		timer_start_at(&h->tick, next_ms);
	if (!host_is_flushed(h)) {
		h->unflushed = true;
		return;
	}
	if (h->unflushed && h->on_flushed)
		h->on_flushed(h->events.arg);
	h->unflushed = false;
	if (h->draining)
		host_close(h, h->closed, h->closed_arg);
}

/* ---- The end ----------------------------------------------------------------------------------------- */

void host_drain(struct host *h, int64_t limit_ms, void (*closed)(void *arg), void *arg)
{
	if (h->draining || h->closing)
		return;
	h->draining = true;
	h->closed = closed;
	h->closed_arg = arg;
	timer_start_in(&h->limit, limit_ms);
	loop_defer(h->loop, &h->pump);
}

void host_close(struct host *h, void (*closed)(void *arg), void *arg)
{
	if (h->closing)
		return;
	h->closing = true;
	h->closed = closed;
	h->closed_arg = arg;
	timer_stop(&h->retry);
	timer_stop(&h->tick);
	timer_stop(&h->limit);
	defer_cancel(&h->pump);
	if (h->stream)
		stream_finish(h->stream, ERR_CLOSED);
	else
		loop_defer(h->loop, &h->gone);
}
