#include "plan/input.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "planlib/rich.h"
#include "planlib/sites.h"
#include "testlib/run.h"

#define CAP ((size_t)16 << 20)

static struct arena arena;

static void setup(void)
{
	arena_init(&arena, CAP);
}

static void teardown(void)
{
	arena_fini(&arena);
}

START_TEST(a_grid_has_quarters_then_hours_that_begin_on_full_hours)
{
	int64_t start[64], duration[64];
	int64_t now = SITES_T0 + 20 * MS_PER_MIN;
	const struct plan_grid grid = {.quarter_ms = SITES_T0 + SLOT_MS + 2 * MS_PER_H,
				       .hour_ms = now + 6 * MS_PER_H};
	int n = plan_grid(now, &grid, 64, start, duration);

	/* 00:15 … 03:00 in quarters (the fine part ends at 02:15), then hours up to 07:00. */
	ck_assert_int_eq(n, 11 + 4);
	ck_assert_int_eq(start[0], SITES_T0 + SLOT_MS);
	for (int i = 0; i < n; i++) {
		ck_assert_int_eq(duration[i], i < 11 ? SLOT_MS : MS_PER_H);
		if (i > 0)
			ck_assert_int_eq(start[i], start[i - 1] + duration[i - 1]);
		if (i >= 11)
			ck_assert_int_eq(start[i] % MS_PER_H, 0);
	}
	ck_assert_int_eq(start[n - 1] + duration[n - 1], SITES_T0 + 7 * MS_PER_H);
}
END_TEST

START_TEST(a_grid_coarsens_in_stages_that_fit_the_local_day)
{
	static int64_t start[PLAN_MAX_STEPS], duration[PLAN_MAX_STEPS];
	int64_t now = SITES_T0 + 5 * MS_PER_MIN, first = SITES_T0;
	const struct plan_grid grid = {.quarter_ms = first + 6 * MS_PER_H,
				       .half_ms = first + 12 * MS_PER_H,
				       .hour_ms = first + 36 * MS_PER_H,
				       .tail_ms = first + 7 * MS_PER_DAY,
				       .midnight_ms = SITES_T0 + 30 * MS_PER_DAY};
	int n = plan_grid(now, &grid, PLAN_MAX_STEPS, start, duration);

	/* 24 quarters, 12 halves, 24 hours, then 44 steps of three hours. */
	ck_assert_int_eq(n, 24 + 12 + 24 + 44);
	for (int i = 0; i < n; i++) {
		int64_t h = MS_PER_H;

		ck_assert_int_eq(duration[i], i < 24 ? h / 4 : i < 36 ? h / 2 : i < 60 ? h : 3 * h);
		ck_assert_int_eq((start[i] - SITES_T0) % duration[i], 0);
		if (i > 0)
			ck_assert_int_eq(start[i], start[i - 1] + duration[i - 1]);
	}
	/* From 01:15 on there is one quarter more before each longer step, and never one that straddles midnight. */
	n = plan_grid(now + 75 * MS_PER_MIN, &grid, PLAN_MAX_STEPS, start, duration);
	for (int i = 0; i < n; i++) {
		int64_t into_day = (start[i] - SITES_T0) % MS_PER_DAY;

		ck_assert_int_le(into_day + duration[i], MS_PER_DAY);
		ck_assert_int_eq((start[i] - SITES_T0) % duration[i], 0);
	}
	ck_assert_int_ge(start[n - 1] + duration[n - 1], grid.tail_ms);
}
END_TEST

START_TEST(a_grid_has_at_least_one_step_and_knows_its_room)
{
	struct plan_grid none = {0}, hour = {.quarter_ms = SITES_T0 + MS_PER_H};
	int64_t start[4], duration[4];

	ck_assert_int_eq(plan_grid(SITES_T0, &none, 4, start, duration), 1);
	ck_assert_int_eq(start[0], SITES_T0);
	ck_assert_int_eq(plan_grid(SITES_T0, &hour, 4, start, duration), 4);
	hour.quarter_ms++;
	ck_assert_int_eq(plan_grid(SITES_T0, &hour, 4, start, duration), ERR_FULL);
}
END_TEST

