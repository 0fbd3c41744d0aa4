/* All that a recipe tells, in the order of time: which values are known at a moment, and which forecasts are issued.
 * What comes out depends on the contents of the files only, not on the order of their rows. Owner's thread. */
#pragma once

#include "replay/forecasts.h"
#include "replay/track.h"

/* Columns of samples, by time, then series. */
struct feed_rows {
	uint32_t *series;
	int64_t *t_ms;
	double *value;
	uint8_t *quality;
	size_t n, size;
};

/* Valid during the call. */
struct feed_curve {
	size_t series;
	Suandian__V1__PointLabel label;
	int64_t issue_ms, start_ms, step_ms;
	const double *value; /* NaN: no forecast for that step */
	size_t n;
};

struct feed {
	const struct recipe *recipe; /* borrowed */
	struct track *track;	     /* [recipe->n] */
	struct forecasts *forecasts; /* [recipe->n] */
	size_t *at, *at_forecast;    /* next rows */
	int64_t *due_ms;	     /* of the next curve of a series' own */
};

/* Reads all files. first_ms: the first replayed moment; INT64_MIN: that of the data, then no series may be mapped.
 * 0, or an error with its place. */
int feed_open(struct feed *f, const struct recipe *recipe, int64_t first_ms, struct fault *fault);
void feed_fini(struct feed *f);

/* When the first and the last of all values are known. */
int64_t feed_first_ms(const struct feed *f);
int64_t feed_last_ms(const struct feed *f);

/* Where it begins: values that are known up to history before that are left out. */
void feed_begin(struct feed *f, int64_t from_ms);

/* Values that have become known up to to_ms since the last call. `rows` is overwritten; init with {0}. 0 or -ENOMEM. */
int feed_take(struct feed *f, int64_t to_ms, struct feed_rows *rows);
void feed_rows_fini(struct feed_rows *rows);

/* Forecasts that are due at now_ms: recorded ones that were issued since the last call, and those made of the values to
 * come. Calls push() for each, by series; stops at its first error, to begin with that one the next time. */
int feed_curves(struct feed *f, int64_t now_ms, int (*push)(void *arg, const struct feed_curve *c),
		void *arg);
