/* Listing decisions, newest first, out of a ledger that is read ascending: in windows, from the end backwards. */
#include <string.h>

#include "engine/state.h"
#include "engine/subscribe.h"

#define WINDOW 256
#define WINDOW_CAP ((size_t)4 << 20)

struct window {
	struct arena arena;
	uint64_t below; /* ids from here on are not of this window */
	const struct decision *at[WINDOW];
	size_t n;
	bool full;
};

static bool take(void *arg, const struct ledger_op *op)
{
	struct window *w = arg;
	const struct decision *d = op->decision;

	if (d->id >= w->below || w->n == WINDOW)
		return false;
	w->at[w->n] = arena_memdup(&w->arena, d, sizeof(*d));
	w->full = !w->at[w->n];
	if (!w->full)
		w->n++;
	return !w->full;
}

struct wish {
	struct decision_query q;
	bool (*visit)(void *arg, const struct decision *d);
	void *arg;
};

static bool fits(const struct wish *w, const struct decision *d)
{
	if (w->q.asset && !subscribe_pattern_fits(w->q.asset, d->asset))
		return false;
	return d->valid_until_ms > w->q.from_ms &&
	       (w->q.to_ms == 0 || d->valid_from_ms < w->q.to_ms);
}

/* False: enough, or so far back that nothing can fit any more. */
static bool tell(const struct engine *e, struct wish *wish, const struct window *w)
{
	for (size_t i = w->n; i > 0; i--) {
		/* what is in memory has moved on since its last commit */
		const struct decision *now = engine_decision(e, w->at[i - 1]->id);
		const struct decision *d = now ? now : w->at[i - 1];

		if (!fits(wish, d))
			continue;
		if (!wish->visit(wish->arg, d) || --wish->q.limit == 0)
			return false;
	}
	/* leases are short: one that was issued a day before the span cannot reach into it */
	return w->n == 0 || w->at[0]->issued_ms > wish->q.from_ms - MS_PER_DAY;
}

int engine_list_decisions(const struct engine *e, const struct decision_query *q,
			  bool (*visit)(void *arg, const struct decision *d), void *arg)
{
	struct wish wish = {.q = *q, .visit = visit, .arg = arg};
	struct window w = {.below = e->records.meta.next_decision};
	bool more = q->limit > 0;
	int r = 0;

	arena_init(&w.arena, WINDOW_CAP);
	while (r == 0 && more && w.below > 1) {
		uint64_t first = w.below > WINDOW ? w.below - WINDOW : 1;

		w.n = 0;
		arena_reset(&w.arena);
		r = e->ops->scan(e->world, LEDGER_DECISION, first, take, &w);
		if (r == 0 && w.full)
			r = -ENOMEM;
		more = r == 0 && tell(e, &wish, &w);
		w.below = first;
	}
	arena_fini(&w.arena);
	return r;
}
