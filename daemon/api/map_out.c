#include "api/map_out.h"

#include <string.h>

/* protobuf-c's strings are not const, though packing only reads them. */
#define STR(s) ((char *)(s))

/* n pointers to n zeroed structs of a type, initialised by its INIT value. */
#define NEW_LIST(a, n, type, init, ret)                                                            \
	do {                                                                                       \
		(ret) = (type **)arena_array((a), (n), sizeof(type *));                            \
		type *all_ = ARENA_ARRAY((a), (n), type);                                          \
		if (!(ret) || !all_)                                                               \
			return NULL;                                                               \
		for (size_t i_ = 0; i_ < (n); i_++) {                                              \
			all_[i_] = (type)init;                                                     \
			(ret)[i_] = &all_[i_];                                                     \
		}                                                                                  \
	} while (0)

#define NEW(a, type, init, ret)                                                                    \
	do {                                                                                       \
		(ret) = ARENA_NEW((a), type);                                                      \
		if (!(ret))                                                                        \
			return NULL;                                                               \
		*(ret) = (type)init;                                                               \
	} while (0)

/* ---- Points and sites -------------------------------------------------------------------------- */

static Suandian__V1__PointDecl *map_decl(struct arena *a, const struct point_decl *d)
{
	Suandian__V1__PointDecl *m;

	NEW(a, Suandian__V1__PointDecl, SUANDIAN__V1__POINT_DECL__INIT, m);
	m->name = STR(d->name);
	m->unit = (Suandian__V1__Unit)d->unit;
	m->kind = (Suandian__V1__ValueKind)d->kind;
	m->label = (Suandian__V1__PointLabel)d->label;
	m->period_ms = (uint32_t)d->period_ms;
	m->description = STR(d->description);
	if (d->has_min) {
		m->has_min_case = SUANDIAN__V1__POINT_DECL__HAS_MIN_MIN;
		m->min = d->min;
	}
	if (d->has_max) {
		m->has_max_case = SUANDIAN__V1__POINT_DECL__HAS_MAX_MAX;
		m->max = d->max;
	}
	return m;
}

Suandian__V1__PointInfo *map_out_point(struct arena *a, const struct point *p)
{
	Suandian__V1__PointInfo *m;

	NEW(a, Suandian__V1__PointInfo, SUANDIAN__V1__POINT_INFO__INIT, m);
	m->id = p->id;
	m->source = STR(p->source);
	m->decl = map_decl(a, &p->decl);
	m->quality = SUANDIAN__V1__QUALITY__QUALITY_MISSING;
	return m->decl ? m : NULL;
}

struct asset_list {
	struct arena *a;
	const struct site *site;
	Suandian__V1__AssetInfo **at;
	size_t n;
};

static int add_asset(struct asset_list *l, const char *id, enum asset_kind kind)
{
	Suandian__V1__AssetInfo *m = l->at[l->n];
	char *path = ARENA_ARRAY(l->a, 2 * ID_MAX, char);

	if (!path)
		return -ENOMEM;
	m->id = asset_path(path, (size_t)2 * ID_MAX, l->site, id);
	m->kind = (Suandian__V1__AssetKind)kind;
	l->n++;
	return 0;
}

/* Storage and sources at the grid side; load and queues in IT watts, as their decisions are. */
static int add_assets(struct asset_list *l)
{
	const struct site *s = l->site;
	int rc = 0;

	for (int i = 0; rc == 0 && i < s->n_generators; i++) {
		l->at[l->n]->power_min_w = -s->generators[i].capacity_w;
		rc = add_asset(l, s->generators[i].id, generator_kind(&s->generators[i]));
	}
	for (int i = 0; rc == 0 && i < s->n_storage; i++) {
		const struct storage *st = &s->storage[i];

		l->at[l->n]->power_max_w = st->charge_max_w;
		l->at[l->n]->power_min_w = -st->discharge_max_w;
		l->at[l->n]->energy_wh = st->energy_wh;
		rc = add_asset(l, st->id, st->kind);
	}
	if (rc == 0 && s->load.id[0]) {
		l->at[l->n]->power_max_w = s->load.capacity_w;
		l->at[l->n]->power_min_w = s->load.floor_w;
		rc = add_asset(l, s->load.id, ASSET_LOAD);
	}
	for (int i = 0; rc == 0 && i < s->n_queues; i++) {
		const struct queue *q = &s->queues[i];

		l->at[l->n]->power_max_w = q->devices * q->device_power_w;
		l->at[l->n]->power_min_w = q->power_min_w;
		rc = add_asset(l, q->id, ASSET_QUEUE);
	}
	for (int i = 0; rc == 0 && i < s->n_cooling; i++) {
		l->at[l->n]->power_max_w = s->cooling[i].power_max_w;
		rc = add_asset(l, s->cooling[i].id, ASSET_COOLING);
	}
	return rc;
}

