/* The interior point on LPs of any kind, against CLP, and on what is none. */
#include "plan/ipm.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "plan/certificate.h"
#include "testlib/rng.h"
#include "testlib/run.h"

#define N_RANDOM 400
#define COLS_MAX 60

static struct arena arena;
static uint64_t seed;
static int n_compared, n_failed;

static void setup(void)
{
	arena_init(&arena, (size_t)256 << 20);
}

static void teardown(void)
{
	arena_fini(&arena);
}

/* minimise −3x − 2y, x + y ≤ 4, x + 3y ≤ 8, 0 ≤ x ≤ 3, 0 ≤ y ≤ 9: x = 3, y = 1. */
static double cost[2], col_lower[2], col_upper[2], row_lower[2], row_upper[2], element[4];
static int col_start[3], row_index[4];

static struct lp small(void)
{
	static const double c[] = {-3, -2}, l[] = {0, 0}, u[] = {3, 9},
			    free_side[] = {-INFINITY, -INFINITY};
	static const double side[] = {4, 8}, e[] = {1, 1, 1, 3};
	static const int start[] = {0, 2, 4}, index[] = {0, 1, 0, 1};

	memcpy(cost, c, sizeof(c));
	memcpy(col_lower, l, sizeof(l));
	memcpy(col_upper, u, sizeof(u));
	memcpy(row_lower, free_side, sizeof(free_side));
	memcpy(row_upper, side, sizeof(side));
	memcpy(element, e, sizeof(e));
	memcpy(col_start, start, sizeof(start));
	memcpy(row_index, index, sizeof(index));
	return (struct lp){2,	      2,	 cost,	    col_lower, col_upper,
			   row_lower, row_upper, col_start, row_index, element};
}

static struct lp_solution *solved(const struct lp *lp, const struct solve_ctl *ctl)
{
	struct lp_solution *s = NULL;

	ck_assert_int_eq(ipm_solve(lp, ctl, &arena, &s), 0);
	return s;
}

START_TEST(a_small_programme_has_its_known_answer)
{
	struct lp lp = small();
	struct lp_solution *s = solved(&lp, NULL);

	ck_assert_int_eq(s->status, SOLVE_OPTIMAL);
	ck_assert_double_eq_tol(s->primal[0], 3, 1e-6);
	ck_assert_double_eq_tol(s->primal[1], 1, 1e-6);
	ck_assert_double_eq_tol(s->objective, -11, 1e-6);
	ck_assert_double_eq_tol(s->dual[0], -2, 1e-6);
	ck_assert_double_eq_tol(s->dual[1], 0, 1e-6);
	ck_assert_double_eq_tol(s->reduced_cost[0], -1, 1e-6);
	ck_assert_uint_gt(s->iterations, 0);
}
END_TEST

START_TEST(what_has_no_answer_is_told_apart)
{
	struct lp lp = small();

	row_lower[0] = 10;
	row_upper[0] = INFINITY;
	col_upper[1] = 5;
	ck_assert_int_eq(solved(&lp, NULL)->status, SOLVE_INFEASIBLE);
	lp = small();
	row_upper[0] = row_upper[1] = col_upper[0] = col_upper[1] = INFINITY;
	ck_assert_int_eq(solved(&lp, NULL)->status, SOLVE_UNBOUNDED);
	/* Equations that contradict each other. */
	lp = small();
	element[2] = element[3] = 1;
	row_lower[0] = row_upper[0] = 1;
	row_lower[1] = row_upper[1] = 2;
	ck_assert_int_eq(solved(&lp, NULL)->status, SOLVE_INFEASIBLE);
	/* An empty row that asks for something. */
	lp = small();
	element[0] = element[2] = 0;
	row_lower[0] = row_upper[0] = 1;
	ck_assert_int_eq(solved(&lp, NULL)->status, SOLVE_INFEASIBLE);
}
END_TEST

