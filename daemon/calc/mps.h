/* A mixed-integer programme as a file in free MPS, with every digit of its numbers, for other solvers. */
#pragma once

#include <stdio.h>

#include "plan/milp.h"

/* Writes the name of a column, without blanks. */
typedef void (*mps_name)(void *arg, int col, char *out, size_t n);

/* 0 or -errno of the stream. The programme minimises. */
int mps_write(FILE *out, const char *title, const struct milp *m, mps_name name, void *arg);
