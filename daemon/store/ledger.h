/* The ledger environment and its writer: a lane of its own, so that a decision never waits behind telemetry.
 *
 * Everything submitted while a commit is under way joins the next one: each submission is stored whole or not at
 * all, in order. Reads see what was submitted, committed or not. When a commit fails it is tried again; nothing is
 * answered meanwhile. Loop thread. */
#pragma once

#include "loop/lane.h"
#include "store/outage.h"
#include "store/record.h"

struct ledger;

struct ledger_events {
	void (*done)(void *arg, uint64_t token, int rc); /* in order of submission */
	void (*idle)(void *arg);			 /* after ledger_finish() */
	void *arg;
};

struct ledger_settings {
	const char *dir; /* the environment is in dir/ledger */
	uint64_t map_bytes;
	size_t pending_bytes;
	struct ledger_events events;
};
int ledger_new(struct loop *loop, const struct ledger_settings *settings, struct ledger **ret,
	       struct fault *f);
/* The lane it writes on, the caller's; before the first commit. */
void ledger_start(struct ledger *l, struct lane *lane);
/* After idle(), or before it was started. Takes NULL. */
void ledger_free(struct ledger *l);
/* Writes what is left, as soon as may be, once; then idle(). No commits from here on. */
void ledger_finish(struct ledger *l);

/* Copies (encodes). 0, ERR_FULL, ERR_STORE (an outage), -ENOMEM. */
int ledger_commit(struct ledger *l, const struct ledger_op *ops, size_t n, uint64_t token);
/* Ascending by key from from_key on; the op is valid during visit, which returns false to stop. 0, ERR_CORRUPT,
 * ERR_STORE, -ENOMEM. */
int ledger_scan(struct ledger *l, enum ledger_kind kind, uint64_t from_key,
		bool (*visit)(void *arg, const struct ledger_op *op), void *arg);

struct ledger_stats {
	uint64_t commits, used_bytes;
	size_t pending_bytes;
};
void ledger_get_stats(const struct ledger *l, struct ledger_stats *ret);
/* NULL while all is well. */
const struct fault *ledger_fault(const struct ledger *l);

/* Walks the committed audit chain; see store_verify_audit(). */
struct ledger_verdict {
	uint64_t records, bad_seq;
	uint8_t head[32];
};
int ledger_verify(struct ledger *l, struct ledger_verdict *ret, struct fault *f);
