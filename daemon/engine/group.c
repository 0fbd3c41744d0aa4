#include "engine/group.h"

#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "engine/state.h"

/* Canonical: by id, whatever the order of the configuration. */
static int by_id(const void *a, const void *b)
{
	const struct site_state *const *x = a, *const *y = b;

	return strcmp((*x)->site->id, (*y)->site->id);
}

/* Those of the n sites whose group begins with the site `first`. */
static void collect(struct site_state *sites, const size_t *first_of, size_t n, size_t first,
		    struct group_state *g)
{
	for (size_t i = first; i < n; i++) {
		if (first_of[i] != first)
			continue;
		g->sites[g->n_sites++] = &sites[i];
		sites[i].group = g;
	}
	qsort(g->sites, (size_t)g->n_sites, sizeof(struct site_state *), by_id);
}

int groups_make(const struct configuration *c, struct site_state *sites, struct groups *ret)
{
	size_t n = c->n_sites, room = n ? n : 1, at = 0;
	size_t *first_of = calloc(room, sizeof(*first_of));
	struct groups g = {
		.all = calloc(room, sizeof(*g.all)),
		.members = calloc(room, sizeof(struct site_state *)),
	};

	if (!first_of || !g.all || !g.members) {
		free(first_of);
		groups_free(&g);
		return -ENOMEM;
	}
	network_groups(&c->network, c->sites, n, first_of);
	for (size_t i = 0; i < n; i++) {
		struct group_state *one = &g.all[g.n];

		if (first_of[i] != i)
			continue;
		one->index = (int)g.n++;
		one->sites = g.members + at;
		collect(sites, first_of, n, i, one);
		at += (size_t)one->n_sites;
	}
	free(first_of);
	*ret = g;
	return 0;
}

void groups_free(struct groups *g)
{
	free(g->all);
	free(g->members);
	*g = (struct groups){0};
}

bool group_wants_plan(const struct group_state *g)
{
	bool any = false;

	for (int i = 0; i < g->n_sites; i++)
		any |= g->sites[i]->want_plan;
	return any;
}

bool group_must_adopt(const struct group_state *g)
{
	bool any = false;

	for (int i = 0; i < g->n_sites; i++)
		any |= g->sites[i]->must_adopt;
	return any;
}

uint64_t group_generation(const struct group_state *g)
{
	uint64_t sum = 0;

	for (int i = 0; i < g->n_sites; i++)
		sum += g->sites[i]->generation;
	return sum;
}

void group_want_plan(struct group_state *g, bool must_adopt)
{
	for (int i = 0; i < g->n_sites; i++) {
		g->sites[i]->want_plan = true;
		g->sites[i]->must_adopt |= must_adopt;
	}
}

void group_begin(struct group_state *g)
{
	for (int i = 0; i < g->n_sites; i++)
		g->sites[i]->want_plan = false;
}

void group_adopted(struct group_state *g)
{
	for (int i = 0; i < g->n_sites; i++)
		g->sites[i]->must_adopt = false;
}

int group_index(const struct group_state *g, const struct site_state *ss)
{
	for (int i = 0; i < g->n_sites; i++) {
		if (g->sites[i] == ss)
			return i;
	}
	REQUIRE(false);
	return -1;
}
