#include "sim/points.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/battery.h"
#include "sim/noise.h"

/* What each role declares. Bounds as multiples of nothing: plausibility is the daemon's, ranges follow the plant. */
static const struct role_info {
	const char *name; /* behind the asset's id, or the whole */
	Suandian__V1__Unit unit;
	Suandian__V1__ValueKind kind;
} roles[] = {
	[POINT_PCC_POWER] = {"pcc.power", SUANDIAN__V1__UNIT__UNIT_W,
			     SUANDIAN__V1__VALUE_KIND__KIND_MEAN},
	[POINT_GEN_POWER] = {"power", SUANDIAN__V1__UNIT__UNIT_W,
			     SUANDIAN__V1__VALUE_KIND__KIND_MEAN},
	[POINT_STORAGE_POWER] = {"power", SUANDIAN__V1__UNIT__UNIT_W,
				 SUANDIAN__V1__VALUE_KIND__KIND_MEAN},
	[POINT_STORAGE_SOC] = {"soc", SUANDIAN__V1__UNIT__UNIT_PERCENT,
			       SUANDIAN__V1__VALUE_KIND__KIND_INSTANT},
	[POINT_LOAD_POWER] = {"power", SUANDIAN__V1__UNIT__UNIT_W,
			      SUANDIAN__V1__VALUE_KIND__KIND_MEAN},
	[POINT_QUEUE_BACKLOG] = {"backlog", SUANDIAN__V1__UNIT__UNIT_DEVICE_SECONDS,
				 SUANDIAN__V1__VALUE_KIND__KIND_INSTANT},
	[POINT_QUEUE_POWER] = {"power", SUANDIAN__V1__UNIT__UNIT_W,
			       SUANDIAN__V1__VALUE_KIND__KIND_MEAN},
	[POINT_QUEUE_ARRIVALS] = {"arrivals", SUANDIAN__V1__UNIT__UNIT_DEVICE_SECONDS,
				  SUANDIAN__V1__VALUE_KIND__KIND_ENERGY},
	[POINT_QUEUE_DUE] = {"due", SUANDIAN__V1__UNIT__UNIT_DEVICE_SECONDS,
			     SUANDIAN__V1__VALUE_KIND__KIND_INSTANT},
	[POINT_PRICE_BUY] = {"price.buy", SUANDIAN__V1__UNIT__UNIT_PRICE,
			     SUANDIAN__V1__VALUE_KIND__KIND_MEAN},
	[POINT_PRICE_SELL] = {"price.sell", SUANDIAN__V1__UNIT__UNIT_PRICE,
			      SUANDIAN__V1__VALUE_KIND__KIND_MEAN},
	[POINT_TEMPERATURE] = {"temperature", SUANDIAN__V1__UNIT__UNIT_CELSIUS,
			       SUANDIAN__V1__VALUE_KIND__KIND_MEAN},
	[POINT_CARBON] = {"carbon", SUANDIAN__V1__UNIT__UNIT_CARBON,
			  SUANDIAN__V1__VALUE_KIND__KIND_MEAN},
	[POINT_COOLING_POWER] = {"power", SUANDIAN__V1__UNIT__UNIT_W,
				 SUANDIAN__V1__VALUE_KIND__KIND_MEAN},
	[POINT_COOLING_TEMPERATURE] = {"temperature", SUANDIAN__V1__UNIT__UNIT_CELSIUS,
				       SUANDIAN__V1__VALUE_KIND__KIND_INSTANT},
	[POINT_BACKGROUND] = {"", SUANDIAN__V1__UNIT__UNIT_W, SUANDIAN__V1__VALUE_KIND__KIND_MEAN},
};

static void add(struct points *p, enum point_role role, int index, const char *asset)
{
	struct sim_point *at = &p->at[p->n++];

	at->role = role;
	at->index = index;
	(void)snprintf(at->name, sizeof(at->name), "%s/%s%s%s", p->exo->scenario->plant.site, asset,
		       *asset ? "." : "", roles[role].name);
	at->noise = noise_key(p->exo->seed ^ UINT64_C(0x7e1e), at->name);
}