START_TEST(what_is_no_programme_is_refused_with_a_reason)
{
	double *numbers[] = {cost, col_lower, col_upper, row_lower, row_upper, element};
	struct lp lp;
	struct lp_solution *s;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		lp = small();
		numbers[i][1] = NAN;
		s = solved(&lp, NULL);
		ck_assert_int_eq(s->status, SOLVE_FAILED);
		ck_assert_ptr_nonnull(s->why);
	}
	lp = small();
	cost[0] = INFINITY;
	ck_assert_int_eq(solved(&lp, NULL)->status, SOLVE_FAILED);
	lp = small();
	col_lower[0] = INFINITY;
	ck_assert_int_eq(solved(&lp, NULL)->status, SOLVE_FAILED);
	lp = small();
	row_index[1] = 0;
	ck_assert_str_eq(solved(&lp, NULL)->why, "a row stands twice in a column");
	lp = small();
	row_index[1] = 2;
	ck_assert_int_eq(solved(&lp, NULL)->status, SOLVE_FAILED);
	lp = small();
	col_start[1] = 5;
	ck_assert_int_eq(solved(&lp, NULL)->status, SOLVE_FAILED);
	lp = small();
	col_lower[0] = 4;
	s = solved(&lp, NULL);
	ck_assert_int_eq(s->status, SOLVE_INFEASIBLE);
	ck_assert_str_eq(s->why, "a lower bound lies above its upper bound");
}
END_TEST

START_TEST(empty_rows_and_columns_and_nothing_at_all)
{
	struct lp lp = small();
	struct lp_solution *s;

	lp.n_rows = 0;
	col_start[1] = col_start[2] = 0;
	s = solved(&lp, NULL);
	ck_assert_int_eq(s->status, SOLVE_OPTIMAL);
	ck_assert_double_eq_tol(s->primal[0], 3, 1e-6);
	ck_assert_double_eq_tol(s->primal[1], 9, 1e-6);
	lp.n_cols = 0;
	s = solved(&lp, NULL);
	ck_assert_int_eq(s->status, SOLVE_OPTIMAL);
	ck_assert_double_eq(s->objective, 0);
	lp = small();
	col_start[2] = 2; /* y meets no row: its cost takes it to 9 */
	s = solved(&lp, NULL);
	ck_assert_int_eq(s->status, SOLVE_OPTIMAL);
	ck_assert_double_eq_tol(s->primal[1], 9, 1e-6);
	col_upper[1] = INFINITY;
	ck_assert_int_eq(solved(&lp, NULL)->status, SOLVE_UNBOUNDED);
	cost[1] = 0;
	col_lower[1] = -INFINITY;
	ck_assert_int_eq(solved(&lp, NULL)->status, SOLVE_OPTIMAL);
	/* All columns fixed. */
	lp = small();
	col_upper[0] = col_lower[0] = 1;
	col_upper[1] = col_lower[1] = 2;
	s = solved(&lp, NULL);
	ck_assert_int_eq(s->status, SOLVE_OPTIMAL);
	ck_assert_double_eq_tol(s->primal[0], 1, 1e-9);
	ck_assert_double_eq_tol(s->objective, -7, 1e-9);
}
END_TEST

/* ---- random programmes, feasible by construction ---- */

static double any_size(struct rng *r, double decades)
{
	return pow(10, decades * (rng_double(r) - 0.5));
}

static double *numbers(int n)
{
	return ARENA_ARRAY(&arena, (size_t)n + 1, double);
}

/* A column's bounds around a value that it may take. */
static void bound(struct rng *r, double v, double *lower, double *upper)
{
	double width = any_size(r, 2);

	*lower = v - (rng_below(r, 2) ? 0 : width);
	*upper = v + (rng_below(r, 2) ? 0 : width);
	switch (rng_below(r, 8)) {
	case 0:
		*upper = INFINITY;
		break;
	case 1:
		*lower = -INFINITY;
		break;
	case 2:
		*lower = -INFINITY;
		*upper = INFINITY;
		break;
	default:
		break;
	}
}

static void random_entries(struct rng *r, struct lp *lp, double decades)
{
	int nnz = 0;

	for (int c = 0; c < lp->n_cols; c++) {
		bool dense = rng_below(r, 20) == 0;

		lp->col_start[c] = nnz;
		for (int k = 0; k < lp->n_rows; k++) {
			if (!dense && rng_below(r, (uint64_t)lp->n_rows) > 3)
				continue;
			lp->row_index[nnz] = k;
			lp->element[nnz++] = (rng_below(r, 2) ? 1 : -1) *
					     (rng_below(r, 2) ? 1 : any_size(r, decades));
		}
		/* A twin of the one before. */
		if (c > 0 && rng_below(r, 5) == 0) {
			int from = lp->col_start[c - 1], n = lp->col_start[c] - from;

			nnz = lp->col_start[c] + n;
			memcpy(lp->row_index + nnz - n, lp->row_index + from,
			       (size_t)n * sizeof(int));
			memcpy(lp->element + nnz - n, lp->element + from,
			       (size_t)n * sizeof(double));
		}
	}
	lp->col_start[lp->n_cols] = nnz;
}

