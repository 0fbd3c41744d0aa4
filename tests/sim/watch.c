#include "simtest/watch.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

static void PRINTF_LIKE(2, 3) broke(struct watch *w, const char *fmt, ...)
{
	va_list ap;

	if (w->why[0])
		return;
	va_start(ap, fmt);
	vsnprintf(w->why, sizeof(w->why), fmt, ap);
	va_end(ap);
}

/* Named for the step that the slot is in: of a quarter hour, or of an hour far ahead. */
static bool is_relaxed(const struct plan *p, const char *limit, int64_t slot_ms)
{
	for (uint32_t i = 0; i < p->n_relaxations; i++) {
		const struct plan_relaxation *r = &p->relaxations[i];

		if (strstr(r->limit, limit) && r->start_ms <= slot_ms &&
		    slot_ms < r->start_ms + MS_PER_H)
			return true;
	}
	return false;
}

static void check_storage(struct watch *w, const struct plan *p, const struct plan_asset *pa,
			  const struct storage *st)
{
	char reserve[ID_MAX];

	snprintf(reserve, sizeof(reserve), "storage[%.40s].reserve", st->id);
	for (uint32_t i = 0; i < p->n; i++) {
		/* whole watts and watt-hours: a step may end one off */
		bool falls = i > 0 && pa->level[i] < pa->level[i - 1];
		bool below = falls && pa->level[i] < st->soc_min_wh - 2;

		if (falls && pa->level[i] < st->reserve_wh - 2 &&
		    !is_relaxed(p, reserve, p->start_ms[i]))
			broke(w, "plan %" PRIu64 ": %s takes from its reserve, to %" PRId64 " Wh",
			      p->id, pa->asset, pa->level[i]);

		if (pa->power_w[i] > st->charge_max_w + 1 ||
		    -pa->power_w[i] > st->discharge_max_w + 1)
			broke(w, "plan %" PRIu64 ": %s at %" PRId64 " W", p->id, pa->asset,
			      pa->power_w[i]);
		if (pa->level[i] > st->soc_max_wh + 2 || below)
			broke(w, "plan %" PRIu64 ": %s at level %" PRId64 " Wh", p->id, pa->asset,
			      pa->level[i]);
	}
}

static void check_assets(struct watch *w, const struct plan *p, const struct site *s)
{
	char path[ID_MAX * 2];
	const struct plan_asset *pa;

	for (int k = 0; k < s->n_storage; k++) {
		pa = plan_find_asset(p, asset_path(path, sizeof(path), s, s->storage[k].id));
		if (pa)
			check_storage(w, p, pa, &s->storage[k]);
		else
			broke(w, "plan %" PRIu64 " does not know %s", p->id, path);
	}
	for (int k = 0; k < s->n_generators; k++) {
		pa = plan_find_asset(p, asset_path(path, sizeof(path), s, s->generators[k].id));
		for (uint32_t i = 0; pa && i < p->n; i++) {
			if (pa->power_w[i] > 0 || -pa->power_w[i] > pa->available_w[i] + 1)
				broke(w, "plan %" PRIu64 ": %s beyond the sun", p->id, path);
		}
	}
	for (int k = 0; k < s->n_queues; k++) {
		int64_t all =
			s->queues[k].devices * s->queues[k].device_power_w * s->load.pue_ppm / PPM;

		pa = plan_find_asset(p, asset_path(path, sizeof(path), s, s->queues[k].id));
		for (uint32_t i = 0; pa && i < p->n; i++) {
			if (pa->power_w[i] < 0 || pa->power_w[i] > all + 2)
				broke(w, "plan %" PRIu64 ": %s at %" PRId64 " W", p->id, path,
				      pa->power_w[i]);
		}
	}
}

static void check_pcc(struct watch *w, const struct plan *p, const struct site *s)
{
	for (uint32_t i = 0; i < p->n; i++) {
		if (p->pcc_w[i] > s->pcc.import_max_w + 1 &&
		    !is_relaxed(p, "import_max", p->start_ms[i]))
			broke(w, "plan %" PRIu64 " imports %" PRId64 " W", p->id, p->pcc_w[i]);
		if (-p->pcc_w[i] > s->pcc.export_max_w + 1 &&
		    !is_relaxed(p, "export_max", p->start_ms[i]))
			broke(w, "plan %" PRIu64 " exports %" PRId64 " W", p->id, -p->pcc_w[i]);
		/* the greedy planner knows no contract */
		if (p->pcc_w[i] > s->pcc.contracted_demand_w + 1 &&
		    strcmp(p->solver, "greedy") != 0 && p->status != PLAN_SHIFTED &&
		    !is_relaxed(p, "contracted_demand", p->start_ms[i]))
			broke(w, "plan %" PRIu64 " takes %" PRId64 " W, above the contract", p->id,
			      p->pcc_w[i]);
		/* the floor of what must not be cut */
		if (p->unserved_w[i] < 0 || p->unserved_w[i] > p->load_w[i])
			broke(w, "plan %" PRIu64 " does not serve the load", p->id);
		if (p->unserved_w[i] > 0 && !is_relaxed(p, "unserved", p->start_ms[i]) &&
		    !is_relaxed(p, "load", p->start_ms[i]))
			broke(w, "plan %" PRIu64 " drops load without a word", p->id);
	}
}

static void check_plan(struct watch *w, const struct plan *p, const struct site *s)
{
	if (plan_imbalance_w(p) != 0)
		broke(w, "plan %" PRIu64 " is off balance", p->id);
	check_assets(w, p, s);
	check_pcc(w, p, s);
}

