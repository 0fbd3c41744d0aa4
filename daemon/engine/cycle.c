#include "engine/cycle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/require.h"
#include "engine/adopt.h"
#include "engine/drevent.h"
#include "engine/drmove.h"
#include "engine/group.h"
#include "engine/health.h"
#include "engine/peak.h"
#include "engine/records.h"
#include "engine/replan.h"
#include "engine/snapshot.h"
#include "engine/solvejob.h"
#include "engine/state.h"
#include "engine/wake.h"

#define BASELINES_MAX 4 /* in a row while a plan is wanted */

static const struct sm_state states[] = {
	[CYCLE_IDLE] = {"idle", SM_BIT(CYCLE_GATHER) | SM_BIT(CYCLE_STOPPED), false},
	[CYCLE_GATHER] = {"gather", SM_BIT(CYCLE_SOLVING) | SM_BIT(CYCLE_GATE), false},
	[CYCLE_SOLVING] = {"solving",
			   SM_BIT(CYCLE_GATE) | SM_BIT(CYCLE_IDLE) | SM_BIT(CYCLE_STOPPED), false},
	[CYCLE_GATE] = {"gate", SM_BIT(CYCLE_COMMITTING), false},
	[CYCLE_COMMITTING] = {"committing", SM_BIT(CYCLE_PUBLISHING), false},
	[CYCLE_PUBLISHING] = {"publishing", SM_BIT(CYCLE_IDLE), false},
	[CYCLE_STOPPED] = {"stopped", 0, true},
};

/* A job lives from GATHER to GATE, and the result's batch is known from COMMITTING on. */
static bool is_consistent(const void *obj, int state)
{
	const struct cycle *c = obj;

	if (state == CYCLE_SOLVING || state == CYCLE_GATE)
		return c->job != NULL;
	return true;
}

const struct sm_class cycle_sm = {
	.name = "cycle",
	.states = states,
	.n_states = ARRAY_SIZE(states),
	.invariant = is_consistent,
};

static void move(struct engine *e, enum cycle_state to)
{
	sm_move(&cycle_sm, &e->cycle.state, (int)to, &e->cycle);
}

void cycle_init(struct engine *e)
{
	e->cycle.state = CYCLE_IDLE;
	e->cycle.next_ms = INT64_MAX;
}

static void drop_job(struct engine *e)
{
	solvejob_free(e->cycle.job);
	e->cycle.job = NULL;
	e->cycle.solved = false;
}

void cycle_fini(struct engine *e)
{
	drop_job(e);
}

static bool is_wanted(const struct engine *e)
{
	if (drevent_waiting(e))
		return true;
	for (size_t i = 0; i < e->groups.n; i++) {
		if (group_wants_plan(&e->groups.all[i]))
			return true;
	}
	return false;
}

/* Engine time 0 is no time: nobody claimed the clock of an empty ledger. */
static bool may_work(const struct engine *e)
{
	return e->started && !e->stopping && e->clock.now_ms > 0;
}

/* The group that waits for a plan, the one whose last is the oldest; NULL: none. */
static struct group_state *group_in_want(const struct engine *e)
{
	struct group_state *best = NULL;

	for (size_t i = 0; i < e->groups.n; i++) {
		struct group_state *g = &e->groups.all[i];

		if (group_wants_plan(g) && (!best || g->last_run < best->last_run))
			best = g;
	}
	return best;
}

/* The next run: events wait for their baseline before anything else, but not so many that nothing is planned. */
static void pick(struct engine *e)
{
	const struct event_live *el = drevent_waiting(e);
	struct cycle *c = &e->cycle;
	struct group_state *g = group_in_want(e);

	if (el && (!g || c->baselines_in_row < BASELINES_MAX)) {
		c->event = el->ev.id;
		c->group = e->sites[el->site].group;
		c->baselines_in_row++;
	} else {
		c->event = 0;
		c->group = g;
	}
}

