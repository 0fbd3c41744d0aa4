/* Answers of a Prometheus server's query API (prometheus.io "HTTP API"): JSON. Pure; any thread. */
#pragma once

#include "base/err.h"

struct promapi_instant {
	size_t n_series; /* in the result: 0 = there is no such series now */
	double value;	 /* of the only one; NaN and infinities as they come */
	int64_t t_ms;	 /* when it was evaluated */
};

/* Of /api/v1/query: a vector or a scalar. 0; ERR_MALFORMED: no such answer; ERR_INVALID: the server refuses the query,
 * in its words. */
int promapi_instant(const char *body, size_t n, struct promapi_instant *ret, struct fault *f);

/* Of /api/v1/query_range: value[i] is that of from_ms + i × step_ms, NaN where there is none. Only a single series is
 * filled in; *ret_series is how many there were. Errors as above. */
struct promapi_range {
	int64_t from_ms, step_ms;
	double *value;
	size_t n;
};
int promapi_range(const char *body, size_t n, const struct promapi_range *into, size_t *ret_series,
		  struct fault *f);
