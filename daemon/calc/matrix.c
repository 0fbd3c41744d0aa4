#include "calc/matrix.h"

#include <math.h>
#include <string.h>

#define MAX_ENTRIES (1 << 26)

void matrix_init(struct matrix *m, struct arena *a)
{
	*m = (struct matrix){.arena = a};
}

/* A copy of an array with more room; the old one stays in the arena. */
static void *grow(struct matrix *m, const void *old, int n, int cap, size_t size)
{
	void *p = arena_array(m->arena, (size_t)cap, size);

	if (!p)
		m->err = -ENOMEM;
	else if (n)
		memcpy(p, old, (size_t)n * size);
	return p;
}

/* Room for n more; the new capacity, or 0 if nothing needs to grow. */
static int next_cap(struct matrix *m, int n, int more, int cap)
{
	if (m->err || n + more <= cap)
		return 0;
	if (more > MAX_ENTRIES - n) {
		m->err = ERR_FULL;
		return 0;
	}
	return n + more > 2 * cap ? n + more + 64 : 2 * cap;
}

int matrix_columns(struct matrix *m, int n, double lower, double upper, double size)
{
	int first = m->n_cols, cap = next_cap(m, m->n_cols, n, m->cap_cols);

	if (cap) {
		m->cost = grow(m, m->cost, first, cap, sizeof(double));
		m->lower = grow(m, m->lower, first, cap, sizeof(double));
		m->upper = grow(m, m->upper, first, cap, sizeof(double));
		m->size = grow(m, m->size, first, cap, sizeof(double));
		m->integer = grow(m, m->integer, first, cap, sizeof(bool));
		m->cap_cols = cap;
	}
	if (m->err)
		return 0;
	m->n_cols += n;
	for (int c = first; c < m->n_cols; c++) {
		m->lower[c] = lower;
		m->upper[c] = upper;
		m->size[c] = size;
	}
	return first;
}

int matrix_choices(struct matrix *m, int n)
{
	int first = matrix_columns(m, n, 0, 1, 1);

	for (int c = first; !m->err && c < first + n; c++)
		m->integer[c] = true;
	return first;
}

int matrix_row(struct matrix *m, double lower, double upper)
{
	int row = m->n_rows, cap = next_cap(m, m->n_rows, 1, m->cap_rows);

	if (cap) {
		m->row_lower = grow(m, m->row_lower, row, cap, sizeof(double));
		m->row_upper = grow(m, m->row_upper, row, cap, sizeof(double));
		m->cap_rows = cap;
	}
	if (m->err)
		return 0;
	m->row_lower[row] = lower;
	m->row_upper[row] = upper;
	m->n_rows++;
	return row;
}

void matrix_put(struct matrix *m, int col, double coefficient)
{
	int i = m->n_elements, cap = next_cap(m, m->n_elements, 1, m->cap_elements);

	if (cap) {
		m->at_row = grow(m, m->at_row, i, cap, sizeof(int));
		m->at_col = grow(m, m->at_col, i, cap, sizeof(int));
		m->element = grow(m, m->element, i, cap, sizeof(double));
		m->cap_elements = cap;
	}
	if (m->err || coefficient == 0)
		return;
	m->at_row[i] = m->n_rows - 1;
	m->at_col[i] = col;
	m->element[i] = coefficient;
	m->n_elements++;
}

/* Elements by columns, rows ascending, for they are added row after row. */
static int sort(const struct matrix *m, struct lp *lp)
{
	int *next = ARENA_ARRAY(m->arena, (size_t)m->n_cols + 1, int);

	lp->col_start = ARENA_ARRAY(m->arena, (size_t)m->n_cols + 1, int);
	lp->row_index = ARENA_ARRAY(m->arena, (size_t)m->n_elements, int);
	lp->element = ARENA_ARRAY(m->arena, (size_t)m->n_elements, double);
	if (!next || !lp->col_start || !lp->row_index || !lp->element)
		return -ENOMEM;
	for (int i = 0; i < m->n_elements; i++)
		lp->col_start[m->at_col[i] + 1]++;
	for (int c = 0; c < m->n_cols; c++)
		lp->col_start[c + 1] += lp->col_start[c];
	memcpy(next, lp->col_start, (size_t)m->n_cols * sizeof(int));
	for (int i = 0; i < m->n_elements; i++) {
		int to = next[m->at_col[i]]++;

		lp->row_index[to] = m->at_row[i];
		lp->element[to] = m->element[i];
	}
	return 0;
}

/* Solvers refuse two elements in one place. */
static void sum_doubles(struct lp *lp)
{
	int to = 0;

	for (int c = 0; c < lp->n_cols; c++) {
		int from = lp->col_start[c], end = lp->col_start[c + 1], first = to;

		lp->col_start[c] = first;
		for (int k = from; k < end; k++)
			if (to > first && lp->row_index[to - 1] == lp->row_index[k]) {
				lp->element[to - 1] += lp->element[k];
			} else {
				lp->row_index[to] = lp->row_index[k];
				lp->element[to++] = lp->element[k];
			}
	}
	lp->col_start[lp->n_cols] = to;
}

int matrix_finish(struct matrix *m, struct milp *ret)
{
	struct lp lp = {.n_cols = m->n_cols,
			.n_rows = m->n_rows,
			.cost = m->cost,
			.col_lower = m->lower,
			.col_upper = m->upper,
			.row_lower = m->row_lower,
			.row_upper = m->row_upper};

	if (!m->err)
		m->err = sort(m, &lp);
	if (m->err)
		return m->err;
	sum_doubles(&lp);
	*ret = (struct milp){.lp = lp, .integer = m->integer, .size = m->size};
	return 0;
}
