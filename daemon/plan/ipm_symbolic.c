#include "plan/ipm_symbolic.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "plan/ipm_fill.h"

/* ---- columns, groups, entries ---- */

static int up_to_block(int n)
{
	return (n + IPM_BLOCK - 1) / IPM_BLOCK * IPM_BLOCK;
}

static enum ipm_class class_of(const struct ipm_structure *s, int c)
{
	return (enum ipm_class)(s->key.col[c] & ~IPM_SAME);
}

static bool has_entry(const struct ipm_structure *s, int e)
{
	return s->key.row[s->key.row_index[e]] != IPM_LOOSE;
}

/* A group to be: its first column in the LP, or n_cols + row. */
struct sketch {
	int origin, entries, columns;
};

static int sketch_class(const struct ipm_structure *s, enum ipm_class class, struct sketch *k)
{
	int n = 0;

	for (int c = 0; c < s->key.n_cols; c++) {
		if (class_of(s, c) != class)
			continue;
		if (s->key.col[c] & IPM_SAME) {
			k[n - 1].columns++;
			continue;
		}
		k[n] = (struct sketch){c, 0, 1};
		for (int e = s->key.col_start[c]; e < s->key.col_start[c + 1]; e++)
			k[n].entries += has_entry(s, e);
		n++;
	}
	for (int r = 0; class == IPM_NORMAL && r < s->key.n_rows; r++) {
		if (s->key.row[r] == IPM_RANGE)
			k[n++] = (struct sketch){s->key.n_cols + r, 1, 1};
	}
	return n;
}

static int by_shape(const void *a, const void *b)
{
	const struct sketch *x = a, *y = b;

	if (x->columns != y->columns)
		return x->columns < y->columns ? -1 : 1;
	if (x->entries != y->entries)
		return x->entries < y->entries ? -1 : 1;
	return (x->origin > y->origin) - (x->origin < y->origin);
}

/* Columns of a class, group by group, to the next block. */
static void write_class(struct ipm_structure *s, enum ipm_class class, const struct sketch *k,
			int n)
{
	for (int i = 0; i < n; i++) {
		struct ipm_run *last = s->n_runs > 0 ? &s->run[s->n_runs - 1] : NULL;
		int g = s->n_groups++;

		s->group_first[g] = s->n_columns;
		for (int c = 0; c < k[i].columns; c++)
			s->origin[s->n_columns++] = k[i].origin + c;
		s->group_end[g] = s->n_columns;
		if (class == IPM_NORMAL && last && last->entries == k[i].entries &&
		    last->columns == k[i].columns)
			last->to++;
		else if (class == IPM_NORMAL)
			s->run[s->n_runs++] =
				(struct ipm_run){g, g + 1, k[i].entries, k[i].columns};
	}
	while (s->n_columns < up_to_block(s->n_columns))
		s->origin[s->n_columns++] = -1;
	s->first[class + 1] = s->n_columns;
}

static bool make_columns(struct ipm_structure *s)
{
	size_t most = (size_t)s->key.n_cols + (size_t)s->key.n_rows + 1;
	struct sketch *k = calloc(most, sizeof(*k));

	if (!k)
		return false;
	for (int class = IPM_NORMAL; class < N_IPM_CLASSES; class ++) {
		int n = sketch_class(s, (enum ipm_class) class, k);

		if (class == IPM_NORMAL)
			qsort(k, (size_t)n, sizeof(*k), by_shape);
		write_class(s, (enum ipm_class) class, k, n);
		if (class == IPM_NORMAL)
			s->first_border = s->n_groups;
	}
	free(k);
	return true;
}

/* Rows for now as in the LP. */
static void make_entries(struct ipm_structure *s)
{
	int n = 0;

	for (int g = 0; g < s->n_groups; g++) {
		int c = s->origin[s->group_first[g]];

		s->entry_start[g] = n;
		if (c >= s->key.n_cols) {
			s->entry[n++] = (struct ipm_entry){c - s->key.n_cols, -1};
			continue;
		}
		for (int e = s->key.col_start[c]; e < s->key.col_start[c + 1]; e++) {
			if (has_entry(s, e))
				s->entry[n++] = (struct ipm_entry){s->key.row_index[e], e};
		}
	}
	s->entry_start[s->n_groups] = n;
}

