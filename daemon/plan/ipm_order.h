/* An order of elimination that keeps a symmetric matrix sparse: minimum degree on the quotient graph (George and Liu 1989;
 * degrees exact, no supervariables). Of rows that are joined from one time step to the next it makes short chains. Pure. */
#pragma once

#include "base/arena.h"

/* A graph without loops, each edge in both lists; sorted or not. */
struct ipm_graph {
	int n;
	int *start; /* [n + 1] */
	int *next;  /* [start[n]] */
};

/* Which node comes first, second, …; in a. NULL: the arena is full. */
int *ipm_order(const struct ipm_graph *g, struct arena *a);
