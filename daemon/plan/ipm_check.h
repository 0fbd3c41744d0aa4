/* Is this an LP at all? Pure. */
#pragma once

#include "plan/solve.h"

/* NULL, or what is wrong with it: NaN, infinite where it must not be, indices outside, a row twice in a column. mark has
 * n_rows values of −1. *ret_inverted: some lower bound lies above its upper one. */
const char *ipm_check(const struct lp *lp, int *mark, bool *ret_inverted);
