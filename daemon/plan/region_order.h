/* One order for one region: sites, limits and links by id, whatever order they are given in, so that the same region
 * gives the same bytes. Pure. */
#pragma once

#include "plan/region.h"

/* 0; ERR_INVALID (two of one id, an index that leads nowhere, sites on different grids …; f says which), -ENOMEM.
 * *ret is a copy in canonical order that shares everything else with `in`; ret_index[i] is where its site i stands in
 * in->sites. Both live in a. */
int region_order(const struct plan_region *in, struct arena *a, struct plan_region **ret,
		 int **ret_index, struct fault *f);

/* Whether `in` is valid and stands in canonical order. */
bool region_is_ordered(const struct plan_region *in, struct fault *f);
