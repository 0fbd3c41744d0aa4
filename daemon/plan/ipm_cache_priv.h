/* What ipm.c takes from the cache; the least recently used goes first. */
#pragma once

#include "plan/ipm_cache.h"
#include "plan/ipm_work.h"

#define IPM_CACHE_SIZE 8
#define IPM_ARENA_CAP ((size_t)1 << 30)

struct ipm_cached {
	struct ipm_structure *structure;
	struct ipm_work *work[2]; /* for one lane and for two */
	uint64_t used;
};

struct ipm_cache {
	struct ipm_cached slot[IPM_CACHE_SIZE];
	uint64_t now;
};

/* Finds or makes; valid until the next call. -ENOMEM, ERR_FULL: too large. */
int ipm_cache_take(struct ipm_cache *c, const struct ipm_key *key, struct ipm_cached **ret);
/* NULL: no memory. lanes: 1 or 2. */
struct ipm_work *ipm_cache_work(struct ipm_cached *c, int lanes);
