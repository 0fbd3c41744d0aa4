#include "streamtest.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

/* The clock that streams and timers see (ld --wrap). */
int64_t __wrap_clock_mono_ms(void);
int64_t __wrap_clock_mono_us(void);

int64_t now_us = 1000000000;

int64_t __wrap_clock_mono_ms(void)
{
	return now_us / 1000;
}

int64_t __wrap_clock_mono_us(void)
{
	return now_us;
}

struct loop *loop;
struct end a, b;

static int consume(void *owner, const uint8_t *p, size_t n, size_t *ret_used)
{
	struct end *e = owner;
	size_t take = e->frame ? e->frame : n;

	ck_assert_uint_gt(n, 0);
	ck_assert_uint_eq(*ret_used, 0);
	ck_assert(!e->gone);
	e->calls++;
	now_us += e->cost_us;
	e->most = n > e->most ? n : e->most;
	if (e->fail_with && e->calls > e->fail_after)
		return e->fail_with;
	if (e->close_in_consume) {
		stream_close(e->s, ERR_INVALID);
		return 0;
	}
	if (e->write_in_consume)
		ck_assert_int_eq(stream_write(e->s, p, take < n ? take : n), 0);
	if (n < take)
		return 0;
	e->got.p = realloc(e->got.p, e->got.n + take);
	ck_assert_ptr_nonnull(e->got.p);
	memcpy(e->got.p + e->got.n, p, take);
	e->got.n += take;
	*ret_used = take;
	if (e->pause_after && e->calls == e->pause_after)
		stream_pause(e->s);
	return 0;
}

static void drained(void *owner)
{
	struct end *e = owner;

	e->drained++;
	if (e->close_in_drained)
		stream_close(e->s, ERR_CANCELED);
}

void on_closed(void *owner, int reason)
{
	struct end *e = owner;

	e->closed++;
	e->reason = reason;
	e->gone = true;
}

const struct stream_ops end_ops = {consume, drained, on_closed};

const struct stream_limits small = {
	.in_max = 1000,
	.out_high = 200000,
	.out_max = 1000000,
	.stall_ms = 5000,
	.tick_frames = 8,
	.tick_us = 1000,
};

void open_end(struct end *e)
{
	int fds[2];

	*e = (struct end){0};
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	ck_assert_int_eq(stream_new(loop, fds[0], &e->s), 0);
	e->peer = fds[1];
}

void start(struct end *e, const struct stream_limits *limits)
{
	open_end(e);
	stream_start(e->s, &end_ops, e, limits);
}

void end_of(struct end *e)
{
	if (e->s && !e->gone) {
		stream_close(e->s, 0);
		if (e->closed == 0)
			turn_until(loop, &e->gone);
	}
	ck_assert_int_le(e->closed, 1);
	if (e->s && e->peer >= 0)
		close(e->peer);
	free(e->got.p);
}

void setup(void)
{
	ck_assert_int_eq(loop_new(&loop), 0);
}

void teardown(void)
{
	end_of(&a);
	end_of(&b);
	loop_run(loop);
	loop_free(loop);
}

void put(struct end *e, const void *p, size_t n)
{
	ck_assert_int_eq(send(e->peer, p, n, MSG_NOSIGNAL), (ssize_t)n);
}

size_t take(struct end *e, size_t max)
{
	static uint8_t sink[1 << 16];
	size_t sum = 0;
	ssize_t n;

	while (sum < max) {
		size_t want = max - sum < sizeof(sink) ? max - sum : sizeof(sink);
		n = recv(e->peer, sink, want, 0);
		if (n <= 0)
			break;
		sum += (size_t)n;
	}
	return sum;
}

size_t flood(struct end *e)
{
	static const uint8_t zeros[4096];
	size_t sum = 0;
	ssize_t n;

	while ((n = send(e->peer, zeros, sizeof(zeros), MSG_NOSIGNAL)) > 0)
		sum += (size_t)n;
	ck_assert_int_eq(errno, EAGAIN);
	return sum;
}

int write_zeros(struct end *e, size_t n)
{
	static const uint8_t zeros[10000];
	int r = 0;

	for (size_t at = 0; r == 0 && at < n; at += sizeof(zeros))
		r = stream_write(e->s, zeros, sizeof(zeros));
	return r;
}
