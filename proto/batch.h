/* Samples in rows to the columns of PushSamples. Part of the client. Pure. */
#pragma once

#include "base/arena.h"
#include "proto/rows.h"
#include "suandian/v1/observe.pb-c.h"

/* Bytes that one sample can take in a batch: deltas of point and time 5 each, value 8, quality 6. */
#define BATCH_SAMPLE_MAX 24
/* What a batch takes beside its samples: source, numbers, heads of the columns. */
#define BATCH_HEAD_MAX 512

/* 0, or ERR_INVALID: a point above INT32_MAX, a quality that is none. */
int batch_check(const struct client_samples *s);

/* How many samples from `at` on, at most max (>= 1), one batch can carry: time steps must fit the delta. >= 1. */
size_t batch_span(const struct client_samples *s, size_t at, size_t max);

/* Do all samples follow the layout, from its first point on, repeated? */
bool batch_fits_layout(const struct client_samples *s, const uint32_t *point, size_t n_points);

/* Fills the columns of *ret for samples [at, at + n), in the arena; `layout` 0 = with point numbers. Source, epoch
 * and seq are the caller's. 0 or -ENOMEM. */
int batch_fill(struct arena *a, const struct client_samples *s, size_t at, size_t n,
	       uint32_t layout, Suandian__V1__PushSamples *ret);
