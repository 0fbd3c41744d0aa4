#include "engine/drevent.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/require.h"
#include "engine/drmove.h"
#include "engine/instruct_move.h"
#include "engine/records.h"
#include "engine/state.h"
#include "engine/wake.h"

#define AHEAD_MAX_MS (7 * MS_PER_DAY)
#define OPEN_END_MS                                                                                \
	MS_PER_DAY /* an open end is planned, and its baseline frozen, so far beyond the start */
#define BASELINE_NAME "no_event_plan"

struct event_waiter {
	struct list node;
	struct waiter *waiter;
};

void drevent_init(struct engine *e)
{
	map_init_u64(&e->events.by_id);
}

void drevent_fini(struct engine *e)
{
	struct event_live *el;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL))) {
		list_foreach(it, &el->waiters)
		{
			struct event_waiter *w = list_entry(it, struct event_waiter, node);

			list_remove(it);
			w->waiter->fn(w->waiter, ERR_CLOSED, NULL);
			free(w);
		}
		free(el);
	}
	map_fini(&e->events.by_id);
}

static int site_index(const struct engine *e, const char *id)
{
	for (size_t i = 0; i < e->n_sites; i++) {
		if (strcmp(e->sites[i].site->id, id) == 0)
			return (int)i;
	}
	return -1;
}

static struct event_live *add(struct engine *e, const struct event *ev)
{
	struct event_live *el = calloc(1, sizeof(*el));
	void *old = NULL;

	if (!el)
		return NULL;
	el->ev = *ev;
	el->site = site_index(e, ev->site);
	el->meter_ms = INT64_MAX;
	list_init(&el->waiters);
	if (map_put_u64(&e->events.by_id, ev->id, el, &old)) {
		free(el);
		return NULL;
	}
	return el;
}

int drevent_restore(struct engine *e, const struct event *ev)
{
	struct event_live *el;

	if (ev->id == 0 || map_get_u64(&e->events.by_id, ev->id))
		return ERR_CORRUPT;
	el = add(e, ev);
	if (!el)
		return -ENOMEM;
	/* a site that is configured no more keeps its events as history */
	if (el->site >= 0 && el->ev.n_slots > 0 && el->ev.phase != EVENT_ISSUED)
		el->meter_ms = 0;
	return 0;
}

void drevent_rebind(struct engine *e)
{
	struct event_live *el;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL))) {
		int before = el->site;

		el->site = site_index(e, el->ev.site);
		if (el->site < 0) {
			el->meter_ms = INT64_MAX;
			if (before >= 0 && sm_allowed(&event_sm, el->ev.phase, EVENT_CANCELLED))
				drmove_to(e, el, EVENT_CANCELLED, "suandiand",
					  "its site is configured no more");
		} else if (before < 0 && el->ev.n_slots > 0) {
			el->meter_ms = 0;
		}
	}
	drevent_answer(e, -1, records_mark(e));
}

struct event_live *drevent_get(const struct engine *e, uint64_t id)
{
	return map_get_u64(&e->events.by_id, id);
}

struct event_live *drevent_waiting(const struct engine *e)
{
	struct event_live *el;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL))) {
		if (el->ev.phase == EVENT_ISSUED && el->site >= 0)
			return el;
	}
	return NULL;
}

/* The newest revision under that name. */
static struct event_live *find(const struct engine *e, const char *source, const char *external_id)
{
	struct event_live *el, *best = NULL;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL))) {
		if (strcmp(el->ev.source, source) == 0 &&
		    strcmp(el->ev.external_id, external_id) == 0 &&
		    (!best || el->ev.revision >= best->ev.revision))
			best = el;
	}
	return best;
}

const struct event *drevent_left(const struct engine *e, int site, int64_t from_ms, int64_t to_ms)
{
	const struct event_live *el;
	const struct event *last = NULL;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL))) {
		const struct event *ev = &el->ev;
		int64_t t = ev->n_moves > 0 ? ev->moves[ev->n_moves - 1].t_ms : 0;

		if (el->site == site && t > from_ms && t <= to_ms &&
		    (ev->phase == EVENT_COMPLETED || ev->phase == EVENT_CANCELLED) &&
		    ev->start_ms - ev->ramp_ms < t)
			last = ev;
	}
	return last;
}

static int count_live(const struct engine *e, int site)
{
	const struct event_live *el;
	size_t at = 0;
	int n = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL)))
		n += el->site == site && (event_is_live(&el->ev) || el->ev.phase == EVENT_ISSUED);
	return n;
}

