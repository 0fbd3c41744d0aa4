#include "engine/audit.h"

#include <stdio.h>
#include <string.h>

#include "base/require.h"
#include "base/sha256.h"
#include "engine/json.h"
#include "engine/records.h"
#include "engine/state.h"

#define REFUSALS_PER_MINUTE 60

void audit_append(struct engine *e, struct json *j)
{
	struct ledger_meta *meta = &e->records.meta;
	struct ledger_audit r = {.seq = ++meta->audit_seq};

	json_end(j);
	REQUIRE(!j->out->err);
	r.body = buf_peek(j->out);
	r.len = buf_avail(j->out);
	audit_next(meta->audit_head, r.seq, r.body, r.len, r.hash);
	memcpy(meta->audit_head, r.hash, sizeof(r.hash));
	records_put(e, &(struct ledger_op){.kind = LEDGER_AUDIT, .audit = &r});
	buf_fini(j->out);
}

void audit_begin(struct json *j, struct buf *out)
{
	buf_init(out, 0);
	json_begin(j, out);
}

void audit_plan(struct engine *e, const struct plan *p, const char *how, const char *why)
{
	struct buf out;
	struct json j;

	audit_begin(&j, &out);
	json_i64(&j, "cost_e4", p->cost_e4);
	json_open_array(&j, "events");
	for (uint32_t i = 0; i < p->n_events; i++)
		json_item_text(&j, p->events[i]);
	json_close(&j);
	json_text(&j, "how", how);
	json_u64(&j, "id", p->id);
	json_text(&j, "kind", "plan");
	json_i64(&j, "objective_e4", p->objective_e4);
	json_hex(&j, "plan_hash", p->plan_hash, sizeof(p->plan_hash));
	json_u64(&j, "relaxations", p->n_relaxations);
	json_text(&j, "site", p->site);
	json_hex(&j, "snapshot_hash", p->snapshot_hash, sizeof(p->snapshot_hash));
	json_i64(&j, "t_ms", e->clock.now_ms);
	json_text(&j, "why", why);
	audit_append(e, &j);
}

static void put_action(struct json *j, const char *key, const struct action *a)
{
	bool job = a->kind == ACTION_JOB || a->kind == ACTION_MIGRATE;
	bool value = a->kind != ACTION_NONE && a->kind != ACTION_RELEASE &&
		     (a->kind != ACTION_JOB || a->verb == VERB_CAP);

	json_open_object(j, key);
	if (job)
		json_text(j, "job", a->job);
	json_text(j, "kind", action_kind_name(a->kind));
	if (a->kind == ACTION_MIGRATE)
		json_text(j, "to", a->to);
	if (value)
		json_i64(j, "value", a->value);
	if (a->kind == ACTION_JOB)
		json_text(j, "verb", job_verb_name(a->verb));
	json_close(j);
}

void audit_decision(struct engine *e, const struct decision *d)
{
	struct buf out;
	struct json j;

	audit_begin(&j, &out);
	put_action(&j, "action", &d->action);
	json_text(&j, "asset", d->asset);
	json_text(&j, "correlation_id", d->correlation_id);
	put_action(&j, "fallback", &d->fallback);
	json_u64(&j, "id", d->id);
	json_text(&j, "kind", "decision");
	json_text(&j, "limit", d->reason.limit);
	json_i64(&j, "marginal_price_e4", d->reason.marginal_price_e4);
	json_u64(&j, "plan", d->plan_id);
	json_text(&j, "reason", reason_name(d->reason.code));
	json_i64(&j, "t_ms", e->clock.now_ms);
	json_i64(&j, "valid_from_ms", d->valid_from_ms);
	json_i64(&j, "valid_until_ms", d->valid_until_ms);
	audit_append(e, &j);
}

void audit_decision_end(struct engine *e, const struct decision *d, int reached)
{
	struct buf out;
	struct json j;

	audit_begin(&j, &out);
	json_text(&j, "asset", d->asset);
	json_text(&j, "fault", d->fault_text);
	json_u64(&j, "id", d->id);
	json_text(&j, "kind", "decision_end");
	if (d->has_measured)
		json_i64(&j, "measured_w", d->measured_w);
	json_text(&j, "reached", sm_name(&decision_sm, reached));
	json_text(&j, "said", d->ack_reason);
	json_text(&j, "state", sm_name(&decision_sm, d->state));
	json_i64(&j, "t_ms", e->clock.now_ms);
	audit_append(e, &j);
}

