/* Earliest deadline first over the slots of a plan: who runs in which slot under its power, and who is late. The state
 * of one walk; copied to try something out. Inside of the floor. Pure. */
#pragma once

#include "base/arena.h"
#include "dispatch/task.h"

#define EDF_NONE UINT32_MAX

/* What does not change. In the order of deadlines, then numbers. */
struct edf_job {
	uint32_t task;
	bool f0;    /* runs as it comes */
	bool stays; /* once it runs it is not stopped */
	int64_t ready_ms, deadline_ms;
	int64_t devices, full_w, least_w;
};

/* Job and watts in a slot. */
struct edf_grant {
	uint32_t job;
	bool fixed; /* it ran and stays */
	int64_t power_w;
};

struct edf {
	const struct queue *queue;
	uint32_t n;
	const struct edf_job *jobs;
	int64_t smallest_w; /* no job runs on less */
	int64_t longest_ms; /* no job has longer to run at full pace, at the beginning */
	/* Before all others those that would be late if they did not run now (EDZL): their own deadlines can be met with
	 * less power than deadlines in order need, which is what the planner reckons with. */
	bool urgent_first;
	/* state */
	int64_t *left_dms; /* [n] device-milliseconds */
	uint32_t *next,
		*prev;	 /* [n + 1] jobs that wait or may be stopped, in order; n is the head */
	uint32_t *fixed; /* [n] jobs that run and stay, ascending */
	uint32_t n_fixed;
	uint32_t *f0; /* [n] waiting ones of tier F0, ascending */
	uint32_t n_f0;
	/* of the slot at hand */
	struct edf_grant *grants; /* [n] */
	uint32_t n_grants;
	bool *granted; /* [n] */
	int64_t free_w;
	/* result */
	uint32_t n_late;
	int64_t late_ds; /* work that was not done by its deadline, of those not done at all */
};

/* Takes the tasks that may run (not moved, not held, not over). -ENOMEM. */
int edf_init(struct edf *e, const struct dispatch_queue *q, const struct dispatch_task *tasks,
	     size_t n, struct arena *a);
/* The same state again, in memory of its own; what does not change is shared. */
int edf_copy(struct edf *to, const struct edf *from, struct arena *a);

/* Grants of a slot, by deadline alone. */
void edf_fill(struct edf *e, const struct dispatch_slot *slot);
/* The same; the jobs first[n_first] come before the others, the first n_kept of them whatever the power. */
void edf_fill_first(struct edf *e, const struct dispatch_slot *slot, const uint32_t *first,
		    uint32_t n_first, uint32_t n_kept);

struct edf_visitor {
	/* end_ms: when it is done with its work; 0 = not in this slot */
	void (*fn)(void *arg, const struct edf_job *job, const struct dispatch_slot *slot,
		   int64_t power_w, int64_t end_ms);
	void *arg;
};
/* Does the work of the grants. v NULL = nobody looks. */
void edf_advance(struct edf *e, const struct dispatch_slot *slot, const struct edf_visitor *v);
/* Slots [from, q->n_slots) by deadline, then counts who is late. */
void edf_run(struct edf *e, const struct dispatch_queue *q, uint32_t from,
	     const struct edf_visitor *v);
