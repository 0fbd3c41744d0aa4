/* One simulated run without any I/O: at every site the obeying twin and its shadows on the same exogenous series, step by
 * step, with their scores; what the sites load together; and the work that is on its way between them. Owner's thread. */
#pragma once

#include "sim/exo.h"
#include "sim/obey.h"
#include "sim/score.h"
#include "sim/section.h"

enum run_policy { RUN_OBEY, RUN_NOTHING, RUN_THRESHOLD, RUN_EDF, N_RUN_POLICIES };
extern const char *const
	run_policy_name[N_RUN_POLICIES]; /* "suandian", "do_nothing", "threshold", "perfect_edf" */

struct run;

struct run_site {
	struct run *run;
	int index;
	const struct exo *exo;
	struct twin twin[N_RUN_POLICIES];
	struct score score[N_RUN_POLICIES];
	struct obey obey;    /* of twin[RUN_OBEY] */
	struct twin_row row; /* of the last step of twin[RUN_OBEY] */
};

/* Work between two sites. */
struct run_journey {
	int from_site, from_queue, to_site, to_queue;
	struct queue_lot lot;
	int64_t sent_ms, ready_ms;
	int64_t bytes;
};

struct run_moved {
	int64_t n, work_dms, bytes;
	int64_t price_e4; /* of the links */
};

struct run {
	const struct scenario_set *set;
	int64_t from_ms, to_ms, step_ms;
	int n_sites;
	struct run_site site[SCENARIO_SITES_MAX];
	struct series background[SCENARIO_SECTIONS_MAX];
	struct section_score section[SCENARIO_SECTIONS_MAX][N_RUN_POLICIES];
	struct run_journey *journey; /* malloc'ed; under way */
	size_t n_journeys, journeys_size;
	struct run_moved moved[SCENARIO_LINKS_MAX];
	bool has_row;
};

/* set and exo (one per site) are borrowed, the backgrounds of the sections (unset where there is none) become the run's;
 * the run must not move. 0 or -ENOMEM. */
int run_init(struct run *r, const struct scenario_set *set, const struct exo *exo,
	     const struct exo_span *span,
	     const struct series background[static SCENARIO_SECTIONS_MAX]);
void run_fini(struct run *r);

static inline int64_t run_now(const struct run *r)
{
	return r->site[0].twin[RUN_OBEY].now_ms;
}
static inline bool run_is_over(const struct run *r)
{
	return run_now(r) >= r->to_ms;
}
static inline const struct scenario *run_scenario(const struct run *r, int site)
{
	return r->site[site].exo->scenario;
}

/* The conditions of the step that begins now. */
struct twin_exogenous run_exogenous(const struct run *r, int site);
/* One step of all twins, the shadows under their policies. 0 or -ENOMEM. */
int run_step(struct run *r);
/* No more steps: closes the scores. */
void run_finish(struct run *r);

/* Watts of the others on a section, mean of [t, t + dt). */
int64_t run_background_w(const struct run *r, int section, int64_t t_ms, int64_t dt_ms);
