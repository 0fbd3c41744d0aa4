#include "forecast/outlook.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct making {
	const struct outlook_ask *ask;
	const struct method *m;
	const struct dayview *v;
	float base[2][SLOTS_PER_DAY],
		scale[2][SLOTS_PER_DAY]; /* [0] yesterday, [1] the day in hand */
	double departure;
	int taken, of;
};

static bool by_similar_days(const struct outlook_ask *a)
{
	return a->score && a->score->days > 0 && a->score->similar;
}

/* Month shares carry the base from the months it comes from to the month it is for. */
static double month_factor(const struct making *x, int row)
{
	const int64_t *ppm = x->ask->month_ppm;
	int64_t then, now;

	if (!ppm || x->ask->kind != FORECAST_HYDRO)
		return 1.0;
	then = x->v->now_ms - MS_PER_DAY;
	now = x->v->now_ms + (row - DAYVIEW_TODAY) * MS_PER_DAY;
	then = ppm[zone_local(x->v->zone, then).month - 1];
	now = ppm[zone_local(x->v->zone, now).month - 1];
	return then > 0 && now > 0 ? (double)now / (double)then : 1.0;
}

/* Where nothing was ever measured: what the month usually gives. */
static double by_month(const struct making *x, int row)
{
	int64_t t = x->v->now_ms + (row - DAYVIEW_TODAY) * MS_PER_DAY;
	int64_t ppm =
		x->ask->month_ppm ? x->ask->month_ppm[zone_local(x->v->zone, t).month - 1] : 0;

	return ppm > 0 ? x->ask->capacity * (double)ppm / 1e6 : NAN;
}

/* fmax and fmin would make a number of what is unknown. */
static double limit(const struct making *x, double v, double s)
{
	if (isnan(v))
		return v;
	if (!x->m->negative)
		v = fmax(v, 0);
	return x->m->scale == SCALE_ENVELOPE ? fmin(v, s) : v;
}

static double value(const struct making *x, int row, int p, int lead)
{
	struct target t = {row, p, DAYVIEW_TODAY, x->v->now_pos};
	double v = NAN, s = (double)x->scale[1][p], persist;
	int day = row;

	persist = method_persist(x->v, &t, &day);
	if (by_similar_days(x->ask)) {
		double base = (double)x->base[1][p];

		v = base + (double)x->ask->score->carry[lead] * x->departure * s;
		if (!isnan(persist) && method_may_blend(x->m, x->v, row, day))
			v += (double)x->ask->score->blend[lead] * (persist - base);
		v = limit(x, v, s);
	}
	if (isnan(v))
		v = persist;
	v *= month_factor(x, row);
	return isnan(v) ? by_month(x, row) : v;
}

static void set_band(const struct making *x, int day, int p, int lead, struct outlook *ret)
{
	const struct score *sc = x->ask->score;
	double v = (double)ret->at[day][p], s = (double)x->scale[1][p];
	const float *off;

	ret->p10[day][p] = ret->p50[day][p] = ret->p90[day][p] = NAN;
	if (!sc || sc->days == 0 || isnan(s))
		return;
	off = sc->off[lead][p * SCORE_HOURS / SLOTS_PER_DAY];
	ret->p10[day][p] = (float)limit(x, v + (double)off[0] * s, s);
	ret->p50[day][p] = (float)limit(x, v + (double)off[1] * s, s);
	ret->p90[day][p] = (float)limit(x, v + (double)off[2] * s, s);
}

static void fill_day(struct making *x, int day, struct outlook *ret)
{
	int row = DAYVIEW_TODAY + day;

	for (int p = 0; p < SLOTS_PER_DAY; p++) {
		int ahead = day * SLOTS_PER_DAY + p - x->v->now_pos;
		int lead = score_lead(ahead > 0 ? ahead : 0);

		ret->at[day][p] = (float)value(x, row, p, lead);
		set_band(x, day, p, lead, ret);
	}
}

