/* Claims on values of one point, gathered from tiles and memtables, and which of them stand. Owner's thread. */
#pragma once

#include "model/sample.h"

struct row {
	int64_t t_ms;
	double value;
	uint64_t epoch, seq;
	uint32_t source;
	uint8_t quality;
	bool correction;
};

struct rows {
	struct row *at;
	size_t n, size;
};

void rows_fini(struct rows *r);
/* 0 or -ENOMEM. */
int rows_add(struct rows *r, const struct row *row);
/* By time, equal ones in an order that does not depend on how they came. */
void rows_sort(struct rows *r);

/* The rank of a source for the point that is read. */
struct rows_rank {
	uint32_t (*rank)(void *arg, uint32_t source);
	void *arg;
};

/* The sample that stands at time at[*i].t_ms; *i moves on to the next time. Sorted rows; *i < n. */
struct sample rows_resolve(const struct rows *r, size_t *i, const struct rows_rank *rank);
