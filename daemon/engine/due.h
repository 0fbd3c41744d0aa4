/* What is due by engine time, in the order in which it is done: events move, meters are read, leases end, read-backs
 * are judged, plans are wanted. */
#pragma once

#include "base/base.h"

struct engine;

bool due_run(struct engine *e);
int64_t due_next_ms(const struct engine *e); /* INT64_MAX = nothing */