/* What is no meter of the site is told under its full name. */
static void add_full(struct points *p, enum point_role role, int index, const char *name)
{
	struct sim_point *at = &p->at[p->n++];

	*at = (struct sim_point){.role = role, .index = index};
	(void)snprintf(at->name, sizeof(at->name), "%s", name);
	at->noise = noise_key(p->exo->seed ^ UINT64_C(0x7e1e), at->name);
}

/* The load of the others is told by the first of the section's sites. */
static void add_backgrounds(struct points *p)
{
	const struct scenario_set *set = p->run->set;

	for (int i = 0; i < set->n_sections; i++) {
		const struct scenario_section *s = &set->sections[i];

		if (*s->point &&
		    (s->members & ((UINT32_C(2) << p->site) - 1)) == UINT32_C(1) << p->site)
			add_full(p, POINT_BACKGROUND, i, s->point);
	}
}

/* One that sites share is told by the first of them. */
static void add_carbon(struct points *p)
{
	const char *name = p->exo->scenario->carbon_point;

	if (!series_is_set(&p->exo->carbon))
		return;
	if (!*name) {
		add(p, POINT_CARBON, 0, "");
		return;
	}
	for (int i = 0; i < p->site; i++)
		if (strcmp(run_scenario(p->run, i)->carbon_point, name) == 0)
			return;
	add_full(p, POINT_CARBON, 0, name);
}

void points_init(struct points *p, const struct run *run, int site)
{
	const struct exo *exo = run->site[site].exo;
	const struct plant *plant = &exo->scenario->plant;

	*p = (struct points){.exo = exo, .run = run, .site = site, .step_ms = run->step_ms};
	add(p, POINT_PCC_POWER, 0, "");
	for (int i = 0; i < plant->n_gen; i++)
		add(p, POINT_GEN_POWER, i, plant->gen[i].id);
	for (int i = 0; i < plant->n_storage; i++) {
		add(p, POINT_STORAGE_SOC, i, plant->storage[i].id);
		add(p, POINT_STORAGE_POWER, i, plant->storage[i].id);
	}
	add(p, POINT_LOAD_POWER, 0, plant->load.id);
	for (int i = 0; i < plant->n_queues; i++) {
		add(p, POINT_QUEUE_BACKLOG, i, plant->queues[i].id);
		add(p, POINT_QUEUE_POWER, i, plant->queues[i].id);
		add(p, POINT_QUEUE_ARRIVALS, i, plant->queues[i].id);
		add(p, POINT_QUEUE_DUE, i, plant->queues[i].id);
	}
	for (int i = 0; i < plant->n_cooling; i++) {
		add(p, POINT_COOLING_POWER, i, plant->cooling[i].id);
		add(p, POINT_COOLING_TEMPERATURE, i, plant->cooling[i].id);
	}
	add(p, POINT_PRICE_BUY, 0, "");
	add(p, POINT_PRICE_SELL, 0, "");
	if (series_is_set(&exo->temperature))
		add(p, POINT_TEMPERATURE, 0, "");
	add_carbon(p);
	add_backgrounds(p);
}

/* ---- Declaration ----------------------------------------------------------------------------------- */

/* Plausible ranges leave room for noise and for levels outside their limits. */
static void set_range(const struct points *p, const struct sim_point *at,
		      Suandian__V1__PointDecl *d)
{
	const struct plant *plant = &p->exo->scenario->plant;
	double w = (double)(plant->pcc.import_max_w + plant->pcc.export_max_w) * 2;
	double lo = 0, hi;

	switch (at->role) {
	case POINT_PCC_POWER:
	case POINT_GEN_POWER:
	case POINT_STORAGE_POWER:
		lo = -w;
		hi = w;
		break;
	case POINT_COOLING_POWER:
		hi = 1.5 * (double)plant->cooling[at->index].power_max_w;
		break;
	case POINT_STORAGE_SOC:
		lo = -5;
		hi = 105;
		break;
	case POINT_LOAD_POWER:
	case POINT_QUEUE_POWER:
		hi = 1.5 * (double)plant->load.capacity_w;
		break;
	default:
		return;
	}
	d->has_min_case = SUANDIAN__V1__POINT_DECL__HAS_MIN_MIN;
	d->min = lo;
	d->has_max_case = SUANDIAN__V1__POINT_DECL__HAS_MAX_MAX;
	d->max = hi;
}

