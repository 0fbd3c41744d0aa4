/* Counters, gauges and histograms with their Prometheus names, registered once and written as text exposition.
 * Values are updated from one thread (the loop) unless a function says otherwise. */
#pragma once

#include "base/base.h"
#include "base/buf.h"

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric {
	const char *name;   /* "suandian_ingest_samples_total" */
	const char *labels; /* "quality=\"bad\"" or NULL */
	const char *help;
	enum metric_kind kind;
	double value;	      /* counter, gauge */
	const double *bounds; /* histogram: n ascending upper bounds, +Inf implied */
	uint64_t buckets[16]; /* histogram: counts, not cumulative; last = +Inf */
	uint32_t n_bounds;    /* ≤ 15 */
	double sum;
};

static inline void metric_add(struct metric *m, double x)
{
	m->value += x;
}
static inline void metric_set(struct metric *m, double x)
{
	m->value = x;
}
void metric_observe(struct metric *m, double x);

/* Appends HELP/TYPE (once per name; equal names must be adjacent) and sample lines of n metrics. 0 or buf error. */
int metric_write(const struct metric *metrics, size_t n, struct buf *out);
