/* From the ledger and the journal back to where the engine stood. Ledger first: numbers, points, events, plans,
 * decisions; then the samples on top of them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "engine/adopt.h"
#include "engine/curves.h"
#include "engine/dayflags.h"
#include "engine/decisions.h"
#include "engine/drevent.h"
#include "engine/drmove.h"
#include "engine/forecasts.h"
#include "engine/ingest.h"
#include "engine/instruct.h"
#include "engine/jobs.h"
#include "engine/live.h"
#include "engine/peak.h"
#include "engine/points.h"
#include "engine/readback.h"
#include "engine/reconfigure.h"
#include "engine/records.h"
#include "engine/state.h"

#define DISPATCH_BACK_MS (2 * MS_PER_DAY)
#define SAMPLES_BACK_MS (8 * MS_PER_DAY)

struct recovery {
	struct engine *e;
	int rc;
	uint64_t *plan_ids; /* by site */
	int site;	    /* whose plan is looked for */
	bool same_config;
};

static bool on_meta(void *arg, const struct ledger_op *op)
{
	struct recovery *r = arg;

	r->e->records.meta = *op->meta;
	r->e->records.audit_end.seq = op->meta->audit_seq;
	memcpy(r->e->records.audit_end.head, op->meta->audit_head, sizeof(op->meta->audit_head));
	r->e->clock.now_ms = op->meta->now_ms;
	return false;
}

static bool on_point(void *arg, const struct ledger_op *op)
{
	struct recovery *r = arg;

	r->rc = points_restore(r->e, op->point);
	return r->rc == 0;
}

static bool on_curve(void *arg, const struct ledger_op *op)
{
	struct recovery *r = arg;

	r->rc = curves_restore(r->e, op->curve);
	return r->rc == 0;
}

static bool on_event(void *arg, const struct ledger_op *op)
{
	struct recovery *r = arg;

	r->rc = drevent_restore(r->e, op->event);
	return r->rc == 0;
}

static bool on_dispatch(void *arg, const struct ledger_op *op)
{
	struct recovery *r = arg;

	for (size_t i = 0; i < r->e->n_sites; i++) {
		if (strcmp(r->e->sites[i].site->id, op->dispatch->site) != 0)
			continue;
		/* a reload may have given the site another number in the middle of a slot */
		if (op->dispatch->slot_ms == r->e->sites[i].dispatched_ms &&
		    op->dispatch->plan_id < r->plan_ids[i])
			continue;
		r->plan_ids[i] = op->dispatch->plan_id;
		r->e->sites[i].dispatched_ms = op->dispatch->slot_ms;
	}
	return true;
}

static bool on_plan(void *arg, const struct ledger_op *op)
{
	struct recovery *r = arg;

	if (op->plan->id == r->plan_ids[r->site])
		r->rc = adopt_restore(r->e, &r->e->sites[r->site], op->plan);
	return false;
}

static bool on_job(void *arg, const struct ledger_op *op)
{
	struct recovery *r = arg;

	r->rc = jobs_restore(r->e, op->job);
	return r->rc == 0;
}

static bool on_decision(void *arg, const struct ledger_op *op)
{
	struct recovery *r = arg;

	r->rc = decisions_restore(r->e, op->decision);
	return r->rc == 0;
}

static bool on_peak(void *arg, const struct ledger_op *op)
{
	struct recovery *r = arg;

	peak_restore(r->e, op->peak);
	return true;
}

static bool on_instruction(void *arg, const struct ledger_op *op)
{
	struct recovery *r = arg;

	r->rc = instruct_restore(r->e, op->instruction);
	return r->rc == 0;
}

static bool on_day_flag(void *arg, const struct ledger_op *op)
{
	struct recovery *r = arg;

	r->rc = dayflags_restore(r->e, op->day_flag);
	return r->rc == 0;
}

static bool on_config(void *arg, const struct ledger_op *op)
{
	struct recovery *r = arg;
	const char *text = r->e->configuration->canonical;
	size_t n = text ? strlen(text) : 0;

	/* the last one visited is the latest */
	r->same_config = op->blob->len == n && memcmp(op->blob->data, text ? text : "", n) == 0;
	return true;
}

static int scan(struct recovery *r, enum ledger_kind kind, uint64_t from,
		bool (*visit)(void *arg, const struct ledger_op *op))
{
	int rc = r->e->ops->scan(r->e->world, kind, from, visit, r);

	return rc ? rc : r->rc;
}

