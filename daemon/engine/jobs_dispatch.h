/* From the plan in force to the orders for single jobs, by the laws of dispatch/disaggregate.h. */
#pragma once

#include "model/plan.h"
#include "dispatch/task.h"

struct engine;
struct site_state;
struct job_queue;

/* The slots of the plan from now on as the queue's own IT watts; the first one is what its decision in force allows.
 * In arena a. 0, ERR_NODATA (no plan covers now, or nothing holds the queue to a power), -ENOMEM. */
int jobs_slots(const struct engine *e, const struct job_queue *q, struct arena *a,
	       struct dispatch_queue *ret);
/* The queue's jobs that may run or move, as tasks. 0 or -ENOMEM. */
int jobs_tasks(const struct engine *e, const struct job_queue *q, struct arena *a,
	       struct dispatch_task **ret, size_t *ret_n);

/* After the site's own decisions: orders for the jobs of all its queues, into the open batch. */
void jobs_dispatch(struct engine *e, const struct site_state *ss);
/* The same for one queue. True if any order was given or renewed. */
bool jobs_dispatch_queue(struct engine *e, struct job_queue *q);