/* Costs that some multipliers explain, so that there is an optimum: c = Aᵀy + what the bounds at x allow. */
static void random_costs(struct rng *r, const struct lp *lp, const double *x, const double *row)
{
	double *y = numbers(lp->n_rows);

	for (int k = 0; k < lp->n_rows; k++) {
		y[k] = 2 * rng_double(r) - 1;
		if (y[k] > 0 && row[k] > lp->row_lower[k])
			y[k] = 0;
		if (y[k] < 0 && row[k] < lp->row_upper[k])
			y[k] = 0;
	}
	for (int c = 0; c < lp->n_cols; c++) {
		double d = rng_below(r, 3) ? rng_double(r) : 0;

		lp->cost[c] = 0;
		for (int k = lp->col_start[c]; k < lp->col_start[c + 1]; k++)
			lp->cost[c] += lp->element[k] * y[lp->row_index[k]];
		if (x[c] == lp->col_lower[c])
			lp->cost[c] += d;
		else if (x[c] == lp->col_upper[c])
			lp->cost[c] -= d;
	}
}

static struct lp random_lp(struct rng *r, double decades)
{
	struct lp lp = {.n_cols = (int)rng_range(r, 1, COLS_MAX)};
	double *x = numbers(lp.n_cols), *row;

	lp.n_rows = (int)rng_range(r, 1, lp.n_cols);
	lp.cost = numbers(lp.n_cols);
	lp.col_lower = numbers(lp.n_cols);
	lp.col_upper = numbers(lp.n_cols);
	lp.row_lower = numbers(lp.n_rows);
	lp.row_upper = numbers(lp.n_rows);
	lp.col_start = ARENA_ARRAY(&arena, (size_t)lp.n_cols + 1, int);
	lp.row_index = ARENA_ARRAY(&arena, (size_t)(lp.n_cols * lp.n_rows), int);
	lp.element = numbers(lp.n_cols * lp.n_rows);
	row = numbers(lp.n_rows);
	random_entries(r, &lp, decades);
	for (int c = 0; c < lp.n_cols; c++) {
		x[c] = rng_below(r, 3) ? (2 * rng_double(r) - 1) * any_size(r, 2) : 0;
		bound(r, x[c], &lp.col_lower[c], &lp.col_upper[c]);
		for (int k = lp.col_start[c]; k < lp.col_start[c + 1]; k++)
			row[lp.row_index[k]] += lp.element[k] * x[c];
	}
	for (int k = 0; k < lp.n_rows; k++)
		bound(r, row[k], &lp.row_lower[k], &lp.row_upper[k]);
	random_costs(r, &lp, x, row);
	return lp;
}

/* An objective below `one` is as good as 0. */
static void as_good_as_clp(const struct lp *lp, double one)
{
	struct lp_solution *s = solved(lp, NULL), *clp = NULL;
	struct certificate c;

	ck_assert_int_eq(solve_lp(lp, NULL, &arena, &clp), 0);
	ck_assert_msg(s->status == SOLVE_OPTIMAL || s->status == SOLVE_FAILED,
		      "seed %llu: status %d: %s, CLP %d", (unsigned long long)seed, s->status,
		      s->why ? s->why : "", clp->status);
	if (s->status == SOLVE_FAILED) {
		ck_assert_ptr_nonnull(s->why);
		n_failed++;
		return;
	}
	ck_assert_int_eq(certificate_make(lp, 0, s, &arena, &c), 0);
	ck_assert_msg(c.gap <= 1e-6 && c.row_residual <= 1e-6 && c.col_residual <= 1e-6 &&
			      c.dual_residual <= 1e-6,
		      "seed %llu: gap %g rows %g columns %g multipliers %g",
		      (unsigned long long)seed, c.gap, c.row_residual, c.col_residual,
		      c.dual_residual);
	/* CLP goes far along what costs nothing, and loses digits there: it counts where its two sides agree. */
	ck_assert_int_eq(certificate_make(lp, 0, clp, &arena, &c), 0);
	if (clp->status == SOLVE_OPTIMAL &&
	    fabs(c.primal - c.bound) <= 1e-8 * fmax(one, fabs(c.primal))) {
		ck_assert_msg(fabs(s->objective - clp->objective) <=
				      1e-6 * fmax(one, fabs(clp->objective)),
			      "seed %llu: %.12g, CLP %.12g", (unsigned long long)seed, s->objective,
			      clp->objective);
		n_compared++;
	}
}

