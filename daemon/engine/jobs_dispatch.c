#include "engine/jobs_dispatch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "dispatch/disaggregate.h"
#include "engine/audit.h"
#include "engine/decisions.h"
#include "engine/intent.h"
#include "engine/jobs.h"
#include "engine/jobs_mode.h"
#include "engine/standing.h"
#include "engine/state.h"

/* A queue is not looked at again sooner within a slot. */
#define AGAIN_MS MS_PER_MIN
/* Starts in one go; the others follow a minute later. */
#define STARTS_MAX 2000
#define SCRATCH_CAP ((size_t)512 << 20)

/* ---- What goes in ------------------------------------------------------------------------------ */

static bool is_hard(const struct decision *d)
{
	return d->reason.code == REASON_EVENT || d->reason.code == REASON_LIMIT ||
	       d->reason.code == REASON_OVERRIDE;
}

/* Work that the plan moves out of the queue in its slot, less what was moved in it before. */
static int fill_moves(const struct job_queue *jq, const struct asset_state *as,
		      const struct plan *p, int slot, struct arena *a, struct dispatch_queue *q)
{
	int64_t before = jq->moved_slot_ms == p->start_ms[slot] ? jq->moved_ds : 0;

	q->moves = ARENA_ARRAY(a, p->n_moves, struct dispatch_move);
	if (!q->moves)
		return -ENOMEM;
	for (uint32_t i = 0; i < p->n_moves; i++) {
		const struct plan_move *m = &p->moves[i];
		int64_t done;

		/* one entry per move of the plan, so that a task tells where to */
		q->n_moves = i + 1;
		if ((int)m->slot != slot || !m->out || strcmp(m->queue, as->id) != 0)
			continue;
		done = min_i64(before, m->work_ds);
		before -= done;
		q->moves[i].work_ds = m->work_ds - done;
	}
	return 0;
}

int jobs_slots(const struct engine *e, const struct job_queue *jq, struct arena *a,
	       struct dispatch_queue *ret)
{
	const struct site_state *ss = &e->sites[jq->site];
	const struct asset_state *as = &ss->assets[jq->asset];
	const struct plan *p = ss->held ? ss->held->plan : NULL;
	const struct plan_asset *pa = p ? plan_find_asset(p, as->path) : NULL;
	int64_t now = e->clock.now_ms;
	int first = p ? plan_slot_at(p, now) : -1;
	struct dispatch_slot *slots;

	if (!pa || first < 0 || !as->current || as->current->d.action.kind != ACTION_CAP)
		return ERR_NODATA;
	*ret = (struct dispatch_queue){.queue = &ss->site->queues[as->index],
				       .now_ms = now,
				       .n_slots = p->n - (uint32_t)first,
				       .dwell_ms = e->configuration->settings.jobs.dwell_ms};
	ret->slots = slots = ARENA_ARRAY(a, ret->n_slots, struct dispatch_slot);
	if (!slots || fill_moves(jq, as, p, first, a, ret))
		return -ENOMEM;
	for (uint32_t i = 0; i < ret->n_slots; i++) {
		uint32_t s = (uint32_t)first + i;
		int64_t start = max_i64(p->start_ms[s], now);

		slots[i] = (struct dispatch_slot){
			.start_ms = start,
			.duration_ms = p->start_ms[s] + p->duration_ms[s] - start,
			.power_w = intent_it_watts(ss->site, max_i64(pa->power_w[s], 0)),
		};
	}
	slots[0].power_w = as->current->d.action.value;
	slots[0].hard = is_hard(&as->current->d);
	return 0;
}

/* It is on its way to another site, or nobody knows what became of that order. */
static bool is_leaving(const struct job_live *jl)
{
	return jl->current && jl->current->d.action.kind == ACTION_MIGRATE;
}

int jobs_tasks(const struct engine *e, const struct job_queue *q, struct arena *a,
	       struct dispatch_task **ret, size_t *ret_n)
{
	const struct site_state *ss = &e->sites[q->site];
	int64_t power = ss->site->queues[ss->assets[q->asset].index].device_power_w;
	struct dispatch_task *tasks = ARENA_ARRAY(a, q->n_live, struct dispatch_task);
	size_t n = 0;

