/* The sites of a group on one grid, what they share, and what carries work between them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/forecasts.h"
#include "engine/group.h"
#include "engine/points.h"
#include "engine/snapshot_priv.h"

#define FINE_MAX_MS (2 * MS_PER_DAY)
#define BACKGROUND_HOLD_MS (2 * MS_PER_DAY)
#define BACKGROUND_MAX 1e12
#define S_PER_H 3600
#define BYTES_PER_GB 1000000000

struct region_builder {
	struct engine *e;
	const struct group_state *g;
	struct arena *arena;
	struct plan_region *region;
	struct snapshot_builder *sites; /* [g->n_sites] */
	struct forecast_steps steps;
	int64_t publish_until_ms;
};

/* ---- the grid ---- */

/* Events are planned quarter hour by quarter hour, at whatever site of the group they are. */
static int64_t fine_span(const struct region_builder *b, const struct snapshot_wish *wish)
{
	int64_t now = b->e->clock.now_ms;
	int64_t fine =
		max_i64(b->e->configuration->settings.plan.fine_ms, wish->fine_until_ms - now);
	const struct event_live *el;
	size_t at = 0;

	while ((el = map_next(&b->e->events.by_id, &at, NULL, NULL))) {
		const struct event *ev = &el->ev;

		if (el->site < 0 || b->e->sites[el->site].group != b->g ||
		    (!event_is_live(ev) && ev->phase != EVENT_ISSUED) || ev->n_slots == 0)
			continue;
		fine = max_i64(fine, ev->slots[ev->n_slots - 1].start_ms + SLOT_MS - now);
	}
	return max_i64(min_i64(fine, FINE_MAX_MS), SLOT_MS);
}

/* Does anything of the site look further than the configured horizon: a day's energy, work that may wait so long? */
static bool looks_far(const struct site *s, int64_t now_ms, int64_t until_ms, int64_t tail_ms)
{
	for (int i = 0; i < s->n_rations; i++) {
		if (s->rations[i].from_ms < tail_ms && s->rations[i].to_ms > now_ms)
			return true;
	}
	for (int i = 0; i < s->n_queues; i++) {
		if (s->queues[i].slack_ms > until_ms - now_ms)
			return true;
	}
	return false;
}

/* 15 min as far as is configured and events need, 30 up to where those end without events, then hours; a tail of
 * three-hour steps to the end of the long view where some site needs it. All of a group's sites are on one grid. */
static struct plan_grid grid_of(const struct region_builder *b, const struct snapshot_wish *wish)
{
	int64_t now = b->e->clock.now_ms, first = slot_floor(now);
	const struct settings *st = &b->e->configuration->settings;
	struct plan_grid g = {
		.quarter_ms = first + fine_span(b, wish),
		.midnight_ms = zone_day_start(b->g->sites[0]->site->zone, now),
	};

	g.hour_ms = max_i64(max_i64(wish->until_ms, now + st->plan.horizon_ms), g.quarter_ms);
	g.half_ms =
		clamp_i64(first + st->plan.fine_ms + st->plan.middle_ms, g.quarter_ms, g.hour_ms);
	for (int i = 0; i < b->g->n_sites && st->plan.long_ms > 0 && g.tail_ms == 0; i++) {
		if (looks_far(b->g->sites[i]->site, now, g.hour_ms, now + st->plan.long_ms))
			g.tail_ms = max_i64(g.hour_ms, now + st->plan.long_ms);
	}
	return g;
}

static int make_grid(struct region_builder *b, const struct snapshot_wish *wish, struct fault *f)
{
	int64_t *start = ARENA_ARRAY(b->arena, PLAN_MAX_STEPS, int64_t);
	int64_t *duration = ARENA_ARRAY(b->arena, PLAN_MAX_STEPS, int64_t);
	int64_t now = b->e->clock.now_ms;
	struct plan_grid grid = grid_of(b, wish);
	int n;

	if (!start || !duration)
		return fault_set(f, -ENOMEM, "out of memory");
	n = plan_grid(now, &grid, PLAN_MAX_STEPS, start, duration);
	if (n <= 0)
		return fault_set(f, n < 0 ? n : ERR_NODATA, "no grid of steps to %lld ms ahead",
				 (long long)(grid.hour_ms - now));
	b->publish_until_ms = grid.tail_ms ? grid.hour_ms : 0;
	b->steps = (struct forecast_steps){
		.n = (uint32_t)n, .start_ms = start, .duration_ms = duration};
	return 0;
}

