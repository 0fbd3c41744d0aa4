#include "forecast/forecast.h"

#include <math.h>
#include <stdio.h>

#include "base/num.h"

#define DAYS_BACK 7

enum origin { BY_CURVE, BY_OUTLOOK, BY_HISTORY, BY_LAST, BY_ASSUMPTION, N_ORIGINS };

static const enum quality quality_of[N_ORIGINS] = {QUALITY_OK, QUALITY_ESTIMATED, QUALITY_ESTIMATED,
						   QUALITY_ESTIMATED, QUALITY_MISSING};

static bool is_fresh(const struct curve *c, int64_t now_ms, int64_t max_age_ms)
{
	return c && c->step_ms > 0 && c->issue_ms >= now_ms - max_age_ms;
}

/* Amounts per interval of length `per` become rates per ms by this; means stay what they are. */
static double scale(enum forecast_as as, int64_t per_ms)
{
	return as == FORECAST_TOTAL ? 1.0 / (double)per_ms : 1.0;
}

static double from_curve(const struct forecast_ask *ask, int64_t from_ms, int64_t to_ms)
{
	const struct curve *c = ask->curve;
	double v;

	if (!is_fresh(c, ask->now_ms, ask->curve_max_age_ms))
		return NAN;
	v = curve_mean(c, from_ms, to_ms);
	/* A curve that begins inside the running slot speaks for the rest of it. */
	if (isnan(v) && from_ms < ask->now_ms && ask->now_ms < to_ms)
		v = curve_mean(c, max_i64(from_ms, c->start_ms), to_ms);
	return v * scale(ask->as, c->step_ms);
}

static double from_outlook(const struct forecast_ask *ask, int64_t from_ms)
{
	double v = ask->outlook ? outlook_at(ask->outlook, from_ms) : NAN;

	return ask->history ? v * scale(ask->as, ask->history->decl.period_ms) : v;
}

static double from_history(const struct forecast_ask *ask, int64_t slot_ms)
{
	const struct history *h = ask->history;

	if (!h)
		return NAN;
	for (int day = 1; day <= DAYS_BACK; day++) {
		int64_t then = slot_ms - day * MS_PER_DAY;
		double v = then + SLOT_MS <= ask->now_ms ? history_mean(h, then) : NAN;

		if (!isnan(v))
			return v * scale(ask->as, h->decl.period_ms);
	}
	return NAN;
}

static double from_last(const struct forecast_ask *ask, int64_t from_ms)
{
	const struct history *h = ask->history;

	if (!h || h->last_ms == INT64_MIN || from_ms > ask->now_ms + ask->hold_ms ||
	    ask->hold_ms == 0 || point_is_stale(&h->decl, h->last_ms, ask->now_ms))
		return NAN;
	return h->last_value * scale(ask->as, h->decl.period_ms);
}

/* Mean, or rate per ms, of the part [from, to) of one slot. */
static double piece(const struct forecast_ask *ask, int64_t from_ms, int64_t to_ms,
		    enum origin *ret)
{
	double v = from_curve(ask, from_ms, to_ms);

	*ret = BY_CURVE;
	if (isnan(v)) {
		v = from_outlook(ask, from_ms);
		*ret = BY_OUTLOOK;
	}
	if (isnan(v)) {
		v = from_history(ask, slot_floor(from_ms));
		*ret = BY_HISTORY;
	}
	if (isnan(v)) {
		v = from_last(ask, from_ms);
		*ret = BY_LAST;
	}
	if (isnan(v)) {
		/* `assumed` is per slot where amounts are asked for. */
		v = ask->assumed * scale(ask->as, SLOT_MS);
		*ret = BY_ASSUMPTION;
	}
	return v;
}

static void describe_curve(const struct curve *c, char *out, size_t n)
{
	char issued[32];

	snprintf(out, n, "curve:%s@%s", c->source,
		 num_format_utc(issued, sizeof(issued), c->issue_ms));
}

static void describe(const struct forecast_ask *ask, const uint32_t count[N_ORIGINS],
		     struct plan_source *ret)
{
	static const char *const names[N_ORIGINS] = {"", "", "yesterday", "last value", "assumed"};
	uint32_t total = 0;
	size_t at = 0;

