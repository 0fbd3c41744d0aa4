/* From a queue's planned power to its jobs: who runs in the present slot, who is stopped, held to less, or moved.
 *
 * Earliest deadline first is exact for work that can be stopped at any time and spread over any devices (10-contracts).
 * What is not like that is repaired: jobs without a slot to lose come first (EDZL, earliest deadline until zero laxity), gangs run as a whole or not at all, jobs that must not be stopped go on, tier F0 runs as it comes, started
 * jobs are kept where nobody becomes late by it, and stops wait for a checkpoint that is near. The repair's cost is
 * told. Same tasks, same result, in whatever order they come. Pure. */
#pragma once

#include "base/arena.h"
#include "dispatch/task.h"

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
