/* Deferrable work: what is there, what will come, when it is due. */
#include "engine/curves.h"
#include "engine/jobs_fill.h"
#include "engine/points.h"
#include "engine/snapshot_priv.h"
#include "engine/transit.h"

static void fill_arrivals(struct snapshot_builder *b, int k)
{
	const struct queue *q = &b->in->queues[k];
	char name[ID_MAX];
	struct forecast_ask ask = {.input = name, .as = FORECAST_TOTAL, .min = 0, .max = 1e12};

	snapshot_name_input(name, "arrivals", q->id);
	snapshot_forecast(b, &ask, points_bound(b->e, b->ss->site, "queue[%s].arrivals", q->id),
			  b->in->arrivals_ds[k]);
}

/* As points tell. */
static void fill_from_points(struct snapshot_builder *b, int k)
{
	struct queue *q = &b->in->queues[k];
	const struct site *s = b->ss->site;
	char name[ID_MAX];
	struct snapshot_level level = {.point = points_bound(b->e, s, "queue[%s].backlog", q->id),
				       .scale = 1.0,
				       .asset_id = q->id};
	struct plan_source *src = snapshot_next_source(b);
	struct forecast_due due = {.input = name,
				   .now_ms = b->e->clock.now_ms,
				   .slack_ms = q->slack_ms,
				   .curve_max_age_ms = SNAPSHOT_CURVE_MAX_AGE_MS};

	snapshot_name_input(src->input, "backlog", q->id);
	if (!snapshot_level(b, &level, &b->in->backlog_ds[k], src))
		snapshot_set_source(src, src->input, "unknown: taken as empty", QUALITY_MISSING);
	b->in->backlog_ds[k] = max_i64(b->in->backlog_ds[k], 0);
	fill_arrivals(b, k);
	transit_add(b, k, b->in->arrivals_ds[k], NULL);
	snapshot_name_input(name, "due", q->id);
	due.backlog_ds = b->in->backlog_ds[k];
	due.due = curves_get(points_bound(b->e, s, "queue[%s].due", q->id));
	forecast_due_fill(&due, &b->steps, b->in->due_ds[k], snapshot_next_source(b));
}

int snapshot_queue(struct snapshot_builder *b, int k)
{
	struct queue *q = &b->in->queues[k];

	/* left alone it runs as fast as it can */
	if (snapshot_is_out(b, ASSET_QUEUE, k))
		q->power_min_w = q->devices * q->device_power_w;
	if (jobs_are_known(b, k)) {
		fill_arrivals(b, k);
		return jobs_fill(b, k);
	}
	fill_from_points(b, k);
	return 0;
}
