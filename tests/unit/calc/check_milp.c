/* The door to CBC: exact answers, statuses, scaling, second objectives. */
#include <math.h>
#include <string.h>

#include "plan/milp.h"
#include "testlib/run.h"

#define MAX 8

/* A small dense programme. */
struct small {
	struct milp m;
	double cost[MAX], lo[MAX], hi[MAX], size[MAX], row_lo[MAX], row_hi[MAX], element[MAX * MAX];
	bool integer[MAX];
	int start[MAX + 1], index[MAX * MAX];
};

static void small_init(struct small *s, int cols, int rows, const double *dense)
{
	int n = 0;

	memset(s, 0, sizeof(*s));
	for (int c = 0; c < cols; c++) {
		s->size[c] = 1;
		for (int r = 0; r < rows; r++)
			if (dense[r * cols + c] != 0) {
				s->index[n] = r;
				s->element[n++] = dense[r * cols + c];
			}
		s->start[c + 1] = n;
	}
	s->m = (struct milp){.lp = {.n_cols = cols,
				    .n_rows = rows,
				    .cost = s->cost,
				    .col_lower = s->lo,
				    .col_upper = s->hi,
				    .row_lower = s->row_lo,
				    .row_upper = s->row_hi,
				    .col_start = s->start,
				    .row_index = s->index,
				    .element = s->element},
			     .integer = s->integer,
			     .size = s->size};
}

/* A knapsack: 5a + 4b + 3c ≤ 7, worth 5.1, 4, 3: {b, c} is the best. */
static void knapsack(struct small *s)
{
	const double weights[] = {5, 4, 3}, worth[] = {5.1, 4, 3};

	small_init(s, 3, 1, weights);
	for (int c = 0; c < 3; c++) {
		s->cost[c] = -worth[c];
		s->hi[c] = 1;
		s->integer[c] = true;
	}
	s->row_lo[0] = -INFINITY;
	s->row_hi[0] = 7;
}

static struct milp_solution *solve(struct small *s, struct arena *a)
{
	struct milp_solution *x = NULL;

	arena_init(a, (size_t)16 << 20);
	ck_assert_int_eq(milp_solve(&s->m, NULL, a, &x), 0);
	return x;
}

START_TEST(whole_columns_are_whole_and_best)
{
	struct small s;
	struct arena a;
	struct milp_solution *x;

	knapsack(&s);
	x = solve(&s, &a);
	ck_assert_int_eq(x->status, SOLVE_OPTIMAL);
	ck_assert_double_eq_tol(x->objective, -7, 1e-12);
	ck_assert(x->primal[0] == 0 && x->primal[1] == 1 && x->primal[2] == 1);
	ck_assert_double_eq_tol(x->bound, -7, 1e-9);
	arena_fini(&a);
}
END_TEST

START_TEST(without_whole_columns_it_is_a_linear_programme_with_a_bound_of_our_own)
{
	struct small s;
	struct arena a;
	struct milp_solution *x;

	knapsack(&s);
	memset(s.integer, 0, sizeof(s.integer));
	x = solve(&s, &a);
	ck_assert_int_eq(x->status, SOLVE_OPTIMAL);
	ck_assert_double_eq_tol(x->objective, -7.1, 1e-12);
	ck_assert_double_eq_tol(x->bound, -7.1, 1e-12);
	ck_assert_double_le(x->bound, x->objective);
	arena_fini(&a);
}
END_TEST

START_TEST(infeasible_and_unbounded_are_told_apart)
{
	struct small s;
	struct arena a;

	knapsack(&s);
	s.row_lo[0] = 13;
	s.row_hi[0] = 20;
	ck_assert_int_eq(solve(&s, &a)->status, SOLVE_INFEASIBLE);
	arena_fini(&a);
	/* Feasible in reals only: 5a + 4b + 3c = 6. */
	s.row_lo[0] = s.row_hi[0] = 6;
	ck_assert_int_eq(solve(&s, &a)->status, SOLVE_INFEASIBLE);
	arena_fini(&a);
	knapsack(&s);
	s.integer[0] = false;
	s.hi[0] = INFINITY;
	s.row_hi[0] = INFINITY;
	ck_assert_int_eq(solve(&s, &a)->status, SOLVE_UNBOUNDED);
	arena_fini(&a);
	/* Bounds that contradict each other. */
	knapsack(&s);
	s.integer[1] = false;
	s.lo[1] = 2;
	ck_assert_int_eq(solve(&s, &a)->status, SOLVE_INFEASIBLE);
	arena_fini(&a);
}
END_TEST

