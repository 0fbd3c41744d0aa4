/* The highest slot mean at the PCC in the running billing month, for tariffs that price it. */
#pragma once

#include "base/base.h"

struct engine;
struct site_state;

/* Up to the last full slot before now. 0 while nothing is known. */
int64_t peak_until_now(struct engine *e, struct site_state *ss);
/* After a restart: from the stored samples of the month. */
void peak_restore(struct engine *e, struct site_state *ss);
