#include "calc/command.h"

#include <string.h>

static const struct option common[] = {
	{OPT_HELP, "help", NULL, "explain the program or the command, and end"},
	{OPT_VERSION, "version", NULL, "print the version, and end"},
};

int command_say(const struct calc *c, int code, const char *fmt, ...)
{
	va_list args;

	(void)fputs("suandian-calc: ", c->err);
	va_start(args, fmt);
	(void)vfprintf(c->err, fmt, args);
	va_end(args);
	(void)fputc('\n', c->err);
	return code;
}

/* ---- Help ---------------------------------------------------------------------------------------- */

static void print_options(FILE *out, const struct option *o, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char left[40];

		(void)snprintf(left, sizeof(left), "--%s%s%s", o[i].name, o[i].value ? " " : "",
			       o[i].value ? o[i].value : "");
		(void)fprintf(out, "  %-22s %s\n", left, o[i].text);
	}
}

static void print_help(const struct calc *c, const struct command *table, size_t n)
{
	const struct command *cmd = c->command;

	if (cmd) {
		(void)fprintf(c->out, "usage: suandian-calc %s [options] %s\n\n%s\n\n", cmd->name,
			      cmd->operands, cmd->text);
		print_options(c->out, cmd->options, cmd->n_options);
	} else {
		(void)fprintf(c->out, "usage: suandian-calc COMMAND [options] FILE\n\nCommands:\n");
		for (size_t i = 0; i < n; i++)
			(void)fprintf(c->out, "  %-10s %s\n", table[i].name, table[i].text);
		(void)fputc('\n', c->out);
	}
	print_options(c->out, common, ARRAY_SIZE(common));
	(void)fputs("\nFILE is a path, or - for the standard input. See suandian-calc(1).\n",
		    c->out);
}

/* ---- Words --------------------------------------------------------------------------------------- */

static const struct option *find_option(const struct option *o, size_t n, const char *name,
					size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(o[i].name) == len && memcmp(o[i].name, name, len) == 0)
			return &o[i];
	return NULL;
}

/* An option at argv[*at]; *at then is at the last word it took. */
static int take_option(struct calc *c, int argc, char *const *argv, int *at)
{
	const char *name = argv[*at] + 2, *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct option *o = find_option(common, ARRAY_SIZE(common), name, len);

	if (!o && c->command)
		o = find_option(c->command->options, c->command->n_options, name, len);
	if (!o)
		return command_say(c, CALC_USAGE, "unknown option --%.*s%s%s", (int)len, name,
				   c->command ? " of " : " before a command",
				   c->command ? c->command->name : "");
	if (c->option[o->id])
		return command_say(c, CALC_USAGE, "--%s is given twice", o->name);
	if (!o->value && equals)
		return command_say(c, CALC_USAGE, "--%s takes no value", o->name);
	if (o->value && !equals && *at + 1 >= argc)
		return command_say(c, CALC_USAGE, "--%s needs a value: %s", o->name, o->value);
	if (!o->value)
		c->option[o->id] = "";
	else
		c->option[o->id] = equals ? equals + 1 : argv[++*at];
	return 0;
}

static int take_word(struct calc *c, const struct command *table, size_t n, const char *word,
		     int *n_operands)
{
	if (c->command) {
		if (*n_operands == c->command->n_operands)
			return command_say(c, CALC_USAGE, "%s: %s is one word too many",
					   c->command->name, word);
		c->operand[(*n_operands)++] = word;
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].name, word) == 0)
			c->command = &table[i];
	return c->command ? 0
			  : command_say(c, CALC_USAGE,
					"unknown command %s; see suandian-calc --help", word);
}

int command_run(const struct command *table, size_t n, int argc, char *const *argv, FILE *out,
		FILE *err)
{
	struct calc c = {.out = out, .err = err};
	bool options = true;
	int n_operands = 0, r = 0;

	for (int at = 1; at < argc && !r; at++) {
		const char *word = argv[at];

		if (!options || word[0] != '-' || word[1] == '\0')
			r = take_word(&c, table, n, word, &n_operands);
		else if (strcmp(word, "--") == 0)
			options = false;
		else if (strcmp(word, "-h") == 0)
			c.option[OPT_HELP] = "";
		else if (word[1] != '-')
			r = command_say(&c, CALC_USAGE, "unknown option %s", word);
		else
			r = take_option(&c, argc, argv, &at);
	}
	if (r)
		return r;
	if (c.option[OPT_HELP]) {
		print_help(&c, table, n);
		return CALC_OK;
	}
	if (c.option[OPT_VERSION]) {
		(void)fprintf(out, "suandian-calc %s\n", SUANDIAN_VERSION);
		return CALC_OK;
	}
	if (!c.command)
		return command_say(&c, CALC_USAGE, "no command; see suandian-calc --help");
	if (n_operands < c.command->n_operands)
		return command_say(&c, CALC_USAGE, "%s needs %s", c.command->name,
				   c.command->operands);
	return c.command->run(&c);
}