static int check_target(const struct event *ev, struct fault *f)
{
	if (ev->target == TARGET_NULL)
		return 0;
	if (ev->direction != DIRECTION_UP && ev->direction != DIRECTION_DN)
		return fault_set(f, ERR_INVALID, "direction: up or dn");
	if (ev->target == TARGET_REDUCTION && ev->target_w <= 0)
		return fault_set(f, ERR_INVALID, "reduction_w: a magnitude above 0");
	if (ev->target_w > INT64_C(1000000000000) || ev->target_w < -INT64_C(1000000000000))
		return fault_set(f, ERR_INVALID, "target: out of range");
	if (ev->baseline[0] && strcmp(ev->baseline, BASELINE_NAME) != 0)
		return fault_set(f, ERR_INVALID, "baseline: only %s is known", BASELINE_NAME);
	return 0;
}

static int check_times(const struct engine *e, const struct event *ev, struct fault *f)
{
	int64_t now = e->clock.now_ms;

	if (now == 0)
		return fault_set(f, ERR_STATE,
				 "engine time is not known yet: nobody claimed the clock");
	if (ev->start_ms <= 0 || ev->end_ms <= ev->start_ms)
		return fault_set(f, ERR_INVALID, "end_ms: after start_ms");
	if (ev->ramp_ms < 0 || ev->ramp_ms > MS_PER_DAY)
		return fault_set(f, ERR_INVALID, "ramp_ms: 0 to one day");
	if (ev->target == TARGET_NULL)
		return 0; /* a reset may come at any time */
	if (ev->end_ms <= now)
		return fault_set(f, ERR_INVALID, "end_ms: the event is over already");
	if (ev->start_ms > now + AHEAD_MAX_MS)
		return fault_set(f, ERR_INVALID, "start_ms: more than 7 days ahead");
	return 0;
}

/* A revision takes the place of the one before, and a reset takes none. */
static bool is_full(const struct engine *e, int site, const struct event_live *old,
		    const struct event *ev)
{
	bool takes_over = old && old->site == site &&
			  (event_is_live(&old->ev) || old->ev.phase == EVENT_ISSUED);

	return ev->target != TARGET_NULL && count_live(e, site) - takes_over >= PLAN_MAX_EVENTS;
}

static int check(const struct engine *e, const struct event_live *old, const struct event *ev,
		 struct fault *f)
{
	int site = site_index(e, ev->site);
	int r;

	if (site < 0)
		return fault_set(f, ERR_NOTFOUND, "site: no %s", ev->site);
	if (!ev->source[0] || !ev->external_id[0])
		return fault_set(f, ERR_INVALID, "source and external_id name the event");
	if (old && ev->revision < old->ev.revision)
		return fault_set(f, ERR_STALE, "revision %" PRIu64 " is known already",
				 old->ev.revision);
	r = check_target(ev, f);
	if (r == 0)
		r = check_times(e, ev, f);
	if (r == 0 && is_full(e, site, old, ev))
		r = fault_set(f, ERR_FULL, "%s has %d live events already", ev->site,
			      PLAN_MAX_EVENTS);
	return r;
}

/* A clean copy: state is ours, not the caller's. */
static int normalise(struct engine *e, const struct event *ev, struct event *ret, struct fault *f)
{
	int64_t now = e->clock.now_ms;
	int r;

	*ret = *ev;
	ret->id = e->records.meta.next_event;
	ret->phase = EVENT_NONE;
	ret->n_moves = 0;
	ret->n_slots = 0;
	ret->baseline_hash[0] = '\0';
	ret->shortfall_wh = ret->surplus_wh = 0;
	ret->text[0] = '\0';
	snprintf(ret->baseline, sizeof(ret->baseline), "%s", BASELINE_NAME);
	if (!ret->correlation_id[0])
		snprintf(ret->correlation_id, sizeof(ret->correlation_id), "event-%" PRIu64,
			 ret->id);
	if (ret->target == TARGET_NULL)
		return 0;
	r = event_make_slots(ret, max_i64(ret->start_ms, now) + OPEN_END_MS);
	if (r)
		return fault_set(f, r, "event of %d slots at most, with its ramp: %s",
				 EVENT_MAX_SLOTS, err_text(r));
	return 0;
}

static void add_waiter(struct engine *e, struct event_live *el, struct waiter *w)
{
	struct event_waiter *ew;

	if (!w)
		return;
	if (el->ev.phase != EVENT_ISSUED) {
		records_wait(e, w, records_mark(e));
		return;
	}
	ew = malloc(sizeof(*ew));
	REQUIRE(ew);
	ew->waiter = w;
	list_insert(&el->waiters, &ew->node);
}

