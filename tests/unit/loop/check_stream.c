#include "loop/stream.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/err.h"
#include "looptest.h"
#include "testlib/heap.h"
#include "testlib/rng.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

/* The clock that streams and timers see (ld --wrap). */
int64_t __wrap_clock_mono_ms(void);
int64_t __wrap_clock_mono_us(void);

static int64_t now_us = 1000000000;

int64_t __wrap_clock_mono_ms(void)
{
	return now_us / 1000;
}

int64_t __wrap_clock_mono_us(void)
{
	return now_us;
}

/* One end of a pair is a stream, the other a plain socket of the test's. */
struct end {
	struct stream *s;
	int peer;
	struct {
		uint8_t *p;
		size_t n;
	} got;		 /* all that consume took */
	size_t frame;	 /* consume takes so many bytes at a time; 0: all that is there */
	int calls;	 /* of consume */
	int64_t cost_us; /* of each */
	size_t most;	 /* bytes ever shown at once */
	int fail_with;	 /* consume says so after the calls below */
	int fail_after;
	int pause_after;
	bool close_in_consume, write_in_consume;
	int drained;
	bool close_in_drained;
	int closed; /* calls */
	int reason;
	bool gone;
};

static struct loop *loop;
static struct end a, b;

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

static void on_closed(void *owner, int reason)
{
	struct end *e = owner;

	e->closed++;
	e->reason = reason;
	e->gone = true;
}

static const struct stream_ops ops = {consume, drained, on_closed};

static const struct stream_limits small = {
	.in_max = 1000,
	.out_high = 200000,
	.out_max = 1000000,
	.stall_ms = 5000,
	.tick_frames = 8,
	.tick_us = 1000,
};

static void open_end(struct end *e)
{
	int fds[2];

	*e = (struct end){0};
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	ck_assert_int_eq(stream_new(loop, fds[0], &e->s), 0);
	e->peer = fds[1];
}

static void start(struct end *e, const struct stream_limits *limits)
{
	open_end(e);
	stream_start(e->s, &ops, e, limits);
}

static void end_of(struct end *e)
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

static void setup(void)
{
	ck_assert_int_eq(loop_new(&loop), 0);
}

static void teardown(void)
{
	end_of(&a);
	end_of(&b);
	loop_run(loop);
	loop_free(loop);
}

static void put(struct end *e, const void *p, size_t n)
{
	ck_assert_int_eq(send(e->peer, p, n, MSG_NOSIGNAL), (ssize_t)n);
}

/* Reads what has come at the other end; returns how much. */
static size_t take(struct end *e, size_t max)
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

/* Fills the other end's way to us until the kernel takes no more. */
static size_t flood(struct end *e)
{
	static const uint8_t zeros[4096];
	size_t sum = 0;
	ssize_t n;

	while ((n = send(e->peer, zeros, sizeof(zeros), MSG_NOSIGNAL)) > 0)
		sum += (size_t)n;
	ck_assert_int_eq(errno, EAGAIN);
	return sum;
}

/* -- reading -- */

START_TEST(bytes_come_in_order_frame_by_frame)
{
	start(&a, NULL);
	a.frame = 3;
	put(&a, "abcdefg", 7);
	ck_assert_int_eq(a.calls, 0);
	turn_ticks(loop, 3);
	ck_assert_uint_eq(a.got.n, 6);
	/* the incomplete frame was shown, and is not shown again before more has come */
	int calls = a.calls;
	turn_ticks(loop, 3);
	ck_assert_int_eq(a.calls, calls);
	put(&a, "hi", 2);
	turn_ticks(loop, 3);
	ck_assert_uint_eq(a.got.n, 9);
	ck_assert_mem_eq(a.got.p, "abcdefghi", 9);
	ck_assert_uint_eq(stream_bytes_in(a.s), 9);
}
END_TEST

