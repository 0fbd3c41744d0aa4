#include "simtest/plant.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PI 3.14159265358979323846

static double hour_of_day(const struct plant *p, int64_t t_ms)
{
	return (double)(t_ms - zone_day_start(p->site->zone, t_ms)) / (double)MS_PER_H;
}

/* The same number for the same (seed, time, point), whatever was asked before. */
static double noise(const struct plant *p, enum plant_point point, int64_t t_ms)
{
	uint64_t s = p->seed ^ (uint64_t)t_ms * 31 ^ (uint64_t)point << 56;

	return (double)(rng_splitmix64(&s) >> 11) * 0x1.0p-53 * 2 - 1;
}

double plant_foresee(const struct plant *p, enum plant_point point, int64_t t_ms)
{
	double h = hour_of_day(p, t_ms);
	double day = (double)(t_ms / MS_PER_DAY % 5);

	switch (point) {
	case PLANT_PV:
		return -fmax(0, sin((h - 6.5) / 13 * PI)) * (h > 6.5 && h < 19.5) *
		       (double)p->site->generators[0].capacity_w * (0.95 - 0.12 * day);
	case PLANT_LOAD:
		return (double)p->site->load.floor_w * (1.2 + 0.15 * sin((h - 9) / 24 * 2 * PI));
	case PLANT_ARRIVALS:
		return 1100 + 500 * sin((h - 8) / 24 * 2 * PI); /* devices' worth, per second */
	default:
		return 0;
	}
}

void plant_init(struct plant *p, const struct site *site, int64_t start_ms, uint64_t seed)
{
	*p = (struct plant){.site = site, .seed = seed, .now_ms = start_ms};
	p->soc_wh[0] = (double)site->storage[0].energy_wh * 0.5;
	p->soc_wh[1] = (double)site->storage[1].energy_wh;
}

void plant_declare(const struct plant *p, int64_t period_ms, struct point_decl ret[PLANT_POINTS])
{
	static const struct {
		const char *name;
		enum unit unit;
		enum value_kind kind;
		double min, max;
	} rows[PLANT_POINTS] = {
		[PLANT_PCC] = {"pcc.power", UNIT_W, KIND_MEAN, -5e7, 5e7},
		[PLANT_PV] = {"pv1.power", UNIT_W, KIND_MEAN, -2e7, 1e5},
		[PLANT_LOAD] = {"it.power", UNIT_W, KIND_MEAN, 0, 2e7},
		[PLANT_BESS_SOC] = {"bess.soc", UNIT_PERCENT, KIND_INSTANT, 0, 100},
		[PLANT_BESS_POWER] = {"bess.power", UNIT_W, KIND_MEAN, -1e7, 1e7},
		[PLANT_UPS_SOC] = {"ups.soc", UNIT_PERCENT, KIND_INSTANT, 0, 100},
		[PLANT_UPS_POWER] = {"ups.power", UNIT_W, KIND_MEAN, -1e7, 1e7},
		[PLANT_BACKLOG] = {"batch.backlog", UNIT_DEVICE_SECONDS, KIND_INSTANT, 0, 1e12},
		[PLANT_QUEUE_POWER] = {"batch.power", UNIT_W, KIND_MEAN, 0, 1e7},
		[PLANT_ARRIVALS] = {"batch.arrivals", UNIT_DEVICE_SECONDS, KIND_ENERGY, 0, 1e9},
	};

	memset(ret, 0, sizeof(*ret) * PLANT_POINTS);
	for (int i = 0; i < PLANT_POINTS; i++) {
		snprintf(ret[i].name, sizeof(ret[i].name), "%s/%s", p->site->id, rows[i].name);
		ret[i].unit = rows[i].unit;
		ret[i].kind = rows[i].kind;
		ret[i].label = LABEL_END;
		ret[i].period_ms = period_ms;
		ret[i].has_min = ret[i].has_max = true;
		ret[i].min = rows[i].min;
		ret[i].max = rows[i].max;
	}
}

/* What holds at t: the decision while its lease lasts, its fallback after. */
static struct action holds(const struct plant_lease *l, int64_t t_ms)
{
	if (!l->any)
		return (struct action){.kind = ACTION_RELEASE};
	return t_ms < l->d.valid_until_ms ? l->d.action : l->d.fallback;
}

