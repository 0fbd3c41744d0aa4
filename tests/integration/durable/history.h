/* What a store is given to keep in these tests, and the judgement of what it kept. Batch k (1, 2, 3 …) of source
 * "meter" has one sample for each of HISTORY_POINTS points at k seconds; commit k has decision k, audit record k and
 * the meta record of that moment. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "drive.h"

#define HISTORY_POINTS 3

struct store_settings history_settings(const char *path);

int history_append(struct drive *d, uint64_t k);

/* The audit chain is carried on by whoever commits. */
struct history_chain {
	uint64_t seq;
	uint8_t head[32];
};
void history_chain_init(struct history_chain *c);
int history_commit(struct drive *d, struct history_chain *c);

/* What was found in a directory after a loss. */
struct history_found {
	uint64_t batches; /* 1 … batches are there, each exactly once, and no other */
	uint64_t commits; /* the same of the ledger; the chain verifies and ends there */
	char fault[256];  /* what is wrong, "" if nothing */
};
/* Opens the store as a daemon would, reads everything, closes it, then counts what lies in the files themselves. */
struct history_found history_read(const char *path);
