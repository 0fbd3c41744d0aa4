/* The table of computing jobs: what clusters told of them, durable in the ledger, and which decision is in force for
 * each. What a queue's jobs are planned as is jobs_fill.h, what they are told to do jobs_dispatch.h. */
#pragma once

#include "engine/engine.h"
#include "model/job.h"

struct job_live;
struct job_queue;
struct site_state;
struct decision_live;

void jobs_init(struct engine *e);
void jobs_fini(struct engine *e);
/* Room for the queues of these sites, to be freed by the caller or taken by jobs_attach(). NULL: no memory. */
struct job_queue *jobs_room(const struct site_state *sites, size_t n_sites);
/* Finds the queue of each job among those of e->sites: after a start and after each change of the sites. Takes the
 * room, which was made for these sites. */
void jobs_attach(struct engine *e, struct job_queue *room);
/* From the ledger, ascending. 0 or -ENOMEM. */
int jobs_restore(struct engine *e, const struct compute_job *j);

struct job_live *jobs_find(const struct engine *e, const char *site, const char *id); /* NULL */
/* The job that a decision for that asset ("site/queue") is about; NULL: it is about the asset, or no such job. */
struct job_live *jobs_of_decision(const struct engine *e, const struct decision *d);

/* IT watts of one device of its queue; 0 = the queue is not configured. */
int64_t jobs_device_w(const struct engine *e, const struct job_live *jl);

/* ---- changes; what is in force for a job is jobs_life.h's business ---- */

/* Into the open batch, as it stands. */
void jobs_put(struct engine *e, struct job_live *jl);
/* The queue's jobs are to be looked at again soon. */
void jobs_touch(struct engine *e, const struct job_live *jl);
/* A new job, of which everything but its number is known; NULL: no memory. */
struct job_live *jobs_add(struct engine *e, const struct compute_job *j);
/* Takes off what was done until t. */
void jobs_count(struct engine *e, struct job_live *jl, int64_t t_ms);
/* Counts, then moves by job_sm; its times follow. */
void jobs_enter(struct engine *e, struct job_live *jl, int to, int64_t t_ms);
/* Into another queue, perhaps of another site. 0, or -ENOMEM with nothing changed. */
int jobs_rename(struct engine *e, struct job_live *jl, const char *site, const char *queue);
/* Freed, its record erased. */
void jobs_forget(struct engine *e, struct job_live *jl);

/* Its decision failed. */
void jobs_failed(struct engine *e, struct job_live *jl);
/* The lease of a decision ended. */
void jobs_lapsed(struct engine *e, struct decision_live *dl);
