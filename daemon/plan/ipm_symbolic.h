/* What the interior point can know of an LP before its numbers: which columns are alike, where entries stand, in what order
 * rows are eliminated, and the pattern of the factor. Made once per structure, shared by every LP that has it. Pure.
 *
 * The method works on its own columns: those of the LP, sorted (normal, border, free), then one slack for every row that
 * is no equation, so that every row is one: A x − s = 0. Columns that are the same but for cost and bounds (the parts
 * of a piecewise cost) form a group, which the matrix sees as one column.
 *
 * Nodes are the rows of the normal equations A D Aᵀ in order of elimination, then the border: columns with many entries,
 * and free ones, which would make A D Aᵀ dense or their D infinite, stay as rows with a pivot of −1/D (the matrix
 * is then quasi-definite and still has an LDLᵀ without pivoting; Vanderbei 1995). */
#pragma once

#include "plan/solve.h"

#define IPM_BLOCK 4 /* columns are worked on in fours; each class begins on such a boundary */

enum ipm_class { IPM_NORMAL, IPM_BORDER, IPM_FREE, N_IPM_CLASSES };
enum ipm_row { IPM_RANGE, IPM_EQUATION, IPM_LOOSE }; /* loose: no bounds, so no entries */

/* What distinguishes structures besides the pattern, per LP column and row. */
struct ipm_key {
	int n_cols, n_rows, nnz;
	const int *col_start, *row_index;
	uint8_t *col; /* enum ipm_class, | IPM_SAME if its entries are those of the column before */
	uint8_t *row; /* enum ipm_row */
	uint64_t hash;
};
#define IPM_SAME 0x10

/* A list per index: items start[i] … start[i + 1] − 1. */
struct ipm_entry {
	int node;
	int from; /* in the LP's elements, −1 for a slack */
};
struct ipm_cell {
	int group, entry;
};
struct ipm_join {
	int row;	/* node, at or below the one that the list belongs to */
	int scale;	/* group whose D it takes; n_groups: 1; beyond: border columns */
	int one, other; /* entries to multiply; −1: 1 */
};
struct ipm_above {
	int col, at; /* column of the factor and where in it this row stands */
};

/* Groups that look alike one after the other, so that loops over them need not ask. */
struct ipm_run {
	int from, to;	      /* groups */
	int entries, columns; /* of each */
};

struct ipm_structure {
	struct arena arena; /* all of this, and workspaces */
	struct ipm_key key;
	int n_columns;		      /* with padding: a multiple of IPM_BLOCK */
	int first[N_IPM_CLASSES + 1]; /* where each class begins */
	int *origin;		      /* [n_columns] LP column, n_cols + row, or −1: padding */
	int n_groups,
		first_border; /* groups of border and free columns come last, one column each */
	int *group_first;     /* [n_groups] first column */
	int *group_end;	      /* [n_groups] */
	int n_runs;
	struct ipm_run *run; /* of normal groups, all of them */
	int *entry_start;    /* [n_groups + 1] */
	struct ipm_entry *entry;
	int n_rows, n_nodes; /* n_nodes − n_rows border nodes */
	int *node;	     /* [n_rows] of each LP row */
	int *cell_start;     /* [n_rows + 1] of node: where its row has entries */
	struct ipm_cell *cell;
	int *join_start; /* [n_nodes + 1] what A D Aᵀ is made of, by column of the factor */
	struct ipm_join *join;
	int *l_start, *l_row; /* [n_nodes + 1], strictly below the diagonal, ascending */
	int *above_start;     /* [n_nodes + 1] the factor by rows */
	struct ipm_above *above;
};

/* Fills *ret from the LP; points into lp. false: the arena is full. */
bool ipm_key_make(const struct lp *lp, struct arena *a, struct ipm_key *ret);
bool ipm_key_equals(const struct ipm_key *k, const struct ipm_key *o);

/* -ENOMEM; ERR_FULL: the factor would be larger than IPM_FACTOR_MAX entries. */
int ipm_structure_new(const struct ipm_key *key, size_t cap, struct ipm_structure **ret);
void ipm_structure_free(struct ipm_structure *s);

#define IPM_FACTOR_MAX 20000000
