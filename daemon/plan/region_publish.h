/* From a region's integers to the plans of its sites. Pure. */
#pragma once

#include "plan/publish.h"
#include "plan/region_account.h"
#include "plan/region_round.h"

/* One plan per site in canonical order into ret[n_sites]: everything but status, solver, gap, residual, iterations and
 * hashes. s is the solution that x was rounded from. false: the arena is full. */
bool region_publish(const struct region_point *x, struct decided *const *d,
		    const struct lp_solution *s, struct arena *a, struct plan **ret);
