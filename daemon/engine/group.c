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
static void collect(struct engine *e, const size_t *first_of, size_t first, struct group_state *g)
{
	for (size_t i = first; i < e->n_sites; i++) {
		if (first_of[i] == first)
			g->sites[g->n_sites++] = &e->sites[i];
	}
	qsort(g->sites, (size_t)g->n_sites, sizeof(*g->sites), by_id);
}

static void link_sites(struct group_state *g)
{
	for (int i = 0; i < g->n_sites; i++)
		g->sites[i]->group = g;
}

int groups_form(struct engine *e)
{
	size_t n = e->n_sites, room = n ? n : 1, n_groups = 0;
	size_t *first_of = calloc(room, sizeof(*first_of));
	struct group_state *groups = calloc(room, sizeof(*groups));
	struct site_state **members = calloc(room, sizeof(struct site_state *)), **at = members;

	if (!first_of || !groups || !members) {
		free(first_of);
		free(groups);
		free(members);
		return -ENOMEM;
	}
	network_groups(&e->configuration->network, e->configuration->sites, n, first_of);
	for (size_t i = 0; i < n; i++) {
		struct group_state *g = &groups[n_groups];

		if (first_of[i] != i)
			continue;
		g->index = (int)n_groups++;
		g->sites = at;
		collect(e, first_of, i, g);
		at += g->n_sites;
		link_sites(g);
	}
	free(first_of);
	groups_fini(e);
	e->groups = groups;
	e->group_members = members;
	e->n_groups = n_groups;
	return 0;
}

void groups_fini(struct engine *e)
{
	free(e->groups);
	free(e->group_members);
	e->groups = NULL;
	e->group_members = NULL;
	e->n_groups = 0;
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
