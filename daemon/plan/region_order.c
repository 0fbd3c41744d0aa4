#include "plan/region_order.h"

#include <stdlib.h>
#include <string.h>

/* ---- what cannot be planned with ---- */

static int check_sites(const struct plan_region *in, struct fault *f)
{
	const struct plan_input *first = in->sites[0];

	for (int i = 1; i < in->n_sites; i++) {
		const struct plan_input *s = in->sites[i];
		size_t size = first->n * sizeof(int64_t);

		if (s->n != first->n || s->now_ms != first->now_ms ||
		    memcmp(s->start_ms, first->start_ms, size) != 0 ||
		    memcmp(s->duration_ms, first->duration_ms, size) != 0)
			return fault_set(f, ERR_INVALID, "sites %s and %s are on different grids",
					 first->site, s->site);
	}
	return 0;
}

static bool is_index(int i, int n)
{
	return i >= 0 && i < n;
}

static int check_limit(const struct plan_region *in, const struct region_limit *l, struct fault *f)
{
	if (l->n_sites < 0 || l->n_sites > in->n_sites)
		return fault_set(f, ERR_INVALID, "%s[%s]: %d sites of %d", l->kind, l->id,
				 l->n_sites, in->n_sites);
	for (int i = 0; i < l->n_sites; i++) {
		if (!is_index(l->sites[i], in->n_sites))
			return fault_set(f, ERR_INVALID, "%s[%s]: there is no site %d", l->kind,
					 l->id, l->sites[i]);
		for (int j = 0; j < i; j++) {
			if (l->sites[j] == l->sites[i])
				return fault_set(f, ERR_INVALID, "%s[%s]: site %d twice", l->kind,
						 l->id, l->sites[i]);
		}
	}
	return 0;
}

static int check_link(const struct plan_region *in, const struct region_link *l, struct fault *f)
{
	if (!is_index(l->from, in->n_sites) || !is_index(l->to, in->n_sites) ||
	    !is_index(l->from_queue, in->sites[l->from]->n_queues) ||
	    !is_index(l->to_queue, in->sites[l->to]->n_queues))
		return fault_set(f, ERR_INVALID, "link[%s]: an end that is not there", l->id);
	if (l->from == l->to && l->from_queue == l->to_queue)
		return fault_set(f, ERR_INVALID, "link[%s]: from a queue to itself", l->id);
	return 0;
}

static int check_region(const struct plan_region *in, struct fault *f)
{
	int r;

	if (in->n_sites < 1 || in->n_sites > REGION_MAX_SITES || in->n_limits < 0 ||
	    in->n_limits > REGION_MAX_LIMITS || in->n_links < 0 || in->n_links > REGION_MAX_LINKS)
		return fault_set(f, ERR_INVALID, "%d sites, %d limits, %d links", in->n_sites,
				 in->n_limits, in->n_links);
	r = check_sites(in, f);
	for (int i = 0; !r && i < in->n_limits; i++)
		r = check_limit(in, &in->limits[i], f);
	for (int i = 0; !r && i < in->n_links; i++)
		r = check_link(in, &in->links[i], f);
	return r;
}

/* Ids ascend, none twice. */
static int check_ids(const struct plan_region *in, struct fault *f)
{
	for (int i = 1; i < in->n_sites; i++) {
		if (strcmp(in->sites[i - 1]->site, in->sites[i]->site) >= 0)
			return fault_set(f, ERR_INVALID, "site %s twice", in->sites[i]->site);
	}
	for (int i = 1; i < in->n_limits; i++) {
		if (strcmp(in->limits[i - 1].id, in->limits[i].id) >= 0)
			return fault_set(f, ERR_INVALID, "limit %s twice", in->limits[i].id);
	}
	for (int i = 1; i < in->n_links; i++) {
		if (strcmp(in->links[i - 1].id, in->links[i].id) >= 0)
			return fault_set(f, ERR_INVALID, "link %s twice", in->links[i].id);
	}
	return 0;
}

