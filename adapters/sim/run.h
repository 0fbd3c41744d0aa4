/* One simulated run without any I/O: the obeying twin and its two shadows on the same exogenous series, step by step,
 * with their scores. Owner's thread. */
#pragma once

#include "sim/exo.h"
#include "sim/obey.h"
#include "sim/score.h"

enum run_policy { RUN_OBEY, RUN_NOTHING, RUN_THRESHOLD, N_RUN_POLICIES };
extern const char
	*const run_policy_name[N_RUN_POLICIES]; /* "suandian", "do_nothing", "threshold" */

struct run {
	const struct exo *exo;
	int64_t from_ms, to_ms, step_ms;
	struct twin twin[N_RUN_POLICIES];
	struct score score[N_RUN_POLICIES];
	struct obey obey; /* of twin[RUN_OBEY] */
	bool has_row;
	struct twin_row row; /* of the last step of twin[RUN_OBEY] */
};

/* exo is borrowed; the run must not move. */
void run_init(struct run *r, const struct exo *exo, const struct exo_span *span);
void run_fini(struct run *r);

static inline int64_t run_now(const struct run *r)
{
	return r->twin[RUN_OBEY].now_ms;
}
static inline bool run_is_over(const struct run *r)
{
	return run_now(r) >= r->to_ms;
}

/* The conditions of the step that begins now. */
struct twin_exogenous run_exogenous(const struct run *r);
/* One step of all twins, the shadows under their policies. 0 or -ENOMEM. */
int run_step(struct run *r);
/* No more steps: closes the scores. */
void run_finish(struct run *r);
