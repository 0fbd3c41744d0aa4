/* Everything that must be durable before it is announced goes through here. Facts are collected in an open batch;
 * one batch at a time is with the store, and a failed one is tried again before any later one, so that the ledger
 * and the audit chain have no holes. What is put between two calls of records_submit() is one atomic commit. */
#pragma once

#include "store/record.h"

struct engine;
struct fault;
struct waiter;

void records_init(struct engine *e);
/* Waiters still there are told ERR_CLOSED. */
void records_fini(struct engine *e);

/* The object is copied. Running out of memory here is fatal: half a fact is worse than none. */
void records_put(struct engine *e, const struct ledger_op *op);

/* The batch that covers all that was put so far; durable once records_durable() says so. */
uint64_t records_mark(const struct engine *e);
bool records_durable(const struct engine *e, uint64_t mark);
/* Called when mark is durable, on a later tick; ERR_STORE if its commit failed (it is tried again all the same). */
void records_wait(struct engine *e, struct waiter *w, uint64_t mark);
/* Called on a later tick with that code. */
void records_answer(struct engine *e, struct waiter *w, int rc);

/* 0, or why new requests are not taken: ERR_STORE while the store refuses, ERR_FULL while it is far behind. */
int records_check(const struct engine *e, struct fault *f);

/* Hands the open batch to the store if it is free and the batch not empty. */
void records_submit(struct engine *e);
/* Somebody waits: a batch that failed is tried again now. */
void records_hurry(struct engine *e);
void records_committed(struct engine *e, uint64_t token, int rc);
/* Is a commit held up by a disk in trouble? Then those who wait for it are told. */
bool records_watch(struct engine *e);
/* Calls whoever waited long enough; true if somebody was called. */
bool records_fire(struct engine *e);
bool records_are_idle(const struct engine *e);
/* When a failed commit is due again, or one under way to be watched; INT64_MAX = none. */
int64_t records_due_mono_ms(const struct engine *e);
