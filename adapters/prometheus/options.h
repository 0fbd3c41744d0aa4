/* The command line of suandian-prometheus. Pure but for messages on stderr. */
#pragma once

#include "base/log.h"

struct options {
	const char *config, *adapter;
	enum log_level log_level;
	bool check_config, once, dry_run, help;
};

/* Strings stay argv's. 0, or ERR_INVALID after a message on stderr. */
int options_parse(int argc, char **argv, struct options *ret);
void options_help(void);
