/* A quantity over time on equal steps: what the sun, the users and the market do, whatever anybody decides. Each
 * value is the mean over its step. Pure; owner's thread. */
#pragma once

#include "base/base.h"

struct series {
	int64_t start_ms, step_ms;
	size_t n;
	double *value; /* malloc'ed */
};

/* n steps of value 0. 0 or -ENOMEM. */
int series_init(struct series *s, int64_t start_ms, int64_t step_ms, size_t n);
void series_fini(struct series *s);

static inline bool series_is_set(const struct series *s)
{
	return s->n > 0;
}
/* Start of step i. */
static inline int64_t series_time(const struct series *s, size_t i)
{
	return s->start_ms + (int64_t)i * s->step_ms;
}

/* Time-weighted mean over [from, to), to > from. The first and last value hold beyond the ends. Required: is_set. */
double series_mean(const struct series *s, int64_t from_ms, int64_t to_ms);
