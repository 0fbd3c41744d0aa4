/* The command line of suandian-sim. Pure but for messages on stderr. */
#pragma once

#include "base/slot.h"

#define OPTIONS_MAX_AT 16

/* A command for a shell, to be run while the simulated clock stands at a time. */
struct at_option {
	const char *when, *command;
	int64_t t_ms; /* options_resolve() */
};

struct options {
	const char *config, *adapter, *control, *report;
	const char *from, *to;
	int64_t from_ms, to_ms; /* options_resolve() */
	int64_t step_ms;
	uint64_t seed;
	int n_at;
	struct at_option at[OPTIONS_MAX_AT];
	bool progress, check_config, once, help;
};

/* Strings stay argv's. 0, or ERR_INVALID after a message on stderr. */
int options_parse(int argc, char **argv, struct options *ret);
/* Times, of which those without a zone are local times of `zone`; what is set against what. As above. */
int options_resolve(struct options *o, const struct zone *zone);
void options_help(void);
