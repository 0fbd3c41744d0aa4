#include <math.h>
#include <stdlib.h>

#include "model/sample.h"
#include "store/record_priv.h"

/* The least p such that the points repeat in rounds of p: where the first one comes again, if the rest agrees. */
static uint32_t find_period(const uint32_t *point, uint32_t n)
{
	uint32_t p = 1;

	while (p < n && point[p] != point[0])
		p++;
	for (uint32_t i = p; i < n; i++) {
		if (point[i] != point[i - p])
			return n;
	}
	return p;
}

/* Indexes and values of qualities that are not OK. */
static bool take_out_quality(const struct sample_batch *b, struct arena *a,
			     Suandian__Store__V1__Batch *m)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->n; i++)
		n += b->quality[i] != QUALITY_OK;
	m->q_index = ARENA_ARRAY(a, n, uint32_t);
	m->q_value = ARENA_ARRAY(a, n, uint32_t);
	if (!m->q_index || !m->q_value)
		return false;
	m->n_q_index = m->n_q_value = n;
	n = 0;
	for (uint32_t i = 0; i < b->n; i++) {
		if (b->quality[i] == QUALITY_OK)
			continue;
		m->q_index[n] = i;
		m->q_value[n++] = b->quality[i];
	}
	return true;
}

static int fill_batch(const struct sample_batch *b, struct arena *a, Suandian__Store__V1__Batch *m)
{
	uint32_t period = b->n ? find_period(b->point, b->n) : 0;

	m->source = record_text(b->source);
	m->epoch = b->epoch;
	m->seq = b->seq;
	m->correction = b->correction;
	m->base_ms = b->n ? b->t_ms[0] : 0;
	m->point_delta = ARENA_ARRAY(a, period, int64_t);
	m->dt_ms = ARENA_ARRAY(a, b->n, int64_t);
	if (!m->point_delta || !m->dt_ms || !take_out_quality(b, a, m))
		return -ENOMEM;
	m->n_point_delta = period;
	for (uint32_t i = 0; i < period; i++)
		m->point_delta[i] = (int64_t)b->point[i] - (i ? (int64_t)b->point[i - 1] : 0);
	m->n_dt_ms = m->n_value = b->n;
	for (uint32_t i = 1; i < b->n; i++)
		m->dt_ms[i] = (int64_t)((uint64_t)b->t_ms[i] - (uint64_t)b->t_ms[i - 1]);
	m->value = (double *)(uintptr_t)b->value;
	return 0;
}

int record_encode_batch(const struct sample_batch *b, struct buf *out)
{
	Suandian__Store__V1__Batch m = SUANDIAN__STORE__V1__BATCH__INIT;
	struct arena a;
	int r;

	arena_init(&a, (size_t)64 * b->n + 4096);
	r = fill_batch(b, &a, &m);
	if (r == 0)
		r = record_pack(&m.base, out);
	arena_fini(&a);
	return r;
}

static bool take_points(const Suandian__Store__V1__Batch *m, uint32_t n, uint32_t *point)
{
	size_t period = m->n_point_delta;
	int64_t at = 0;

	if (period > n || (n && period == 0))
		return false;
	for (size_t i = 0; i < period; i++) {
		if (__builtin_add_overflow(at, m->point_delta[i], &at) || at < 0 || at > UINT32_MAX)
			return false;
		point[i] = (uint32_t)at;
	}
	for (size_t i = period; i < n; i++)
		point[i] = point[i - period];
	return true;
}

static bool take_quality(const Suandian__Store__V1__Batch *m, uint32_t n, uint8_t *quality)
{
	if (m->n_q_index != m->n_q_value)
		return false;
	for (size_t i = 0; i < m->n_q_index; i++) {
		uint32_t q = m->q_value[i];

		if (m->q_index[i] >= n || (i && m->q_index[i] <= m->q_index[i - 1]))
			return false;
		if (q == QUALITY_OK || q == QUALITY_MISSING || q > QUALITY_BAD)
			return false;
		quality[m->q_index[i]] = (uint8_t)q;
	}
	return true;
}

static bool values_are_finite(const double *value, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(value[i]))
			return false;
	}
	return true;
}

int record_decode_batch(const uint8_t *p, size_t len, struct arena *a, struct sample_batch *ret)
{
	struct sample_batch b = {0};
	ProtobufCMessage *base;
	int r = record_unpack(&suandian__store__v1__batch__descriptor, p, len, a, &base);

	if (r)
		return r;
	const Suandian__Store__V1__Batch *m = (const Suandian__Store__V1__Batch *)base;
	if (m->n_dt_ms != m->n_value || m->n_value > UINT32_MAX ||
	    !record_take_text(b.source, sizeof(b.source), m->source))
		return ERR_CORRUPT;
	b.n = (uint32_t)m->n_value;
	uint32_t *point = ARENA_ARRAY(a, b.n, uint32_t);
	int64_t *t = ARENA_ARRAY(a, b.n, int64_t);
	uint8_t *quality = ARENA_ARRAY(a, b.n, uint8_t);
	if (!point || !t || !quality)
		return -ENOMEM;
	for (uint32_t i = 0; i < b.n; i++)
		t[i] = (int64_t)((uint64_t)(i ? t[i - 1] : m->base_ms) + (uint64_t)m->dt_ms[i]);
	if (!take_points(m, b.n, point) || !take_quality(m, b.n, quality) ||
	    !values_are_finite(m->value, b.n))
		return ERR_CORRUPT;
	b.epoch = m->epoch;
	b.seq = m->seq;
	b.correction = m->correction;
	b.point = point;
	b.t_ms = t;
	b.value = m->value;
	b.quality = quality;
	*ret = b;
	return 0;
}
