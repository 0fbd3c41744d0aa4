#include "forecast/method.h"

#include <math.h>

#define PERSIST_DAYS 7
#define KNOWN_MIN (SLOTS_PER_DAY / 2)
/* Share of the highest quarter hour that counts as daylight. */
#define DAYLIGHT 0.02F
#define K_MAX DAYVIEW_ROWS
/* From this cost of another kind on, a day of another kind is no example at all. */
#define KIND_MATTERS 28

const char *forecast_kind_name(enum forecast_kind k)
{
	static const char *const names[FORECAST_KINDS] = {"other", "load",  "pv",	  "wind",
							  "hydro", "price", "temperature"};

	return (unsigned)k < FORECAST_KINDS ? names[k] : "?";
}

/* Figures found on the series named in docs/FORECAST.md. */
const struct method *method_of(enum forecast_kind k)
{
	static const struct method methods[FORECAST_KINDS] = {
		[FORECAST_OTHER] = {28, 7, 7, 2, 7, SCALE_ONE, 12, 0, 6, 0.2, true, false},
		[FORECAST_LOAD] = {28, 5, 60, 2, 7, SCALE_BASE, 8, 0.5, 12, 0.2, false, false},
		[FORECAST_PV] = {28, 14, 0, 0, 7, SCALE_ENVELOPE, 8, 1, 4, 0.2, false, false},
		[FORECAST_WIND] = {28, 28, 0, 0, 14, SCALE_ONE, 4, 0, 8, 0.2, false, false},
		[FORECAST_HYDRO] = {28, 3, 0, 0, 2, SCALE_ONE, 8, 0, 24, 0.5, false, false},
		[FORECAST_PRICE] = {28, 7, 7, 2, 5, SCALE_ONE, 4, 0, 6, 0.5, true, true},
		[FORECAST_TEMPERATURE] = {14, 5, 0, 0, 2, SCALE_ONE, 8, 0, 24, 0.2, true, false},
	};

	return &methods[(unsigned)k < FORECAST_KINDS ? k : FORECAST_OTHER];
}

static double cost(const struct method *m, const struct dayview *v, int row, int day)
{
	double c = row - day;

	if (v->kind[row] != v->kind[day])
		c += v->kind[row] == DAY_WORKDAY || v->kind[day] == DAY_WORKDAY ? m->kind_cost
										: m->kind_cost / 4;
	if ((row - day) % 7 != 0)
		c += m->weekday_cost;
	return c;
}

struct chosen {
	int n;
	int row[K_MAX];
	double cost[K_MAX];
};

/* The days before `until`, the cheapest first; of equal ones the later. */
static void choose(const struct method *m, const struct dayview *v, int row, int until,
		   struct chosen *ret)
{
	int first = until - m->days > 0 ? until - m->days : 0;

	ret->n = 0;
	for (int day = until - 1; day >= first && ret->n < K_MAX; day--) {
		double c = cost(m, v, row, day);
		int i;

		if (v->known[day] < KNOWN_MIN)
			continue;
		for (i = ret->n++; i > 0 && ret->cost[i - 1] > c; i--) {
			ret->cost[i] = ret->cost[i - 1];
			ret->row[i] = ret->row[i - 1];
		}
		ret->cost[i] = c;
		ret->row[i] = day;
	}
}

/* The middle of what the chosen days say, by weight: one spike among them says nothing about the next day. */
static float middle(const float *value, const float *weight, int n)
{
	float sorted[K_MAX], w[K_MAX], total = 0, half = 0;
	int i;

	for (i = 0; i < n; i++) {
		int k = i;

		for (; k > 0 && sorted[k - 1] > value[i]; k--) {
			sorted[k] = sorted[k - 1];
			w[k] = w[k - 1];
		}
		sorted[k] = value[i];
		w[k] = weight[i];
		total += weight[i];
	}
	for (i = 0; i < n - 1; i++) {
		half += w[i];
		if (2 * half >= total)
			break;
	}
	return sorted[i];
}

