#include "model/decision.h"

#include <string.h>

const char *reason_name(enum reason_code r)
{
	static const char *const names[] = {"none",	"plan",	    "event",  "limit",
					    "fallback", "override", "restore"};

	return (unsigned)r < ARRAY_SIZE(names) ? names[r] : "?";
}

const char *job_verb_name(enum job_verb v)
{
	static const char *const names[] = {"none", "start", "hold", "pause", "resume", "cap"};

	return (unsigned)v < ARRAY_SIZE(names) ? names[v] : "?";
}

const char *action_kind_name(enum action_kind k)
{
	static const char *const names[] = {"none",    "power", "cap",	  "soc_target",
					    "release", "job",	"migrate"};

	return (unsigned)k < ARRAY_SIZE(names) ? names[k] : "?";
}

bool action_is_same(const struct action *a, const struct action *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case ACTION_NONE:
	case ACTION_RELEASE:
		return true;
	case ACTION_POWER:
	case ACTION_CAP:
	case ACTION_SOC_TARGET:
		return a->value == b->value;
	case ACTION_JOB:
		return a->verb == b->verb && strcmp(a->job, b->job) == 0 &&
		       (a->verb != VERB_CAP || a->value == b->value);
	case ACTION_MIGRATE:
		return a->value == b->value && strcmp(a->job, b->job) == 0 &&
		       strcmp(a->to, b->to) == 0;
	}
	return false;
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
