/* The named jobs of a run, from the seed or from a file of a trace. Reads files: not pure. */
#pragma once

#include "base/err.h"
#include "sim/job.h"
#include "sim/scenario.h"

struct jobs_span {
	int64_t from_ms, to_ms;
	const struct zone *zone;
	const char *dir;  /* paths are relative to it */
	const char *site; /* begins the names: a job keeps its name where it goes */
	uint64_t key;	  /* of chance */
};

/* Jobs of the queue that arrive in the span, in order, with names "SITE-QUEUE-17". 0 with *ret (jobs_fini()), or an error with
 * its place. */
int jobs_make(const struct scenario_queue *queue, const struct jobs_span *span,
	      struct job_list *ret, struct fault *f);
void jobs_fini(struct job_list *l);

/* Those that arrive in (from, to]. */
struct job_list jobs_between(const struct job_list *l, int64_t from_ms, int64_t to_ms);
