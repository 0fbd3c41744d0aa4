/* From the solver's numbers to whole watts that the plant can really do. Pure. */
#pragma once

#include "plan/flows.h"

#define DECIDED_ALONE INT64_MIN

/* Per step, as published: W at the PCC, passive sign. */
struct decided {
	int64_t *unserved_w;			   /* ≥ 0 */
	int64_t *generator_w[SITE_MAX_GENERATORS]; /* ≤ 0 */
	int64_t *store_w[SITE_MAX_STORAGE];
	int64_t *queue_w[SITE_MAX_QUEUES]; /* ≥ 0, PUE included */
	int64_t *cooling_w
		[SITE_MAX_COOLING]; /* ≥ 0; DECIDED_ALONE: its own thermostat holds the temperature */
};

/* All zero; NULL if the arena is full. */
struct decided *decided_new(const struct plant *p, struct arena *a);

/* Rounds f to whole watts, each to the side where the PCC errs towards its limits' inside: less import where the site
 * imports or an event wants less, more where it exports or an event wants more. Stores and queues follow the levels of
 * f, so that rounding does not add up. */
void decide_round(const struct plant *p, const struct flows *f, struct decided *d);

/* Corrects d, step after step, to what the state at that time allows, and fills f with what then follows. No correction
 * is larger than 1 W if d comes from a valid plan for this plant. */
void decide_settle(const struct plant *p, struct decided *d, struct flows *f);