START_TEST(any_fragments_give_the_same_bytes)
{
	struct stream_limits limits = small;
	struct rng r;
	uint8_t sent[3000];

	rng_init(&r, rng_seed(0xf7a6));
	for (int round = 0; round < 100; round++) {
		size_t at = 0;

		limits.tick_frames = (uint32_t)rng_below(&r, 5) + 1;
		start(&a, &limits);
		a.frame = rng_below(&r, 40) + 1;
		for (size_t i = 0; i < sizeof(sent); i++)
			sent[i] = (uint8_t)rng_next(&r);
		while (at < sizeof(sent)) {
			size_t n = rng_below(&r, 300) + 1;
			n = n < sizeof(sent) - at ? n : sizeof(sent) - at;
			put(&a, sent + at, n);
			at += n;
			turn_ticks(loop, (int)rng_below(&r, 3));
		}
		while (a.got.n + a.frame <= sizeof(sent))
			ck_assert(loop_step(loop, false));
		ck_assert_mem_eq(a.got.p, sent, a.got.n);
		end_of(&a);
	}
	a = (struct end){0};
}
END_TEST

START_TEST(a_tick_gives_a_stream_so_many_frames_and_the_next_its_turn)
{
	static const uint8_t zeros[100];
	int last = 0;

	start(&a, &small);
	start(&b, &small);
	a.frame = b.frame = 1;
	put(&a, zeros, sizeof(zeros));
	put(&b, zeros, 8);
	for (int tick = 1; a.got.n < sizeof(zeros); tick++) {
		(void)loop_step(loop, false);
		ck_assert_int_le(a.calls - last, 8);
		last = a.calls;
		/* the quick one is through after the first tick or two, not behind the other */
		if (tick == 2)
			ck_assert_uint_eq(b.got.n, 8);
		ck_assert_int_lt(tick, 100);
	}
}
END_TEST

START_TEST(a_tick_gives_a_stream_so_much_time)
{
	static const uint8_t zeros[12];
	int last = 0, most = 0;

	start(&a, &small);
	a.frame = 1;
	a.cost_us = 400;
	put(&a, zeros, sizeof(zeros));
	while (a.got.n < sizeof(zeros)) {
		(void)loop_step(loop, false);
		most = a.calls - last > most ? a.calls - last : most;
		last = a.calls;
	}
	ck_assert_int_eq(most, 3);
}
END_TEST

START_TEST(a_frame_that_never_ends_closes_the_stream)
{
	static const uint8_t zeros[1000];

	start(&a, &small);
	a.frame = 5000;
	put(&a, zeros, 999);
	turn_ticks(loop, 3);
	ck_assert(!a.gone);
	put(&a, zeros, 1);
	turn_until(loop, &a.gone);
	ck_assert_int_eq(a.reason, ERR_FULL);
}
END_TEST

START_TEST(a_frame_of_just_less_than_the_limit_passes)
{
	static const uint8_t zeros[999];

	start(&a, &small);
	a.frame = 999;
	for (int i = 0; i < 999; i += 111) {
		put(&a, zeros, 111);
		turn_ticks(loop, 2);
	}
	ck_assert_uint_eq(a.got.n, 999);
}
END_TEST

START_TEST(an_owner_who_refuses_the_bytes_closes_the_stream_with_his_reason)
{
	start(&a, &small);
	a.frame = 1;
	a.fail_with = ERR_MALFORMED;
	a.fail_after = 2;
	put(&a, "abcdef", 6);
	turn_until(loop, &a.gone);
	ck_assert_int_eq(a.reason, ERR_MALFORMED);
	ck_assert_int_eq(a.calls, 3);
	ck_assert_uint_eq(a.got.n, 2);
}
END_TEST

START_TEST(a_stream_may_be_closed_while_it_delivers)
{
	start(&a, &small);
	a.frame = 1;
	a.close_in_consume = true;
	put(&a, "abcdef", 6);
	turn_until(loop, &a.gone);
	ck_assert_int_eq(a.calls, 1);
	ck_assert_int_eq(a.reason, ERR_INVALID);
}
END_TEST

START_TEST(while_paused_nothing_is_delivered_nor_read_without_bound)
{
	size_t sent;

	start(&a, &small);
	a.frame = 1;
	a.pause_after = 3;
	sent = flood(&a);
	turn_ticks(loop, 10);
	ck_assert_int_eq(a.calls, 3);
	/* what the kernel still takes is what we have read: at most one read */
	ck_assert_uint_le(stream_bytes_in(a.s), 65536);
	sent += flood(&a);
	turn_ticks(loop, 10);
	ck_assert_uint_le(stream_bytes_in(a.s), 65536);
	a.frame = 0;
	stream_resume(a.s);
	ck_assert_int_eq(a.calls, 3);
	while (a.got.n < sent)
		ck_assert(loop_step(loop, true));
}
END_TEST

