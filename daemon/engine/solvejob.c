#include "engine/solvejob.h"

#include <stdlib.h>

#include "engine/group.h"
#include "engine/state.h"

struct solve_job *solvejob_new_for(const struct engine *e, int n_sites)
{
	const struct settings *st = &e->configuration->settings;
	struct solve_job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	arena_init(&job->arena, PLAN_ARENA_CAP * (size_t)n_sites);
	if (e->settings.driven)
		job->max_iterations = (uint64_t)max_i64(st->plan.solver_iterations, 0);
	else
		job->deadline_ms = st->plan.solver_deadline_ms;
	return job;
}

struct solve_job *solvejob_new(const struct engine *e, const struct group_state *g)
{
	struct solve_job *job = solvejob_new_for(e, g->n_sites);

	if (job)
		job->generation = group_generation(g);
	return job;
}

int solvejob_take(struct solve_job *job, const struct plan_region *region)
{
	struct plan **plans = ARENA_ARRAY(&job->arena, (size_t)region->n_sites, struct plan *);

	if (!plans)
		return -ENOMEM;
	/* a stored region may have more sites than the job was made for */
	job->arena.cap = (size_t)max_i64((int64_t)job->arena.cap,
					 (int64_t)PLAN_ARENA_CAP * (int64_t)region->n_sites);
	job->region = region;
	job->plans = plans;
	return 0;
}

void solvejob_free(struct solve_job *job)
{
	if (!job)
		return;
	arena_fini(&job->arena);
	free(job);
}
