#include "prometheus/reading.h"

#include <math.h>

/* A rate over more periods than this says nothing about the last one. */
#define RATE_PERIODS_MAX 4

const char *reading_text(enum reading_why why)
{
	static const char *const texts[] = {
		[READING_GOOD] = "has values",
		[READING_DOWN] = "its source does not answer",
		[READING_REFUSED] = "the server refuses its query",
		[READING_ABSENT] = "there is no such series",
		[READING_AMBIGUOUS] = "more than one series, where one is meant",
		[READING_NAN] = "not a number",
		[READING_STALE] = "older than max_age",
		[READING_FIRST] = "no rate before the second reading",
		[READING_RESET] = "the counter began anew",
		[READING_IMPLAUSIBLE] = "outside of the plausible range",
	};

	return (unsigned)why < ARRAY_SIZE(texts) ? texts[why] : "?";
}

void reading_match(struct reading_matches *m, const struct exposition_sample *s)
{
	m->min = m->n ? fmin(m->min, s->value) : s->value;
	m->max = m->n ? fmax(m->max, s->value) : s->value;
	m->sum += s->value;
	m->has_nan = m->has_nan || !isfinite(s->value);
	m->n++;
	if (!s->has_t)
		return;
	m->t_ms = m->has_t ? min_i64(m->t_ms, s->t_ms) : s->t_ms;
	m->has_t = true;
}

struct reading reading_missing(enum reading_why why, int64_t now_ms)
{
	return (struct reading){.why = why,
				.quality = SUANDIAN__V1__QUALITY__QUALITY_MISSING,
				.t_ms = now_ms,
				.value = NAN};
}

static double combine(const struct mapping_point *p, const struct reading_matches *m)
{
	if (m->has_nan)
		return NAN; /* a sum without one of its parts is not the sum */
	switch (p->aggregate) {
	case MAPPING_MIN:
		return m->min;
	case MAPPING_MAX:
		return m->max;
	case MAPPING_MEAN:
		return m->sum / (double)m->n;
	case MAPPING_ONE:
	case MAPPING_SUM:
		break;
	}
	return m->sum;
}

/* The growth per second since the reading before; why there is none otherwise. */
static enum reading_why rate_of(const struct mapping_point *p, struct reading_memory *memory,
				int64_t t_ms, double *raw)
{
	struct reading_memory before = *memory;
	int64_t span_ms = t_ms - before.t_ms;

	if (before.has && span_ms == 0)
		return READING_STALE; /* the same reading once more */
	*memory = (struct reading_memory){.has = true, .t_ms = t_ms, .raw = *raw};
	if (!before.has || span_ms < 0 || span_ms > RATE_PERIODS_MAX * p->spec.period_ms)
		return READING_FIRST;
	if (*raw < before.raw)
		return READING_RESET;
	*raw = (*raw - before.raw) * 1000 / (double)span_ms;
	return READING_GOOD;
}

static struct reading judge(const struct mapping_point *p, double raw, int64_t t_ms)
{
	struct reading r = {.t_ms = t_ms};

	r.value = pointspec_value(&p->spec, raw, &r.quality);
	if (r.quality == SUANDIAN__V1__QUALITY__QUALITY_MISSING)
		r.why = READING_NAN;
	else if (r.quality == SUANDIAN__V1__QUALITY__QUALITY_BAD)
		r.why = READING_IMPLAUSIBLE;
	return r;
}

struct reading reading_of_matches(const struct mapping_point *p, const struct reading_matches *m,
				  struct reading_memory *memory, int64_t now_ms)
{
	int64_t t_ms = m->has_t ? m->t_ms : now_ms;
	enum reading_why why = READING_GOOD;
	double raw;

	if (m->n == 0)
		return reading_missing(READING_ABSENT, now_ms);
	if (m->n > 1 && p->aggregate == MAPPING_ONE)
		return reading_missing(READING_AMBIGUOUS, now_ms);
	if (p->max_age_ms > 0 && now_ms - t_ms > p->max_age_ms)
		return reading_missing(READING_STALE, now_ms);
	raw = combine(p, m);
	if (p->rate && isfinite(raw))
		why = rate_of(p, memory, t_ms, &raw);
	return why == READING_GOOD ? judge(p, raw, t_ms) : reading_missing(why, now_ms);
}

struct reading reading_of_value(const struct mapping_point *p, double raw, int64_t t_ms,
				int64_t seen_ms)
{
	if (p->max_age_ms > 0 && seen_ms != INT64_MIN && t_ms - seen_ms > p->max_age_ms)
		return reading_missing(READING_STALE, t_ms);
	return judge(p, raw, t_ms);
}