static int refuse_and_pause(void *owner, const uint8_t *p, size_t n, size_t *ret_used)
{
	struct end *e = owner;

	(void)p;
	(void)n;
	(void)ret_used;
	if (e->calls++ == 0)
		stream_pause(e->s);
	else
		*ret_used = n;
	return 0;
}

START_TEST(a_frame_left_by_pausing_is_offered_again_on_resume)
{
	static const struct stream_ops pausing = {refuse_and_pause, NULL, on_closed};

	open_end(&a);
	stream_start(a.s, &pausing, &a, &small);
	put(&a, "abc", 3);
	turn_ticks(loop, 5);
	ck_assert_int_eq(a.calls, 1);
	stream_resume(a.s);
	turn_ticks(loop, 2);
	ck_assert_int_eq(a.calls, 2);
}
END_TEST

START_TEST(what_came_before_the_end_is_delivered_before_it)
{
	static const uint8_t zeros[100];

	start(&a, &small);
	a.frame = 1;
	put(&a, zeros, sizeof(zeros));
	close(a.peer);
	a.peer = -1;
	turn_until(loop, &a.gone);
	ck_assert_uint_eq(a.got.n, sizeof(zeros));
	ck_assert_int_eq(a.reason, ERR_CLOSED);
}
END_TEST

/* -- writing -- */

START_TEST(written_frames_arrive_in_order_after_the_tick)
{
	char got[16] = "";

	start(&a, &small);
	ck_assert_int_eq(stream_write(a.s, "one ", 4), 0);
	ck_assert_int_eq(stream_write(a.s, "two", 3), 0);
	ck_assert_uint_eq(stream_queued(a.s), 7);
	ck_assert_int_eq(recv(a.peer, got, sizeof(got), 0), -1);
	turn_ticks(loop, 1);
	ck_assert_int_eq(recv(a.peer, got, sizeof(got), 0), 7);
	ck_assert_str_eq(got, "one two");
	ck_assert_uint_eq(stream_queued(a.s), 0);
	ck_assert_uint_eq(stream_bytes_out(a.s), 7);
}
END_TEST

START_TEST(a_peer_that_reads_slowly_gets_every_byte_in_order)
{
	static uint8_t sent[600000];
	struct stream_limits limits = small;
	struct rng r;
	size_t at = 0, got = 0;

	limits.out_high = limits.out_max;
	rng_init(&r, rng_seed(0x0e7));
	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (uint8_t)rng_next(&r);
	start(&a, &limits);
	while (got < sizeof(sent)) {
		static uint8_t part[50000];
		size_t n = rng_below(&r, 60000);
		n = n < sizeof(sent) - at ? n : sizeof(sent) - at;
		ck_assert_int_eq(stream_write(a.s, sent + at, n), 0);
		at += n;
		turn_ticks(loop, (int)rng_below(&r, 3));
		ssize_t m = recv(a.peer, part, rng_below(&r, sizeof(part)) + 1, 0);
		if (m > 0) {
			ck_assert_mem_eq(part, sent + got, (size_t)m);
			got += (size_t)m;
		}
		ck_assert_uint_eq(stream_queued(a.s) + stream_bytes_out(a.s), at);
	}
}
END_TEST

/* Writes n bytes of zeros, 10 000 at a time. */
static int write_zeros(struct end *e, size_t n)
{
	static const uint8_t zeros[10000];
	int r = 0;

	for (size_t at = 0; r == 0 && at < n; at += sizeof(zeros))
		r = stream_write(e->s, zeros, sizeof(zeros));
	return r;
}