Suandian__V1__SiteInfo *map_out_site(struct arena *a, const struct site *s, int64_t now_ms)
{
	const struct tariff *t = site_tariff_at(s, now_ms);
	Suandian__V1__SiteInfo *m;
	struct asset_list l = {.a = a, .site = s};
	size_t n = (size_t)s->n_generators + (size_t)s->n_storage + (size_t)s->n_queues +
		   (size_t)s->n_cooling + 1;

	NEW(a, Suandian__V1__SiteInfo, SUANDIAN__V1__SITE_INFO__INIT, m);
	m->id = STR(s->id);
	m->name = STR(s->name);
	m->zone = STR(s->zone_name);
	m->import_max_w = s->pcc.import_max_w;
	m->export_max_w = s->pcc.export_max_w;
	m->contracted_demand_w = s->pcc.contracted_demand_w;
	m->tariff = STR(t ? t->id : s->tariff_ids[0]);
	m->tariff_document = STR(t ? t->document : "");
	m->status = STR(s->status);
	NEW_LIST(a, n, Suandian__V1__AssetInfo, SUANDIAN__V1__ASSET_INFO__INIT, l.at);
	if (add_assets(&l) < 0)
		return NULL;
	m->assets = l.at;
	m->n_assets = l.n;
	return m;
}

/* ---- Events ------------------------------------------------------------------------------------ */

static Suandian__V1__Event *map_event(struct arena *a, const struct event *e)
{
	Suandian__V1__Event *m;

	NEW(a, Suandian__V1__Event, SUANDIAN__V1__EVENT__INIT, m);
	m->source = STR(e->source);
	m->external_id = STR(e->external_id);
	m->revision = e->revision;
	m->site = STR(e->site);
	m->direction = (Suandian__V1__Direction)e->direction;
	m->baseline = STR(e->baseline);
	m->start_ms = e->start_ms;
	m->ramp_ms = e->ramp_ms;
	m->priority = e->priority;
	m->correlation_id = STR(e->correlation_id);
	m->band_permille = e->band_permille;
	m->pay_price = e->pay_price_e4;
	m->penalty_price = e->penalty_price_e4;
	m->note = STR(e->note);
	if (e->target == TARGET_PCC_CAP) {
		m->target_case = SUANDIAN__V1__EVENT__TARGET_PCC_CAP_W;
		m->pcc_cap_w = e->target_w;
	} else if (e->target == TARGET_REDUCTION) {
		m->target_case = SUANDIAN__V1__EVENT__TARGET_REDUCTION_W;
		m->reduction_w = e->target_w;
	}
	if (e->end_ms != EVENT_OPEN_END) {
		m->has_end_case = SUANDIAN__V1__EVENT__HAS_END_END_MS;
		m->end_ms = e->end_ms;
	}
	return m;
}

static Suandian__V1__EventMove **map_moves(struct arena *a, const struct event *e)
{
	Suandian__V1__EventMove **moves;

	NEW_LIST(a, (size_t)e->n_moves, Suandian__V1__EventMove, SUANDIAN__V1__EVENT_MOVE__INIT,
		 moves);
	for (int i = 0; i < e->n_moves; i++) {
		moves[i]->t_ms = e->moves[i].t_ms;
		moves[i]->to = (Suandian__V1__EventPhase)e->moves[i].to;
		moves[i]->who = STR(e->moves[i].who);
		moves[i]->reason = STR(e->moves[i].reason);
	}
	return moves;
}

