/* The pattern of a factor from the pattern of the matrix, in the order that the nodes have. Pure. */
#pragma once

#include "base/err.h"
#include "plan/ipm_order.h"

/* m: per node the ones below it that it meets, itself and repetitions allowed. Fills *ret, in a: per column of L the rows
 * strictly below the diagonal, ascending. -ENOMEM; ERR_FULL: more than `most` entries. */
int ipm_fill(const struct ipm_graph *m, int most, struct arena *a, struct ipm_graph *ret);
