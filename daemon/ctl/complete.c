#include "ctl/complete.h"

#include <string.h>

/* ---- Words --------------------------------------------------------------------------------------- */

/* The words that may stand first, each once: "event" for all of "event show", "event put" … */
static void put_first_words(const struct command_table *table, FILE *f)
{
	const char *last = "";

	for (size_t i = 0; i < table->n_commands; i++) {
		const char *name = table->commands[i].name;
		size_t n = strcspn(name, " ");

		if (strncmp(name, last, n) == 0 && last[n] == ' ')
			continue;
		(void)fprintf(f, "%s%.*s", *last ? " " : "", (int)n, name);
		last = name;
	}
}

static void put_second_words(const struct command_table *table, const char *first, size_t n,
			     FILE *f)
{
	const char *blank = "";

	for (size_t i = 0; i < table->n_commands; i++) {
		const char *name = table->commands[i].name;

		if (strncmp(name, first, n) != 0 || name[n] != ' ')
			continue;
		(void)fprintf(f, "%s%s", blank, name + n + 1);
		blank = " ";
	}
}

static void put_options(const struct option *options, size_t n, FILE *f)
{
	for (size_t i = 0; i < n; i++)
		(void)fprintf(f, "%s--%s", i ? " " : "", options[i].name);
}

/* Is this the first command of the table that begins with its word, of those with two words? */
static bool opens_group(const struct command_table *table, size_t i)
{
	const char *name = table->commands[i].name;
	size_t n = strcspn(name, " ");

	return name[n] && (i == 0 || strncmp(table->commands[i - 1].name, name, n + 1) != 0);
}

/* ---- bash ---------------------------------------------------------------------------------------- */

/* One line of a case on the word before: what may follow an option. */
static void put_value_case(const struct option *o, FILE *f)
{
	if (o->kind == VALUE_CHOICE)
		(void)fprintf(f, "\t--%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n",
			      o->name, o->choices);
	else if (o->kind == VALUE_PATH)
		(void)fprintf(f, "\t--%s) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n",
			      o->name);
	else if (o->kind != VALUE_NONE)
		(void)fprintf(f, "\t--%s) return ;;\n", o->name);
}

/* Of an option that several commands have, the first stands for all: they take the same kind of value. */
static bool seen_before(const struct command_table *table, size_t command, size_t option)
{
	const char *name = table->commands[command].options[option].name;

	for (size_t i = 0; i < command; i++)
		for (size_t k = 0; k < table->commands[i].n_options; k++)
			if (strcmp(table->commands[i].options[k].name, name) == 0)
				return true;
	return false;
}

static void put_values(const struct command_table *table, FILE *f)
{
	(void)fputs("\tcase $prev in\n", f);
	for (size_t i = 0; i < table->n_globals; i++)
		put_value_case(&table->globals[i], f);
	for (size_t i = 0; i < table->n_commands; i++)
		for (size_t k = 0; k < table->commands[i].n_options; k++)
			if (!seen_before(table, i, k))
				put_value_case(&table->commands[i].options[k], f);
	(void)fputs("\tesac\n", f);
}

static void put_commands(const struct command_table *table, FILE *f)
{
	(void)fputs("\tcase $command in\n\t'') words='", f);
	put_first_words(table, f);
	(void)fputs("' ;;\n", f);
	for (size_t i = 0; i < table->n_commands; i++) {
		const struct command *command = &table->commands[i];
		size_t n = strcspn(command->name, " ");

		if (opens_group(table, i)) {
			(void)fprintf(f, "\t'%.*s') words='", (int)n, command->name);
			put_second_words(table, command->name, n, f);
			(void)fputs("' ;;\n", f);
		}
		(void)fprintf(f, "\t'%s') options='", command->name);
		put_options(command->options, command->n_options, f);
		(void)fprintf(f, "' words='%s' ;;\n", command->choices ? command->choices : "");
	}
	(void)fputs("\tesac\n", f);
}

/* Options with a value, so that the value is not taken for a command. */
static void put_with_value(const struct command_table *table, FILE *f)
{
	const char *bar = "";

	for (size_t i = 0; i < table->n_globals; i++) {
		if (table->globals[i].kind == VALUE_NONE)
			continue;
		(void)fprintf(f, "%s--%s", bar, table->globals[i].name);
		bar = "|";
	}
}

