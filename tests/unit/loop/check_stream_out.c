#include "loop/stream.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/un.h>

#include "base/err.h"
#include "streamtest.h"
#include "testlib/heap.h"
#include "testlib/rng.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

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
	stream_start(a.s, &end_ops, &a, &small);
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
	stream_start(a.s, &end_ops, &a, NULL);
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
	Suite *s = suite_create("stream_out");

	suite_add_tcase(s, writing());
	suite_add_tcase(s, ends());
	return run_suite(s);
}
