#include "base/sm.h"

#include <stdio.h>

#include "base/require.h"

static bool is_state(const struct sm_class *c, int state)
{
	return state >= 0 && state < c->n_states && c->n_states <= 32;
}

bool sm_allowed(const struct sm_class *c, int from, int to)
{
	return is_state(c, from) && is_state(c, to) && (c->states[from].allowed & SM_BIT(to));
}

void sm_move(const struct sm_class *c, int *state, int to, const void *obj)
{
	char what[160];

	if (!sm_allowed(c, *state, to)) {
		snprintf(what, sizeof(what), "%s: %s -> %s is an allowed move", c->name,
			 sm_name(c, *state), sm_name(c, to));
		require_die(what, __FILE__, __LINE__);
	}
	*state = to;
	if (!c->invariant || c->invariant(obj, to))
		return;
	/* the class and the state are the place: each pair is logged once */
	snprintf(what, sizeof(what), "%s is consistent in %s", c->name, sm_name(c, to));
	if (require_note(what, c->name, to))
		return;
}

const char *sm_name(const struct sm_class *c, int state)
{
	return is_state(c, state) ? c->states[state].name : "?";
}
