#include <math.h>
#include <string.h>

#include "plan/ipm_symbolic.h"

/* A column with more entries than this would join as many rows all to all. */
#define DENSE 12

/* FNV-1a. */
static uint64_t mix(uint64_t h, const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * UINT64_C(0x100000001b3);
	return h;
}

static bool same_entries(const struct lp *lp, int c)
{
	int k = lp->col_start[c - 1], m = lp->col_start[c], n = m - k;

	return lp->col_start[c + 1] - m == n &&
	       memcmp(lp->row_index + k, lp->row_index + m, (size_t)n * sizeof(int)) == 0 &&
	       memcmp(lp->element + k, lp->element + m, (size_t)n * sizeof(double)) == 0;
}

static bool is_dense(const struct lp *lp, int c)
{
	return lp->col_start[c + 1] - lp->col_start[c] > DENSE;
}

/* Where most columns are dense, so is A D Aᵀ, and a border of them all would only be larger. */
static bool border_pays(const struct lp *lp)
{
	int n = 0;

	for (int c = 0; c < lp->n_cols; c++)
		n += is_dense(lp, c);
	return n <= 8 + lp->n_cols / 20;
}

static enum ipm_class class_of(const struct lp *lp, int c, bool border)
{
	if (isinf(lp->col_lower[c]) && isinf(lp->col_upper[c]))
		return IPM_FREE;
	return border && is_dense(lp, c) ? IPM_BORDER : IPM_NORMAL;
}

/* Columns that are taken with the opposite sign, for they have no lower bound. */
static bool flips(const struct lp *lp, int c)
{
	return isinf(lp->col_lower[c]);
}

static enum ipm_row row_class(const struct lp *lp, int r)
{
	if (lp->row_lower[r] == lp->row_upper[r])
		return IPM_EQUATION;
	return isinf(lp->row_lower[r]) && isinf(lp->row_upper[r]) ? IPM_LOOSE : IPM_RANGE;
}

bool ipm_key_make(const struct lp *lp, struct arena *a, struct ipm_key *ret)
{
	struct ipm_key k = {
		lp->n_cols, lp->n_rows, lp->col_start[lp->n_cols],   lp->col_start, lp->row_index,
		NULL,	    NULL,	UINT64_C(0xcbf29ce484222325)};
	bool border = border_pays(lp);

	k.col = ARENA_ARRAY(a, (size_t)lp->n_cols + 1, uint8_t);
	k.row = ARENA_ARRAY(a, (size_t)lp->n_rows + 1, uint8_t);
	if (!k.col || !k.row)
		return false;
	for (int c = 0; c < lp->n_cols; c++) {
		k.col[c] = (uint8_t)class_of(lp, c, border);
		if (c > 0 && k.col[c] == IPM_NORMAL && (k.col[c - 1] & ~IPM_SAME) == IPM_NORMAL &&
		    flips(lp, c) == flips(lp, c - 1) && same_entries(lp, c))
			k.col[c] |= IPM_SAME;
	}
	for (int r = 0; r < lp->n_rows; r++)
		k.row[r] = (uint8_t)row_class(lp, r);
	k.hash = mix(k.hash, k.col_start, ((size_t)k.n_cols + 1) * sizeof(int));
	k.hash = mix(k.hash, k.col, (size_t)k.n_cols);
	k.hash = mix(k.hash, k.row, (size_t)k.n_rows);
	*ret = k;
	return true;
}

bool ipm_key_equals(const struct ipm_key *k, const struct ipm_key *o)
{
	return k->hash == o->hash && k->n_cols == o->n_cols && k->n_rows == o->n_rows &&
	       k->nnz == o->nnz &&
	       memcmp(k->col_start, o->col_start, ((size_t)k->n_cols + 1) * sizeof(int)) == 0 &&
	       memcmp(k->row_index, o->row_index, (size_t)k->nnz * sizeof(int)) == 0 &&
	       memcmp(k->col, o->col, (size_t)k->n_cols) == 0 &&
	       memcmp(k->row, o->row, (size_t)k->n_rows) == 0;
}