	if (!tasks)
		return -ENOMEM;
	list_foreach(it, &q->live)
	{
		const struct job_live *jl = list_entry(it, struct job_live, node);

		if (is_leaving(jl))
			continue;
		tasks[n++] = (struct dispatch_task){
			.job = &jl->job,
			.left_ds = job_left_ds(&jl->job, power, e->clock.now_ms),
			.barred = jl->barred_until_ms > e->clock.now_ms,
		};
	}
	*ret = tasks;
	*ret_n = n;
	return 0;
}

/* ---- What comes out ---------------------------------------------------------------------------- */

struct round {
	struct engine *e;
	struct job_queue *jq;
	struct site_state *ss;
	const struct dispatch_queue *q;
	const struct plan *plan;
	uint64_t *renewed;
	int n_renewed, n_starts;
	int64_t until_ms;
	bool any;
};

static struct job_live *live_of(const struct dispatch_task *t)
{
	/* the table's own, lent to the task as const */
	return container_of((struct compute_job *)(uintptr_t)t->job, struct job_live, job);
}

static struct decision wish(const struct round *r, const struct compute_job *j)
{
	const struct asset_state *as = &r->ss->assets[r->jq->asset];
	struct decision d = {
		.plan_id = r->plan->id,
		.valid_from_ms = r->q->now_ms,
		.valid_until_ms = DECISION_NO_TERM,
		.reason = as->current->d.reason,
	};

	snprintf(d.asset, sizeof(d.asset), "%s", as->path);
	snprintf(d.correlation_id, sizeof(d.correlation_id), "%s", j->id);
	d.action.kind = ACTION_JOB;
	snprintf(d.action.job, sizeof(d.action.job), "%s", j->id);
	return d;
}

static void lease(const struct round *r, struct decision *d)
{
	d->valid_until_ms = r->until_ms;
	d->fallback.kind = ACTION_JOB;
	d->fallback.verb = VERB_RESUME;
	memcpy(d->fallback.job, d->action.job, sizeof(d->fallback.job));
}

static void order(struct round *r, struct job_live *jl, const struct decision *want)
{
	uint64_t renewed = decisions_issue_job(r->e, r->jq->site, r->jq->asset, jl, want);

	r->any = true;
	if (renewed)
		r->renewed[r->n_renewed++] = renewed;
}

/* What the job was told last and has not yet lapsed. */
static enum job_verb told(const struct job_live *jl)
{
	return jl->current && jl->current->d.action.kind == ACTION_JOB ? jl->current->d.action.verb
								       : VERB_NONE;
}

static void run(struct round *r, struct job_live *jl)
{
	struct compute_job *j = &jl->job;
	enum job_verb last = told(jl);
	struct decision want = wish(r, j);
	bool stopped = j->state == JOB_PAUSED || last == VERB_PAUSE;

	if (last == VERB_START || last == VERB_RESUME)
		return; /* told so already */
	if (!stopped && last != VERB_CAP && job_is_on(j))
		return;
	want.action.verb = stopped || last == VERB_CAP ? VERB_RESUME : VERB_START;
	if (want.action.verb == VERB_START && r->n_starts++ >= STARTS_MAX) {
		r->jq->touched = true;
		return;
	}
	if (j->state != JOB_RUNNING) {
		j->committed = true;
		j->started_ms = r->q->now_ms;
		jobs_put(r->e, jl);
	}
	order(r, jl, &want);
}

static void cap(struct round *r, struct job_live *jl, const struct dispatch_task *t)
{
	struct decision want = wish(r, &jl->job);

	/* first it has to run: how fast is said when it does */
	if (jl->job.state != JOB_RUNNING || told(jl) == VERB_PAUSE) {
		run(r, jl);
		return;
	}
	want.action.verb = VERB_CAP;
	want.action.value = t->power_w;
	lease(r, &want);
	order(r, jl, &want);
}

static void stop(struct round *r, struct job_live *jl, const struct dispatch_task *t)
{
	struct decision want = wish(r, &jl->job);
	bool runs = jl->job.state == JOB_RUNNING || jl->job.state == JOB_PAUSED;

	want.action.verb = runs ? VERB_PAUSE : VERB_HOLD;
	want.valid_from_ms = max_i64(t->at_ms, want.valid_from_ms);
	lease(r, &want);
	if (jl->job.committed) {
		jl->job.committed = false;
		jobs_put(r->e, jl);
	}
	order(r, jl, &want);
}

/* What holds it goes on holding it. */
static void stay(struct round *r, struct job_live *jl)
{
	struct decision want;

	if (told(jl) != VERB_PAUSE && told(jl) != VERB_HOLD)
		return;
	want = jl->current->d;
	want.valid_until_ms = r->until_ms;
	want.plan_id = r->plan->id;
	order(r, jl, &want);
}

