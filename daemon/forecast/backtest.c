#include "forecast/backtest.h"

#include <math.h>
#include <string.h>

#define ISSUE_SLOTS (SLOTS_PER_DAY / BACKTEST_ISSUES)
/* Against a value below this share of the mean magnitude so far no percentage says anything. */
#define SMALL 0.1

struct testing {
	const struct backtest_ask *ask;
	struct backtest_work *w;
	struct backtest *sum;
	int64_t issue_ms;
};

static double truth(const struct backtest_ask *ask, int64_t slot_ms)
{
	return slot_ms + SLOT_MS <= ask->history.now_ms
		       ? ask->history.mean(ask->history.ctx, slot_ms)
		       : NAN;
}

static void add(struct backtest_lead *l, double is, double foretold, double persist)
{
	double e = foretold - is, p = persist - is;

	l->n++;
	l->error += e;
	l->magnitude += fabs(is);
	l->abs_error += fabs(e);
	l->square += e * e;
	l->persist_square += p * p;
	if (fabs(is) > SMALL * l->magnitude / l->n) {
		l->n_share++;
		l->share += fabs(e / is);
	}
}

static void add_band(struct backtest_lead *l, double is, const struct band *b)
{
	if (!(b->p90 > b->p10))
		return;
	l->n_band++;
	l->n_inside += is >= b->p10 && is <= b->p90;
}

static void test_slot(const struct testing *x, int64_t slot_ms)
{
	const struct dayview *v = &x->w->view;
	double is = truth(x->ask, slot_ms), foretold = outlook_at(&x->w->outlook, slot_ms), persist;
	struct band band = outlook_band(&x->w->outlook, slot_ms);
	struct backtest_lead *l;
	int row, pos;

	dayview_place(v, slot_ms, &row, &pos);
	persist = x->ask->history.sign *
		  method_persist(v, &(struct target){row, pos, DAYVIEW_TODAY, v->now_pos}, &row);
	if (isnan(is) || isnan(foretold) || isnan(persist))
		return;
	l = &x->sum->lead[score_lead((int)((slot_ms - x->issue_ms) / SLOT_MS))];
	add(l, is, foretold, persist);
	add(&x->sum->all, is, foretold, persist);
	add_band(l, is, &band);
	add_band(&x->sum->all, is, &band);
}

static void test_issue(struct testing *x)
{
	struct dayview_ask then = x->ask->history;
	struct outlook_ask o = {.kind = x->ask->kind,
				.sign = then.sign,
				.view = &x->w->view,
				.score = &x->w->score};

	then.now_ms = x->issue_ms;
	dayview_init(&x->w->view, &then);
	outlook_make(&o, &x->w->outlook);
	for (int ahead = 0; ahead < SCORE_REACH; ahead++)
		test_slot(x, x->issue_ms + ahead * SLOT_MS);
}

void backtest_day(const struct backtest_ask *ask, int i, struct backtest_work *w,
		  struct backtest *sum)
{
	struct testing x = {.ask = ask, .w = w, .sum = sum};
	struct dayview_ask then = ask->history;
	int32_t day = calendar_date(then.zone, then.now_ms) - i;
	uint32_t before = sum->all.n;

	then.now_ms = calendar_midnight(then.zone, day);
	dayview_init(&w->view, &then);
	score_make(method_of(ask->kind), &w->view, &w->score_work, &w->score);
	for (int k = 0; k < BACKTEST_ISSUES; k++) {
		x.issue_ms = then.now_ms + k * ISSUE_SLOTS * SLOT_MS;
		test_issue(&x);
	}
	if (sum->all.n == before)
		return;
	sum->days++;
	sum->similar_days += w->score.days > 0 && w->score.similar;
}

void backtest_run(const struct backtest_ask *ask, struct backtest_work *w, struct backtest *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (int i = ask->days; i > 0; i--)
		backtest_day(ask, i, w, ret);
}

static double mean_of(double sum, uint32_t n)
{
	return n ? sum / n : NAN;
}

double backtest_rrmse(const struct backtest_lead *l)
{
	return l->magnitude > 0 ? sqrt(l->square / l->n) / (l->magnitude / l->n) : NAN;
}

double backtest_persist(const struct backtest_lead *l)
{
	return l->magnitude > 0 ? sqrt(l->persist_square / l->n) / (l->magnitude / l->n) : NAN;
}

double backtest_mae(const struct backtest_lead *l)
{
	return mean_of(l->abs_error, l->n);
}

double backtest_mape(const struct backtest_lead *l)
{
	return mean_of(l->share, l->n_share);
}

double backtest_bias(const struct backtest_lead *l)
{
	return mean_of(l->error, l->n);
}

double backtest_coverage(const struct backtest_lead *l)
{
	return mean_of(l->n_inside, l->n_band);
}

double backtest_skill(const struct backtest_lead *l)
{
	return l->persist_square > 0 ? 1 - l->square / l->persist_square : NAN;
}
