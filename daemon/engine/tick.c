#include "engine/tick.h"

#include "base/log.h"
#include "base/require.h"
#include "engine/clock.h"
#include "engine/cycle.h"
#include "engine/drevent.h"
#include "engine/ingest.h"
#include "engine/publish.h"
#include "engine/reconfigure.h"
#include "engine/records.h"
#include "engine/state.h"
#include "engine/study.h"

/* Rounds in one tick; more means that two rooms keep each other busy, and sockets must have their turn. */
#define ROUNDS_MAX 10000

static bool go_round(struct engine *e)
{
	bool any;

	e->clock.kicked = false;
	any = ingest_acknowledge(e);
	if (records_watch(e))
		drevent_disappoint(e);
	any |= records_fire(e);
	any |= publish_step(e);
	any |= reconfigure_step(e);
	any |= cycle_step(e);
	any |= study_step(e);
	records_submit(e);
	any |= clock_step(e);
	return any || e->clock.kicked;
}

void tick_run(struct engine *e)
{
	int rounds = 0;

	if (e->clock.pumping)
		return;
	e->clock.pumping = true;
	while (go_round(e) && ++rounds < ROUNDS_MAX) {
	}
	e->clock.pumping = false;
	e->clock.kicked = false;
	clock_arm(e);
	if (FAILS(rounds < ROUNDS_MAX))
		e->ops->arm_mono(e->world, 0);
}

void engine_tick(struct engine *e)
{
	tick_run(e);
}

void engine_journaled(struct engine *e, uint64_t token, int rc)
{
	ingest_journaled(e, token, rc);
	tick_run(e);
}

void engine_committed(struct engine *e, uint64_t token, int rc)
{
	records_committed(e, token, rc);
	tick_run(e);
}

void engine_solved(struct engine *e, struct solve_job *job)
{
	if (!study_solved(e, job))
		cycle_solved(e, job);
	tick_run(e);
}
