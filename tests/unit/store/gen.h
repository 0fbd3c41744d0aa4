/* Random but valid contents for the kinds of records, every field set. Header only. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "store/record.h"
#include "testlib/rng.h"

static inline void gen_text(struct rng *r, char *to, size_t n)
{
	size_t len = (size_t)rng_below(r, n);

	for (size_t i = 0; i < len; i++)
		to[i] = (char)rng_range(r, 'a', 'z');
	to[len] = '\0';
}

#define GEN_TEXT(r, field) gen_text(r, field, sizeof(field))

/* Small and large magnitudes alike, extremes included. */
static inline int64_t gen_i64(struct rng *r)
{
	switch (rng_below(r, 16)) {
	case 0:
		return INT64_MAX;
	case 1:
		return INT64_MIN;
	case 2:
		return 0;
	default:
		return (int64_t)rng_next(r) >> rng_below(r, 64);
	}
}

static inline void gen_hash(struct rng *r, uint8_t hash[32])
{
	for (int i = 0; i < 32; i++)
		hash[i] = (uint8_t)rng_next(r);
}

static inline void gen_event(struct rng *r, struct event *e)
{
	memset(e, 0, sizeof(*e));
	e->id = rng_next(r);
	GEN_TEXT(r, e->source);
	GEN_TEXT(r, e->external_id);
	e->revision = rng_next(r);
	GEN_TEXT(r, e->site);
	e->direction = (enum direction)rng_below(r, 3);
	e->target = (enum event_target)rng_below(r, 3);
	e->target_w = gen_i64(r);
	GEN_TEXT(r, e->baseline);
	e->start_ms = gen_i64(r);
	e->end_ms = rng_below(r, 2) ? EVENT_OPEN_END : gen_i64(r);
	e->ramp_ms = gen_i64(r);
	e->priority = (uint32_t)rng_next(r);
	GEN_TEXT(r, e->correlation_id);
	e->band_permille = (uint32_t)rng_next(r);
	e->pay_price_e4 = gen_i64(r);
	e->penalty_price_e4 = gen_i64(r);
	GEN_TEXT(r, e->note);
	e->phase = (int)rng_below(r, EVENT_SUPERSEDED + 1);
	e->n_moves = (int)rng_below(r, EVENT_MAX_MOVES + 1);
	for (int i = 0; i < e->n_moves; i++) {
		e->moves[i].t_ms = gen_i64(r);
		e->moves[i].to = (enum event_phase)rng_below(r, EVENT_SUPERSEDED + 1);
		GEN_TEXT(r, e->moves[i].who);
		GEN_TEXT(r, e->moves[i].reason);
	}
	e->n_slots = (int)rng_below(r, EVENT_MAX_SLOTS + 1);
	for (int i = 0; i < e->n_slots; i++) {
		struct event_slot *s = &e->slots[i];

		s->start_ms = gen_i64(r);
		s->baseline_w = gen_i64(r);
		s->target_w = gen_i64(r);
		s->planned_w = gen_i64(r);
		s->metered_w = gen_i64(r);
		s->quality = (enum quality)rng_below(r, 4);
		s->ramp = rng_below(r, 2);
	}
	GEN_TEXT(r, e->baseline_hash);
	e->shortfall_wh = gen_i64(r);
	e->surplus_wh = gen_i64(r);
	GEN_TEXT(r, e->text);
}

static inline void gen_action(struct rng *r, struct action *a)
{
	a->kind = (enum action_kind)rng_below(r, ACTION_LAST + 1);
	a->value = gen_i64(r);
	a->verb = (enum job_verb)rng_below(r, VERB_LAST + 1);
	GEN_TEXT(r, a->job);
	GEN_TEXT(r, a->to);
}