static bool allocate_columns(struct ipm_structure *s)
{
	size_t c =
		(size_t)s->key.n_cols + (size_t)s->key.n_rows + (size_t)N_IPM_CLASSES * IPM_BLOCK;
	struct arena *a = &s->arena;

	s->origin = ARENA_ARRAY(a, c, int);
	s->group_first = ARENA_ARRAY(a, c, int);
	s->group_end = ARENA_ARRAY(a, c, int);
	s->run = ARENA_ARRAY(a, c, struct ipm_run);
	s->entry_start = ARENA_ARRAY(a, c + 1, int);
	s->entry = ARENA_ARRAY(a, (size_t)s->key.nnz + (size_t)s->key.n_rows, struct ipm_entry);
	s->node = ARENA_ARRAY(a, (size_t)s->key.n_rows + 1, int);
	s->cell_start = ARENA_ARRAY(a, (size_t)s->key.n_rows + 1, int);
	s->cell = ARENA_ARRAY(a, (size_t)s->key.nnz + (size_t)s->key.n_rows, struct ipm_cell);
	return s->origin && s->group_first && s->group_end && s->run && s->entry_start &&
	       s->entry && s->node && s->cell_start && s->cell;
}

/* start[i] … start[i + 1]: room for what was counted in start[i + 1]; then moved while filling. */
static void sum_up(int *start, int n)
{
	for (int i = 0; i < n; i++)
		start[i + 1] += start[i];
}

static void rewind_starts(int *start, int n)
{
	memmove(start + 1, start, (size_t)n * sizeof(int));
	start[0] = 0;
}

static void make_cells(struct ipm_structure *s)
{
	int n = s->entry_start[s->n_groups];

	memset(s->cell_start, 0, ((size_t)s->n_rows + 1) * sizeof(int));
	for (int e = 0; e < n; e++)
		s->cell_start[s->entry[e].node + 1]++;
	sum_up(s->cell_start, s->n_rows);
	for (int g = 0; g < s->n_groups; g++) {
		for (int e = s->entry_start[g]; e < s->entry_start[g + 1]; e++)
			s->cell[s->cell_start[s->entry[e].node]++] = (struct ipm_cell){g, e};
	}
	rewind_starts(s->cell_start, s->n_rows);
}

/* ---- order ---- */

/* Rows that meet in a normal group, each once. With `next` NULL only counts. */
static void meet(const struct ipm_structure *s, int *mark, int *start, int *next)
{
	int n = 0;

	for (int r = 0; r < s->n_rows; r++)
		mark[r] = -1;
	for (int r = 0; r < s->n_rows; r++) {
		start[r] = n;
		mark[r] = r;
		for (int k = s->cell_start[r]; k < s->cell_start[r + 1]; k++) {
			int g = s->cell[k].group;

			if (g >= s->first_border)
				continue;
			for (int e = s->entry_start[g]; e < s->entry_start[g + 1]; e++) {
				int other = s->entry[e].node;

				if (mark[other] == r)
					continue;
				mark[other] = r;
				if (next)
					next[n] = other;
				n++;
			}
		}
	}
	start[s->n_rows] = n;
}

static int make_order(struct ipm_structure *s)
{
	struct arena scratch;
	struct ipm_graph g = {.n = s->n_rows};
	int *mark, *order = NULL;
	int r = -ENOMEM;

	arena_init(&scratch, s->arena.cap);
	mark = ARENA_ARRAY(&scratch, (size_t)s->n_rows + 1, int);
	g.start = ARENA_ARRAY(&scratch, (size_t)s->n_rows + 1, int);
	if (mark && g.start) {
		meet(s, mark, g.start, NULL);
		g.next = ARENA_ARRAY(&scratch, (size_t)g.start[s->n_rows] + 1, int);
		if (g.next) {
			meet(s, mark, g.start, g.next);
			order = ipm_order(&g, &scratch);
		}
	}
	if (order) {
		for (int k = 0; k < s->n_rows; k++)
			s->node[order[k]] = k;
		for (int e = 0; e < s->entry_start[s->n_groups]; e++)
			s->entry[e].node = s->node[s->entry[e].node];
		r = 0;
	}
	arena_fini(&scratch);
	return r;
}

/* ---- what A D Aᵀ is made of ---- */

/* Counts, or with `write` puts it where its column begins, and moves that on. */
static void add_join(struct ipm_structure *s, bool write, int col, struct ipm_join j)
{
	if (write)
		s->join[s->join_start[col]++] = j;
	else
		s->join_start[col + 1]++;
}

