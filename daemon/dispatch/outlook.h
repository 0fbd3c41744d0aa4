/* What the plan would have each job do, slot by slot, if nothing changed: the disaggregation of the present slot, then
 * earliest deadline first. Pure. */
#pragma once

#include "base/arena.h"
#include "dispatch/task.h"

struct outlook_step {
	size_t task;
	int64_t start_ms, duration_ms;
	int64_t power_w; /* 0: stopped in this slot, though it ran before */
	int64_t end_ms;	 /* in this slot it is done; 0 = not yet */
};

/* tasks as disaggregate() left them. visit is called in the order of slots. 0 or -ENOMEM. */
int outlook_walk(const struct dispatch_queue *q, const struct dispatch_task *tasks, size_t n,
		 struct arena *a, void (*visit)(void *arg, const struct outlook_step *s),
		 void *arg);
