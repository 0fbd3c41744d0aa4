/* The lock-step of a run with a daemon whose clock is driven. Two connections: as adapter for telemetry, forecasts,
 * decisions and acks; as admin for the clock.
 *
 *	CONNECT ── both ready, points numbered ──► CLAIM ── clock is ours ──► PUSH ── all on disk ──► ADVANCE
 *	                                                                       ▲                        │ Quiescent
 *	     OVER ◄── last moment ── STEP ◄── no more commands ── SETTLE ◄─────┼────────────────────────┘
 *	                               └──── the twins' next step ─────────────┘
 *	SETTLE ── a command is due now ──► COMMAND ── ended ──► ADVANCE (to the same moment: what the command caused)
 *
 * Decisions are applied and acknowledged whenever they come. SETTLE asks the adapter connection for an answer: what the
 * daemon sent before Quiescent, renewed leases included, has then been read, and the twin may go on. Loop thread. */
#pragma once

#include "common/host.h"
#include "loop/timer.h"
#include "sim/command.h"
#include "sim/options.h"
#include "sim/points.h"
#include "sim/run.h"

struct drive_counts {
	uint64_t plans, decisions, accepted, applied, rejected, lapsed;
	uint64_t samples, curves;
	uint64_t audit_seq;
};

struct drive {
	struct loop *loop;
	const struct options *options;
	struct run *run; /* borrowed */
	struct host *adapter, *admin;
	struct points points;
	struct command command;
	struct timer patience; /* for the daemon to be there */
	enum drive_state {
		DRIVE_CONNECT,
		DRIVE_CLAIM,
		DRIVE_PUSH,
		DRIVE_ADVANCE,
		DRIVE_SETTLE,
		DRIVE_COMMAND,
		DRIVE_OVER,
	} state;
	bool numbered, layout, flushed;
	int curves_out; /* pushed, not answered */
	int next_at;	/* of options->at, which are in order of time */
	int at_status[OPTIONS_MAX_AT];
	int open; /* hosts not yet closed */
	struct drive_counts counts;
	struct fault absent; /* why the daemon is not there, while we wait for it */
	struct fault fault;  /* why it ended early; code 0 = it did not */
};

/* Connects and drives until the run is over or something fails; then everything of it on the loop is closed, so that
 * loop_run() returns. Options' commands must be in order of time. 0, or an error of making it. */
int drive_start(struct drive *d, struct loop *loop, const struct options *options, struct run *run);
/* Ends early, after what was pushed is acknowledged: for SIGTERM. */
void drive_stop(struct drive *d);

/* drive_push.c: telemetry and forecasts of the present moment. */
int drive_push(struct drive *d);
/* Why it ended; ends it. */
void drive_fail(struct drive *d, const struct fault *fault);
void drive_pushed(struct drive *d); /* perhaps all is there now */
