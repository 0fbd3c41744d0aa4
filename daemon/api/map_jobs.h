/* Computing jobs from messages to the model and back. As map_in.h and map_out.h. */
#pragma once

#include "api/refusal.h"
#include "base/arena.h"
#include "engine/workload.h"
#include "suandian/v1/workload.pb-c.h"

/* jobs[n] in the arena. What only the engine knows is checked there. */
int map_in_jobs(struct refusal *r, const Suandian__V1__PushJobs *m, struct arena *a,
		struct compute_job **ret);
int map_in_job_events(struct refusal *r, const Suandian__V1__JobEvents *m, struct arena *a,
		      struct job_event **ret);
int map_in_job_query(struct refusal *r, const Suandian__V1__ListJobs *m, struct job_query *ret);
/* A fault of the engine that begins with a path ("jobs[17].devices: …") as text and field. */
void map_in_path(struct refusal *r);

/* NULL: the arena is full. Strings stay the job's. */
Suandian__V1__JobInfo *map_out_job(struct arena *a, const struct job_info *info);