static double step_storage(struct plant *p, int k, int64_t from_ms, double hours)
{
	const struct storage *st = &p->site->storage[k];
	struct action a = holds(&p->storage[k], from_ms);
	double w = a.kind == ACTION_POWER ? (double)a.value : 0;
	double eta_c = (double)st->eta_charge_ppm / 1e6,
	       eta_d = (double)st->eta_discharge_ppm / 1e6;

	/* its own protection: never beyond its ratings, never emptier or fuller than it may be */
	w = fmin(fmax(w, -(double)st->discharge_max_w), (double)st->charge_max_w);
	if (w > 0)
		w = fmin(w, fmax((double)st->soc_max_wh - p->soc_wh[k], 0) / eta_c / hours);
	else
		w = fmax(w, -fmax(p->soc_wh[k] - (double)st->soc_min_wh, 0) * eta_d / hours);
	p->soc_wh[k] += w > 0 ? w * eta_c * hours : w / eta_d * hours;
	return w;
}

static double step_queue(struct plant *p, int64_t from_ms, double seconds)
{
	const struct queue *q = &p->site->queues[0];
	double all = (double)(q->devices * q->device_power_w),
	       per_device = (double)q->device_power_w;
	struct action a = holds(&p->queue, from_ms);
	double w = a.kind == ACTION_CAP ? fmin(all, (double)a.value) : all;

	w = fmin(w, p->backlog_ds / seconds * per_device);
	p->backlog_ds -= w / per_device * seconds;
	return w;
}

void plant_step(struct plant *p, int64_t to_ms)
{
	int64_t from = p->now_ms, mid = from + (to_ms - from) / 2;
	double seconds = (double)(to_ms - from) / 1000, hours = seconds / 3600;
	struct action cap = holds(&p->pv, from);
	double pv = plant_foresee(p, PLANT_PV, mid) * (1 + 0.1 * noise(p, PLANT_PV, to_ms));
	double load = plant_foresee(p, PLANT_LOAD, mid) * (1 + 0.01 * noise(p, PLANT_LOAD, to_ms));
	double arrivals = plant_foresee(p, PLANT_ARRIVALS, mid) * seconds;
	double queue, bess, ups, pcc;

	if (cap.kind == ACTION_CAP)
		pv = fmax(pv, -(double)cap.value);
	bess = step_storage(p, 0, from, hours);
	ups = step_storage(p, 1, from, hours);
	queue = step_queue(p, from, seconds);
	p->backlog_ds += arrivals;
	pcc = (load + queue) * (double)p->site->load.pue_ppm / 1e6 + pv + bess + ups;
	p->value[PLANT_PCC] = pcc;
	p->value[PLANT_PV] = pv;
	p->value[PLANT_LOAD] = load;
	p->value[PLANT_BESS_SOC] = p->soc_wh[0] / (double)p->site->storage[0].energy_wh * 100;
	p->value[PLANT_BESS_POWER] = bess;
	p->value[PLANT_UPS_SOC] = p->soc_wh[1] / (double)p->site->storage[1].energy_wh * 100;
	p->value[PLANT_UPS_POWER] = ups;
	p->value[PLANT_BACKLOG] = p->backlog_ds;
	p->value[PLANT_QUEUE_POWER] = queue;
	p->value[PLANT_ARRIVALS] = arrivals;
	p->import_max_w = fmax(p->import_max_w, pcc);
	p->export_max_w = fmax(p->export_max_w, -pcc);
	p->now_ms = to_ms;
}

bool plant_obey(struct plant *p, const struct decision *d)
{
	const char *id = strrchr(d->asset, '/');
	struct plant_lease *l = NULL;

	id = id ? id + 1 : d->asset;
	for (int k = 0; k < 2; k++) {
		if (strcmp(id, p->site->storage[k].id) == 0)
			l = &p->storage[k];
	}
	if (strcmp(id, p->site->generators[0].id) == 0)
		l = &p->pv;
	if (strcmp(id, p->site->queues[0].id) == 0)
		l = &p->queue;
	if (!l)
		return false;
	/* the latest id wins; the same again renews */
	if (!l->any || d->id >= l->d.id)
		*l = (struct plant_lease){.any = true, .d = *d};
	return true;
}
