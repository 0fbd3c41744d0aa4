#include "engine/bands.h"

#include <stdio.h>
#include <string.h>

#include "engine/drrule.h"
#include "engine/state.h"

/* Beyond the target plans use this share of the band, and leave the rest to what forecasts do not know. */
#define BAND_USED_PERMILLE 250

/* An event may promise any money, and it is billed as promised; to the planner it weighs less than the reserve of a battery, drawn on for one slot,
 * and so less than every rung above it. What it cannot get that way is a shortfall, to be paid. */
static void price(const struct engine *e, const struct event *ev, struct plan_event *pe)
{
	const struct settings *st = &e->configuration->settings;
	int64_t most = max_i64(st->plan.reserve_price_e4 * SLOT_MS / MS_PER_H - 1, 0);
	int64_t penalty = ev->penalty_price_e4 ? ev->penalty_price_e4 : st->event.penalty_price_e4;

	pe->penalty_price_e4 = min_i64(penalty, most);
	pe->pay_price_e4 = min_i64(ev->pay_price_e4, most - pe->penalty_price_e4);
	pe->penalty_bill_e4 = penalty;
	pe->pay_bill_e4 = ev->pay_price_e4;
	pe->surplus_price_e4 = st->event.surplus_price_e4;
}

static void fill_step(const struct engine *e, const struct event *ev, const struct pcc *pcc,
		      const struct drrule_ask *ask, struct plan_event *pe, uint32_t i)
{
	int64_t permille = ev->band_permille ? ev->band_permille
					     : e->configuration->settings.event.band_permille;
	int64_t sign = ev->direction == DIRECTION_DN ? 1 : -1;
	int64_t band = (int64_t)((__int128)ask->amount_w * permille * BAND_USED_PERMILLE / 1000000);

	pe->active[i] = ask->active;
	pe->baseline_pcc_w[i] = ask->baseline_w;
	pe->target_pcc_w[i] = ask->target_w;
	pe->band_pcc_w[i] = pe->target_pcc_w[i] + sign * band;
	if (ev->target != TARGET_PCC_CAP)
		return;
	/* a cap asks for no more than itself: on its other side there is no surplus */
	pe->band_pcc_w[i] = sign > 0 ? pcc->import_max_w : -pcc->export_max_w;
}

/* False if the event asks for nothing in the steps of `in`. */
static bool fill_event(const struct engine *e, const struct event *ev, const struct plan_input *in,
		       struct plan_event *pe)
{
	bool any = false;

	snprintf(pe->correlation_id, sizeof(pe->correlation_id), "%s", ev->correlation_id);
	pe->direction = ev->direction;
	price(e, ev, pe);
	for (uint32_t i = 0; i < in->n; i++) {
		struct drrule_ask ask =
			drrule_ask(ev, in->start_ms[i], in->start_ms[i] + in->duration_ms[i]);

		fill_step(e, ev, &in->pcc, &ask, pe, i);
		any |= ask.active;
	}
	return any;
}

static bool alloc_event(struct arena *a, uint32_t n, struct plan_event *pe)
{
	*pe = (struct plan_event){.active = ARENA_ARRAY(a, n, bool),
				  .target_pcc_w = ARENA_ARRAY(a, n, int64_t),
				  .band_pcc_w = ARENA_ARRAY(a, n, int64_t),
				  .baseline_pcc_w = ARENA_ARRAY(a, n, int64_t)};
	return pe->active && pe->target_pcc_w && pe->band_pcc_w && pe->baseline_pcc_w;
}

/* In each step only one event is active. */
static void settle_conflicts(const struct event *const *evs, int n, struct plan_input *in)
{
	for (uint32_t i = 0; i < in->n; i++) {
		int64_t from = in->start_ms[i], to = from + in->duration_ms[i];
		const struct event *best = NULL;

		for (int k = 0; k < n; k++)
			best = drrule_of_two(best, evs[k], from, to);
		for (int k = 0; k < n; k++)
			in->events[k].active[i] = evs[k] == best;
	}
}

/* 1: it asks for something and has its place in the list; 0: it does not. */
static int add_event(const struct engine *e, const struct event *ev, struct arena *a,
		     struct plan_input *in)
{
	struct plan_event *pe = &in->events[in->n_events];

	if (!alloc_event(a, in->n, pe))
		return -ENOMEM;
	if (!fill_event(e, ev, in, pe))
		return 0;
	in->n_events++;
	return 1;
}

int bands_fill(const struct engine *e, const struct site_state *ss, const struct event *unreal,
	       struct arena *a, struct plan_input *in)
{
	const struct event *evs[PLAN_MAX_EVENTS] = {NULL};
	const struct event_live *el;
	size_t at = 0;
	int r = 0;

	in->n_events = 0;
	if (unreal)
		evs[0] = unreal;
	if (unreal)
		r = add_event(e, unreal, a, in);
	while (r >= 0 && in->n_events < PLAN_MAX_EVENTS &&
	       (el = map_next(&e->events.by_id, &at, NULL, NULL))) {
		if (el->site != ss->index || !event_is_live(&el->ev))
			continue;
		evs[in->n_events] = &el->ev;
		r = add_event(e, &el->ev, a, in);
	}
	if (r >= 0)
		settle_conflicts(evs, in->n_events, in);
	return r < 0 ? r : 0;
}
