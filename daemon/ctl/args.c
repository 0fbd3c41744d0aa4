#include "ctl/args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "ctl/suggest.h"

/* The state while argv is walked. */
struct reader {
	const struct command_table *table;
	struct args *args;
	struct fault *fault;
	const char *first; /* of a command of two words, whose second is awaited */
};

/* ---- Values -------------------------------------------------------------------------------------- */

/* Decimal with at most `digits` decimals, as a whole number of 10^-digits; 0 or more. */
static int parse_fixed(const char *s, int digits, int64_t *ret)
{
	char whole[24];
	size_t n = strcspn(s, "."), decimals = s[n] ? strlen(s + n + 1) : 0;

	if (n == 0 || n > 9 || (s[n] && decimals == 0))
		return ERR_MALFORMED;
	if (decimals > (size_t)digits)
		return ERR_INVALID;
	memcpy(whole, s, n);
	memcpy(whole + n, s + n + (s[n] != '\0'), decimals);
	memset(whole + n + decimals, '0', (size_t)digits - decimals);
	whole[n + (size_t)digits] = '\0';
	return num_parse_i64(whole, 0, INT64_MAX, ret);
}

static int parse_share(const char *s, int64_t *ret_permille)
{
	char number[16];
	size_t n = strlen(s);

	if (n < 2 || n >= sizeof(number) || s[n - 1] != '%')
		return ERR_MALFORMED;
	memcpy(number, s, n - 1);
	number[n - 1] = '\0';
	return parse_fixed(number, 1, ret_permille);
}

static int parse_power(const char *s, int64_t *ret_w)
{
	int r = num_parse_power_w(s, ret_w);

	return r == 0 && *ret_w < 0 ? ERR_INVALID : r;
}

static int parse_value(const struct option *o, const char *s, struct arg *ret)
{
	switch (o->kind) {
	case VALUE_CHOICE:
		return choice_has(o->choices, s) ? 0 : ERR_INVALID;
	case VALUE_TIME:
		return times_parse(s, &ret->time);
	case VALUE_SPAN:
		return num_parse_duration_ms(s, &ret->number);
	case VALUE_POWER:
		return parse_power(s, &ret->number);
	case VALUE_PRICE:
		return parse_fixed(s, 4, &ret->number);
	case VALUE_SHARE:
		return parse_share(s, &ret->number);
	case VALUE_COUNT:
		return num_parse_i64(s, 0, INT64_MAX, &ret->number);
	case VALUE_TEXT:
	case VALUE_PATH:
	case VALUE_NONE:
		break;
	}
	return 0;
}

/* What would be right, for the complaint about a value. */
static const char *wanted(const struct option *o)
{
	switch (o->kind) {
	case VALUE_CHOICE:
		return o->choices;
	case VALUE_TIME:
		return "a time: 21:00, 2025-07-15T21:00, 2025-07-15T21:00+08:00, tomorrow, now, +2h";
	case VALUE_SPAN:
		return "a span: 90s, 15min, 2h";
	case VALUE_POWER:
		return "a power without sign: 800kW, 1.5MW";
	case VALUE_PRICE:
		return "CNY per kWh: 0.85";
	case VALUE_SHARE:
		return "a share: 20%";
	case VALUE_COUNT:
		return "a whole number";
	case VALUE_TEXT:
	case VALUE_PATH:
	case VALUE_NONE:
		break;
	}
	return "a value";
}

/* ---- Options ------------------------------------------------------------------------------------- */

static const struct option *find_option(const struct option *options, size_t n, const char *name,
					size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(options[i].name) == len && memcmp(options[i].name, name, len) == 0)
			return &options[i];
	return NULL;
}

static int unknown_option(struct reader *r, const char *name, size_t len)
{
	const struct command *command = r->args->command;
	struct suggestion s;

	suggest_init(&s, name, len);
	for (size_t i = 0; i < r->table->n_globals; i++)
		suggest_offer(&s, r->table->globals[i].name);
	for (size_t i = 0; command && i < command->n_options; i++)
		suggest_offer(&s, command->options[i].name);
	return fault_set(r->fault, ERR_INVALID, "unknown option --%.*s%s%s%s%s%s", (int)len, name,
			 command ? " of " : "", command ? command->name : "",
			 s.best ? "; is it --" : "", s.best ? s.best : "", s.best ? "?" : "");
}

static int take_value(struct reader *r, const struct option *o, const char *text)
{
	struct arg *arg = &r->args->option[o->id];

	if (arg->given)
		return fault_set(r->fault, ERR_INVALID, "--%s is given twice", o->name);
	if (parse_value(o, text, arg) < 0)
		return fault_set(r->fault, ERR_INVALID, "--%s %s: wanted is %s", o->name, text,
				 wanted(o));
	arg->given = true;
	arg->text = text;
	return 0;
}

