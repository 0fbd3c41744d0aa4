/* Completion scripts, from the table. */
#pragma once

#include "ctl/command.h"
#include "ctl/out.h"

void complete_bash(const struct command_table *table, const struct out *o);
void complete_zsh(const struct command_table *table, const struct out *o);