void audit_renewals(struct engine *e, const uint64_t *ids, int n, int64_t until_ms)
{
	struct buf out;
	struct json j;

	if (n == 0)
		return;
	audit_begin(&j, &out);
	json_open_array(&j, "decisions");
	for (int i = 0; i < n; i++)
		json_item_u64(&j, ids[i]);
	json_close(&j);
	json_text(&j, "kind", "renewal");
	json_i64(&j, "t_ms", e->clock.now_ms);
	json_i64(&j, "valid_until_ms", until_ms);
	audit_append(e, &j);
}

void audit_event_move(struct engine *e, const struct event *ev)
{
	const struct event_move *m = &ev->moves[ev->n_moves - 1];
	struct buf out;
	struct json j;

	audit_begin(&j, &out);
	json_text(&j, "baseline_hash", ev->baseline_hash);
	json_text(&j, "correlation_id", ev->correlation_id);
	json_text(&j, "external_id", ev->external_id);
	json_u64(&j, "id", ev->id);
	json_text(&j, "kind", "event");
	json_text(&j, "phase", event_phase_name((int)m->to));
	json_text(&j, "reason", m->reason);
	json_u64(&j, "revision", ev->revision);
	json_text(&j, "site", ev->site);
	json_text(&j, "source", ev->source);
	json_i64(&j, "t_ms", m->t_ms);
	json_text(&j, "who", m->who);
	audit_append(e, &j);
}

void audit_configuration(struct engine *e, const char *who, const uint8_t *old_hash)
{
	struct buf out;
	struct json j;

	audit_begin(&j, &out);
	json_hex(&j, "hash", e->configuration->hash, sizeof(e->configuration->hash));
	json_text(&j, "kind", "configuration");
	if (old_hash)
		json_hex(&j, "old_hash", old_hash, SHA256_LEN);
	json_u64(&j, "sites", e->configuration->n_sites);
	json_i64(&j, "t_ms", e->clock.now_ms);
	if (who)
		json_text(&j, "who", who);
	audit_append(e, &j);
}

/* A client that is refused all day must not fill the ledger. */
static bool refusal_passes(struct engine *e)
{
	struct records *r = &e->records;
	int64_t minute = e->clock.now_ms / MS_PER_MIN;

	if (minute != r->refusal_minute_ms) {
		r->refusal_minute_ms = minute;
		r->refusals_in_minute = 0;
	}
	if (r->refusals_in_minute < REFUSALS_PER_MINUTE) {
		r->refusals_in_minute++;
		return true;
	}
	r->refusals_suppressed++;
	return false;
}

void engine_audit_refusal(struct engine *e, const char *who, const char *request, int code,
			  const char *text)
{
	struct buf out;
	struct json j;

	e->ingest.refused++;
	if (e->stopping || !refusal_passes(e))
		return;
	audit_begin(&j, &out);
	json_text(&j, "code", err_name(code));
	json_text(&j, "kind", "refusal");
	json_text(&j, "request", request);
	json_u64(&j, "suppressed", e->records.refusals_suppressed);
	json_i64(&j, "t_ms", e->clock.now_ms);
	json_text(&j, "text", text);
	json_text(&j, "who", who);
	e->records.refusals_suppressed = 0;
	audit_append(e, &j);
}

struct reading {
	uint32_t left;
	bool bounded;
	bool (*visit)(void *arg, const struct ledger_audit *r);
	void *arg;
};

static bool visit_audit(void *arg, const struct ledger_op *op)
{
	struct reading *r = arg;

	if (!r->visit(r->arg, op->audit))
		return false;
	return !r->bounded || --r->left > 0;
}

void engine_audit_end(const struct engine *e, struct audit_end *ret)
{
	*ret = e->records.audit_end;
}

int engine_read_audit(const struct engine *e, uint64_t from_seq, uint32_t limit,
		      bool (*visit)(void *arg, const struct ledger_audit *r), void *arg)
{
	struct reading r = {.left = limit, .bounded = limit > 0, .visit = visit, .arg = arg};

	return e->ops->scan(e->world, LEDGER_AUDIT, from_seq ? from_seq : 1, visit_audit, &r);
}
