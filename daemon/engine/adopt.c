#include "engine/adopt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/require.h"
#include "engine/audit.h"
#include "engine/decisions.h"
#include "engine/drevent.h"
#include "engine/drmeter.h"
#include "engine/records.h"
#include "engine/state.h"

#define HELD_CAP ((size_t)16 << 20)

static void free_held(struct held_plan *h)
{
	if (!h)
		return;
	arena_fini(&h->arena);
	free(h);
}

void adopt_fini(struct site_state *ss)
{
	free_held(ss->held);
	ss->held = NULL;
}

/* A plan of our own; NULL: out of memory. */
static struct held_plan *hold(const struct plan *p)
{
	struct held_plan *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	arena_init(&h->arena, HELD_CAP);
	h->plan = plan_clone(p, &h->arena);
	if (h->plan)
		return h;
	free_held(h);
	return NULL;
}

static void replace(struct site_state *ss, struct held_plan *h)
{
	free_held(ss->held);
	ss->held = h;
}

int adopt_restore(struct engine *e, struct site_state *ss, const struct plan *p)
{
	struct held_plan *h = hold(p);

	(void)e;
	if (!h)
		return -ENOMEM;
	replace(ss, h);
	return 0;
}

int adopt_check(const struct engine *e, const struct solve_job *job, struct fault *f)
{
	int64_t off;

	if (job->rc)
		return fault_set(f, job->rc, "%s",
				 job->fault.code ? job->fault.text : err_text(job->rc));
	if (!job->plan || job->plan->n == 0)
		return fault_set(f, ERR_SOLVER, "the solver gave no plan");
	off = plan_imbalance_w(job->plan);
	if (off != 0)
		return fault_set(f, ERR_SOLVER, "the plan is off balance by %" PRId64 " W", off);
	if (plan_slot_at(job->plan, e->clock.now_ms) < 0)
		return fault_set(f, ERR_TIMEOUT, "the plan came too late: it covers now no more");
	return 0;
}

static int64_t end_of(const struct plan *p)
{
	return p->n > 0 ? p->start_ms[p->n - 1] + p->duration_ms[p->n - 1] : 0;
}

static bool serves(const struct plan *p, const char *correlation_id)
{
	for (uint32_t i = 0; i < p->n_events; i++) {
		if (strcmp(p->events[i], correlation_id) == 0)
			return true;
	}
	return false;
}

/* Does the old plan serve just the events of the input? */
static bool same_events(const struct plan *old, const struct plan_input *in)
{
	if (old->n_events != (uint32_t)in->n_events)
		return false;
	for (int i = 0; i < in->n_events; i++) {
		if (!serves(old, in->events[i].correlation_id))
			return false;
	}
	return true;
}

/* Why the new plan goes before the old one; NULL: it does not. */
static const char *reason_to_adopt(const struct engine *e, const struct site_state *ss,
				   const struct solve_job *job, char *text, size_t n)
{
	const struct plan *old = ss->held ? ss->held->plan : NULL;
	const struct settings *st = &e->configuration->settings;
	int64_t now = e->clock.now_ms, was, saves;

	if (!old)
		return "first plan";
	if (ss->must_adopt)
		return "events or assets changed";
	if (old->status == PLAN_SHIFTED)
		return "the one in force was only kept";
	if (end_of(old) - now < st->plan.horizon_ms / 2)
		return "the one in force runs out";
	if (!same_events(old, job->input))
		return "events came into or out of view";
	if (plan_evaluate(job->input, old, &was))
		return "the one in force is broken";
	saves = was - job->plan->objective_e4;
	if (saves <= st->plan.adopt_threshold_e4)
		return NULL;
	snprintf(text, n, "saves %" PRId64 "e-4 CNY", saves);
	return text;
}

static void put_plan(struct engine *e, const struct plan *p, const struct buf *snapshot)
{
	struct ledger_blob blob = {
		.key = p->id, .data = buf_peek(snapshot), .len = buf_avail(snapshot)};

	records_put(e, &(struct ledger_op){.kind = LEDGER_PLAN, .plan = p});
	records_put(e, &(struct ledger_op){.kind = LEDGER_SNAPSHOT, .blob = &blob});
}

