/* The interior point on the LPs that sites make, against CLP; and the same bytes wherever an LP stands in a batch. */
#include "plan/ipm.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "plan/certificate.h"
#include "plan/problem.h"
#include "planlib/sites.h"
#include "testlib/run.h"

#define N_SITES 300
#define N_BATCH 12

static struct arena arena;
static uint64_t seed;

static void setup(void)
{
	arena_init(&arena, (size_t)512 << 20);
}

static void teardown(void)
{
	arena_fini(&arena);
}

enum family { RANDOM, INSANE, HONGYUAN, DEAR, N_FAMILIES };

static struct problem *site(enum family f, int i)
{
	struct plant *plant = NULL;
	struct plan_input *in;
	struct problem *b;
	struct rng r;

	seed = rng_seed(1) * 100000 + (uint64_t)i;
	rng_init(&r, seed);
	if (f == HONGYUAN)
		in = sites_hongyuan(&arena, &r, 36, 6);
	else
		in = f == INSANE ? sites_insane(&arena, &r) : sites_random(&arena, &r);
	ck_assert_int_eq(plant_make(in, &arena, &plant, NULL), 0);
	b = problem_make(plant, &arena);
	ck_assert_ptr_nonnull(b);
	for (int c = 0; f == DEAR && c < b->lp.n_cols; c++)
		b->lp.cost[c] *= 1e9;
	return b;
}

static void check_against_clp(enum family f, double gap)
{
	int failed = 0;

	for (int i = 0; i < N_SITES; i++) {
		const struct problem *b = site(f, i);
		double offset = f == DEAR ? 0 : b->offset;
		struct solve_ctl ctl = {.gap = gap, .offset = offset};
		struct lp_solution *s = NULL, *clp = NULL;
		struct certificate c;
		double objective;

		ck_assert_int_eq(ipm_solve(&b->lp, &ctl, &arena, &s), 0);
		ck_assert_int_eq(solve_lp(&b->lp, NULL, &arena, &clp), 0);
		if (s->status == SOLVE_FAILED && ++failed <= N_SITES / 100)
			continue;
		ck_assert_msg(s->status == SOLVE_OPTIMAL, "seed %llu: status %d: %s",
			      (unsigned long long)seed, s->status, s->why ? s->why : "");
		ck_assert_int_eq(certificate_make(&b->lp, offset, s, &arena, &c), 0);
		ck_assert_msg(c.gap <= fmax(10 * gap, 1e-6) && c.row_residual <= 1e-6 &&
				      c.col_residual <= 1e-9,
			      "seed %llu: gap %g rows %g columns %g", (unsigned long long)seed,
			      c.gap, c.row_residual, c.col_residual);
		objective = clp->objective + offset;
		ck_assert_msg(fabs(c.primal - objective) <=
				      2 * fmax(gap, 1e-7) * fmax(1, fabs(objective)),
			      "seed %llu: %.12g, CLP %.12g", (unsigned long long)seed, c.primal,
			      objective);
		arena_reset(&arena);
	}
}

START_TEST(random_sites_cost_what_they_do_with_clp)
{
	static const double gaps[] = {1e-4, 1e-6, 0};

	check_against_clp(RANDOM, gaps[_i]);
}
END_TEST

START_TEST(sites_in_any_state_too)
{
	check_against_clp(INSANE, 0);
}
END_TEST

START_TEST(prices_1e9_times_as_high_change_nothing)
{
	check_against_clp(DEAR, 0);
}
END_TEST

static void same(const struct lp *lp, const struct lp_solution *a, const struct lp_solution *b)
{
	ck_assert_int_eq(a->status, b->status);
	ck_assert_uint_eq(a->iterations, b->iterations);
	ck_assert_mem_eq(a->primal, b->primal, (size_t)lp->n_cols * sizeof(double));
	ck_assert_mem_eq(a->dual, b->dual, (size_t)lp->n_rows * sizeof(double));
	ck_assert_mem_eq(a->reduced_cost, b->reduced_cost, (size_t)lp->n_cols * sizeof(double));
	ck_assert_mem_eq(&a->objective, &b->objective, sizeof(double));
}

/* Solved alone and fresh; then in batches of all sizes and orders with one cache, in lanes with whom ever. */
static void check_batches(enum family f)
{
	const struct lp *lp[N_BATCH], *turned[N_BATCH];
	struct lp_solution *alone[N_BATCH], *together[N_BATCH];
	struct ipm_cache *cache = ipm_cache_new();
	struct solve_ctl ctl = {.cache = cache};

	for (int i = 0; i < N_BATCH; i++) {
		/* Every third is the one before again: with itself in the other lane. */
		lp[i] = i % 3 == 2 ? lp[i - 1] : &site(f, i)->lp;
		ck_assert_int_eq(ipm_solve(lp[i], NULL, &arena, &alone[i]), 0);
	}
	for (int n = 1; n <= N_BATCH; n++) {
		for (int i = 0; i < n; i++)
			turned[i] = lp[(i * 5 + n) % N_BATCH];
		ck_assert_int_eq(ipm_solve_batch(turned, n, &ctl, &arena, together), 0);
		for (int i = 0; i < n; i++)
			same(turned[i], alone[(i * 5 + n) % N_BATCH], together[i]);
	}
	ipm_cache_free(cache);
}

START_TEST(an_answer_is_the_same_wherever_it_stands_in_a_batch)
{
	check_batches((enum family)_i);
}
END_TEST

START_TEST(one_bad_programme_does_not_harm_the_others)
{
	const struct problem *good = site(HONGYUAN, 1), *bad = site(HONGYUAN, 1);
	const struct lp *lp[] = {&bad->lp, &good->lp, &bad->lp, &good->lp};
	struct lp_solution *s[4], *alone;

	bad->lp.cost[7] = NAN;
	ck_assert_int_eq(ipm_solve(&good->lp, NULL, &arena, &alone), 0);
	ck_assert_int_eq(ipm_solve_batch(lp, 4, NULL, &arena, s), 0);
	for (int i = 0; i < 4; i++) {
		if (i % 2)
			same(&good->lp, alone, s[i]);
		else
			ck_assert_int_eq(s[i]->status, SOLVE_FAILED);
	}
	/* No imports, and nothing unserved: infeasible, in a lane with the good one. */
	bad->lp.cost[7] = 0;
	for (int t = 0; t < bad->plant->n; t++) {
		for (int c = COL_IMPORT; c <= COL_UNSERVED; c++)
			bad->lp.col_upper[problem_site_col(bad, t, (enum site_col)c)] = 0;
	}
	ck_assert_int_eq(ipm_solve_batch(lp, 4, NULL, &arena, s), 0);
	for (int i = 0; i < 4; i++) {
		if (i % 2)
			same(&good->lp, alone, s[i]);
		else
			ck_assert_int_eq(s[i]->status, SOLVE_INFEASIBLE);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/ipm_sites");
	TCase *tc = tcase_create("sites");

	suite_add_tcase(suite, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, random_sites_cost_what_they_do_with_clp, 0, 3);
	tcase_add_test(tc, sites_in_any_state_too);
	tcase_add_test(tc, prices_1e9_times_as_high_change_nothing);
	tcase_add_loop_test(tc, an_answer_is_the_same_wherever_it_stands_in_a_batch, RANDOM,
			    DEAR + 1);
	tcase_add_test(tc, one_bad_programme_does_not_harm_the_others);
	return run_suite(suite);
}
