#include "plan/ipm_order.h"

#include <string.h>

/* A node's slot in `list` holds its remaining neighbours from the left and the elements (eliminated nodes) that it belongs
 * to from the right: together never more than its neighbours were at first. */
struct order {
	const struct ipm_graph *g;
	struct arena *a;
	int *list, *n_next, *n_elements; /* per node */
	int **member, *n_member;	 /* per element: the nodes that it joins; NULL = absorbed */
	int *degree, *head, *before, *after;
	int *mark, stamp;
	int *found; /* scratch: the nodes that the pivot joins */
	bool *done;
};

static int *elements(const struct order *o, int i)
{
	return o->list + o->g->start[i + 1] - o->n_elements[i];
}

static void unlist(struct order *o, int i)
{
	if (o->before[i] >= 0)
		o->after[o->before[i]] = o->after[i];
	else
		o->head[o->degree[i]] = o->after[i];
	if (o->after[i] >= 0)
		o->before[o->after[i]] = o->before[i];
}

static void enlist(struct order *o, int i, int degree)
{
	o->degree[i] = degree;
	o->before[i] = -1;
	o->after[i] = o->head[degree];
	if (o->after[i] >= 0)
		o->before[o->after[i]] = i;
	o->head[degree] = i;
}

static int fresh_mark(struct order *o)
{
	return ++o->stamp;
}

static int take(struct order *o, const int *from, int n, int stamp, int *to, int n_to)
{
	for (int k = 0; k < n; k++) {
		int i = from[k];

		if (!o->done[i] && o->mark[i] != stamp) {
			o->mark[i] = stamp;
			to[n_to++] = i;
		}
	}
	return n_to;
}

/* Everything that the pivot's elimination joins; its own elements are absorbed. */
static int join(struct order *o, int pivot)
{
	int stamp = fresh_mark(o), n = 0;
	const int *e = elements(o, pivot);

	o->done[pivot] = true;
	n = take(o, o->list + o->g->start[pivot], o->n_next[pivot], stamp, o->found, n);
	for (int k = 0; k < o->n_elements[pivot]; k++) {
		n = take(o, o->member[e[k]], o->n_member[e[k]], stamp, o->found, n);
		o->member[e[k]] = NULL;
	}
	return n;
}

/* Node i now knows its fellows through the element: drop them, and the elements that are gone. */
static void prune(struct order *o, int i, int pivot, int stamp)
{
	int *next = o->list + o->g->start[i], *e = elements(o, i), n = 0, end = o->n_elements[i];

	for (int k = 0; k < o->n_next[i]; k++) {
		if (!o->done[next[k]] && o->mark[next[k]] != stamp)
			next[n++] = next[k];
	}
	o->n_next[i] = n;
	n = end;
	for (int k = end - 1; k >= 0; k--) {
		if (o->member[e[k]])
			e[--n] = e[k];
	}
	o->n_elements[i] = end - n;
	o->n_elements[i]++;
	elements(o, i)[0] = pivot;
}

static int count(struct order *o, int i)
{
	int stamp = fresh_mark(o), n = 0;
	const int *next = o->list + o->g->start[i], *e = elements(o, i);

	o->mark[i] = stamp;
	for (int k = 0; k < o->n_next[i]; k++) {
		o->mark[next[k]] = stamp;
		n++;
	}
	for (int k = 0; k < o->n_elements[i]; k++) {
		const int *m = o->member[e[k]];

		for (int j = 0; j < o->n_member[e[k]]; j++) {
			n += !o->done[m[j]] && o->mark[m[j]] != stamp;
			o->mark[m[j]] = stamp;
		}
	}
	return n;
}

static bool eliminate(struct order *o, int pivot)
{
	int n, stamp;

	unlist(o, pivot);
	n = join(o, pivot);
	o->n_member[pivot] = n;
	o->member[pivot] = arena_memdup(o->a, o->found, (size_t)n * sizeof(int));
	if (!o->member[pivot])
		return false;
	stamp = o->stamp;
	for (int k = 0; k < n; k++)
		prune(o, o->found[k], pivot, stamp);
	for (int k = 0; k < n; k++) {
		int i = o->member[pivot][k];

		unlist(o, i);
		enlist(o, i, count(o, i));
	}
	return true;
}

static bool prepare(struct order *o)
{
	size_t n = (size_t)o->g->n + 1;
	struct arena *a = o->a;

	o->list = arena_memdup(a, o->g->next, (size_t)o->g->start[o->g->n] * sizeof(int));
	o->n_next = ARENA_ARRAY(a, n, int);
	o->n_elements = ARENA_ARRAY(a, n, int);
	o->member = ARENA_ARRAY(a, n, int *);
	o->n_member = ARENA_ARRAY(a, n, int);
	o->degree = ARENA_ARRAY(a, n, int);
	o->head = ARENA_ARRAY(a, n, int);
	o->before = ARENA_ARRAY(a, n, int);
	o->after = ARENA_ARRAY(a, n, int);
	o->mark = ARENA_ARRAY(a, n, int);
	o->found = ARENA_ARRAY(a, n, int);
	o->done = ARENA_ARRAY(a, n, bool);
	if (!o->list || !o->n_next || !o->n_elements || !o->member || !o->n_member || !o->degree ||
	    !o->head || !o->before || !o->after || !o->mark || !o->found || !o->done)
		return false;
	memset(o->head, -1, n * sizeof(int));
	for (int i = o->g->n - 1; i >= 0; i--) {
		o->n_next[i] = o->g->start[i + 1] - o->g->start[i];
		enlist(o, i, o->n_next[i]);
	}
	return true;
}

int *ipm_order(const struct ipm_graph *g, struct arena *a)
{
	struct order o = {.g = g, .a = a};
	int *order = ARENA_ARRAY(a, (size_t)g->n + 1, int);

	if (!order || !prepare(&o))
		return NULL;
	for (int k = 0; k < g->n; k++) {
		int least = 0;

		while (o.head[least] < 0)
			least++;
		order[k] = o.head[least];
		if (!eliminate(&o, order[k]))
			return NULL;
	}
	return order;
}
