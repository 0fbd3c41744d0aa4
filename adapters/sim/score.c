#include "sim/score.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/battery.h"

#define MJ_PER_KWH (1000 * MJ_PER_WH)

void score_init(struct score *s, const struct twin *start)
{
	*s = (struct score){.plant = start->plant};
	for (int i = 0; i < s->plant->n_storage; i++)
		s->start_soc_mj[i] = s->end_soc_mj[i] = start->soc_mj[i];
	for (int i = 0; i < s->plant->n_queues; i++)
		s->start_backlog_dms[i] = s->end_backlog_dms[i] = start->queues[i].backlog_dms;
}

void score_fini(struct score *s)
{
	free(s->slots);
	*s = (struct score){0};
}

/* ---- Limits ---------------------------------------------------------------------------------------- */

struct limit {
	const char *kind, *asset, *name, *unit;
	bool hard;
};

static void breach(struct score *s, const struct limit *l, int64_t amount, int64_t from_ms,
		   int64_t to_ms)
{
	char name[2 * PLANT_ID_MAX];
	struct score_breach *b;

	if (amount <= 0)
		return;
	(void)snprintf(name, sizeof(name), "%s%s%.60s%s%s", l->kind, *l->asset ? "[" : "", l->asset,
		       *l->asset ? "]." : "", l->name);
	for (int i = s->n_breaches - 1; i >= 0; i--) {
		b = &s->breaches[i];
		if (b->to_ms != from_ms || strcmp(b->limit, name) != 0)
			continue;
		b->to_ms = to_ms;
		b->amount = max_i64(b->amount, amount);
		return;
	}
	if (s->n_breaches == SCORE_BREACHES_MAX) {
		s->n_breaches_dropped++;
		return;
	}
	b = &s->breaches[s->n_breaches++];
	*b = (struct score_breach){.from_ms = from_ms,
				   .to_ms = to_ms,
				   .amount = amount,
				   .unit = l->unit,
				   .hard = l->hard};
	memcpy(b->limit, name, sizeof(name));
}

static void check_row(struct score *s, const struct twin_row *r)
{
	static const struct limit import = {"", "", "pcc.import_max", "W", true};
	static const struct limit export = {"", "", "pcc.export_max", "W", true};
	static const struct limit capacity = {"", "", "load.capacity", "W", true};
	static const struct limit floor = {"", "", "load.floor", "W", true};
	const struct plant *p = s->plant;
	int64_t to_ms = r->start_ms + r->dt_ms, it_w = r->exogenous.load_it_w;

	for (int i = 0; i < p->n_queues; i++)
		it_w += r->queue_it_w[i];
	breach(s, &import, r->pcc_w - p->pcc.import_max_w, r->start_ms, to_ms);
	breach(s, &export, -r->pcc_w - p->pcc.export_max_w, r->start_ms, to_ms);
	breach(s, &capacity, it_w - p->load.capacity_w, r->start_ms, to_ms);
	/* The floor protects load that is there: what nobody asks for is not cut. */
	breach(s, &floor, min_i64(p->load.floor_w, r->exogenous.load_it_w) - it_w, r->start_ms,
	       to_ms);
	for (int i = 0; i < p->n_storage; i++) {
		const struct plant_storage *st = &p->storage[i];
		struct limit low = {"storage", st->id, "soc_min", "Wh", true};
		struct limit high = {"storage", st->id, "soc_max", "Wh", true};
		/* A level that starts outside may come back; self-discharge below the minimum counts. */
		int64_t under = st->soc_min_wh * MJ_PER_WH - r->soc_mj[i];
		int64_t over = r->soc_mj[i] - st->soc_max_wh * MJ_PER_WH;

		breach(s, &low, (under + MJ_PER_WH - 1) / MJ_PER_WH, r->start_ms, to_ms);
		breach(s, &high, (over + MJ_PER_WH - 1) / MJ_PER_WH, r->start_ms, to_ms);
	}
	for (int i = 0; i < p->n_cooling; i++) {
		const struct plant_cooling *c = &p->cooling[i];
		struct limit hot = {"cooling", c->id, "temp_max", "mK", true};

		/* Half a kelvin is the inertia of its own protection within a step. */
		breach(s, &hot, llround((r->temp_c[i] - c->temp_max_c - 0.5) * 1000), r->start_ms,
		       to_ms);
	}
}

/* What heats cables and transformers is the mean. */
static void check_feeders(struct score *s, const struct score_slot *slot)
{
	for (int i = 0; i < s->plant->n_feeders; i++) {
		const struct plant_feeder *f = &s->plant->feeders[i];
		struct limit in = {"feeder", f->id, "import_max", "W", false};
		struct limit out = {"feeder", f->id, "export_max", "W", false};
		int64_t w = score_mean_w(slot->feeder_wms[i], slot);

		breach(s, &in, w - f->import_max_w, slot->start_ms, slot->start_ms + SLOT_MS);
		breach(s, &out, -w - f->export_max_w, slot->start_ms, slot->start_ms + SLOT_MS);
	}
}

