/* A memtable: batches that are in the journal (or on the way there) and in no tile yet, by point.
 *
 * Owned by the loop; once frozen nothing in it changes, and loop and sealer may read it at the same time. */
#pragma once

#include "base/map.h"
#include "store/rows.h"
#include "store/tile.h"

struct mem_batch {
	uint64_t seq;
	uint32_t claim;
};

struct mem_entry {
	int64_t t_ms;
	double value;
	uint32_t batch;
	uint8_t quality;
};

struct mem_series {
	struct mem_entry *at; /* in the order of arrival */
	uint32_t n, size;
	bool is_unsorted;
};

struct mem_group {
	uint32_t group;
	struct mem_series series[TILE_POINTS];
};

/* Where a source stood when the memtable was frozen. */
struct mem_cursor {
	char name[NAME_MAX_B];
	uint32_t source;
	uint64_t epoch, seq;
};

struct mem {
	struct map groups;	/* struct mem_group *, by group */
	struct mem_group *last; /* of the latest lookup */
	struct mem_batch *batches;
	size_t n_batches, size_batches;
	struct tile_claim *claims;
	size_t n_claims, size_claims;
	uint64_t n_samples;
	int64_t born_ms; /* the store's clock when the first batch came */
	/* when frozen */
	uint64_t last_group; /* of the journal */
	struct mem_cursor *cursors;
	size_t n_cursors;
};

struct mem *mem_new(void); /* NULL: out of memory */
void mem_free(struct mem *m);

/* All samples of the batch, or none. 0 or -ENOMEM. */
int mem_add(struct mem *m, const struct sample_batch *b, uint32_t source);
/* Takes back the batch that was added last. */
void mem_undo(struct mem *m, const struct sample_batch *b);

const struct mem_group *mem_find_group(const struct mem *m, uint32_t group); /* NULL */
/* Claims on the point in [from, to). 0 or -ENOMEM. */
int mem_collect(const struct mem *m, uint32_t point, int64_t from_ms, int64_t to_ms,
		struct rows *out);
