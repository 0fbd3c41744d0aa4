#include "model/decision.h"

const char *reason_name(enum reason_code r)
{
	static const char *const names[] = {"none",	"plan",	    "event",  "limit",
					    "fallback", "override", "restore"};

	return (unsigned)r < ARRAY_SIZE(names) ? names[r] : "?";
}

#define ENDS (SM_BIT(DECISION_SUPERSEDED) | SM_BIT(DECISION_EXPIRED))

static const struct sm_state states[] = {
	[DECISION_NONE] = {"none", SM_BIT(DECISION_ISSUED), false},
	[DECISION_ISSUED] = {"issued",
			     SM_BIT(DECISION_ACCEPTED) | SM_BIT(DECISION_REJECTED) |
				     SM_BIT(DECISION_FAILED) | ENDS,
			     false},
	[DECISION_ACCEPTED] = {"accepted",
			       SM_BIT(DECISION_APPLIED) | SM_BIT(DECISION_FAILED) | ENDS, false},
	[DECISION_APPLIED] = {"applied", SM_BIT(DECISION_VERIFIED) | SM_BIT(DECISION_FAILED) | ENDS,
			      false},
	[DECISION_VERIFIED] = {"verified", ENDS, false},
	[DECISION_FAILED] = {"failed", ENDS, false},
	[DECISION_REJECTED] = {"rejected", 0, true},
	[DECISION_SUPERSEDED] = {"superseded", 0, true},
	[DECISION_EXPIRED] = {"expired", 0, true},
};

static bool is_consistent(const void *obj, int state)
{
	const struct decision *d = obj;

	if (!d || state == DECISION_NONE)
		return true;
	return d->id != 0 && d->asset[0] != '\0' && d->valid_from_ms < d->valid_until_ms;
}

const struct sm_class decision_sm = {
	.name = "decision",
	.states = states,
	.n_states = ARRAY_SIZE(states),
	.invariant = is_consistent,
};
