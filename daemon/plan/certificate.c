#include "plan/certificate.h"

#include <math.h>

/* An optimum may be the small difference of large terms, or 0: of what the LP is about that much is exact. */
#define CANCELLED 1e-6
#define LEVEL 1e-3

/* A value, and the size of what it was added up from: rounding is a share of that. */
struct sum {
	double value, size;
};

static void add(struct sum *s, double v)
{
	s->value += v;
	s->size = fmax(s->size, fabs(v));
}

static struct sum reduced(const struct lp *lp, const double *y, int c)
{
	struct sum s = {0};

	for (int k = lp->col_start[c]; k < lp->col_start[c + 1]; k++)
		add(&s, -lp->element[k] * y[lp->row_index[k]]);
	return s;
}

static double largest(const double *v, int n)
{
	double most = 0;

	for (int i = 0; i < n; i++)
		most = fmax(most, fabs(v[i]));
	return most;
}

static struct sum *activities(const struct lp *lp, const double *x, struct arena *a)
{
	struct sum *row = ARENA_ARRAY(a, (size_t)lp->n_rows + 1, struct sum);

	for (int c = 0; row && c < lp->n_cols; c++) {
		for (int k = lp->col_start[c]; k < lp->col_start[c + 1]; k++)
			add(&row[lp->row_index[k]], lp->element[k] * x[c]);
	}
	return row;
}

static double widest(const double *v, int n, double most)
{
	for (int i = 0; i < n; i++) {
		if (isfinite(v[i]))
			most = fmax(most, fabs(v[i]));
	}
	return most;
}

static double widest_bound(const struct lp *lp)
{
	double w = widest(lp->col_lower, lp->n_cols, 0);

	w = widest(lp->col_upper, lp->n_cols, w);
	w = widest(lp->row_lower, lp->n_rows, w);
	return widest(lp->row_upper, lp->n_rows, w);
}

static double breach(struct sum v, double lower, double upper)
{
	double below = (lower - v.value) / fmax(v.size, fmax(1, fabs(lower)));
	double above = (v.value - upper) / fmax(v.size, fmax(1, fabs(upper)));

	return fmax(0, fmax(isfinite(lower) ? below : 0, isfinite(upper) ? above : 0));
}

/* The least of m·v for v between the bounds, added to the bound; what leans on an infinite one is told apart. */
static void lean(struct certificate *c, struct sum m, double lower, double upper)
{
	double side = m.value > 0 ? lower : upper;

	if (m.value == 0)
		return;
	if (isfinite(side)) {
		c->bound += m.value * side;
		return;
	}
	c->dual_residual = fmax(c->dual_residual, fabs(m.value) / fmax(1, m.size));
	if (fabs(m.value) > CERTIFICATE_ROUNDING * fmax(1, m.size))
		c->bound = -INFINITY;
}

/* What the multipliers prove if costs count `cost` times. */
static void prove(const struct lp *lp, double cost, const double *y, struct certificate *c)
{
	double row = largest(y, lp->n_rows), col = cost * largest(lp->cost, lp->n_cols);

	for (int r = 0; r < lp->n_rows; r++)
		lean(c, (struct sum){y[r], row}, lp->row_lower[r], lp->row_upper[r]);
	for (int j = 0; j < lp->n_cols; j++) {
		struct sum d = reduced(lp, y, j);

		d.value += cost * lp->cost[j];
		d.size = fmax(d.size, col);
		lean(c, d, lp->col_lower[j], lp->col_upper[j]);
	}
}

int certificate_make(const struct lp *lp, double offset, const struct lp_solution *s,
		     struct arena *a, struct certificate *ret)
{
	struct certificate c = {.primal = offset, .bound = offset};
	struct sum *row = activities(lp, s->primal, a);
	double wide = widest_bound(lp), dear = largest(lp->cost, lp->n_cols);

	if (!row)
		return -ENOMEM;
	for (int j = 0; j < lp->n_cols; j++) {
		struct sum x = {s->primal[j], 0};

		c.primal += lp->cost[j] * s->primal[j];
		c.col_residual =
			fmax(c.col_residual, breach(x, lp->col_lower[j], lp->col_upper[j]));
	}
	for (int r = 0; r < lp->n_rows; r++) {
		row[r].size = fmax(row[r].size, LEVEL * wide);
		c.row_residual =
			fmax(c.row_residual, breach(row[r], lp->row_lower[r], lp->row_upper[r]));
	}
	prove(lp, 1, s->dual, &c);
	c.gap = fabs(c.primal - c.bound) / fmax(fmax(1, fabs(c.primal)), CANCELLED * wide * dear);
	*ret = c;
	return 0;
}

bool certificate_infeasible(const struct lp *lp, const double *y)
{
	struct certificate c = {0};
	double size = largest(y, lp->n_rows), sides = 0;

	for (int r = 0; r < lp->n_rows; r++) {
		double side = y[r] > 0 ? lp->row_lower[r] : lp->row_upper[r];

		if (isfinite(side))
			sides = fmax(sides, fabs(y[r] * side));
	}
	if (!(size > 0) || !isfinite(size))
		return false;
	prove(lp, 0, y, &c);
	return c.bound > CERTIFICATE_ROUNDING * fmax(sides, size);
}

/* A component that may not move in this sense stays within rounding. */
static bool stays(double d, double size, double lower, double upper)
{
	double small = CERTIFICATE_ROUNDING * size;

	return (d >= -small || isinf(lower)) && (d <= small || isinf(upper));
}

bool certificate_unbounded(const struct lp *lp, const double *d, struct arena *a)
{
	const struct sum *row = activities(lp, d, a);
	double size = largest(d, lp->n_cols), cost = largest(lp->cost, lp->n_cols);
	double element = fmax(1, largest(lp->element, lp->col_start[lp->n_cols])), slope = 0;

	if (!row)
		return false;
	for (int j = 0; j < lp->n_cols; j++)
		slope += lp->cost[j] * d[j];
	if (!(size > 0) || !isfinite(size) || !(slope < -1e-6 * cost * size))
		return false;
	for (int j = 0; j < lp->n_cols; j++) {
		if (!stays(d[j], size, lp->col_lower[j], lp->col_upper[j]))
			return false;
	}
	for (int r = 0; r < lp->n_rows; r++) {
		if (!stays(row[r].value, size * element, lp->row_lower[r], lp->row_upper[r]))
			return false;
	}
	return true;
}
