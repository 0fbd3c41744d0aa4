/* The planning cycle: one run at a time, groups of sites in their order, so that the same input gives the same
 * numbers.
 *
 *            ┌── outdated (drmove.h) ───────┐
 *            ▼                              │
 *   ┌────► IDLE ─────► GATHER ─────► SOLVING ─────► GATE ─────► COMMITTING
 *   │        │            │             │            ▲               │ durable
 *   │        ▼            └─ no input ──┼────────────┘               ▼
 *   │     STOPPED ◄───── stopping ──────┘                       PUBLISHING
 *   └────────────────────────────────────────────────────────────────┘
 *
 * A run is either the no-event plan that an event's baseline is frozen from, or a plan to be adopted. Events that come
 * and go while it is solved are planned for in the next one, all at once. A run is of a whole group (group.h). */
#pragma once

#include "base/sm.h"

struct engine;
struct solve_job;

enum cycle_state {
	CYCLE_IDLE,
	CYCLE_GATHER,
	CYCLE_SOLVING,
	CYCLE_GATE,
	CYCLE_COMMITTING,
	CYCLE_PUBLISHING,
	CYCLE_STOPPED,
};
extern const struct sm_class cycle_sm;

void cycle_init(struct engine *e);
void cycle_fini(struct engine *e);
/* Goes on as far as it can without waiting; true if anything moved. */
bool cycle_step(struct engine *e);
void cycle_solved(struct engine *e, struct solve_job *job);
/* Engine time begins (start, claim): when is the first plan due? */
void cycle_set_out(struct engine *e);
/* Wants plans of all sites if the period is over. */
bool cycle_due(struct engine *e);
int64_t cycle_next_ms(const struct engine *e);
/* Nothing under way, nothing wanted. */
bool cycle_is_idle(const struct engine *e);
/* Is the solver free for a study (study.h)? */
bool cycle_lets_study(const struct engine *e);
/* Ends as soon as the world gave back what it has; true once it did. */
bool cycle_stop(struct engine *e);
