/* The table of all commands; see command.h. Immutable. */
#pragma once

#include "ctl/command.h"

extern const struct command_table ctl_commands;
