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
#include "engine/group.h"
#include "engine/jobs_dispatch.h"
#include "engine/migrate.h"
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

static int check_plan(const struct engine *e, const struct plan *p, struct fault *f)
{
	int64_t off;

	if (!p || p->n == 0)
		return fault_set(f, ERR_SOLVER, "the solver gave no plan");
	off = plan_imbalance_w(p);
	if (off != 0)
		return fault_set(f, ERR_SOLVER, "the plan is off balance by %" PRId64 " W", off);
	if (plan_slot_at(p, e->clock.now_ms) < 0)
		return fault_set(f, ERR_TIMEOUT, "the plan came too late: it covers now no more");
	return 0;
}

int adopt_check(const struct engine *e, const struct solve_job *job, struct fault *f)
{
	int r = 0;

	if (job->rc)
		return fault_set(f, job->rc, "%s",
				 job->fault.code ? job->fault.text : err_text(job->rc));
	for (int i = 0; r == 0 && i < job->region->n_sites; i++)
		r = check_plan(e, job->plans[i], f);
	return r;
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

/* Does an event of the input reach beyond the old plan, where a new one says something? */
static bool sees_more(const struct plan *old, const struct plan_input *in)
{
	int64_t end = end_of(old);

	for (int i = 0; i < in->n_events; i++) {
		for (uint32_t t = 0; t < in->n; t++) {
			if (in->events[i].active[t] && in->start_ms[t] >= end &&
			    (in->publish_until_ms == 0 || in->start_ms[t] < in->publish_until_ms))
				return true;
		}
	}
	return false;
}

/* Why the new plan of one site goes before the old one, whatever it costs; NULL: no reason. */
static const char *must_change(const struct engine *e, const struct site_state *ss,
			       const struct plan_input *in)
{
	const struct plan *old = ss->held ? ss->held->plan : NULL;

	if (!old)
		return "first plan";
	if (ss->must_adopt)
		return "events or assets changed";
	if (old->status == PLAN_SHIFTED)
		return "the one in force was only kept";
	if (end_of(old) - e->clock.now_ms < e->configuration->settings.plan.horizon_ms / 2)
		return "the one in force runs out";
	if (!same_events(old, in))
		return "events came into or out of view";
	return sees_more(old, in) ? "more of an event came into view" : NULL;
}

static int saves_over_old(const struct group_state *g, struct solve_job *job, int64_t *ret)
{
	const struct plan **old = ARENA_ARRAY(&job->arena, (size_t)g->n_sites, const struct plan *);

	if (!old)
		return -ENOMEM;
	for (int i = 0; i < g->n_sites; i++)
		old[i] = g->sites[i]->held->plan;
	return region_compare(job->region, old, (const struct plan *const *)job->plans, ret);
}

/* Why the new plans go before the old ones; NULL: they do not. */
static const char *reason_to_adopt(const struct engine *e, const struct group_state *g,
				   struct solve_job *job, char *text, size_t n)
{
	int64_t saves;

	for (int i = 0; i < g->n_sites; i++) {
		const char *why = must_change(e, g->sites[i], job->region->sites[i]);

		if (why && g->n_sites == 1)
			return why;
		if (!why)
			continue;
		snprintf(text, n, "%s at %.60s", why, g->sites[i]->site->id);
		return text;
	}
	if (saves_over_old(g, job, &saves))
		return "the one in force is broken";
	if (saves <= e->configuration->settings.plan.adopt_threshold_e4)
		return NULL;
	snprintf(text, n, "saves %" PRId64 "e-4 CNY", saves);
	return text;
}

/* ---- taking ---- */

/* New plans for some of a group's sites, and the input that all of them stand on. */
struct taking {
	int n;
	struct site_state **sites; /* [n] */
	struct held_plan **held;   /* [n] */
	struct buf snapshot;
};

static void taking_fini(struct taking *t)
{
	for (int i = 0; i < t->n; i++)
		free_held(t->held[i]);
	buf_fini(&t->snapshot);
}

/* Copies of plans, for n sites at most; all of it or nothing. */
static bool taking_add(struct taking *t, struct site_state *ss, const struct plan *p)
{
	struct held_plan *h = hold(p);

	if (!h)
		return false;
	t->sites[t->n] = ss;
	t->held[t->n++] = h;
	return true;
}

static int taking_init(struct taking *t, int n, struct solve_job *job)
{
	*t = (struct taking){
		.sites = ARENA_ARRAY(&job->arena, (size_t)n, struct site_state *),
		.held = ARENA_ARRAY(&job->arena, (size_t)n, struct held_plan *),
	};
	buf_init(&t->snapshot, 0);
	if (!t->sites || !t->held)
		return -ENOMEM;
	return plan_region_encode(job->region, &t->snapshot);
}

/* Makes the copies the plans in force, each with its own number, and stores the input they stand on under the first. */
static void take(struct engine *e, struct taking *t, const char *why)
{
	struct ledger_blob blob = {.key = e->records.meta.next_plan,
				   .data = buf_peek(&t->snapshot),
				   .len = buf_avail(&t->snapshot)};

	for (int i = 0; i < t->n; i++) {
		struct plan *p = t->held[i]->plan;

		p->id = e->records.meta.next_plan++;
		p->region_id = blob.key;
		p->created_ms = e->clock.now_ms;
		sha256(blob.data, blob.len, p->snapshot_hash);
		plan_hash_compute(p, p->plan_hash);
		records_put(e, &(struct ledger_op){.kind = LEDGER_PLAN, .plan = p});
		audit_plan(e, p, p->status == PLAN_SHIFTED ? "shifted" : "adopted", why);
		replace(t->sites[i], t->held[i]);
		t->held[i] = NULL;
	}
	if (t->n > 0)
		records_put(e, &(struct ledger_op){.kind = LEDGER_SNAPSHOT, .blob = &blob});
}

/* ---- shifting ---- */

static void add_shifted(struct engine *e, struct site_state *ss, struct solve_job *job,
			struct taking *t)
{
	const struct plan *old = ss->held ? ss->held->plan : NULL;
	const char *text = ss->group->solver.text;
	struct plan *left;

	if (!old) {
		log_warning(ENGINE_LOG, "no plan for %s: %s, assets stay on their fallbacks",
			    ss->site->id, text);
		return;
	}
	log_warning(ENGINE_LOG, "no new plan for %s: %s, keeping plan %" PRIu64, ss->site->id, text,
		    old->id);
	if (plan_slot_at(old, e->clock.now_ms) < 0) {
		replace(ss, NULL);
		return;
	}
	if (old->status == PLAN_SHIFTED || !job->region)
		return; /* says so already, or there is no input to stand on */
	if (plan_shift(old, e->clock.now_ms, &job->arena, &left))
		return;
	left->status = PLAN_SHIFTED;
	snprintf(left->solver, sizeof(left->solver), "kept from plan %" PRIu64 ": %.100s", old->id,
		 text);
	if (taking_add(t, ss, left))
		ss->shifted++;
}

/* The solver did not deliver: the old plans go on, under numbers of their own that say so. */
static void shift(struct engine *e, struct group_state *g, struct solve_job *job)
{
	struct taking t = {.n = 0};
	int r = 0;

	buf_init(&t.snapshot, 0);
	if (job->region)
		r = taking_init(&t, g->n_sites, job);
	for (int i = 0; r == 0 && i < g->n_sites; i++)
		add_shifted(e, g->sites[i], job, &t);
	if (r == 0)
		take(e, &t, g->solver.text);
	taking_fini(&t);
}

/* ---- the result of a run ---- */

static void adopt(struct engine *e, struct group_state *g, struct solve_job *job, const char *why)
{
	struct taking t;
	int r = taking_init(&t, g->n_sites, job);

	for (int i = 0; r == 0 && i < g->n_sites; i++)
		r = taking_add(&t, g->sites[i], job->plans[i]) ? 0 : -ENOMEM;
	if (!FAILS(r == 0)) {
		take(e, &t, why);
		group_adopted(g);
		for (int i = 0; i < g->n_sites; i++)
			g->sites[i]->adopted++;
	}
	taking_fini(&t);
}

static void judge(struct engine *e, struct group_state *g, struct solve_job *job)
{
	char text[TEXT_MAX_B];
	const char *why = reason_to_adopt(e, g, job, text, sizeof(text));

	if (why) {
		adopt(e, g, job, why);
		return;
	}
	for (int i = 0; i < g->n_sites; i++)
		g->sites[i]->kept++;
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

static void dispatch(struct engine *e, struct site_state *ss)
{
	const struct plan *p = ss->held ? ss->held->plan : NULL;

	if (p && plan_slot_at(p, e->clock.now_ms) < 0)
		p = NULL;
	if (p)
		put_dispatch(e, ss, p->id);
	decisions_issue(e, ss, p);
	jobs_dispatch(e, ss);
	migrate_dispatch(e, ss);
	drmeter_foresee(e, ss, p);
	drevent_answer(e, ss->index, records_mark(e));
}

void adopt_result(struct engine *e, struct group_state *g, struct solve_job *job)
{
	g->solver = (struct fault){0};
	g->solver_rc = adopt_check(e, job, &g->solver);
	if (g->solver_rc == 0)
		judge(e, g, job);
	else
		shift(e, g, job);
	for (int i = 0; i < g->n_sites; i++)
		dispatch(e, g->sites[i]);
}
