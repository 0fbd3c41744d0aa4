#include "engine/instruct_move.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "engine/audit_operator.h"
#include "engine/records.h"
#include "engine/standing.h"
#include "engine/state.h"

void instruct_note_open(struct engine *e, struct instruction_live *il)
{
	bool open = instruction_is_open(&il->in);

	if (open && !il->open) {
		list_insert(&e->instruct.open, &il->node);
		e->instruct.n_open++;
	} else if (!open && il->open) {
		list_remove(&il->node);
		e->instruct.n_open--;
	}
	il->open = open;
}

void instruct_move(struct engine *e, struct instruction_live *il, enum instruction_state to,
		   const char *how)
{
	sm_move(&instruction_sm, &il->in.state, (int)to, &il->in);
	instruct_note_open(e, il);
	records_put(e, &(struct ledger_op){.kind = LEDGER_OVERRIDE, .instruction = &il->in});
	audit_instruction(e, &il->in, how);
}

void instruct_end(struct engine *e, struct instruction_live *il, enum instruction_state to,
		  const char *who, const char *text)
{
	il->in.ended_ms = e->clock.now_ms;
	snprintf(il->in.ended_by, sizeof(il->in.ended_by), "%s", who);
	snprintf(il->in.text, sizeof(il->in.text), "%s", text);
	instruct_move(e, il, to, sm_name(&instruction_sm, (int)to));
	log_notice(ENGINE_LOG, "%s %" PRIu64 " of %s %s: %s", instruction_kind_name(il->in.kind),
		   il->in.id, il->in.target, sm_name(&instruction_sm, (int)to), text);
}

struct instruction_live *instruct_waiting_event(const struct engine *e, const char *source,
						const char *external_id)
{
	list_foreach(it, &e->instruct.open)
	{
		struct instruction_live *il = list_entry(it, struct instruction_live, node);

		if (il->in.event && strcmp(il->in.event->source, source) == 0 &&
		    strcmp(il->in.event->external_id, external_id) == 0)
			return il;
	}
	return NULL;
}

bool instruct_withdraw_event(struct engine *e, const struct event_cancel *c, uint64_t below)
{
	struct instruction_live *il = instruct_waiting_event(e, c->source, c->external_id);

	if (!il || il->in.event->revision >= below)
		return false;
	instruct_end(e, il, INSTRUCTION_CANCELLED, c->who, c->reason ? c->reason : "");
	return true;
}
