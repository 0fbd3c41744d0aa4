/* The operator's part of the engine: overrides, availability, modes, what waits for a second person, flags of days.
 * Same rules as engine.h: one thread; a waiter is called after the covering flush, and taken on 0 only. */
#pragma once

#include "model/dayflag.h"
#include "model/instruction.h"

struct engine;
struct waiter;
struct fault;

/* Takes what an operator says: kind, target, value, until, who and reason are read, all else is set here. It takes
 * effect at once, in the same commit, unless the configuration asks for a second person: then it is PENDING (ask
 * engine_instruction()). Of kind EVENT it is taken only where a second person is needed (else ERR_STATE: put the event).
 *
 * ERR_NOTFOUND (target), ERR_INVALID (a missing reason or end; beyond a limit, with the limit's value), ERR_STATE (no
 * engine time yet), ERR_STORE, ERR_FULL. *ret_id out at once. */
int engine_instruct(struct engine *e, const struct instruction *in, struct waiter *w,
		    uint64_t *ret_id, struct fault *f);
/* Would it wait for a second person? */
bool engine_needs_approval(const struct engine *e, const struct instruction *in);

struct verdict {
	uint64_t id;
	bool refuse;
	const char *who; /* not who put it: ERR_DENIED */
	const char *reason;
};
/* ERR_NOTFOUND, ERR_STATE (it does not wait any more), ERR_DENIED (the same person), and what engine_instruct() or
 * engine_put_event() would answer now: then it goes on waiting. */
int engine_approve(struct engine *e, const struct verdict *v, struct waiter *w, struct fault *f);
/* Ends one that is open: the plan has its say again at once. ERR_NOTFOUND, ERR_STATE (it has ended). */
int engine_cancel_instruction(struct engine *e, uint64_t id, const char *who, const char *reason,
			      struct waiter *w, struct fault *f);

const struct instruction *engine_instruction(const struct engine *e, uint64_t id); /* NULL */
/* Ascending by id: all that are open, and the last few thousand that ended. visit false stops. */
void engine_list_instructions(const struct engine *e,
			      bool (*visit)(void *arg, const struct instruction *in), void *arg);
/* The override in force for the asset; the outage; NULL. */
const struct instruction *engine_override_of(const struct engine *e, const char *asset);
const struct instruction *engine_outage_of(const struct engine *e, const char *asset);
/* The mode of the site; *ret_by (may be NULL): who set it, NULL if nobody did. */
enum site_mode engine_mode_of(const struct engine *e, const char *site,
			      const struct instruction **ret_by);

/* id and put_ms are set here. An issue older than what is known changes nothing, and is no error. ERR_NOTFOUND (scope
 * names neither a site nor a site's zone), ERR_INVALID, ERR_FULL, ERR_STORE. */
int engine_push_day_flag(struct engine *e, const struct day_flag *flag, struct waiter *w,
			 struct fault *f);
/* By day, ascending; visit false stops. */
void engine_list_day_flags(const struct engine *e,
			   bool (*visit)(void *arg, const struct day_flag *flag), void *arg);
