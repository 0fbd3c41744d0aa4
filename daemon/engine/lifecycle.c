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
#include "engine/forecasts.h"
#include "engine/group.h"
#include "engine/ingest.h"
#include "engine/instruct.h"
#include "engine/jobs.h"
#include "engine/points.h"
#include "engine/reconfigure.h"
#include "engine/records.h"
#include "engine/replan.h"
#include "engine/sites.h"
#include "engine/state.h"
#include "engine/study.h"
#include "engine/subscribe.h"
#include "engine/tick.h"
#include "engine/wake.h"

static int list_sites(struct engine *e)
{
	struct job_queue *room;

	e->sites = sites_list(e->configuration);
	e->n_sites = e->sites ? e->configuration->n_sites : 0;
	if (!e->sites || groups_make(e->configuration, e->sites, &e->groups))
		return -ENOMEM;
	room = jobs_room(e->sites, e->n_sites);
	if (!room)
		return -ENOMEM;
	jobs_attach(e, room);
	return 0;
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
	jobs_init(e);
	subscribe_init(e);
	cycle_init(e);
	list_init(&e->replans);
	list_init(&e->studies);
	e->health = calloc(1, sizeof(*e->health));
	if (!e->health || list_sites(e) || points_init(e) || forecasts_init(e)) {
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
	jobs_fini(e);
	dayflags_fini(e);
	subscribe_fini(e);
	ingest_fini(e);
	points_fini(e);
	forecasts_fini(e);
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
