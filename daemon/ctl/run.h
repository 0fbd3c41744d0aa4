/* One run of the program: reads the command line, does the command, cleans up. For main() and for tests. */
#pragma once

#include <stdio.h>

/* argv as main() has it. Colour and width follow the streams, the options and the environment ($NO_COLOR,
 * $COLUMNS, $SUANDIAN_SOCKET). Returns the exit status (ctl.h). */
int run(int argc, char *const *argv, FILE *out, FILE *err);