static void prepare(struct making *x)
{
	struct departure d = {{x->base[0], x->base[1]}, {x->scale[0], x->scale[1]}};
	int of;

	method_base(x->m, x->v, DAYVIEW_TODAY - 1, DAYVIEW_TODAY - 1, x->base[0], NULL);
	method_scale_of(x->m, x->v, DAYVIEW_TODAY - 1, x->base[0], x->scale[0]);
	x->taken = method_base(x->m, x->v, DAYVIEW_TODAY, DAYVIEW_TODAY, x->base[1], &of);
	method_scale_of(x->m, x->v, DAYVIEW_TODAY, x->base[1], x->scale[1]);
	x->of = of;
	x->departure = method_departure(x->m, x->v, DAYVIEW_TODAY, x->v->now_pos, &d);
	if (isnan(x->departure))
		x->departure = 0;
}

static void describe(const struct making *x, struct outlook *ret)
{
	const struct score *s = x->ask->score;
	double adj = s ? (double)s->carry[0] * x->departure : 0;
	size_t n = sizeof(ret->text);

	if (x->v->n_known == 0)
		snprintf(ret->text, n, "share of the month, as configured");
	else if (!s || s->days == 0)
		snprintf(ret->text, n, "yesterday");
	else if (!s->similar)
		snprintf(ret->text, n, "yesterday: similar-day was worse, RRMSE %.3g %% > %.3g %%",
			 100 * s->rrmse, 100 * s->persist);
	else if (x->m->scale == SCALE_BASE)
		snprintf(ret->text, n, "similar-day %d of %d, adj ×%.2f", x->taken, x->of, 1 + adj);
	else if (x->m->scale == SCALE_ENVELOPE)
		snprintf(ret->text, n, "similar-day %d of %d, adj %+.0f %% of clear sky", x->taken,
			 x->of, 100 * adj);
	else
		snprintf(ret->text, n, "similar-day %d of %d, adj %+.4g", x->taken, x->of,
			 x->ask->sign * adj);
}

static void flip(struct outlook *o)
{
	for (int i = 0; i < DAYVIEW_AHEAD * SLOTS_PER_DAY; i++) {
		float low = (&o->p10[0][0])[i];

		(&o->at[0][0])[i] *= -1;
		(&o->p50[0][0])[i] *= -1;
		(&o->p10[0][0])[i] = -(&o->p90[0][0])[i];
		(&o->p90[0][0])[i] = -low;
	}
}

void outlook_make(const struct outlook_ask *ask, struct outlook *ret)
{
	struct making x = {.ask = ask, .m = method_of(ask->kind), .v = ask->view};

	ret->zone = ask->view->zone;
	ret->today = ask->view->today;
	ret->now_ms = ask->view->now_ms;
	ret->similar = by_similar_days(ask);
	prepare(&x);
	describe(&x, ret);
	for (int day = 0; day < DAYVIEW_AHEAD; day++) {
		if (day > 0 && (ret->similar || ask->score)) {
			method_base(x.m, x.v, DAYVIEW_TODAY + day, DAYVIEW_TODAY, x.base[1], NULL);
			method_scale_of(x.m, x.v, DAYVIEW_TODAY, x.base[1], x.scale[1]);
		}
		fill_day(&x, day, ret);
	}
	if (ask->sign < 0)
		flip(ret);
}

static const float *find(const struct outlook *o, const float at[DAYVIEW_AHEAD][SLOTS_PER_DAY],
			 int64_t t_ms)
{
	struct local_time l = zone_local(o->zone, t_ms);
	int day = calendar_date(o->zone, t_ms) - o->today;

	if (day < 0 || day >= DAYVIEW_AHEAD)
		return NULL;
	return &at[day][(l.hour * 60 + l.minute) * SLOTS_PER_DAY / (24 * 60)];
}

double outlook_at(const struct outlook *o, int64_t t_ms)
{
	const float *v = find(o, o->at, t_ms);

	return v ? (double)*v : NAN;
}

struct band outlook_band(const struct outlook *o, int64_t t_ms)
{
	const float *p10 = find(o, o->p10, t_ms), *p50 = find(o, o->p50, t_ms);
	const float *p90 = find(o, o->p90, t_ms);

	if (!p10 || !p50 || !p90)
		return (struct band){NAN, NAN, NAN};
	return (struct band){(double)*p10, (double)*p50, (double)*p90};
}