START_TEST(init_refuses_too_many_steps_and_a_full_arena)
{
	static int64_t zeros[PLAN_MAX_STEPS + 1];
	struct plan_input in = {.n_generators = 2, .n_storage = 2, .n_queues = 2, .now_ms = 42};
	struct arena small;

	ck_assert_int_eq(plan_input_init(&in, &arena, PLAN_MAX_STEPS + 1, zeros, zeros), ERR_FULL);
	for (size_t cap = 0; cap < (size_t)20 << 10; cap += 512) {
		int r;

		arena_init(&small, cap);
		r = plan_input_init(&in, &small, 96, zeros, zeros);
		ck_assert(r == 0 || r == -ENOMEM);
		ck_assert_int_eq(r == 0, cap >= 96 * 8 * 13);
		arena_fini(&small);
	}
	ck_assert_int_eq(in.now_ms, 42);
}
END_TEST

START_TEST(what_is_decoded_encodes_to_the_same_bytes)
{
	struct rng r;

	rng_init(&r, rng_seed(7));
	for (int i = 0; i < 100; i++) {
		struct plan_input *in = i % 2 ? sites_insane(&arena, &r) : rich_random(&arena, &r);
		struct plan_input *back = NULL;
		struct plan_source sources[] = {{"pv1.power", "similar day", QUALITY_ESTIMATED},
						{"price.buy", "", QUALITY_OK}};
		struct buf first, second;

		in->sources = sources;
		in->n_sources = ARRAY_SIZE(sources);
		buf_init(&first, 0);
		buf_init(&second, 0);
		ck_assert_int_eq(plan_input_encode(in, &first), 0);
		ck_assert_int_eq(
			plan_input_decode(buf_peek(&first), buf_avail(&first), &arena, &back), 0);
		ck_assert_int_eq(back->n, in->n);
		ck_assert_str_eq(back->sources[0].source, "similar day");
		ck_assert_int_eq(
			memcmp(back->soc_wh, in->soc_wh, sizeof(int64_t) * (size_t)in->n_storage),
			0);
		ck_assert_int_eq(memcmp(back->load_it_w, in->load_it_w, in->n * sizeof(int64_t)),
				 0);
		ck_assert_int_eq(plan_input_encode(back, &second), 0);
		ck_assert_mem_eq(buf_peek(&first), buf_peek(&second), buf_avail(&first));
		ck_assert_uint_eq(buf_avail(&first), buf_avail(&second));
		buf_fini(&first);
		buf_fini(&second);
		arena_reset(&arena);
	}
}
END_TEST

/* Decodes bytes of exactly n in a small arena; whatever is accepted must encode to itself. */
static int decode_hostile(const uint8_t *p, size_t n)
{
	uint8_t *exact = malloc(n ? n : 1);
	struct plan_input *in;
	struct arena small;
	struct buf again;
	int r;

	ck_assert_ptr_nonnull(exact);
	if (n > 0)
		memcpy(exact, p, n);
	arena_init(&small, (size_t)1 << 20);
	buf_init(&again, 0);
	r = plan_input_decode(exact, n, &small, &in);
	if (r == 0) {
		ck_assert_int_eq(plan_input_encode(in, &again), 0);
		ck_assert_uint_eq(buf_avail(&again), n);
		ck_assert_mem_eq(buf_peek(&again), exact, n);
	}
	buf_fini(&again);
	arena_fini(&small);
	free(exact);
	return r;
}

