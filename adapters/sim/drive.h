/* The lock-step of a run with a daemon whose clock is driven. For every site a connection as adapter, for telemetry,
 * forecasts, jobs, decisions and acks; and one as admin for the clock.
 *
 *	CONNECT ── all ready, points numbered ──► CLAIM ── clock is ours ──► PUSH ── all on disk ──► ADVANCE
 *	                                                                       ▲                        │ Quiescent
 *	     OVER ◄── last moment ── STEP ◄── no more commands ── SETTLE ◄─────┼────────────────────────┘
 *	                               └──── the twins' next step ─────────────┘
 *	SETTLE ── a command is due now ──► COMMAND ── ended ──► ADVANCE (to the same moment: what the command caused)
 *
 * Decisions are applied and acknowledged whenever they come. SETTLE asks every adapter connection for an answer: what the
 * daemon sent before Quiescent, renewed leases included, has then been read, and the twins may go on. A site whose adapter
 * is dead (faults of sim.yaml) goes on by itself: its plant falls back as leases end. Loop thread. */
#pragma once

#include "common/host.h"
#include "loop/timer.h"
#include "sim/command.h"
#include "sim/options.h"
#include "sim/points.h"
#include "sim/run.h"

struct drive_counts {
	uint64_t plans, decisions, accepted, applied, rejected, lapsed;
	uint64_t samples, curves, jobs, job_events, job_decisions, journeys;
	uint64_t audit_seq;
};

struct drive;

/* A sample that was told wrong: the truth follows. */
struct drive_correction {
	uint32_t point;
	int64_t t_ms;
	double value;
};

struct drive_site {
	struct drive *d;
	int index;
	struct host *host; /* NULL: the adapter is dead */
	struct points points;
	bool numbered, layout, flushed, pushed;
	bool fresh; /* nothing was pushed on this connection */
	int out;    /* requests that are not answered: curves, jobs, what happened to jobs */
	size_t next_job[PLANT_MAX];
	double frozen[SCENARIO_FAULTS_MAX];
	bool is_frozen[SCENARIO_FAULTS_MAX];
	struct drive_correction *correction; /* malloc'ed */
	size_t n_corrections, corrections_size;
	uint64_t deaths;
};

struct drive {
	struct loop *loop;
	const struct options *options;
	struct run *run; /* borrowed */
	int n_sites;
	struct drive_site site[SCENARIO_SITES_MAX];
	struct host *admin;
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
	int settling; /* sites that have not answered */
	int next_at;  /* of options->at, which are in order of time */
	int at_status[OPTIONS_MAX_AT];
	int open;     /* hosts not yet closed */
	bool no_jobs; /* the daemon does not know of jobs */
	struct drive_counts counts;
	struct fault absent; /* why the daemon is not there, while we wait for it */
	struct fault fault;  /* why it ended early; code 0 = it did not */
};

/* Connects and drives until the run is over or something fails; then everything of it on the loop is closed, so that
 * loop_run() returns. Options' commands must be in order of time. 0, or an error of making it. */
int drive_start(struct drive *d, struct loop *loop, const struct options *options, struct run *run);
/* Ends early, after what was pushed is acknowledged: for SIGTERM. */
void drive_stop(struct drive *d);
/* After the loop. */
void drive_fini(struct drive *d);

/* Why it ended; ends it. */
void drive_fail(struct drive *d, const struct fault *fault);
void drive_fail_code(struct drive *d, int code, const char *what);
void drive_pushed(struct drive *d); /* perhaps all is there now */

/* drive_push.c: telemetry and forecasts of the present moment of a site that is numbered. */
int drive_push(struct drive_site *s);
/* Is a fault of this kind in force? */
bool drive_has_fault(const struct drive_site *s, enum fault_kind kind);

/* drive_jobs.c: jobs that came, and what happened to jobs. */
int drive_push_jobs(struct drive_site *s);

/* drive_site.c: the adapter of a site: its connection, decisions, death and return. */
int drive_site_start(struct drive_site *s);
void drive_site_apply_due(struct drive_site *s);
/* Dies, or comes back, as the faults of the scenario have it. */
int drive_site_live(struct drive_site *s);
/* drive.c, for a site that has just been numbered or lost. */
void drive_numbered(struct drive *d);
void drive_welcomed(struct drive *d, const Suandian__V1__Welcome *welcome);
void drive_link(struct drive *d, bool up, const struct fault *why, int64_t pause_ms);
void drive_host_gone(void *drive);