static Suandian__V1__EventSlot **map_slots(struct arena *a, const struct event *e)
{
	Suandian__V1__EventSlot **slots;

	NEW_LIST(a, (size_t)e->n_slots, Suandian__V1__EventSlot, SUANDIAN__V1__EVENT_SLOT__INIT,
		 slots);
	for (int i = 0; i < e->n_slots; i++) {
		const struct event_slot *s = &e->slots[i];
		bool known = s->quality != QUALITY_MISSING;
		int64_t up_w = s->baseline_w - s->metered_w;

		slots[i]->start_ms = s->start_ms;
		slots[i]->baseline_w = s->baseline_w;
		slots[i]->target_w = s->target_w;
		slots[i]->planned_w = s->planned_w;
		slots[i]->metered_w = s->metered_w;
		slots[i]->delivered_w = !known ? 0 : e->direction == DIRECTION_DN ? -up_w : up_w;
		slots[i]->quality = (Suandian__V1__Quality)s->quality;
		slots[i]->ramp = s->ramp;
	}
	return slots;
}

Suandian__V1__EventState *map_out_event(struct arena *a, const struct event *e)
{
	Suandian__V1__EventState *m;

	NEW(a, Suandian__V1__EventState, SUANDIAN__V1__EVENT_STATE__INIT, m);
	m->id = e->id;
	m->event = map_event(a, e);
	m->phase = (Suandian__V1__EventPhase)e->phase;
	m->moves = map_moves(a, e);
	m->n_moves = (size_t)e->n_moves;
	m->slots = map_slots(a, e);
	m->n_slots = (size_t)e->n_slots;
	m->shortfall_wh = e->shortfall_wh;
	m->surplus_wh = e->surplus_wh;
	m->baseline_hash = STR(e->baseline_hash);
	m->text = STR(e->text);
	return m->event && m->moves && m->slots ? m : NULL;
}

/* ---- Health ------------------------------------------------------------------------------------ */

Suandian__V1__HealthReport *map_out_health(struct arena *a, const struct health *h)
{
	static const char *const names[] = {
		[HEALTH_READY] = "ready",
		[HEALTH_DEGRADED] = "degraded",
		[HEALTH_FAILED] = "failed",
	};
	Suandian__V1__HealthReport *m;

	NEW(a, Suandian__V1__HealthReport, SUANDIAN__V1__HEALTH_REPORT__INIT, m);
	m->state = STR(names[h->state]);
	NEW_LIST(a, h->n, Suandian__V1__HealthReason, SUANDIAN__V1__HEALTH_REASON__INIT,
		 m->reasons);
	m->n_reasons = h->n;
	for (uint32_t i = 0; i < h->n; i++) {
		m->reasons[i]->code = STR(h->reasons[i].code);
		m->reasons[i]->text = STR(h->reasons[i].text);
		m->reasons[i]->doing = STR(h->reasons[i].doing);
		m->reasons[i]->since_ms = h->reasons[i].since_ms;
	}
	m->samples = h->samples;
	m->plan_age_ms = h->plan_age_ms;
	m->audit_seq = h->audit_seq;
	m->ledger_bytes = h->ledger_bytes;
	m->journal_bytes = h->journal_bytes;
	m->series_bytes = h->series_bytes;
	m->solver_ms = h->solver_ms;
	m->solver_gap = h->solver_gap;
	m->pending = h->pending;
	return m;
}

/* ---- Decisions --------------------------------------------------------------------------------- */

static Suandian__V1__JobAction *map_job_action(struct arena *a, const struct action *from)
{
	Suandian__V1__JobAction *m;

	NEW(a, Suandian__V1__JobAction, SUANDIAN__V1__JOB_ACTION__INIT, m);
	m->verb = (Suandian__V1__JobAction__Verb)from->verb;
	m->job = STR(from->job);
	m->cap_w = from->verb == VERB_CAP ? from->value : 0;
	return m;
}