void watch_plan(struct watch *w, const struct run *r)
{
	const struct plan *p = NULL;
	struct arena a;

	arena_init(&a, (size_t)16 << 20);
	if (engine_get_plan(r->engine, "hongyuan", 0, 0, &a, &p) == 0 && p->id != w->last_plan) {
		if (p->id < w->last_plan)
			broke(w, "plan %" PRIu64 " after %" PRIu64, p->id, w->last_plan);
		w->last_plan = p->id;
		w->plans++;
		w->relaxations += p->n_relaxations;
		check_plan(w, p, &r->configuration->sites[0]);
	}
	arena_fini(&a);
}

/* ---- the end ---- */

struct ledger {
	struct watch *w;
	const struct configuration *configuration;
	struct map decisions, plans; /* told by the audit chain */
	uint64_t next_decision, n_decisions, n_plans;
	struct ledger_meta meta;
};

static bool on_meta(void *arg, const struct ledger_op *op)
{
	((struct ledger *)arg)->meta = *op->meta;
	return false;
}

static bool on_decision(void *arg, const struct ledger_op *op)
{
	struct ledger *l = arg;

	if (op->decision->id != ++l->n_decisions)
		broke(l->w, "decision %" PRIu64 " is missing", l->n_decisions);
	return true;
}

static bool on_plan(void *arg, const struct ledger_op *op)
{
	struct ledger *l = arg;
	uint8_t hash[SHA256_LEN];

	if (op->plan->id != ++l->n_plans)
		broke(l->w, "plan %" PRIu64 " is missing", l->n_plans);
	plan_hash_compute(op->plan, hash);
	if (configuration_site(l->configuration, op->plan->site))
		check_plan(l->w, op->plan, configuration_site(l->configuration, op->plan->site));
	else
		broke(l->w, "plan %" PRIu64 " of an unknown site", op->plan->id);
	if (memcmp(hash, op->plan->plan_hash, sizeof(hash)) != 0)
		broke(l->w, "plan %" PRIu64 " is not what was hashed", op->plan->id);
	return true;
}

static bool on_event(void *arg, const struct ledger_op *op)
{
	struct ledger *l = arg;
	int phase = op->event->phase;

	if (phase != EVENT_COMPLETED && phase != EVENT_CANCELLED && phase != EVENT_SUPERSEDED &&
	    phase != EVENT_REJECTED)
		broke(l->w, "event %s ended as %s", op->event->external_id,
		      event_phase_name(phase));
	if (phase == EVENT_COMPLETED && !op->event->baseline_hash[0])
		broke(l->w, "event %s has no frozen baseline", op->event->external_id);
	return true;
}

/* The number behind "id": in the body of a record of that kind; 0 if it is of another. */
static uint64_t id_in(const char *body, const char *kind)
{
	char want[40];
	const char *at;

	snprintf(want, sizeof(want), "\"kind\":\"%s\"", kind);
	at = strstr(body, want) ? strstr(body, "\"id\":") : NULL;
	return at ? strtoull(at + 5, NULL, 10) : 0;
}

static bool on_audit(void *arg, const struct ledger_op *op)
{
	struct ledger *l = arg;
	char body[1024];
	void *old = NULL;
	uint64_t id;

	snprintf(body, sizeof(body), "%.*s", (int)op->audit->len, (const char *)op->audit->body);
	id = id_in(body, "decision");
	if (id && map_put_u64(&l->decisions, id, l, &old) == 0 && old)
		broke(l->w, "decision %" PRIu64 " is audited twice", id);
	id = id_in(body, "plan");
	if (id && map_put_u64(&l->plans, id, l, &old) == 0 && old)
		broke(l->w, "plan %" PRIu64 " is audited twice", id);
	return true;
}

static void check_batches(struct watch *w, const struct disk *d)
{
	for (uint64_t i = 1; i < d->flushes; i++) {
		const struct disk_batch_id *a = &d->flushed[i - 1], *b = &d->flushed[i];

		if (a->epoch == b->epoch && b->seq <= a->seq)
			broke(w, "batch %" PRIu64 " was journaled after %" PRIu64, b->seq, a->seq);
	}
}

void watch_end(struct watch *w, const struct run *r, uint8_t ret_head[32])
{
	const struct disk *d = &r->world.disk;
	struct ledger l = {.w = w, .configuration = r->configuration};
	uint64_t records;

	map_init_u64(&l.decisions);
	map_init_u64(&l.plans);
	disk_scan(d, LEDGER_META, 0, on_meta, &l);
	disk_scan(d, LEDGER_DECISION, 1, on_decision, &l);
	disk_scan(d, LEDGER_PLAN, 1, on_plan, &l);
	disk_scan(d, LEDGER_EVENT, 1, on_event, &l);
	disk_scan(d, LEDGER_AUDIT, 1, on_audit, &l);
	if (!disk_verify_audit(d, &records, ret_head))
		broke(w, "the audit chain does not verify");
	if (records != l.meta.audit_seq || memcmp(ret_head, l.meta.audit_head, 32) != 0)
		broke(w, "the chain's head is not the one in META");
	if (l.n_decisions + 1 != l.meta.next_decision || map_count(&l.decisions) != l.n_decisions)
		broke(w, "%" PRIu64 " decisions, %zu audited", l.n_decisions,
		      map_count(&l.decisions));
	if (l.n_plans + 1 != l.meta.next_plan || map_count(&l.plans) != l.n_plans)
		broke(w, "%" PRIu64 " plans, %zu audited", l.n_plans, map_count(&l.plans));
	if (r->unacked_durable)
		broke(w, "%" PRIu64 " batches acknowledged but not durable", r->unacked_durable);
	check_batches(w, d);
	map_fini(&l.decisions);
	map_fini(&l.plans);
}
