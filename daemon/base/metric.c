#include "base/metric.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"

static const char *const kind_names[] = {
	[METRIC_COUNTER] = "counter",
	[METRIC_GAUGE] = "gauge",
	[METRIC_HISTOGRAM] = "histogram",
};

void metric_observe(struct metric *m, double x)
{
	uint32_t i = 0;

	REQUIRE(m->kind == METRIC_HISTOGRAM && m->n_bounds < ARRAY_SIZE(m->buckets));
	if (FAILS(!isnan(x)))
		return;
	while (i < m->n_bounds && x > m->bounds[i])
		i++;
	m->buckets[i]++;
	m->sum += x;
}

/* The shortest of 15 or 17 digits that reads back as the same number. */
static const char *format(char out[32], double x)
{
	if (isnan(x))
		return "NaN";
	if (isinf(x))
		return x > 0 ? "+Inf" : "-Inf";
	snprintf(out, 32, "%.15g", x);
	if (strtod(out, NULL) < x || strtod(out, NULL) > x)
		snprintf(out, 32, "%.17g", x);
	return out;
}

/* name_suffix{labels,le="…"}; empty braces are left out */
static void write_name(const struct metric *m, const char *suffix, const char *le, struct buf *out)
{
	bool has_labels = m->labels && *m->labels;

	buf_printf(out, "%s%s", m->name, suffix);
	if (!has_labels && !le)
		return;
	buf_printf(out, "{%s", has_labels ? m->labels : "");
	if (le)
		buf_printf(out, "%sle=\"%s\"", has_labels ? "," : "", le);
	buf_printf(out, "}");
}

static void write_histogram(const struct metric *m, struct buf *out)
{
	uint64_t count = 0;
	char num[32];

	REQUIRE(m->n_bounds < ARRAY_SIZE(m->buckets));
	for (uint32_t i = 0; i <= m->n_bounds; i++) {
		double bound = i < m->n_bounds ? m->bounds[i] : (double)INFINITY;

		count += m->buckets[i];
		write_name(m, "_bucket", format(num, bound), out);
		buf_printf(out, " %llu\n", (unsigned long long)count);
	}
	write_name(m, "_sum", NULL, out);
	buf_printf(out, " %s\n", format(num, m->sum));
	write_name(m, "_count", NULL, out);
	buf_printf(out, " %llu\n", (unsigned long long)count);
}

int metric_write(const struct metric *metrics, size_t n, struct buf *out)
{
	char num[32];

	for (size_t i = 0; i < n; i++) {
		const struct metric *m = &metrics[i];

		if (i == 0 || strcmp(m->name, metrics[i - 1].name) != 0)
			buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help, m->name,
				   kind_names[m->kind]);
		if (m->kind == METRIC_HISTOGRAM) {
			write_histogram(m, out);
			continue;
		}
		write_name(m, "", NULL, out);
		buf_printf(out, " %s\n", format(num, m->value));
	}
	return out->err;
}
