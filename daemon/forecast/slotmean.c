#include "forecast/slotmean.h"

#include <math.h>

#include "base/require.h"

#define MILLI 1000.0
/* |value| beyond this says nothing about a site; it keeps sums inside 128 bits by far. */
#define VALUE_CAP 1e15

void slotmean_span(const struct point_decl *d, int64_t t_ms, int64_t *ret_from, int64_t *ret_to)
{
	bool before = (d->kind == KIND_MEAN || d->kind == KIND_ENERGY) && d->label == LABEL_END;

	*ret_from = before ? t_ms - d->period_ms : t_ms;
	*ret_to = d->kind == KIND_COUNTER ? *ret_from : *ret_from + d->period_ms;
}

void slotmean_add(struct slotmean *m, int64_t slot_ms, int64_t from_ms, int64_t to_ms, double value,
		  int sign)
{
	int64_t from = max_i64(from_ms, slot_ms);
	int64_t to = min_i64(to_ms, slot_ms + SLOT_MS);

	REQUIRE(isfinite(value) && (sign == 1 || sign == -1));
	if (from >= to)
		return;
	value = fmin(fmax(value, -VALUE_CAP), VALUE_CAP);
	m->sum += (__int128)llround(value * MILLI) * (to - from) * sign;
	m->covered_ms += (to - from) * sign;
}

int slotmean_coverage_permille(const struct slotmean *m)
{
	return (int)(clamp_i64(m->covered_ms, 0, SLOT_MS) * 1000 / SLOT_MS);
}

double slotmean_value(const struct slotmean *m)
{
	if (m->covered_ms <= 0)
		return NAN;
	return (double)m->sum / (double)m->covered_ms / MILLI;
}
