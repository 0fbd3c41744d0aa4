/* What adapters answer to decisions. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/decisions.h"
#include "engine/jobs_life.h"
#include "engine/readback.h"
#include "engine/records.h"
#include "engine/state.h"
#include "engine/subscribe.h"
#include "engine/wake.h"

static bool is_repeated(const struct decision *d, enum decision_state state)
{
	if (d->state == (int)state)
		return true;
	/* an adapter that resumes says again what it said before */
	if (state == DECISION_ACCEPTED)
		return d->state == DECISION_APPLIED || d->state == DECISION_VERIFIED;
	return state == DECISION_APPLIED && d->state == DECISION_VERIFIED;
}

static int check(const struct decision *d, enum decision_state state, struct fault *f)
{
	if (state != DECISION_ACCEPTED && state != DECISION_APPLIED && state != DECISION_FAILED &&
	    state != DECISION_REJECTED)
		return fault_set(f, ERR_INVALID, "state: accepted, applied, failed or rejected");
	if (sm_allowed(&decision_sm, d->state, (int)state) ||
	    (state == DECISION_APPLIED && d->state == DECISION_ISSUED))
		return 0;
	return fault_set(f, ERR_STATE, "decision %" PRIu64 " is %s", d->id,
			 sm_name(&decision_sm, d->state));
}

static void apply(struct engine *e, struct decision_live *dl)
{
	if (dl->d.state == DECISION_ISSUED)
		sm_move(&decision_sm, &dl->d.state, DECISION_ACCEPTED, &dl->d);
	sm_move(&decision_sm, &dl->d.state, DECISION_APPLIED, &dl->d);
	if (dl->in_force)
		readback_schedule(e, dl);
}

static void take(struct engine *e, struct decision_live *dl, enum decision_state state)
{
	if (state == DECISION_FAILED || state == DECISION_REJECTED) {
		dl->d.fault_code = ERR_STATE;
		snprintf(dl->d.fault_text, sizeof(dl->d.fault_text), "the adapter %s it: %.120s",
			 state == DECISION_FAILED ? "failed" : "rejected", dl->d.ack_reason);
		decisions_fail(e, dl, (int)state);
		return;
	}
	if (state == DECISION_APPLIED)
		apply(e, dl);
	else
		sm_move(&decision_sm, &dl->d.state, (int)state, &dl->d);
	records_put(e, &(struct ledger_op){.kind = LEDGER_DECISION, .decision = &dl->d});
	dl->mark = records_mark(e);
	if (state == DECISION_APPLIED) {
		jobs_acked(e, dl);
		decisions_settle(e, dl);
	}
}

int engine_ack_decision(struct engine *e, const struct decision_ack *ack, struct waiter *w,
			struct fault *f)
{
	struct decision_live *dl = map_get_u64(&e->decisions.by_id, ack->id);
	int r = records_check(e, f);

	if (r)
		return r;
	if (!dl)
		return fault_set(f, ERR_NOTFOUND, "no decision %" PRIu64, ack->id);
	subscribe_heard(e, dl->d.asset);
	if (!is_repeated(&dl->d, ack->state)) {
		r = check(&dl->d, ack->state, f);
		if (r)
			return r;
		dl->overdue = false;
		if (ack->has_measured) {
			dl->d.has_measured = true;
			dl->d.measured_w = ack->measured_w;
		}
		snprintf(dl->d.ack_reason, sizeof(dl->d.ack_reason), "%s",
			 ack->reason ? ack->reason : "");
		take(e, dl, ack->state);
	}
	records_wait(e, w, records_mark(e));
	wake(e);
	return 0;
}
