/* Inside of ledger: state shared by its writer, its reader (ledger_scan.c) and its verifier (ledger_verify.c). */
#pragma once

#include "store/env.h"
#include "store/ledger.h"

/* One submission. */
struct ledger_batch {
	struct list node;
	uint64_t token;
	struct buf puts; /* puts.h */
};

struct ledger {
	struct loop *loop;
	struct env *env; /* table of a kind: its number */
	struct lane *lane;
	size_t pending_max;
	struct ledger_events events;
	struct list queue;
	struct defer kick;
	struct outage outage;
	bool finishing, idle_said;
	struct ledger_stats stats;

	/* the commit under way; the lane reads it, nobody writes it */
	struct job job;
	struct list flight;
};
