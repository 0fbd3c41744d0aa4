/* A computing job of a queue and its life, as far as the daemon knows it. Pure.
 *
 *            ┌────────► HELD ◄─────────┐
 *            ▼                         │
 *   PENDING ◄─► RUNNING ◄──► PAUSED ───┘
 *      ▲           │            │
 *      └─ MIGRATING ◄───────────┘           from every one of these: DONE, FAILED, CANCELLED
 *
 * Work is in reference device-seconds: one device at full power does one of them in a second. */
#pragma once

#include "base/sm.h"
#include "model/site.h"

/* Same numbers as on the wire (suandian.v1.JobState). */
enum job_state {
	JOB_NONE,
	JOB_PENDING,
	JOB_RUNNING,
	JOB_PAUSED,
	JOB_HELD,
	JOB_MIGRATING,
	JOB_DONE,
	JOB_FAILED,
	JOB_CANCELLED,
};
#define JOB_STATE_LAST JOB_CANCELLED
extern const struct sm_class job_sm;
#define JOB_DEVICES_MAX INT64_C(1000000)
#define JOB_WORK_MAX INT64_C(10000000000000) /* 300 000 device-years */
#define JOB_PERIOD_MAX_MS (30 * MS_PER_DAY)

struct compute_job {
	uint64_t number; /* the daemon's, ascending in the order of first push */
	char id[ID_MAX], site[ID_MAX], queue[ID_MAX];
	char tenant[ID_MAX];
	enum flex_tier tier;
	int64_t devices, min_devices; /* min == devices: all or none */
	int64_t work_ds;	      /* that remained at counted_ms */
	int64_t arrival_ms, deadline_ms;
	int64_t earliest_start_ms;
	int64_t checkpoint_period_ms; /* 0 = none */
	int64_t checkpoint_cost_ms;
	int64_t last_checkpoint_ms; /* 0 = none yet */
	bool preemptible, migratable;
	int64_t transfer_bytes;
	/* state */
	int state;	    /* enum job_state, moved by sm_move */
	bool committed;	    /* told to start, and that stands */
	int64_t counted_ms; /* running: what was done since is not yet taken off */
	int64_t started_ms; /* of the present or last run, or of the order to start; 0 = never */
	int64_t event_ms;   /* of the last event taken; 0 = none */
	int64_t ended_ms;   /* DONE, FAILED, CANCELLED */
	int64_t lost_ds;    /* by pauses so far */
	int64_t cap_w;	    /* IT watts that it is held to; 0 = none */
	/* as pushed last: pushing the same again says nothing about what happened since */
	int64_t pushed_ds;
	int pushed_state;
};

/* Reports every fault through cb with a path like "devices" or "checkpoint.period_ms" (names of the wire); returns how
 * many. Whether site and queue exist is the caller's business; q (may be NULL) bounds the devices. */
int job_check(const struct compute_job *j, const struct queue *q, check_cb cb, void *arg);

/* Is every member the same? */
bool job_is_same(const struct compute_job *a, const struct compute_job *b);
bool job_is_over(const struct compute_job *j);
/* May it be stopped before its end? Tier F0 never is. */
bool job_may_pause(const struct compute_job *j);
/* When it may start at the earliest. */
int64_t job_ready_ms(const struct compute_job *j);
/* Does it draw power, or has it been told to? */
bool job_is_on(const struct compute_job *j);
/* Work that remains at t, counted down at full pace on all devices while it runs (slower under a cap: in proportion);
 * never below a minute of its devices' work while it is not over: counting is not knowing. */
int64_t job_left_ds(const struct compute_job *j, int64_t device_power_w, int64_t t_ms);
/* Device-seconds lost if it is stopped hard at t: since the last checkpoint of the present run. 0 without checkpoints. */
int64_t job_lost_ds(const struct compute_job *j, int64_t t_ms);
/* End of the next checkpoint after t, INT64_MAX = it has none. */
int64_t job_next_checkpoint_ms(const struct compute_job *j, int64_t t_ms);
const char *job_state_name(int state);
