#include "base/arena.h"

#include <check.h>
#include <string.h>

#include "testlib/heap.h"
#include "testlib/rng.h"
#include "testlib/run.h"

static struct arena a;

static void setup(void)
{
	arena_init(&a, 1 << 20);
}

static void teardown(void)
{
	arena_fini(&a);
}

START_TEST(memory_is_aligned_zeroed_and_apart)
{
	struct rng rng;
	uint8_t *last = NULL;
	size_t last_n = 0;

	rng_init(&rng, rng_seed(1));
	for (int i = 0; i < 2000; i++) {
		size_t n = rng_below(&rng, 300);
		uint8_t *p = arena_alloc(&a, n);

		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq((uintptr_t)p % 16, 0);
		for (size_t k = 0; k < n; k++)
			ck_assert_uint_eq(p[k], 0);
		memset(p, 0xaa, n);
		ck_assert(last == NULL || p >= last + last_n || p + n <= last);
		last = p;
		last_n = n;
	}
}
END_TEST

START_TEST(nothing_goes_over_the_cap_and_the_cap_itself_fits)
{
	arena_fini(&a);
	arena_init(&a, 160);
	ck_assert_ptr_null(arena_alloc(&a, 161));
	ck_assert_uint_eq(a.used, 0);
	for (int i = 0; i < 10; i++)
		ck_assert_ptr_nonnull(arena_alloc(&a, 16));
	ck_assert_uint_eq(a.used, 160);
	ck_assert_ptr_null(arena_alloc(&a, 1));
	ck_assert_ptr_null(arena_alloc(&a, 0));
	arena_reset(&a);
	ck_assert_ptr_nonnull(arena_alloc(&a, 160));
}
END_TEST

START_TEST(a_cap_between_two_alignments_is_kept)
{
	arena_fini(&a);
	arena_init(&a, 20);
	ck_assert_ptr_nonnull(arena_alloc(&a, 16));
	ck_assert_ptr_null(arena_alloc(&a, 4));
	ck_assert_uint_le(a.used, a.cap);
}
END_TEST

START_TEST(sizes_that_overflow_are_refused)
{
	volatile size_t huge = SIZE_MAX;

	arena_fini(&a);
	arena_init(&a, SIZE_MAX);
	ck_assert_ptr_null(arena_alloc(&a, huge));
	ck_assert_ptr_null(arena_alloc(&a, huge - 14));
	ck_assert_ptr_null(arena_array(&a, huge / 2, 3));
	ck_assert_ptr_null(arena_array(&a, (size_t)1 << 32, (size_t)1 << 32));
	ck_assert_uint_eq(a.used, 0);
}
END_TEST

START_TEST(no_bytes_are_a_valid_unique_pointer)
{
	void *p = arena_alloc(&a, 0), *q = arena_array(&a, 0, 8), *r = arena_memdup(&a, NULL, 0);

	ck_assert_ptr_nonnull(p);
	ck_assert_ptr_nonnull(q);
	ck_assert_ptr_nonnull(r);
	ck_assert(p != q && q != r && p != r);
}
END_TEST

START_TEST(reset_memory_is_zeroed_again_and_one_block_is_reused)
{
	uint8_t *p;

	for (int i = 0; i < 100; i++)
		memset(arena_alloc(&a, 1000), 0xff, 1000);
	arena_reset(&a);
	ck_assert_uint_eq(a.used, 0);
	heap_fail_at(1);
	p = arena_alloc(&a, 1000);
	ck_assert(!heap_stop());
	ck_assert_ptr_nonnull(p);
	for (int k = 0; k < 1000; k++)
		ck_assert_uint_eq(p[k], 0);
}
END_TEST

START_TEST(a_large_array_is_one_piece)
{
	double *x = ARENA_ARRAY(&a, 100000, double);

	ck_assert_ptr_nonnull(x);
	x[99999] = 1;
	ck_assert_uint_eq(a.used, 800000);
}
END_TEST

START_TEST(copies_and_printed_text_are_whole)
{
	char long_text[3000];
	char *s;

	memset(long_text, 'x', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = '\0';
	ck_assert_str_eq(arena_strdup(&a, "红原"), "红原");
	ck_assert_ptr_null(arena_strdup(&a, NULL));
	s = arena_printf(&a, "%s=%d", long_text, 42);
	ck_assert_uint_eq(strlen(s), sizeof(long_text) - 1 + 3);
	ck_assert_str_eq(s + sizeof(long_text) - 1, "=42");
	ck_assert_mem_eq(arena_memdup(&a, "a\0b", 3), "a\0b", 3);
}
END_TEST

START_TEST(lack_of_memory_is_null_and_leaves_the_arena_usable)
{
	void *p;

	heap_fail_at(1);
	p = arena_alloc(&a, 100);
	ck_assert(heap_stop());
	ck_assert_ptr_null(p);
	ck_assert_uint_eq(a.used, 0);
	ck_assert_ptr_nonnull(arena_alloc(&a, 100));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("arena");
	TCase *t = tcase_create("arena");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, memory_is_aligned_zeroed_and_apart);
	tcase_add_test(t, nothing_goes_over_the_cap_and_the_cap_itself_fits);
	tcase_add_test(t, a_cap_between_two_alignments_is_kept);
	tcase_add_test(t, sizes_that_overflow_are_refused);
	tcase_add_test(t, no_bytes_are_a_valid_unique_pointer);
	tcase_add_test(t, reset_memory_is_zeroed_again_and_one_block_is_reused);
	tcase_add_test(t, a_large_array_is_one_piece);
	tcase_add_test(t, copies_and_printed_text_are_whole);
	tcase_add_test(t, lack_of_memory_is_null_and_leaves_the_arena_usable);
	suite_add_tcase(s, t);
	return run_suite(s);
}
