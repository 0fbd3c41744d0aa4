#include "engine/drmeter.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "engine/drrule.h"
#include "engine/points.h"
#include "engine/records.h"
#include "engine/state.h"

#define WHOLE_PERMILLE 950  /* a slot is known for good from this coverage on */
#define GIVE_UP_MS MS_PER_H /* after a slot's end what there is must do */

static int64_t response(const struct event *ev, int64_t baseline_w, int64_t power_w)
{
	return ev->direction == DIRECTION_DN ? power_w - baseline_w : baseline_w - power_w;
}

/* The limit that binds hardest in a slot, "" if none. */
static const char *hardest(const struct plan *p, uint32_t slot)
{
	int64_t best = 0;
	const char *limit = "";

	for (uint32_t i = 0; i < p->n_bindings; i++) {
		const struct plan_binding *b = &p->bindings[i];
		int64_t price = b->shadow_price_e4 < 0 ? -b->shadow_price_e4 : b->shadow_price_e4;

		if (b->slot != slot || price <= best || strncmp(b->limit, "event:", 6) == 0)
			continue;
		best = price;
		limit = b->limit;
	}
	return limit;
}

/* What the plan in force says about an event. */
struct foreseen {
	int short_slots;
	int beyond; /* slots that the plan does not reach yet */
	const char *limit;
	int yields; /* slots to come in which another event stands */
	const struct event *to;
};

PRINTF_LIKE(2, 3) static void add_text(struct event *ev, const char *format, ...)
{
	size_t at = strlen(ev->text);
	va_list args;

	va_start(args, format);
	vsnprintf(ev->text + at, sizeof(ev->text) - at, format, args);
	va_end(args);
}

static void tell(struct event *ev, const struct foreseen *o)
{
	if (o->beyond == ev->n_slots) {
		snprintf(ev->text, sizeof(ev->text), "the plan does not reach the event yet");
		return;
	}
	if (ev->shortfall_wh == 0)
		snprintf(ev->text, sizeof(ev->text), "the plan meets the target");
	else
		snprintf(ev->text, sizeof(ev->text),
			 "a shortfall of %" PRId64 " Wh is foreseen in %d of %d slots%s%s",
			 ev->shortfall_wh, o->short_slots, ev->n_slots,
			 o->limit[0] ? "; what binds: " : "", o->limit);
	if (o->beyond > 0)
		add_text(ev, "; it does not reach %d of %d slots yet", o->beyond, ev->n_slots);
	if (o->yields > 0)
		add_text(ev, "; %s goes before it in %d of %d slots", o->to->correlation_id,
			 o->yields, ev->n_slots);
}

static int64_t end_of(const struct plan *p)
{
	return p->n > 0 ? p->start_ms[p->n - 1] + p->duration_ms[p->n - 1] : 0;
}

/* Where does another event stand? */
static void find_rivals(const struct engine *e, const struct site_state *ss, const struct event *ev,
			struct foreseen *o)
{
	for (int i = 0; i < ev->n_slots; i++) {
		int64_t t = ev->slots[i].start_ms;
		const struct event *best;

		if (t + SLOT_MS <= e->clock.now_ms || !drrule_ask(ev, t, t + SLOT_MS).active)
			continue;
		best = drrule_stands(e, ss->index, t, t + SLOT_MS);
		if (best == ev || !best)
			continue;
		o->yields++;
		o->to = best;
	}
}

static void foresee(const struct engine *e, const struct site_state *ss, struct event *ev,
		    const struct plan *p)
{
	int64_t permille = ev->band_permille ? ev->band_permille
					     : e->configuration->settings.event.band_permille;
	struct foreseen o = {.limit = ""};

	find_rivals(e, ss, ev, &o);
	ev->shortfall_wh = ev->surplus_wh = 0;
	for (int i = 0; i < ev->n_slots; i++) {
		struct event_slot *s = &ev->slots[i];
		int k = plan_slot_at(p, s->start_ms);
		int64_t got, missing;

		/* of what lies beyond the plan nothing is known, and nothing is foreseen */
		if (k < 0 && s->start_ms >= end_of(p)) {
			o.beyond++;
			continue;
		}
		if (k >= 0)
			s->planned_w = response(ev, s->baseline_w, p->pcc_w[k]);
		got = s->quality == QUALITY_MISSING ? s->planned_w
						    : response(ev, s->baseline_w, s->metered_w);
		missing = s->target_w - got;
		if (missing > 0) {
			ev->shortfall_wh += energy_of_power(missing, SLOT_MS);
			o.short_slots += energy_of_power(missing, SLOT_MS) > 0;
			if (k >= 0 && !o.limit[0])
				o.limit = hardest(p, (uint32_t)k);
		} else if (ev->target == TARGET_REDUCTION) {
			int64_t over = -missing - s->target_w * permille / 1000;

			ev->surplus_wh += energy_of_power(max_i64(over, 0), SLOT_MS);
		}
	}
	tell(ev, &o);
}

