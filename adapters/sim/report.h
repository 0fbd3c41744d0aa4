/* What a run came to: for machines (JSON) and for people. */
#pragma once

#include <stdio.h>

#include "sim/drive.h"

/* Writes the JSON to `path`. 0 or -errno, -ENOMEM. */
int report_write(const struct drive *d, const char *path);
/* A page for people. */
void report_print(const struct drive *d, FILE *to);

/* Did everything hold? Hard limits in the truth of the obeying twin, commands, the run itself. */
bool report_is_good(const struct drive *d);