/* An option at argv[*at]; *at then is at the last word it took. */
static int take_option(struct reader *r, int argc, char *const *argv, int *at)
{
	const char *name = argv[*at] + 2, *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct command *command = r->args->command;
	const struct option *o = find_option(r->table->globals, r->table->n_globals, name, len);

	if (!o && command)
		o = find_option(command->options, command->n_options, name, len);
	if (!o)
		return unknown_option(r, name, len);
	if (o->kind == VALUE_NONE) {
		if (equals)
			return fault_set(r->fault, ERR_INVALID, "--%s takes no value", o->name);
		r->args->option[o->id].given = true;
		return 0;
	}
	if (equals)
		return take_value(r, o, equals + 1);
	if (*at + 1 >= argc)
		return fault_set(r->fault, ERR_INVALID, "--%s needs a value: %s", o->name,
				 wanted(o));
	(*at)++;
	return take_value(r, o, argv[*at]);
}

/* ---- Words --------------------------------------------------------------------------------------- */

const struct command *args_find_command(const struct command_table *table, const char *name)
{
	for (size_t i = 0; i < table->n_commands; i++)
		if (strcmp(table->commands[i].name, name) == 0)
			return &table->commands[i];
	return NULL;
}

/* Is the word the first of a command of two? */
static bool is_first_word(const struct command_table *table, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i < table->n_commands; i++)
		if (strncmp(table->commands[i].name, word, n) == 0 &&
		    table->commands[i].name[n] == ' ')
			return true;
	return false;
}

static int unknown_command(struct reader *r, const char *name)
{
	struct suggestion s;

	suggest_init(&s, name, strlen(name));
	for (size_t i = 0; i < r->table->n_commands; i++)
		suggest_offer(&s, r->table->commands[i].name);
	return fault_set(r->fault, ERR_INVALID, "unknown command %s%s%s%s", name,
			 s.best ? "; is it " : "", s.best ? s.best : "", s.best ? "?" : "");
}

static int take_word(struct reader *r, const char *word)
{
	struct args *args = r->args;
	char name[64];

	if (args->command) {
		if (args->n_operands == args->command->max_operands)
			return fault_set(r->fault, ERR_INVALID, "%s: %s is one word too many",
					 args->command->name, word);
		args->operand[args->n_operands++] = word;
		return 0;
	}
	if (!r->first && is_first_word(r->table, word)) {
		r->first = word;
		return 0;
	}
	(void)snprintf(name, sizeof(name), "%s%s%s", r->first ? r->first : "", r->first ? " " : "",
		       word);
	args->command = args_find_command(r->table, name);
	return args->command ? 0 : unknown_command(r, name);
}

static int check_operands(const struct reader *r)
{
	const struct args *args = r->args;
	const struct command *command = args->command;

	if (r->first && !command)
		return fault_set(r->fault, ERR_INVALID, "%s what? See suandianctl --help",
				 r->first);
	if (!command)
		return fault_set(r->fault, ERR_INVALID, "no command given");
	if (args->n_operands < command->min_operands)
		return fault_set(r->fault, ERR_INVALID, "%s needs %s", command->name,
				 command->operands);
	if (command->choices && args->n_operands > 0 &&
	    !choice_has(command->choices, args->operand[0]))
		return fault_set(r->fault, ERR_INVALID, "%s %s: wanted is one of: %s",
				 command->name, args->operand[0], command->choices);
	return 0;
}

int args_parse(const struct command_table *table, int argc, char *const *argv, struct args *ret,
	       struct fault *ret_fault)
{
	struct reader r = {.table = table, .args = ret, .fault = ret_fault};
	bool options = true;
	int rc = 0;

	*ret = (struct args){.operand = calloc((size_t)argc + 1, sizeof(char *))};
	if (!ret->operand)
		return fault_set(ret_fault, -ENOMEM, "%s", err_text(-ENOMEM));
	for (int at = 1; at < argc && rc == 0; at++) {
		if (!options || argv[at][0] != '-' || argv[at][1] == '\0')
			rc = take_word(&r, argv[at]);
		else if (strcmp(argv[at], "--") == 0)
			options = false;
		else if (strcmp(argv[at], "-h") == 0)
			ret->option[OPT_HELP].given = true;
		else if (argv[at][1] != '-')
			rc = fault_set(ret_fault, ERR_INVALID, "unknown option %s", argv[at]);
		else
			rc = take_option(&r, argc, argv, &at);
	}
	if (rc == 0 && !ret->option[OPT_HELP].given)
		rc = check_operands(&r);
	return rc;
}

void args_fini(struct args *args)
{
	free(args->operand);
	args->operand = NULL;
}
