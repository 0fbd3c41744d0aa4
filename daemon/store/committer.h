/* The ack path: batches are gathered into groups, groups are written to the journal on a lane of their own.
 *
 * A group is written at once when nothing is under way and the last write began at least T ago, else when T is over
 * or it has grown to group_bytes, or when the write under way has ended, whichever is last: T = four times the usual
 * duration of a write, at most commit_max_ms. So an idle store answers at once, and a busy one spends its disk on
 * few large flushes. (Clamped exponential average; see docs/STORE.md.)
 *
 * When a write fails, everything stays queued and is tried again; nothing is acknowledged meanwhile. Loop thread. */
#pragma once

#include "loop/lane.h"
#include "store/journal.h"
#include "store/outage.h"

struct committer;

struct committer_settings {
	int64_t commit_max_ms;
	size_t group_bytes, pending_bytes;
};

struct committer_events {
	/* Batches are on disk (rc 0), or given up at the end (rc < 0); in order of submission. */
	void (*done)(void *arg, uint64_t token, int rc);
	/* Groups up to this number are on disk. After their done calls. */
	void (*flushed)(void *arg, uint64_t group);
	/* Nothing is left to do after committer_finish(). */
	void (*idle)(void *arg);
	void *arg;
};

/* Takes over the environment when it succeeds. next_group > 0. */
int committer_new(struct loop *loop, struct env *journal, uint64_t next_group,
		  const struct committer_settings *settings, const struct committer_events *events,
		  struct committer **ret);
/* The lane it writes on, the caller's; before the first append. */
void committer_start(struct committer *c, struct lane *lane);
/* After idle(), or before it was started. Takes NULL. */
void committer_free(struct committer *c);

/* Writes what is left, as soon as may be, once; then idle(). No appends from here on. */
void committer_finish(struct committer *c);

/* May a batch be appended? 0, ERR_FULL, ERR_STORE (an outage). */
int committer_check(const struct committer *c);
/* Copies. What committer_check() says, or -ENOMEM. */
int committer_append(struct committer *c, const struct sample_batch *b, uint64_t token);
/* Ends the open group, so that later batches are in later ones: the number of the last group submitted so far. */
uint64_t committer_cut(struct committer *c);
/* Groups at or below may be deleted. */
void committer_trim(struct committer *c, uint64_t group);

struct committer_stats {
	uint64_t batches, groups, bytes; /* written since the start */
	size_t pending_bytes;
	double commit_ms; /* moving average */
};
void committer_get_stats(const struct committer *c, struct committer_stats *ret);
uint64_t committer_used_bytes(struct committer *c);
/* NULL while all is well. */
const struct fault *committer_fault(const struct committer *c);
