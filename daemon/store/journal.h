/* The journal environment: groups of batches since the last seal, a ring. Key: number of the group; value: batches,
 * each a length (varint) and a record. Written by the committer, read by recovery only. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/list.h"

struct env;
struct sample_batch;

struct journal_group {
	struct list node;
	uint64_t number; /* 1, 2, 3 … over the life of the store */
	struct buf bytes;
	uint64_t *tokens; /* of its batches, in order */
	size_t n_tokens, size_tokens;
};

int journal_open(const char *dir, uint64_t map_bytes, struct env **ret, struct fault *f);

struct journal_group *journal_group_new(uint64_t number); /* NULL: out of memory */
void journal_group_free(struct journal_group *g);
/* One more batch. 0 or -ENOMEM, and then nothing was added. */
int journal_group_add(struct journal_group *g, const struct sample_batch *b, uint64_t token);

/* Writes a list of groups in one transaction, and deletes up to two old groups, at or below trim_to, for each. On
 * disk when this returns 0. A group that a failed commit has left behind is written anew. */
int journal_write(struct env *env, const struct list *groups, uint64_t trim_to);

/* Every batch of every group above `above`, in order; visit: 0 or an error that ends it. *ret_last: number of the last
 * group, 0 if there is none. */
int journal_replay(struct env *env, uint64_t above,
		   int (*visit)(void *arg, uint64_t group, const struct sample_batch *b), void *arg,
		   uint64_t *ret_last);
