/* The daemon's command line. */
#pragma once

#include "base/err.h"
#include "base/log.h"

struct options {
	const char *config; /* borrowed from argv */
	const char *control, *adapter;
	bool driven, check_config;
	bool help, version;
	enum log_level level;
};

extern const char options_help[];

/* 0, or ERR_INVALID with what is wrong. --help and --version win over everything else. */
int options_parse(int argc, char **argv, struct options *ret, struct fault *f);
