/* Plans asked for by people, outside the period. */
#pragma once

struct engine;
struct group_state;

/* Those who asked are answered once what became of the run is durable. */
void replan_answer(struct engine *e, const struct group_state *g);
/* Nobody will be answered any more: ERR_CLOSED. */
void replan_fini(struct engine *e);
