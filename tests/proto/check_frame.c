#include "proto/frame.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "testlib/rng.h"
#include "testlib/run.h"

static enum frame_status split(const char *hex_free_bytes, size_t n, struct frame *ret)
{
	return frame_split((const uint8_t *)hex_free_bytes, n, ret);
}

START_TEST(a_whole_frame_is_found_with_its_body)
{
	struct frame f;

	ck_assert_int_eq(split("\x03"
			       "abc"
			       "\x01x",
			       6, &f),
			 FRAME_READY);
	ck_assert_uint_eq(f.len, 3);
	ck_assert_uint_eq(f.size, 4);
	ck_assert_mem_eq(f.body, "abc", 3);
	ck_assert_ptr_null(f.reason);
}
END_TEST

START_TEST(what_is_missing_is_waited_for)
{
	struct frame f;

	ck_assert_int_eq(split("", 0, &f), FRAME_NEED_MORE);
	ck_assert(f.len == 0 && f.size == 0 && !f.body && !f.reason);
	ck_assert_int_eq(split("\x80", 1, &f), FRAME_NEED_MORE);
	ck_assert_uint_eq(f.len, 0);
	ck_assert_int_eq(split("\x03"
			       "ab",
			       3, &f),
			 FRAME_NEED_MORE);
	ck_assert_uint_eq(f.len, 3);
	ck_assert_uint_eq(f.size, 4);
	ck_assert_ptr_null(f.body);
}
END_TEST

START_TEST(every_length_has_one_form_and_its_bounds)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *reason;
	} bad[] = {
		{"\x00", 1, "empty"},
		{"\x80\x00", 2, "overlong"},
		{"\x81\x00", 2, "overlong"},
		{"\xff\x80\x00", 3, "overlong"},
		{"\x81\x80\x40", 3, "above"}, /* 1 MiB and 1 */
		{"\xff\xff\x7f", 3, "above"},
		{"\x80\x80\x80", 3, "above"},
		{"\xff\xff\xff\xff\xff", 5, "above"},
	};
	struct frame f;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ck_assert_msg(split(bad[i].bytes, bad[i].n, &f) == FRAME_MALFORMED, "case %zu", i);
		ck_assert_ptr_nonnull(strstr(f.reason, bad[i].reason));
		ck_assert_ptr_null(f.body);
	}
	ck_assert_int_eq(split("\x80\x80\x40", 3, &f), FRAME_NEED_MORE);
	ck_assert_uint_eq(f.len, FRAME_BODY_MAX);
	ck_assert_uint_eq(f.size, FRAME_MAX);
}
END_TEST

static const size_t edges[] = {1, 2, 127, 128, 129, 16383, 16384, 16385, FRAME_BODY_MAX};

START_TEST(what_is_put_is_split_again)
{
	uint8_t prefix[FRAME_PREFIX_MAX];
	struct frame f;

	for (size_t i = 0; i < ARRAY_SIZE(edges); i++) {
		size_t n = frame_put_prefix(prefix, edges[i]);
		ck_assert_uint_eq(n, frame_prefix_size(edges[i]));
		ck_assert_int_eq(frame_split(prefix, n, &f), FRAME_NEED_MORE);
		ck_assert_uint_eq(f.len, edges[i]);
		ck_assert_uint_eq(f.size, edges[i] + n);
	}
}
END_TEST

/* Could any further bytes make a frame of these? By the definition of a varint, not by the code. */
static bool can_become_a_frame(const uint8_t *p, size_t n)
{
	uint64_t least = 0;
	size_t i = 0;

	for (; i < n; i++) {
		least |= (uint64_t)(p[i] & 0x7f) << (7 * i);
		if (!(p[i] & 0x80))
			return least >= 1 && least <= FRAME_BODY_MAX && !(i > 0 && p[i] == 0);
		if (i == 7)
			return false;
	}
	/* continued: the next byte adds at least 1 << 7i, whatever stands below may be kept */
	return (least | UINT64_C(1) << (7 * n)) <= FRAME_BODY_MAX || n == 0;
}

