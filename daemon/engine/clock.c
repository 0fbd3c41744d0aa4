#include "engine/clock.h"

#include <inttypes.h>

#include "base/log.h"
#include "engine/cycle.h"
#include "engine/due.h"
#include "engine/ingest.h"
#include "engine/publish.h"
#include "engine/records.h"
#include "engine/state.h"
#include "engine/wake.h"

/* Between events engine time still follows the wall: staleness and health are asked at any moment. */
#define HEARTBEAT_MS MS_PER_S
/* Real time after which an advance ends that a broken disk is in the way of. */
#define BROKEN_MAX_MS (20 * MS_PER_S)

int64_t engine_now(const struct engine *e)
{
	return e->clock.now_ms;
}

bool engine_is_driven(const struct engine *e)
{
	return e->settings.driven;
}

/* Engine time never goes back: when the wall clock does, it stands until the wall clock comes by again. */
static void follow_wall(struct engine *e)
{
	int64_t wall = e->ops->wall_ms(e->world);
	struct clock *c = &e->clock;

	if (wall >= c->now_ms) {
		c->now_ms = wall;
		c->held_since_ms = 0;
	} else if (c->held_since_ms == 0 && c->now_ms - wall > MS_PER_S) {
		log_warning(ENGINE_LOG,
			    "the wall clock is %" PRId64 " ms behind, engine time stands",
			    c->now_ms - wall);
		c->held_since_ms = c->now_ms;
	}
}

void clock_start(struct engine *e)
{
	if (!e->settings.driven)
		follow_wall(e);
	cycle_set_out(e);
}

void engine_clock_stepped(struct engine *e, int64_t step_ms)
{
	log_notice(ENGINE_LOG, "the wall clock was set by %" PRId64 " ms", step_ms);
	wake(e);
}

int engine_claim_clock(struct engine *e, uint64_t client, int64_t start_ms, int64_t *ret_now,
		       struct fault *f)
{
	struct clock *c = &e->clock;

	if (!e->settings.driven)
		return fault_set(f, ERR_CLOCK, "the clock is the wall clock: it cannot be driven");
	if (c->client != 0 && c->client != client)
		return fault_set(f, ERR_CLOCK, "another client drives the clock");
	if (start_ms < 0 || (start_ms != 0 && start_ms < c->now_ms))
		return fault_set(f, ERR_STALE, "engine time is %" PRId64 " ms already", c->now_ms);
	if (c->advancing)
		return fault_set(f, ERR_STATE, "an advance is under way");
	c->client = client;
	c->runs = true;
	if (start_ms > c->now_ms) {
		c->now_ms = start_ms;
		cycle_set_out(e);
	}
	*ret_now = c->now_ms;
	return 0;
}

void clock_abandon(struct engine *e, int rc)
{
	struct clock *c = &e->clock;

	if (!c->advancing)
		return;
	c->advancing = false;
	records_answer(e, c->waiter, rc);
	c->waiter = NULL;
}

void engine_release_clock(struct engine *e, uint64_t client)
{
	if (e->clock.client != client || client == 0)
		return;
	e->clock.client = 0;
	clock_abandon(e, ERR_CANCELED);
}

int engine_advance(struct engine *e, uint64_t client, int64_t to_ms, struct waiter *w,
		   struct fault *f)
{
	struct clock *c = &e->clock;

	if (!e->settings.driven || c->client == 0 || c->client != client)
		return fault_set(f, ERR_CLOCK, "claim the clock first");
	if (c->advancing)
		return fault_set(f, ERR_STATE, "one advance at a time");
	if (e->stopping)
		return fault_set(f, ERR_STATE, "the daemon is stopping");
	if (to_ms < c->now_ms)
		return fault_set(f, ERR_STALE, "engine time is %" PRId64 " ms already", c->now_ms);
	if (to_ms > INT64_MAX / 4)
		return fault_set(f, ERR_INVALID, "to_ms is out of range");
	c->advancing = true;
	c->target_ms = to_ms;
	c->waiter = w;
	c->give_up_mono_ms = INT64_MAX;
	records_hurry(e);
	c->plans_at_start = e->records.meta.next_plan;
	c->decisions_at_start = e->decisions.total;
	wake(e);
	return 0;
}

struct quiescent engine_quiescent(const struct engine *e)
{
	return e->clock.quiescent;
}

static bool is_quiet(const struct engine *e)
{
	return ingest_is_idle(e) && records_are_idle(e) && cycle_is_idle(e) &&
	       !publish_is_waiting(e);
}

static void arrive(struct engine *e)
{
	struct clock *c = &e->clock;
	struct waiter *w = c->waiter;

	c->quiescent = (struct quiescent){
		.t_ms = c->now_ms,
		.plans = e->records.meta.next_plan - c->plans_at_start,
		.decisions = e->decisions.total - c->decisions_at_start,
		.audit_seq = e->records.meta.audit_seq,
	};
	c->advancing = false;
	c->waiter = NULL;
	if (w)
		w->fn(w, 0, NULL);
}

/* Whoever drives must not wait for ever: time stands where it got to, and may be advanced again. */
static bool give_up(struct engine *e)
{
	struct clock *c = &e->clock;
	int64_t mono;

	if (!e->records.rc && !e->ops->trouble(e->world, false, NULL)) {
		c->give_up_mono_ms = INT64_MAX;
		return false;
	}
	mono = e->ops->mono_ms(e->world);
	if (c->give_up_mono_ms == INT64_MAX)
		c->give_up_mono_ms = mono + BROKEN_MAX_MS;
	if (mono < c->give_up_mono_ms)
		return false;
	log_error(ENGINE_LOG, "the advance is given up: the disk refuses writes");
	clock_abandon(e, ERR_STORE);
	return true;
}

static bool step_driven(struct engine *e)
{
	struct clock *c = &e->clock;
	int64_t next;

	if (!c->advancing)
		return false;
	if (give_up(e))
		return true;
	if (due_run(e))
		return true;
	if (!is_quiet(e))
		return false;
	next = due_next_ms(e);
	if (c->now_ms < c->target_ms) {
		c->now_ms = max_i64(c->now_ms, min_i64(next, c->target_ms));
		return true;
	}
	arrive(e);
	return true;
}

bool clock_step(struct engine *e)
{
	if (!e->started || e->stopping)
		return false;
	if (e->settings.driven)
		return step_driven(e);
	follow_wall(e);
	/* it was before 1970 at the start, which is no time to plan from */
	if (e->cycle.next_ms == INT64_MAX)
		cycle_set_out(e);
	return due_run(e);
}

void clock_arm(struct engine *e)
{
	int64_t mono = e->ops->mono_ms(e->world);
	int64_t due = min_i64(records_due_mono_ms(e), publish_due_mono_ms(e));

	if (e->clock.advancing)
		due = min_i64(due, e->clock.give_up_mono_ms);
	e->ops->arm_mono(e->world, due == INT64_MAX ? INT64_MAX : max_i64(due - mono, 0));
	if (!e->settings.driven && e->started)
		e->ops->arm_wall(e->world, min_i64(due_next_ms(e), e->clock.now_ms + HEARTBEAT_MS));
}
