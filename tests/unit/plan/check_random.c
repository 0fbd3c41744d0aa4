/* What holds for every site, in every state. SUANDIAN_SEED=… repeats a run. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/slot.h"
#include "plan/plan.h"
#include "planlib/holds.h"
#include "planlib/rich.h"
#include "planlib/sites.h"
#include "testlib/run.h"

#define N_SITES 300

static struct arena arena;
static uint64_t seed;
static enum solve_engine engine;
static double residual_max;
static int n_plans, n_helped; /* by CLP */

/* CLP's points are exact; an interior point is so in nearly all sites, and in all to a share of its LP's size. */
static void begin(int which, bool insane)
{
	engine = (enum solve_engine)which;
	residual_max = engine == SOLVE_CLP ? 1e-6 : insane ? 1e-4 : 1e-5;
	n_plans = n_helped = 0;
}

static void end(void)
{
	if (engine == SOLVE_IPM)
		ck_assert_msg(n_helped <= n_plans / 50, "CLP had to help %d of %d times", n_helped,
			      n_plans);
}

/* What a plan costs when it is run again. */
static void same_worth(int64_t again, const struct plan *p)
{
	int64_t slack = engine == SOLVE_CLP ? 0 : 100 + llabs(p->objective_e4) / 50000000;

	ck_assert_msg(llabs(again - p->objective_e4) <= slack, "seed %llu: %lld, said %lld",
		      (unsigned long long)seed, (long long)again, (long long)p->objective_e4);
}

static void setup(void)
{
	arena_init(&arena, PLAN_ARENA_CAP);
}

static void teardown(void)
{
	arena_fini(&arena);
}

static struct plan *make(const struct plan_input *in)
{
	struct plan *p = NULL;
	struct fault f = {0};
	struct solve_ctl ctl = {.engine = engine};
	int r = plan_make(in, &ctl, &arena, &p, &f);

	ck_assert_msg(r == 0, "seed %llu: %s: %s", (unsigned long long)seed, err_name(r), f.text);
	ck_assert_msg(p->gap <= 1e-6 && p->residual <= residual_max,
		      "seed %llu: gap %g residual %g", (unsigned long long)seed, p->gap,
		      p->residual);
	n_plans++;
	n_helped += strncmp(p->solver, "ipm", 3) != 0;
	ck_assert_int_eq(plan_imbalance_w(p), 0);
	ck_assert_int_eq(p->status, PLAN_OPTIMAL);
	return p;
}

static struct plan_input *next_site(int i, bool insane)
{
	struct rng r;

	seed = rng_seed(1) * 100000 + (uint64_t)i;
	rng_init(&r, seed);
	if (insane)
		return sites_insane(&arena, &r);
	return i % 3 ? rich_random(&arena, &r) : sites_random(&arena, &r);
}

START_TEST(every_limit_holds_or_is_named)
{
	begin(_i, false);
	for (int i = 0; i < N_SITES; i++) {
		struct plan_input *in = next_site(i, false);
		struct plan *p = make(in);

		holds_all(in, p, seed);
		arena_reset(&arena);
	}
	end();
}
END_TEST

START_TEST(a_plan_is_worth_what_it_says_and_no_plan_is_worth_more)
{
	begin(_i, false);
	for (int i = 0; i < N_SITES; i++) {
		struct plan_input *in = next_site(i, false);
		struct plan *p = make(in), *other;
		int64_t objective, cheaper, scale;

		ck_assert_int_eq(plan_evaluate(in, p, &objective), 0);
		same_worth(objective, p);
		/* Whatever the assets do instead, it is not better: rounding aside. */
		other = plan_clone(p, &arena);
		for (uint32_t a = 0; a < other->n_assets; a++) {
			struct rng r;

			rng_init(&r, seed + a);
			for (uint32_t k = 0; k < other->n; k++)
				other->assets[a].power_w[k] =
					other->assets[a].power_w[k] * rng_range(&r, 80, 120) / 100;
		}
		ck_assert_int_eq(plan_evaluate(in, other, &cheaper), 0);
		scale = llabs(p->objective_e4) / 1000000 + 20000;
		ck_assert_msg(cheaper >= p->objective_e4 - scale, "seed %llu: %lld < %lld",
			      (unsigned long long)seed, (long long)cheaper,
			      (long long)p->objective_e4);
		arena_reset(&arena);
	}
	end();
}
END_TEST

START_TEST(the_same_input_gives_the_same_bytes)
{
	begin(_i, true);
	for (int i = 0; i < 60; i++) {
		struct plan_input *in = next_site(i, i % 2), *copy = NULL;
		struct plan *p = make(in), *q;
		struct buf b;

		buf_init(&b, 0);
		ck_assert_int_eq(plan_input_encode(in, &b), 0);
		ck_assert_int_eq(plan_input_decode(buf_peek(&b), buf_avail(&b), &arena, &copy), 0);
		q = make(copy);
		ck_assert_mem_eq(p->plan_hash, q->plan_hash, SHA256_LEN);
		ck_assert_mem_eq(p->snapshot_hash, q->snapshot_hash, SHA256_LEN);
		in->price_buy_e4[0] += 7;
		ck_assert_mem_ne(make(in)->snapshot_hash, p->snapshot_hash, SHA256_LEN);
		buf_fini(&b);
		arena_reset(&arena);
	}
	end();
}
END_TEST

START_TEST(any_measured_state_gets_a_plan)
{
	begin(_i, true);
	for (int i = 0; i < 2 * N_SITES; i++) {
		struct plan_input *in = next_site(i, true);
		struct plan *p = make(in);
		int64_t objective;

		ck_assert_int_eq(plan_evaluate(in, p, &objective), 0);
		same_worth(objective, p);
		arena_reset(&arena);
	}
	end();
}
END_TEST

/* Burning energy pays almost everywhere here, and the solver would do it in ever new steps. */
START_TEST(absurd_prices_get_a_plan_too)
{
	begin(_i, false);
	for (int i = 0; i < N_SITES; i++) {
		struct plan_input *in = next_site(i, false);
		struct rng r;

		rng_init(&r, seed);
		for (uint32_t t = 0; t < in->n; t++) {
			in->price_buy_e4[t] = rng_range(&r, -100000, 20000);
			in->price_sell_e4[t] = in->price_buy_e4[t] - rng_range(&r, 0, 5000);
		}
		for (int s = 0; s < in->n_storage; s++)
			in->storage[s].wear_price_e4 = 0;
		make(in);
		arena_reset(&arena);
	}
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/random");
	TCase *tc = tcase_create("random");

	suite_add_tcase(suite, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, every_limit_holds_or_is_named, SOLVE_CLP, SOLVE_IPM + 1);
	tcase_add_loop_test(tc, a_plan_is_worth_what_it_says_and_no_plan_is_worth_more, SOLVE_CLP,
			    SOLVE_IPM + 1);
	tcase_add_loop_test(tc, the_same_input_gives_the_same_bytes, SOLVE_CLP, SOLVE_IPM + 1);
	tcase_add_loop_test(tc, any_measured_state_gets_a_plan, SOLVE_CLP, SOLVE_IPM + 1);
	tcase_add_loop_test(tc, absurd_prices_get_a_plan_too, SOLVE_CLP, SOLVE_IPM + 1);
	return run_suite(suite);
}
