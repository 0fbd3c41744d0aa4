#include "store/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void rows_fini(struct rows *r)
{
	free(r->at);
	*r = (struct rows){0};
}

int rows_add(struct rows *r, const struct row *row)
{
	if (r->n == r->size) {
		size_t size = r->size ? 2 * r->size : 256;
		struct row *at = reallocarray(r->at, size, sizeof(*at));

		if (!at)
			return -ENOMEM;
		r->at = at;
		r->size = size;
	}
	r->at[r->n++] = *row;
	return 0;
}

#define COMPARE(x, y, field)                                                                       \
	do {                                                                                       \
		if ((x)->field != (y)->field)                                                      \
			return (x)->field < (y)->field ? -1 : 1;                                   \
	} while (0)

static uint64_t bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	COMPARE(x, y, t_ms);
	COMPARE(x, y, source);
	COMPARE(x, y, epoch);
	COMPARE(x, y, seq);
	return (bits_of(x->value) > bits_of(y->value)) - (bits_of(x->value) < bits_of(y->value));
}

void rows_sort(struct rows *r)
{
	for (size_t i = 1; i < r->n; i++) {
		if (compare_rows(&r->at[i - 1], &r->at[i]) <= 0)
			continue;
		qsort(r->at, r->n, sizeof(*r->at), compare_rows);
		return;
	}
}

static struct sample_claim claim_of(const struct row *row, const struct rows_rank *rank)
{
	return (struct sample_claim){
		.value = row->value,
		.quality = (enum quality)row->quality,
		.rank = rank->rank(rank->arg, row->source),
		.correction = row->correction,
		.epoch = row->epoch,
		.seq = row->seq,
	};
}

struct sample rows_resolve(const struct rows *r, size_t *i, const struct rows_rank *rank)
{
	const struct row *best = &r->at[(*i)++];

	while (*i < r->n && r->at[*i].t_ms == best->t_ms) {
		const struct row *other = &r->at[(*i)++];
		struct sample_claim a = claim_of(best, rank), b = claim_of(other, rank);

		if (sample_replaces(&a, &b))
			best = other;
	}
	return (struct sample){
		.t_ms = best->t_ms, .value = best->value, .quality = (enum quality)best->quality};
}
