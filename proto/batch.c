#include "proto/batch.h"

#include <math.h>
#include <string.h>

#include "base/err.h"

int batch_check(const struct client_samples *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->point[i] > INT32_MAX)
			return ERR_INVALID;
		if (s->quality && s->quality[i] > SUANDIAN__V1__QUALITY__QUALITY_BAD)
			return ERR_INVALID;
	}
	return 0;
}

size_t batch_span(const struct client_samples *s, size_t at, size_t max)
{
	size_t n = 1;

	while (n < max && at + n < s->n) {
		int32_t step;

		if (__builtin_sub_overflow(s->t_ms[at + n], s->t_ms[at + n - 1], &step))
			break;
		n++;
	}
	return n;
}

bool batch_fits_layout(const struct client_samples *s, const uint32_t *point, size_t n_points)
{
	for (size_t at = 0; at < s->n; at += n_points) {
		size_t n = s->n - at < n_points ? s->n - at : n_points;

		if (memcmp(s->point + at, point, n * sizeof(*point)) != 0)
			return false;
	}
	return true;
}

static uint8_t quality_of(const struct client_samples *s, size_t i)
{
	if (!isfinite(s->value[i]))
		return SUANDIAN__V1__QUALITY__QUALITY_MISSING;
	return s->quality ? s->quality[i] : SUANDIAN__V1__QUALITY__QUALITY_OK;
}

static int fill_quality(struct arena *a, const struct client_samples *s, size_t at, size_t n,
			Suandian__V1__PushSamples *ret)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		k += quality_of(s, at + i) != SUANDIAN__V1__QUALITY__QUALITY_OK;
	if (k == 0)
		return 0;
	ret->q_index = ARENA_ARRAY(a, k, uint32_t);
	ret->q_value = ARENA_ARRAY(a, k, Suandian__V1__Quality);
	if (!ret->q_index || !ret->q_value)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		uint8_t quality = quality_of(s, at + i);

		if (quality == SUANDIAN__V1__QUALITY__QUALITY_OK)
			continue;
		ret->q_index[ret->n_q_index++] = (uint32_t)i;
		ret->q_value[ret->n_q_value++] = (Suandian__V1__Quality)quality;
	}
	return 0;
}

static int fill_points(struct arena *a, const struct client_samples *s, size_t at, size_t n,
		       Suandian__V1__PushSamples *ret)
{
	uint32_t last = 0;

	ret->point_delta = ARENA_ARRAY(a, n, int32_t);
	if (!ret->point_delta)
		return -ENOMEM;
	ret->n_point_delta = n;
	for (size_t i = 0; i < n; i++) {
		/* both are at most INT32_MAX, so the difference fits */
		ret->point_delta[i] = (int32_t)s->point[at + i] - (int32_t)last;
		last = s->point[at + i];
	}
	return 0;
}

int batch_fill(struct arena *a, const struct client_samples *s, size_t at, size_t n,
	       uint32_t layout, Suandian__V1__PushSamples *ret)
{
	int r;

	ret->base_ms = s->t_ms[at];
	ret->layout = layout;
	ret->correction = s->correction;
	ret->dt_ms = ARENA_ARRAY(a, n, int32_t);
	ret->value = arena_memdup(a, s->value + at, n * sizeof(double));
	if (!ret->dt_ms || !ret->value)
		return -ENOMEM;
	ret->n_dt_ms = ret->n_value = n;
	for (size_t i = 1; i < n; i++)
		ret->dt_ms[i] = (int32_t)(s->t_ms[at + i] - s->t_ms[at + i - 1]);
	r = fill_quality(a, s, at, n, ret);
	if (r == 0 && layout == 0)
		r = fill_points(a, s, at, n, ret);
	return r;
}
