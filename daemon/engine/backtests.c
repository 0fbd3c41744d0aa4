/* What forecasts of a point would have been worth, from the stored samples of it: read a few days at a time, tested
 * a few days at a time. And what is foretold of it now. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/forecasts.h"
#include "engine/points.h"
#include "engine/state.h"
#include "forecast/backtest.h"
#include "forecast/frozen.h"

#define READ_DAYS 4
#define TEST_DAYS 2
#define BEFORE_DAYS (DAYVIEW_ROWS + 1)

struct backtest_run {
	const struct engine *e;
	struct backtest_report report;
	const struct curve *curve; /* of the point, while its number is the same */
	uint32_t point;
	struct point_decl decl;
	struct calendar calendar;
	struct backtest_ask ask;
	int64_t start_ms, read_ms, end_ms; /* slots of mean[] begin at start */
	int left;			   /* days to be tested */
	struct backtest sums;
	struct backtest_work work;
	struct slotmean mean[];
};

static const struct live_point *point_of(const struct engine *e, uint32_t point,
					 enum forecast_kind *ret, struct fault *f)
{
	const struct live_point *lp = points_get(e, point);

	if (!lp) {
		fault_set(f, ERR_NOTFOUND, "there is no point %u", point);
		return NULL;
	}
	if (!lp->history || e->n_sites == 0 || !forecasts_kind(lp, ret)) {
		fault_set(f, ERR_INVALID, "%s is bound to nothing that is foretold",
			  lp->point.decl.name);
		return NULL;
	}
	return lp;
}

static double run_mean(const void *ctx, int64_t slot_ms)
{
	const struct backtest_run *r = ctx;
	const struct slotmean *m;

	if (slot_ms < r->start_ms || slot_ms >= r->end_ms)
		return NAN;
	m = &r->mean[(slot_ms - r->start_ms) / SLOT_MS];
	return slotmean_coverage_permille(m) < SLOTMEAN_COVERAGE_MIN_PERMILLE ? NAN
									      : slotmean_value(m);
}

int engine_backtest_open(const struct engine *e, uint32_t point, int days,
			 struct backtest_run **ret, struct fault *f)
{
	enum forecast_kind kind;
	const struct live_point *lp = point_of(e, point, &kind, f);
	int64_t end = slot_floor(e->clock.now_ms), start;
	const struct site *site;
	struct backtest_run *r;

	if (!lp)
		return f->code;
	if (days < 1 || days > BACKTEST_DAYS_MAX)
		return fault_set(f, ERR_INVALID, "%d days: 1 to %d can be tested", days,
				 BACKTEST_DAYS_MAX);
	site = e->sites[lp->site >= 0 ? lp->site : 0].site;
	start = calendar_midnight(site->zone, calendar_date(site->zone, end) - days - BEFORE_DAYS);
	r = calloc(1, sizeof(*r) + (size_t)((end - start) / SLOT_MS) * sizeof(r->mean[0]));
	if (!r)
		return fault_set(f, -ENOMEM, "out of memory");
	r->e = e;
	r->point = point;
	r->decl = lp->point.decl;
	r->start_ms = r->read_ms = start;
	r->end_ms = end;
	r->left = days;
	/* a configuration may be replaced between two steps */
	if (site->calendar)
		r->calendar = *site->calendar;
	r->ask = (struct backtest_ask){.kind = kind, .days = days};
	r->ask.history = (struct dayview_ask){
		.zone = site->zone,
		.calendar = &r->calendar,
		.now_ms = end,
		.sign = kind == FORECAST_PV || kind == FORECAST_WIND || kind == FORECAST_HYDRO ? -1
											       : 1,
		.period_ms = lp->point.decl.period_ms,
		.mean = run_mean,
		.ctx = r};
	snprintf(r->report.point, sizeof(r->report.point), "%s", lp->point.decl.name);
	snprintf(r->report.kind, sizeof(r->report.kind), "%s", forecast_kind_name(kind));
	*ret = r;
	return 0;
}

static bool read_sample(void *arg, const struct sample *s)
{
	struct backtest_run *r = arg;
	int64_t from, to;

	if (s->quality != QUALITY_OK && s->quality != QUALITY_ESTIMATED)
		return true;
	slotmean_span(&r->decl, s->t_ms, &from, &to);
	for (int64_t t = max_i64(slot_floor(from), r->start_ms); t < min_i64(to, r->end_ms);
	     t += SLOT_MS)
		slotmean_add(&r->mean[(t - r->start_ms) / SLOT_MS], t, from, to, s->value, 1);
	return true;
}