void drevent_answer(struct engine *e, int site, uint64_t mark)
{
	struct event_live *el;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL))) {
		if (el->site != site || el->ev.phase == EVENT_ISSUED)
			continue;
		list_foreach(it, &el->waiters)
		{
			struct event_waiter *w = list_entry(it, struct event_waiter, node);

			list_remove(it);
			records_wait(e, w->waiter, mark);
			free(w);
		}
	}
}

void drevent_disappoint(struct engine *e)
{
	struct event_live *el;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL))) {
		list_foreach(it, &el->waiters)
		{
			struct event_waiter *w = list_entry(it, struct event_waiter, node);

			list_remove(it);
			records_answer(e, w->waiter, ERR_STORE);
			free(w);
		}
	}
}

static void supersede(struct engine *e, struct event_live *old, const char *who)
{
	if (!old || !sm_allowed(&event_sm, old->ev.phase, EVENT_SUPERSEDED))
		return;
	drmove_to(e, old, EVENT_SUPERSEDED, who, "a later revision");
	drmove_changed(e, old->site);
}

int engine_put_event(struct engine *e, const struct event *ev, const char *who, struct waiter *w,
		     uint64_t *ret_id, struct fault *f)
{
	struct event_live *old = find(e, ev->source, ev->external_id), *el;
	struct event fresh;
	int r = records_check(e, f);

	if (r)
		return r;
	if (old && old->ev.revision == ev->revision) {
		/* the same again changes nothing */
		add_waiter(e, old, w);
		*ret_id = old->ev.id;
		return 0;
	}
	r = check(e, old, ev, f);
	if (r == 0)
		r = normalise(e, ev, &fresh, f);
	if (r)
		return r;
	el = add(e, &fresh);
	if (!el)
		return fault_set(f, -ENOMEM, "out of memory");
	supersede(e, old, who);
	instruct_withdraw_event(e,
				&(struct event_cancel){.source = ev->source,
						       .external_id = ev->external_id,
						       .who = who,
						       .reason = "a later revision was put"},
				ev->revision);
	e->records.meta.next_event++;
	e->events.puts++;
	drmove_to(e, el, EVENT_ISSUED, who, "");
	if (el->ev.target == TARGET_NULL)
		drmove_to(e, el, EVENT_CANCELLED, who, "null target: asks for nothing any more");
	drmove_changed(e, el->site);
	add_waiter(e, el, w);
	*ret_id = el->ev.id;
	return 0;
}

int engine_cancel_event(struct engine *e, const struct event_cancel *c, struct waiter *w,
			uint64_t *ret_id, struct fault *f)
{
	struct event_live *el = find(e, c->source, c->external_id);
	int r = records_check(e, f);
	bool waited;

	if (r)
		return r;
	waited = instruct_withdraw_event(e, c, UINT64_MAX);
	if (!el && !waited)
		return fault_set(f, ERR_NOTFOUND, "no event %s of %s", c->external_id, c->source);
	*ret_id = el ? el->ev.id : 0;
	if (!el) {
		records_wait(e, w, records_mark(e));
		return 0;
	}
	if (sm_allowed(&event_sm, el->ev.phase, EVENT_CANCELLED)) {
		drmove_to(e, el, EVENT_CANCELLED, c->who, c->reason ? c->reason : "");
		drmove_changed(e, el->site);
		drevent_answer(e, el->site, records_mark(e));
	} else if (el->ev.phase != EVENT_CANCELLED && !waited) {
		return fault_set(f, ERR_STATE, "the event is %s", event_phase_name(el->ev.phase));
	}
	records_wait(e, w, records_mark(e));
	return 0;
}

const struct event *engine_event(const struct engine *e, uint64_t id)
{
	const struct event_live *el = drevent_get(e, id);

	return el ? &el->ev : NULL;
}

void engine_list_events(const struct engine *e, const char *site, int64_t from_ms, int64_t to_ms,
			bool (*visit)(void *arg, const struct event *ev), void *arg)
{
	const struct event_live *el;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL))) {
		const struct event *ev = &el->ev;

		if (site && *site && strcmp(site, ev->site) != 0)
			continue;
		if (ev->end_ms <= from_ms || (to_ms != 0 && ev->start_ms - ev->ramp_ms >= to_ms))
			continue;
		if (!visit(arg, ev))
			return;
	}
}
