/* What points are expected to measure: pushed curves while fresh, else the outlook of the point's own past, with what
 * was learnt from it. One outlook at a time is held; learning is done once a day and point, and anew after late
 * samples, so that the answer is a function of what is stored and of the time. */
#pragma once

#include "forecast/forecast.h"

struct engine;
struct live_point;
struct generator;

/* 0 or -ENOMEM. */
int forecasts_init(struct engine *e);
void forecasts_fini(struct engine *e);

/* Time, curve, history and outlook of the point (NULL = none) into ask. Until the next call. */
void forecasts_ask(struct engine *e, const struct live_point *lp, struct forecast_ask *ask);
/* The same for a generator, whose months may be known where its point is not. */
void forecasts_ask_generator(struct engine *e, const struct live_point *lp, const struct site *site,
			     const struct generator *g, struct forecast_ask *ask);

/* P10, P50, P90 of a point over steps: of the pushed curve where it is fresh and has them, else of the outlook. A step of
 * several slots has the mean of their quantiles, which is too wide rather than too narrow. NaN where nobody
 * knows. false: nothing known at all. */
bool forecasts_quantiles(struct engine *e, const struct live_point *lp,
			 const struct forecast_steps *steps, struct band *ret);

/* What the point is, for a forecast; false: nothing that could be foretold (a level, a command). */
bool forecasts_kind(const struct live_point *lp, enum forecast_kind *ret);

/* Does the meter hang? How long its value has not changed, 0 = it does not. */
int64_t forecasts_frozen_ms(const struct engine *e, const struct live_point *lp);
/* Which of the last n whole slots (at most FORECASTS_FROZEN_MAX; ret[n - 1] is the newest) are part of a stand-still and
 * no measurement: a meter that hung an hour ago and moves again is found, too. */
#define FORECASTS_FROZEN_MAX 128
void forecasts_frozen_slots(const struct engine *e, const struct live_point *lp, int n, bool *ret);

/* A late sample at t came to where only rounded means are left: they are made anew from the store. */
void forecasts_repair(struct engine *e, struct live_point *lp, int64_t t_ms);
/* After a restart: the weeks before `until` of all bound points, as many of their days as can be read in bounded time. */
int forecasts_restore(struct engine *e, int64_t until_ms);