bool region_is_ordered(const struct plan_region *in, struct fault *f)
{
	if (check_region(in, f) || check_ids(in, f))
		return false;
	for (int l = 0; l < in->n_limits; l++) {
		for (int i = 1; i < in->limits[l].n_sites; i++) {
			if (in->limits[l].sites[i - 1] >= in->limits[l].sites[i])
				return false;
		}
	}
	return true;
}

/* ---- the order ---- */

struct place {
	const struct plan_input *site;
	int index;
};

static int by_site(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->site->site, ((const struct place *)b)->site->site);
}

static int by_limit(const void *a, const void *b)
{
	return strcmp(((const struct region_limit *)a)->id, ((const struct region_limit *)b)->id);
}

static int by_link(const void *a, const void *b)
{
	return strcmp(((const struct region_link *)a)->id, ((const struct region_link *)b)->id);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* rank[i]: where in->sites[i] comes to stand. */
static int order_sites(const struct plan_region *in, struct arena *a, struct plan_region *to,
		       int *index, int *rank)
{
	size_t n = (size_t)in->n_sites;
	struct place *place = ARENA_ARRAY(a, n, struct place);

	to->sites = ARENA_ARRAY(a, n, struct plan_input *);
	if (!place || !to->sites)
		return -ENOMEM;
	for (int i = 0; i < in->n_sites; i++)
		place[i] = (struct place){in->sites[i], i};
	qsort(place, n, sizeof(*place), by_site);
	for (int i = 0; i < in->n_sites; i++) {
		to->sites[i] = in->sites[place[i].index];
		index[i] = place[i].index;
		rank[place[i].index] = i;
	}
	return 0;
}

static int order_limits(struct arena *a, struct plan_region *to, const int *rank)
{
	struct region_limit *l = arena_array(a, (size_t)to->n_limits, sizeof(struct region_limit));

	if (!l)
		return -ENOMEM;
	for (int i = 0; i < to->n_limits; i++) {
		size_t n = (size_t)to->limits[i].n_sites;

		l[i] = to->limits[i];
		l[i].sites = ARENA_ARRAY(a, n, int);
		if (!l[i].sites)
			return -ENOMEM;
		for (size_t k = 0; k < n; k++)
			l[i].sites[k] = rank[to->limits[i].sites[k]];
		if (n > 0)
			qsort(l[i].sites, n, sizeof(int), by_number);
	}
	if (to->n_limits > 0)
		qsort(l, (size_t)to->n_limits, sizeof(*l), by_limit);
	to->limits = l;
	return 0;
}

static int order_links(struct arena *a, struct plan_region *to, const int *rank)
{
	struct region_link *l = arena_array(a, (size_t)to->n_links, sizeof(struct region_link));

	if (!l)
		return -ENOMEM;
	for (int i = 0; i < to->n_links; i++) {
		l[i] = to->links[i];
		l[i].from = rank[l[i].from];
		l[i].to = rank[l[i].to];
	}
	if (to->n_links > 0)
		qsort(l, (size_t)to->n_links, sizeof(*l), by_link);
	to->links = l;
	return 0;
}

int region_order(const struct plan_region *in, struct arena *a, struct plan_region **ret,
		 int **ret_index, struct fault *f)
{
	int r = check_region(in, f), *index, *rank;
	struct plan_region *to;

	if (r)
		return r;
	to = arena_memdup(a, in, sizeof(*in));
	index = ARENA_ARRAY(a, (size_t)in->n_sites, int);
	rank = ARENA_ARRAY(a, (size_t)in->n_sites, int);
	if (!to || !index || !rank)
		return -ENOMEM;
	r = order_sites(in, a, to, index, rank);
	if (!r)
		r = order_limits(a, to, rank);
	if (!r)
		r = order_links(a, to, rank);
	if (!r)
		r = check_ids(to, f);
	if (r)
		return r;
	*ret = to;
	*ret_index = index;
	return 0;
}
