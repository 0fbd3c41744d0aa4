/* The forecast of one point from its own past, quarter hour by quarter hour for today and a week, with the band that
 * its errors of the last weeks give. Pure. */
#pragma once

#include "forecast/score.h"
#include "model/plan.h"

struct outlook {
	const struct zone *zone;
	int32_t today;
	int64_t now_ms;
	/* NaN = nobody knows. With the sign of the point. */
	float at[DAYVIEW_AHEAD][SLOTS_PER_DAY];
	float p10[DAYVIEW_AHEAD][SLOTS_PER_DAY];
	float p50[DAYVIEW_AHEAD][SLOTS_PER_DAY];
	float p90[DAYVIEW_AHEAD][SLOTS_PER_DAY];
	bool similar;
	/* "similar-day 5 of 28, adj ×0.93", "yesterday", "share of the month, as configured",
	 * "yesterday: similar-day was worse, RRMSE 31 % > 22 %" */
	char text[TEXT_MAX_B];
};

struct outlook_ask {
	enum forecast_kind kind;
	int sign; /* of the view, taken back here */
	const struct dayview *view;
	const struct score *score; /* NULL or days 0: persistence, no band */
	/* Of a generator: share of the capacity by month, NULL = not stated; capacity in the unit of the point. */
	const int64_t *month_ppm;
	double capacity;
};

void outlook_make(const struct outlook_ask *ask, struct outlook *ret);

/* Of the slot that contains t; NaN outside. */
double outlook_at(const struct outlook *o, int64_t t_ms);
struct band {
	double p10, p50, p90; /* NaN = unknown */
};
struct band outlook_band(const struct outlook *o, int64_t t_ms);
