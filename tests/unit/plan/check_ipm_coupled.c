/* Several sites behind one feeder are one programme: block-angular, with a row per step over all of them. The order of
 * elimination takes the sites first and leaves the feeder's rows for last, which is their Schur complement. */
#include "plan/ipm.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/require.h"
#include "plan/certificate.h"
#include "plan/problem.h"
#include "planlib/sites.h"
#include "testlib/run.h"

#define SITES_MAX 10
#define HOURS 24
#define FINE_H 4
#define OVERLOAD 60 /* CNY per kWh beyond the feeder's limit */

static struct arena arena;

static void setup(void)
{
	arena_init(&arena, (size_t)512 << 20);
}

static void teardown(void)
{
	arena_fini(&arena);
}

static const struct problem *site(int i, int n)
{
	struct plant *plant = NULL;
	struct problem *b;
	struct rng r;

	rng_init(&r, (uint64_t)i + 100 * (uint64_t)n);
	ck_assert_int_eq(
		plant_make(sites_hongyuan(&arena, &r, HOURS, FINE_H), &arena, &plant, NULL), 0);
	b = problem_make(plant, &arena);
	ck_assert_ptr_nonnull(b);
	return b;
}

static struct lp room(int n_cols, int n_rows, int nnz)
{
	size_t c = (size_t)n_cols, r = (size_t)n_rows;

	return (struct lp){.cost = ARENA_ARRAY(&arena, c, double),
			   .col_lower = ARENA_ARRAY(&arena, c, double),
			   .col_upper = ARENA_ARRAY(&arena, c, double),
			   .row_lower = ARENA_ARRAY(&arena, r, double),
			   .row_upper = ARENA_ARRAY(&arena, r, double),
			   .col_start = ARENA_ARRAY(&arena, c + 2, int),
			   .row_index = ARENA_ARRAY(&arena, (size_t)nnz, int),
			   .element = ARENA_ARRAY(&arena, (size_t)nnz, double)};
}

/* Of the column that comes next. */
static void entry(struct lp *lp, int row, double v)
{
	int k = lp->col_start[lp->n_cols + 1]++;

	lp->row_index[k] = row;
	lp->element[k] = v;
}

static void column(struct lp *lp, double cost, double lower, double upper)
{
	lp->cost[lp->n_cols] = cost;
	lp->col_lower[lp->n_cols] = lower;
	lp->col_upper[lp->n_cols] = upper;
	lp->n_cols++;
	lp->col_start[lp->n_cols + 1] = lp->col_start[lp->n_cols];
}

/* The columns of a site, with an entry in the feeder's rows where they pass the PCC. */
static void add_site(struct lp *lp, const struct problem *b, int first_row)
{
	const struct lp *from = &b->lp;

	memcpy(lp->row_lower + first_row, from->row_lower, (size_t)from->n_rows * sizeof(double));
	memcpy(lp->row_upper + first_row, from->row_upper, (size_t)from->n_rows * sizeof(double));
	for (int c = 0; c < from->n_cols; c++) {
		int t = c / b->step_cols, kind = c % b->step_cols;

		for (int k = from->col_start[c]; k < from->col_start[c + 1]; k++)
			entry(lp, first_row + from->row_index[k], from->element[k]);
		if (t < b->plant->n && kind <= COL_EXPORT_LIMIT)
			entry(lp, t, kind < COL_EXPORT ? 1 : -1);
		column(lp, from->cost[c], from->col_lower[c], from->col_upper[c]);
	}
}

/* n sites whose feeder takes `share` of what they would draw. */
static struct lp coupled(int n, double share, double *ret_offset)
{
	const struct problem *b[SITES_MAX];
	int cols = 0, rows = 0, nnz = 0, steps;
	struct lp lp;

	REQUIRE(n > 0 && n <= SITES_MAX);
	for (int i = 0; i < n; i++) {
		b[i] = site(i, n);
		cols += b[i]->lp.n_cols;
		rows += b[i]->lp.n_rows;
		nnz += b[i]->lp.col_start[b[i]->lp.n_cols] + b[i]->lp.n_cols;
	}
	steps = b[0]->plant->n;
	lp = room(cols + steps, rows + steps, nnz + steps);
	lp.n_rows = steps;
	*ret_offset = 0;
	for (int i = 0; i < n; i++) {
		add_site(&lp, b[i], lp.n_rows);
		lp.n_rows += b[i]->lp.n_rows;
		*ret_offset += b[i]->offset;
	}
	for (int t = 0; t < steps; t++) {
		lp.row_lower[t] = -INFINITY;
		for (int i = 0; i < n; i++)
			lp.row_upper[t] += share * b[i]->plant->load[t];
		entry(&lp, t, -1);
		column(&lp, OVERLOAD * b[0]->plant->hours[t], 0, 1e6);
	}
	return lp;
}

START_TEST(sites_behind_one_feeder_come_out_as_with_clp)
{
	double offset, alone = 0;
	struct lp lp = coupled(_i, 0.8, &offset);
	struct solve_ctl ctl = {.offset = offset};
	struct lp_solution *s = NULL, *clp = NULL;
	struct certificate c;

	for (int i = 0; i < _i; i++) {
		const struct problem *b = site(i, _i);

		ck_assert_int_eq(ipm_solve(&b->lp, NULL, &arena, &s), 0);
		alone += s->objective;
	}
	ck_assert_int_eq(ipm_solve(&lp, &ctl, &arena, &s), 0);
	ck_assert_int_eq(solve_lp(&lp, NULL, &arena, &clp), 0);
	ck_assert_int_eq(s->status, SOLVE_OPTIMAL);
	ck_assert_int_eq(certificate_make(&lp, offset, s, &arena, &c), 0);
	ck_assert_double_le(c.gap, 1e-6);
	ck_assert_double_le(c.row_residual, 1e-7);
	ck_assert_double_eq_tol(s->objective, clp->objective, 1e-7 * fabs(clp->objective));
	/* The feeder does matter. */
	ck_assert_double_gt(s->objective, alone + 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/ipm_coupled");
	TCase *tc = tcase_create("coupled");

	suite_add_tcase(suite, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, sites_behind_one_feeder_come_out_as_with_clp, 1, SITES_MAX + 1);
	return run_suite(suite);
}
