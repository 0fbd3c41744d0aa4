/* Tells a daemon what the feed says, step by step. Where its clock is driven, in lock-step with it, over two
 * connections: as adapter for samples and forecasts, as admin for the clock.
 *
 *	CONNECT ── ready, points numbered ──► (CLAIM) ──► PUSH ── all on disk ──► (ADVANCE) ──► PACE ──► PUSH …
 *	                                                                                          │ the last moment
 *	                                                                                          ▼
 *	                                                                                        OVER
 * CLAIM and ADVANCE only where the clock is driven. Loop thread. */
#pragma once

#include "common/host.h"
#include "loop/timer.h"
#include "replay/feed.h"
#include "replay/options.h"

struct drive_counts {
	uint64_t steps, samples, missing, curves, plans, audit_seq;
};

struct drive {
	struct loop *loop;
	const struct options *options;
	struct feed *feed;	      /* borrowed */
	struct host *adapter, *admin; /* admin NULL: no clock to drive */
	uint32_t *id;		      /* [recipe->n] of the points */
	struct feed_rows rows;	      /* of this step */
	size_t row_at;		      /* the next to push */
	struct timer patience;	      /* for the daemon to be there */
	struct timer pace;
	enum drive_state {
		DRIVE_CONNECT,
		DRIVE_CLAIM,
		DRIVE_PUSH,
		DRIVE_ADVANCE,
		DRIVE_PACE,
		DRIVE_OVER,
	} state;
	bool numbered;
	int curves_out;	 /* pushed, not answered */
	bool curves_due; /* more of this step wait for these */
	int64_t now_ms, from_ms, to_ms;
	int64_t began_ms; /* monotonic; pace */
	int open;	  /* hosts not yet closed */
	struct drive_counts counts;
	struct fault absent; /* why the daemon is not there, while we wait for it */
	struct fault fault;  /* why it ended early; code 0 = it did not */
};

/* Connects and goes through [from, to] until it is over or something fails; then everything of it on the loop is
 * closed, so that loop_run() returns. 0, or an error of making it (then too the loop is to be run). */
int drive_start(struct drive *d, struct loop *loop, const struct options *options,
		struct feed *feed, int64_t from_ms, int64_t to_ms);
/* Ends early, after what was pushed is acknowledged: for SIGTERM. */
void drive_stop(struct drive *d);
/* After loop_run(). */
void drive_fini(struct drive *d);
