/* The running daemon: from a checked configuration to READY, signals, watchdog, reload, and the way down.
 *
 *	STARTING ──► RUNNING ── SIGTERM, SIGINT ──► DRAINING ──► CLOSING ──► ended
 *	    └── failed ───────────────────────────────────────────▲
 *
 * DRAINING: no new request is read, what is under way is finished and answered (bounded in time). CLOSING: Goodbye to
 * the sessions, then the store's last flush. */
#pragma once

#include "engine/configure.h"
#include "options.h"

/* Runs until told to end. Takes the configuration. Exit status: 0 or 1. */
int service_run(const struct options *options, struct configuration *configuration);

/* Every fault on a line of its own to stderr; returns how many. */
size_t service_print_faults(const struct fault_list *faults);
