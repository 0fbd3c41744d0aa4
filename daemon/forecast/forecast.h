/* The forecast of one input of the planner, step by step, from the best thing at hand:
 *   1. the newest pushed curve, while fresh and where it reaches;
 *   2. the outlook of the point's own past (outlook.h); without one the same slot of yesterday, or of the latest
 *      day before within a week that knows it;
 *   3. the last measured value, held for as long as the caller allows;
 *   4. what the caller assumes when nothing is known.
 * Each step says which, as a quality; the whole says it as a text. Pure. */
#pragma once

#include "forecast/history.h"
#include "forecast/outlook.h"
#include "model/curve.h"
#include "model/plan.h"

enum forecast_as {
	FORECAST_MEAN, /* power, price: the mean over the step */
	FORECAST_TOTAL /* arriving work: the sum over the step, where curve and history hold an amount per interval */
};

struct forecast_ask {
	const char
		*input; /* "pv[pv1]", "load", "price_buy", "arrivals[batch]": for the source text */
	enum forecast_as as;
	int64_t now_ms;
	const struct curve *curve;     /* newest pushed, NULL = none */
	int64_t curve_max_age_ms;      /* older issue: not fresh */
	const struct history *history; /* NULL = none */
	const struct outlook *outlook; /* made at now_ms; NULL = none */
	int64_t hold_ms; /* how far from now the last value stands in; 0 = never (PV) */
	double assumed; /* where nothing is known: the cautious value (PV 0, load = capacity …) */
	double min, max; /* results are clamped to this */
};

/* The steps to be filled: any spans, in any order. Borrowed. */
struct forecast_steps {
	uint32_t n;
	const int64_t *start_ms, *duration_ms; /* [n] */
};

/* value[n] and quality[n] (OK curve, ESTIMATED outlook, yesterday or held, MISSING assumed) for n steps, and where it
 * came from: "curve:sim@2025-07-14T10:00:00.000Z", the outlook's text, "yesterday", "last value", "assumed", joined with counts of slots
 * where several had to serve; the quality of the source is the worst of its steps. Steps need not be slots: each
 * is put together from its quarter hours. */
void forecast_fill(const struct forecast_ask *ask, const struct forecast_steps *steps,
		   double *ret_value, enum quality *ret_quality, struct plan_source *ret_source);

/* forecast_fill with the values rounded to integers (W, 1e-4 CNY/kWh, device-seconds); quality is dropped into
 * the source only. */
void forecast_fill_i64(const struct forecast_ask *ask, const struct forecast_steps *steps,
		       int64_t *ret_value, struct plan_source *ret_source);

/* When the present backlog of a queue is due, cumulative device-seconds by the end of each step: for
 * plan_input.due_ds. `due` is a pushed curve whose value[i] is the work due by the END of interval i (held after
 * its last interval); without a fresh one the backlog is taken to be of even age, due evenly over the slack from
 * now on. Ascending, within [0, backlog]. */
struct forecast_due {
	const char *input; /* "due[batch]" */
	int64_t now_ms;
	int64_t backlog_ds;
	int64_t slack_ms;
	const struct curve *due; /* NULL = none */
	int64_t curve_max_age_ms;
};
void forecast_due_fill(const struct forecast_due *ask, const struct forecast_steps *steps,
		       int64_t *ret_due_ds, struct plan_source *ret_source);
