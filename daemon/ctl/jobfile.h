/* Jobs as a CSV file: a heading of column names in any order, then one job a line. */
#pragma once

#include "ctl/ctl.h"
#include "suandian/v1/workload.pb-c.h"

/* jobs[n] in c's arena. CTL_OK, or an exit status with the line and column at fault said. */
int jobfile_read(struct ctl *c, const char *path, Suandian__V1__Job ***ret, size_t *ret_n);
