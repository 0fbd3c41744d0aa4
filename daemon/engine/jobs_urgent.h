/* Jobs that cannot wait, whatever the plan's power. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct engine;
struct site_state;
struct asset_state;
struct job_live;

/* It is on its way to another site, or nobody knows what became of that order. */
bool jobs_is_leaving(const struct job_live *jl);
/* IT watts of the queue's jobs that are late unless they run now, at full pace; no more than its devices draw. */
int64_t jobs_urgent_w(const struct engine *e, const struct site_state *ss,
		      const struct asset_state *as);
