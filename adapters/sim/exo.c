#include "sim/exo.h"

#include <math.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/num.h"
#include "sim/csvfile.h"
#include "sim/noise.h"
#include "sim/synth.h"

struct maker {
	const struct exo *exo;
	const struct exo_span *span;
	struct fault *fault;
};

/* ---- From files ---------------------------------------------------------------------------------- */

/* Local days since 1970 of a date "2023-07-10", checked by scenario_load(). */
static int64_t days_of(const char *date)
{
	int64_t ms = 0;
	struct buf b;

	buf_init(&b, 128);
	(void)buf_printf(&b, "%sT00:00Z", date);
	(void)num_parse_time_ms(buf_str(&b), 0, &ms);
	buf_fini(&b);
	return ms / MS_PER_DAY;
}

static int64_t local_days(const struct local_time *l)
{
	return num_days_from_civil(l->year, l->month, l->day);
}

/* The moment in the file that stands for the simulated t: same local hour, day by day from map_from. */
static int64_t source_time(const struct csv_spec *spec, const struct zone *from,
			   const struct zone *zone, int64_t first_ms, int64_t t_ms)
{
	struct local_time first, now;
	int y, m, d;

	if (!*spec->map_from)
		return t_ms;
	first = zone_local(zone, first_ms);
	now = zone_local(zone, t_ms);
	num_civil_from_days(days_of(spec->map_from) + local_days(&now) - local_days(&first), &y, &m,
			    &d);
	return zone_utc(from, y, m, d, now.hour, now.minute) + now.second * MS_PER_S;
}

static int fill_from(const struct maker *m, const struct csv_spec *spec, const struct zone *from,
		     const struct csv_series *c, struct series *s)
{
	const struct zone *zone = m->exo->scenario->zone;

	for (size_t i = 0; i < s->n; i++) {
		int64_t t = source_time(spec, from, zone, m->span->from_ms, series_time(s, i));

		if (csv_mean(c, t, t + s->step_ms, &s->value[i]) < 0) {
			char text[32];

			return fault_set(m->fault, ERR_NODATA, "%s: no value of '%s' at %s",
					 spec->path, spec->column,
					 num_format_utc(text, sizeof(text), t));
		}
	}
	return 0;
}

static int fill_csv(const struct maker *m, const struct csv_spec *spec, struct series *s)
{
	struct csv_series c = {0};
	const struct zone *from;
	struct buf path;
	int r = zone_load(spec->zone, &from);

	if (r < 0)
		return fault_set(m->fault, r, "no time zone '%s'", spec->zone);
	buf_init(&path, 4096);
	(void)buf_printf(&path, "%s%s%s", spec->path[0] == '/' ? "" : m->exo->dir,
			 spec->path[0] == '/' ? "" : "/", spec->path);
	r = csv_read(buf_str(&path), spec, from, &c, m->fault);
	buf_fini(&path);
	if (r == 0)
		r = fill_from(m, spec, from, &c, s);
	csv_fini(&c);
	return r;
}

/* ---- All of them ----------------------------------------------------------------------------------- */

static int make(const struct maker *m, const struct series_spec *spec, const char *name,
		struct series *ret)
{
	const struct exo_span *span = m->span;
	size_t n = (size_t)((span->to_ms - span->from_ms + span->step_ms - 1) / span->step_ms);
	int r;

	if (spec->kind == SERIES_NONE)
		return 0;
	r = series_init(ret, span->from_ms, span->step_ms, n);
	if (r < 0)
		return fault_set(m->fault, r, "%s: %s", name, err_text(r));
	if (spec->kind == SERIES_CSV)
		r = fill_csv(m, &spec->csv, ret);
	else
		synth_fill(spec, noise_key(m->exo->seed, name), m->exo->scenario->zone, ret);
	if (r < 0) {
		(void)fault_prefix(m->fault, "%s", name);
		return r;
	}
	synth_finish(spec, ret);
	return 0;
}

/* What comes while a step runs is there at its end. */
static int make_jobs(const struct maker *m, int i, const char *name, struct exo *x)
{
	const struct scenario *s = x->scenario;
	const struct exo_span *span = m->span;
	struct jobs_span js = {
		span->from_ms - span->step_ms, span->to_ms, s->zone, m->exo->dir, s->plant.site,
		noise_key(x->seed, name)};
	size_t n = (size_t)((span->to_ms - span->from_ms + span->step_ms - 1) / span->step_ms);
	int r = jobs_make(&s->queues[i], &js, &x->jobs[i], m->fault);

	if (r == 0)
		r = series_init(&x->arrivals[i], span->from_ms, span->step_ms, n);
	if (r < 0)
		return fault_prefix(m->fault, "%s", name), r;
	for (size_t k = 0; k < x->jobs[i].n; k++) {
		const struct job *j = &x->jobs[i].at[k];
		int64_t at = (j->arrival_ms - span->from_ms + span->step_ms - 1) / span->step_ms;

		if (at >= 0 && at < (int64_t)n)
			x->arrivals[i].value[at] += (double)j->work_dms / (double)span->step_ms;
	}
	return 0;
}