START_TEST(the_verdict_on_any_beginning_is_right_and_no_later_than_needed)
{
	uint8_t p[4];
	struct frame f;

	for (uint32_t x = 0; x < 1u << 24; x += (x & 0xffff) == 0x8080 ? 1 : 7) {
		for (int i = 0; i < 3; i++)
			p[i] = (uint8_t)(x >> (8 * i));
		for (size_t n = 0; n <= 3; n++) {
			enum frame_status s = frame_split(p, n, &f);
			bool can = can_become_a_frame(p, n);
			if ((s != FRAME_MALFORMED) != can)
				ck_abort_msg("%02x %02x %02x, %zu bytes: %d", p[0], p[1], p[2], n,
					     (int)s);
		}
	}
}
END_TEST

#define N_FRAMES 40

/* Frames of random sizes, in any pieces, come out as they went in. */
static void one_stream(struct rng *r)
{
	struct buf wire, in;
	size_t len[N_FRAMES], at = 0, got = 0;
	uint8_t first[N_FRAMES];

	buf_init(&wire, 0);
	buf_init(&in, 0);
	for (int i = 0; i < N_FRAMES; i++) {
		uint8_t prefix[FRAME_PREFIX_MAX];
		len[i] = rng_below(r, 4) ? rng_below(r, 300) + 1
					 : edges[rng_below(r, ARRAY_SIZE(edges) - 1)];
		first[i] = (uint8_t)rng_next(r);
		ck_assert_int_eq(buf_append(&wire, prefix, frame_put_prefix(prefix, len[i])), 0);
		uint8_t *p = buf_reserve(&wire, len[i]);
		ck_assert_ptr_nonnull(p);
		memset(p, first[i], len[i]);
		buf_commit(&wire, len[i]);
	}
	while (at < buf_avail(&wire)) {
		size_t n = rng_below(r, 3) ? rng_below(r, 20) + 1 : rng_below(r, 20000) + 1;
		struct frame f;
		n = n < buf_avail(&wire) - at ? n : buf_avail(&wire) - at;
		ck_assert_int_eq(buf_append(&in, buf_peek(&wire) + at, n), 0);
		at += n;
		while (frame_split(buf_peek(&in), buf_avail(&in), &f) == FRAME_READY) {
			ck_assert_uint_eq(f.len, len[got]);
			ck_assert_uint_eq(f.body[0], first[got]);
			ck_assert_uint_eq(f.body[f.len - 1], first[got]);
			buf_consume(&in, f.size);
			got++;
		}
	}
	ck_assert_uint_eq(got, N_FRAMES);
	ck_assert_uint_eq(buf_avail(&in), 0);
	buf_fini(&wire);
	buf_fini(&in);
}

START_TEST(frames_survive_any_fragmentation)
{
	struct rng r;

	rng_init(&r, rng_seed(0xf2a3e));
	for (int i = 0; i < 100; i++)
		one_stream(&r);
}
END_TEST

START_TEST(a_prefix_for_no_length_is_a_programmers_error)
{
	uint8_t prefix[FRAME_PREFIX_MAX];

	frame_put_prefix(prefix, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("frame");
	TCase *t = tcase_create("frame");

	tcase_set_timeout(t, 20);
	tcase_add_test(t, a_whole_frame_is_found_with_its_body);
	tcase_add_test(t, what_is_missing_is_waited_for);
	tcase_add_test(t, every_length_has_one_form_and_its_bounds);
	tcase_add_test(t, what_is_put_is_split_again);
	tcase_add_test(t, the_verdict_on_any_beginning_is_right_and_no_later_than_needed);
	tcase_add_test(t, frames_survive_any_fragmentation);
	tcase_add_test_raise_signal(t, a_prefix_for_no_length_is_a_programmers_error, SIGABRT);
	suite_add_tcase(s, t);
	return run_suite(s);
}