/* ---- sites ---- */

static int fill_sites(struct region_builder *b, const struct site_state *without_events_of,
		      struct fault *f)
{
	int r = 0;

	for (int i = 0; r == 0 && i < b->g->n_sites; i++) {
		struct snapshot_builder *s = &b->sites[i];

		*s = (struct snapshot_builder){.e = b->e,
					       .ss = b->g->sites[i],
					       .in = ARENA_NEW(b->arena, struct plan_input),
					       .arena = b->arena,
					       .steps = b->steps,
					       .publish_until_ms = b->publish_until_ms};
		if (!s->in)
			return fault_set(f, -ENOMEM, "out of memory");
		r = snapshot_site(s, s->ss == without_events_of, f);
		b->region->sites[i] = s->in;
	}
	return r;
}

/* Place of a site in the region, −1: it is not of this group. */
static int find_site(const struct region_builder *b, const char *id)
{
	for (int i = 0; i < b->g->n_sites; i++) {
		if (strcmp(b->g->sites[i]->site->id, id) == 0)
			return i;
	}
	return -1;
}

/* ---- shared limits ---- */

/* What others load it with, and in the plans of all its sites where that comes from. */
static void background(struct region_builder *b, const struct shared_limit *l,
		       struct region_limit *rl)
{
	const struct live_point *lp =
		l->background_point[0] ? points_find(b->e, l->background_point) : NULL;
	char name[ID_MAX];
	struct forecast_ask ask = {.input = name,
				   .as = FORECAST_MEAN,
				   .hold_ms = BACKGROUND_HOLD_MS,
				   .assumed = (double)l->background_assumed_w,
				   .min = -BACKGROUND_MAX,
				   .max = BACKGROUND_MAX};
	struct plan_source from = {.quality = QUALITY_OK};

	if (!l->background_point[0])
		return;
	snapshot_name_input(name, "background", l->id);
	forecasts_ask(b->e, lp, &ask);
	forecast_fill_i64(&ask, &b->steps, rl->background_w, &from);
	for (int i = 0; i < rl->n_sites; i++)
		*snapshot_next_source(&b->sites[rl->sites[i]]) = from;
}

static int fill_limit(struct region_builder *b, const struct shared_limit *l)
{
	struct region_limit *rl = &b->region->limits[b->region->n_limits];

	*rl = (struct region_limit){
		.import_max_w = shared_limit_import_w(l),
		.export_max_w = shared_limit_export_w(l),
		.overload_price_e4 = l->overload_price_e4
					     ? l->overload_price_e4
					     : b->e->configuration->settings.plan.overload_price_e4,
		.sites = ARENA_ARRAY(b->arena, (size_t)l->n_sites, int),
		.background_w = ARENA_ARRAY(b->arena, b->steps.n, int64_t),
	};
	if (!rl->sites || !rl->background_w)
		return -ENOMEM;
	snprintf(rl->id, sizeof(rl->id), "%s", l->id);
	snprintf(rl->kind, sizeof(rl->kind), "%s", limit_kind_name(l->kind));
	for (int i = 0; i < l->n_sites; i++) {
		int at = find_site(b, l->sites[i]);

		if (at >= 0)
			rl->sites[rl->n_sites++] = at;
	}
	if (rl->n_sites == 0)
		return 0;
	background(b, l, rl);
	b->region->n_limits++;
	return 0;
}

static int fill_limits(struct region_builder *b)
{
	const struct network *net = &b->e->configuration->network;
	int r = 0;

	b->region->limits = ARENA_ARRAY(b->arena, (size_t)net->n_limits, struct region_limit);
	if (!b->region->limits)
		return -ENOMEM;
	for (int i = 0; r == 0 && i < net->n_limits; i++)
		r = fill_limit(b, &net->limits[i]);
	return r;
}

/* ---- links ---- */

/* x · bytes of a thousand device-seconds in GB, rounded. */
static int64_t per_kds(int64_t x, int64_t bytes_per_ds)
{
	return (int64_t)(((__int128)x * bytes_per_ds * 1000 + BYTES_PER_GB / 2) / BYTES_PER_GB);
}

/* What the wire carries in an hour, shared evenly by the pairs of queues that it joins; no more than the other end
 * could do in that time. */
