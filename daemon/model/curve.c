#include "model/curve.h"

#include <math.h>

int64_t curve_normal_start(enum point_label label, int64_t start_ms, int64_t step_ms)
{
	return label == LABEL_END ? start_ms - step_ms : start_ms;
}

double curve_mean(const struct curve *c, int64_t from_ms, int64_t to_ms)
{
	double sum = 0.0;
	int64_t end_ms = c->start_ms + (int64_t)c->n * c->step_ms;

	if (from_ms >= to_ms || c->step_ms <= 0 || from_ms < c->start_ms || to_ms > end_ms)
		return NAN;
	for (int64_t t = from_ms; t < to_ms;) {
		int64_t i = (t - c->start_ms) / c->step_ms;
		int64_t next = min_i64(c->start_ms + (i + 1) * c->step_ms, to_ms);

		sum += c->value[i] * (double)(next - t); /* NaN stays NaN */
		t = next;
	}
	return sum / (double)(to_ms - from_ms);
}