static Suandian__V1__PointDecl *declare(const struct points *p, const struct sim_point *at,
					struct arena *a)
{
	Suandian__V1__PointDecl *d = ARENA_NEW(a, Suandian__V1__PointDecl);
	const struct role_info *info = &roles[at->role];

	if (!d)
		return NULL;
	suandian__v1__point_decl__init(d);
	d->name = (char *)at->name; /* read only: it is encoded */
	d->unit = info->unit;
	d->kind = info->kind;
	d->label = SUANDIAN__V1__POINT_LABEL__LABEL_END;
	d->period_ms = (uint32_t)p->step_ms;
	set_range(p, at, d);
	return d;
}

Suandian__V1__DeclarePoints *points_declaration(const struct points *p, struct arena *a)
{
	Suandian__V1__DeclarePoints *all = ARENA_NEW(a, Suandian__V1__DeclarePoints);

	if (!all)
		return NULL;
	suandian__v1__declare_points__init(all);
	all->points = ARENA_ARRAY(a, p->n, Suandian__V1__PointDecl *);
	if (!all->points)
		return NULL;
	for (size_t i = 0; i < p->n; i++) {
		all->points[i] = declare(p, &p->at[i], a);
		if (!all->points[i])
			return NULL;
	}
	all->n_points = p->n;
	return all;
}

/* ---- Samples --------------------------------------------------------------------------------------- */

static double mean_of(const struct series *s, const struct twin_row *row)
{
	return series_mean(s, row->start_ms, row->start_ms + row->dt_ms);
}

/* Truth of a point that is a mean over the step. */
static double mean_value(const struct points *p, const struct sim_point *at,
			 const struct twin_row *row)
{
	switch (at->role) {
	case POINT_PCC_POWER:
		return (double)row->pcc_w;
	case POINT_GEN_POWER:
		return (double)row->gen_w[at->index];
	case POINT_STORAGE_POWER:
		return (double)row->storage_w[at->index];
	case POINT_LOAD_POWER:
		return (double)row->exogenous.load_it_w;
	case POINT_QUEUE_POWER:
		return (double)row->queue_it_w[at->index];
	case POINT_QUEUE_ARRIVALS:
		return (double)row->exogenous.arrived_dms[at->index] / 1000;
	case POINT_PRICE_BUY:
		return mean_of(&p->exo->buy, row);
	case POINT_PRICE_SELL:
		return mean_of(&p->exo->sell, row);
	case POINT_TEMPERATURE:
		return mean_of(&p->exo->temperature, row);
	case POINT_CARBON:
		return mean_of(&p->exo->carbon, row);
	case POINT_COOLING_POWER:
		return (double)row->cooling_w[at->index];
	case POINT_BACKGROUND:
		return (double)run_background_w(p->run, at->index, row->start_ms, row->dt_ms);
	default:
		return NAN;
	}
}

static double level(const struct points *p, const struct sim_point *at, const struct twin *t)
{
	const struct queue_state *q = &t->queues[at->index];

	const struct plant *plant = &p->exo->scenario->plant;

	if (at->role == POINT_STORAGE_SOC)
		return 100.0 * (double)t->soc_mj[at->index] /
		       (double)(plant->storage[at->index].energy_wh * MJ_PER_WH);
	if (at->role == POINT_COOLING_TEMPERATURE)
		return t->temp_c[at->index];
	if (at->role == POINT_QUEUE_BACKLOG)
		return (double)q->backlog_dms / 1000;
	return (double)queue_due_by_dms(q, t->now_ms + p->exo->scenario->curves.step_ms) / 1000;
}

static double as_seen(const struct points *p, const struct sim_point *at, int64_t t_ms,
		      double value)
{
	const struct telemetry *tm = &p->exo->scenario->telemetry;
	double z = noise_normal(at->noise, t_ms / MS_PER_S);

	switch (at->role) {
	case POINT_PCC_POWER:
	case POINT_GEN_POWER:
	case POINT_STORAGE_POWER:
	case POINT_LOAD_POWER:
	case POINT_QUEUE_POWER:
	case POINT_COOLING_POWER:
		return round(value * (1 + tm->power_noise * z));
	case POINT_STORAGE_SOC:
		/* a battery's own electronics never say less than empty or more than full */
		value = fmin(fmax(value + 100 * tm->soc_noise * z, 0), 100);
		return round(value * 1000) / 1000;
	default:
		return round(value * 1000) / 1000;
	}
}

