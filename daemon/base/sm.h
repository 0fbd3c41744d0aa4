/* Table-driven state machines: states with names and the set of allowed next states, an invariant checked at
 * each move. The user draws the graph above the enum. Pure; owner's thread. */
#pragma once

#include "base/base.h"

struct sm_state {
	const char *name;
	uint32_t allowed; /* bit n set: a move to state n is allowed */
	bool final;
};

struct sm_class {
	const char *name;
	const struct sm_state *states;
	int n_states; /* ≤ 32 */
	/* true if obj is consistent in `state`; NULL = no invariant */
	bool (*invariant)(const void *obj, int state);
};

#define SM_BIT(s) (UINT32_C(1) << (s))

/* Is the move in the table? */
bool sm_allowed(const struct sm_class *c, int from, int to);
/* REQUIREs that the move is allowed, sets *state, then checks the invariant (FAILS tier). obj may be NULL. */
void sm_move(const struct sm_class *c, int *state, int to, const void *obj);
const char *sm_name(const struct sm_class *c, int state);
