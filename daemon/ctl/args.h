/* The command line, read by the table. Pure. */
#pragma once

#include "base/err.h"
#include "ctl/command.h"
#include "ctl/times.h"

struct arg {
	bool given;
	const char *text;
	int64_t number; /* W, ms, 1e-4 CNY/kWh, permille, or a count, as the kind says */
	struct time_expr time;
};

struct args {
	const struct command
		*command; /* NULL: none was named (only with --help, or with nothing) */
	struct arg option[N_OPTIONS];
	const char **operand; /* malloc'ed; its texts are argv's */
	size_t n_operands;
};

/* Reads argv[1…]. Options may stand anywhere, "--name value" or "--name=value"; "--" ends them. A command's own
 * options are known after its name only. *ret is to be freed with args_fini() in every case; after a failure it
 * holds what was read so far. 0, -ENOMEM or ERR_INVALID with *ret_fault for people. */
int args_parse(const struct command_table *table, int argc, char *const *argv, struct args *ret,
	       struct fault *ret_fault);
void args_fini(struct args *args);

/* The command of that name; NULL. */
const struct command *args_find_command(const struct command_table *table, const char *name);

static inline bool args_has(const struct args *args, enum option_id id)
{
	return args->option[id].given;
}
/* The text given, or `otherwise`. */
static inline const char *args_text(const struct args *args, enum option_id id,
				    const char *otherwise)
{
	return args->option[id].given ? args->option[id].text : otherwise;
}
static inline int64_t args_number(const struct args *args, enum option_id id, int64_t otherwise)
{
	return args->option[id].given ? args->option[id].number : otherwise;
}
/* The n-th operand, or `otherwise`. */
static inline const char *args_operand(const struct args *args, size_t n, const char *otherwise)
{
	return n < args->n_operands ? args->operand[n] : otherwise;
}
