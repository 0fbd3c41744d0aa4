#include "engine/decisions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/require.h"
#include "engine/audit.h"
#include "engine/direct.h"
#include "engine/intent.h"
#include "engine/jobs.h"
#include "engine/records.h"
#include "engine/state.h"
#include "engine/wake.h"

#define RECENT_MAX 4096
#define RESTORE_MAX (RECENT_MAX / 2)

void decisions_init(struct engine *e)
{
	map_init_u64(&e->decisions.by_id);
	list_init(&e->decisions.in_force);
}

void decisions_fini(struct engine *e)
{
	struct decision_live *dl;
	size_t at = 0;

	while ((dl = map_next(&e->decisions.by_id, &at, NULL, NULL)))
		free(dl);
	map_fini(&e->decisions.by_id);
}

/* Old ones are found in the ledger. */
static void forget_old(struct engine *e)
{
	struct decision_live *dl;
	size_t at = 0;

	if (map_count(&e->decisions.by_id) <= RECENT_MAX)
		return;
	while (map_count(&e->decisions.by_id) > RECENT_MAX / 2 &&
	       (dl = map_next(&e->decisions.by_id, &at, NULL, NULL))) {
		if (dl->in_force || !records_durable(e, dl->mark))
			continue;
		map_take_u64(&e->decisions.by_id, dl->d.id);
		free(dl);
	}
}

static struct decision_live *add(struct engine *e, const struct decision *d)
{
	struct decision_live *dl = calloc(1, sizeof(*dl));
	void *old = NULL;

	if (!dl)
		return NULL;
	dl->d = *d;
	dl->site = dl->asset = -1;
	dl->check_ms = INT64_MAX;
	list_init(&dl->node);
	if (map_put_u64(&e->decisions.by_id, d->id, dl, &old)) {
		free(dl);
		return NULL;
	}
	return dl;
}

/* Kept with the counters, for a restart: one that is renewed may have any number. Called when the id came or went. */
static void note_oldest(struct engine *e, uint64_t changed, bool gone)
{
	uint64_t oldest = e->records.meta.oldest_decision;

	if (!gone && oldest != 0) {
		e->records.meta.oldest_decision = changed < oldest ? changed : oldest;
		return;
	}
	if (gone && changed != oldest)
		return;
	oldest = 0;

	list_foreach(it, &e->decisions.in_force)
	{
		uint64_t id = list_entry(it, struct decision_live, node)->d.id;

		oldest = oldest == 0 || id < oldest ? id : oldest;
	}
	e->records.meta.oldest_decision = oldest;
}

/* Work that leaves a queue, whichever jobs it is of: an order beside the one for the queue itself. */
static bool is_move(const struct decision *d)
{
	return d->action.kind == ACTION_MIGRATE && !d->action.job[0];
}

/* Where the word in force about an asset, a job of it, or work that leaves it is kept. */
static struct decision_live **place(struct asset_state *as, struct job_live *jl,
				    const struct decision *d)
{
	if (jl)
		return &jl->current;
	return is_move(d) ? &as->move : &as->current;
}

static struct decision_live **place_of(struct engine *e, struct decision_live *dl)
{
	return place(&e->sites[dl->site].assets[dl->asset], dl->job, &dl->d);
}

static void enter_force(struct engine *e, struct decision_live *dl, int site, int asset)
{
	dl->site = site;
	dl->asset = asset;
	dl->in_force = true;
	*place_of(e, dl) = dl;
	list_insert(&e->decisions.in_force, &dl->node);
	note_oldest(e, dl->d.id, false);
}

static void leave_force(struct engine *e, struct decision_live *dl)
{
	if (!dl->in_force)
		return;
	*place_of(e, dl) = NULL;
	dl->job = NULL;
	dl->in_force = false;
	dl->publish_due = false;
	dl->check_ms = INT64_MAX;
	list_remove(&dl->node);
	note_oldest(e, dl->d.id, true);
}

static void put(struct engine *e, struct decision_live *dl)
{
	records_put(e, &(struct ledger_op){.kind = LEDGER_DECISION, .decision = &dl->d});
	dl->mark = records_mark(e);
}

/* A final move, with its audit. */
static void end(struct engine *e, struct decision_live *dl, int state)
{
	int reached = dl->d.state;

	sm_move(&decision_sm, &dl->d.state, state, &dl->d);
	audit_decision_end(e, &dl->d, reached);
	put(e, dl);
	leave_force(e, dl);
}