static float mean(const float *value, const float *weight, int n)
{
	float sum = 0, total = 0;

	for (int i = 0; i < n; i++) {
		sum += weight[i] * value[i];
		total += weight[i];
	}
	return sum / total;
}

int method_base(const struct method *m, const struct dayview *v, int row, int until,
		float ret_base[SLOTS_PER_DAY], int *ret_of)
{
	float by_day[K_MAX], value[K_MAX], weight[K_MAX];
	struct chosen c;

	choose(m, v, row, until, &c);
	for (int i = 0; i < c.n; i++)
		by_day[i] = (float)exp2((c.cost[0] - c.cost[i]) / m->half_life);
	for (int p = 0; p < SLOTS_PER_DAY; p++) {
		int n = 0;

		/* where a day has a gap the next best one serves */
		for (int i = 0; i < c.n && n < m->k; i++) {
			if (isnan(v->at[c.row[i]][p]))
				continue;
			value[n] = v->at[c.row[i]][p];
			weight[n++] = by_day[i];
		}
		ret_base[p] = n < 2	  ? NAN
			      : m->middle ? middle(value, weight, n)
					  : mean(value, weight, n);
	}
	if (ret_of)
		*ret_of = c.n;
	return c.n < m->k ? c.n : m->k;
}

static void envelope(const struct method *m, const struct dayview *v, int until,
		     float ret[SLOTS_PER_DAY])
{
	int first = until - m->days > 0 ? until - m->days : 0;
	float most = 0;

	for (int p = 0; p < SLOTS_PER_DAY; p++)
		ret[p] = 0;
	for (int day = first; day < until; day++) {
		for (int p = 0; p < SLOTS_PER_DAY; p++) {
			if (v->at[day][p] > ret[p])
				ret[p] = v->at[day][p];
		}
	}
	for (int p = 0; p < SLOTS_PER_DAY; p++)
		most = ret[p] > most ? ret[p] : most;
	for (int p = 0; p < SLOTS_PER_DAY; p++) {
		if (ret[p] < DAYLIGHT * most)
			ret[p] = 0;
	}
}

void method_scale_of(const struct method *m, const struct dayview *v, int until,
		     const float base[SLOTS_PER_DAY], float ret_scale[SLOTS_PER_DAY])
{
	if (m->scale == SCALE_ENVELOPE) {
		envelope(m, v, until, ret_scale);
		return;
	}
	for (int p = 0; p < SLOTS_PER_DAY; p++)
		ret_scale[p] = m->scale == SCALE_BASE ? fabsf(base[p]) : 1.0F;
}

double method_departure(const struct method *m, const struct dayview *v, int row, int pos,
			const struct departure *d)
{
	double off = 0, scale = 0, r;

	/* the window counts slots that can tell something: a night says nothing about clouds */
	for (int left = m->window, i = pos - 1; left > 0 && i >= -SLOTS_PER_DAY; i--) {
		int which = i >= 0, p = which ? i : i + SLOTS_PER_DAY;
		int day = row - !which;
		float s = d->scale[which][p], e;

		if (day < 0)
			break;
		e = v->at[day][p] - d->base[which][p];
		if (!(s > 0))
			continue;
		left--;
		if (isnan(e))
			continue;
		off += (double)e;
		scale += (double)s;
	}
	if (!(scale > 0))
		return NAN;
	r = off / scale;
	return m->clamp > 0 ? fmin(fmax(r, -m->clamp), m->clamp) : r;
}

double method_persist(const struct dayview *v, const struct target *t, int *ret_day)
{
	int day = t->row <= t->issue_row ? t->row - 1 : t->issue_row;

	if (day == t->issue_row && t->pos >= t->issue_pos)
		day--;
	for (int n = 0; n < PERSIST_DAYS && day >= 0; n++, day--) {
		if (isnan(v->at[day][t->pos]))
			continue;
		*ret_day = day;
		return (double)v->at[day][t->pos];
	}
	return NAN;
}

bool method_may_blend(const struct method *m, const struct dayview *v, int row, int day)
{
	return v->kind[row] == v->kind[day] || m->kind_cost < KIND_MATTERS;
}