START_TEST(a_peer_that_does_not_read_is_not_read_until_half_of_it_has_gone)
{
	size_t out;

	start(&a, &small);
	a.frame = 1;
	ck_assert_int_eq(write_zeros(&a, 900000), 0);
	ck_assert(stream_is_congested(a.s));
	put(&a, "x", 1);
	turn_ticks(loop, 5);
	ck_assert_int_eq(a.calls, 0);
	ck_assert_int_eq(a.drained, 0);
	for (out = 0; a.drained == 0;) {
		ck_assert(stream_is_congested(a.s));
		out += take(&a, 20000);
		turn_ticks(loop, 2);
		if (stream_queued(a.s) > small.out_high / 2)
			ck_assert_int_eq(a.drained, 0);
	}
	ck_assert_uint_le(stream_queued(a.s), small.out_high / 2);
	ck_assert(!stream_is_congested(a.s));
	turn_ticks(loop, 2);
	ck_assert_int_eq(a.calls, 1);
	while (stream_queued(a.s) > 0) {
		out += take(&a, SIZE_MAX);
		turn_ticks(loop, 2);
	}
	out += take(&a, SIZE_MAX);
	ck_assert_uint_eq(out, 900000);
	ck_assert_int_eq(a.drained, 1);
}
END_TEST

START_TEST(too_much_unsent_closes_the_stream)
{
	start(&a, &small);
	ck_assert_int_eq(write_zeros(&a, 3000000), ERR_FULL);
	ck_assert_uint_le(stream_queued(a.s), small.out_max);
	ck_assert_int_eq(stream_write(a.s, "x", 1), ERR_CLOSED);
	ck_assert_int_eq(a.closed, 0);
	turn_until(loop, &a.gone);
	ck_assert_int_eq(a.reason, ERR_FULL);
}
END_TEST

START_TEST(a_peer_that_stopped_reading_is_closed_after_the_term)
{
	start(&a, &small);
	ck_assert_int_eq(write_zeros(&a, 900000), 0);
	turn_ticks(loop, 3);
	now_us += 4999 * 1000;
	turn_ticks(loop, 3);
	ck_assert(!a.gone);
	now_us += 1000;
	turn_ticks(loop, 3);
	ck_assert(a.gone);
	ck_assert_int_eq(a.reason, ERR_TIMEOUT);
}
END_TEST

START_TEST(a_peer_that_reads_in_time_is_never_closed)
{
	struct stream_limits limits = small;

	limits.out_high = limits.out_max;
	start(&a, &limits);
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(write_zeros(&a, 300000), 0);
		turn_ticks(loop, 2);
		now_us += 2000 * 1000;
		turn_ticks(loop, 2);
		while (stream_queued(a.s) > 0) {
			take(&a, SIZE_MAX);
			turn_ticks(loop, 2);
			ck_assert(!a.gone);
		}
	}
}
END_TEST

START_TEST(writing_to_a_peer_that_has_gone_closes_the_stream)
{
	open_end(&a);
	stream_start(a.s, &ops, &a, &small);
	stream_pause(a.s);
	close(a.peer);
	a.peer = -1;
	ck_assert_int_eq(stream_write(a.s, "x", 1), 0);
	turn_until(loop, &a.gone);
	ck_assert_int_eq(a.reason, -EPIPE);
}
END_TEST

START_TEST(an_owner_may_write_while_it_reads_and_close_when_drained)
{
	char got[8] = "";

	start(&a, &small);
	a.frame = 2;
	a.write_in_consume = true;
	put(&a, "abcd", 4);
	turn_ticks(loop, 3);
	ck_assert_int_eq(recv(a.peer, got, sizeof(got), 0), 4);
	ck_assert_str_eq(got, "abcd");
	a.close_in_drained = true;
	ck_assert_int_eq(write_zeros(&a, 900000), 0);
	while (!a.gone) {
		take(&a, SIZE_MAX);
		ck_assert(loop_step(loop, false) || a.gone);
	}
	ck_assert_int_eq(a.reason, ERR_CANCELED);
}
END_TEST

/* -- ends -- */

START_TEST(finishing_sends_what_is_queued_then_closes_with_its_reason)
{
	size_t out = 0;

	start(&a, &small);
	a.frame = 1;
	ck_assert_int_eq(write_zeros(&a, 900000), 0);
	stream_finish(a.s, ERR_DENIED);
	stream_finish(a.s, ERR_STATE);
	ck_assert(stream_is_closing(a.s));
	ck_assert_int_eq(stream_write(a.s, "x", 1), ERR_CLOSED);
	put(&a, "nobody reads this", 17);
	while (!a.gone) {
		out += take(&a, SIZE_MAX);
		ck_assert(loop_step(loop, false) || a.gone);
	}
	out += take(&a, SIZE_MAX);
	ck_assert_uint_eq(out, 900000);
	ck_assert_int_eq(a.reason, ERR_DENIED);
	ck_assert_int_eq(a.calls, 0);
	ck_assert_int_eq(a.drained, 0);
}
END_TEST

