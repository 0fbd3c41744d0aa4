/* Everything in a run that nobody decides, on the run's steps: made once from scenario, seed and files, then read by
 * all twins alike. Owner's thread; immutable after exo_init(). */
#pragma once

#include "base/err.h"
#include "sim/jobs_make.h"
#include "sim/scenario.h"
#include "sim/series.h"
#include "sim/twin.h"

struct exo_span {
	int64_t from_ms, to_ms, step_ms;
};

struct exo {
	const struct scenario *scenario; /* borrowed */
	const char *dir;		 /* borrowed while series are made */
	uint64_t seed;
	struct series gen[PLANT_MAX], load, arrivals[PLANT_MAX];
	struct series buy, sell;	   /* 1e-4 CNY per kWh */
	struct series temperature, carbon; /* °C, g/kWh; may be unset */
	struct job_list jobs[PLANT_MAX];   /* of queues with named jobs */
};

/* Series over [from, to), steps of step_ms. Paths of CSV files are relative to `dir`. 0, or an error with its place. */
int exo_init(struct exo *x, const struct scenario *scenario, const char *dir, uint64_t seed,
	     const struct exo_span *span, struct fault *f);
void exo_fini(struct exo *x);

/* One more series on the same steps, of the site's days: not the site's own. 0, or an error with its place. */
int exo_series(const struct exo *x, const struct series_spec *spec, const char *name,
	       const struct exo_span *span, struct series *ret, struct fault *f);

/* The conditions of [t, t + dt). Jobs that came while the step before ran are there when it begins. */
struct twin_exogenous exo_at(const struct exo *x, int64_t t_ms, int64_t dt_ms);

/* What can be known of a series at issue_ms, for n steps from start_ms on: NaN = nothing. `key` names the blur. */
struct foresee {
	const struct series_spec *spec;
	const struct series *truth;
	const struct zone *zone;
	uint64_t key;
	int64_t issue_ms;
};
void exo_foresee(const struct foresee *ask, int64_t start_ms, int64_t step_ms, size_t n,
		 double *ret);
