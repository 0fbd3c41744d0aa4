#include "plan/ipm_fill.h"

#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

/* A column of the factor takes over the rows of those columns whose first row it is (its children in the
 * elimination tree; Liu 1990). */
struct tree {
	int **l;
	int *child, *sibling, *mark;
	int *room; /* ints for one column */
};

static int add_row(struct tree *t, int row, int col, int n)
{
	if (row > col && t->mark[row] != col) {
		t->mark[row] = col;
		t->room[n++] = row;
	}
	return n;
}

static int gather_column(const struct ipm_graph *m, const int *l_start, struct tree *t, int j)
{
	int n = 0;

	for (int k = m->start[j]; k < m->start[j + 1]; k++)
		n = add_row(t, m->next[k], j, n);
	for (int c = t->child[j]; c >= 0; c = t->sibling[c]) {
		for (int k = 0; k < l_start[c + 1] - l_start[c]; k++)
			n = add_row(t, t->l[c][k], j, n);
	}
	qsort(t->room, (size_t)n, sizeof(int), ascending);
	if (n > 0) {
		t->sibling[j] = t->child[t->room[0]];
		t->child[t->room[0]] = j;
	}
	return n;
}

static int fill(const struct ipm_graph *m, int most, struct tree *t, struct arena *scratch,
		int *l_start)
{
	for (int j = 0; j < m->n; j++) {
		int n = gather_column(m, l_start, t, j);

		t->l[j] = arena_memdup(scratch, t->room, (size_t)n * sizeof(int));
		if (!t->l[j])
			return -ENOMEM;
		if (n > most - l_start[j])
			return ERR_FULL;
		l_start[j + 1] = l_start[j] + n;
	}
	return 0;
}

static int collect(const struct tree *t, int n, struct arena *a, struct ipm_graph *ret)
{
	ret->n = n;
	ret->next = ARENA_ARRAY(a, (size_t)ret->start[n] + 1, int);
	for (int j = 0; ret->next && j < n; j++)
		memcpy(ret->next + ret->start[j], t->l[j],
		       (size_t)(ret->start[j + 1] - ret->start[j]) * sizeof(int));
	return ret->next ? 0 : -ENOMEM;
}

int ipm_fill(const struct ipm_graph *m, int most, struct arena *a, struct ipm_graph *ret)
{
	size_t n = (size_t)m->n + 1;
	struct ipm_graph l = {.start = ARENA_ARRAY(a, n, int)};
	struct arena scratch;
	struct tree t;
	int r = -ENOMEM;

	arena_init(&scratch, a->cap);
	t = (struct tree){ARENA_ARRAY(&scratch, n, int *), ARENA_ARRAY(&scratch, n, int),
			  ARENA_ARRAY(&scratch, n, int), ARENA_ARRAY(&scratch, n, int),
			  ARENA_ARRAY(&scratch, n, int)};
	if (l.start && t.l && t.child && t.sibling && t.mark && t.room) {
		memset(t.child, -1, n * sizeof(int));
		memset(t.mark, -1, n * sizeof(int));
		r = fill(m, most, &t, &scratch, l.start);
		if (!r)
			r = collect(&t, m->n, a, &l);
	}
	arena_fini(&scratch);
	if (!r)
		*ret = l;
	return r;
}
