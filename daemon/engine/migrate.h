/* Work that the plan moves between sites, where nobody told which jobs a queue holds: an order for the queue as a whole.
 * Where jobs are known, it is they who move (jobs_dispatch.h). */
#pragma once

struct engine;
struct site_state;

/* After the site's own decisions: what is to leave its queues in the running slot, into the open batch. */
void migrate_dispatch(struct engine *e, const struct site_state *ss);
