#include "engine/drrule.h"

#include "engine/state.h"

static bool slot_asks(const struct event *ev, const struct event_slot *s)
{
	return ev->target == TARGET_PCC_CAP || s->target_w > 0;
}

static int64_t divide(__int128 n, int64_t d)
{
	return (int64_t)(n < 0 ? (n - d / 2) / d : (n + d / 2) / d);
}

static int64_t target_of(const struct event *ev, const struct drrule_ask *ask)
{
	/* a cap above the baseline asks for no more than itself */
	if (ev->target == TARGET_PCC_CAP && ask->amount_w == 0)
		return ev->target_w;
	return ask->baseline_w + (ev->direction == DIRECTION_DN ? ask->amount_w : -ask->amount_w);
}

struct drrule_ask drrule_ask(const struct event *ev, int64_t from_ms, int64_t to_ms)
{
	struct drrule_ask r = {0};
	__int128 baseline = 0, amount = 0;
	int64_t covered_ms = 0;

	for (int i = 0; i < ev->n_slots; i++) {
		const struct event_slot *s = &ev->slots[i];
		int64_t part =
			min_i64(to_ms, s->start_ms + SLOT_MS) - max_i64(from_ms, s->start_ms);

		if (part <= 0)
			continue;
		covered_ms += part;
		baseline += (__int128)s->baseline_w * part;
		amount += (__int128)s->target_w * part;
		r.active |= slot_asks(ev, s);
	}
	if (covered_ms > 0) {
		r.baseline_w = divide(baseline, covered_ms);
		r.amount_w = divide(amount, covered_ms);
	}
	/* an hourly step that the event merely touches would be asked too much */
	r.active = r.active && 2 * covered_ms >= to_ms - from_ms;
	r.target_w = target_of(ev, &r);
	return r;
}

static int64_t created_ms(const struct event *ev)
{
	return ev->n_moves > 0 ? ev->moves[0].t_ms : INT64_MAX;
}

const struct event *drrule_of_two(const struct event *a, const struct event *b, int64_t from_ms,
				  int64_t to_ms)
{
	struct drrule_ask of_a = {0}, of_b = {0};
	bool a_goes_first;

	if (a)
		of_a = drrule_ask(a, from_ms, to_ms);
	if (b)
		of_b = drrule_ask(b, from_ms, to_ms);
	if (!of_a.active || !of_b.active)
		return of_a.active ? a : of_b.active ? b : NULL;
	if (a->priority != b->priority)
		a_goes_first = a->priority < b->priority;
	else if (of_a.target_w != of_b.target_w)
		a_goes_first = of_a.target_w < of_b.target_w;
	else if (created_ms(a) != created_ms(b))
		a_goes_first = created_ms(a) < created_ms(b);
	else
		a_goes_first = a->id < b->id;
	return a_goes_first ? a : b;
}

const struct event *drrule_stands(const struct engine *e, int site, int64_t from_ms, int64_t to_ms)
{
	const struct event_live *el;
	const struct event *best = NULL;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL))) {
		if (el->site == site && event_is_live(&el->ev))
			best = drrule_of_two(best, &el->ev, from_ms, to_ms);
	}
	return best;
}
