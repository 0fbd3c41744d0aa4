/* What a run came to: for machines (JSON) and for people. */
#pragma once

#include <stdio.h>

#include "sim/drive.h"

/* Writes the JSON to `path`. 0 or -errno, -ENOMEM. */
int report_write(const struct drive *d, const char *path);
/* A page for people. */
void report_print(const struct drive *d, FILE *to);

/* Did everything hold? Hard limits in the truth of the obeying twins, commands, the run itself. */
bool report_is_good(const struct drive *d);

/* All sites of a policy together. Peaks and means of several sites are of no use and 0. */
struct score_result report_region(const struct run *r, enum run_policy policy);
/* What the sections' limits were broken by, in money. */
int64_t report_over_e4(const struct run *r, enum run_policy policy);
/* What the links cost. */
int64_t report_moved_e4(const struct run *r);
