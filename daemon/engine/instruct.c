#include "engine/instruct.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/require.h"
#include "engine/decisions.h"
#include "engine/drmove.h"
#include "engine/instruct_move.h"
#include "engine/jobs_dispatch.h"
#include "engine/records.h"
#include "engine/standing.h"
#include "engine/state.h"
#include "engine/wake.h"

#define KEEP_MAX 4096 /* that have ended */
#define OPEN_MAX 1024
#define DAEMON "suandiand"

void instruct_init(struct engine *e)
{
	map_init_u64(&e->instruct.by_id);
	list_init(&e->instruct.open);
	e->instruct.next = 1;
}

static void free_live(struct instruction_live *il)
{
	free((void *)(uintptr_t)il->in.event);
	free(il);
}

void instruct_fini(struct engine *e)
{
	struct instruction_live *il;
	size_t at = 0;

	while ((il = map_next(&e->instruct.by_id, &at, NULL, NULL)))
		free_live(il);
	map_fini(&e->instruct.by_id);
}

static void forget_old(struct engine *e)
{
	struct instruction_live *il;
	size_t at = 0;

	if (map_count(&e->instruct.by_id) <= KEEP_MAX + OPEN_MAX)
		return;
	while (map_count(&e->instruct.by_id) > KEEP_MAX / 2 &&
	       (il = map_next(&e->instruct.by_id, &at, NULL, NULL))) {
		if (il->open)
			continue;
		map_take_u64(&e->instruct.by_id, il->in.id);
		free_live(il);
	}
}

static struct instruction_live *add(struct engine *e, const struct instruction *in)
{
	struct instruction_live *il = calloc(1, sizeof(*il));
	struct event *copy = NULL;
	void *old = NULL;

	if (!il)
		return NULL;
	il->in = *in;
	if (in->event) {
		copy = malloc(sizeof(*copy));
		if (copy)
			*copy = *in->event;
		il->in.event = copy;
	}
	list_init(&il->node);
	/* of what is configured no more nothing follows */
	if (instruct_find(e, in, &il->site, &il->asset, NULL))
		il->site = il->asset = -2;
	if ((in->event && !copy) || map_put_u64(&e->instruct.by_id, in->id, il, &old)) {
		free_live(il);
		return NULL;
	}
	if (in->id >= e->instruct.next)
		e->instruct.next = in->id + 1;
	return il;
}

void instruct_rebind(struct engine *e)
{
	struct instruction_live *il;
	size_t at = 0;

	while ((il = map_next(&e->instruct.by_id, &at, NULL, NULL))) {
		if (instruct_find(e, &il->in, &il->site, &il->asset, NULL))
			il->site = il->asset = -2;
	}
}

int instruct_restore(struct engine *e, const struct instruction *in)
{
	struct instruction_live *il;

	if (in->id == 0 || map_get_u64(&e->instruct.by_id, in->id))
		return ERR_CORRUPT;
	il = add(e, in);
	if (!il)
		return -ENOMEM;
	instruct_note_open(e, il);
	forget_old(e);
	return 0;
}

/* ---- What follows ---- */

/* At once, from what holds now. */
static void decide_now(struct engine *e, struct site_state *ss, int asset)
{
	const struct plan *p = ss->held ? ss->held->plan : NULL;

	if (p && plan_slot_at(p, e->clock.now_ms) < 0)
		p = NULL;
	if (asset >= 0)
		decisions_issue_one(e, ss, asset, p);
	if (asset >= 0)
		return;
	decisions_issue(e, ss, p);
	jobs_dispatch(e, ss);
}

/* What it means for the assets, now and in the next plan. */
static void follow(struct engine *e, const struct instruction_live *il)
{
	for (size_t i = 0; i < e->n_sites; i++) {
		if (il->site != -1 && (int)i != il->site)
			continue;
		decide_now(e, &e->sites[i], il->asset);
		drmove_changed(e, (int)i);
	}
	wake(e);
}

static bool is_about_same(const struct instruction_live *a, const struct instruction_live *b)
{
	if (a->in.kind != b->in.kind || a->in.state != INSTRUCTION_IN_FORCE)
		return false;
	/* a word for all sites takes the place of every word for one */
	if (b->in.kind == INSTRUCTION_MODE && b->site < 0)
		return true;
	return strcmp(a->in.target, b->in.target) == 0;
}

static void supersede_others(struct engine *e, const struct instruction_live *il)
{
	char text[64];

	snprintf(text, sizeof(text), "number %" PRIu64 " takes its place", il->in.id);
	list_foreach(it, &e->instruct.open)
	{
		struct instruction_live *other = list_entry(it, struct instruction_live, node);

		if (other == il || !is_about_same(other, il))
			continue;
		other->in.successor = il->in.id;
		instruct_end(e, other, INSTRUCTION_SUPERSEDED, il->in.who, text);
	}
}

