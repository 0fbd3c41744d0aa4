#include "engine/figures.h"

#include <string.h>

#include "engine/points.h"
#include "engine/standing.h"
#include "engine/state.h"

void figures_of_world(const struct engine *e, struct world_figures *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (e->ops->figures)
		e->ops->figures(e->world, ret);
}

void figures_of_operators(const struct engine *e, struct operator_figures *ret)
{
	memset(ret, 0, sizeof(*ret));
	list_foreach(it, &e->instruct.open)
	{
		const struct instruction *in = &list_entry(it, struct instruction_live, node)->in;

		ret->pending += in->state == INSTRUCTION_PENDING;
		if (in->state != INSTRUCTION_IN_FORCE)
			continue;
		ret->overrides += in->kind == INSTRUCTION_OVERRIDE;
		ret->out_of_service += in->kind == INSTRUCTION_AVAILABILITY;
	}
	for (size_t i = 0; i < e->n_sites; i++)
		ret->not_auto += standing_mode(e, (int)i, NULL) != MODE_AUTO;
}

uint32_t engine_sources(const struct engine *e, struct source_figures *ret, uint32_t cap)
{
	uint32_t n = 0;

	list_foreach(it, &e->ingest.sources)
	{
		const struct source *s = list_entry(it, struct source, node);

		if (n == cap)
			break;
		ret[n++] = (struct source_figures){.name = s->name, .connected = s->on_ack != NULL};
	}
	for (uint32_t p = 0; p < e->points.n; p++) {
		const struct live_point *lp = e->points.all[p];

		for (uint32_t i = 0; i < n; i++) {
			if (strcmp(ret[i].name, lp->point.source) == 0)
				ret[i].newest_ms = max_i64(ret[i].newest_ms, lp->latest.t_ms);
		}
	}
	return n;
}

int64_t engine_watermark(const struct engine *e)
{
	int64_t oldest = INT64_MAX;

	for (size_t i = 0; i < e->n_sites; i++) {
		const struct site *s = e->sites[i].site;

		for (int k = 0; k < s->n_bindings; k++) {
			const struct live_point *lp = points_find(e, s->bindings[k].point);

			/* what only a forecast feeds is no measurement */
			if (lp && lp->latest.t_ms == 0 && lp->curve)
				continue;
			oldest = min_i64(oldest, lp ? lp->latest.t_ms : 0);
		}
	}
	return oldest == INT64_MAX ? 0 : oldest;
}