static void check_contract(struct score *s)
{
	static const struct limit contract = {"", "", "pcc.contracted_demand", "W", false};
	const struct score_slot *slot;

	if (s->n_slots == 0)
		return;
	slot = &s->slots[s->n_slots - 1];
	s->peak_w = max_i64(s->peak_w, score_mean_w(slot->pcc_wms, slot));
	check_feeders(s, slot);
	if (s->plant->pcc.contracted_w == 0)
		return;
	breach(s, &contract, score_mean_w(slot->pcc_wms, slot) - s->plant->pcc.contracted_w,
	       slot->start_ms, slot->start_ms + SLOT_MS);
}

/* ---- Sums ------------------------------------------------------------------------------------------ */

static struct score_slot *slot_of(struct score *s, int64_t t_ms)
{
	int64_t start_ms = slot_floor(t_ms);

	if (s->n_slots && s->slots[s->n_slots - 1].start_ms == start_ms)
		return &s->slots[s->n_slots - 1];
	check_contract(s);
	if (s->n_slots == s->size) {
		size_t size = s->size ? 2 * s->size : 128;
		struct score_slot *slots = reallocarray(s->slots, size, sizeof(*slots));

		if (!slots)
			return NULL;
		s->slots = slots;
		s->size = size;
	}
	s->slots[s->n_slots] = (struct score_slot){.start_ms = start_ms};
	return &s->slots[s->n_slots++];
}

static void add_to_slot(struct score_slot *slot, const struct plant *p, const struct twin_row *r)
{
	slot->covered_ms += r->dt_ms;
	slot->pcc_wms += r->pcc_w * r->dt_ms;
	slot->load_wms += r->load_w * r->dt_ms;
	slot->load_it_wms += r->exogenous.load_it_w * r->dt_ms;
	for (int i = 0; i < p->n_gen; i++) {
		slot->gen_wms += r->gen_w[i] * r->dt_ms;
		slot->available_wms += r->exogenous.gen_w[i] * r->dt_ms;
		slot->gen_kind_wms[p->gen[i].source] += r->gen_w[i] * r->dt_ms;
	}
	slot->backlog_dms = 0;
	for (int i = 0; i < p->n_queues; i++) {
		slot->queue_wms += r->queue_w[i] * r->dt_ms;
		slot->queue_it_wms += r->queue_it_w[i] * r->dt_ms;
		slot->backlog_dms += r->backlog_dms[i];
	}
	for (int i = 0; i < p->n_storage; i++) {
		slot->storage_wms[i] += r->storage_w[i] * r->dt_ms;
		slot->soc_mj[i] = r->soc_mj[i];
	}
	for (int i = 0; i < p->n_cooling; i++) {
		slot->cooling_wms += r->cooling_w[i] * r->dt_ms;
		slot->temp_c[i] = r->temp_c[i];
	}
	for (int i = 0; i < p->n_feeders; i++)
		slot->feeder_wms[i] += r->feeder_w[i] * r->dt_ms;
}

static void add_money(struct score *s, const struct twin_row *r, const struct score_prices *prices)
{
	const struct plant *p = s->plant;
	__int128 mj = (__int128)r->pcc_w * r->dt_ms;

	if (mj > 0) {
		s->bought += mj * prices->buy_e4;
		s->import_mj += (int64_t)mj;
		s->carbon_g += (double)mj / (double)MJ_PER_KWH * prices->carbon_g_kwh;
	} else {
		s->sold += -mj * prices->sell_e4;
		s->export_mj += (int64_t)-mj;
	}
	for (int i = 0; i < p->n_storage; i++)
		if (r->storage_w[i] < 0)
			s->wear +=
				(__int128)-r->storage_w[i] * r->dt_ms * p->storage[i].wear_price_e4;
	for (int i = 0; i < p->n_gen; i++)
		s->curtailed_mj += (r->exogenous.gen_w[i] + r->gen_w[i]) * r->dt_ms;
	for (int i = 0; i < p->n_gen; i++)
		s->purchased += (__int128)-r->gen_w[i] * r->dt_ms * p->gen[i].price_e4;
	for (int i = 0; i < p->n_cooling; i++)
		s->cooling_mj += r->cooling_w[i] * r->dt_ms;
	s->price_sum += (double)prices->buy_e4 * (double)r->dt_ms;
	s->covered_ms += r->dt_ms;
}

