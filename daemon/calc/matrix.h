/* A mixed-integer programme in the making: columns, rows and elements are added in any order, then set in columns.
 * Errors are sticky, so that a formulation reads without a check after each line. Owner's thread only. */
#pragma once

#include "plan/milp.h"

struct matrix {
	struct arena *arena;
	int err; /* first of -ENOMEM, ERR_FULL */
	int n_cols, n_rows, n_elements;
	int cap_cols, cap_rows, cap_elements;
	double *cost, *lower, *upper, *size; /* of columns */
	bool *integer;
	double *row_lower, *row_upper;
	int *at_row, *at_col; /* of elements */
	double *element;
};

void matrix_init(struct matrix *m, struct arena *a);

/* n columns, all without cost; the number of the first. */
int matrix_columns(struct matrix *m, int n, double lower, double upper, double size);
/* n columns that are 0 or 1. */
int matrix_choices(struct matrix *m, int n);
/* An empty row; its number. */
int matrix_row(struct matrix *m, double lower, double upper);
/* Adds to the element of the last row that was made. A coefficient of 0 is left out. */
void matrix_put(struct matrix *m, int col, double coefficient);

static inline void matrix_bound(struct matrix *m, int col, double lower, double upper)
{
	if (!m->err) {
		m->lower[col] = lower;
		m->upper[col] = upper;
	}
}
static inline void matrix_cost(struct matrix *m, int col, double cost)
{
	if (!m->err)
		m->cost[col] += cost;
}

/* The programme; its arrays live in the arena. Elements of one place are summed. */
int matrix_finish(struct matrix *m, struct milp *ret);
