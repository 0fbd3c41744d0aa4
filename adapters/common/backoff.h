/* How long to wait before trying again: doubling from `min` to `max`, each pause drawn from [half, whole] of it, so that
 * many clients of one daemon do not come back in step. Pure. */
#pragma once

#include "base/base.h"

struct backoff {
	int64_t min_ms, max_ms;
	int64_t next_ms;
	uint64_t state; /* of its own little generator */
};

/* 0 < min <= max. */
void backoff_init(struct backoff *b, int64_t min_ms, int64_t max_ms, uint64_t seed);
/* The next pause, in [min/2, max]. */
int64_t backoff_take_ms(struct backoff *b);
/* It worked: begin anew. */
void backoff_reset(struct backoff *b);
