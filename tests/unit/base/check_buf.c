#include "base/buf.h"

#include <check.h>
#include <signal.h>
#include <string.h>

#include "base/err.h"
#include "testlib/heap.h"
#include "testlib/rng.h"
#include "testlib/run.h"

static struct buf b;

static void setup(void)
{
	buf_init(&b, 0);
}

static void teardown(void)
{
	buf_fini(&b);
}

/* The n-th byte ever put into the stream of the property test. */
static uint8_t byte_at(uint64_t n)
{
	return (uint8_t)(n * 131 + (n >> 8));
}

START_TEST(bytes_come_out_in_order_whatever_the_pieces)
{
	uint64_t n_in = 0, n_out = 0;
	struct rng rng;

	rng_init(&rng, rng_seed(2));
	for (int op = 0; op < 10000; op++) {
		size_t n = rng_below(&rng, 700);

		if (rng_below(&rng, 2)) {
			uint8_t *p = buf_reserve(&b, n);

			ck_assert_ptr_nonnull(p);
			for (size_t i = 0; i < n; i++)
				p[i] = byte_at(n_in++);
			buf_commit(&b, n);
		} else {
			n = n < buf_avail(&b) ? n : buf_avail(&b);
			for (size_t i = 0; i < n; i++) /* an assertion costs a system call */
				if (buf_peek(&b)[i] != byte_at(n_out++))
					ck_abort_msg("byte %zu of %zu differs", i, n);
			buf_consume(&b, n);
		}
		ck_assert_uint_eq(buf_avail(&b), n_in - n_out);
		ck_assert(b.off <= b.len && b.len <= b.size);
	}
}
END_TEST

START_TEST(a_full_buffer_refuses_and_keeps_what_it_holds)
{
	buf_init(&b, 10);
	ck_assert_int_eq(buf_append(&b, "0123456789", 10), 0);
	ck_assert_str_eq(buf_str(&b), "0123456789");
	ck_assert_int_eq(buf_append(&b, "x", 1), ERR_FULL);
	ck_assert_int_eq(b.err, ERR_FULL);
	ck_assert_uint_eq(buf_avail(&b), 10);
	ck_assert_uint_le(b.size, 10);
}
END_TEST

START_TEST(an_error_sticks_until_reset)
{
	buf_init(&b, 4);
	ck_assert_int_eq(buf_append(&b, "12345", 5), ERR_FULL);
	ck_assert_int_eq(buf_append(&b, "1", 1), ERR_FULL);
	ck_assert_int_eq(buf_printf(&b, "1"), ERR_FULL);
	ck_assert_ptr_null(buf_reserve(&b, 0));
	ck_assert_str_eq(buf_str(&b), "");
	ck_assert_uint_eq(buf_avail(&b), 0);
	buf_reset(&b);
	ck_assert_int_eq(buf_append(&b, "1234", 4), 0);
	ck_assert_str_eq(buf_str(&b), "1234");
}
END_TEST

START_TEST(the_cap_counts_unread_bytes_only)
{
	buf_init(&b, 8);
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(buf_append(&b, "abcdef", 6), 0);
		buf_consume(&b, 5);
		ck_assert_int_eq(buf_append(&b, "g", 1), 0);
		ck_assert_mem_eq(buf_peek(&b), "fg", 2);
		buf_consume(&b, 2);
	}
}
END_TEST

START_TEST(sizes_that_overflow_are_full)
{
	volatile size_t huge = SIZE_MAX;

	ck_assert_int_eq(buf_append(&b, "a", 1), 0);
	ck_assert_ptr_null(buf_reserve(&b, huge));
	ck_assert_int_eq(b.err, ERR_FULL);
}
END_TEST

START_TEST(lack_of_memory_sticks)
{
	int r;

	heap_fail_at(1);
	r = buf_append(&b, "abc", 3);
	ck_assert(heap_stop());
	ck_assert_int_eq(r, -ENOMEM);
	ck_assert_int_eq(buf_append(&b, "abc", 3), -ENOMEM);
	ck_assert_uint_eq(buf_avail(&b), 0);
}
END_TEST

START_TEST(printing_appends_without_counting_the_nul)
{
	ck_assert_str_eq(buf_str(&b), "");
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(buf_printf(&b, "%03d,", i), 0);
	ck_assert_uint_eq(buf_avail(&b), 4000);
	ck_assert_uint_eq(strlen(buf_str(&b)), 4000);
	buf_consume(&b, 8);
	ck_assert_mem_eq(buf_str(&b), "002,003,", 8);
	ck_assert_int_eq(buf_printf(&b, "%s", ""), 0);
	ck_assert_uint_eq(buf_avail(&b), 3992);
}
END_TEST

START_TEST(an_empty_buffer_can_be_peeked)
{
	ck_assert_ptr_nonnull(buf_peek(&b));
	ck_assert_uint_eq(buf_avail(&b), 0);
	ck_assert_int_eq(buf_append(&b, NULL, 0), 0);
	buf_consume(&b, 0);
}
END_TEST

START_TEST(reading_more_than_there_is_aborts)
{
	ck_assert_int_eq(buf_append(&b, "ab", 2), 0);
	buf_consume(&b, 3);
}
END_TEST

START_TEST(committing_more_than_was_reserved_aborts)
{
	ck_assert_ptr_nonnull(buf_reserve(&b, 10));
	buf_commit(&b, b.size + 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("buf");
	TCase *t = tcase_create("buf");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, bytes_come_out_in_order_whatever_the_pieces);
	tcase_add_test(t, a_full_buffer_refuses_and_keeps_what_it_holds);
	tcase_add_test(t, an_error_sticks_until_reset);
	tcase_add_test(t, the_cap_counts_unread_bytes_only);
	tcase_add_test(t, sizes_that_overflow_are_full);
	tcase_add_test(t, lack_of_memory_sticks);
	tcase_add_test(t, printing_appends_without_counting_the_nul);
	tcase_add_test(t, an_empty_buffer_can_be_peeked);
	tcase_add_test_raise_signal(t, reading_more_than_there_is_aborts, SIGABRT);
	tcase_add_test_raise_signal(t, committing_more_than_was_reserved_aborts, SIGABRT);
	suite_add_tcase(s, t);
	return run_suite(s);
}
