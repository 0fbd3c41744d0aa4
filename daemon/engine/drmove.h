/* The moves of events: each is timed by engine time, durable with its audit before it is announced. */
#pragma once

#include "model/event.h"
#include "model/plan.h"

struct engine;
struct event_live;

void drmove_to(struct engine *e, struct event_live *el, enum event_phase to, const char *who,
	       const char *reason);
/* The events of a site changed: plan anew; what is being solved is stopped if it is outdated. */
void drmove_changed(struct engine *e, int site);
/* Is the run under way to be dropped? A baseline whose event wants none any more; a plan whose events changed, unless
 * the one before was dropped, too: events that come and go all the time must not keep a site without plans. */
bool drmove_outdates(const struct engine *e);
/* Freezes the baseline from the no-event plan and accepts; moves that are due follow at once. */
void drmove_accept(struct engine *e, struct event_live *el, const struct plan *no_event);
void drmove_reject(struct engine *e, struct event_live *el, const char *reason);
/* Moves that are due now; true if any was made. */
bool drmove_due(struct engine *e);
int64_t drmove_next_ms(const struct engine *e); /* INT64_MAX = none */
