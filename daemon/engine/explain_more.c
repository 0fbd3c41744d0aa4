#include "engine/explain_more.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "engine/operator.h"
#include "engine/points.h"
#include "engine/state.h"
#include "plan/explain.h"

#define SHOW_B 40

struct more {
	const struct engine *e;
	const struct site *site;
	int index;		/* of the site */
	const char *asset, *id; /* "site/bess", "bess" */
	const struct decision *now;
	struct arena *arena;
	struct why *why;
};

static const char *local(const struct more *m, char out[SHOW_B], int64_t t_ms)
{
	return num_format_time(out, SHOW_B, t_ms, zone_offset_s(m->site->zone, t_ms), false);
}

/* ---- The step from the decision before ---- */

struct before {
	uint64_t id; /* below this */
	struct decision found;
};

static bool take_before(void *arg, const struct decision *d)
{
	struct before *b = arg;

	if (d->id >= b->id || d->state == DECISION_REJECTED || d->action.kind == ACTION_JOB ||
	    d->action.kind == ACTION_MIGRATE)
		return true;
	b->found = *d;
	return false;
}

static const char *say_action(char out[SHOW_B], const struct action *a)
{
	char w[SHOW_B];

	if (a->kind == ACTION_RELEASE || a->kind == ACTION_NONE)
		snprintf(out, SHOW_B, "release");
	else
		snprintf(out, SHOW_B, "%s %s", a->kind == ACTION_CAP ? "cap" : "power",
			 num_format_power(w, sizeof(w), a->value));
	return out;
}

/* "cap 4.200 MW → 3.400 MW" */
static int put_step(const struct more *m, struct buf *out)
{
	struct before b = {.id = m->now->id};
	struct decision_query q = {.asset = m->asset,
				   .from_ms = m->now->issued_ms - MS_PER_DAY,
				   .to_ms = m->now->issued_ms + 1,
				   .limit = UINT32_MAX};
	char now[SHOW_B], was[SHOW_B];
	int r;

	if (!m->now->id) {
		buf_printf(out, "no decision");
		return 0;
	}
	r = engine_list_decisions(m->e, &q, take_before, &b);
	if (r)
		return r;
	say_action(now, &m->now->action);
	if (!b.found.id) {
		buf_printf(out, "%s", now);
		return 0;
	}
	say_action(was, &b.found.action);
	if (b.found.action.kind == m->now->action.kind && strchr(now, ' '))
		buf_printf(out, "%s → %s", was, strchr(now, ' ') + 1);
	else
		buf_printf(out, "%s → %s", was, now);
	return 0;
}

/* ---- Reasons ---- */

static void put_reason(const struct more *m, struct buf *out)
{
	const struct reason *r = &m->now->reason;

	switch (m->now->id ? r->code : REASON_NONE) {
	case REASON_EVENT:
		buf_printf(out, ": event %s", r->event);
		break;
	case REASON_RESTORE:
		buf_printf(out, ": back after event %s", r->event);
		break;
	case REASON_OVERRIDE:
		buf_printf(out, ": %s", r->limit);
		break;
	default:
		buf_printf(out, m->why->plan->n ? ": the plan" : ": no plan");
	}
	for (uint32_t i = 0; i < m->why->n_bindings && i < 3; i++) {
		const struct plan_binding *b = m->why->bindings[i];

		if (b->shadow_price_e4 > 0 && strncmp(b->limit, "event:", 6) != 0)
			buf_printf(out, ", %s binds at %.4f CNY/kWh", b->limit,
				   (double)b->shadow_price_e4 / 1e4);
	}
}

/* "jobs 3 paused, 2 held": those that were told so; only of now. */
static void put_jobs(const struct more *m, struct buf *out)
{
	const struct engine *e = m->e;
	unsigned n_paused = 0, n_held = 0;
	const char *sign = " jobs";

	for (int i = 0; m->why->t_ms >= slot_floor(e->clock.now_ms) && i < e->jobs.n_queues; i++) {
		const struct job_queue *q = &e->jobs.queues[i];

		if (strcmp(e->sites[q->site].assets[q->asset].path, m->asset) != 0)
			continue;
		list_foreach(it, &q->live)
		{
			const struct job_live *jl = list_entry(it, struct job_live, node);

			n_paused += jl->job.state == JOB_PAUSED;
			n_held += jl->job.state == JOB_PENDING && jl->current &&
				  jl->current->d.action.kind == ACTION_JOB &&
				  jl->current->d.action.verb == VERB_HOLD;
		}
	}
	if (n_paused) {
		buf_printf(out, "%s %u paused", sign, n_paused);
		sign = ",";
	}
	if (n_held)
		buf_printf(out, "%s %u held", sign, n_held);
}

static void put_tier(const struct more *m, struct buf *out)
{
	for (int i = 0; i < m->site->n_queues; i++) {
		if (strcmp(m->site->queues[i].id, m->id) == 0)
			buf_printf(out, ", tier F%d", (int)m->site->queues[i].tier);
	}
}

/* "chillers +1.0 °C": how the plan lets the supply temperature move in the slot. */
static void put_cooling(const struct more *m, struct buf *out)
{
	const struct plan *p = m->why->plan;

	for (uint32_t i = 0; m->why->slot > 0 && i < p->n_assets; i++) {
		const struct plan_asset *pa = &p->assets[i];
		int64_t by;

		if (pa->kind != ASSET_COOLING || !pa->level)
			continue;
		by = pa->level[m->why->slot] - pa->level[m->why->slot - 1];
		buf_printf(out, ", chillers %+.1f °C", (double)by / 1000);
	}
}

