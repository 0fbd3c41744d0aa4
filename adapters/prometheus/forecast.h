/* Forecasts: range queries into the future, asked every so often, given on as curves. Loop thread. */
#pragma once

#include "prometheus/source.h"

struct forecast;

struct forecast_curve {
	size_t point; /* of mapping->points */
	int64_t issue_ms, start_ms, step_ms;
	const double *value; /* NaN: none for that step */
	size_t n, n_known;
};

struct forecast_options {
	const struct mapping *mapping; /* borrowed */
	size_t at;		       /* which of its curves */
	struct source *source;	       /* that it names; must outlive the forecast */
	/* Valid during the call. */
	void (*made)(void *arg, const struct forecast_curve *c);
	void *arg;
};

/* -ENOMEM. */
int forecast_new(struct loop *loop, const struct forecast_options *o, struct forecast **ret);
void forecast_start(struct forecast *f);
/* Asks no more. */
void forecast_stop(struct forecast *f);
/* Once the source is closed. Takes NULL. */
void forecast_free(struct forecast *f);