static void issue(struct engine *e, int site, int asset, struct job_live *jl,
		  const struct decision *want)
{
	struct decision_live *dl = *place(&e->sites[site].assets[asset], jl, want);
	struct decision fresh = *want;

	if (dl)
		end(e, dl, DECISION_SUPERSEDED);
	fresh.state = DECISION_NONE;
	fresh.id = e->records.meta.next_decision++;
	fresh.issued_ms = e->clock.now_ms;
	dl = add(e, &fresh);
	REQUIRE(dl);
	dl->job = jl;
	sm_move(&decision_sm, &dl->d.state, DECISION_ISSUED, &dl->d);
	audit_decision(e, &dl->d);
	put(e, dl);
	dl->publish_due = true;
	enter_force(e, dl, site, asset);
	e->decisions.total++;
}

static void renew(struct engine *e, struct decision_live *dl, const struct decision *want)
{
	dl->d.valid_until_ms = want->valid_until_ms;
	dl->d.plan_id = want->plan_id;
	dl->renewed = true;
	dl->publish_due = true;
	put(e, dl);
	e->decisions.renewals++;
}

/* The decision that it renewed; 0: it made a new one, or nothing. */
static uint64_t decide(struct engine *e, struct site_state *ss, int i, const struct plan *p,
		       int64_t *ret_until)
{
	struct decision_live *cur = ss->assets[i].current;
	struct decision want = {0};

	if (!direct_intent(e, ss, &ss->assets[i], p, &want))
		return 0;
	if (!cur || !intent_is_same(&cur->d, &want)) {
		issue(e, ss->index, i, NULL, &want);
		return 0;
	}
	if (want.valid_until_ms <= cur->d.valid_until_ms)
		return 0;
	renew(e, cur, &want);
	*ret_until = want.valid_until_ms;
	return cur->d.id;
}

void decisions_issue_one(struct engine *e, struct site_state *ss, int asset, const struct plan *p)
{
	int64_t until = 0;
	uint64_t renewed = decide(e, ss, asset, p, &until);

	audit_renewals(e, &renewed, renewed != 0, until);
	forget_old(e);
}

void decisions_issue(struct engine *e, struct site_state *ss, const struct plan *p)
{
	uint64_t renewed[SITE_MAX_ASSETS];
	int64_t until = 0;
	int n = 0;

	for (int i = 0; i < ss->n_assets; i++) {
		renewed[n] = decide(e, ss, i, p, &until);
		n += renewed[n] != 0;
	}
	audit_renewals(e, renewed, n, until);
	forget_old(e);
}

uint64_t decisions_issue_job(struct engine *e, int site, int asset, struct job_live *jl,
			     const struct decision *want)
{
	struct decision_live *cur = jl->current;

	if (!cur || !intent_is_same(&cur->d, want)) {
		issue(e, site, asset, jl, want);
		return 0;
	}
	if (want->valid_until_ms <= cur->d.valid_until_ms)
		return 0;
	renew(e, cur, want);
	return cur->d.id;
}

void decisions_issue_move(struct engine *e, const struct site_state *ss, int asset,
			  const struct decision *want)
{
	struct asset_state *as = &e->sites[ss->index].assets[asset];
	int64_t slot_ms = slot_floor(e->clock.now_ms);

	if (as->moved_slot_ms == slot_ms)
		return;
	as->moved_slot_ms = slot_ms;
	issue(e, ss->index, asset, NULL, want);
}

void decisions_end_job(struct engine *e, struct job_live *jl)
{
	if (jl->current)
		end(e, jl->current, DECISION_SUPERSEDED);
}

void decisions_settle(struct engine *e, struct decision_live *dl)
{
	if (dl->d.valid_until_ms == DECISION_NO_TERM)
		leave_force(e, dl);
}

static bool find_asset(const struct site_state *sites, size_t n, const char *path, int *ret_site,
		       int *ret_asset)
{
	for (size_t s = 0; s < n; s++) {
		for (int i = 0; i < sites[s].n_assets; i++) {
			if (strcmp(sites[s].assets[i].path, path) != 0)
				continue;
			*ret_site = (int)s;
			*ret_asset = i;
			return true;
		}
	}
	return false;
}