static inline void gen_decision(struct rng *r, struct decision *d)
{
	memset(d, 0, sizeof(*d));
	d->id = rng_next(r);
	d->plan_id = rng_next(r);
	GEN_TEXT(r, d->correlation_id);
	GEN_TEXT(r, d->asset);
	gen_action(r, &d->action);
	d->issued_ms = gen_i64(r);
	d->valid_from_ms = gen_i64(r);
	d->valid_until_ms = gen_i64(r);
	gen_action(r, &d->fallback);
	d->reason.code = (enum reason_code)rng_below(r, REASON_RESTORE + 1);
	GEN_TEXT(r, d->reason.event);
	GEN_TEXT(r, d->reason.limit);
	d->reason.marginal_price_e4 = gen_i64(r);
	d->fault_code = (int)rng_range(r, -1020, 0);
	GEN_TEXT(r, d->fault_text);
	d->state = (int)rng_below(r, DECISION_EXPIRED + 1);
	d->has_measured = rng_below(r, 2);
	d->measured_w = d->has_measured ? gen_i64(r) : 0;
	GEN_TEXT(r, d->ack_reason);
}

static inline void gen_job(struct rng *r, struct compute_job *j)
{
	memset(j, 0, sizeof(*j));
	j->number = rng_next(r);
	GEN_TEXT(r, j->id);
	GEN_TEXT(r, j->site);
	GEN_TEXT(r, j->queue);
	GEN_TEXT(r, j->tenant);
	j->tier = (enum flex_tier)rng_below(r, 4);
	j->devices = gen_i64(r);
	j->min_devices = gen_i64(r);
	j->work_ds = gen_i64(r);
	j->arrival_ms = gen_i64(r);
	j->deadline_ms = gen_i64(r);
	j->earliest_start_ms = gen_i64(r);
	j->checkpoint_period_ms = gen_i64(r);
	j->checkpoint_cost_ms = gen_i64(r);
	j->last_checkpoint_ms = gen_i64(r);
	j->preemptible = rng_below(r, 2);
	j->migratable = rng_below(r, 2);
	j->transfer_bytes = gen_i64(r);
	j->state = 1 + (int)rng_below(r, JOB_STATE_LAST);
	j->committed = rng_below(r, 2);
	j->counted_ms = gen_i64(r);
	j->started_ms = gen_i64(r);
	j->event_ms = gen_i64(r);
	j->ended_ms = gen_i64(r);
	j->lost_ds = gen_i64(r);
	j->cap_w = gen_i64(r);
	j->pushed_ds = gen_i64(r);
	j->pushed_state = (int)rng_below(r, JOB_STATE_LAST + 1);
}

static inline void gen_point(struct rng *r, struct point *p)
{
	memset(p, 0, sizeof(*p));
	p->id = (uint32_t)rng_next(r);
	GEN_TEXT(r, p->decl.name);
	p->decl.unit = (enum unit)rng_below(r, UNIT_LAST + 1);
	p->decl.kind = (enum value_kind)rng_below(r, KIND_LAST + 1);
	p->decl.label = (enum point_label)rng_below(r, LABEL_END + 1);
	p->decl.period_ms = gen_i64(r);
	p->decl.has_min = rng_below(r, 2);
	p->decl.min = p->decl.has_min ? (double)rng_range(r, -3, 3) : 0;
	p->decl.has_max = rng_below(r, 2);
	p->decl.max = p->decl.has_max ? rng_double(r) : 0;
	GEN_TEXT(r, p->decl.description);
	GEN_TEXT(r, p->source);
}

static inline int64_t *gen_column(struct rng *r, struct arena *a, size_t n)
{
	int64_t *x = ARENA_ARRAY(a, n, int64_t);

	for (size_t i = 0; i < n; i++)
		x[i] = gen_i64(r);
	return x;
}

