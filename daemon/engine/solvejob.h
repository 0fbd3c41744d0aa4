/* The order for one run of the solver, for the planning cycle and for studies alike. */
#pragma once

struct engine;
struct group_state;
struct solve_job;

/* Room for the plans of the group, budget or deadline as configured. NULL: out of memory. */
struct solve_job *solvejob_new(const struct engine *e, const struct group_state *g);
/* The same for so many sites, whatever group they were in. */
struct solve_job *solvejob_new_for(const struct engine *e, int n_sites);
struct plan_region;
/* A region that came to be in its arena, with room for as many plans. 0 or -ENOMEM. */
int solvejob_take(struct solve_job *job, const struct plan_region *region);
/* With everything in its arena; NULL is nothing. */
void solvejob_free(struct solve_job *job);