void complete_bash(const struct command_table *table, const struct out *o)
{
	FILE *f = o->file;

	(void)fputs("# bash completion of suandianctl; made by: suandianctl completion bash\n"
		    "_suandianctl() {\n"
		    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		    "\tlocal command='' options='' words='' word i\n"
		    "\tCOMPREPLY=()\n",
		    f);
	put_values(table, f);
	(void)fputs("\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		    "\t\tword=${COMP_WORDS[i]}\n"
		    "\t\tcase $word in\n"
		    "\t\t",
		    f);
	put_with_value(table, f);
	(void)fputs(") ((i++)) ;;\n"
		    "\t\t-*) ;;\n"
		    "\t\t*) case $command in\n"
		    "\t\t\t'') command=$word ;;\n",
		    f);
	for (size_t i = 0; i < table->n_commands; i++)
		if (opens_group(table, i))
			(void)fprintf(f, "\t\t\t%.*s) command+=\" $word\" ;;\n",
				      (int)strcspn(table->commands[i].name, " "),
				      table->commands[i].name);
	(void)fputs("\t\t\tesac ;;\n"
		    "\t\tesac\n"
		    "\tdone\n",
		    f);
	put_commands(table, f);
	(void)fputs("\tif [[ $cur == -* ]]; then\n\t\twords=\"$options ", f);
	put_options(table->globals, table->n_globals, f);
	(void)fputs("\"\n"
		    "\tfi\n"
		    "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
		    "}\n"
		    "complete -F _suandianctl suandianctl\n",
		    f);
}

/* ---- zsh ----------------------------------------------------------------------------------------- */

/* Text inside '…' and, in _arguments, inside […]: its own brackets and colons are escaped. */
static void put_zsh_text(const char *s, FILE *f)
{
	for (; *s; s++) {
		if (*s == '\'')
			(void)fputs("'\\''", f);
		else if (strchr("[]:\\", *s))
			(void)fprintf(f, "\\%c", *s);
		else
			(void)fputc(*s, f);
	}
}

static void put_zsh_options(const struct option *options, size_t n, FILE *f)
{
	for (size_t i = 0; i < n; i++) {
		const struct option *o = &options[i];

		(void)fprintf(f, " \\\n\t\t'--%s[", o->name);
		put_zsh_text(o->help, f);
		(void)fputc(']', f);
		if (o->kind == VALUE_CHOICE)
			(void)fprintf(f, ":%s:(%s)", o->value, o->choices);
		else if (o->kind == VALUE_PATH)
			(void)fprintf(f, ":%s:_files", o->value);
		else if (o->kind != VALUE_NONE)
			(void)fprintf(f, ":%s: ", o->value);
		(void)fputc('\'', f);
	}
}

static void put_zsh_commands(const struct command_table *table, FILE *f)
{
	for (size_t i = 0; i < table->n_commands; i++) {
		const struct command *command = &table->commands[i];

		if (opens_group(table, i)) {
			size_t n = strcspn(command->name, " ");

			(void)fprintf(f, "\t'%.*s') _arguments \"$globals[@]\" '*: :(", (int)n,
				      command->name);
			put_second_words(table, command->name, n, f);
			(void)fputs(")' ;;\n", f);
		}
		(void)fprintf(f, "\t'%s') _arguments \"$globals[@]\"", command->name);
		put_zsh_options(command->options, command->n_options, f);
		if (command->choices)
			(void)fprintf(f, " '*: :(%s)'", command->choices);
		else if (command->max_operands)
			(void)fputs(" '*: : '", f);
		(void)fputs(" ;;\n", f);
	}
}

void complete_zsh(const struct command_table *table, const struct out *o)
{
	FILE *f = o->file;

	(void)fputs("#compdef suandianctl\n"
		    "# zsh completion of suandianctl; made by: suandianctl completion zsh\n"
		    "local -a globals\n"
		    "local command='' word skip=0\n"
		    "globals=(",
		    f);
	put_zsh_options(table->globals, table->n_globals, f);
	(void)fputs(")\n"
		    "for word in ${words[2,CURRENT-1]}; do\n"
		    "\tif (( skip )); then skip=0; continue; fi\n"
		    "\tcase $word in\n"
		    "\t",
		    f);
	put_with_value(table, f);
	(void)fputs(") skip=1 ;;\n"
		    "\t-*) ;;\n"
		    "\t*) case $command in\n"
		    "\t\t'') command=$word ;;\n",
		    f);
	for (size_t i = 0; i < table->n_commands; i++)
		if (opens_group(table, i))
			(void)fprintf(f, "\t\t%.*s) command+=\" $word\" ;;\n",
				      (int)strcspn(table->commands[i].name, " "),
				      table->commands[i].name);
	(void)fputs("\t\tesac ;;\n"
		    "\tesac\n"
		    "done\n"
		    "case $command in\n"
		    "\t'') _arguments \"$globals[@]\" '*: :(",
		    f);
	put_first_words(table, f);
	(void)fputs(")' ;;\n", f);
	put_zsh_commands(table, f);
	(void)fputs("esac\n", f);
}
