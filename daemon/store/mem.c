#include "store/mem.h"

#include <errno.h>
#include <stdlib.h>

struct mem *mem_new(void)
{
	struct mem *m = calloc(1, sizeof(*m));

	if (m)
		map_init_u64(&m->groups);
	return m;
}

void mem_free(struct mem *m)
{
	struct mem_group *g;
	size_t at = 0;

	if (!m)
		return;
	while ((g = map_next(&m->groups, &at, NULL, NULL))) {
		for (unsigned i = 0; i < TILE_POINTS; i++)
			free(g->series[i].at);
		free(g);
	}
	map_fini(&m->groups);
	free(m->batches);
	free(m->claims);
	free(m->cursors);
	free(m);
}

static struct mem_series *series_for(struct mem *m, uint32_t point)
{
	uint32_t number = point / TILE_POINTS;

	if (!m->last || m->last->group != number) {
		struct mem_group *g = map_get_u64(&m->groups, number);

		if (!g) {
			g = calloc(1, sizeof(*g));
			if (!g)
				return NULL;
			g->group = number;
			if (map_put_u64(&m->groups, number, g, NULL) != 0) {
				free(g);
				return NULL;
			}
		}
		m->last = g;
	}
	return &m->last->series[point % TILE_POINTS];
}

static int series_add(struct mem_series *s, const struct mem_entry *e)
{
	if (s->n == s->size) {
		uint32_t size = s->size ? s->size + s->size / 2 : 16;
		struct mem_entry *at = reallocarray(s->at, size, sizeof(*at));

		if (!at)
			return -ENOMEM;
		s->at = at;
		s->size = size;
	}
	s->is_unsorted |= s->n && s->at[s->n - 1].t_ms > e->t_ms;
	s->at[s->n++] = *e;
	return 0;
}

/* The number of (source, epoch, correction); the latest are looked at first. */
static int find_claim(struct mem *m, const struct tile_claim *c, uint32_t *ret)
{
	for (size_t i = m->n_claims; i > 0; i--) {
		const struct tile_claim *k = &m->claims[i - 1];

		if (k->source == c->source && k->epoch == c->epoch &&
		    k->correction == c->correction) {
			*ret = (uint32_t)(i - 1);
			return 0;
		}
	}
	if (m->n_claims == m->size_claims) {
		size_t size = m->size_claims ? 2 * m->size_claims : 16;
		struct tile_claim *claims = reallocarray(m->claims, size, sizeof(*claims));

		if (!claims)
			return -ENOMEM;
		m->claims = claims;
		m->size_claims = size;
	}
	*ret = (uint32_t)m->n_claims;
	m->claims[m->n_claims++] = *c;
	return 0;
}

static int add_batch(struct mem *m, const struct mem_batch *b)
{
	if (m->n_batches == m->size_batches) {
		size_t size = m->size_batches ? 2 * m->size_batches : 256;
		struct mem_batch *batches = reallocarray(m->batches, size, sizeof(*batches));

		if (!batches)
			return -ENOMEM;
		m->batches = batches;
		m->size_batches = size;
	}
	m->batches[m->n_batches++] = *b;
	return 0;
}

/* The samples of a batch are the last ones of their series. */
static void take_back(struct mem *m, const struct sample_batch *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct mem_series *s = series_for(m, b->point[i]);

		if (s)
			s->n--;
	}
	m->n_batches--;
}

int mem_add(struct mem *m, const struct sample_batch *b, uint32_t source)
{
	struct tile_claim claim = {
		.source = source, .epoch = b->epoch, .correction = b->correction};
	struct mem_batch batch = {.seq = b->seq};

	if (find_claim(m, &claim, &batch.claim) != 0 || add_batch(m, &batch) != 0)
		return -ENOMEM;
	for (uint32_t i = 0; i < b->n; i++) {
		struct mem_entry e = {.t_ms = b->t_ms[i],
				      .value = b->value[i],
				      .batch = (uint32_t)(m->n_batches - 1),
				      .quality = b->quality[i]};
		struct mem_series *s = series_for(m, b->point[i]);

		if (!s || series_add(s, &e) != 0) {
			take_back(m, b, i);
			return -ENOMEM;
		}
	}
	m->n_samples += b->n;
	return 0;
}

void mem_undo(struct mem *m, const struct sample_batch *b)
{
	take_back(m, b, b->n);
	m->n_samples -= b->n;
}

const struct mem_group *mem_find_group(const struct mem *m, uint32_t group)
{
	return map_get_u64(&m->groups, group);
}

static struct row row_of(const struct mem *m, const struct mem_entry *e)
{
	const struct mem_batch *b = &m->batches[e->batch];
	const struct tile_claim *c = &m->claims[b->claim];

	return (struct row){
		.t_ms = e->t_ms,
		.value = e->value,
		.epoch = c->epoch,
		.seq = b->seq,
		.source = c->source,
		.quality = e->quality,
		.correction = c->correction,
	};
}

/* The first entry at or after t of a sorted series. */
static uint32_t lower_bound(const struct mem_series *s, int64_t t_ms)
{
	uint32_t lo = 0, hi = s->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (s->at[mid].t_ms < t_ms)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int mem_collect(const struct mem *m, uint32_t point, int64_t from_ms, int64_t to_ms,
		struct rows *out)
{
	const struct mem_group *g = mem_find_group(m, point / TILE_POINTS);

	if (!g)
		return 0;
	const struct mem_series *s = &g->series[point % TILE_POINTS];
	for (uint32_t i = s->is_unsorted ? 0 : lower_bound(s, from_ms); i < s->n; i++) {
		const struct mem_entry *e = &s->at[i];

		if (e->t_ms >= to_ms && !s->is_unsorted)
			break;
		if (e->t_ms < from_ms || e->t_ms >= to_ms)
			continue;
		struct row row = row_of(m, e);
		if (rows_add(out, &row) != 0)
			return -ENOMEM;
	}
	return 0;
}
