/* suandian-calc as a function: its commands, over streams that the caller gives. */
#pragma once

#include <stdio.h>

/* argv as of main(); an exit code, see suandian-calc(1). */
int calc_main(int argc, char *const *argv, FILE *out, FILE *err);