static void each_join(struct ipm_structure *s, bool write)
{
	for (int g = 0; g < s->n_groups; g++) {
		int begin = s->entry_start[g], end = s->entry_start[g + 1];
		int border = s->n_rows + g - s->first_border;

		for (int e = begin; e < end; e++) {
			int n = s->entry[e].node;

			if (g >= s->first_border) {
				add_join(s, write, n,
					 (struct ipm_join){border, s->n_groups, e, -1});
				continue;
			}
			for (int f = begin; f < end; f++) {
				int m = s->entry[f].node;

				if (m > n || e == f)
					add_join(s, write, n, (struct ipm_join){m, g, e, f});
			}
		}
		if (g >= s->first_border)
			add_join(s, write, border,
				 (struct ipm_join){border, s->n_groups + 1 + g - s->first_border,
						   -1, -1});
	}
}

static bool make_joins(struct ipm_structure *s)
{
	size_t n = (size_t)s->n_nodes;

	s->join_start = ARENA_ARRAY(&s->arena, n + 1, int);
	if (!s->join_start)
		return false;
	each_join(s, false);
	sum_up(s->join_start, s->n_nodes);
	s->join = ARENA_ARRAY(&s->arena, (size_t)s->join_start[n] + 1, struct ipm_join);
	if (!s->join)
		return false;
	each_join(s, true);
	rewind_starts(s->join_start, s->n_nodes);
	return true;
}

/* ---- the factor ---- */

static int make_factor(struct ipm_structure *s)
{
	struct ipm_graph below = {s->n_nodes, s->join_start, NULL}, l = {0};
	int n = s->join_start[s->n_nodes], r;

	below.next = malloc(((size_t)n + 1) * sizeof(int));
	if (!below.next)
		return -ENOMEM;
	for (int k = 0; k < n; k++)
		below.next[k] = s->join[k].row;
	r = ipm_fill(&below, IPM_FACTOR_MAX, &s->arena, &l);
	s->l_start = l.start;
	s->l_row = l.next;
	free(below.next);
	return r;
}

static bool make_above(struct ipm_structure *s)
{
	int nnz = s->l_start[s->n_nodes];

	s->above_start = ARENA_ARRAY(&s->arena, (size_t)s->n_nodes + 1, int);
	s->above = ARENA_ARRAY(&s->arena, (size_t)nnz + 1, struct ipm_above);
	if (!s->above_start || !s->above)
		return false;
	for (int k = 0; k < nnz; k++)
		s->above_start[s->l_row[k] + 1]++;
	sum_up(s->above_start, s->n_nodes);
	for (int j = 0; j < s->n_nodes; j++) {
		for (int k = s->l_start[j]; k < s->l_start[j + 1]; k++)
			s->above[s->above_start[s->l_row[k]]++] = (struct ipm_above){j, k};
	}
	rewind_starts(s->above_start, s->n_nodes);
	return true;
}

/* ---- all of it ---- */

static bool copy_key(struct ipm_structure *s, const struct ipm_key *k)
{
	size_t c = (size_t)k->n_cols, r = (size_t)k->n_rows;

	s->key = *k;
	s->key.col_start = arena_memdup(&s->arena, k->col_start, (c + 1) * sizeof(int));
	s->key.row_index = arena_memdup(&s->arena, k->row_index, (size_t)k->nnz * sizeof(int));
	s->key.col = arena_memdup(&s->arena, k->col, c);
	s->key.row = arena_memdup(&s->arena, k->row, r);
	return s->key.col_start && s->key.row_index && s->key.col && s->key.row;
}

static int build(struct ipm_structure *s, const struct ipm_key *key)
{
	int r;

	if (!copy_key(s, key) || !allocate_columns(s))
		return -ENOMEM;
	s->n_rows = key->n_rows;
	if (!make_columns(s))
		return -ENOMEM;
	s->n_nodes = s->n_rows + s->n_groups - s->first_border;
	make_entries(s);
	make_cells(s);
	r = make_order(s);
	if (r)
		return r;
	make_cells(s);
	if (!make_joins(s))
		return -ENOMEM;
	r = make_factor(s);
	if (r)
		return r;
	return make_above(s) ? 0 : -ENOMEM;
}

int ipm_structure_new(const struct ipm_key *key, size_t cap, struct ipm_structure **ret)
{
	struct ipm_structure *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	arena_init(&s->arena, cap);
	r = build(s, key);
	if (r)
		ipm_structure_free(s);
	else
		*ret = s;
	return r;
}

void ipm_structure_free(struct ipm_structure *s)
{
	if (!s)
		return;
	arena_fini(&s->arena);
	free(s);
}
