#include "sim/series.h"

#include <errno.h>
#include <stdlib.h>

#include "base/require.h"

int series_init(struct series *s, int64_t start_ms, int64_t step_ms, size_t n)
{
	double *value;

	REQUIRE(step_ms > 0 && n > 0);
	value = calloc(n, sizeof(*value));
	if (!value)
		return -ENOMEM;
	*s = (struct series){.start_ms = start_ms, .step_ms = step_ms, .n = n, .value = value};
	return 0;
}

void series_fini(struct series *s)
{
	free(s->value);
	*s = (struct series){0};
}

static double value_at(const struct series *s, int64_t t_ms)
{
	int64_t i = t_ms < s->start_ms ? 0 : (t_ms - s->start_ms) / s->step_ms;

	return s->value[min_i64(i, (int64_t)s->n - 1)];
}

static int64_t step_end(const struct series *s, int64_t t_ms)
{
	int64_t past = (t_ms - s->start_ms) % s->step_ms;

	return t_ms + s->step_ms - (past < 0 ? past + s->step_ms : past);
}

double series_mean(const struct series *s, int64_t from_ms, int64_t to_ms)
{
	double sum = 0;
	int64_t next;

	REQUIRE(series_is_set(s) && to_ms > from_ms);
	for (int64_t t = from_ms; t < to_ms; t = next) {
		next = min_i64(step_end(s, t), to_ms);
		sum += value_at(s, t) * (double)(next - t);
	}
	return sum / (double)(to_ms - from_ms);
}
