/* Questions that need the solver and change nothing: a past plan solved again, a future that is not real. They are
 * solved one run at a time between the runs of the planning cycle, which waits for one of them at most. */
#pragma once

#include "base/list.h"
#include "engine/engine.h"

#define STUDIES_MAX 8
#define STUDY_RUNS_MAX 2

struct study;

struct study_ops {
	/* Before run number `run` is given to the world: what it needs from the runs before. 0 or an error with its
	 * fault. */
	int (*prepare)(struct engine *e, struct study *s, int run, struct fault *f);
	/* All runs are over: fills what the asker gets. Same errors. */
	int (*finish)(struct engine *e, struct study *s, struct fault *f);
	void (*free)(struct study *s);
};

struct study {
	struct list node;
	const struct study_ops *ops;
	struct waiter *w;
	int n_runs, run;
	struct solve_job *jobs[STUDY_RUNS_MAX]; /* freed with it */
	bool with_world, solved;
};

/* Would one be taken? 0, ERR_FULL, ERR_STATE when stopping. */
int study_check_room(const struct engine *e, struct fault *f);
/* Takes its place at the end of the line. ERR_FULL, ERR_STATE when stopping; then it stays the caller's. */
int study_submit(struct engine *e, struct study *s, struct fault *f);
/* Goes on as far as it can without waiting; true if anything moved. */
bool study_step(struct engine *e);
/* Is the job one of a study? Then it is noted as solved. */
bool study_solved(struct engine *e, const struct solve_job *job);
/* Ends as soon as the world gave back what it has; true once it did. */
bool study_stop(struct engine *e);
/* Whoever waits is told ERR_CLOSED. */
void study_fini(struct engine *e);
