/* What suandianctl can do, as data: commands, their operands and their options. The one table of this kind
 * (commands.c) drives parsing, help and completion, and a test compares the man page with it. */
#pragma once

#include "base/base.h"

struct ctl;

enum value_kind {
	VALUE_NONE, /* a flag */
	VALUE_TEXT,
	VALUE_PATH,
	VALUE_CHOICE, /* one of option.choices */
	VALUE_TIME,   /* times.h */
	VALUE_SPAN,   /* "15min" */
	VALUE_POWER,  /* "1.5MW", a magnitude */
	VALUE_PRICE,  /* CNY per kWh, at most four decimals */
	VALUE_SHARE,  /* "20%" */
	VALUE_COUNT,  /* a whole number, 0 or more */
};

enum option_id {
	/* of every command */
	OPT_SOCKET,
	OPT_JSON,
	OPT_COLOR,
	OPT_NO_COLOR,
	OPT_ASCII,
	OPT_WIDTH,
	OPT_TIMEZONE,
	OPT_TIMEOUT,
	OPT_ROLE,
	OPT_HELP,
	/* of some */
	OPT_PREFIX,
	OPT_FROM,
	OPT_TO,
	OPT_AT,
	OPT_NUMBER, /* of a plan or decision */
	OPT_LIMIT,
	OPT_CSV,
	OPT_PLOT,
	OPT_ID, /* of an event */
	OPT_SOURCE,
	OPT_REVISION,
	OPT_REDUCTION,
	OPT_CAP,
	OPT_RESET,
	OPT_DIRECTION,
	OPT_OPEN_END,
	OPT_RAMP,
	OPT_PAY,
	OPT_PENALTY,
	OPT_BAND,
	OPT_PRIORITY,
	OPT_NOTE,
	OPT_CORRELATION,
	OPT_REASON,
	OPT_FIRST,
	OPT_AFTER,
	OPT_COUNT,
	OPT_UNTIL,
	OPT_CHARGE,
	OPT_DISCHARGE,
	OPT_REST,
	OPT_POWER,
	OPT_RELEASE,
	OPT_ALL,
	OPT_SCOPE,
	OPT_CLEAR,
	OPT_ISSUED,
	OPT_ASSET,
	OPT_FACTOR,
	OPT_SHIFT,
	OPT_DAYS,
	OPT_TABLE,
	OPT_QUEUE,
	OPT_WINDOW,
	OPT_STATE,
	OPT_BRIEF,
	N_OPTIONS,
};

struct option {
	enum option_id id;
	const char *name; /* without the dashes */
	enum value_kind kind;
	const char *value;   /* what stands for it in help: "TIME"; NULL for flags */
	const char *choices; /* VALUE_CHOICE: "up dn"; else NULL */
	const char *help;    /* one sentence without a full stop */
};

struct command {
	const char *name;     /* one word or two: "event put" */
	const char *operands; /* as help shows them: "POINT", "[ASSET]", "" */
	size_t min_operands, max_operands;
	const char *choices; /* of the first operand: "bash zsh"; NULL = anything */
	const char *group;   /* heading in help */
	const char *summary; /* one line */
	const char *details; /* paragraph for help of the command; may be NULL */
	const struct option *options;
	size_t n_options;
	const char *role; /* what is asked of the daemon; NULL = the command does not connect */
	int (*run)(struct ctl *c); /* enum ctl_exit */
};

struct command_table {
	const struct command *commands;
	size_t n_commands;
	const struct option *globals; /* options of every command */
	size_t n_globals;
};

/* Walks the words of "up dn": the next one at *at, its length in *ret_n; NULL at the end. */
const char *choice_next(const char **at, size_t *ret_n);
/* Is the word one of the choices? */
bool choice_has(const char *choices, const char *word);
