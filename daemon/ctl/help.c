#include "ctl/help.h"

#include <string.h>

#include "ctl/table.h"

#define COLUMNS 96

static void put_options(const struct option *options, size_t n, const struct out *o)
{
	struct table t;

	table_init(&t);
	table_column(&t, ALIGN_LEFT, "%s", "");
	table_column(&t, ALIGN_LEFT, "%s", "");
	for (size_t i = 0; i < n; i++) {
		table_cell(&t, STYLE_BOLD, "--%s%s%s", options[i].name, options[i].value ? " " : "",
			   options[i].value ? options[i].value : "");
		table_cell(&t, STYLE_PLAIN, "%s", options[i].help);
	}
	table_print(&t, o, 2);
	table_fini(&t);
}

static void put_group(const struct command_table *table, const char *group, const struct out *o)
{
	struct table t;

	table_init(&t);
	table_column(&t, ALIGN_LEFT, "%s", "");
	table_column(&t, ALIGN_LEFT, "%s", "");
	for (size_t i = 0; i < table->n_commands; i++) {
		const struct command *command = &table->commands[i];

		if (strcmp(command->group, group) != 0)
			continue;
		table_cell(&t, STYLE_BOLD, "%-13s %-10s", command->name, command->operands);
		table_cell(&t, STYLE_PLAIN, "%s", command->summary);
	}
	out_end(o);
	out_line(o, STYLE_DIM, "%s", group);
	table_print(&t, o, 2);
	table_fini(&t);
}

void help_program(const struct command_table *table, const struct out *o)
{
	out_line(o, STYLE_PLAIN, "usage: suandianctl [OPTION...] COMMAND [ARGUMENT...]");
	out_end(o);
	out_line(
		o, STYLE_PLAIN,
		"See and steer suandiand, which plans power and computing work together (算电协同).");
	for (size_t i = 0; i < table->n_commands; i++)
		if (i == 0 || strcmp(table->commands[i].group, table->commands[i - 1].group) != 0)
			put_group(table, table->commands[i].group, o);
	out_end(o);
	out_line(o, STYLE_DIM, "Options of every command");
	put_options(table->globals, table->n_globals, o);
	out_end(o);
	out_wrapped(
		o, 0, COLUMNS,
		"Times: 21:00 (today, in the site's zone, by the engine's clock), "
		"2025-07-15T21:00, 2025-07-15T21:00+08:00, 2025-07-15, tomorrow, now, +2h, "
		"-30min. Power: 800kW, 1.5MW. Positive power flows from the grid into the thing.");
	out_line(o, STYLE_PLAIN,
		 "Exit status: 0 done, 1 refused or does not hold, 2 usage, 3 daemon unreachable.");
	out_end(o);
	out_line(o, STYLE_PLAIN,
		 "suandianctl COMMAND --help explains a command; so does suandianctl(1).");
}

void help_command(const struct command_table *table, const struct command *command,
		  const struct out *o)
{
	out_line(o, STYLE_PLAIN, "usage: suandianctl %s%s%s%s", command->name,
		 command->n_options ? " [OPTION...]" : "", *command->operands ? " " : "",
		 command->operands);
	out_end(o);
	out_line(o, STYLE_PLAIN, "%s: %s.", command->name, command->summary);
	if (command->details)
		out_wrapped(o, 0, COLUMNS, command->details);
	if (command->choices)
		out_line(o, STYLE_PLAIN, "%s is one of: %s", command->operands, command->choices);
	if (command->role)
		out_line(o, STYLE_PLAIN, "Needs the role %s.", command->role);
	if (command->n_options) {
		out_end(o);
		out_line(o, STYLE_DIM, "Options");
		put_options(command->options, command->n_options, o);
	}
	out_end(o);
	out_line(o, STYLE_DIM, "Options of every command");
	put_options(table->globals, table->n_globals, o);
}
