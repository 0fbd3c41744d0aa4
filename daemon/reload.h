/* SIGHUP: the configuration on disk takes the place of the one in force, all of it or nothing. Loop thread. */
#pragma once

#include "engine/engine.h"

struct reload {
	struct waiter waiter;
	struct engine *engine;
	uint64_t before;     /* how many were applied before it */
	bool running, again; /* again: asked for once more meanwhile */
};

/* Begins; whoever manages the service is told RELOADING, and READY when it is over either way. Asked again while it
 * runs, it runs once more at the end. */
void reload_begin(struct reload *r, struct engine *engine);
