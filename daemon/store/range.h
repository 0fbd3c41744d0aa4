/* Reads of samples: tiles and memtables merged, one sample per time. Loop thread. */
#pragma once

#include "store/rows.h"
#include "store/sealer.h"

struct range {
	struct sealer *sealer;
	uint32_t (*rank)(void *arg, const char *source, uint32_t point); /* NULL: all 0 */
	void *rank_arg;
	bool (*visit)(void *arg, uint32_t point, const struct sample *sample);
	void *arg;
};

/* Samples of the point in [from, to), ascending. 0; 1: visit has had enough; ERR_CORRUPT, ERR_STORE, -ENOMEM. */
int range_point(const struct range *r, uint32_t point, int64_t from_ms, int64_t to_ms);
/* Samples of every point from from_ms on, point by point. */
int range_all(const struct range *r, int64_t from_ms);
