#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "plan/region.h"
#include "planlib/regions.h"
#include "testlib/run.h"

static struct arena arena;
static struct buf buf;

static void setup(void)
{
	arena_init(&arena, (size_t)256 << 20);
	buf_init(&buf, 0);
}

static void teardown(void)
{
	buf_fini(&buf);
	arena_fini(&arena);
}

static struct plan_region *sample(uint64_t seed)
{
	struct rng r;
	struct plan_region *in;

	rng_init(&r, seed);
	in = regions_random(&arena, &r, 3);
	if (in->n_limits == 0)
		regions_limit(in, &arena, 5000000);
	return in;
}

static const uint8_t *encode(const struct plan_region *in)
{
	buf_reset(&buf);
	ck_assert_int_eq(plan_region_encode(in, &buf), 0);
	return buf_peek(&buf);
}

START_TEST(a_region_comes_back_as_it_was)
{
	struct plan_region *in = sample((uint64_t)_i), *out = NULL;
	const uint8_t *p = encode(in);
	uint8_t *again = arena_memdup(&arena, p, buf_avail(&buf));
	size_t n = buf_avail(&buf);

	ck_assert_int_eq(plan_region_decode(again, n, &arena, &out), 0);
	ck_assert_int_eq(out->n_sites, in->n_sites);
	ck_assert_int_eq(out->n_links, in->n_links);
	ck_assert_int_eq(out->n_limits, in->n_limits);
	for (int i = 0; i < in->n_sites; i++)
		ck_assert_str_eq(out->sites[i]->site, in->sites[i]->site);
	for (int l = 0; l < in->n_limits; l++) {
		ck_assert_int_eq(out->limits[l].import_max_w, in->limits[l].import_max_w);
		ck_assert_mem_eq(out->limits[l].background_w, in->limits[l].background_w,
				 in->sites[0]->n * sizeof(int64_t));
	}
	p = encode(out);
	ck_assert_uint_eq(buf_avail(&buf), n);
	ck_assert_mem_eq(p, again, n);
}
END_TEST

START_TEST(a_site_that_shares_nothing_has_the_bytes_of_its_input)
{
	struct plan_region *in = sample(1), *out = NULL;
	struct plan_region alone = {.n_sites = 1, .sites = in->sites};
	struct buf one;

	encode(&alone);
	buf_init(&one, 0);
	ck_assert_int_eq(plan_input_encode(in->sites[0], &one), 0);
	ck_assert_uint_eq(buf_avail(&one), buf_avail(&buf));
	ck_assert_mem_eq(buf_peek(&one), buf_peek(&buf), buf_avail(&buf));
	ck_assert_int_eq(plan_region_decode(buf_peek(&one), buf_avail(&one), &arena, &out), 0);
	ck_assert_int_eq(out->n_sites, 1);
	ck_assert_int_eq(out->n_limits + out->n_links, 0);
	buf_fini(&one);
}
END_TEST

START_TEST(bytes_that_are_cut_or_longer_are_refused)
{
	struct plan_region *out = NULL;
	const uint8_t *p = encode(sample(3));
	size_t n = buf_avail(&buf);

	for (size_t cut = 0; cut < n; cut += cut < 64 || n - cut < 64 ? 1 : 97)
		ck_assert_int_eq(plan_region_decode(p, cut, &arena, &out), ERR_MALFORMED);
	ck_assert_int_eq(buf_append(&buf, "", 1), 0);
	ck_assert_int_eq(plan_region_decode(buf_peek(&buf), n + 1, &arena, &out), ERR_MALFORMED);
	ck_assert_ptr_null(out);
}
END_TEST

START_TEST(another_version_is_told_apart_from_garbage)
{
	struct plan_region *out = NULL;
	uint8_t *p;

	encode(sample(3));
	p = arena_memdup(&arena, buf_peek(&buf), buf_avail(&buf));
	p[4] = 99;
	ck_assert_int_eq(plan_region_decode(p, buf_avail(&buf), &arena, &out), ERR_VERSION);
	p[0] = 'X';
	ck_assert_int_eq(plan_region_decode(p, buf_avail(&buf), &arena, &out), ERR_MALFORMED);
	ck_assert_ptr_null(out);
}
END_TEST

START_TEST(there_is_one_encoding_for_one_region)
{
	struct plan_region *in = sample(3), *out = NULL;
	struct plan_input *first = in->sites[0];
	size_t n;
	uint8_t *p;

	/* Sites out of order, in bytes that a hand made: both have ids of equal length. */
	encode(in);
	n = buf_avail(&buf);
	p = arena_memdup(&arena, buf_peek(&buf), n);
	ck_assert_int_eq(plan_region_decode(p, n, &arena, &out), 0);
	for (size_t i = 0; i + 6 < n; i++) {
		if (memcmp(p + i, "site00", 6) == 0)
			p[i + 5] = '9';
	}
	ck_assert_int_eq(plan_region_decode(p, n, &arena, &out), ERR_MALFORMED);
	/* What region_make() refuses has no bytes. */
	in->sites[1] = first;
	buf_reset(&buf);
	ck_assert_int_eq(plan_region_encode(in, &buf), ERR_INVALID);
}
END_TEST

START_TEST(any_byte_may_be_wrong)
{
	struct rng r;
	size_t n;
	uint8_t *p;

	encode(sample(5));
	n = buf_avail(&buf);
	p = arena_memdup(&arena, buf_peek(&buf), n);
	rng_init(&r, rng_seed(7));
	for (int i = 0; i < 400; i++) {
		struct plan_region *out = NULL;
		size_t at = (size_t)rng_below(&r, i % 2 ? n : 200);
		uint8_t was = p[at];
		struct arena small;

		arena_init(&small, (size_t)64 << 20);
		p[at] = (uint8_t)rng_next(&r);
		if (plan_region_decode(p, n, &small, &out) == 0) {
			encode(out);
			ck_assert_uint_eq(buf_avail(&buf), n);
			ck_assert_mem_eq(buf_peek(&buf), p, n);
		}
		p[at] = was;
		arena_fini(&small);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/region_codec");
	TCase *tc = tcase_create("region_codec");

	suite_add_tcase(suite, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_region_comes_back_as_it_was, 0, 6);
	tcase_add_test(tc, a_site_that_shares_nothing_has_the_bytes_of_its_input);
	tcase_add_test(tc, bytes_that_are_cut_or_longer_are_refused);
	tcase_add_test(tc, another_version_is_told_apart_from_garbage);
	tcase_add_test(tc, there_is_one_encoding_for_one_region);
	tcase_add_test(tc, any_byte_may_be_wrong);
	return run_suite(suite);
}
