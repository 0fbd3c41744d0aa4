/* What goes into a disaggregation and what becomes of each job. Pure. */
#pragma once

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
