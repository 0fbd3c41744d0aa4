/* Demand-response events: taking them in, finding them. Their moves are drmove.h, their figures drmeter.h. */
#pragma once

#include "model/event.h"

struct engine;
struct event_live;
struct site_state;

void drevent_init(struct engine *e);
/* Waiters still there are told ERR_CLOSED. */
void drevent_fini(struct engine *e);
/* From the ledger. 0, ERR_CORRUPT or -ENOMEM. */
int drevent_restore(struct engine *e, const struct event *ev);
/* Another configuration is in force: sites have other numbers; events of those that are gone are cancelled. */
void drevent_rebind(struct engine *e);
/* The oldest event that waits for its baseline. NULL = none. */
struct event_live *drevent_waiting(const struct engine *e);
struct event_live *drevent_get(const struct engine *e, uint64_t id); /* NULL */
/* An event of the site left (completed or was cancelled) in (from, to]. NULL = none. */
const struct event *drevent_left(const struct engine *e, int site, int64_t from_ms, int64_t to_ms);
/* Those who put events of this site are answered once the batch is durable. */
void drevent_answer(struct engine *e, int site, uint64_t mark);
/* Whoever waits for an event is told ERR_STORE. */
void drevent_disappoint(struct engine *e);
