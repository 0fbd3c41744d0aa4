/* A CSV file of one measured series: two columns of it, by name. Fields may be quoted; the first line names the
 * columns. Every fault is told with file and line. Reads a file: not pure. */
#pragma once

#include "base/err.h"
#include "base/slot.h"
#include "sim/spec.h"

#define CSV_FILE_MAX_B ((size_t)64 << 20)

struct csv_series {
	size_t n;
	int64_t *
		start_ms; /* [n + 1] intervals, ascending, contiguous or with gaps filled by the one before */
	double *value; /* [n] */
};

/* Reads spec->time_column and spec->column of the file at `path`. Times without a zone are local times of `zone`.
 * 0; -errno (no such file …); ERR_MALFORMED, ERR_INVALID (times must ascend), ERR_FULL, -ENOMEM. */
int csv_read(const char *path, const struct csv_spec *spec, const struct zone *zone,
	     struct csv_series *ret, struct fault *f);
/* The same from a text (which is changed); `path` is for messages. */
int csv_parse(const char *path, char *text, const struct csv_spec *spec, const struct zone *zone,
	      struct csv_series *ret, struct fault *f);
void csv_fini(struct csv_series *c);

/* Time-weighted mean over [from, to). ERR_NODATA where the file does not reach. */
int csv_mean(const struct csv_series *c, int64_t from_ms, int64_t to_ms, double *ret);