START_TEST(finishing_with_nothing_queued_closes_but_not_inside_the_call)
{
	start(&a, &small);
	stream_finish(a.s, ERR_VERSION);
	ck_assert_int_eq(a.closed, 0);
	turn_until(loop, &a.gone);
	ck_assert_int_eq(a.reason, ERR_VERSION);
}
END_TEST

START_TEST(a_peer_that_does_not_read_the_last_words_is_closed_all_the_same)
{
	start(&a, &small);
	ck_assert_int_eq(write_zeros(&a, 900000), 0);
	stream_finish(a.s, ERR_DENIED);
	turn_ticks(loop, 3);
	ck_assert(!a.gone);
	now_us += 5000 * 1000;
	turn_ticks(loop, 3);
	ck_assert(a.gone);
	ck_assert_int_eq(a.reason, ERR_DENIED);
}
END_TEST

START_TEST(closing_is_asynchronous_and_keeps_the_first_reason)
{
	start(&a, &small);
	ck_assert_int_eq(write_zeros(&a, 10000), 0);
	stream_close(a.s, ERR_STATE);
	stream_close(a.s, ERR_DENIED);
	stream_finish(a.s, ERR_DENIED);
	stream_pause(a.s);
	stream_resume(a.s);
	ck_assert(stream_is_closing(a.s));
	ck_assert_int_eq(a.closed, 0);
	turn_until(loop, &a.gone);
	ck_assert_int_eq(a.closed, 1);
	ck_assert_int_eq(a.reason, ERR_STATE);
	ck_assert_uint_eq(take(&a, SIZE_MAX), 0);
}
END_TEST

START_TEST(one_that_was_never_started_is_just_freed)
{
	open_end(&a);
	put(&a, "x", 1);
	turn_ticks(loop, 3);
	stream_close(a.s, ERR_FULL);
	loop_run(loop);
	ck_assert_int_eq(a.closed, 0);
	close(a.peer);
	a = (struct end){0};
}
END_TEST

START_TEST(the_peer_is_known)
{
	struct stream_peer peer;

	start(&a, NULL);
	peer = stream_get_peer(a.s);
	ck_assert_int_eq(peer.pid, getpid());
	ck_assert_uint_eq(peer.uid, getuid());
	ck_assert_uint_eq(peer.gid, getgid());
}
END_TEST

START_TEST(what_is_no_socket_is_refused_and_closed)
{
	struct stream *s;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(stream_new(loop, fds[0], &s), -ENOTSOCK);
	ck_assert_int_eq(fcntl(fds[0], F_GETFD), -1);
	close(fds[1]);
}
END_TEST

START_TEST(connecting_says_at_once_why_not)
{
	char *path = tmpdir_path(tmpdir_new(), "x");
	char too_long[120];
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_int_eq(stream_connect(loop, path, &a.s), -ENOENT);
	memset(too_long, 'x', sizeof(too_long) - 1);
	too_long[sizeof(too_long) - 1] = '\0';
	ck_assert_int_eq(stream_connect(loop, too_long, &a.s), -ENAMETOOLONG);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(stream_connect(loop, path, &a.s), -ECONNREFUSED);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(stream_connect(loop, path, &a.s), 0);
	a.peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK);
	ck_assert_int_ge(a.peer, 0);
	stream_start(a.s, &ops, &a, NULL);
	put(&a, "x", 1);
	turn_ticks(loop, 3);
	ck_assert_uint_eq(a.got.n, 1);
	close(fd);
	free(path);
}
END_TEST

static int take_200(void *owner, const uint8_t *p, size_t n, size_t *ret_used)
{
	struct end *e = owner;

	(void)p;
	e->calls += n >= 200;
	*ret_used = n >= 200 ? 200 : 0;
	return 0;
}

