#include "loop/stream.h"

#include <check.h>

#include "base/err.h"
#include "streamtest.h"
#include "testlib/rng.h"
#include "testlib/run.h"

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

int main(void)
{
	Suite *s = suite_create("stream");
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
	suite_add_tcase(s, t);
	return run_suite(s);
}
