/* What is counted over longer than a slot: the month's peak, and the energy of rationed days. */
#include <math.h>
#include <string.h>

#include "base/slot.h"
#include "engine/forecasts.h"
#include "engine/peak.h"
#include "engine/points.h"
#include "engine/snapshot_priv.h"

/* ---- demand charges ---- */

/* A step counts if the charge holds in any part of it. */
static bool step_counts(const struct snapshot_builder *b, const struct tariff_demand *d, uint32_t i)
{
	int64_t from = b->in->start_ms[i], to = from + b->in->duration_ms[i];

	for (int64_t t = from; t < to; t += SLOT_MS) {
		if (tariff_demand_holds(d, b->ss->site->zone, t))
			return true;
	}
	return false;
}

static int demand(struct snapshot_builder *b, const struct tariff_demand *d)
{
	struct plan_demand *pd = &b->in->demands[b->in->n_demands];

	*pd = (struct plan_demand){.price_e4 = d->price_e4,
				   .incumbent_w = peak_until_now(b->e, b->ss, d),
				   .in_window = ARENA_ARRAY(b->arena, b->in->n, bool)};
	if (!pd->in_window)
		return -ENOMEM;
	memcpy(pd->id, d->id, sizeof(pd->id));
	for (uint32_t i = 0; i < b->in->n; i++)
		pd->in_window[i] = step_counts(b, d, i);
	b->in->n_demands++;
	return 0;
}

static int demands(struct snapshot_builder *b)
{
	struct tariff_demand charges[TARIFF_MAX_DEMANDS];
	int n = peak_charges(b->e, b->ss, charges), r = 0;

	for (int i = 0; r == 0 && i < n && i < PLAN_MAX_DEMANDS; i++)
		r = demand(b, &charges[i]);
	return r;
}

/* ---- rations ---- */

struct drawn {
	int64_t wh;
	int known, slots;
};

/* What was imported in [from, the slot of now), slots that were not metered being like the others. What a meter says
 * that hangs is not metered. */
static struct drawn drawn_since(const struct snapshot_builder *b, int64_t from_ms)
{
	const struct live_point *lp = points_bound(b->e, b->ss->site, "pcc.power");
	int64_t begun = slot_floor(b->in->now_ms), first = slot_floor(from_ms);
	bool hung[FORECASTS_FROZEN_MAX] = {false};
	struct drawn d = {0};
	double wh = 0;

	if (begun <= first)
		return d;
	d.slots = (int)min_i64((begun - first) / SLOT_MS, FORECASTS_FROZEN_MAX);
	if (lp)
		forecasts_frozen_slots(b->e, lp, d.slots, hung);
	for (int i = 0; i < d.slots; i++) {
		double mean = lp && lp->history && !hung[i]
				      ? history_mean(lp->history, first + i * SLOT_MS)
				      : NAN;

		if (isnan(mean))
			continue;
		wh += fmax(mean, 0) * (double)SLOT_MS / (double)MS_PER_H;
		d.known++;
	}
	if (d.known > 0)
		d.wh = llround(wh * d.slots / d.known);
	return d;
}

/* A day as far as it is rationed: [from, to) of it. */
static void fill_ration(struct snapshot_builder *b, const struct ration *r, int64_t from_ms,
			int64_t to_ms)
{
	struct plan_input *in = b->in;
	struct plan_ration *pr = &in->rations[in->n_rations];
	int64_t begun = slot_floor(in->now_ms);
	struct drawn d = drawn_since(b, from_ms);

	*pr = (struct plan_ration){.first = in->n, .left_wh = r->daily_wh - d.wh};
	if (d.slots > 0 && d.known == 0)
		pr->left_wh = (int64_t)((__int128)r->daily_wh * max_i64(to_ms - begun, 0) /
					(to_ms - from_ms));
	for (uint32_t i = 0; i < in->n; i++) {
		int64_t middle = in->start_ms[i] + in->duration_ms[i] / 2;

		if (middle < from_ms || middle >= to_ms)
			continue;
		pr->first = pr->first < i ? pr->first : i;
		pr->end = i + 1;
	}
	if (pr->first >= pr->end)
		return;
	pr->left_wh = max_i64(pr->left_wh, 0);
	if (d.slots > 0)
		snapshot_set_source(snapshot_next_source(b), "ration",
				    d.known == d.slots ? "metered since the day began"
				    : d.known > 0      ? "metered in part since the day began"
						       : "unknown: taken as used evenly",
				    d.known == d.slots ? QUALITY_OK
				    : d.known > 0      ? QUALITY_ESTIMATED
						       : QUALITY_MISSING);
	in->n_rations++;
}

/* Each local day in view, in the order of the configuration. Of a day cut by the end of the view, the part in view may
 * use all of it. */
static void rations(struct snapshot_builder *b)
{
	const struct site *s = b->ss->site;
	struct plan_input *in = b->in;
	int64_t end = in->start_ms[in->n - 1] + in->duration_ms[in->n - 1];

	for (int k = 0; k < s->n_rations; k++) {
		const struct ration *r = &s->rations[k];
		int64_t day = zone_day_start(s->zone, in->now_ms), next;

		for (; day < end && in->n_rations < SITE_MAX_RATIONS; day = next) {
			int64_t from = max_i64(day, r->from_ms), to;

			next = zone_day_end(s->zone, day);
			to = min_i64(next, r->to_ms);
			if (from < to && to > in->now_ms)
				fill_ration(b, r, from, to);
		}
	}
}

int snapshot_budget(struct snapshot_builder *b)
{
	int r = demands(b);

	if (r == 0)
		rations(b);
	return r;
}