/* Whatever allocation fails: the stream closes and says so, or goes on with all its bytes. */
START_TEST(memory_that_runs_out_closes_the_stream_and_nothing_else)
{
	static const struct stream_ops no_heap = {take_200, NULL, on_closed};
	static const uint8_t frame[300];
	bool failed = true;

	for (long k = 1; failed; k++) {
		struct stream *s = NULL;
		int fds[2], r;
		bool lost = false;

		a = (struct end){0};
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
		a.peer = fds[1];
		put(&a, frame, sizeof(frame));
		heap_fail_at(k);
		r = stream_new(loop, fds[0], &s);
		if (r == 0) {
			stream_start(s, &no_heap, &a, &small);
			for (int i = 0; i < 60 && !lost; i++)
				lost = stream_write(s, frame, sizeof(frame)) < 0;
			turn_ticks(loop, 5);
		}
		failed = heap_stop();
		a.s = s;
		if (r < 0) {
			ck_assert_int_eq(r, -ENOMEM);
			close(a.peer);
			continue;
		}
		ck_assert(failed || !lost);
		if (a.gone)
			ck_assert_int_eq(a.reason, -ENOMEM);
		else
			ck_assert(a.calls == 1 && take(&a, SIZE_MAX) == 60 * sizeof(frame));
		end_of(&a);
	}
	a = (struct end){0};
}
END_TEST

static TCase *reading(void)
{
	TCase *t = tcase_create("reading");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, bytes_come_in_order_frame_by_frame);
	tcase_add_test(t, any_fragments_give_the_same_bytes);
	tcase_add_test(t, a_tick_gives_a_stream_so_many_frames_and_the_next_its_turn);
	tcase_add_test(t, a_tick_gives_a_stream_so_much_time);
	tcase_add_test(t, a_frame_that_never_ends_closes_the_stream);
	tcase_add_test(t, a_frame_of_just_less_than_the_limit_passes);
	tcase_add_test(t, an_owner_who_refuses_the_bytes_closes_the_stream_with_his_reason);
	tcase_add_test(t, a_stream_may_be_closed_while_it_delivers);
	tcase_add_test(t, while_paused_nothing_is_delivered_nor_read_without_bound);
	tcase_add_test(t, a_frame_left_by_pausing_is_offered_again_on_resume);
	tcase_add_test(t, what_came_before_the_end_is_delivered_before_it);
	return t;
}

static TCase *writing(void)
{
	TCase *t = tcase_create("writing");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, written_frames_arrive_in_order_after_the_tick);
	tcase_add_test(t, a_peer_that_reads_slowly_gets_every_byte_in_order);
	tcase_add_test(t, a_peer_that_does_not_read_is_not_read_until_half_of_it_has_gone);
	tcase_add_test(t, too_much_unsent_closes_the_stream);
	tcase_add_test(t, a_peer_that_stopped_reading_is_closed_after_the_term);
	tcase_add_test(t, a_peer_that_reads_in_time_is_never_closed);
	tcase_add_test(t, writing_to_a_peer_that_has_gone_closes_the_stream);
	tcase_add_test(t, an_owner_may_write_while_it_reads_and_close_when_drained);
	return t;
}

static TCase *ends(void)
{
	TCase *t = tcase_create("ends");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, finishing_sends_what_is_queued_then_closes_with_its_reason);
	tcase_add_test(t, finishing_with_nothing_queued_closes_but_not_inside_the_call);
	tcase_add_test(t, a_peer_that_does_not_read_the_last_words_is_closed_all_the_same);
	tcase_add_test(t, closing_is_asynchronous_and_keeps_the_first_reason);
	tcase_add_test(t, one_that_was_never_started_is_just_freed);
	tcase_add_test(t, the_peer_is_known);
	tcase_add_test(t, what_is_no_socket_is_refused_and_closed);
	tcase_add_test(t, connecting_says_at_once_why_not);
	tcase_add_test(t, memory_that_runs_out_closes_the_stream_and_nothing_else);
	return t;
}

int main(void)
{
	Suite *s = suite_create("stream");

	suite_add_tcase(s, reading());
	suite_add_tcase(s, writing());
	suite_add_tcase(s, ends());
	return run_suite(s);
}