START_TEST(random_programmes_come_out_as_with_clp)
{
	for (int i = 0; i < N_RANDOM; i++) {
		struct rng r;
		struct lp lp;

		seed = rng_seed(1) * 100000 + (uint64_t)i;
		rng_init(&r, seed);
		lp = random_lp(&r, i % 2 ? 0 : 3);
		as_good_as_clp(&lp, 1);
		arena_reset(&arena);
	}
	ck_assert_int_gt(n_compared, N_RANDOM / 2);
	ck_assert_int_le(n_failed, 1);
}
END_TEST

START_TEST(prices_of_1e9_and_bounds_of_1e7_do_not_matter)
{
	for (int i = 0; i < N_RANDOM / 4; i++) {
		struct rng r;
		struct lp lp;

		seed = rng_seed(1) * 100000 + 50000 + (uint64_t)i;
		rng_init(&r, seed);
		lp = random_lp(&r, 0);
		for (int c = 0; c < lp.n_cols; c++) {
			lp.cost[c] *= 1e9;
			lp.col_lower[c] *= 1e7;
			lp.col_upper[c] *= 1e7;
		}
		for (int k = 0; k < lp.n_rows; k++) {
			lp.row_lower[k] *= 1e7;
			lp.row_upper[k] *= 1e7;
		}
		as_good_as_clp(&lp, 1e9 * 1e7 * 1e-3);
		arena_reset(&arena);
	}
	ck_assert_int_le(n_failed, 1);
}
END_TEST

START_TEST(a_row_that_says_it_twice_does_no_harm)
{
	struct lp lp = small();
	struct lp_solution *s;

	/* Both rows: x + y = 4. */
	element[2] = element[3] = 1;
	for (int k = 0; k < 2; k++)
		row_lower[k] = row_upper[k] = 4;
	s = solved(&lp, NULL);
	ck_assert_int_eq(s->status, SOLVE_OPTIMAL);
	ck_assert_double_eq_tol(s->objective, -11, 1e-6);
}
END_TEST

static bool stop_after(void *arg)
{
	int *left = arg;

	return (*left)-- <= 0;
}

START_TEST(a_run_is_stopped_where_it_is_told_to)
{
	struct lp lp = small();
	int left = 0;
	struct solve_ctl ctl = {.should_stop = stop_after, .arg = &left};
	struct solve_ctl few = {.max_iterations = 2};

	ck_assert_int_eq(solved(&lp, &ctl)->status, SOLVE_STOPPED);
	left = 3;
	ck_assert_int_eq(solved(&lp, &ctl)->status, SOLVE_STOPPED);
	left = 1000;
	ck_assert_int_eq(solved(&lp, &ctl)->status, SOLVE_OPTIMAL);
	ck_assert_int_eq(solved(&lp, &few)->status, SOLVE_STOPPED);
	ck_assert_uint_le(solved(&lp, &few)->iterations, 2);
}
END_TEST

START_TEST(a_full_arena_is_no_memory)
{
	struct lp lp = small();
	struct lp_solution *s = NULL;
	struct arena tiny;

	for (size_t cap = 0; cap < 120; cap += 8) {
		arena_init(&tiny, cap);
		ck_assert_int_eq(ipm_solve(&lp, NULL, &tiny, &s), -ENOMEM);
		arena_fini(&tiny);
	}
	ck_assert_ptr_null(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/ipm");
	TCase *tc = tcase_create("ipm");

	suite_add_tcase(suite, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_small_programme_has_its_known_answer);
	tcase_add_test(tc, what_has_no_answer_is_told_apart);
	tcase_add_test(tc, what_is_no_programme_is_refused_with_a_reason);
	tcase_add_test(tc, empty_rows_and_columns_and_nothing_at_all);
	tcase_add_test(tc, random_programmes_come_out_as_with_clp);
	tcase_add_test(tc, prices_of_1e9_and_bounds_of_1e7_do_not_matter);
	tcase_add_test(tc, a_row_that_says_it_twice_does_no_harm);
	tcase_add_test(tc, a_run_is_stopped_where_it_is_told_to);
	tcase_add_test(tc, a_full_arena_is_no_memory);
	return run_suite(suite);
}
