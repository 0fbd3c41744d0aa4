#include "engine/cycle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/require.h"
#include "engine/adopt.h"
#include "engine/drevent.h"
#include "engine/drmove.h"
#include "engine/health.h"
#include "engine/records.h"
#include "engine/snapshot.h"
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
	struct solve_job *job = e->cycle.job;

	if (!job)
		return;
	arena_fini(&job->arena);
	free(job);
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
	for (size_t i = 0; i < e->n_sites; i++) {
		if (e->sites[i].want_plan)
			return true;
	}
	return false;
}

/* Engine time 0 is no time: nobody claimed the clock of an empty ledger. */
static bool may_work(const struct engine *e)
{
	return e->started && !e->stopping && e->clock.now_ms > 0;
}

/* The site that waits for a plan, the one whose last is the oldest; −1: none. */
static int site_in_want(const struct engine *e)
{
	int best = -1;

	for (size_t i = 0; i < e->n_sites; i++) {
		if (e->sites[i].want_plan &&
		    (best < 0 || e->sites[i].last_run < e->sites[best].last_run))
			best = (int)i;
	}
	return best;
}

/* The next run: events wait for their baseline before anything else, but not so many that nothing is planned. */
static void pick(struct engine *e)
{
	const struct event_live *el = drevent_waiting(e);
	struct cycle *c = &e->cycle;
	int site = site_in_want(e);

	if (el && (site < 0 || c->baselines_in_row < BASELINES_MAX)) {
		c->event = el->ev.id;
		c->site = el->site;
		c->baselines_in_row++;
	} else {
		c->event = 0;
		c->site = site;
	}
}

static struct solve_job *new_job(const struct engine *e)
{
	const struct settings *st = &e->configuration->settings;
	struct solve_job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	arena_init(&job->arena, PLAN_ARENA_CAP);
	job->generation = e->sites[e->cycle.site].generation;
	if (e->settings.driven)
		job->max_iterations = (uint64_t)max_i64(st->plan.solver_iterations, 0);
	else
		job->deadline_ms = st->plan.solver_deadline_ms;
	return job;
}

/* The baseline has to reach to the end of the event, however far that is. */
static int64_t reach(const struct engine *e)
{
	const struct event_live *el = drevent_get(e, e->cycle.event);

	if (!el || el->ev.n_slots == 0)
		return 0;
	return el->ev.slots[el->ev.n_slots - 1].start_ms + SLOT_MS;
}

static void gather(struct engine *e)
{
	struct cycle *c = &e->cycle;
	struct site_state *ss = &e->sites[c->site];
	struct plan_input *in = NULL;
	struct solve_job *job = new_job(e);
	struct snapshot_wish wish = {.until_ms = c->event ? reach(e) : 0,
				     .without_events = c->event != 0};

	REQUIRE(job);
	c->job = job;
	c->solved = false;
	c->runs++;
	if (c->event == 0) {
		ss->want_plan = false;
		ss->last_run = c->runs;
	}
	job->rc = snapshot_build(e, ss, &wish, &job->arena, &in, &job->fault);
	job->input = in;
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
		e->sites[c->site].want_plan = true;
	}
	drop_job(e);
	move(e, CYCLE_IDLE);
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
static const struct plan *baseline_plan(struct engine *e, const struct event *ev, struct fault *f)
{
	const struct site_state *ss = &e->sites[e->cycle.site];
	const struct plan *held = ss->held ? ss->held->plan : NULL;

	if (adopt_check(e, e->cycle.job, f) == 0) {
		if (covers(e, e->cycle.job->plan, ev))
			return e->cycle.job->plan;
		fault_set(f, ERR_SOLVER, "the plan does not reach the end of the event");
	}
	if (held && held->n_events == 0 && plan_slot_at(held, e->clock.now_ms) >= 0 &&
	    covers(e, held, ev))
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
	p = baseline_plan(e, &el->ev, &f);
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
	struct site_state *ss = &e->sites[c->site];

	c->dropped_in_row = 0;
	c->baselines_in_row = 0;
	adopt_result(e, ss, c->job);
	if (c->job->generation != ss->generation)
		ss->want_plan = ss->must_adopt = true;
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
	for (size_t i = 0; i < e->n_sites; i++)
		e->sites[i].want_plan = true;
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
