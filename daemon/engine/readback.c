#include "engine/readback.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "engine/decisions.h"
#include "engine/live.h"
#include "engine/points.h"
#include "engine/sites.h"
#include "engine/records.h"
#include "engine/state.h"

#define MISSES_MAX 3
#define TOLERANCE_PERMILLE 50 /* of the rating */
/* What was verified once must be off for so long, too: a moment's disturbance is no broken promise. */
#define OFF_MAX_MS MS_PER_MIN

static const struct live_point *power_point(const struct engine *e, const struct asset_state *as,
					    const struct site *s)
{
	switch (as->kind) {
	case ASSET_BATTERY:
	case ASSET_UPS:
		return points_bound(e, s, "storage[%s].power", as->id);
	case ASSET_PV:
	case ASSET_WIND:
	case ASSET_HYDRO:
		return points_bound(e, s, "%s[%s].power", asset_kind_name(as->kind), as->id);
	case ASSET_QUEUE:
		return points_bound(e, s, "queue[%s].power", as->id);
	case ASSET_COOLING:
		return points_bound(e, s, "cooling[%s].power", as->id);
	default:
		return NULL;
	}
}

static bool is_watched(const struct decision *d)
{
	return d->state == DECISION_APPLIED || d->state == DECISION_VERIFIED;
}

void readback_schedule(struct engine *e, struct decision_live *dl)
{
	const struct site_state *ss = &e->sites[dl->site];
	const struct live_point *lp = power_point(e, &ss->assets[dl->asset], ss->site);
	bool tells = dl->d.action.kind == ACTION_POWER || dl->d.action.kind == ACTION_CAP;

	dl->check_ms = INT64_MAX;
	if (!lp || !tells || !is_watched(&dl->d))
		return;
	dl->check_ms = max_i64(dl->d.valid_from_ms, e->clock.now_ms) + 2 * lp->point.decl.period_ms;
}

static bool agrees(const struct decision *d, double measured, int64_t rated_w)
{
	double tolerance = (double)rated_w * TOLERANCE_PERMILLE / 1000;
	double want = (double)d->action.value;

	if (d->action.kind == ACTION_POWER)
		return fabs(measured - want) <= tolerance;
	return fabs(measured) <= want + tolerance;
}

/* From VERIFIED no way leads to FAILED: it did what it said, and its term was cut short. */
static void disagree(struct engine *e, struct decision_live *dl, const struct sample *s)
{
	bool held = dl->d.state == DECISION_VERIFIED;

	if (dl->misses++ == 0)
		dl->off_since_ms = s->t_ms;
	if (dl->misses < MISSES_MAX || (held && s->t_ms - dl->off_since_ms < OFF_MAX_MS))
		return;
	dl->d.fault_code = ERR_STATE;
	snprintf(dl->d.fault_text, sizeof(dl->d.fault_text),
		 "read-back disagrees%s: ordered %" PRId64 " W, measured %" PRId64 " W",
		 held ? " after it was verified" : "", dl->d.action.value,
		 (int64_t)llround(s->value));
	decisions_fail(e, dl, held ? DECISION_SUPERSEDED : DECISION_FAILED);
}

static void agree(struct engine *e, struct decision_live *dl)
{
	dl->misses = 0;
	if (dl->d.state == DECISION_VERIFIED)
		return;
	sm_move(&decision_sm, &dl->d.state, DECISION_VERIFIED, &dl->d);
	records_put(e, &(struct ledger_op){.kind = LEDGER_DECISION, .decision = &dl->d});
	dl->mark = records_mark(e);
}

static void look(struct engine *e, struct decision_live *dl)
{
	const struct site_state *ss = &e->sites[dl->site];
	const struct asset_state *as = &ss->assets[dl->asset];
	const struct live_point *lp = power_point(e, as, ss->site);
	const struct sample *s = lp ? &lp->latest : NULL;
	int64_t now = e->clock.now_ms;

	dl->check_ms = INT64_MAX;
	if (!lp || !is_watched(&dl->d))
		return;
	dl->check_ms = now + lp->point.decl.period_ms;
	/* only what was measured wholly under the decision says anything about it, and says it once */
	if (s->t_ms < dl->d.valid_from_ms + lp->point.decl.period_ms || s->t_ms <= dl->judged_ms ||
	    live_is_stale(lp, now) || (s->quality != QUALITY_OK && s->quality != QUALITY_ESTIMATED))
		return;
	dl->judged_ms = s->t_ms;
	if (agrees(&dl->d, s->value, sites_rating_w(ss->site, as)))
		agree(e, dl);
	else
		disagree(e, dl, s);
}

/* The oldest that is due: judging one may end it, and the list with it. */
static struct decision_live *next_due(const struct engine *e)
{
	struct decision_live *best = NULL;

	list_foreach(it, &e->decisions.in_force)
	{
		struct decision_live *dl = list_entry(it, struct decision_live, node);

		if (dl->check_ms <= e->clock.now_ms && (!best || dl->d.id < best->d.id))
			best = dl;
	}
	return best;
}

bool readback_due(struct engine *e)
{
	struct decision_live *dl;
	bool any = false;

	while ((dl = next_due(e))) {
		look(e, dl);
		any = true;
	}
	return any;
}

int64_t readback_next_ms(const struct engine *e)
{
	int64_t next = INT64_MAX;

	list_foreach(it, &e->decisions.in_force)
	{
		const struct decision_live *dl = list_entry(it, struct decision_live, node);

		next = min_i64(next, dl->check_ms);
	}
	return next;
}