void drmeter_foresee(struct engine *e, const struct site_state *ss, const struct plan *p)
{
	struct event_live *el;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL))) {
		if (el->site != ss->index || !event_is_live(&el->ev))
			continue;
		if (p)
			foresee(e, ss, &el->ev, p);
		else
			snprintf(el->ev.text, sizeof(el->ev.text),
				 "no plan could be made: assets are on their fallbacks");
		records_put(e, &(struct ledger_op){.kind = LEDGER_EVENT, .event = &el->ev});
	}
}

static int coverage(const struct history *h, int64_t slot_ms)
{
	int64_t i = slot_ms / SLOT_MS % HISTORY_SLOTS;

	return slotmean_coverage_permille(&h->ring[i]);
}

/* One slot that has ended; true if its value changed. */
static bool meter_slot(const struct history *h, struct event_slot *s)
{
	double mean = history_mean(h, s->start_ms);
	enum quality q;
	int64_t w;

	if (isnan(mean))
		return false;
	w = llround(mean);
	q = coverage(h, s->start_ms) >= WHOLE_PERMILLE ? QUALITY_OK : QUALITY_ESTIMATED;
	if (s->quality == q && s->metered_w == w)
		return false;
	s->quality = q;
	s->metered_w = w;
	return true;
}

/* Tries again one period after, until the slots are known or too old. */
static int64_t next_try(const struct event *ev, const struct point_decl *d, int64_t now_ms)
{
	int64_t next = INT64_MAX;

	for (int i = 0; i < ev->n_slots; i++) {
		int64_t end = ev->slots[i].start_ms + SLOT_MS;

		if (end > now_ms)
			next = min_i64(next, end);
		else if (ev->slots[i].quality != QUALITY_OK && now_ms - end < GIVE_UP_MS)
			next = min_i64(next, now_ms + max_i64(d->period_ms, MS_PER_MIN));
	}
	return next;
}

static bool meter_event(struct engine *e, struct event_live *el)
{
	const struct live_point *lp = points_bound(e, e->sites[el->site].site, "pcc.power");
	struct event *ev = &el->ev;
	int64_t now = e->clock.now_ms;
	bool any = false;

	el->meter_ms = INT64_MAX;
	if (!lp || !lp->history || ev->phase == EVENT_ISSUED || ev->phase == EVENT_REJECTED ||
	    ev->phase == EVENT_SUPERSEDED)
		return false;
	for (int i = 0; i < ev->n_slots; i++) {
		struct event_slot *s = &ev->slots[i];

		if (s->start_ms + SLOT_MS <= now && s->quality != QUALITY_OK)
			any |= meter_slot(lp->history, s);
	}
	/* after a cancellation the site owes nothing, and the meter proves nothing */
	if (ev->phase != EVENT_CANCELLED)
		el->meter_ms = next_try(ev, &lp->point.decl, now);
	if (any)
		records_put(e, &(struct ledger_op){.kind = LEDGER_EVENT, .event = ev});
	return any;
}

bool drmeter_due(struct engine *e)
{
	struct event_live *el;
	bool any = false;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL))) {
		if (el->site >= 0 && el->meter_ms <= e->clock.now_ms)
			any |= meter_event(e, el);
	}
	return any;
}

int64_t drmeter_next_ms(const struct engine *e)
{
	const struct event_live *el;
	int64_t next = INT64_MAX;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL)))
		next = min_i64(next, el->meter_ms);
	return next;
}