	snprintf(ret->input, sizeof(ret->input), "%s", ask->input);
	ret->source[0] = '\0';
	ret->quality = QUALITY_OK;
	for (int i = 0; i < N_ORIGINS; i++)
		total += count[i];
	for (int i = 0; i < N_ORIGINS; i++) {
		char name[TEXT_MAX_B];
		int len;

		if (count[i] == 0)
			continue;
		if (quality_of[i] > ret->quality)
			ret->quality = quality_of[i];
		if (i == BY_CURVE)
			describe_curve(ask->curve, name, sizeof(name));
		else
			snprintf(name, sizeof(name), "%s",
				 i == BY_OUTLOOK ? ask->outlook->text : names[i]);
		if (count[i] == total)
			len = snprintf(ret->source, sizeof(ret->source), "%s", name);
		else
			len = snprintf(ret->source + at, sizeof(ret->source) - at,
				       "%s%s (%u of %u)", at ? ", " : "", name, count[i], total);
		at = (size_t)min_i64((int64_t)(at + (size_t)len), (int64_t)sizeof(ret->source) - 1);
	}
}

/* One step, from its quarter hours; what served is counted. */
static double fill_step(const struct forecast_ask *ask, int64_t start_ms, int64_t duration_ms,
			uint32_t count[N_ORIGINS], enum quality *ret_quality)
{
	int64_t end = start_ms + duration_ms;
	double sum = 0.0, v;

	*ret_quality = QUALITY_OK;
	for (int64_t t = start_ms; t < end;) {
		int64_t to = min_i64(slot_floor(t) + SLOT_MS, end);
		enum origin by;

		sum += piece(ask, t, to, &by) * (double)(to - t);
		count[by]++;
		if (quality_of[by] > *ret_quality)
			*ret_quality = quality_of[by];
		t = to;
	}
	v = ask->as == FORECAST_TOTAL ? sum : sum / (double)duration_ms;
	/* what is unknown is no limit */
	return isnan(v) ? v : fmin(fmax(v, ask->min), ask->max);
}

void forecast_fill(const struct forecast_ask *ask, const struct forecast_steps *steps,
		   double *ret_value, enum quality *ret_quality, struct plan_source *ret_source)
{
	uint32_t count[N_ORIGINS] = {0};

	for (uint32_t i = 0; i < steps->n; i++)
		ret_value[i] = fill_step(ask, steps->start_ms[i], steps->duration_ms[i], count,
					 &ret_quality[i]);
	describe(ask, count, ret_source);
}

void forecast_fill_i64(const struct forecast_ask *ask, const struct forecast_steps *steps,
		       int64_t *ret_value, struct plan_source *ret_source)
{
	uint32_t count[N_ORIGINS] = {0};
	enum quality quality;

	for (uint32_t i = 0; i < steps->n; i++)
		ret_value[i] = llround(
			fill_step(ask, steps->start_ms[i], steps->duration_ms[i], count, &quality));
	describe(ask, count, ret_source);
}

/* Due by `at`, from the curve's intervals that have ended by then. */
static int64_t due_by_curve(const struct curve *c, int64_t at_ms)
{
	int64_t i = min_i64((at_ms - c->start_ms) / c->step_ms, c->n) - 1;

	for (; i >= 0; i--) {
		if (!isnan(c->value[i]))
			return llround(fmin(fmax(c->value[i], 0.0), 1e15));
	}
	return 0;
}

static int64_t due_by_age(const struct forecast_due *ask, int64_t at_ms)
{
	if (at_ms >= ask->now_ms + ask->slack_ms)
		return ask->backlog_ds;
	if (at_ms <= ask->now_ms)
		return 0;
	return (int64_t)((__int128)ask->backlog_ds * (at_ms - ask->now_ms) / ask->slack_ms);
}

void forecast_due_fill(const struct forecast_due *ask, const struct forecast_steps *steps,
		       int64_t *ret_due_ds, struct plan_source *ret_source)
{
	bool fresh = is_fresh(ask->due, ask->now_ms, ask->curve_max_age_ms);
	int64_t before = 0;

	for (uint32_t i = 0; i < steps->n; i++) {
		int64_t end = steps->start_ms[i] + steps->duration_ms[i];
		int64_t due = fresh ? due_by_curve(ask->due, end) : due_by_age(ask, end);

		ret_due_ds[i] = before = clamp_i64(due, before, max_i64(ask->backlog_ds, 0));
	}
	snprintf(ret_source->input, sizeof(ret_source->input), "%s", ask->input);
	ret_source->quality = fresh ? QUALITY_OK : QUALITY_ESTIMATED;
	if (fresh)
		describe_curve(ask->due, ret_source->source, sizeof(ret_source->source));
	else
		snprintf(ret_source->source, sizeof(ret_source->source),
			 "evenly over the slack: no fresh curve");
}
