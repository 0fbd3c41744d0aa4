/* The command line of suandian-replay. Pure but for messages on stderr. */
#pragma once

#include "base/slot.h"

struct options {
	const char *config, *adapter, *control;
	const char *from, *to;	/* NULL: as far as the data reaches */
	int64_t from_ms, to_ms; /* options_resolve(); INT64_MIN: not given */
	int64_t step_ms;
	double speed; /* replayed seconds per second; 0 = as fast as it goes */
	bool is_driven, check_config, once, dry_run, help;
};

/* Strings stay argv's. 0, or ERR_INVALID after a message on stderr. */
int options_parse(int argc, char **argv, struct options *ret);
/* Times, of which those without a zone are local times of `zone`. As above. */
int options_resolve(struct options *o, const struct zone *zone);
void options_help(void);
