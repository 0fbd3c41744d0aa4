#include "store/tile.h"

#include <check.h>
#include <string.h>

#include "base/err.h"
#include "testlib/rng.h"
#include "testlib/run.h"

START_TEST(windows_are_whole_hours_also_before_1970)
{
	ck_assert_int_eq(tile_window(0), 0);
	ck_assert_int_eq(tile_window(TILE_WINDOW_MS - 1), 0);
	ck_assert_int_eq(tile_window(TILE_WINDOW_MS), TILE_WINDOW_MS);
	ck_assert_int_eq(tile_window(-1), -TILE_WINDOW_MS);
	ck_assert_int_eq(tile_window(-TILE_WINDOW_MS), -TILE_WINDOW_MS);
}
END_TEST

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

START_TEST(order_of_keys_is_window_group_part)
{
	struct rng r;

	rng_init(&r, rng_seed(1));
	for (int i = 0; i < 5000; i++) {
		struct tile_key a = {rng_range(&r, -3, 3) * TILE_WINDOW_MS,
				     (uint32_t)rng_below(&r, 3), rng_below(&r, 3)};
		struct tile_key b = {rng_range(&r, -3, 3) * TILE_WINDOW_MS,
				     (uint32_t)rng_below(&r, 3), rng_below(&r, 3)},
				back;
		uint8_t ka[TILE_KEY], kb[TILE_KEY];
		int want = a.window_ms != b.window_ms ? (a.window_ms > b.window_ms ? 1 : -1)
			   : a.group != b.group	      ? (a.group > b.group ? 1 : -1)
						      : (a.part > b.part) - (a.part < b.part);

		tile_key_put(&a, ka);
		tile_key_put(&b, kb);
		ck_assert_int_eq(sign(memcmp(ka, kb, TILE_KEY)), want);
		ck_assert(tile_key_get(ka, TILE_KEY, &back));
		ck_assert_int_eq(back.window_ms, a.window_ms);
		ck_assert_uint_eq(back.group, a.group);
		ck_assert_uint_eq(back.part, a.part);
		ck_assert(!tile_key_get(ka, TILE_KEY - 1, &back));
	}
}
END_TEST

#define POINTS 5
#define ROWS 2500

static const struct tile_claim claims[] = {{7, 1, false}, {8, 2, true}, {9, 3, false}};
static const unsigned indexes[POINTS] = {0, 3, 77, 254, 255};

/* Rows of the k-th point; they name claims 0 and 2 only. */
static void make_rows(struct block_row *rows, size_t n, int k)
{
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct block_row){.t_ms = 1000 * (int64_t)i + k,
					     .value = (double)k + (double)i / 10,
					     .seq = i,
					     .claim = i % 900 == 0 ? 2 : 0};
}

static void write_tile(struct buf *out)
{
	static struct block_row rows[ROWS];
	struct tile_writer w;

	ck_assert_int_eq(tile_writer_init(&w, claims, 3), 0);
	for (int k = 0; k < POINTS; k++) {
		make_rows(rows, ROWS, k);
		ck_assert_int_eq(tile_writer_add(&w, indexes[k], 0, rows, ROWS), 0);
	}
	ck_assert_uint_eq(w.n_rows, POINTS * ROWS);
	ck_assert_int_eq(tile_writer_finish(&w, out), 0);
	ck_assert_uint_eq(w.n_rows, 0);
	tile_writer_fini(&w);
}

START_TEST(a_tile_gives_back_each_point)
{
	static struct block_row want[ROWS], rows[BLOCK_MAX];
	struct buf out;
	struct arena a;
	struct tile t;

	buf_init(&out, 0);
	arena_init(&a, 1 << 20);
	write_tile(&out);
	ck_assert_int_eq(tile_open(0, buf_peek(&out), buf_avail(&out), &a, &t), 0);
	ck_assert_uint_eq(t.n_claims, 2);
	ck_assert(!tile_has(&t, 1));
	for (int k = 0; k < POINTS; k++) {
		size_t n = 0, seen = 0;

		make_rows(want, ROWS, k);
		ck_assert(tile_has(&t, indexes[k]));
		while (tile_next(&t, indexes[k], rows, &n) == 0 && n > 0) {
			for (size_t i = 0; i < n; i++, seen++) {
				const struct tile_claim *c = &t.claims[rows[i].claim];

				ck_assert_int_eq(rows[i].t_ms, want[seen].t_ms);
				ck_assert(rows[i].value == want[seen].value);
				ck_assert_uint_eq(c->source, claims[want[seen].claim].source);
				ck_assert_uint_eq(c->epoch, claims[want[seen].claim].epoch);
				ck_assert_int_eq(c->correction,
						 claims[want[seen].claim].correction);
			}
		}
		ck_assert_uint_eq(seen, ROWS);
	}
	arena_fini(&a);
	buf_fini(&out);
}
END_TEST

START_TEST(a_tile_of_another_version_is_refused)
{
	struct buf out;
	struct arena a;
	struct tile t;

	buf_init(&out, 0);
	arena_init(&a, 1 << 20);
	write_tile(&out);
	out.data[0] = TILE_VERSION + 1;
	ck_assert_int_eq(tile_open(0, buf_peek(&out), buf_avail(&out), &a, &t), ERR_VERSION);
	ck_assert_int_eq(tile_open(0, buf_peek(&out), 0, &a, &t), ERR_CORRUPT);
	arena_fini(&a);
	buf_fini(&out);
}
END_TEST

START_TEST(damaged_tiles_are_refused_or_read)
{
	static struct block_row rows[BLOCK_MAX];
	struct rng r;
	struct buf out;
	struct arena a;
	struct tile t;
	int refused = 0;

	rng_init(&r, rng_seed(5));
	buf_init(&out, 0);
	arena_init(&a, 1 << 20);
	write_tile(&out);
	for (int i = 0; i < 3000; i++) {
		size_t len = buf_avail(&out), n = 0;
		uint8_t *copy;
		int rc;

		if (i % 2)
			len = rng_below(&r, len);
		copy = malloc(len ? len : 1);
		memcpy(copy, buf_peek(&out), len);
		if (len)
			copy[rng_below(&r, len < 40 ? len : 40)] ^=
				(uint8_t)(1 << rng_below(&r, 8));
		arena_reset(&a);
		rc = tile_open(0, copy, len, &a, &t);
		for (unsigned k = 0; rc == 0 && k < TILE_POINTS; k++) {
			while ((rc = tile_next(&t, k, rows, &n)) == 0 && n > 0)
				;
		}
		refused += rc != 0;
		free(copy);
	}
	ck_assert_int_gt(refused, 1000);
	arena_fini(&a);
	buf_fini(&out);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("tile");
	TCase *tc = tcase_create("tiles");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, windows_are_whole_hours_also_before_1970);
	tcase_add_test(tc, order_of_keys_is_window_group_part);
	tcase_add_test(tc, a_tile_gives_back_each_point);
	tcase_add_test(tc, a_tile_of_another_version_is_refused);
	tcase_add_test(tc, damaged_tiles_are_refused_or_read);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
