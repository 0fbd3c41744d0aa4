#include "engine/peak.h"

#include <math.h>
#include <stdlib.h>

#include "engine/points.h"
#include "engine/state.h"

static int64_t month_start(const struct site *s, int64_t now_ms)
{
	struct local_time l = zone_local(s->zone, now_ms);

	return zone_utc(s->zone, l.year, l.month, 1, 0, 0);
}

/* A new month begins with no peak. */
static void turn_month(struct site_state *ss, int64_t now_ms)
{
	int64_t month = month_start(ss->site, now_ms);

	if (ss->peak_month_ms == month)
		return;
	ss->peak_month_ms = month;
	ss->peak_w = 0;
	ss->peak_until_ms = month;
}

static void fold(struct site_state *ss, const struct history *h, int64_t until_ms)
{
	int64_t oldest = h->newest_slot_ms == INT64_MIN
				 ? until_ms
				 : h->newest_slot_ms - (HISTORY_SLOTS - 1) * SLOT_MS;

	for (int64_t t = max_i64(ss->peak_until_ms, oldest); t + SLOT_MS <= until_ms;
	     t += SLOT_MS) {
		double mean = history_mean(h, t);

		if (!isnan(mean))
			ss->peak_w = max_i64(ss->peak_w, llround(mean));
	}
	ss->peak_until_ms = max_i64(ss->peak_until_ms, slot_floor(until_ms));
}

int64_t peak_until_now(struct engine *e, struct site_state *ss)
{
	const struct live_point *lp = points_bound(e, ss->site, "pcc.power");

	turn_month(ss, e->clock.now_ms);
	if (lp && lp->history)
		fold(ss, lp->history, e->clock.now_ms);
	return ss->peak_w;
}

struct reading {
	struct site_state *ss;
	struct history *history;
};

static bool read_sample(void *arg, const struct sample *s)
{
	struct reading *r = arg;

	if (s->quality != QUALITY_OK && s->quality != QUALITY_ESTIMATED)
		return true;
	/* two slots behind: a sample of an interval may still speak for the slot before its own */
	if (slot_floor(s->t_ms) - r->ss->peak_until_ms > 3 * SLOT_MS)
		fold(r->ss, r->history, slot_floor(s->t_ms) - 2 * SLOT_MS);
	history_add(r->history, s->t_ms, s->value);
	return true;
}

void peak_restore(struct engine *e, struct site_state *ss)
{
	const struct live_point *lp = points_bound(e, ss->site, "pcc.power");
	const struct tariff *t = site_tariff_at(ss->site, e->clock.now_ms);
	struct reading r = {.ss = ss};

	if (!lp || !t || t->demand_price_e4 == 0 || e->clock.now_ms == 0)
		return;
	r.history = malloc(sizeof(*r.history));
	if (!r.history)
		return;
	history_init(r.history, &lp->point.decl);
	turn_month(ss, e->clock.now_ms);
	e->ops->range(e->world, lp->point.id, ss->peak_month_ms, e->clock.now_ms, read_sample, &r);
	fold(ss, r.history, e->clock.now_ms);
	free(r.history);
}
