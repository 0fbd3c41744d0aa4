/* A lane: one named worker thread with a bounded queue, for work that would hold up the loop
 * (journal commits, sealing tiles, solving). Not libuv's pool, which DNS and file calls share and
 * whose jobs cannot be cancelled.
 *
 * A job is embedded in its owner and belongs to the lane from lane_submit() until its done
 * callback, which runs on the loop exactly once, also when the job was cancelled. Jobs of one
 * lane start and complete in the order they were submitted. The work sees no state of the loop:
 * it reads what the job owns, writes into it, polls job_should_stop().
 *
 * Threads: everything on the loop, except work callbacks and job_should_stop() (worker). */
#pragma once

#include <stdatomic.h>

#include "base/base.h"
#include "base/list.h"
#include "loop/group.h"

struct lane;
struct job;

/* On the worker. Its value becomes `result`. A work that gives up because of job_should_stop()
 * returns ERR_CANCELED or ERR_TIMEOUT (job_stop_reason()). Signals are blocked on the worker. */
typedef int (*job_work_cb)(struct job *job);
/* On the loop, once per successful lane_submit(). The job is the owner's again: it may be freed
 * or submitted anew here. result: what the work returned; or, if it never ran, ERR_CANCELED
 * (cancelled while waiting) or ERR_TIMEOUT (its deadline passed while waiting). Work that
 * finished in spite of a cancel reports what it did. */
typedef void (*job_done_cb)(struct job *job, int result);

#define JOB_NO_DEADLINE INT64_MAX

struct job {
	struct list node;
	job_work_cb work;
	job_done_cb done;
	int64_t deadline_ms; /* monotonic, or JOB_NO_DEADLINE */
	int result;
	atomic_bool cancel;
	bool busy; /* between lane_submit() and done; loop thread */
};

/* Once, before the first submit. */
void job_init(struct job *job);

/* Starts the thread. name: ≤ 15 bytes, shown by top -H and in dumps; cap: jobs between submit and
 * done, > 0.
 * -ENOMEM, -EAGAIN (no thread) or the system's error. */
int lane_new(struct loop *loop, const char *name, size_t cap, struct lane **ret_lane);

/* Queues a job that is not busy. 0, ERR_FULL (cap reached), ERR_CLOSED (lane_close() was called):
 * in these cases no callback follows. */
int lane_submit(struct lane *lane, struct job *job, int64_t deadline_ms, job_work_cb work,
		job_done_cb done);

/* Asks a job to end: one still waiting will not run; one running sees it in job_should_stop().
 * The done callback comes as ever, in its turn. Harmless if the job is not busy or was cancelled
 * before. */
void job_cancel(struct job *job);

/* For the work, at least every ms of work: cancelled, or past its deadline? Any thread. */
bool job_should_stop(const struct job *job);
/* 0, ERR_CANCELED or ERR_TIMEOUT: why job_should_stop() is true. Any thread. */
int job_stop_reason(const struct job *job);

/* Submitted and not yet done. */
size_t lane_depth(const struct lane *lane);
const char *lane_name(const struct lane *lane);

/* Cancels all jobs, waits (without holding up the loop) for the running one, delivers every done
 * callback, joins the thread, then calls closed and frees the lane. A second call does nothing,
 * its callback is not kept. An open lane keeps loop_run() running. */
void lane_close(struct lane *lane, closed_cb closed, void *arg);