static void enact(struct engine *e, struct instruction_live *il, const char *how)
{
	bool only_ends = il->in.kind == INSTRUCTION_AVAILABILITY && !il->in.out;

	supersede_others(e, il);
	if (only_ends)
		il->in.ended_ms = e->clock.now_ms;
	instruct_move(e, il, only_ends ? INSTRUCTION_DONE : INSTRUCTION_IN_FORCE, how);
	follow(e, il);
}

static void suspend(struct engine *e, struct instruction_live *il)
{
	int64_t term = e->configuration->settings.approval.term_ms;

	il->in.pending_until_ms = min_i64(e->clock.now_ms + term, il->in.until_ms);
	instruct_move(e, il, INSTRUCTION_PENDING, "put");
	wake(e);
}

/* ---- From people ---- */

/* A clean copy: state is ours, not the caller's. */
static void normalise(const struct engine *e, const struct instruction *in, struct instruction *ret)
{
	bool lasts =
		in->kind == INSTRUCTION_MODE || (in->kind == INSTRUCTION_AVAILABILITY && !in->out);

	*ret = (struct instruction){.id = e->instruct.next,
				    .kind = in->kind,
				    .what = in->what,
				    .value_w = in->what == OVERRIDE_RELEASE ? 0 : in->value_w,
				    .out = in->out,
				    .mode = in->mode,
				    .event = in->event,
				    .put_ms = e->clock.now_ms,
				    .until_ms = lasts ? INT64_MAX : in->until_ms};
	if (in->kind == INSTRUCTION_EVENT)
		ret->until_ms = in->event->end_ms;
	snprintf(ret->target, sizeof(ret->target), "%s", in->target);
	snprintf(ret->who, sizeof(ret->who), "%s", in->who);
	snprintf(ret->reason, sizeof(ret->reason), "%s", in->reason);
}

/* True: it is answered with what waits already; a later revision takes its place. */
static bool is_repeated(struct engine *e, const struct instruction *in, struct waiter *w,
			uint64_t *ret_id)
{
	struct instruction_live *il =
		in->event ? instruct_waiting_event(e, in->event->source, in->event->external_id)
			  : NULL;

	if (!il)
		return false;
	if (il->in.event->revision < in->event->revision) {
		instruct_end(e, il, INSTRUCTION_CANCELLED, in->who, "a later revision was put");
		return false;
	}
	*ret_id = il->in.id;
	records_wait(e, w, records_mark(e));
	return true;
}

int engine_instruct(struct engine *e, const struct instruction *in, struct waiter *w,
		    uint64_t *ret_id, struct fault *f)
{
	struct instruction_live *il;
	struct instruction fresh;
	int site, asset;
	bool waits;
	int r = records_check(e, f);

	if (r == 0 && e->stopping)
		r = fault_set(f, ERR_CLOSED, "the daemon is stopping");
	if (r == 0)
		r = instruct_find(e, in, &site, &asset, f);
	if (r == 0)
		r = instruct_check(e, in, site, asset, f);
	if (r)
		return r;
	waits = engine_needs_approval(e, in);
	if (in->kind == INSTRUCTION_EVENT && !waits)
		return fault_set(f, ERR_STATE, "it needs no second person: put the event");
	if (is_repeated(e, in, w, ret_id))
		return 0;
	if (e->instruct.n_open >= OPEN_MAX)
		return fault_set(f, ERR_FULL, "%d instructions are open already", OPEN_MAX);
	normalise(e, in, &fresh);
	il = add(e, &fresh);
	if (!il)
		return fault_set(f, -ENOMEM, "out of memory");
	if (waits)
		suspend(e, il);
	else
		enact(e, il, "put");
	forget_old(e);
	*ret_id = il->in.id;
	records_wait(e, w, records_mark(e));
	return 0;
}

static int issue_event(struct engine *e, struct instruction_live *il, struct fault *f)
{
	uint64_t id = 0;
	int r = engine_put_event(e, il->in.event, il->in.who, NULL, &id, f);

	if (r)
		return r;
	il->in.successor = id;
	il->in.ended_ms = e->clock.now_ms;
	snprintf(il->in.text, sizeof(il->in.text), "issued as event %" PRIu64, id);
	instruct_move(e, il, INSTRUCTION_DONE, "approved");
	return 0;
}

static int approve(struct engine *e, struct instruction_live *il, struct fault *f)
{
	int site, asset;
	int r = instruct_find(e, &il->in, &site, &asset, f);

	if (r == 0)
		r = instruct_check(e, &il->in, site, asset, f);
	if (r)
		return r;
	if (il->in.kind == INSTRUCTION_EVENT)
		return issue_event(e, il, f);
	enact(e, il, "approved");
	return 0;
}