static int64_t work_max(const struct link *l, const struct queue *from, const struct queue *to,
			int n_pairs)
{
	int64_t doable = to->devices * S_PER_H;
	__int128 bytes = (__int128)l->bits_per_s / 8 * S_PER_H / n_pairs;

	if (from->transfer_bytes_per_ds <= 0)
		return doable;
	return (int64_t)(bytes / from->transfer_bytes_per_ds < doable
				 ? bytes / from->transfer_bytes_per_ds
				 : doable);
}

static bool is_pair(const struct queue *from, const struct queue *to)
{
	return from->pool[0] && strcmp(from->pool, to->pool) == 0;
}

static int count_pairs(const struct plan_input *from, const struct plan_input *to)
{
	int n = 0;

	for (int i = 0; i < from->n_queues; i++) {
		for (int k = 0; k < to->n_queues; k++)
			n += is_pair(&from->queues[i], &to->queues[k]);
	}
	return n;
}

static void fill_pair(struct region_builder *b, const struct link *l,
		      const struct region_link *ends, int n_pairs)
{
	const struct queue *from = &b->region->sites[ends->from]->queues[ends->from_queue];
	const struct queue *to = &b->region->sites[ends->to]->queues[ends->to_queue];
	struct region_link *rl = &b->region->links[b->region->n_links++];

	*rl = *ends;
	/* One link of the configuration carries each pool by itself: ids differ by the sending queue. */
	if (n_pairs > 1)
		snprintf(rl->id, sizeof(rl->id), "%.48s.%.14s", l->id, from->id);
	else
		snprintf(rl->id, sizeof(rl->id), "%s", l->id);
	rl->work_max_ds_per_h = work_max(l, from, to, n_pairs);
	rl->delay_ms = l->delay_ms;
	rl->price_e4_per_kds = per_kds(l->price_e4_per_gb, from->transfer_bytes_per_ds);
	rl->energy_wh_per_kds = per_kds(l->energy_wh_per_gb, from->transfer_bytes_per_ds);
}

static void fill_link(struct region_builder *b, const struct link *l)
{
	struct region_link ends = {.from = find_site(b, l->from), .to = find_site(b, l->to)};
	const struct plan_input *from, *to;
	int n;

	if (ends.from < 0 || ends.to < 0)
		return;
	from = b->region->sites[ends.from];
	to = b->region->sites[ends.to];
	n = count_pairs(from, to);
	for (ends.from_queue = 0; ends.from_queue < from->n_queues; ends.from_queue++) {
		for (ends.to_queue = 0; ends.to_queue < to->n_queues; ends.to_queue++) {
			if (is_pair(&from->queues[ends.from_queue], &to->queues[ends.to_queue]))
				fill_pair(b, l, &ends, n);
		}
	}
}

static int fill_links(struct region_builder *b)
{
	const struct network *net = &b->e->configuration->network;
	size_t room = (size_t)net->n_links * SITE_MAX_QUEUES * SITE_MAX_QUEUES;

	b->region->links = ARENA_ARRAY(b->arena, room, struct region_link);
	if (!b->region->links)
		return -ENOMEM;
	for (int i = 0; i < net->n_links; i++)
		fill_link(b, &net->links[i]);
	return 0;
}

/* ---- all of it ---- */

static int fill_shared(struct region_builder *b, struct fault *f)
{
	int r = fill_limits(b);

	if (r == 0)
		r = fill_links(b);
	return r ? fault_set(f, r, "what the sites share: %s", err_text(r)) : 0;
}

int snapshot_build(struct engine *e, const struct group_state *g, const struct snapshot_wish *wish,
		   struct arena *a, struct plan_region **ret, struct fault *f)
{
	struct region_builder b = {
		.e = e,
		.g = g,
		.arena = a,
		.region = ARENA_NEW(a, struct plan_region),
		.sites = ARENA_ARRAY(a, (size_t)g->n_sites, struct snapshot_builder)};
	int r;

	if (!b.region || !b.sites)
		return fault_set(f, -ENOMEM, "out of memory");
	b.region->n_sites = g->n_sites;
	b.region->sites = ARENA_ARRAY(a, (size_t)g->n_sites, struct plan_input *);
	if (!b.region->sites)
		return fault_set(f, -ENOMEM, "out of memory");
	r = make_grid(&b, wish, f);
	if (r == 0)
		r = fill_sites(&b, wish->without_events_of, f);
	if (r == 0)
		r = fill_shared(&b, f);
	if (r == 0)
		*ret = b.region;
	return r;
}
