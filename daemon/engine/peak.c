#include "engine/peak.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/points.h"
#include "engine/records.h"
#include "engine/state.h"

static int64_t month_start(const struct site *s, int64_t now_ms)
{
	struct local_time l = zone_local(s->zone, now_ms);

	return zone_utc(s->zone, l.year, l.month, 1, 0, 0);
}

/* The memory of a charge; the last one's place when the tariffs of a month had more than there is room for. */
static struct peak *find(struct site_state *ss, const char *charge)
{
	struct peak *p;

	for (int i = 0; i < ss->n_peaks; i++) {
		if (strcmp(ss->peaks[i].charge, charge) == 0)
			return &ss->peaks[i];
	}
	if (ss->n_peaks < PLAN_MAX_DEMANDS)
		ss->n_peaks++;
	p = &ss->peaks[ss->n_peaks - 1];
	*p = (struct peak){0};
	snprintf(p->charge, sizeof(p->charge), "%s", charge);
	return p;
}

/* A new month begins with no peak. */
static void turn_month(const struct site *s, struct peak *p, int64_t now_ms)
{
	int64_t month = month_start(s, now_ms);

	if (p->month_ms == month)
		return;
	p->month_ms = month;
	p->w = 0;
	p->until_ms = month;
	p->changed = true;
}

/* Mean over an interval of slots; NaN if one of them is unknown. */
static double mean_of(const struct history *h, int64_t from_ms, int64_t span_ms)
{
	double sum = 0;

	for (int64_t t = from_ms; t < from_ms + span_ms; t += SLOT_MS)
		sum += history_mean(h, t);
	return sum * SLOT_MS / (double)span_ms;
}

static void fold(const struct site *s, const struct tariff_demand *d, struct peak *p,
		 const struct history *h, int64_t until_ms)
{
	int64_t span = max_i64(d->interval_ms, SLOT_MS), t = p->until_ms;
	int64_t oldest = h->newest_slot_ms == INT64_MIN
				 ? until_ms
				 : h->newest_slot_ms - (HISTORY_SLOTS - 1) * SLOT_MS;

	if (oldest > t)
		t += (oldest - t + span - 1) / span * span;
	for (; t + span <= until_ms; t += span) {
		double mean = mean_of(h, t, span);

		if (isnan(mean) || !tariff_demand_holds(d, s->zone, t) || llround(mean) <= p->w)
			continue;
		p->w = llround(mean);
		p->changed = true;
	}
	p->until_ms = max_i64(p->until_ms, t);
}

int peak_charges(const struct engine *e, const struct site_state *ss, struct tariff_demand *ret)
{
	const struct tariff *t = site_tariff_at(ss->site, e->clock.now_ms);

	return t && ss->site->pcc.contracted_demand_w == 0 ? tariff_demands(t, ret) : 0;
}

int64_t peak_until_now(struct engine *e, struct site_state *ss, const struct tariff_demand *d)
{
	const struct live_point *lp = points_bound(e, ss->site, "pcc.power");
	struct peak *p = find(ss, d->id);

	turn_month(ss->site, p, e->clock.now_ms);
	if (lp && lp->history)
		fold(ss->site, d, p, lp->history, e->clock.now_ms);
	return p->w;
}

/* ---- ledger ---- */

static void put(struct engine *e, const struct site_state *ss, int k)
{
	const struct peak *p = &ss->peaks[k];
	struct ledger_peak row = {.site_index = (uint32_t)ss->index,
				  .charge_index = (uint32_t)k,
				  .month_ms = p->month_ms,
				  .peak_w = p->w,
				  .until_ms = p->until_ms};

	snprintf(row.site, sizeof(row.site), "%s", ss->site->id);
	snprintf(row.charge, sizeof(row.charge), "%s", p->charge);
	records_put(e, &(struct ledger_op){.kind = LEDGER_PEAK, .peak = &row});
}

void peak_put(struct engine *e, const struct group_state *g)
{
	for (int i = 0; i < g->n_sites; i++) {
		struct site_state *ss = g->sites[i];

		for (int k = 0; k < ss->n_peaks; k++) {
			if (ss->peaks[k].changed)
				put(e, ss, k);
			ss->peaks[k].changed = false;
		}
	}
}

/* A row of another order of sites may be older than one that was read before. */
void peak_restore(struct engine *e, const struct ledger_peak *row)
{
	for (size_t i = 0; i < e->n_sites; i++) {
		struct site_state *ss = &e->sites[i];
		struct peak *p;

		if (strcmp(ss->site->id, row->site) != 0 ||
		    row->month_ms != month_start(ss->site, e->clock.now_ms))
			continue;
		p = find(ss, row->charge);
		if (p->month_ms == row->month_ms && p->until_ms >= row->until_ms)
			continue;
		p->month_ms = row->month_ms;
		p->w = row->peak_w;
		p->until_ms = row->until_ms;
	}
}

struct reading {
	const struct site *site;
	const struct tariff_demand *charge;
	struct peak *peak;
	struct history *history;
};

static bool read_sample(void *arg, const struct sample *s)
{
	struct reading *r = arg;

	if (s->quality != QUALITY_OK && s->quality != QUALITY_ESTIMATED)
		return true;
	/* an interval and two slots behind: a sample may still speak for the slot before its own */
	if (slot_floor(s->t_ms) - r->peak->until_ms > MS_PER_H + 3 * SLOT_MS)
		fold(r->site, r->charge, r->peak, r->history, slot_floor(s->t_ms) - 2 * SLOT_MS);
	history_add(r->history, s->t_ms, s->value);
	return true;
}

static void read_charge(struct engine *e, struct site_state *ss, const struct live_point *lp,
			const struct tariff_demand *d)
{
	struct reading r = {.site = ss->site, .charge = d, .peak = find(ss, d->id)};

	/* the ledger knew */
	if (r.peak->month_ms == month_start(ss->site, e->clock.now_ms))
		return;
	r.history = malloc(sizeof(*r.history));
	if (!r.history)
		return;
	history_init(r.history, &lp->point.decl);
	turn_month(ss->site, r.peak, e->clock.now_ms);
	e->ops->range(e->world, lp->point.id, r.peak->month_ms, e->clock.now_ms, read_sample, &r);
	fold(ss->site, d, r.peak, r.history, e->clock.now_ms);
	free(r.history);
}

void peak_restore_samples(struct engine *e, struct site_state *ss)
{
	const struct live_point *lp = points_bound(e, ss->site, "pcc.power");
	struct tariff_demand charges[TARIFF_MAX_DEMANDS];
	int n = peak_charges(e, ss, charges);

	if (!lp || e->clock.now_ms == 0)
		return;
	for (int i = 0; i < n; i++)
		read_charge(e, ss, lp, &charges[i]);
}
