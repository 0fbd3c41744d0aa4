#include "engine/drmove.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "engine/audit.h"
#include "engine/drrule.h"
#include "engine/group.h"
#include "engine/points.h"
#include "engine/records.h"
#include "engine/state.h"
#include "engine/wake.h"

#define DAEMON "suandiand"

void drmove_to(struct engine *e, struct event_live *el, enum event_phase to, const char *who,
	       const char *reason)
{
	struct event *ev = &el->ev;
	struct event_move *m;

	if (ev->n_moves == EVENT_MAX_MOVES)
		ev->n_moves--; /* cannot happen with this graph; the last move is the one to keep */
	m = &ev->moves[ev->n_moves++];
	m->t_ms = e->clock.now_ms;
	m->to = to;
	snprintf(m->who, sizeof(m->who), "%s", who);
	snprintf(m->reason, sizeof(m->reason), "%s", reason);
	sm_move(&event_sm, &ev->phase, (int)to, ev);
	e->events.moves++;
	records_put(e, &(struct ledger_op){.kind = LEDGER_EVENT, .event = ev});
	audit_event_move(e, ev);
	log_info(ENGINE_LOG, "event %s of %s: %s%s%s", ev->external_id, ev->source,
		 event_phase_name((int)to), *reason ? ", " : "", reason);
}

bool drmove_outdates(const struct engine *e)
{
	const struct cycle *c = &e->cycle;
	const struct event_live *el;

	if (c->event) {
		el = map_get_u64(&e->events.by_id, c->event);
		return !el || el->ev.phase != EVENT_ISSUED;
	}
	return c->job->generation != group_generation(c->group) && c->dropped_in_row == 0;
}

void drmove_changed(struct engine *e, int site)
{
	if (site < 0)
		return;
	e->sites[site].want_plan = true;
	e->sites[site].must_adopt = true;
	e->sites[site].generation++;
	if (e->cycle.job && !e->cycle.solved && drmove_outdates(e))
		e->ops->solve_cancel(e->world, e->cycle.job);
	wake(e);
}

/* Share of the full target that each slot asks for, in ppm: the trapezoid of an event of 1e6. */
static void shares_of(const struct event *ev, int64_t ret[EVENT_MAX_SLOTS])
{
	struct event unit = *ev;
	int64_t end = ev->slots[ev->n_slots - 1].start_ms + SLOT_MS;

	unit.target = TARGET_REDUCTION;
	unit.target_w = PPM;
	for (int i = 0; i < EVENT_MAX_SLOTS; i++)
		ret[i] = PPM;
	if (event_make_slots(&unit, end))
		return;
	for (int i = 0; i < unit.n_slots; i++)
		ret[i] = unit.slots[i].target_w;
}

/* A cap asks for the gap between it and the baseline. */
static void ask_of_cap(struct event *ev)
{
	int64_t share[EVENT_MAX_SLOTS];

	if (ev->n_slots == 0)
		return;
	shares_of(ev, share);
	for (int i = 0; i < ev->n_slots; i++) {
		struct event_slot *s = &ev->slots[i];
		int64_t gap = ev->direction == DIRECTION_DN ? ev->target_w - s->baseline_w
							    : s->baseline_w - ev->target_w;

		s->target_w = (int64_t)((__int128)max_i64(gap, 0) * share[i] / PPM);
	}
}

/* The revision before that has a baseline; NULL: none. */
static const struct event *predecessor(const struct engine *e, const struct event *ev)
{
	const struct event_live *other;
	const struct event *best = NULL;
	size_t at = 0;

	while ((other = map_next(&e->events.by_id, &at, NULL, NULL))) {
		const struct event *o = &other->ev;

		if (o->id < ev->id && o->baseline_hash[0] && strcmp(o->source, ev->source) == 0 &&
		    strcmp(o->external_id, ev->external_id) == 0 && strcmp(o->site, ev->site) == 0)
			best = o; /* ids ascend */
	}
	return best;
}

/* The slot as the revision before has it, if that one was in force then and asked the same way. */
static const struct event_slot *inherited(const struct event *before, const struct event *ev,
					  int64_t start_ms)
{
	int64_t left;

	if (!before || before->direction != ev->direction)
		return NULL;
	left = before->moves[before->n_moves - 1].t_ms;
	if ((before->phase == EVENT_SUPERSEDED && start_ms > left) ||
	    (before->phase == EVENT_CANCELLED && start_ms + SLOT_MS > left))
		return NULL;
	for (int i = 0; i < before->n_slots; i++) {
		if (before->slots[i].start_ms == start_ms)
			return &before->slots[i];
	}
	return NULL;
}

/* A slot that is over when the event comes is as the revision before left it. Without one, what was metered is its
 * baseline, and it asks for nothing; false if nothing was metered: of such a slot nothing is known. */
static bool pass_slot(const struct engine *e, const struct event_live *el,
		      const struct event *before, struct event_slot *s)
{
	const struct site *site = e->sites[el->site].site;
	const struct live_point *lp = points_bound(e, site, "pcc.power");
	const struct event_slot *was = inherited(before, &el->ev, s->start_ms);
	double mean = lp && lp->history ? history_mean(lp->history, s->start_ms) : NAN;

	if (was) {
		*s = *was;
		return true;
	}
	if (isnan(mean))
		return false;
	s->baseline_w = llround(mean);
	s->target_w = 0;
	return true;
}

