/* Runs suandianctl's run() in the test and keeps what it said. */
#pragma once

#include <stddef.h>

struct said {
	int status;
	const char *out, *err; /* valid to the end of the test */
};

/* The words after the program's name, split at blanks ('…' keeps blanks together). --socket is added if `socket` is
 * not NULL. */
struct said ctl_run(const char *socket, const char *words);

/* Compares text with tests/unit/ctl/golden/<name>; with UPDATE_GOLDEN=1 in the environment writes it instead. */
void golden_check(const char *name, const char *text);
