/* From a queue's planned power to its jobs: who runs in the present slot, who is stopped, held to less, or moved.
 *
 * Earliest deadline first is exact for work that can be stopped at any time (10-contracts). What is not like that is
 * repaired: gangs run as a whole or not at all, jobs that must not be stopped go on, tier F0 runs as it comes, started
 * jobs are kept where nobody becomes late by it, and stops wait for a checkpoint that is near. The repair's cost is
 * told. Same tasks, same result, in whatever order they come. Pure. */
#pragma once

#include "base/arena.h"
#include "model/job.h"

/* What the plan gives the queue in a slot. */
struct dispatch_slot {
	int64_t start_ms, duration_ms;
	int64_t power_w; /* IT watts */
	bool hard;	 /* an event or a limit stands behind it: no dwell protects */
};

/* Work that the plan moves to another queue in the present slot. */
struct dispatch_move {
	int64_t work_ds;
	int64_t moved_ds; /* out */
};

struct dispatch_queue {
	const struct queue *queue;
	int64_t now_ms;
	uint32_t n_slots; /* contiguous; the first begins at now and ends with the present slot */
	const struct dispatch_slot *slots;
	uint32_t n_moves;
	struct dispatch_move *moves;
	int64_t dwell_ms; /* a started job is not stopped sooner for the plan's sake */
};

enum dispatch_want {
	WANT_WAIT, /* nothing: it waits, or stays stopped */
	WANT_RUN,
	WANT_CAP,  /* runs at power_w */
	WANT_STOP, /* runs, and is to be stopped at at_ms */
	WANT_MOVE,
};

struct dispatch_task {
	const struct compute_job *job;
	int64_t left_ds; /* now */
	bool barred;	 /* not to be started now: its last order failed */
	/* out */
	enum dispatch_want want;
	int64_t power_w; /* IT watts from now on */
	int64_t at_ms;	 /* WANT_STOP */
	int64_t lost_ds; /* WANT_STOP */
	uint32_t move;	 /* WANT_MOVE */
};

struct dispatch_result {
	int64_t target_w, power_w;
	int64_t off_wh;	 /* |power − target| over the slot, stops that wait included */
	int64_t lost_ds; /* by stops */
	int64_t moved_ds;
	uint32_t n_late; /* jobs that cannot be in time under the plan, as far as it reaches */
	int64_t late_ds;
	bool reshuffled; /* somebody would have been late had the started ones been kept */
};

/* Fills the out part of tasks[n]. Scratch memory from a. 0 or -ENOMEM. */
int disaggregate(const struct dispatch_queue *q, struct dispatch_task *tasks, size_t n,
		 struct arena *a, struct dispatch_result *ret);
