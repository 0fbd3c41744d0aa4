#include "engine/points_rebind.h"

#include <stdlib.h>

#include "engine/points.h"
#include "engine/state.h"

#define SAMPLES_BACK_MS (HISTORY_SLOTS * SLOT_MS)

static bool on_sample(void *arg, const struct sample *s)
{
	if (s->quality == QUALITY_OK || s->quality == QUALITY_ESTIMATED)
		history_add(arg, s->t_ms, s->value);
	return true;
}

/* What the point has in the store, as if it had been bound when it came. */
static struct history *recall(struct engine *e, const struct live_point *lp)
{
	struct history *h = malloc(sizeof(*h));
	int64_t now = e->clock.now_ms;

	if (!h)
		return NULL;
	history_init(h, &lp->point.decl);
	e->ops->range(e->world, lp->point.id, max_i64(0, now - SAMPLES_BACK_MS), now + SLOT_MS,
		      on_sample, h);
	return h;
}

int points_rebind_prepare(struct engine *e, const struct configuration *next,
			  struct points_rebinding *ret, struct fault *f)
{
	*ret = (struct points_rebinding){.n = e->points.n};
	if (points_collect(next, &ret->bindings))
		return fault_set(f, -ENOMEM, "out of memory");
	ret->fresh = calloc(ret->n ? ret->n : 1, sizeof(struct history *));
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
		ret->fresh[i] = recall(e, lp);
		if (!ret->fresh[i])
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
			lp->history = NULL;
		} else if (r->fresh[i]) {
			lp->history = r->fresh[i];
		}
	}
	free(r->fresh);
}

void points_rebind_drop(struct points_rebinding *r)
{
	points_free_bindings(&r->bindings);
	for (uint32_t i = 0; r->fresh && i < r->n; i++)
		free(r->fresh[i]);
	free(r->fresh);
}
