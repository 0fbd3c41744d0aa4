#include "engine/live.h"

#include "engine/points.h"
#include "engine/state.h"

static bool is_usable(const struct sample *s)
{
	return s->quality == QUALITY_OK || s->quality == QUALITY_ESTIMATED;
}

static bool has_any(const struct live_point *lp)
{
	return lp->latest.t_ms != 0 || lp->latest.quality != QUALITY_MISSING;
}

void live_add(struct live_point *lp, const struct sample *s)
{
	if (!has_any(lp) || s->t_ms > lp->latest.t_ms)
		lp->latest = *s;
	if (lp->history && is_usable(s))
		history_add(lp->history, s->t_ms, s->value);
}

void live_replace(struct live_point *lp, const struct sample *stood,
		  const struct sample *now_stands)
{
	if (lp->history && is_usable(stood))
		history_remove(lp->history, stood->t_ms, stood->value);
	if (lp->history && is_usable(now_stands))
		history_add(lp->history, now_stands->t_ms, now_stands->value);
	if (has_any(lp) && now_stands->t_ms == lp->latest.t_ms)
		lp->latest = *now_stands;
}

static bool take_first(void *arg, const struct sample *s)
{
	*(struct sample *)arg = *s;
	return false;
}

void live_ask(const struct engine *e, const struct live_point *lp, int64_t t_ms, struct sample *ret)
{
	*ret = (struct sample){.quality = QUALITY_MISSING};
	e->ops->range(e->world, lp->point.id, t_ms, t_ms + 1, take_first, ret);
}

bool live_good(const struct live_point *lp, int64_t now_ms, int64_t max_age_ms, double *ret)
{
	const struct history *h = lp ? lp->history : NULL;

	if (!h || h->last_ms == INT64_MIN || now_ms - h->last_ms > max_age_ms)
		return false;
	*ret = h->last_value;
	return true;
}

bool live_is_stale(const struct live_point *lp, int64_t now_ms)
{
	return !has_any(lp) || point_is_stale(&lp->point.decl, lp->latest.t_ms, now_ms);
}

int engine_latest(const struct engine *e, uint32_t point, struct sample *ret)
{
	const struct live_point *lp = points_get(e, point);

	if (!lp)
		return ERR_NOTFOUND;
	*ret = lp->latest;
	if (live_is_stale(lp, e->clock.now_ms))
		ret->quality = QUALITY_MISSING;
	return 0;
}

int engine_range(const struct engine *e, uint32_t point, int64_t from_ms, int64_t to_ms,
		 bool (*visit)(void *arg, const struct sample *s), void *arg)
{
	if (!points_get(e, point))
		return ERR_NOTFOUND;
	return e->ops->range(e->world, point, from_ms, to_ms, visit, arg);
}
