#include "store/block.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "testlib/rng.h"
#include "testlib/run.h"

static uint64_t bits_of(double d)
{
	uint64_t x;

	memcpy(&x, &d, sizeof(x));
	return x;
}

static double any_double(struct rng *r)
{
	uint64_t x = rng_next(r);
	double d;

	memcpy(&d, &x, sizeof(d));
	return isfinite(d) ? d : 1.5;
}

enum shape { DECIMAL, COUNTER, STATUS, FLOAT, DOUBLE, MIXED, EXTREME, SHAPES };

static double value_at(struct rng *r, enum shape shape, size_t i, double last)
{
	switch (shape) {
	case DECIMAL:
		return (double)rng_range(r, -50000, 50000) / 10;
	case COUNTER:
		return i ? last + (double)rng_below(r, 100) : 1e9;
	case STATUS:
		return rng_below(r, 20) ? last : (double)rng_below(r, 4);
	case FLOAT:
		return (float)rng_double(r);
	case DOUBLE:
		return rng_double(r);
	case MIXED:
		return rng_below(r, 40) ? (double)rng_below(r, 1000) / 100 : any_double(r);
	default:
		return any_double(r);
	}
}

static void make_rows(struct rng *r, struct block_row *rows, size_t n)
{
	enum shape shape = (enum shape)rng_below(r, SHAPES);
	bool jitter = rng_below(r, 2), wild = rng_below(r, 10) == 0;
	int64_t t = rng_range(r, 0, INT64_C(1) << 41);
	uint64_t seq = rng_below(r, 1000000);

	for (size_t i = 0; i < n; i++) {
		t = wild ? (int64_t)rng_next(r) : t + 1000 + (jitter ? rng_range(r, -20, 20) : 0);
		seq += wild ? rng_next(r) : 1;
		rows[i] = (struct block_row){
			.t_ms = t,
			.value = value_at(r, shape, i, i ? rows[i - 1].value : 0),
			.seq = seq,
			.claim = rng_below(r, 50) && i ? rows[i - 1].claim
						       : (uint32_t)rng_below(r, 3),
			.quality = rng_below(r, 256) ? 0 : (uint8_t)rng_below(r, 4),
		};
		if (rng_below(r, 300) == 0)
			rows[i].value = -0.0;
	}
}

/* One assertion a block: each costs more than the codec. */
static void check_same(const struct block_row *a, const struct block_row *b, size_t n)
{
	size_t i = 0;

	while (i < n && a[i].t_ms == b[i].t_ms && bits_of(a[i].value) == bits_of(b[i].value) &&
	       a[i].seq == b[i].seq && a[i].claim == b[i].claim && a[i].quality == b[i].quality)
		i++;
	ck_assert_msg(i == n, "row %zu of %zu differs", i, n);
}

START_TEST(blocks_come_back_to_the_bit)
{
	static struct block_row rows[BLOCK_MAX], back[BLOCK_MAX];
	struct rng r;
	struct buf out;

	rng_init(&r, rng_seed(1));
	buf_init(&out, 0);
	for (int i = 0; i < 3000; i++) {
		size_t n = 1 + rng_below(&r, i % 10 ? 200 : BLOCK_MAX), got = 0;
		int64_t base = rng_range(&r, 0, INT64_C(1) << 41);

		buf_reset(&out);
		make_rows(&r, rows, n);
		ck_assert_int_eq(block_encode(rows, n, base, &out), 0);
		/* memory of exactly its size, so that a read past the end is seen */
		uint8_t *copy = malloc(buf_avail(&out));
		memcpy(copy, buf_peek(&out), buf_avail(&out));
		struct reader in = {.p = copy, .end = copy + buf_avail(&out)};
		ck_assert_int_eq(block_decode(&in, base, back, &got), 0);
		ck_assert_uint_eq(got, n);
		ck_assert_ptr_eq(in.p, in.end);
		check_same(rows, back, n);
		free(copy);
	}
	buf_fini(&out);
}
END_TEST

START_TEST(blocks_follow_each_other)
{
	static struct block_row rows[3][BLOCK_MAX], back[BLOCK_MAX];
	struct rng r;
	struct buf out;
	size_t n[3] = {5, BLOCK_MAX, 1}, got = 0;

	rng_init(&r, rng_seed(2));
	buf_init(&out, 0);
	for (int i = 0; i < 3; i++) {
		make_rows(&r, rows[i], n[i]);
		ck_assert_int_eq(block_encode(rows[i], n[i], 0, &out), 0);
	}
	struct reader in = {.p = buf_peek(&out), .end = buf_peek(&out) + buf_avail(&out)};
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(block_decode(&in, 0, back, &got), 0);
		ck_assert_uint_eq(got, n[i]);
		check_same(rows[i], back, got);
	}
	ck_assert_int_eq(block_decode(&in, 0, back, &got), ERR_CORRUPT);
	buf_fini(&out);
}
END_TEST

/* An hour of a gauge at 0.1 each 30 s with equal steps of time and numbers. */
START_TEST(ordinary_telemetry_is_small)
{
	struct block_row rows[120];
	struct rng r;
	struct buf out;

	rng_init(&r, rng_seed(3));
	buf_init(&out, 0);
	for (int i = 0; i < 120; i++)
		rows[i] = (struct block_row){.t_ms = 1752000000000 + 30000 * i,
					     .value = 500 + (double)rng_range(&r, -40, 40) / 10,
					     .seq = 1000 + (uint64_t)i};
	ck_assert_int_eq(block_encode(rows, 120, 1752000000000, &out), 0);
	ck_assert_uint_lt(buf_avail(&out), 120 * 7 / 8 + 30);
	buf_reset(&out);
	for (int i = 0; i < 120; i++)
		rows[i].value = 3;
	ck_assert_int_eq(block_encode(rows, 120, 1752000000000, &out), 0);
	ck_assert_uint_lt(buf_avail(&out), 30);
	buf_fini(&out);
}
END_TEST

START_TEST(damaged_blocks_never_read_beyond_their_end)
{
	static struct block_row rows[BLOCK_MAX], back[BLOCK_MAX];
	struct rng r;
	struct buf out;
	int refused = 0;

	rng_init(&r, rng_seed(4));
	buf_init(&out, 0);
	for (int i = 0; i < 20000; i++) {
		size_t n = 1 + rng_below(&r, 60), got = 0;

		buf_reset(&out);
		make_rows(&r, rows, n);
		ck_assert_int_eq(block_encode(rows, n, 0, &out), 0);
		size_t len = buf_avail(&out);
		uint8_t *copy = malloc(len);
		memcpy(copy, buf_peek(&out), len);
		for (uint64_t k = rng_below(&r, 4); k > 0; k--)
			copy[rng_below(&r, len < 24 ? len : 24)] = (uint8_t)rng_next(&r);
		if (rng_below(&r, 2)) {
			len = rng_below(&r, len);
			copy = realloc(copy, len ? len : 1);
		}
		struct reader in = {.p = copy, .end = copy + len};
		int rc = block_decode(&in, 0, back, &got);
		ck_assert(rc == 0 || rc == ERR_CORRUPT);
		ck_assert(in.p <= in.end && got <= BLOCK_MAX);
		refused += rc != 0;
		free(copy);
	}
	ck_assert_int_gt(refused, 1000);
	buf_fini(&out);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("block");
	TCase *tc = tcase_create("blocks");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, blocks_come_back_to_the_bit);
	tcase_add_test(tc, blocks_follow_each_other);
	tcase_add_test(tc, ordinary_telemetry_is_small);
	tcase_add_test(tc, damaged_blocks_never_read_beyond_their_end);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