static void move(struct round *r, struct job_live *jl, const struct dispatch_task *t)
{
	struct decision want = wish(r, &jl->job);

	want.action.kind = ACTION_MIGRATE;
	want.action.value = t->left_ds;
	snprintf(want.action.to, sizeof(want.action.to), "%s", r->plan->moves[t->move].other);
	order(r, jl, &want);
}

static void settle(struct round *r, const struct dispatch_task *t)
{
	struct job_live *jl = live_of(t);

	switch (t->want) {
	case WANT_RUN:
		run(r, jl);
		break;
	case WANT_CAP:
		cap(r, jl, t);
		break;
	case WANT_STOP:
		if (told(jl) == VERB_PAUSE)
			stay(r, jl); /* not yet carried out */
		else
			stop(r, jl, t);
		break;
	case WANT_MOVE:
		move(r, jl, t);
		break;
	case WANT_WAIT:
		stay(r, jl);
		break;
	}
}

/* ---- One queue --------------------------------------------------------------------------------- */

static void note(struct engine *e, struct job_queue *jq, const struct plan *p,
		 const struct dispatch_result *result)
{
	int64_t slot_ms = p->start_ms[plan_slot_at(p, e->clock.now_ms)];

	if (jq->moved_slot_ms != slot_ms) {
		jq->moved_slot_ms = slot_ms;
		jq->moved_ds = 0;
	}
	jq->moved_ds += result->moved_ds;
	jq->target_w = result->target_w;
	jq->power_w = result->power_w;
	jq->off_wh = result->off_wh;
	jq->n_late = result->n_late;
	e->jobs.off_wh += (uint64_t)result->off_wh;
}

static int dispatch(struct engine *e, struct job_queue *jq, struct arena *a, bool *ret_any)
{
	struct site_state *ss = &e->sites[jq->site];
	struct round r = {.e = e, .jq = jq, .ss = ss, .plan = ss->held ? ss->held->plan : NULL};
	struct dispatch_result result;
	struct dispatch_queue q;
	struct dispatch_task *tasks;
	size_t n;
	int rc = jobs_slots(e, jq, a, &q);

	if (rc)
		return rc;
	r.q = &q;
	r.until_ms = slot_floor(e->clock.now_ms) + SLOT_MS +
		     e->configuration->settings.decision.lease_grace_ms;
	if (jobs_tasks(e, jq, a, &tasks, &n) || disaggregate(&q, tasks, n, a, &result))
		return -ENOMEM;
	r.renewed = ARENA_ARRAY(a, n, uint64_t);
	if (!r.renewed)
		return -ENOMEM;
	note(e, jq, r.plan, &result);
	/* what makes room comes before what takes it */
	for (size_t i = 0; i < n; i++)
		if (tasks[i].want != WANT_RUN)
			settle(&r, &tasks[i]);
	for (size_t i = 0; i < n; i++)
		if (tasks[i].want == WANT_RUN)
			settle(&r, &tasks[i]);
	audit_renewals(e, r.renewed, r.n_renewed, r.until_ms);
	*ret_any = r.any;
	return 0;
}

bool jobs_dispatch_queue(struct engine *e, struct job_queue *jq)
{
	const struct site_state *ss = &e->sites[jq->site];
	const struct instruction *by;
	enum site_mode mode = standing_mode(e, ss->index, &by);
	struct arena a;
	bool any = false;
	int rc;

	jq->next_ms = e->clock.now_ms + AGAIN_MS;
	if (jq->n_live == 0)
		return false;
	if (mode != MODE_AUTO)
		return jobs_mode(e, jq, mode, by);
	arena_init(&a, SCRATCH_CAP);
	rc = dispatch(e, jq, &a, &any);
	arena_fini(&a);
	if (rc && rc != ERR_NODATA)
		log_error(ENGINE_LOG, "jobs of %s are not dispatched: %s, what was ordered holds",
			  ss->assets[jq->asset].path, err_text(rc));
	return any;
}

void jobs_dispatch(struct engine *e, const struct site_state *ss)
{
	for (int i = 0; i < e->jobs.n_queues; i++) {
		struct job_queue *jq = &e->jobs.queues[i];

		if (jq->site != ss->index)
			continue;
		jq->touched = false;
		(void)jobs_dispatch_queue(e, jq);
	}
}