/* Makes a copy of p the plan in force, with its own number and the input that it stands on. */
static bool take(struct engine *e, struct site_state *ss, const struct plan *p,
		 const struct plan_input *in, const char *why)
{
	struct held_plan *h = hold(p);
	struct buf snapshot;

	if (!h)
		return false;
	buf_init(&snapshot, 0);
	if (plan_input_encode(in, &snapshot)) {
		buf_fini(&snapshot);
		free_held(h);
		return false;
	}
	h->plan->id = e->records.meta.next_plan++;
	h->plan->created_ms = e->clock.now_ms;
	sha256(buf_peek(&snapshot), buf_avail(&snapshot), h->plan->snapshot_hash);
	plan_hash_compute(h->plan, h->plan->plan_hash);
	put_plan(e, h->plan, &snapshot);
	audit_plan(e, h->plan, h->plan->status == PLAN_SHIFTED ? "shifted" : "adopted", why);
	buf_fini(&snapshot);
	replace(ss, h);
	return true;
}

/* The solver did not deliver: the old plan goes on, under a number of its own that says so. */
static void shift(struct engine *e, struct site_state *ss, struct solve_job *job)
{
	const struct plan *old = ss->held ? ss->held->plan : NULL;
	struct plan *left;

	if (!old) {
		log_warning(ENGINE_LOG, "no plan for %s: %s, assets stay on their fallbacks",
			    ss->site->id, ss->solver.text);
		return;
	}
	log_warning(ENGINE_LOG, "no new plan for %s: %s, keeping plan %" PRIu64, ss->site->id,
		    ss->solver.text, old->id);
	if (plan_slot_at(old, e->clock.now_ms) < 0) {
		replace(ss, NULL);
		return;
	}
	if (old->status == PLAN_SHIFTED || !job->input)
		return; /* says so already, or there is no input to stand on */
	if (plan_shift(old, e->clock.now_ms, &job->arena, &left))
		return;
	left->status = PLAN_SHIFTED;
	snprintf(left->solver, sizeof(left->solver), "kept from plan %" PRIu64 ": %.100s", old->id,
		 ss->solver.text);
	if (take(e, ss, left, job->input, ss->solver.text))
		ss->shifted++;
}

static void judge(struct engine *e, struct site_state *ss, const struct solve_job *job)
{
	char text[64];
	const char *why = reason_to_adopt(e, ss, job, text, sizeof(text));

	if (!why) {
		ss->kept++;
		return;
	}
	if (FAILS(take(e, ss, job->plan, job->input, why)))
		return;
	ss->must_adopt = false;
	ss->adopted++;
}

static void put_dispatch(struct engine *e, struct site_state *ss, uint64_t plan_id)
{
	struct ledger_dispatch d = {.slot_ms = slot_floor(e->clock.now_ms),
				    .site_index = (uint32_t)ss->index,
				    .plan_id = plan_id};

	ss->dispatched_ms = d.slot_ms;
	snprintf(d.site, sizeof(d.site), "%s", ss->site->id);
	records_put(e, &(struct ledger_op){.kind = LEDGER_DISPATCH, .dispatch = &d});
}

void adopt_result(struct engine *e, struct site_state *ss, struct solve_job *job)
{
	const struct plan *p;

	ss->solver = (struct fault){0};
	ss->solver_rc = adopt_check(e, job, &ss->solver);
	if (ss->solver_rc == 0)
		judge(e, ss, job);
	else
		shift(e, ss, job);
	p = ss->held ? ss->held->plan : NULL;
	if (p && plan_slot_at(p, e->clock.now_ms) < 0)
		p = NULL;
	if (p)
		put_dispatch(e, ss, p->id);
	decisions_issue(e, ss, p);
	drmeter_foresee(e, ss, p);
	drevent_answer(e, ss->index, records_mark(e));
}
