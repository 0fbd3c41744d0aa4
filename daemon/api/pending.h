/* An answer that waits for the engine (a flush, a quiescent clock). Outlives its session if need be: the engine calls
 * back whatever became of the asker. Loop thread. */
#pragma once

#include "api/request.h"

struct pending {
	struct waiter waiter;
	struct attachment attachment;
	struct list all; /* of core->pendings */
	struct core *core;
	struct session *session; /* NULL: it has ended */
	/* The answer on success; the session is open. */
	void (*answer)(struct pending *p);
	uint64_t id;  /* of the request */
	uint64_t key; /* what the answer is about: an event's number, how many points */
	void *data;   /* freed with it */
};

/* NULL: out of memory. */
struct pending *pending_new(struct request *r, void (*answer)(struct pending *p));
/* The engine did not take the waiter. */
void pending_drop(struct pending *p);
/* Answers Ok. */
void pending_ok(struct pending *p);
/* At the end: what the engine never called back. */
void pending_free_all(struct core *core);
