/* The solver behind its interface, and the bound that proves it right without believing it. */
#include "plan/solve.h"

#include <check.h>
#include <math.h>

#include "plan/check.h"
#include "testlib/rng.h"
#include "testlib/run.h"

static struct arena arena;

static void setup(void)
{
	arena_init(&arena, (size_t)16 << 20);
}

static void teardown(void)
{
	arena_fini(&arena);
}

/* minimise −3x − 2y, x + y ≤ 4, x + 3y ≤ 8, 0 ≤ x ≤ 3, 0 ≤ y ≤ 9: x = 3, y = 1. */
static double cost[] = {-3, -2}, col_lower[] = {0, 0}, col_upper[] = {3, 9};
static double row_lower[] = {-INFINITY, -INFINITY}, row_upper[] = {4, 8};
static int col_start[] = {0, 2, 4}, row_index[] = {0, 1, 0, 1};
static double element[] = {1, 1, 1, 3};

static struct lp small(void)
{
	return (struct lp){2,	      2,	 cost,	    col_lower, col_upper,
			   row_lower, row_upper, col_start, row_index, element};
}

START_TEST(a_small_programme_has_its_known_answer)
{
	struct lp lp = small();
	struct lp_solution *s;

	ck_assert_int_eq(solve_lp(&lp, NULL, &arena, &s), 0);
	ck_assert_int_eq(s->status, SOLVE_OPTIMAL);
	ck_assert_double_eq_tol(s->primal[0], 3, 1e-9);
	ck_assert_double_eq_tol(s->primal[1], 1, 1e-9);
	ck_assert_double_eq_tol(s->objective, -11, 1e-9);
	/* One more unit of the first row's bound saves 2. */
	ck_assert_double_eq_tol(s->dual[0], -2, 1e-9);
	ck_assert_double_eq_tol(s->dual[1], 0, 1e-9);
	ck_assert_double_eq_tol(s->reduced_cost[0], -1, 1e-9);
	ck_assert_double_eq_tol(check_dual_bound(&lp, s->dual), -11, 1e-9);
}
END_TEST

START_TEST(no_multipliers_prove_more_than_the_optimum)
{
	struct lp lp = small();
	struct rng r;

	rng_init(&r, 1);
	for (int i = 0; i < 1000; i++) {
		double y[2] = {20 * rng_double(&r) - 10, 20 * rng_double(&r) - 10};

		ck_assert_double_le(check_dual_bound(&lp, y), -11 + 1e-9);
	}
}
END_TEST

START_TEST(what_has_no_answer_is_told_apart)
{
	struct lp lp = small();
	double high[] = {10, -INFINITY}, none[] = {INFINITY, INFINITY},
	       free_rows[] = {INFINITY, INFINITY};
	struct lp_solution *s;

	lp.row_lower = high;
	lp.row_upper = free_rows;
	col_upper[1] = 5;
	ck_assert_int_eq(solve_lp(&lp, NULL, &arena, &s), 0);
	ck_assert_int_eq(s->status, SOLVE_INFEASIBLE);
	col_upper[1] = 9;
	lp = small();
	lp.row_upper = free_rows;
	lp.col_upper = none;
	ck_assert_int_eq(solve_lp(&lp, NULL, &arena, &s), 0);
	ck_assert_int_eq(s->status, SOLVE_UNBOUNDED);
}
END_TEST

START_TEST(the_budget_of_iterations_is_kept)
{
	struct solve_ctl ctl = {.max_iterations = 1};
	struct lp lp = small();
	struct lp_solution *s;

	ck_assert_int_eq(solve_lp(&lp, &ctl, &arena, &s), 0);
	ck_assert(s->status == SOLVE_STOPPED || s->iterations <= 1);
}
END_TEST

START_TEST(a_full_arena_is_no_memory)
{
	struct lp lp = small();
	struct lp_solution *s = NULL;
	struct arena tiny;

	for (size_t cap = 0; cap < 160; cap += 16) {
		arena_init(&tiny, cap);
		ck_assert_int_eq(solve_lp(&lp, NULL, &tiny, &s), -ENOMEM);
		arena_fini(&tiny);
	}
	ck_assert_ptr_null(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/solve");
	TCase *tc = tcase_create("solve");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_small_programme_has_its_known_answer);
	tcase_add_test(tc, no_multipliers_prove_more_than_the_optimum);
	tcase_add_test(tc, what_has_no_answer_is_told_apart);
	tcase_add_test(tc, the_budget_of_iterations_is_kept);
	tcase_add_test(tc, a_full_arena_is_no_memory);
	return run_suite(suite);
}