static Suandian__V1__MigrateAction *map_migrate_action(struct arena *a, const struct action *from)
{
	const char *slash = strchr(from->to, '/');
	int n = (int)(slash ? (size_t)(slash - from->to) : strlen(from->to));
	Suandian__V1__MigrateAction *m;

	NEW(a, Suandian__V1__MigrateAction, SUANDIAN__V1__MIGRATE_ACTION__INIT, m);
	m->job = STR(from->job);
	m->to_site = arena_printf(a, "%.*s", n, from->to);
	m->to_queue = STR(slash ? slash + 1 : "");
	m->work_ds = from->value;
	return m->to_site ? m : NULL;
}

static Suandian__V1__Action *map_action(struct arena *a, const struct action *from)
{
	Suandian__V1__Action *m;

	NEW(a, Suandian__V1__Action, SUANDIAN__V1__ACTION__INIT, m);
	switch (from->kind) {
	case ACTION_POWER:
		m->what_case = SUANDIAN__V1__ACTION__WHAT_POWER_W;
		m->power_w = from->value;
		break;
	case ACTION_CAP:
		m->what_case = SUANDIAN__V1__ACTION__WHAT_CAP_W;
		m->cap_w = from->value;
		break;
	case ACTION_SOC_TARGET:
		m->what_case = SUANDIAN__V1__ACTION__WHAT_SOC_TARGET_WH;
		m->soc_target_wh = from->value;
		break;
	case ACTION_RELEASE:
		m->what_case = SUANDIAN__V1__ACTION__WHAT_RELEASE;
		NEW(a, Suandian__V1__Release, SUANDIAN__V1__RELEASE__INIT, m->release);
		break;
	case ACTION_JOB:
		m->what_case = SUANDIAN__V1__ACTION__WHAT_JOB;
		m->job = map_job_action(a, from);
		return m->job ? m : NULL;
	case ACTION_MIGRATE:
		m->what_case = SUANDIAN__V1__ACTION__WHAT_MIGRATE;
		m->migrate = map_migrate_action(a, from);
		return m->migrate ? m : NULL;
	case ACTION_NONE:
		break;
	}
	return m;
}

static Suandian__V1__Reason *map_reason(struct arena *a, const struct reason *from)
{
	Suandian__V1__Reason *m;

	NEW(a, Suandian__V1__Reason, SUANDIAN__V1__REASON__INIT, m);
	m->code = (Suandian__V1__ReasonCode)from->code;
	m->event = STR(from->event);
	m->limit = STR(from->limit);
	m->marginal_price = from->marginal_price_e4;
	return m;
}

static Suandian__V1__Error *map_fault(struct arena *a, const struct decision *d)
{
	Suandian__V1__Error *m;

	NEW(a, Suandian__V1__Error, SUANDIAN__V1__ERROR__INIT, m);
	m->code = STR(err_name(d->fault_code));
	m->text = STR(d->fault_text);
	return m;
}

Suandian__V1__Decision *map_out_decision(struct arena *a, const struct decision *d, int64_t now_ms)
{
	Suandian__V1__Decision *m;

	NEW(a, Suandian__V1__Decision, SUANDIAN__V1__DECISION__INIT, m);
	m->id = d->id;
	m->plan_id = d->plan_id;
	m->correlation_id = STR(d->correlation_id);
	m->asset = STR(d->asset);
	m->action = d->action.kind == ACTION_NONE ? NULL : map_action(a, &d->action);
	m->valid_from_ms = d->valid_from_ms;
	if (d->valid_until_ms != DECISION_NO_TERM) {
		m->valid_until_ms = d->valid_until_ms;
		m->valid_for_ms = max_i64(0, d->valid_until_ms - now_ms);
	}
	m->fallback = d->fallback.kind == ACTION_NONE ? NULL : map_action(a, &d->fallback);
	m->reason = map_reason(a, &d->reason);
	m->fault = d->fault_code ? map_fault(a, d) : NULL;
	m->state = (Suandian__V1__DecisionState)d->state;
	m->issued_ms = d->issued_ms;
	m->measured_w = d->has_measured ? d->measured_w : 0;
	m->ack_reason = STR(d->ack_reason);
	if ((d->action.kind != ACTION_NONE && !m->action) ||
	    (d->fallback.kind != ACTION_NONE && !m->fallback) || !m->reason ||
	    (d->fault_code && !m->fault))
		return NULL;
	return m;
}
