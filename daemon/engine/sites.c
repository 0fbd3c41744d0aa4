#include "engine/sites.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/state.h"

static void add_asset(struct site_state *ss, enum asset_kind kind, const char *id, int index)
{
	struct asset_state *as = &ss->assets[ss->n_assets++];

	*as = (struct asset_state){.kind = kind, .index = index};
	snprintf(as->id, sizeof(as->id), "%s", id);
	asset_path(as->path, sizeof(as->path), ss->site, id);
}

/* In the order of the configuration: decisions get their numbers in that order. */
static void list_assets(struct site_state *ss)
{
	const struct site *s = ss->site;

	for (int i = 0; i < s->n_storage; i++)
		add_asset(ss, s->storage[i].kind, s->storage[i].id, i);
	for (int i = 0; i < s->n_generators; i++)
		add_asset(ss, generator_kind(&s->generators[i]), s->generators[i].id, i);
	for (int i = 0; i < s->n_queues; i++)
		add_asset(ss, ASSET_QUEUE, s->queues[i].id, i);
	for (int i = 0; i < s->n_cooling; i++)
		add_asset(ss, ASSET_COOLING, s->cooling[i].id, i);
}

struct site_state *sites_list(const struct configuration *c)
{
	struct site_state *sites = calloc(c->n_sites ? c->n_sites : 1, sizeof(*sites));

	for (size_t i = 0; sites && i < c->n_sites; i++) {
		sites[i].site = &c->sites[i];
		sites[i].index = (int)i;
		list_assets(&sites[i]);
	}
	return sites;
}

int64_t sites_rating_w(const struct site *s, const struct asset_state *as)
{
	switch (as->kind) {
	case ASSET_BATTERY:
	case ASSET_UPS:
		return max_i64(s->storage[as->index].charge_max_w,
			       s->storage[as->index].discharge_max_w);
	case ASSET_PV:
	case ASSET_WIND:
	case ASSET_HYDRO:
		return s->generators[as->index].capacity_w;
	case ASSET_QUEUE:
		return s->queues[as->index].devices * s->queues[as->index].device_power_w;
	case ASSET_COOLING:
		return s->cooling[as->index].power_max_w;
	default:
		return 0;
	}
}
