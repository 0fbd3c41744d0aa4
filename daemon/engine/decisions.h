/* Decisions: made from a plan, renewed, superseded, expired, acknowledged. Sending is publish.h. */
#pragma once

#include "model/decision.h"
#include "model/plan.h"

struct engine;
struct site_state;
struct decision_live;
struct job_live;

/* Another configuration. Before it is in force: decisions for assets that it does not have, or has as another kind, are
 * superseded by nothing; their leases run out. After: numbers of sites and assets are those of the new one. */
void decisions_retire(struct engine *e, const struct site_state *sites, size_t n);
void decisions_rebind(struct engine *e);

void decisions_init(struct engine *e);
void decisions_fini(struct engine *e);
/* Where restoring has to begin: every decision in force and the most recent ones lie behind it. */
uint64_t decisions_restore_from(const struct engine *e);
/* From the ledger, ascending: an unfinished one is in force again. 0 or -ENOMEM. */
int decisions_restore(struct engine *e, const struct decision *d);
/* What operators and the plan (NULL: none covers now) say for now: unchanged intents are renewed, changed ones are new decisions. All of it is put into
 * the open batch. */
void decisions_issue(struct engine *e, struct site_state *ss, const struct plan *p);
/* The same for one asset. */
void decisions_issue_one(struct engine *e, struct site_state *ss, int asset, const struct plan *p);
/* The same for a job of the queue `asset` of a site. The id if it was renewed, 0 if it is new or stands as it is. */
uint64_t decisions_issue_job(struct engine *e, int site, int asset, struct job_live *jl,
			     const struct decision *want);
/* Work that leaves the queue `asset`, whichever jobs it is of; once in a slot. */
void decisions_issue_move(struct engine *e, const struct site_state *ss, int asset,
			  const struct decision *want);
/* What was said about the job binds nobody any more. */
void decisions_end_job(struct engine *e, struct job_live *jl);
/* It was carried out, and has no term: nothing of it is left to hold. */
void decisions_settle(struct engine *e, struct decision_live *dl);
/* Moves it to FAILED, REJECTED or, if it was verified once, SUPERSEDED with its audit, takes its asset out for the slot, and has the site planned anew. */
void decisions_fail(struct engine *e, struct decision_live *dl, int state);
/* Leases that ended; true if any did. */
bool decisions_due(struct engine *e);
int64_t decisions_next_ms(const struct engine *e); /* INT64_MAX = none */