static void pass_slots(const struct engine *e, struct event_live *el, const struct event *before)
{
	struct event *ev = &el->ev;
	int n = 0;

	for (int i = 0; i < ev->n_slots; i++) {
		struct event_slot s = ev->slots[i];

		if (s.start_ms + SLOT_MS > e->clock.now_ms || pass_slot(e, el, before, &s))
			ev->slots[n++] = s;
	}
	ev->n_slots = n;
}

static void freeze(struct engine *e, struct event_live *el, const struct plan *no_event)
{
	struct event *ev = &el->ev;
	const struct event *before = predecessor(e, ev);

	for (int i = 0; i < ev->n_slots; i++) {
		struct event_slot *s = &ev->slots[i];
		int k = plan_slot_at(no_event, s->start_ms);
		/* under way: a plan made by now would start from what the event did to the site */
		const struct event_slot *was =
			s->start_ms <= e->clock.now_ms ? inherited(before, ev, s->start_ms) : NULL;

		/* it covers all but what is over: that is for pass_slots() */
		if (was)
			s->baseline_w = was->baseline_w;
		else if (k >= 0)
			s->baseline_w = no_event->pcc_w[k];
	}
	if (ev->target == TARGET_PCC_CAP)
		ask_of_cap(ev);
	pass_slots(e, el, before);
	event_hash_baseline(ev);
}

/* An open end ends where its frozen baseline does. */
static int64_t end_of(const struct event *ev)
{
	if (ev->end_ms != EVENT_OPEN_END)
		return ev->end_ms;
	return ev->n_slots > 0 ? ev->slots[ev->n_slots - 1].start_ms + SLOT_MS : ev->start_ms;
}

static int64_t next_of(const struct event *ev, enum event_phase *ret_to)
{
	switch (ev->phase) {
	case EVENT_ACCEPTED:
		*ret_to = EVENT_ARMED;
		return ev->start_ms - ev->ramp_ms;
	case EVENT_ARMED:
		*ret_to = EVENT_ACTIVE;
		return ev->start_ms;
	case EVENT_ACTIVE:
		*ret_to = EVENT_COMPLETED;
		return end_of(ev);
	default:
		return INT64_MAX;
	}
}

static bool move_due(struct engine *e, struct event_live *el)
{
	enum event_phase to = EVENT_NONE;
	bool any = false;

	while (next_of(&el->ev, &to) <= e->clock.now_ms) {
		drmove_to(e, el, to, DAEMON, "");
		if (to == EVENT_COMPLETED && el->site >= 0) {
			e->sites[el->site].want_plan = true;
			e->sites[el->site].must_adopt = true;
		}
		any = true;
	}
	return any;
}

/* The first slot that both ask for; INT64_MAX: none. */
static int64_t first_common(const struct event *a, const struct event *b)
{
	for (int i = 0; i < a->n_slots; i++) {
		int64_t t = a->slots[i].start_ms;

		if (drrule_ask(a, t, t + SLOT_MS).active && drrule_ask(b, t, t + SLOT_MS).active)
			return t;
	}
	return INT64_MAX;
}

/* Both stay; slot by slot one stands, and the other's text says so (drmeter.h). */
static void note_conflict(const struct engine *e, const struct event_live *el)
{
	const struct event_live *other;
	size_t at = 0;

	while ((other = map_next(&e->events.by_id, &at, NULL, NULL))) {
		const struct event *o = &other->ev;
		int64_t t;

		if (other == el || other->site != el->site || !event_is_live(o))
			continue;
		t = first_common(&el->ev, o);
		if (t == INT64_MAX)
			continue;
		log_notice(ENGINE_LOG, "events %s and %s ask at once, there %s stands",
			   el->ev.correlation_id, o->correlation_id,
			   drrule_of_two(&el->ev, o, t, t + SLOT_MS)->correlation_id);
	}
}

void drmove_accept(struct engine *e, struct event_live *el, const struct plan *no_event)
{
	freeze(e, el, no_event);
	note_conflict(e, el);
	el->meter_ms = el->ev.n_slots > 0 ? el->ev.slots[0].start_ms + SLOT_MS : INT64_MAX;
	drmove_to(e, el, EVENT_ACCEPTED, DAEMON, "");
	move_due(e, el);
}

void drmove_reject(struct engine *e, struct event_live *el, const char *reason)
{
	snprintf(el->ev.text, sizeof(el->ev.text), "%s", reason);
	drmove_to(e, el, EVENT_REJECTED, DAEMON, reason);
}

bool drmove_due(struct engine *e)
{
	struct event_live *el;
	bool any = false;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL)))
		any |= move_due(e, el);
	return any;
}

int64_t drmove_next_ms(const struct engine *e)
{
	const struct event_live *el;
	int64_t next = INT64_MAX;
	enum event_phase to;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL)))
		next = min_i64(next, next_of(&el->ev, &to));
	return next;
}