/* The protected floor of what the asset touches: a store's reserve, else the load that is never cut. */
static void put_floor(const struct more *m, struct buf *out)
{
	const struct plan *p = m->why->plan;
	char w[SHOW_B];

	if (p->n == 0)
		return;
	for (int i = 0; i < m->site->n_storage; i++) {
		const struct storage *st = &m->site->storage[i];
		const struct plan_asset *pa = plan_find_asset(p, m->asset);
		bool kept = pa && pa->level && pa->level[m->why->slot] >= st->reserve_wh;

		if (strcmp(st->id, m->id) != 0)
			continue;
		buf_printf(out, ", reserve %sh %s", num_format_power(w, sizeof(w), st->reserve_wh),
			   kept ? "ok" : "DRAWN ON");
		return;
	}
	if (m->site->load.floor_w <= 0)
		return;
	buf_printf(out, ", floor %s %s", num_format_power(w, sizeof(w), m->site->load.floor_w),
		   p->unserved_w[m->why->slot] == 0 ? "ok" : "NOT KEPT");
}

/* ---- Data ---- */

static bool is_of(const char *role, const char *id)
{
	const char *open = strchr(role, '[');
	size_t n = strlen(id);

	if (!open)
		return strcmp(role, "pcc.power") == 0;
	return strncmp(open + 1, id, n) == 0 && open[1 + n] == ']';
}

static void age_data(const struct more *m)
{
	m->why->data_age_ms = -1;
	for (int i = 0; i < m->site->n_bindings; i++) {
		const struct binding *b = &m->site->bindings[i];
		const struct live_point *lp =
			is_of(b->role, m->id) ? points_find(m->e, b->point) : NULL;

		if (lp && lp->latest.t_ms > 0)
			m->why->data_age_ms =
				max_i64(m->why->data_age_ms,
					max_i64(m->e->clock.now_ms - lp->latest.t_ms, 0));
	}
}

static int put_headline(struct more *m)
{
	struct buf out;
	int r;

	buf_init(&out, 4096);
	r = put_step(m, &out);
	put_reason(m, &out);
	put_tier(m, &out);
	put_jobs(m, &out);
	put_cooling(m, &out);
	put_floor(m, &out);
	if (m->why->data_age_ms >= 0)
		buf_printf(&out, "; data %" PRId64 " s old", m->why->data_age_ms / MS_PER_S);
	m->why->headline = arena_strdup(m->arena, buf_str(&out));
	buf_fini(&out);
	return r ? r : m->why->headline ? 0 : ERR_FULL;
}

/* ---- Operators ---- */

/* Was it in force then? */
static bool stood(const struct instruction *in, int64_t t_ms)
{
	int64_t from = in->decided_ms ? in->decided_ms : in->put_ms;
	bool ever = in->state == INSTRUCTION_IN_FORCE || in->state == INSTRUCTION_EXPIRED ||
		    in->state == INSTRUCTION_SUPERSEDED ||
		    (in->state == INSTRUCTION_CANCELLED &&
		     (in->pending_until_ms == 0 || in->decided_ms > 0));

	return ever && from <= t_ms && (instruction_is_open(in) || in->ended_ms > t_ms);
}

static bool concerns(const struct more *m, const struct instruction *in)
{
	if (in->kind == INSTRUCTION_MODE)
		return in->mode != MODE_AUTO &&
		       (!in->target[0] || strcmp(in->target, m->site->id) == 0);
	return in->kind != INSTRUCTION_EVENT && strcmp(in->target, m->asset) == 0;
}

static bool add_say(void *arg, const struct instruction *in)
{
	struct more *m = arg;
	struct why *w = m->why;
	char say[TEXT_MAX_B], until[SHOW_B] = "";

	if (!concerns(m, in) || !stood(in, w->t_ms) || w->n_says == ARRAY_SIZE(w->says))
		return true;
	if (in->until_ms != INT64_MAX)
		local(m, until, in->until_ms);
	w->says[w->n_says] = arena_printf(
		m->arena, "%s %" PRIu64 ": %s%s%s, by %s%s%s: %s", instruction_kind_name(in->kind),
		in->id, instruction_say(in, say, sizeof(say)), *until ? " until " : "", until,
		in->who, in->by[0] ? ", approved by " : "", in->by, in->reason);
	if (w->says[w->n_says])
		w->n_says++;
	w->since_ms = in->decided_ms ? in->decided_ms : in->put_ms;
	return true;
}

/* What the plan said that was made before the operator spoke: for the slot in question, if it reached so far. */
static int put_otherwise(struct more *m)
{
	int64_t before = slot_floor(m->why->since_ms) - 1;
	const struct plan *p = NULL;
	const struct plan_asset *pa;
	char w[SHOW_B];
	int slot;

	m->why->otherwise = "";
	if (m->why->n_says == 0 || before <= 0 ||
	    engine_get_plan(m->e, m->site->id, 0, before, m->arena, &p))
		return 0;
	slot = plan_slot_at(p, m->why->t_ms);
	pa = plan_find_asset(p, m->asset);
	if (slot < 0 || !pa)
		return 0;
	m->why->otherwise = arena_printf(m->arena, "plan %" PRIu64 ", made before it, had %s here",
					 p->id, num_format_power(w, sizeof(w), pa->power_w[slot]));
	return m->why->otherwise ? 0 : ERR_FULL;
}

int explain_more(const struct engine *e, const struct site *s, const char *asset,
		 const struct decision *now, struct arena *a, struct why *ret)
{
	struct more m = {.e = e,
			 .site = s,
			 .asset = asset,
			 .id = strchr(asset, '/') ? strchr(asset, '/') + 1 : "",
			 .now = now,
			 .arena = a,
			 .why = ret};
	int r;

	age_data(&m);
	r = put_headline(&m);
	if (r)
		return r;
	engine_list_instructions(e, add_say, &m);
	return put_otherwise(&m);
}