START_TEST(hostile_bytes_are_malformed_or_mean_themselves)
{
	struct rng r;
	struct buf b;

	rng_init(&r, rng_seed(11));
	buf_init(&b, 0);
	ck_assert_int_eq(plan_input_encode(rich_random(&arena, &r), &b), 0);
	for (size_t n = 0; n < buf_avail(&b); n += 1 + n / 16)
		ck_assert_int_eq(decode_hostile(buf_peek(&b), n), ERR_MALFORMED);
	ck_assert_int_eq(decode_hostile(buf_peek(&b), buf_avail(&b)), 0);
	buf_append(&b, "", 1);
	ck_assert_int_eq(decode_hostile(buf_peek(&b), buf_avail(&b)), ERR_MALFORMED);
	b.len--;
	for (int i = 0; i < 5000; i++) {
		uint8_t *at = b.data + b.off + rng_below(&r, i % 2 ? 300 : buf_avail(&b));
		uint8_t was = *at;
		int rc;

		*at = (uint8_t)rng_next(&r);
		rc = decode_hostile(buf_peek(&b), buf_avail(&b));
		ck_assert_msg(rc == 0 || rc == ERR_MALFORMED || rc == ERR_VERSION, "%s",
			      err_name(rc));
		*at = was;
	}
	buf_fini(&b);
}
END_TEST

/* An input of the version before: what is new is empty in it, and it stays what it is. */
START_TEST(an_older_input_is_read_and_written_as_it_was)
{
	struct rng r;

	rng_init(&r, rng_seed(13));
	for (int i = 0; i < 40; i++) {
		struct plan_input *in = sites_random(&arena, &r), *back;
		struct buf b, again;

		in->version = PLAN_INPUT_VERSION_OLD;
		buf_init(&b, 0);
		buf_init(&again, 0);
		ck_assert_int_eq(plan_input_encode(in, &b), 0);
		ck_assert_int_eq(plan_input_decode(buf_peek(&b), buf_avail(&b), &arena, &back), 0);
		ck_assert_uint_eq(back->version, PLAN_INPUT_VERSION_OLD);
		ck_assert_int_eq(back->n_cooling + back->n_feeders + back->n_rations, 0);
		ck_assert_ptr_null(back->carbon_g);
		for (int q = 0; q < back->n_queues; q++)
			ck_assert_int_eq(back->queues[q].tier, FLEX_F3);
		ck_assert_int_eq(back->n_demands,
				 in->demands[0].price_e4 != 0 || in->demands[0].incumbent_w != 0);
		if (back->n_demands > 0) {
			ck_assert_str_eq(back->demands[0].id, "demand");
			ck_assert_int_eq(back->demands[0].price_e4, in->demands[0].price_e4);
			ck_assert(back->demands[0].in_window[in->n - 1]);
		}
		ck_assert_int_eq(plan_input_encode(back, &again), 0);
		ck_assert_uint_eq(buf_avail(&again), buf_avail(&b));
		ck_assert_mem_eq(buf_peek(&again), buf_peek(&b), buf_avail(&b));
		buf_fini(&b);
		buf_fini(&again);
		arena_reset(&arena);
	}
}
END_TEST

START_TEST(another_version_is_told_apart_from_garbage)
{
	struct buf b;

	buf_init(&b, 0);
	ck_assert_int_eq(plan_input_encode(sites_plain(&arena, 4, SLOT_MS, 0, 0, 0), &b), 0);
	b.data[4]++;
	ck_assert_int_eq(decode_hostile(buf_peek(&b), buf_avail(&b)), ERR_VERSION);
	b.data[0]++;
	ck_assert_int_eq(decode_hostile(buf_peek(&b), buf_avail(&b)), ERR_MALFORMED);
	buf_fini(&b);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/input");
	TCase *tc = tcase_create("input");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_grid_has_quarters_then_hours_that_begin_on_full_hours);
	tcase_add_test(tc, a_grid_coarsens_in_stages_that_fit_the_local_day);
	tcase_add_test(tc, a_grid_has_at_least_one_step_and_knows_its_room);
	tcase_add_test(tc, init_refuses_too_many_steps_and_a_full_arena);
	tcase_add_test(tc, what_is_decoded_encodes_to_the_same_bytes);
	tcase_add_test(tc, hostile_bytes_are_malformed_or_mean_themselves);
	tcase_add_test(tc, an_older_input_is_read_and_written_as_it_was);
	tcase_add_test(tc, another_version_is_told_apart_from_garbage);
	return run_suite(suite);
}
