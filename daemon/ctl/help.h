/* What --help says, from the table. */
#pragma once

#include "ctl/command.h"
#include "ctl/out.h"

void help_program(const struct command_table *table, const struct out *o);
void help_command(const struct command_table *table, const struct command *command,
		  const struct out *o);