void decisions_retire(struct engine *e, const struct site_state *sites, size_t n)
{
	list_foreach(it, &e->decisions.in_force)
	{
		struct decision_live *dl = list_entry(it, struct decision_live, node);
		int site, asset;

		if (find_asset(sites, n, dl->d.asset, &site, &asset) &&
		    sites[site].assets[asset].kind == e->sites[dl->site].assets[dl->asset].kind)
			continue;
		end(e, dl, DECISION_SUPERSEDED);
	}
}

void decisions_rebind(struct engine *e)
{
	struct decision_live *dl;
	size_t at = 0;

	while ((dl = map_next(&e->decisions.by_id, &at, NULL, NULL))) {
		if (!find_asset(e->sites, e->n_sites, dl->d.asset, &dl->site, &dl->asset))
			dl->site = dl->asset = -1;
	}
}

uint64_t decisions_restore_from(const struct engine *e)
{
	uint64_t next = e->records.meta.next_decision, oldest = e->records.meta.oldest_decision;
	uint64_t recent = next > RESTORE_MAX ? next - RESTORE_MAX : 1;

	return oldest != 0 && oldest < recent ? oldest : recent;
}

int decisions_restore(struct engine *e, const struct decision *d)
{
	struct decision_live *dl, *before;
	bool done = d->state == DECISION_APPLIED || d->state == DECISION_VERIFIED;
	bool lives = d->state == DECISION_ISSUED || d->state == DECISION_ACCEPTED ||
		     (done && d->valid_until_ms != DECISION_NO_TERM);
	bool of_job =
		d->action.kind == ACTION_JOB || (d->action.kind == ACTION_MIGRATE && !is_move(d));
	int site, asset;

	/* renewed for so long that many came after it: of those between only what is recent is kept */
	if (!lives && d->id + RESTORE_MAX < e->records.meta.next_decision)
		return 0;
	dl = add(e, d);
	if (!dl)
		return -ENOMEM;
	if (!find_asset(e->sites, e->n_sites, d->asset, &site, &asset))
		return 0;
	if (is_move(d))
		e->sites[site].assets[asset].moved_slot_ms = slot_floor(d->issued_ms);
	if (!lives)
		return 0;
	dl->job = jobs_of_decision(e, d);
	if (of_job && !dl->job)
		return 0; /* the job is forgotten, and what was said about it */
	before = *place(&e->sites[site].assets[asset], dl->job, d);
	if (before)
		leave_force(e, before); /* the later one is the asset's word */
	enter_force(e, dl, site, asset);
	dl->publish_due = true;
	dl->renewed = true;
	return 0;
}

void decisions_fail(struct engine *e, struct decision_live *dl, int state)
{
	struct job_live *jl = dl->job;
	bool was_in_force = dl->in_force;
	int site = dl->site, asset = dl->asset;

	log_warning(ENGINE_LOG, "decision %" PRIu64 " for %s %s: %s, planning without it", dl->d.id,
		    dl->d.asset, sm_name(&decision_sm, state), dl->d.fault_text);
	end(e, dl, state);
	e->decisions.failed++;
	if (jl) {
		jobs_failed(e, jl);
	} else if (was_in_force) {
		struct asset_state *as = &e->sites[site].assets[asset];
		int64_t now = e->clock.now_ms;

		if (!is_move(&dl->d))
			as->out_until_ms = slot_floor(now) + SLOT_MS;
		/* once per slot: an asset that refuses everything must not keep the planner busy */
		if (now >= as->replan_after_ms) {
			as->replan_after_ms = slot_floor(now) + SLOT_MS;
			e->sites[site].want_plan = true;
			e->sites[site].must_adopt = true;
		}
	}
	wake(e);
}

bool decisions_due(struct engine *e)
{
	int64_t now = e->clock.now_ms;
	bool any = false;

	list_foreach(it, &e->decisions.in_force)
	{
		struct decision_live *dl = list_entry(it, struct decision_live, node);

		if (dl->d.valid_until_ms > now)
			continue;
		jobs_lapsed(e, dl);
		end(e, dl, DECISION_EXPIRED);
		any = true;
	}
	return any;
}

int64_t decisions_next_ms(const struct engine *e)
{
	int64_t next = INT64_MAX;

	list_foreach(it, &e->decisions.in_force)
	{
		const struct decision_live *dl = list_entry(it, struct decision_live, node);

		next = min_i64(next, dl->d.valid_until_ms);
	}
	return next;
}

const struct decision *engine_decision(const struct engine *e, uint64_t id)
{
	const struct decision_live *dl = map_get_u64(&e->decisions.by_id, id);

	return dl ? &dl->d : NULL;
}