static inline void gen_plan_notes(struct rng *r, struct arena *a, struct plan *p)
{
	static const char *const units[] = {"W", "Wh", "device_s"};

	p->n_relaxations = (uint32_t)rng_below(r, 4);
	p->relaxations = ARENA_ARRAY(a, p->n_relaxations, struct plan_relaxation);
	for (uint32_t i = 0; i < p->n_relaxations; i++) {
		GEN_TEXT(r, p->relaxations[i].limit);
		p->relaxations[i].start_ms = gen_i64(r);
		p->relaxations[i].amount = gen_i64(r);
		p->relaxations[i].unit = units[rng_below(r, 3)];
		p->relaxations[i].cost_e4 = gen_i64(r);
	}
	p->n_sources = (uint32_t)rng_below(r, 4);
	p->sources = ARENA_ARRAY(a, p->n_sources, struct plan_source);
	for (uint32_t i = 0; i < p->n_sources; i++) {
		GEN_TEXT(r, p->sources[i].input);
		GEN_TEXT(r, p->sources[i].source);
		p->sources[i].quality = (enum quality)rng_below(r, 4);
	}
	p->n_bindings = p->n ? (uint32_t)rng_below(r, 4) : 0;
	p->bindings = ARENA_ARRAY(a, p->n_bindings, struct plan_binding);
	for (uint32_t i = 0; i < p->n_bindings; i++) {
		p->bindings[i].slot = (uint32_t)rng_below(r, p->n);
		GEN_TEXT(r, p->bindings[i].limit);
		p->bindings[i].value = gen_i64(r);
		p->bindings[i].unit = units[rng_below(r, 3)];
		p->bindings[i].shadow_price_e4 = gen_i64(r);
	}
	p->n_events = (uint32_t)rng_below(r, 4);
	p->events = arena_array(a, p->n_events, sizeof(*p->events));
	for (uint32_t i = 0; i < p->n_events; i++)
		GEN_TEXT(r, p->events[i]);
	p->n_moves = p->n ? (uint32_t)rng_below(r, 4) : 0;
	p->moves = ARENA_ARRAY(a, p->n_moves, struct plan_move);
	for (uint32_t i = 0; i < p->n_moves; i++) {
		p->moves[i].slot = (uint32_t)rng_below(r, p->n);
		GEN_TEXT(r, p->moves[i].link);
		GEN_TEXT(r, p->moves[i].queue);
		GEN_TEXT(r, p->moves[i].other);
		p->moves[i].out = rng_below(r, 2);
		p->moves[i].work_ds = gen_i64(r);
	}
}

static inline void gen_plan(struct rng *r, struct arena *a, struct plan *p)
{
	memset(p, 0, sizeof(*p));
	p->id = rng_next(r);
	GEN_TEXT(r, p->site);
	p->created_ms = gen_i64(r);
	p->status = (enum plan_status)rng_below(r, PLAN_SHIFTED + 1);
	GEN_TEXT(r, p->solver);
	gen_hash(r, p->snapshot_hash);
	gen_hash(r, p->plan_hash);
	p->cost_e4 = gen_i64(r);
	p->objective_e4 = gen_i64(r);
	p->gap = rng_double(r);
	p->residual = rng_double(r);
	p->iterations = rng_next(r);
	p->n = (uint32_t)rng_below(r, 200);
	p->start_ms = gen_column(r, a, p->n);
	p->duration_ms = gen_column(r, a, p->n);
	p->pcc_w = gen_column(r, a, p->n);
	p->load_w = gen_column(r, a, p->n);
	p->unserved_w = gen_column(r, a, p->n);
	p->price_buy_e4 = gen_column(r, a, p->n);
	p->price_sell_e4 = gen_column(r, a, p->n);
	p->marginal_price_e4 = gen_column(r, a, p->n);
	p->slot_plan_id = p->n && rng_below(r, 2) ? (uint64_t *)gen_column(r, a, p->n) : NULL;
	p->co2_g = gen_i64(r);
	p->carbon_g = p->n && rng_below(r, 2) ? gen_column(r, a, p->n) : NULL;
	p->region_id = rng_next(r);
	p->n_assets = (uint32_t)rng_below(r, 5);
	p->assets = ARENA_ARRAY(a, p->n_assets, struct plan_asset);
	for (uint32_t i = 0; i < p->n_assets; i++) {
		GEN_TEXT(r, p->assets[i].asset);
		p->assets[i].kind = (enum asset_kind)rng_below(r, ASSET_COOLING + 1);
		p->assets[i].power_w = gen_column(r, a, p->n);
		p->assets[i].level = p->n && rng_below(r, 2) ? gen_column(r, a, p->n) : NULL;
		p->assets[i].available_w = p->n && rng_below(r, 2) ? gen_column(r, a, p->n) : NULL;
	}
	gen_plan_notes(r, a, p);
}