START_TEST(costs_of_any_size_give_the_same_point)
{
	for (int e = -12; e <= 12; e += 3) {
		struct small s;
		struct arena a;
		struct milp_solution *x;

		knapsack(&s);
		for (int c = 0; c < 3; c++)
			s.cost[c] *= pow(10, e);
		x = solve(&s, &a);
		ck_assert_int_eq(x->status, SOLVE_OPTIMAL);
		ck_assert(x->primal[0] == 0 && x->primal[1] == 1 && x->primal[2] == 1);
		arena_fini(&a);
	}
}
END_TEST

START_TEST(points_that_differ_by_a_billionth_are_told_apart)
{
	struct small s;
	struct arena a;
	struct milp_solution *x;
	const double one[] = {1, 1, 1};

	small_init(&s, 3, 1, one);
	for (int c = 0; c < 3; c++) {
		s.cost[c] = 1 + 1e-9 * (c == 1 ? 0 : 1);
		s.hi[c] = 1;
		s.integer[c] = true;
	}
	s.row_lo[0] = s.row_hi[0] = 1;
	x = solve(&s, &a);
	ck_assert(x->primal[0] == 0 && x->primal[1] == 1 && x->primal[2] == 0);
	arena_fini(&a);
}
END_TEST

START_TEST(a_second_cost_chooses_among_optima_only)
{
	struct small s;
	struct arena a;
	struct milp_solution *x;
	const double one[] = {1, 1, 1}, second[] = {1, 3, -9}, whole[] = {0, 0, 0};

	/* Columns 0 and 1 cost the same, 2 a little more: however dear 1 is in second place, 2 stays out. */
	small_init(&s, 3, 1, one);
	for (int c = 0; c < 3; c++) {
		s.cost[c] = c == 2 ? 1.0001 : 1;
		s.hi[c] = 5;
	}
	s.row_lo[0] = s.row_hi[0] = 7;
	arena_init(&a, (size_t)16 << 20);
	ck_assert_int_eq(milp_refine(&s.m, whole, second, &a, &x), 0);
	ck_assert_int_eq(x->status, SOLVE_OPTIMAL);
	ck_assert_double_eq_tol(x->primal[0], 5, 1e-12);
	ck_assert_double_eq_tol(x->primal[1], 2, 1e-12);
	ck_assert_double_eq_tol(x->primal[2], 0, 1e-12);
	arena_fini(&a);
}
END_TEST

START_TEST(the_dual_bound_is_below_whatever_the_multipliers)
{
	struct small s;

	knapsack(&s);
	for (int k = -20; k <= 20; k++) {
		double y = k / 10.0;

		ck_assert_double_le(milp_dual_bound(&s.m.lp, &y), -7.1 + 1e-12);
	}
}
END_TEST

START_TEST(memory_that_runs_out_is_an_error)
{
	struct small s;
	struct arena a;
	struct milp_solution *x = NULL;
	size_t cap = 0;
	int r;

	knapsack(&s);
	do {
		arena_init(&a, cap);
		r = milp_solve(&s.m, NULL, &a, &x);
		ck_assert(r == 0 || (r == -ENOMEM && x == NULL));
		arena_fini(&a);
		cap += 64;
	} while (r);
	ck_assert_uint_gt(cap, 256);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("milp");
	TCase *c = tcase_create("milp");

	tcase_add_test(c, whole_columns_are_whole_and_best);
	tcase_add_test(c, without_whole_columns_it_is_a_linear_programme_with_a_bound_of_our_own);
	tcase_add_test(c, infeasible_and_unbounded_are_told_apart);
	tcase_add_test(c, costs_of_any_size_give_the_same_point);
	tcase_add_test(c, points_that_differ_by_a_billionth_are_told_apart);
	tcase_add_test(c, a_second_cost_chooses_among_optima_only);
	tcase_add_test(c, the_dual_bound_is_below_whatever_the_multipliers);
	tcase_add_test(c, memory_that_runs_out_is_an_error);
	suite_add_tcase(s, c);
	return run_suite(s);
}