/* The baseline has to reach to the end of the event, however far that is. */
static int64_t reach(const struct engine *e)
{
	const struct event_live *el = drevent_get(e, e->cycle.event);

	if (!el || el->ev.n_slots == 0)
		return 0;
	return el->ev.slots[el->ev.n_slots - 1].start_ms + SLOT_MS;
}

/* The baseline of an event is what its site would do without: the events of others stand. */
static struct snapshot_wish wish_of(const struct engine *e)
{
	const struct event_live *el = drevent_get(e, e->cycle.event);

	return (struct snapshot_wish){
		.until_ms = e->cycle.event ? reach(e) : 0,
		.without_events_of = el ? &e->sites[el->site] : NULL,
	};
}

static void gather(struct engine *e)
{
	struct cycle *c = &e->cycle;
	struct solve_job *job = solvejob_new(e, c->group);
	struct snapshot_wish wish = wish_of(e);
	struct plan_region *region;

	REQUIRE(job);
	c->job = job;
	c->solved = false;
	c->runs++;
	if (c->event == 0) {
		group_begin(c->group);
		c->group->last_run = c->runs;
	}
	job->rc = snapshot_build(e, c->group, &wish, &job->arena, &region, &job->fault);
	if (job->rc == 0)
		job->rc = solvejob_take(job, region);
	peak_put(e, c->group);
	if (job->rc == 0)
		job->rc = e->ops->solve(e->world, job);
	move(e, job->rc == 0 ? CYCLE_SOLVING : CYCLE_GATE);
}

void cycle_solved(struct engine *e, struct solve_job *job)
{
	if (FAILS(e->cycle.job == job && e->cycle.state == CYCLE_SOLVING && !e->cycle.solved))
		return;
	e->cycle.solved = true;
}

static void after_solving(struct engine *e)
{
	struct cycle *c = &e->cycle;

	if (e->stopping) {
		drop_job(e);
		move(e, CYCLE_STOPPED);
		return;
	}
	if (!drmove_outdates(e)) {
		move(e, CYCLE_GATE);
		return;
	}
	c->dropped++;
	if (c->event == 0) {
		c->dropped_in_row++;
		group_want_plan(c->group, false);
	}
	drop_job(e);
	move(e, CYCLE_IDLE);
}

bool cycle_lets_study(const struct engine *e)
{
	return e->cycle.state == CYCLE_IDLE || e->cycle.state == CYCLE_COMMITTING ||
	       e->cycle.state == CYCLE_PUBLISHING;
}

/* Does the plan say something about every slot of the event that is not over? */
static bool covers(const struct engine *e, const struct plan *p, const struct event *ev)
{
	for (int i = 0; i < ev->n_slots; i++) {
		int64_t start = ev->slots[i].start_ms;

		if (start + SLOT_MS > e->clock.now_ms && plan_slot_at(p, start) < 0)
			return false;
	}
	return true;
}

/* The no-event plan; without one, the plan in force if it serves no event either and reaches as far. */
static const struct plan *baseline_plan(struct engine *e, const struct event_live *el,
					struct fault *f)
{
	const struct site_state *ss = &e->sites[el->site];
	const struct plan *held = ss->held ? ss->held->plan : NULL;

	if (adopt_check(e, e->cycle.job, f) == 0) {
		const struct plan *p = e->cycle.job->plans[group_index(ss->group, ss)];

		if (covers(e, p, &el->ev))
			return p;
		fault_set(f, ERR_SOLVER, "the plan does not reach the end of the event");
	}
	if (held && held->n_events == 0 && plan_slot_at(held, e->clock.now_ms) >= 0 &&
	    covers(e, held, &el->ev))
		return held;
	return NULL;
}

static void gate_baseline(struct engine *e)
{
	struct event_live *el = drevent_get(e, e->cycle.event);
	struct fault f = {0};
	const struct plan *p;
	char text[TEXT_MAX_B];

	if (!el || el->ev.phase != EVENT_ISSUED)
		return;
	p = baseline_plan(e, el, &f);
	if (p) {
		drmove_accept(e, el, p);
	} else {
		snprintf(text, sizeof(text), "no baseline: %.140s", f.text);
		drmove_reject(e, el, text);
	}
	e->sites[el->site].want_plan = true;
	e->sites[el->site].must_adopt = true;
}

