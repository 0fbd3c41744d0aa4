/* Which event stands where several ask at once: the one rule behind plans, decisions and what people are told.
 * Priority number first, the lower one; then the net load that is more restrictive for import, the lower one; then the
 * earlier created; then the lower id. */
#pragma once

#include "model/event.h"

struct engine;

/* What an event asks for in [from, to): time-weighted means of its slots. */
struct drrule_ask {
	bool active; /* it asks, and covers at least half */
	int64_t baseline_w;
	int64_t amount_w; /* reduction (UP) or increase (DN), ≥ 0 */
	int64_t target_w; /* the net load that it comes to: UP at most, DN at least */
};

struct drrule_ask drrule_ask(const struct event *ev, int64_t from_ms, int64_t to_ms);
/* Of two that may ask in [from, to) the one that stands; NULL: neither asks. Either may be NULL. */
const struct event *drrule_of_two(const struct event *a, const struct event *b, int64_t from_ms,
				  int64_t to_ms);
/* The live event of the site that stands in [from, to). NULL = none. */
const struct event *drrule_stands(const struct engine *e, int site, int64_t from_ms, int64_t to_ms);
