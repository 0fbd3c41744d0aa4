#include "engine/migrate.h"

#include <stdio.h>
#include <string.h>

#include "engine/decisions.h"
#include "engine/instruct.h"
#include "engine/standing.h"
#include "engine/state.h"

static bool jobs_are_known_of(const struct engine *e, int site, int asset)
{
	for (int i = 0; i < e->jobs.n_queues; i++) {
		const struct job_queue *q = &e->jobs.queues[i];

		if (q->site == site && q->asset == asset)
			return q->n_live + q->n_over > 0;
	}
	return false;
}

/* The one that moves most: of orders for one queue the latest wins, the rest is planned again in the next slot. */
static const struct plan_move *largest(const struct plan *p, int slot, const char *queue)
{
	const struct plan_move *best = NULL;

	for (uint32_t i = 0; i < p->n_moves; i++) {
		const struct plan_move *m = &p->moves[i];

		if ((int)m->slot == slot && m->out && m->work_ds > 0 &&
		    strcmp(m->queue, queue) == 0 && (!best || m->work_ds > best->work_ds))
			best = m;
	}
	return best;
}

static void order(struct engine *e, const struct site_state *ss, int asset, const struct plan *p,
		  const struct plan_move *m)
{
	const struct asset_state *as = &ss->assets[asset];
	struct decision want = {
		.plan_id = p->id,
		.valid_from_ms = e->clock.now_ms,
		.valid_until_ms = DECISION_NO_TERM,
		.action = {.kind = ACTION_MIGRATE, .value = m->work_ds},
		.reason = {.code = REASON_PLAN, .marginal_price_e4 = p->marginal_price_e4[m->slot]},
	};

	snprintf(want.asset, sizeof(want.asset), "%s", as->path);
	snprintf(want.action.to, sizeof(want.action.to), "%s", m->other);
	snprintf(want.correlation_id, sizeof(want.correlation_id), "%s", m->link);
	if (as->current)
		want.reason = as->current->d.reason;
	decisions_issue_move(e, ss, asset, &want);
}

void migrate_dispatch(struct engine *e, const struct site_state *ss)
{
	const struct plan *p = ss->held ? ss->held->plan : NULL;
	const struct instruction *by;
	int slot = p ? plan_slot_at(p, e->clock.now_ms) : -1;

	if (slot < 0 || standing_mode(e, ss->index, &by) != MODE_AUTO)
		return;
	for (int i = 0; i < ss->n_assets; i++) {
		const struct asset_state *as = &ss->assets[i];
		const struct plan_move *m = NULL;

		if (as->kind == ASSET_QUEUE && !jobs_are_known_of(e, ss->index, i))
			m = largest(p, slot, as->id);
		if (m)
			order(e, ss, i, p, m);
	}
}