static void fill_figures(const struct backtest_lead *l, struct backtest_figures *ret)
{
	ret->n = l->n;
	ret->rrmse = backtest_rrmse(l);
	ret->persistence_rrmse = backtest_persist(l);
	ret->mae = backtest_mae(l);
	ret->mape = backtest_mape(l);
	ret->bias = backtest_bias(l);
	ret->coverage = backtest_coverage(l);
	ret->skill = backtest_skill(l);
}

/* The curve in force where it speaks of what has been measured meanwhile: whatever its lead times were. */
static void score_curve(struct backtest_run *r)
{
	const struct live_point *lp = points_get(r->e, r->point);
	const struct curve *c = lp ? lp->curve : NULL;
	struct backtest_lead sum = {0};

	for (int64_t t = r->start_ms; c && t < r->end_ms; t += SLOT_MS) {
		double is = run_mean(r, t), said = curve_mean(c, t, t + SLOT_MS);

		if (isnan(is) || isnan(said))
			continue;
		sum.n++;
		sum.magnitude += fabs(is);
		sum.square += (said - is) * (said - is);
	}
	r->report.n_curve = sum.n;
	r->report.curve_rrmse = backtest_rrmse(&sum);
}

static void finish(struct backtest_run *r)
{
	r->report.days = r->sums.days;
	r->report.similar_days = r->sums.similar_days;
	fill_figures(&r->sums.all, &r->report.all);
	for (int i = 0; i < SCORE_LEADS; i++) {
		fill_figures(&r->sums.lead[i], &r->report.lead[i]);
		r->report.lead[i].lead_end_ms = score_lead_end[i] * SLOT_MS;
	}
	score_curve(r);
}

int engine_backtest_step(struct backtest_run *r)
{
	if (r->read_ms < r->end_ms) {
		int64_t to = min_i64(r->read_ms + READ_DAYS * MS_PER_DAY, INT64_MAX);
		int rc = r->e->ops->range(r->e->world, r->point, r->read_ms, to, read_sample, r);

		r->read_ms = to;
		return rc < 0 ? rc : 1;
	}
	for (int i = 0; i < TEST_DAYS && r->left > 0; i++)
		backtest_day(&r->ask, r->left--, &r->work, &r->sums);
	if (r->left > 0)
		return 1;
	finish(r);
	return 0;
}

const struct backtest_report *engine_backtest_report(const struct backtest_run *r)
{
	return &r->report;
}

void engine_backtest_close(struct backtest_run *r)
{
	free(r);
}

/* ---- Now ----------------------------------------------------------------------------------------- */

int engine_outlook(struct engine *e, uint32_t point, uint32_t n, struct outlook_slot *ret,
		   struct plan_source *ret_source, struct fault *f)
{
	int64_t start[OUTLOOK_SLOTS_MAX], duration[OUTLOOK_SLOTS_MAX];
	double value[OUTLOOK_SLOTS_MAX];
	enum quality quality[OUTLOOK_SLOTS_MAX];
	struct band band[OUTLOOK_SLOTS_MAX];
	struct forecast_steps steps = {.n = n, .start_ms = start, .duration_ms = duration};
	struct forecast_ask ask = {.input = "", .assumed = NAN, .min = -INFINITY, .max = INFINITY};
	enum forecast_kind kind;
	const struct live_point *lp = point_of(e, point, &kind, f);

	if (!lp)
		return f->code;
	if (n < 1 || n > OUTLOOK_SLOTS_MAX)
		return fault_set(f, ERR_INVALID, "%u slots: 1 to %d can be told", n,
				 OUTLOOK_SLOTS_MAX);
	for (uint32_t i = 0; i < n; i++) {
		start[i] = slot_floor(e->clock.now_ms) + i * SLOT_MS;
		duration[i] = SLOT_MS;
	}
	forecasts_quantiles(e, lp, &steps, band);
	forecasts_ask(e, lp, &ask);
	ask.input = lp->point.decl.name;
	forecast_fill(&ask, &steps, value, quality, ret_source);
	for (uint32_t i = 0; i < n; i++)
		ret[i] = (struct outlook_slot){.start_ms = start[i],
					       .value = value[i],
					       .p10 = band[i].p10,
					       .p50 = band[i].p50,
					       .p90 = band[i].p90,
					       .quality = quality[i]};
	return 0;
}
