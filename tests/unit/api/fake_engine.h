/* An engine for tests of the door: answers what it is told to, remembers what it was asked. Linked in place of the
 * engine floor, with access rules of its own. One engine per process. */
#pragma once

#include "engine/engine.h"
#include "engine/operator.h"
#include "engine/workload.h"

#define FAKE_POINTS 1000
#define FAKE_WAITERS 128

struct fake {
	/* what it answers */
	bool driven, allow;
	int64_t now_ms;
	struct configuration configuration, on_disk;
	int reload_rc;
	uint32_t n_points; /* known points */
	int jobs_rc, push_rc, declare_rc, curve_rc, event_rc, ack_rc, advance_rc, subscribe_rc;
	enum push_result push_result;
	bool has_plan;
	struct plan *plan;
	struct event event;
	struct decision decision;
	struct compute_job job; /* the last one pushed */
	size_t n_jobs;
	bool long_jobs;
	int job_event_kind;
	int64_t job_event_work_ds;
	uint64_t audit_records; /* a whole chain of so many */
	uint64_t audit_broken;	/* this one's hash is wrong; 0 = none */
	uint64_t audit_cut;	/* so many after them are gone */
	uint64_t range_samples; /* of any point, one per second from 0 */
	struct health health;
	int instruct_rc, approve_rc;
	bool needs_approval;
	struct instruction instruction; /* id 0 = there is none */
	struct day_flag day_flag;	/* likewise */
	/* what it was asked */
	uint32_t pushes, samples, skips, refusals, cancels, acks, subscribes, unsubscribes, ready;
	uint32_t listens, unlistens, releases, declares, curves, range_calls, audit_calls;
	uint64_t last_seq, last_skip, subscriber, clock_client;
	char last_source[NAME_MAX_B];
	char last_refusal[64], last_refusal_text[240];
	struct decision_ack last_ack;
	struct event last_event;
	struct verdict last_verdict;
	struct day_flag last_day_flag;
	uint32_t day_flags;
	uint64_t last_cancelled;
	struct waiter *waiters[FAKE_WAITERS];
	uint32_t n_waiters;
	void (*on_ack)(void *arg, const struct source_ack *a);
	void *on_ack_arg;
};

extern struct fake fake;

void fake_reset(void);
/* The engine itself, an opaque pointer. */
struct engine *fake_engine(void);
/* Keeps a waiter for fake_complete(). */
void fake_take(struct waiter *w);
/* Calls every waiter. */
void fake_complete(int rc);
/* The listener of the source hears of it. */
void fake_acknowledge(uint64_t epoch, uint64_t seq);
