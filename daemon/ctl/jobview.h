/* Computing jobs for people: one line each, or one in detail. */
#pragma once

#include "ctl/ctl.h"
#include "suandian/v1/workload.pb-c.h"

/* all[n]; a column for the site if they are of several. */
void jobview_table(const struct ctl *c, Suandian__V1__JobInfo *const *all, size_t n);
void jobview_one(const struct ctl *c, const Suandian__V1__JobInfo *info);
