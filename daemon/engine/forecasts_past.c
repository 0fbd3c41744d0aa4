/* The weeks behind the eight days that live state keeps exactly: read from the store after a restart, and anew where
 * samples came too late. */
#include <inttypes.h>
#include <math.h>

#include "base/log.h"
#include "engine/forecasts.h"
#include "engine/live.h"
#include "engine/points.h"
#include "engine/state.h"

/* Samples that a restart reads of the weeks before, all points together: seconds. */
#define RESTORE_SAMPLES (INT64_C(16) << 20)
#define LONG_MS (HISTORY_LONG_DAYS * MS_PER_DAY)

struct remaking {
	const struct point_decl *decl;
	int64_t slot_ms;
	struct slotmean mean;
};

static bool add(void *arg, const struct sample *s)
{
	struct remaking *r = arg;
	int64_t from, to;

	if (s->quality != QUALITY_OK && s->quality != QUALITY_ESTIMATED)
		return true;
	slotmean_span(r->decl, s->t_ms, &from, &to);
	slotmean_add(&r->mean, r->slot_ms, from, to, s->value, 1);
	return true;
}

static void remake(struct engine *e, struct live_point *lp, int64_t slot_ms)
{
	struct remaking r = {.decl = &lp->point.decl, .slot_ms = slot_ms};
	int64_t period = lp->point.decl.period_ms;

	e->ops->range(e->world, lp->point.id, slot_ms - period, slot_ms + SLOT_MS + period + 1, add,
		      &r);
	history_put_rounded(lp->history, slot_ms,
			    slotmean_coverage_permille(&r.mean) < SLOTMEAN_COVERAGE_MIN_PERMILLE
				    ? NAN
				    : slotmean_value(&r.mean));
}

void forecasts_repair(struct engine *e, struct live_point *lp, int64_t t_ms)
{
	int64_t from, to;

	if (!lp->history)
		return;
	slotmean_span(&lp->point.decl, t_ms, &from, &to);
	for (int64_t slot = slot_floor(from); slot < to; slot += SLOT_MS) {
		if (history_is_rounded(lp->history, slot))
			remake(e, lp, slot);
	}
}

struct restoring {
	struct live_point *lp;
	int64_t n;
};

static bool restore(void *arg, const struct sample *s)
{
	struct restoring *r = arg;

	live_add(r->lp, s);
	r->n++;
	return true;
}

int forecasts_restore(struct engine *e, int64_t until_ms)
{
	int64_t since = e->clock.now_ms - LONG_MS, n_bound = 0, n = 0, short_points = 0;
	enum forecast_kind kind;

	for (uint32_t i = 1; i <= e->points.n; i++) {
		const struct live_point *lp = points_get(e, i);

		n_bound += lp->history && forecasts_kind(lp, &kind);
	}
	if (n_bound == 0)
		return 0;
	for (uint32_t i = 1; i <= e->points.n; i++) {
		struct restoring r = {.lp = points_get(e, i)};
		int64_t from = since, most;
		int rc;

		if (!r.lp->history || !forecasts_kind(r.lp, &kind))
			continue;
		/* each has its share of what may be read; who samples faster remembers less */
		most = RESTORE_SAMPLES / n_bound * r.lp->point.decl.period_ms;
		if (until_ms - from > most) {
			from = until_ms - most;
			short_points++;
		}
		rc = e->ops->range(e->world, i, from, until_ms, restore, &r);
		if (rc < 0)
			return rc;
		n += r.n;
	}
	if (short_points)
		log_notice(ENGINE_LOG,
			   "%" PRId64
			   " points have too many samples for their five weeks to be read "
			   "again: forecasts begin with less",
			   short_points);
	log_debug(ENGINE_LOG, "history: %" PRId64 " samples of %" PRId64 " points", n, n_bound);
	return 0;
}