int engine_approve(struct engine *e, const struct verdict *v, struct waiter *w, struct fault *f)
{
	struct instruction_live *il = map_get_u64(&e->instruct.by_id, v->id);
	char before[ID_MAX];
	int r = records_check(e, f);

	if (r)
		return r;
	if (!il)
		return fault_set(f, ERR_NOTFOUND, "there is no number %" PRIu64, v->id);
	if (il->in.state != INSTRUCTION_PENDING)
		return fault_set(f, ERR_STATE, "number %" PRIu64 " does not wait: it is %s", v->id,
				 sm_name(&instruction_sm, il->in.state));
	if (strcmp(il->in.who, v->who) == 0)
		return fault_set(f, ERR_DENIED,
				 "%s asked for number %" PRIu64
				 ": a second person has to decide about it",
				 v->who, v->id);
	snprintf(before, sizeof(before), "%s", il->in.by);
	snprintf(il->in.by, sizeof(il->in.by), "%s", v->who);
	il->in.decided_ms = e->clock.now_ms;
	if (v->refuse)
		instruct_end(e, il, INSTRUCTION_REFUSED, v->who, v->reason);
	else
		r = approve(e, il, f);
	if (r) {
		snprintf(il->in.by, sizeof(il->in.by), "%s", before);
		il->in.decided_ms = 0;
		return r;
	}
	records_wait(e, w, records_mark(e));
	return 0;
}

int engine_cancel_instruction(struct engine *e, uint64_t id, const char *who, const char *reason,
			      struct waiter *w, struct fault *f)
{
	struct instruction_live *il = map_get_u64(&e->instruct.by_id, id);
	bool stood;
	int r = records_check(e, f);

	if (r)
		return r;
	if (!il)
		return fault_set(f, ERR_NOTFOUND, "there is no number %" PRIu64, id);
	if (!il->open)
		return fault_set(f, ERR_STATE, "number %" PRIu64 " has ended: it is %s", id,
				 sm_name(&instruction_sm, il->in.state));
	stood = il->in.state == INSTRUCTION_IN_FORCE;
	instruct_end(e, il, INSTRUCTION_CANCELLED, who, reason);
	if (stood)
		follow(e, il);
	records_wait(e, w, records_mark(e));
	return 0;
}

/* ---- Time ---- */

static int64_t ends_ms(const struct instruction *in)
{
	return in->state == INSTRUCTION_PENDING ? in->pending_until_ms : in->until_ms;
}

bool instruct_due(struct engine *e)
{
	int64_t now = e->clock.now_ms;
	bool any = false;

	list_foreach(it, &e->instruct.open)
	{
		struct instruction_live *il = list_entry(it, struct instruction_live, node);

		if (ends_ms(&il->in) > now)
			continue;
		if (il->in.state == INSTRUCTION_PENDING) {
			instruct_end(e, il, INSTRUCTION_LAPSED, DAEMON, "nobody decided in time");
		} else {
			instruct_end(e, il, INSTRUCTION_EXPIRED, DAEMON, "its time is over");
			follow(e, il);
		}
		any = true;
	}
	return any;
}

int64_t instruct_next_ms(const struct engine *e)
{
	int64_t next = INT64_MAX;

	list_foreach(it, &e->instruct.open)
	{
		next = min_i64(next, ends_ms(&list_entry(it, struct instruction_live, node)->in));
	}
	return next;
}

/* ---- Questions ---- */

static bool locate(const struct engine *e, enum instruction_kind kind, const char *target,
		   int *ret_site, int *ret_asset)
{
	struct instruction in = {.kind = kind};

	snprintf(in.target, sizeof(in.target), "%s", target);
	/* mostly nothing is, and sites may be many */
	return e->instruct.n_open > 0 && instruct_find(e, &in, ret_site, ret_asset, NULL) == 0;
}

const struct instruction *engine_override_of(const struct engine *e, const char *asset)
{
	int s, a;

	return locate(e, INSTRUCTION_OVERRIDE, asset, &s, &a) ? standing_override(e, s, a) : NULL;
}

const struct instruction *engine_outage_of(const struct engine *e, const char *asset)
{
	int s, a;

	return locate(e, INSTRUCTION_AVAILABILITY, asset, &s, &a) ? standing_outage(e, s, a) : NULL;
}

enum site_mode engine_mode_of(const struct engine *e, const char *site,
			      const struct instruction **ret_by)
{
	int s, a;

	if (ret_by)
		*ret_by = NULL;
	return locate(e, INSTRUCTION_MODE, site, &s, &a) ? standing_mode(e, s, ret_by) : MODE_AUTO;
}

const struct instruction *engine_instruction(const struct engine *e, uint64_t id)
{
	const struct instruction_live *il = map_get_u64(&e->instruct.by_id, id);

	return il ? &il->in : NULL;
}

void engine_list_instructions(const struct engine *e,
			      bool (*visit)(void *arg, const struct instruction *in), void *arg)
{
	const struct instruction_live *il;
	size_t at = 0;

	while ((il = map_next(&e->instruct.by_id, &at, NULL, NULL))) {
		if (!visit(arg, &il->in))
			return;
	}
}
