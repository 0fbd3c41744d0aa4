/* Figures of the running daemon that no state machine needs: of the store and the solver, of the sources, of what
 * operators hold. For health and metrics. */
#pragma once

#include "engine/engine.h"

/* The world's own; all 0 where it has none. */
struct world_figures {
	uint64_t ledger_bytes, journal_bytes, series_bytes; /* pages in use */
	double commit_ms;				    /* one flush, smoothed */
	double solver_ms;				    /* real time of the last plan */
};

/* What operators hold at the moment. */
struct operator_figures {
	uint32_t overrides, out_of_service, pending, not_auto; /* sites */
};

void figures_of_world(const struct engine *e, struct world_figures *ret);
void figures_of_operators(const struct engine *e, struct operator_figures *ret);
