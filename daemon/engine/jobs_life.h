/* The life of jobs together with what is in force for them. */
#pragma once

#include "base/base.h"

struct engine;
struct job_live;
struct decision_live;

/* As jobs_enter(); what was said about a job that is over now binds nobody any more. */
void jobs_move(struct engine *e, struct job_live *jl, int to, int64_t t_ms);
/* As jobs_rename(): the orders of the old queue end. */
int jobs_relocate(struct engine *e, struct job_live *jl, const char *site, const char *queue);
/* It is forgotten, its record erased. */
void jobs_drop(struct engine *e, struct job_live *jl);

/* What an adapter's answer to a job's decision says about the job. */
void jobs_acked(struct engine *e, struct decision_live *dl);

/* Jobs over for long go, queues that were touched are disaggregated; true if anything was done. */
bool jobs_due(struct engine *e);
int64_t jobs_next_ms(const struct engine *e); /* INT64_MAX = none */
