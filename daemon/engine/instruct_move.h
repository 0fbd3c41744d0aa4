/* The states of what operators said: moved, recorded and audited here; what follows for the assets is instruct.c's
 * business. */
#pragma once

#include "engine/engine.h"
#include "model/instruction.h"

struct instruction_live;

/* In the list of open ones, or not any more, as its state says. */
void instruct_note_open(struct engine *e, struct instruction_live *il);
/* By instruction_sm, into the ledger and the audit chain. */
void instruct_move(struct engine *e, struct instruction_live *il, enum instruction_state to,
		   const char *how);
/* A move that is the last one. */
void instruct_end(struct engine *e, struct instruction_live *il, enum instruction_state to,
		  const char *who, const char *text);
/* The event of that name that waits for a second person; NULL: none does. */
struct instruction_live *instruct_waiting_event(const struct engine *e, const char *source,
						const char *external_id);
/* It is cancelled if its revision is below that. True if there was one. */
bool instruct_withdraw_event(struct engine *e, const struct event_cancel *c, uint64_t below);
