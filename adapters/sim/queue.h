/* One queue of deferrable computing work: what arrived and when it is due. Work is in device-milliseconds (one
 * reference device at full speed for 1 ms), integers. The earliest due runs first. A queue holds either work without
 * names, which flows, or named jobs, which start, run on all their devices, and can be stopped. Owner's thread. */
#pragma once

#include "sim/job.h"
#include "sim/plant.h"

enum lot_state { LOT_PENDING, LOT_RUNNING, LOT_PAUSED, LOT_HELD };

struct queue_lot {
	int64_t due_ms, left_dms;
	/* Of named jobs */
	const struct job *job; /* borrowed; NULL = work without a name */
	enum lot_state state;
	bool told;	  /* to start */
	bool stopping;	  /* once the checkpoint is written that it writes for that */
	int64_t cap_w;	  /* INT64_MAX = none */
	int64_t safe_dms; /* what was left at the last checkpoint: a pause goes back to that */
	int64_t until_ms; /* of the lease of the order on it; 0 = none */
	int64_t since_ms; /* of running since the last checkpoint; < 0: so much of writing one is left */
};

struct queue_state {
	struct queue_lot *lot; /* ascending due; malloc'ed */
	size_t n, size;
	int64_t arrived_dms, done_dms, backlog_dms; /* arrived = done + backlog */
	int64_t late_dms;			    /* work that was not done when it was due */
	__int128 late_dms_ms;	 /* Σ overdue work × time: how much, for how long */
	int64_t late_counted_ms; /* lots due by then are in late_dms */
	/* Of named jobs */
	bool has_jobs;
	bool by_job; /* a decision named a job: pending ones wait for theirs while the queue is capped */
	bool preemptive; /* every step begins anew with the earliest due, at no loss: for perfect information */
	int64_t lost_dms;      /* work that pauses threw away and that is done again */
	struct job_note *note; /* malloc'ed; what happened since queue_forget() */
	size_t n_notes, notes_size;
	const struct job **late; /* malloc'ed; jobs that were not done when they were due */
	size_t n_late, late_size;
};

/* What bounds a queue while dt passes. */
struct queue_bounds {
	int64_t cap_w;	/* IT watts; INT64_MAX = at its own pace */
	int64_t room_w; /* IT watts left in the house */
	int64_t now_ms, dt_ms;
};
struct queue_flow {
	int64_t work_dms;
	int64_t power_w; /* IT watts, mean */
};

void queue_init(struct queue_state *q);
void queue_fini(struct queue_state *q);
/* A deep copy. 0 or -ENOMEM. */
int queue_copy(const struct queue_state *q, struct queue_state *ret);

/* Work that is due at due_ms. 0 or -ENOMEM. */
int queue_add(struct queue_state *q, int64_t due_ms, int64_t work_dms);

/* Time passes: jobs start, run and end, or work without a name flows. 0 or -ENOMEM. */
int queue_step(struct queue_state *q, const struct plant_queue *spec, const struct queue_bounds *b,
	       struct queue_flow *ret);
/* What it would take, to a first order; changes nothing. */
int64_t queue_expect_w(const struct queue_state *q, const struct plant_queue *spec,
		       const struct queue_bounds *b);

/* Shares of full speed on the power–throughput curve, and back. */
double queue_throughput(const struct plant_queue *spec, double power_share);
double queue_power_share(const struct plant_queue *spec, double work_share);

/* How much work the queue would do in dt_ms under a cap of cap_w IT watts and with room_w IT watts left in the house:
 * in device-milliseconds. */
int64_t queue_able_dms(const struct queue_state *q, const struct plant_queue *spec, int64_t cap_w,
		       int64_t room_w, int64_t dt_ms);
/* Does that much (≤ backlog) over [now, now + dt) and counts what is late at its end. */
void queue_run(struct queue_state *q, int64_t work_dms, int64_t now_ms, int64_t dt_ms);

/* Backlog that has to be done by t_ms: what is due by then, and of jobs that are due later what they could not catch up
 * with afterwards. */
int64_t queue_due_by_dms(const struct queue_state *q, int64_t t_ms);

/* Mean IT watts of work_dms done within dt_ms, to the nearest watt. */
static inline int64_t queue_power_w(const struct plant_queue *spec, int64_t work_dms, int64_t dt_ms)
{
	return (int64_t)(((__int128)work_dms * spec->device_power_w + dt_ms / 2) / dt_ms);
}

/* ---- Named jobs (queue_jobs.c) ------------------------------------------------------------------------- */

/* A job that has left_dms of its work before it. 0 or -ENOMEM. */
int queue_add_job(struct queue_state *q, const struct job *job, int64_t left_dms);
/* NULL: not (or no longer) here. Valid until the queue changes. */
struct queue_lot *queue_find_job(const struct queue_state *q, const char *id);
/* Orders; what makes no sense changes nothing. A pause comes after a checkpoint, where the queue has them; a hard one at
 * once, and throws away what was done since the last one. */
int queue_start_job(struct queue_state *q, struct queue_lot *l);
int queue_pause_job(struct queue_state *q, const struct plant_queue *spec, struct queue_lot *l,
		    int64_t now_ms);
void queue_resume_job(struct queue_state *q, struct queue_lot *l);
void queue_hold_job(struct queue_state *q, struct queue_lot *l);
/* Takes the job out; it is checkpointed before it leaves. */
struct queue_lot queue_remove_job(struct queue_state *q, struct queue_lot *l);
/* Takes up to work_dms of what has no name out, the earliest due first, as one lot that is due with its first part;
 * left_dms 0 = there is none. What would be late at `ready_ms` stays. */
struct queue_lot queue_remove_work(struct queue_state *q, int64_t work_dms, int64_t ready_ms);

int queue_note(struct queue_state *q, const struct job_note *note);
void queue_forget(struct queue_state *q);
/* queue_step() of a queue with named jobs. */
int queue_jobs_step(struct queue_state *q, const struct plant_queue *spec,
		    const struct queue_bounds *b, struct queue_flow *ret);
int64_t queue_jobs_expect_w(const struct queue_state *q, const struct plant_queue *spec,
			    const struct queue_bounds *b);
/* Counts what is late at the end of [from, to). 0 or -ENOMEM. */
int queue_count_late(struct queue_state *q, int64_t from_ms, int64_t to_ms);
/* The place of a new lot in the order of due times. NULL: no memory. */
struct queue_lot *queue_insert(struct queue_state *q, int64_t due_ms);
void queue_drop(struct queue_state *q, const struct queue_lot *l);