int score_add(struct score *s, const struct twin_row *row, const struct twin *after,
	      const struct score_prices *prices)
{
	const struct plant *p = s->plant;
	struct score_slot *slot = slot_of(s, row->start_ms);

	if (!slot)
		return -ENOMEM;
	add_to_slot(slot, p, row);
	slot->buy_e4 = prices->buy_e4;
	slot->sell_e4 = prices->sell_e4;
	add_money(s, row, prices);
	check_row(s, row);
	s->late = s->late_dms = s->done_dms = s->lost_dms = s->n_jobs_late = 0;
	for (int i = 0; i < p->n_queues; i++) {
		const struct queue_state *q = &after->queues[i];

		/* (device-ms × W) = mJ; × ms late × price per kWh and hour */
		s->late += q->late_dms_ms / MS_PER_S * p->queues[i].device_power_w *
			   p->queues[i].late_price_e4 / (MS_PER_H / MS_PER_S);
		s->late_dms += q->late_dms;
		s->done_dms += q->done_dms;
		s->lost_dms += q->lost_dms;
		s->n_jobs_late += (int64_t)q->n_late;
		s->end_backlog_dms[i] = q->backlog_dms;
	}
	for (int i = 0; i < p->n_storage; i++)
		s->end_soc_mj[i] = after->soc_mj[i];
	return 0;
}

int64_t score_peak_w(const struct score *s)
{
	return s->peak_w;
}

void score_finish(struct score *s)
{
	check_contract(s);
}

/* ---- The result ------------------------------------------------------------------------------------ */

int64_t score_mean_w(int64_t wms, const struct score_slot *slot)
{
	int64_t half = slot->covered_ms / 2;

	return (wms < 0 ? wms - half : wms + half) / slot->covered_ms;
}

static int64_t money(__int128 mj_e4)
{
	return (int64_t)(mj_e4 / MJ_PER_KWH);
}

static void value_the_rest(const struct score *s, double mean_e4, struct score_result *r)
{
	const struct plant *p = s->plant;
	double soc = 0, backlog = 0;

	for (int i = 0; i < p->n_storage; i++) {
		soc += (double)(s->end_soc_mj[i] - s->start_soc_mj[i]) *
		       (double)p->storage[i].eta_discharge_ppm / 1e6;
		r->soc_wh += s->end_soc_mj[i] / MJ_PER_WH;
	}
	for (int i = 0; i < p->n_queues; i++) {
		backlog += (double)(s->end_backlog_dms[i] - s->start_backlog_dms[i]) *
			   (double)p->queues[i].device_power_w * (double)p->load.pue_ppm / 1e6;
		r->backlog_ds += s->end_backlog_dms[i] / MS_PER_S;
	}
	r->soc_value_e4 = llround(soc * mean_e4 / (double)MJ_PER_KWH);
	r->backlog_value_e4 = llround(backlog * mean_e4 / (double)MJ_PER_KWH);
}

static void judge_slots(const struct score *s, struct score_result *r)
{
	__int128 over = 0;

	for (size_t i = 0; i < s->n_slots; i++) {
		int64_t w = score_mean_w(s->slots[i].pcc_wms, &s->slots[i]);

		if (i == 0 || w > r->peak_w) {
			r->peak_w = w;
			r->peak_ms = s->slots[i].start_ms;
		}
		if (s->plant->pcc.contracted_w && w > s->plant->pcc.contracted_w)
			over += (__int128)(w - s->plant->pcc.contracted_w) * SLOT_MS *
				s->plant->pcc.over_price_e4;
	}
	r->over_e4 = money(over);
}

/* A run of some days bears so much of what is charged once a month. */
#define MONTH_MS (30.0 * MS_PER_DAY)

struct score_result score_result(const struct score *s)
{
	double mean_e4 = s->covered_ms ? s->price_sum / (double)s->covered_ms : 0;
	struct score_result r = {
		.energy_e4 = money(s->bought - s->sold),
		.purchase_e4 = money(s->purchased),
		.wear_e4 = money(s->wear),
		.late_e4 = money(s->late),
		.import_wh = s->import_mj / MJ_PER_WH,
		.export_wh = s->export_mj / MJ_PER_WH,
		.curtailed_wh = s->curtailed_mj / MJ_PER_WH,
		.cooling_wh = s->cooling_mj / MJ_PER_WH,
		.done_ds = s->done_dms / MS_PER_S,
		.late_ds = s->late_dms / MS_PER_S,
		.lost_ds = s->lost_dms / MS_PER_S,
		.jobs_late = s->n_jobs_late,
		.carbon_kg = llround(s->carbon_g / 1000),
		.mean_price_e4 = llround(mean_e4),
	};

	value_the_rest(s, mean_e4, &r);
	judge_slots(s, &r);
	for (int i = 0; i < s->n_breaches; i++)
		r.hard_breach = r.hard_breach || s->breaches[i].hard;
	r.demand_e4 = max_i64(r.peak_w, 0) * s->plant->pcc.demand_price_e4 / 1000;
	r.demand_share_e4 = llround((double)r.demand_e4 * (double)s->covered_ms / MONTH_MS);
	r.total_e4 = r.energy_e4 + r.purchase_e4 + r.demand_share_e4 + r.over_e4 + r.wear_e4 +
		     r.late_e4 - r.soc_value_e4 + r.backlog_value_e4;
	return r;
}
