#include "engine/jobs_mode.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/slot.h"
#include "engine/audit.h"
#include "engine/decisions.h"
#include "engine/state.h"

/* What binds the job for a time; NULL: nothing does. */
static const struct decision *leased(const struct job_live *jl)
{
	const struct decision *d = jl->current ? &jl->current->d : NULL;

	return d && d->action.kind == ACTION_JOB && d->valid_until_ms != DECISION_NO_TERM ? d
											  : NULL;
}

static bool hold(struct engine *e, struct job_queue *jq)
{
	int64_t until = slot_floor(e->clock.now_ms) + SLOT_MS +
			e->configuration->settings.decision.lease_grace_ms;
	uint64_t *renewed = calloc(jq->n_live, sizeof(*renewed));
	int n = 0;

	if (!renewed) {
		log_error(ENGINE_LOG, "out of memory: orders for jobs of %s are not renewed",
			  e->sites[jq->site].assets[jq->asset].path);
		return false;
	}
	list_foreach(it, &jq->live)
	{
		struct job_live *jl = list_entry(it, struct job_live, node);
		const struct decision *d = leased(jl);
		struct decision want;

		if (!d)
			continue;
		want = *d;
		want.valid_until_ms = until;
		renewed[n] = decisions_issue_job(e, jq->site, jq->asset, jl, &want);
		n += renewed[n] != 0;
	}
	audit_renewals(e, renewed, n, until);
	free(renewed);
	return n > 0;
}

static struct decision resume(const struct engine *e, const struct decision *stopped,
			      const struct instruction *by)
{
	struct decision d = {
		.plan_id = stopped->plan_id,
		.valid_from_ms = e->clock.now_ms,
		.valid_until_ms = DECISION_NO_TERM,
		.action = {.kind = ACTION_JOB, .verb = VERB_RESUME},
		.reason = {.code = REASON_OVERRIDE},
	};

	snprintf(d.asset, sizeof(d.asset), "%s", stopped->asset);
	snprintf(d.correlation_id, sizeof(d.correlation_id), "%s", stopped->correlation_id);
	snprintf(d.action.job, sizeof(d.action.job), "%s", stopped->action.job);
	if (by)
		snprintf(d.reason.limit, sizeof(d.reason.limit), "%s:%" PRIu64,
			 instruction_kind_name(by->kind), by->id);
	return d;
}

static bool let_go(struct engine *e, struct job_queue *jq, const struct instruction *by)
{
	bool any = false;

	list_foreach(it, &jq->live)
	{
		struct job_live *jl = list_entry(it, struct job_live, node);
		const struct decision *d = leased(jl);
		struct decision want;

		if (!d || (d->action.verb != VERB_PAUSE && d->action.verb != VERB_CAP))
			continue;
		want = resume(e, d, by);
		decisions_issue_job(e, jq->site, jq->asset, jl, &want);
		any = true;
	}
	return any;
}

bool jobs_mode(struct engine *e, struct job_queue *jq, enum site_mode mode,
	       const struct instruction *by)
{
	if (jq->n_live == 0 || mode == MODE_AUTO)
		return false;
	return mode == MODE_HOLD ? hold(e, jq) : let_go(e, jq, by);
}