static bool is_level(enum point_role role)
{
	return role == POINT_STORAGE_SOC || role == POINT_QUEUE_BACKLOG ||
	       role == POINT_QUEUE_DUE || role == POINT_COOLING_TEMPERATURE;
}

size_t points_sample(const struct points *p, const struct twin *t, const struct twin_row *row,
		     struct points_columns *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct sim_point *at = &p->at[i];
		double truth;

		if (!is_level(at->role) && !row)
			continue;
		truth = is_level(at->role) ? level(p, at, t) : mean_value(p, at, row);
		ret->point[n] = p->id[i];
		ret->t_ms[n] = t->now_ms;
		ret->value[n] = as_seen(p, at, t->now_ms, truth);
		n++;
	}
	return n;
}

/* ---- Forecasts ------------------------------------------------------------------------------------- */

static bool series_of(const struct points *p, const struct sim_point *at, struct foresee *ret)
{
	const struct exo *x = p->exo;
	const struct scenario *s = x->scenario;

	switch (at->role) {
	case POINT_GEN_POWER:
		ret->spec = &s->gen[at->index].available;
		ret->truth = &x->gen[at->index];
		return true;
	case POINT_LOAD_POWER:
		ret->spec = &s->load;
		ret->truth = &x->load;
		return true;
	case POINT_QUEUE_ARRIVALS:
		ret->spec = &s->queues[at->index].arrivals;
		ret->truth = &x->arrivals[at->index];
		return true;
	case POINT_PRICE_BUY:
		ret->spec = &s->buy;
		ret->truth = &x->buy;
		return true;
	case POINT_PRICE_SELL:
		ret->spec = &s->sell;
		ret->truth = &x->sell;
		return true;
	case POINT_TEMPERATURE:
		ret->spec = &s->temperature;
		ret->truth = &x->temperature;
		return true;
	case POINT_CARBON:
		ret->spec = &s->carbon;
		ret->truth = &x->carbon;
		return true;
	case POINT_BACKGROUND:
		ret->spec = &p->run->set->sections[at->index].background;
		ret->truth = &p->run->background[at->index];
		return true;
	default:
		return false;
	}
}

/* Work due inside an interval is told as due at its beginning: who plans whole intervals is then never late. */
static void foresee_due(const struct points *p, const struct sim_point *at, const struct twin *t,
			size_t n, double *ret)
{
	int64_t step_ms = p->exo->scenario->curves.step_ms;

	for (size_t k = 0; k < n; k++)
		ret[k] = (double)queue_due_by_dms(&t->queues[at->index],
						  t->now_ms + ((int64_t)k + 2) * step_ms - 1) /
			 1000;
}

bool points_foresee(const struct points *p, size_t i, const struct twin *t, size_t n, double *ret)
{
	const struct sim_point *at = &p->at[i];
	int64_t step_ms = p->exo->scenario->curves.step_ms;
	struct foresee ask = {.zone = p->exo->scenario->zone,
			      .key = noise_subkey(at->noise, 1),
			      .issue_ms = t->now_ms};

	if (at->role == POINT_QUEUE_DUE) {
		foresee_due(p, at, t, n, ret);
		return true;
	}
	if (!series_of(p, at, &ask) || ask.spec->foresight.kind == FORESIGHT_NONE)
		return false;
	exo_foresee(&ask, t->now_ms, step_ms, n, ret);
	for (size_t k = 0; k < n; k++) {
		if (at->role == POINT_GEN_POWER) /* generation is negative */
			ret[k] = -ret[k];
		if (at->role == POINT_QUEUE_ARRIVALS)
			ret[k] *= (double)step_ms / 1000;
	}
	return true;
}

bool points_is_due(const struct points *p, size_t i, int64_t now_ms)
{
	int64_t period_ms =
		p->at[i].role == POINT_QUEUE_DUE ? SLOT_MS : p->exo->scenario->curves.period_ms;

	return now_ms % period_ms == 0;
}
