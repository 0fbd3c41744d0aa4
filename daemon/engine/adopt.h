/* What becomes of a finished planning run: the new plans of the group are adopted, all or none, the old ones kept, or
 * shifted because the solver did not deliver. Whatever is in force afterwards gets its dispatch record and decisions,
 * in one commit. */
#pragma once

#include "plan/plan.h"

struct engine;
struct group_state;
struct site_state;
struct solve_job;

void adopt_result(struct engine *e, struct group_state *g, struct solve_job *job);
/* From the ledger: the plan that was in force. 0 or -ENOMEM. */
int adopt_restore(struct engine *e, struct site_state *ss, const struct plan *p);
void adopt_fini(struct site_state *ss);
/* 0, or why the world's result cannot be used. */
int adopt_check(const struct engine *e, const struct solve_job *job, struct fault *f);
