/* Jobs as the planner's queue. */
#pragma once

#include "engine/snapshot_priv.h"

/* Was a job of the site's queue k pushed, and is it remembered? */
bool jobs_are_known(const struct snapshot_builder *b, int k);
/* Backlog and due curve from the jobs, what they announce into the arrivals (which the caller has filled), and as bounds
 * of the power: what runs and must not be stopped, and what all their devices can draw. Says so as "jobs:N".
 * 0 or -ENOMEM. */
int jobs_fill(struct snapshot_builder *b, int k);