/* What it stood on may have changed meanwhile: then it holds until the next one, which is wanted already. */
static void gate_plan(struct engine *e)
{
	struct cycle *c = &e->cycle;

	c->dropped_in_row = 0;
	c->baselines_in_row = 0;
	adopt_result(e, c->group, c->job);
	if (c->job->generation != group_generation(c->group))
		group_want_plan(c->group, true);
	replan_answer(e, c->group);
}

static void gate(struct engine *e)
{
	struct cycle *c = &e->cycle;

	if (c->job->rc)
		c->failures++;
	if (c->event)
		gate_baseline(e);
	else
		gate_plan(e);
	drop_job(e);
	c->mark = records_mark(e);
	move(e, CYCLE_COMMITTING);
}

bool cycle_step(struct engine *e)
{
	switch ((enum cycle_state)e->cycle.state) {
	case CYCLE_IDLE:
		if (!may_work(e) || !is_wanted(e))
			return false;
		pick(e);
		health_look(e);
		move(e, CYCLE_GATHER);
		return true;
	case CYCLE_GATHER:
		gather(e);
		return true;
	case CYCLE_SOLVING:
		if (!e->cycle.solved)
			return false;
		after_solving(e);
		return true;
	case CYCLE_GATE:
		gate(e);
		return true;
	case CYCLE_COMMITTING:
		if (!records_durable(e, e->cycle.mark))
			return false;
		move(e, CYCLE_PUBLISHING);
		return true;
	case CYCLE_PUBLISHING:
		/* decisions leave by themselves once they are durable, which they are now */
		move(e, CYCLE_IDLE);
		return true;
	case CYCLE_STOPPED:
		break;
	}
	return false;
}

static int64_t period_floor(const struct engine *e, int64_t t_ms)
{
	int64_t period = e->configuration->settings.plan.period_ms;

	return period > 0 ? t_ms - t_ms % period : slot_floor(t_ms);
}

/* Was the running period planned before a restart? */
static bool is_planned(const struct engine *e)
{
	for (size_t i = 0; i < e->n_sites; i++) {
		const struct site_state *ss = &e->sites[i];

		if (!ss->held || ss->dispatched_ms < period_floor(e, e->clock.now_ms))
			return false;
	}
	return true;
}

void cycle_set_out(struct engine *e)
{
	int64_t floor = period_floor(e, e->clock.now_ms);

	if (e->clock.now_ms == 0)
		return;
	e->cycle.next_ms =
		is_planned(e) ? floor + e->configuration->settings.plan.period_ms : e->clock.now_ms;
}

bool cycle_due(struct engine *e)
{
	struct cycle *c = &e->cycle;

	if (c->next_ms > e->clock.now_ms)
		return false;
	for (size_t i = 0; i < e->groups.n; i++)
		group_want_plan(&e->groups.all[i], false);
	c->next_ms = period_floor(e, e->clock.now_ms) +
		     max_i64(e->configuration->settings.plan.period_ms, MS_PER_MIN);
	return true;
}

int64_t cycle_next_ms(const struct engine *e)
{
	return e->cycle.next_ms;
}

bool cycle_is_idle(const struct engine *e)
{
	if (e->cycle.state == CYCLE_STOPPED)
		return true;
	return e->cycle.state == CYCLE_IDLE && !(may_work(e) && is_wanted(e));
}

bool cycle_stop(struct engine *e)
{
	struct cycle *c = &e->cycle;

	if (c->state == CYCLE_SOLVING && !c->solved)
		e->ops->solve_cancel(e->world, c->job);
	if (c->state == CYCLE_IDLE)
		move(e, CYCLE_STOPPED);
	return c->state == CYCLE_STOPPED;
}