static int recover_plans(struct recovery *r)
{
	int64_t from = max_i64(r->e->clock.now_ms - DISPATCH_BACK_MS, 0);
	int rc = scan(r, LEDGER_DISPATCH, (uint64_t)from, on_dispatch);

	for (size_t i = 0; rc == 0 && i < r->e->n_sites; i++) {
		r->site = (int)i;
		if (r->plan_ids[i])
			rc = scan(r, LEDGER_PLAN, r->plan_ids[i], on_plan);
	}
	return rc;
}

static int recover_ledger(struct recovery *r)
{
	int rc = scan(r, LEDGER_META, 0, on_meta);

	if (rc == 0)
		rc = scan(r, LEDGER_POINT, 1, on_point);
	if (rc == 0)
		rc = scan(r, LEDGER_CURVE, 1, on_curve);
	if (rc == 0)
		rc = scan(r, LEDGER_EVENT, 1, on_event);
	if (rc == 0)
		rc = recover_plans(r);
	if (rc == 0)
		rc = scan(r, LEDGER_JOB, 1, on_job);
	if (rc == 0)
		rc = scan(r, LEDGER_DECISION, decisions_restore_from(r->e), on_decision);
	if (rc == 0)
		rc = scan(r, LEDGER_PEAK, 0, on_peak);
	if (rc == 0)
		rc = scan(r, LEDGER_OVERRIDE, 1, on_instruction);
	if (rc == 0)
		rc = scan(r, LEDGER_DAYFLAG, 1, on_day_flag);
	if (rc == 0)
		rc = scan(r, LEDGER_CONFIG, 0, on_config);
	return rc;
}

static bool on_sample(void *arg, uint32_t point, const struct sample *s)
{
	struct engine *e = arg;
	struct live_point *lp = points_get(e, point);

	if (lp)
		live_add(lp, s);
	return true;
}

static void on_cursor(void *arg, const char *source, uint64_t epoch, uint64_t seq)
{
	struct recovery *r = arg;
	int rc = ingest_restore_cursor(r->e, source, epoch, seq);

	if (rc)
		r->rc = rc;
}

static int recover_samples(struct recovery *r)
{
	struct engine *e = r->e;
	int64_t since = e->clock.now_ms - SAMPLES_BACK_MS;
	int rc = forecasts_restore(e, since);

	if (rc == 0)
		rc = e->ops->recent(e->world, since, on_sample, e);

	if (rc == 0)
		rc = e->ops->cursors(e->world, on_cursor, r);
	for (size_t i = 0; rc == 0 && i < e->n_sites; i++)
		peak_restore_samples(e, &e->sites[i]);
	return rc ? rc : r->rc;
}

/* A crash between an event's commit and that of the plan that serves it leaves a plan to be made. */
static void resume_sites(struct engine *e)
{
	struct event_live *el;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL))) {
		const struct plan *p;
		bool served = false;

		if (el->site < 0) {
			if (sm_allowed(&event_sm, el->ev.phase, EVENT_CANCELLED))
				drmove_to(e, el, EVENT_CANCELLED, "suandiand",
					  "its site is configured no more");
			continue;
		}
		if (!event_is_live(&el->ev))
			continue;
		p = e->sites[el->site].held ? e->sites[el->site].held->plan : NULL;
		for (uint32_t i = 0; p && i < p->n_events; i++)
			served |= strcmp(p->events[i], el->ev.correlation_id) == 0;
		if (served)
			continue;
		e->sites[el->site].want_plan = true;
		e->sites[el->site].must_adopt = true;
	}
}

int engine_recover(struct engine *e, struct fault *f)
{
	struct recovery r = {.e = e};
	int rc;

	r.plan_ids = calloc(e->n_sites ? e->n_sites : 1, sizeof(*r.plan_ids));
	rc = r.plan_ids ? recover_ledger(&r) : -ENOMEM;
	if (rc == 0)
		rc = recover_samples(&r);
	free(r.plan_ids);
	if (rc)
		return fault_set(f, rc, "recovery from the store: %s", err_text(rc));
	list_foreach(it, &e->decisions.in_force)
		readback_schedule(e, list_entry(it, struct decision_live, node));
	resume_sites(e);
	if (!r.same_config)
		reconfigure_record(e, NULL, NULL);
	e->recovered = true;
	log_info(ENGINE_LOG,
		 "recovered: %u points, %zu events, plan %" PRIu64 ", decision %" PRIu64
		 ", audit %" PRIu64,
		 e->points.n, map_count(&e->events.by_id), e->records.meta.next_plan - 1,
		 e->records.meta.next_decision - 1, e->records.meta.audit_seq);
	return 0;
}
