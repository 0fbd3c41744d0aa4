/* What the canned world foretells: a day of load with its band, a test of two points. */
#include <math.h>

#include "world_priv.h"

static Suandian__V1__BacktestFigures *figures(struct arena *a, int i)
{
	NEW(a, Suandian__V1__BacktestFigures, f) SUANDIAN__V1__BACKTEST_FIGURES__INIT;
	static const int hours[] = {1, 3, 6, 12, 24, 48};

	f->n = i < 6 ? 100U * (unsigned)(i + 1) : 2100;
	f->lead_end_ms = i < 6 ? hours[i] * 60 * WORLD_MIN_MS : 0;
	f->rrmse = 0.02 + 0.01 * i;
	f->persistence_rrmse = 0.06;
	f->skill = 1 - f->rrmse * f->rrmse / 0.0036;
	f->mae = 12345.6 * (i + 1);
	f->bias = -2345.6;
	f->mape = i == 2 ? (double)NAN : 0.03;
	f->coverage = i == 5 ? 0.66 : 0.81;
	return f;
}

static void add_outlook(struct arena *a, size_t n, Suandian__V1__BacktestReport *m)
{
	NEW(a, Suandian__V1__OutlookSlots, o) SUANDIAN__V1__OUTLOOK_SLOTS__INIT;

	o->start_ms = WORLD_NOW_MS;
	o->step_ms = WORLD_SLOT_MS;
	o->n_value = o->n_p10 = o->n_p50 = o->n_p90 = n;
	o->value = ARENA_ARRAY(a, n, double);
	o->p10 = ARENA_ARRAY(a, n, double);
	o->p50 = ARENA_ARRAY(a, n, double);
	o->p90 = ARENA_ARRAY(a, n, double);
	for (size_t i = 0; i < n; i++) {
		double day = (double)(i % 96) / 96;

		o->value[i] = o->p50[i] = 4e6 + 12e6 * day * (1 - day);
		o->p10[i] = o->value[i] - 8e5;
		o->p90[i] = o->value[i] + 9e5;
	}
	if (n > 12) {
		o->value[10] = o->p10[10] = o->p50[10] = o->p90[10] = (double)NAN;
		o->p10[11] = o->p90[11] = (double)NAN;
	}
	o->source = "similar-day 5 of 28, adj ×0.93";
	o->quality = SUANDIAN__V1__QUALITY__QUALITY_ESTIMATED;
	m->outlook = o;
}

void world_answer_backtest(struct arena *a, const Suandian__V1__Backtest *q, int part,
			   Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__BacktestReport, m) SUANDIAN__V1__BACKTEST_REPORT__INIT;

	m->point = *q->point ? q->point : part == 0 ? "hongyuan/it.power" : "hongyuan/temperature";
	m->kind = part == 0 ? "load" : "temperature";
	m->unit = part == 0 ? SUANDIAN__V1__UNIT__UNIT_W : SUANDIAN__V1__UNIT__UNIT_CELSIUS;
	m->last = *q->point || part == 1;
	if (!q->no_test && part == 0) {
		m->days = 14;
		m->similar_days = 12;
		m->all = figures(a, 6);
		m->n_leads = 6;
		m->leads = ARENA_ARRAY(a, 6, Suandian__V1__BacktestFigures *);
		for (int i = 0; i < 6; i++)
			m->leads[i] = figures(a, i);
		m->n_curve = 96;
		m->curve_rrmse = 0.0456;
	}
	if (q->slots)
		add_outlook(a, q->slots, m);
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_BACKTEST_REPORT;
	env->backtest_report = m;
}
