#include "model/instruction.h"

#include <stdio.h>

#include "base/num.h"

const char *instruction_kind_name(enum instruction_kind k)
{
	static const char *const names[] = {"none", "override", "availability", "mode", "event"};

	return (unsigned)k < ARRAY_SIZE(names) ? names[k] : "?";
}

const char *override_what_name(enum override_what w)
{
	static const char *const names[] = {"none", "power", "cap", "release"};

	return (unsigned)w < ARRAY_SIZE(names) ? names[w] : "?";
}

const char *site_mode_name(enum site_mode m)
{
	static const char *const names[] = {"none", "auto", "advisory", "hold"};

	return (unsigned)m < ARRAY_SIZE(names) ? names[m] : "?";
}

#define ENDS                                                                                       \
	(SM_BIT(INSTRUCTION_EXPIRED) | SM_BIT(INSTRUCTION_CANCELLED) |                             \
	 SM_BIT(INSTRUCTION_SUPERSEDED))

static const struct sm_state states[] = {
	[INSTRUCTION_NEW] = {"new",
			     SM_BIT(INSTRUCTION_PENDING) | SM_BIT(INSTRUCTION_IN_FORCE) |
				     SM_BIT(INSTRUCTION_DONE),
			     false},
	[INSTRUCTION_PENDING] = {"pending",
				 SM_BIT(INSTRUCTION_IN_FORCE) | SM_BIT(INSTRUCTION_REFUSED) |
					 SM_BIT(INSTRUCTION_LAPSED) |
					 SM_BIT(INSTRUCTION_CANCELLED) | SM_BIT(INSTRUCTION_DONE),
				 false},
	[INSTRUCTION_IN_FORCE] = {"in_force", ENDS, false},
	[INSTRUCTION_EXPIRED] = {"expired", 0, true},
	[INSTRUCTION_CANCELLED] = {"cancelled", 0, true},
	[INSTRUCTION_SUPERSEDED] = {"superseded", 0, true},
	[INSTRUCTION_REFUSED] = {"refused", 0, true},
	[INSTRUCTION_LAPSED] = {"lapsed", 0, true},
	[INSTRUCTION_DONE] = {"done", 0, true},
};

static bool is_consistent(const void *obj, int state)
{
	const struct instruction *in = obj;

	if (!in || state == INSTRUCTION_NEW)
		return true;
	return in->id != 0 && in->who[0] != '\0' && in->kind != INSTRUCTION_NONE;
}

const struct sm_class instruction_sm = {
	.name = "instruction",
	.states = states,
	.n_states = ARRAY_SIZE(states),
	.invariant = is_consistent,
};

bool instruction_is_open(const struct instruction *in)
{
	return in->state == INSTRUCTION_PENDING || in->state == INSTRUCTION_IN_FORCE;
}

char *instruction_say(const struct instruction *in, char *out, size_t n)
{
	char power[32];

	switch (in->kind) {
	case INSTRUCTION_OVERRIDE:
		if (in->what == OVERRIDE_RELEASE)
			snprintf(out, n, "release");
		else
			snprintf(out, n, "%s %s", override_what_name(in->what),
				 num_format_power(power, sizeof(power), in->value_w));
		break;
	case INSTRUCTION_AVAILABILITY:
		snprintf(out, n, "%s", in->out ? "out of service" : "back in service");
		break;
	case INSTRUCTION_MODE:
		snprintf(out, n, "mode %s", site_mode_name(in->mode));
		break;
	case INSTRUCTION_EVENT:
		snprintf(out, n, "event %s", in->event ? in->event->external_id : "?");
		break;
	default:
		snprintf(out, n, "?");
	}
	return out;
}
