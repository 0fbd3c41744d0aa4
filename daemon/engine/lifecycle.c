/* Making, starting, stopping and unmaking the engine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "engine/adopt.h"
#include "engine/clock.h"
#include "engine/cycle.h"
#include "engine/dayflags.h"
#include "engine/decisions.h"
#include "engine/drevent.h"
#include "engine/group.h"
#include "engine/ingest.h"
#include "engine/instruct.h"
#include "engine/lifecycle.h"
#include "engine/points.h"
#include "engine/reconfigure.h"
#include "engine/records.h"
#include "engine/replan.h"
#include "engine/state.h"
#include "engine/study.h"
#include "engine/subscribe.h"
#include "engine/tick.h"
#include "engine/wake.h"

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

struct site_state *lifecycle_list_sites(const struct configuration *c)
{
	struct site_state *sites = calloc(c->n_sites ? c->n_sites : 1, sizeof(*sites));

	for (size_t i = 0; sites && i < c->n_sites; i++) {
		sites[i].site = &c->sites[i];
		sites[i].index = (int)i;
		list_assets(&sites[i]);
	}
	return sites;
}

static int list_sites(struct engine *e)
{
	e->sites = lifecycle_list_sites(e->configuration);
	e->n_sites = e->sites ? e->configuration->n_sites : 0;
	return e->sites ? groups_make(e->configuration, e->sites, &e->groups) : -ENOMEM;
}

int engine_new(const struct engine_settings *s, const struct world *world,
	       struct configuration *configuration, struct engine **ret, struct fault *f)
{
	struct engine *e = calloc(1, sizeof(*e));

	if (!e)
		return fault_set(f, -ENOMEM, "out of memory");
	e->settings = *s;
	snprintf(e->build, sizeof(e->build), "%s", s->build ? s->build : "");
	e->settings.build = e->build;
	e->ops = world->ops;
	e->world = world->ctx;
	e->configuration = configuration;
	records_init(e);
	ingest_init(e);
	decisions_init(e);
	drevent_init(e);
	instruct_init(e);
	subscribe_init(e);
	cycle_init(e);
	list_init(&e->replans);
	list_init(&e->studies);
	e->health = calloc(1, sizeof(*e->health));
	if (!e->health || list_sites(e) || points_init(e)) {
		e->configuration = NULL; /* stays the caller's */
		engine_free(e);
		return fault_set(f, -ENOMEM, "out of memory");
	}
	*ret = e;
	return 0;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	/* whoever still waits is told first, while all is there that it might look at */
	e->stopping = true;
	e->clock.pumping = true;
	clock_abandon(e, ERR_CLOSED);
	reconfigure_fini(e);
	drevent_fini(e);
	replan_fini(e);
	study_fini(e);
	records_fini(e);
	cycle_fini(e);
	for (size_t i = 0; i < e->n_sites; i++)
		adopt_fini(&e->sites[i]);
	decisions_fini(e);
	instruct_fini(e);
	dayflags_fini(e);
	subscribe_fini(e);
	ingest_fini(e);
	points_fini(e);
	groups_free(&e->groups);
	free(e->sites);
	free(e->health);
	configuration_free(e->configuration);
	free(e);
}

void engine_start(struct engine *e)
{
	e->started = true;
	clock_start(e);
	log_info(ENGINE_LOG, "started: %zu sites, %u points, %s clock", e->n_sites, e->points.n,
		 e->settings.driven ? "driven" : "wall");
	wake(e);
}

bool engine_stop(struct engine *e)
{
	bool cycle_is_over, studies_are_over;

	if (!e->stopping) {
		clock_abandon(e, ERR_CANCELED);
		wake(e);
	}
	e->stopping = true;
	cycle_is_over = cycle_stop(e);
	studies_are_over = study_stop(e);
	return cycle_is_over && studies_are_over && ingest_is_idle(e) && records_are_idle(e);
}

const struct configuration *engine_configuration(const struct engine *e)
{
	return e->configuration;
}