static int make_all(const struct maker *m, struct exo *x)
{
	const struct scenario *s = x->scenario;
	char name[2 * PLANT_ID_MAX];
	int r = make(m, &s->load, "load.demand", &x->load);

	for (int i = 0; i < s->plant.n_gen && r == 0; i++) {
		(void)snprintf(name, sizeof(name), "pv %s", s->gen[i].plant.id);
		r = make(m, &s->gen[i].available, name, &x->gen[i]);
	}
	for (int i = 0; i < s->n_queues && r == 0; i++) {
		(void)snprintf(name, sizeof(name), "queue %s", s->queues[i].plant.id);
		r = s->queues[i].jobs.kind == JOBS_NONE
			    ? make(m, &s->queues[i].arrivals, name, &x->arrivals[i])
			    : make_jobs(m, i, name, x);
	}
	if (r == 0)
		r = make(m, &s->buy, "prices.buy", &x->buy);
	if (r == 0)
		r = make(m, &s->sell, "prices.sell", &x->sell);
	if (r == 0)
		r = make(m, &s->temperature, "temperature", &x->temperature);
	if (r == 0)
		r = make(m, &s->carbon, "carbon", &x->carbon);
	return r;
}

int exo_init(struct exo *x, const struct scenario *scenario, const char *dir, uint64_t seed,
	     const struct exo_span *span, struct fault *f)
{
	struct maker m = {x, span, f};
	int r;

	*x = (struct exo){.scenario = scenario, .dir = dir, .seed = seed};
	r = make_all(&m, x);
	if (r < 0)
		exo_fini(x);
	return r;
}

void exo_fini(struct exo *x)
{
	for (int i = 0; i < PLANT_MAX; i++) {
		series_fini(&x->gen[i]);
		series_fini(&x->arrivals[i]);
		jobs_fini(&x->jobs[i]);
	}
	series_fini(&x->load);
	series_fini(&x->buy);
	series_fini(&x->sell);
	series_fini(&x->temperature);
	series_fini(&x->carbon);
}

int exo_series(const struct exo *x, const struct series_spec *spec, const char *name,
	       const struct exo_span *span, struct series *ret, struct fault *f)
{
	return make(&(struct maker){x, span, f}, spec, name, ret);
}

static void add_arrivals(const struct exo *x, int i, int64_t t_ms, int64_t dt_ms,
			 struct twin_exogenous *e)
{
	struct job_list now;

	if (x->scenario->queues[i].jobs.kind == JOBS_NONE) {
		e->arrived_dms[i] = max_i64(
			llround(series_mean(&x->arrivals[i], t_ms, t_ms + dt_ms) * (double)dt_ms),
			0);
		return;
	}
	now = jobs_between(&x->jobs[i], t_ms - dt_ms, t_ms);
	e->job[i] = x->jobs[i].at;
	if (now.n)
		e->job[i] = now.at;
	e->n_jobs[i] = now.n;
	for (size_t k = 0; k < now.n; k++)
		e->arrived_dms[i] += now.at[k].work_dms;
}

struct twin_exogenous exo_at(const struct exo *x, int64_t t_ms, int64_t dt_ms)
{
	const struct scenario *s = x->scenario;
	struct twin_exogenous e = {0};

	for (int i = 0; i < s->plant.n_gen; i++)
		e.gen_w[i] = clamp_i64(llround(series_mean(&x->gen[i], t_ms, t_ms + dt_ms)), 0,
				       s->gen[i].plant.capacity_w);
	e.load_it_w = clamp_i64(llround(series_mean(&x->load, t_ms, t_ms + dt_ms)), 0,
				s->plant.load.capacity_w);
	for (int i = 0; i < s->n_queues; i++)
		add_arrivals(x, i, t_ms, dt_ms, &e);
	e.outdoor_c = series_is_set(&x->temperature)
			      ? series_mean(&x->temperature, t_ms, t_ms + dt_ms)
			      : 20;
	return e;
}

/* ---- What is known of it ahead --------------------------------------------------------------------- */

/* Errors of real forecasts: they grow with the lead time, hang together over hours, and most of them stay when the
 * forecast is renewed. */
static double blur(const struct foresee *ask, int64_t mid_ms)
{
	double lead_h = (double)(mid_ms - ask->issue_ms) / (double)MS_PER_H;
	double sigma = ask->spec->foresight.error * (0.3 + 0.7 * fmin(fmax(lead_h, 0) / 12, 1));
	double lasting = noise_smooth(ask->key, mid_ms, 3 * MS_PER_H);
	double fresh = noise_smooth(noise_subkey(ask->key, ask->issue_ms / MS_PER_MIN), mid_ms,
				    3 * MS_PER_H);

	return fmax(1 + sigma * (0.8 * lasting + 0.6 * fresh), 0);
}

static int64_t known_until(const struct foresee *ask)
{
	int64_t tomorrow_ms = zone_day_end(ask->zone, ask->issue_ms);

	switch (ask->spec->foresight.kind) {
	case FORESIGHT_DAY_AHEAD:
		if (zone_local(ask->zone, ask->issue_ms).hour < ask->spec->foresight.publish_hour)
			return tomorrow_ms;
		return zone_day_end(ask->zone, tomorrow_ms);
	case FORESIGHT_NONE:
		return INT64_MIN;
	case FORESIGHT_BLURRED:
	case FORESIGHT_KNOWN:
		break;
	}
	return INT64_MAX;
}

void exo_foresee(const struct foresee *ask, int64_t start_ms, int64_t step_ms, size_t n,
		 double *ret)
{
	int64_t until_ms = known_until(ask);

	for (size_t i = 0; i < n; i++) {
		int64_t t = start_ms + (int64_t)i * step_ms;

		if (t + step_ms > until_ms) {
			ret[i] = NAN;
			continue;
		}
		ret[i] = series_mean(ask->truth, t, t + step_ms);
		if (ask->spec->foresight.kind == FORESIGHT_BLURRED)
			ret[i] = fmin(ret[i] * blur(ask, t + step_ms / 2), ask->spec->max);
	}
}
