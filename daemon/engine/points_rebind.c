#include "engine/points_rebind.h"

#include <stdlib.h>

#include "engine/points.h"
#include "engine/state.h"

#define SAMPLES_BACK_MS (HISTORY_LONG_SLOTS * SLOT_MS)

static bool on_sample(void *arg, const struct sample *s)
{
	if (s->quality == QUALITY_OK || s->quality == QUALITY_ESTIMATED)
		history_add(arg, s->t_ms, s->value);
	return true;
}

/* What the point has in the store, as if it had been bound when it came. */
static bool recall(struct engine *e, const struct live_point *lp, struct points_fresh *ret)
{
	int64_t now = e->clock.now_ms;

	ret->history = malloc(sizeof(*ret->history));
	ret->learnt = calloc(1, sizeof(*ret->learnt));
	if (!ret->history || !ret->learnt)
		return false;
	ret->learnt->until_ms = INT64_MIN;
	history_init(ret->history, &lp->point.decl);
	e->ops->range(e->world, lp->point.id, max_i64(0, now - SAMPLES_BACK_MS), now + SLOT_MS,
		      on_sample, ret->history);
	return true;
}

int points_rebind_prepare(struct engine *e, const struct configuration *next,
			  struct points_rebinding *ret, struct fault *f)
{
	*ret = (struct points_rebinding){.n = e->points.n};
	if (points_collect(next, &ret->bindings))
		return fault_set(f, -ENOMEM, "out of memory");
	ret->fresh = calloc(ret->n ? ret->n : 1, sizeof(*ret->fresh));
	if (!ret->fresh)
		return fault_set(f, -ENOMEM, "out of memory");
	for (uint32_t i = 0; i < ret->n; i++) {
		const struct live_point *lp = e->points.all[i];
		const struct bound *b = map_get_str(&ret->bindings, lp->point.decl.name);
		int r = points_check_unit(next, b, &lp->point.decl, f);

		if (r)
			return r;
		if (!b || lp->history)
			continue;
		if (!recall(e, lp, &ret->fresh[i]))
			return fault_set(f, -ENOMEM, "out of memory");
	}
	return 0;
}

void points_rebind(struct engine *e, struct points_rebinding *r)
{
	points_free_bindings(&e->points.bindings);
	e->points.bindings = r->bindings;
	for (uint32_t i = 0; i < r->n; i++) {
		struct live_point *lp = e->points.all[i];
		const struct bound *b = map_get_str(&e->points.bindings, lp->point.decl.name);

		lp->site = b ? b->site : -1;
		lp->binding = b ? b->binding : NULL;
		if (!b) {
			free(lp->history);
			free(lp->learnt);
			lp->history = NULL;
			lp->learnt = NULL;
		} else if (r->fresh[i].history) {
			lp->history = r->fresh[i].history;
			lp->learnt = r->fresh[i].learnt;
		}
	}
	free(r->fresh);
}

void points_rebind_drop(struct points_rebinding *r)
{
	points_free_bindings(&r->bindings);
	for (uint32_t i = 0; r->fresh && i < r->n; i++) {
		free(r->fresh[i].history);
		free(r->fresh[i].learnt);
	}
	free(r->fresh);
}
