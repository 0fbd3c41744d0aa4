#include "engine/configure_check_network.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"

bool configure_merge_network(const struct configure_parts *parts, struct network *ret)
{
	bool fits = true;

	*ret = (struct network){0};
	for (size_t p = 0; p < parts->n; p++) {
		const struct network *n = &parts->at[p].values.network;

		for (int i = 0; i < n->n_limits; i++) {
			if (ret->n_limits < NETWORK_MAX_LIMITS)
				ret->limits[ret->n_limits++] = n->limits[i];
			else
				fits = false;
		}
		for (int i = 0; i < n->n_links; i++) {
			if (ret->n_links < NETWORK_MAX_LINKS)
				ret->links[ret->n_links++] = n->links[i];
			else
				fits = false;
		}
	}
	return fits;
}

/* Which file's list the number i of the merged one comes from; i becomes the number there. */
static const struct configure_part *part_of(const struct configure_parts *parts, bool is_limit,
					    int *i)
{
	for (size_t p = 0; p < parts->n; p++) {
		const struct network *n = &parts->at[p].values.network;
		int count = is_limit ? n->n_limits : n->n_links;

		if (*i < count)
			return &parts->at[p];
		*i -= count;
	}
	return &parts->at[0];
}

/* The model counts in the merged lists: "links[3].to" is told where it stands. */
static void on_fault(void *arg, const char *path, const char *text)
{
	struct configure_checker *c = arg;
	bool is_limit = strncmp(path, "limits[", strlen("limits[")) == 0;
	const char *digits = strchr(path, '[') + 1, *rest = strchr(path, ']') + 1;
	const struct configure_part *part;
	struct configure_item it = {.c = c};
	char shown[128];
	int i = 0;

	for (; *digits != ']'; digits++)
		i = 10 * i + (*digits - '0');
	part = part_of(c->parts, is_limit, &i);
	it.doc = part->doc;
	snprintf(shown, sizeof(shown), "network.%s[%d]%s", is_limit ? "limits" : "links", i, rest);
	configure_report(&it, shown, text);
}

static void report_too_many(struct configure_checker *c)
{
	struct configure_item it = {.c = c, .doc = c->parts->at[0].doc};
	char text[120];

	snprintf(text, sizeof(text), "all files together have at most %d limits and %d links",
		 NETWORK_MAX_LIMITS, NETWORK_MAX_LINKS);
	configure_report(&it, "network", text);
}

void configure_check_network(struct configure_checker *c, struct arena *a)
{
	const struct configure_parts *parts = c->parts;
	struct network *all = arena_alloc(a, sizeof(*all));
	size_t n_sites = 0, at = 0;
	struct site *sites;

	if (c->n_schema > 0 || parts->is_broken)
		return;
	for (size_t p = 0; p < parts->n; p++)
		n_sites += parts->at[p].values.n_sites;
	sites = ARENA_ARRAY(a, n_sites, struct site);
	if (!all || !sites) {
		fault_list_add(c->faults, (struct conf_mark){0}, "%s", err_text(-ENOMEM));
		return;
	}
	for (size_t p = 0; p < parts->n; p++) {
		for (size_t i = 0; i < parts->at[p].values.n_sites; i++)
			sites[at++] = parts->at[p].values.sites[i].site;
	}
	if (!configure_merge_network(parts, all))
		report_too_many(c);
	network_check(all, sites, n_sites, on_fault, c);
}
