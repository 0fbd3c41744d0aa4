/* The command line of suandian-calc: one table of commands, each a row with its operands, its options and the function
 * that does it. Help and complaints come from the table. */
#pragma once

#include <stdio.h>

#include "base/err.h"

/* Exit codes of the program; see suandian-calc(1). */
enum calc_exit {
	CALC_OK = 0,
	CALC_INPUT = 1, /* the input cannot be read or is not valid, or output cannot be written */
	CALC_USAGE = 2, /* the command line is wrong */
	CALC_UNPROVEN = 3, /* answered, but not all of it is proven, or a part failed */
};

enum option_id {
	OPT_VARIANT,
	OPT_PRETTY,
	OPT_DUMP_MPS,
	OPT_PLOT,
	OPT_ASCII,
	OPT_WIDTH,
	OPT_TIME_LIMIT,
	OPT_NO_TIES,
	OPT_HELP,
	OPT_VERSION,
	N_OPTIONS
};

struct option {
	enum option_id id;
	const char *name;
	const char *value; /* its name in help; NULL: the option takes none */
	const char *text;
};

#define MAX_OPERANDS 4

struct calc;

struct command {
	const char *name, *operands;
	int n_operands; /* exactly */
	const char *text;
	const struct option *options;
	size_t n_options;
	int (*run)(struct calc *c); /* an enum calc_exit; has said on err what is wrong */
};

struct calc {
	FILE *out, *err;
	const struct command *command;
	const char *option[N_OPTIONS]; /* NULL = not given; "" without a value */
	const char *operand[MAX_OPERANDS];
};

/* The whole program: reads argv by the table and runs the command. */
int command_run(const struct command *table, size_t n, int argc, char *const *argv, FILE *out,
		FILE *err);

/* Says "suandian-calc: …" on err and returns code. */
int command_say(const struct calc *c, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);
