/* Forecasts made in hindsight, day by day, each with what was known at its time, against what came. Pure. */
#pragma once

#include "forecast/outlook.h"

#define BACKTEST_DAYS_MAX 366
#define BACKTEST_ISSUES 4 /* a day: 0, 6, 12, 18 o'clock */

struct backtest_ask {
	enum forecast_kind kind;
	struct dayview_ask history; /* now_ms = where it ends; days before it are tested */
	int days;
};

/* Sums over the slots of one lead time. */
struct backtest_lead {
	uint32_t n;
	double error, magnitude; /* Σ (foretold − measured), Σ |measured| */
	double abs_error, square, persist_square;
	uint32_t n_share;	   /* slots that are not small against the mean */
	double share;		   /* Σ |error / measured| over them */
	uint32_t n_band, n_inside; /* slots with a band of some width */
};

struct backtest {
	int days, similar_days; /* tested; of these foretold by similar days */
	struct backtest_lead lead[SCORE_LEADS], all;
};

struct backtest_work {
	struct dayview view;
	struct score_work score_work;
	struct score score;
	struct outlook outlook;
};

/* Tests one more day: the i-th before the end (1 = the last whole one). So that a caller may stop between days. */
void backtest_day(const struct backtest_ask *ask, int i, struct backtest_work *w,
		  struct backtest *sum);
void backtest_run(const struct backtest_ask *ask, struct backtest_work *w, struct backtest *ret);

/* Figures of the sums; NaN where there is nothing to tell. Shares, not percent. */
double backtest_rrmse(const struct backtest_lead *l);	/* root mean square ÷ mean magnitude */
double backtest_persist(const struct backtest_lead *l); /* the same of persistence */
double backtest_mae(const struct backtest_lead *l);
double backtest_mape(const struct backtest_lead *l);
double backtest_bias(const struct backtest_lead *l);	 /* mean error, in the unit of the point */
double backtest_coverage(const struct backtest_lead *l); /* share inside P10–P90 */
double backtest_skill(const struct backtest_lead *l);	 /* 1 − MSE ÷ MSE of persistence */
