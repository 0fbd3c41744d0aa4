/* Computing jobs at the engine's door: pushed, told about, listed. Owner's thread; strings are copied. */
#pragma once

#include "engine/engine.h"
#include "model/job.h"

/* Of one call. */
#define JOBS_BATCH_MAX 4096

/* Upsert by (site, id), all or nothing; w when on disk. What is 0 and has a default gets it (min_devices, arrival,
 * deadline); state NONE = as it is known. The same work or state as was pushed last says nothing new: what happened
 * since stands. A job that is over stays over unless its arrival is a new one.
 * ERR_INVALID, ERR_NOTFOUND (site, queue), ERR_FULL, ERR_STORE; the text begins with the path: "jobs[17].devices: …". */
int engine_push_jobs(struct engine *e, const struct compute_job *jobs, size_t n, struct waiter *w,
		     struct fault *f);

/* Same numbers as on the wire (suandian.v1.JobEventKind). */
enum job_event_kind {
	JOB_EVENT_NONE,
	JOB_EVENT_STARTED,
	JOB_EVENT_PROGRESS,
	JOB_EVENT_CHECKPOINT,
	JOB_EVENT_PAUSED,
	JOB_EVENT_FINISHED,
	JOB_EVENT_FAILED,
	JOB_EVENT_CANCELLED,
	JOB_EVENT_MIGRATING,
	JOB_EVENT_MIGRATED,
};
#define JOB_EVENT_LAST JOB_EVENT_MIGRATED
struct job_event {
	const char *site, *job;
	enum job_event_kind kind;
	int64_t t_ms;
	bool has_work;
	int64_t work_ds;
	const char *reason;
	const char *to_site, *to_queue;
};
/* In order, all or nothing; w when on disk. An event not newer than the last one taken of its job changes nothing.
 * ERR_INVALID, ERR_NOTFOUND, ERR_STATE, with the path: "events[3].job: …". */
int engine_job_events(struct engine *e, const struct job_event *events, size_t n, struct waiter *w,
		      struct fault *f);

#define JOB_STEPS_MAX 12
enum job_step_what { STEP_NONE, STEP_RUN, STEP_PAUSE, STEP_CAP, STEP_MIGRATE };
struct job_step {
	enum job_step_what what;
	int64_t start_ms, end_ms;
	int64_t power_w;
	char to[2 * ID_MAX];
};
struct job_info {
	const struct compute_job *job;
	int64_t left_ds;	/* counted down to now */
	int64_t dwell_until_ms; /* 0 = none */
	uint64_t decision_id;	/* in force; 0 = none */
	/* what the plan in force would have it do */
	bool has_outlook;
	int n_steps;
	struct job_step steps[JOB_STEPS_MAX];
	int64_t start_ms, end_ms; /* 0 = not within the plan */
	bool has_slack;
	int64_t slack_ms;
	const char *text; /* static, "" = nothing to say */
};
struct job_query {
	const char *site, *queue; /* "" = all */
	int state;		  /* JOB_NONE = all that are not over */
	int64_t from_ms, to_ms;	  /* jobs that the plan touches, or that are due; 0, 0 = all */
	const char *id;		  /* "" = all; exactly this one of the site */
	uint32_t limit;
	uint64_t after;
};
struct job_page {
	uint64_t next; /* 0 = that was all */
	uint32_t n_live;
	int64_t backlog_ds;
};
/* Ascending by number. Calls visit for at most limit jobs; false stops. ERR_NOTFOUND (site, queue, id), -ENOMEM. */
int engine_list_jobs(const struct engine *e, const struct job_query *q,
		     bool (*visit)(void *arg, const struct job_info *info), void *arg,
		     struct job_page *ret, struct fault *f);