static inline void gen_instruction(struct rng *r, struct event *e, struct instruction *in)
{
	memset(in, 0, sizeof(*in));
	in->id = rng_next(r);
	in->kind = (enum instruction_kind)(1 + rng_below(r, INSTRUCTION_KIND_LAST));
	GEN_TEXT(r, in->target);
	in->what = (enum override_what)rng_below(r, OVERRIDE_RELEASE + 1);
	in->value_w = gen_i64(r);
	in->out = rng_below(r, 2);
	in->mode = (enum site_mode)rng_below(r, MODE_LAST + 1);
	if (in->kind == INSTRUCTION_EVENT) {
		gen_event(r, e);
		e->id = 0; /* it has none yet */
		in->event = e;
	}
	in->put_ms = gen_i64(r);
	in->until_ms = gen_i64(r);
	GEN_TEXT(r, in->who);
	GEN_TEXT(r, in->reason);
	in->state = (int)rng_below(r, INSTRUCTION_STATE_LAST + 1);
	in->pending_until_ms = gen_i64(r);
	GEN_TEXT(r, in->by);
	in->decided_ms = gen_i64(r);
	in->ended_ms = gen_i64(r);
	GEN_TEXT(r, in->ended_by);
	GEN_TEXT(r, in->text);
	in->successor = rng_next(r);
}

static inline void gen_day_flag(struct rng *r, struct day_flag *f)
{
	memset(f, 0, sizeof(*f));
	f->id = rng_next(r);
	GEN_TEXT(r, f->scope);
	GEN_TEXT(r, f->name);
	f->day = (int32_t)rng_next(r);
	f->set = rng_below(r, 2);
	GEN_TEXT(r, f->source);
	f->issue_ms = gen_i64(r);
	f->put_ms = gen_i64(r);
	GEN_TEXT(r, f->who);
}

static inline void gen_batch(struct rng *r, struct arena *a, struct sample_batch *b)
{
	uint32_t n = (uint32_t)rng_below(r, 300), period = 1 + (uint32_t)rng_below(r, 40);
	bool in_rounds = rng_below(r, 2);
	uint32_t *point = ARENA_ARRAY(a, n, uint32_t);
	int64_t *t = ARENA_ARRAY(a, n, int64_t);
	double *value = ARENA_ARRAY(a, n, double);
	uint8_t *quality = ARENA_ARRAY(a, n, uint8_t);
	int64_t at = rng_range(r, 0, INT64_C(1) << 42);

	memset(b, 0, sizeof(*b));
	GEN_TEXT(r, b->source);
	b->epoch = rng_next(r);
	b->seq = rng_next(r);
	b->correction = rng_below(r, 2);
	for (uint32_t i = 0; i < n; i++) {
		point[i] = in_rounds && i >= period ? point[i - period] : (uint32_t)rng_next(r);
		at += rng_range(r, -5000, 60000);
		t[i] = at;
		value[i] = rng_below(r, 8) ? (double)rng_range(r, -9999, 9999) / 10 : -0.0;
		quality[i] = rng_below(r, 9) ? QUALITY_OK : (uint8_t[]){1, 3}[rng_below(r, 2)];
	}
	b->n = n;
	b->point = point;
	b->t_ms = t;
	b->value = value;
	b->quality = quality;
}
