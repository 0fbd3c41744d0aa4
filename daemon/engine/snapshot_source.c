#include "engine/snapshot_priv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/forecasts.h"
#include "engine/live.h"

#define STATE_MAX_AGE_MS MS_PER_H	  /* a measured level speaks for so long */
#define PLANNED_MAX_AGE_MS (6 * MS_PER_H) /* and the plan that stood on it so long after */

struct plan_source *snapshot_next_source(struct snapshot_builder *b)
{
	return &b->in->sources[b->in->n_sources < SNAPSHOT_SOURCES_MAX - 1
				       ? b->in->n_sources++
				       : SNAPSHOT_SOURCES_MAX - 1];
}

void snapshot_set_source(struct plan_source *s, const char *input, const char *source,
			 enum quality q)
{
	if (input != s->input)
		snprintf(s->input, sizeof(s->input), "%s", input);
	snprintf(s->source, sizeof(s->source), "%s", source);
	s->quality = q;
}

void snapshot_name_input(char out[ID_MAX], const char *what, const char *id)
{
	/* ids fit by configuration; a longer one is cut in the text only */
	if (snprintf(out, ID_MAX, "%s[%s]", what, id) >= ID_MAX)
		out[ID_MAX - 2] = ']';
}

bool snapshot_level(struct snapshot_builder *b, const struct snapshot_level *l, int64_t *ret,
		    struct plan_source *src)
{
	int64_t now = b->e->clock.now_ms;
	const struct plan *p = b->ss->held ? b->ss->held->plan : NULL;
	char path[ID_MAX * 2];
	const struct plan_asset *pa;
	double v;
	int i;

	if (live_good(l->point, now, STATE_MAX_AGE_MS, &v)) {
		bool stale = point_is_stale(&l->point->point.decl, l->point->history->last_ms, now);

		*ret = llround(v * l->scale);
		snapshot_set_source(src, src->input, stale ? "last value" : "measured",
				    stale ? QUALITY_ESTIMATED : QUALITY_OK);
		return true;
	}
	if (!p || !live_good(l->point, now, PLANNED_MAX_AGE_MS, &v))
		return false;
	pa = plan_find_asset(p, asset_path(path, sizeof(path), b->ss->site, l->asset_id));
	i = plan_slot_at(p, now - 1);
	if (!pa || !pa->level || i < 0)
		return false;
	*ret = pa->level[i];
	snapshot_set_source(src, src->input, "as planned", QUALITY_ESTIMATED);
	return true;
}

bool snapshot_is_out(const struct snapshot_builder *b, enum asset_kind kind, int k)
{
	for (int i = 0; i < b->ss->n_assets; i++) {
		const struct asset_state *as = &b->ss->assets[i];

		if (as->kind == kind && as->index == k)
			return as->out_until_ms > b->e->clock.now_ms;
	}
	return false;
}

void snapshot_forecast(struct snapshot_builder *b, struct forecast_ask *ask,
		       const struct live_point *lp, int64_t *ret)
{
	forecasts_ask(b->e, lp, ask);
	forecast_fill_i64(ask, &b->steps, ret, snapshot_next_source(b));
}
