/* Ready, degraded with its reasons and what is done about each, or failed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "engine/figures.h"
#include "engine/forecasts.h"
#include "engine/health.h"
#include "engine/live.h"
#include "engine/points.h"
#include "engine/state.h"
#include "engine/subscribe.h"

struct survey {
	const struct engine *e;
	struct health *h;
	const struct health *before;
};

static void add(struct survey *s, const char *code, const char *text, const char *doing)
{
	struct health_reason *r;

	if (s->h->n == ARRAY_SIZE(s->h->reasons))
		return;
	r = &s->h->reasons[s->h->n++];
	snprintf(r->code, sizeof(r->code), "%s", code);
	snprintf(r->text, sizeof(r->text), "%s", text);
	snprintf(r->doing, sizeof(r->doing), "%s", doing);
	r->since_ms = s->e->clock.now_ms;
	for (uint32_t i = 0; i < s->before->n; i++) {
		const struct health_reason *b = &s->before->reasons[i];

		if (strcmp(b->code, r->code) == 0 && strcmp(b->text, r->text) == 0)
			r->since_ms = b->since_ms;
	}
}

static void survey_store(struct survey *s)
{
	const struct engine *e = s->e;
	char text[TEXT_MAX_B];
	struct fault f = {0};

	if (e->ops->trouble(e->world, false, &f)) {
		snprintf(text, sizeof(text), "the store refuses writes: %.100s", f.text);
		add(s, "store_error", text,
		    "trying again; nothing is acknowledged or announced, sources send again");
		s->h->state = HEALTH_FAILED;
	}
	if (e->records.rc) {
		snprintf(text, sizeof(text), "the ledger refuses commits: %.100s",
			 err_text(e->records.rc));
		add(s, "store_error", text, "trying again; nothing is announced, leases run out");
		s->h->state = HEALTH_FAILED;
	}
	if (e->ingest.rc) {
		snprintf(text, sizeof(text), "the journal refuses samples: %.100s",
			 err_text(e->ingest.rc));
		add(s, "store_error", text, "samples are not acknowledged, sources send again");
		s->h->state = HEALTH_FAILED;
	}
}

static void survey_clock(struct survey *s)
{
	if (s->e->clock.held_since_ms)
		add(s, "clock_held", "the wall clock was set back",
		    "engine time stands until the wall clock comes by again");
}

/* A forecast that reaches over now does instead of samples. */
static bool is_supplied(const struct live_point *lp, int64_t now_ms)
{
	const struct curve *c = lp->curve;

	if (!live_is_stale(lp, now_ms))
		return true;
	return c && c->start_ms <= now_ms && c->start_ms + (int64_t)c->n * c->step_ms > now_ms;
}

static void survey_points(struct survey *s, const struct site_state *ss)
{
	const struct site *site = ss->site;
	char text[TEXT_MAX_B], first[NAME_MAX_B] = "";
	int n = 0;

	for (int i = 0; i < site->n_bindings; i++) {
		const struct live_point *lp = points_find(s->e, site->bindings[i].point);

		if (lp && is_supplied(lp, s->e->clock.now_ms))
			continue;
		if (n++ == 0)
			snprintf(first, sizeof(first), "%s", site->bindings[i].point);
	}
	if (n == 0)
		return;
	snprintf(text, sizeof(text), "%s%s: no fresh value", first, n > 1 ? " and others" : "");
	add(s, "stale_point", text, "planning with forecasts and last values");
}

/* A value that does not move is no measurement, though it comes on time. */
static void survey_frozen(struct survey *s, const struct site_state *ss)
{
	const struct site *site = ss->site;
	char text[TEXT_MAX_B];

	for (int i = 0; i < site->n_bindings; i++) {
		const struct live_point *lp = points_find(s->e, site->bindings[i].point);
		int64_t ms = lp && !live_is_stale(lp, s->e->clock.now_ms)
				     ? forecasts_frozen_ms(s->e, lp)
				     : 0;

		if (ms == 0)
			continue;
		snprintf(text, sizeof(text), "%.90s: the same value for hours",
			 site->bindings[i].point);
		add(s, "frozen_point", text, "these values are left out of forecasts");
	}
}

static void survey_sources(struct survey *s, const struct plan *p)
{
	char text[TEXT_MAX_B];

	for (uint32_t i = 0; i < p->n_sources; i++) {
		if (p->sources[i].quality != QUALITY_MISSING)
			continue;
		snprintf(text, sizeof(text), "%s of %s: nothing known", p->sources[i].input,
			 p->site);
		add(s, "no_forecast", text, "planning with a cautious assumption");
		return;
	}
}

static void survey_plan(struct survey *s, const struct site_state *ss)
{
	const struct plan *p = ss->held ? ss->held->plan : NULL;
	int64_t now = s->e->clock.now_ms;
	char text[TEXT_MAX_B];

	if (!p || plan_slot_at(p, now) < 0) {
		s->h->plan_age_ms = -1;
		snprintf(text, sizeof(text), "%s has no plan", ss->site->id);
		add(s, "no_plan", text, "no decisions; assets are on their fallbacks");
	} else {
		if (s->h->plan_age_ms >= 0)
			s->h->plan_age_ms = max_i64(s->h->plan_age_ms, now - p->created_ms);
		survey_sources(s, p);
	}
	if (ss->group->solver_rc) {
		snprintf(text, sizeof(text), "%s: %.90s", ss->site->id, ss->group->solver.text);
		add(s, "solver_failed", text, p ? "keeping the previous plan" : "trying again");
	}
	if (p && p->status == PLAN_SHIFTED) {
		snprintf(text, sizeof(text), "%s runs on an old plan", ss->site->id);
		add(s, "keeping_plan", text, "a new one is made at the next slot");
	}
}

static void survey_assets(struct survey *s, const struct site_state *ss)
{
	char text[TEXT_MAX_B];

	for (int i = 0; i < ss->n_assets; i++) {
		const struct asset_state *as = &ss->assets[i];
		bool open = as->current && as->current->d.state == DECISION_ISSUED;

		if (as->out_until_ms > s->e->clock.now_ms) {
			snprintf(text, sizeof(text), "%s did not carry out its decision", as->path);
			add(s, "decision_failed", text, "planned without it for this slot");
		}
		if (!open || (!as->current->overdue && subscribe_covers(s->e, as->path, true)))
			continue;
		snprintf(text, sizeof(text), "%s: no adapter answers", as->path);
		add(s, "adapter_silent", text, "sending again; its fallback holds after the lease");
	}
}

void health_look(const struct engine *e)
{
	enum health_state before = e->health->now.state;
	struct health now;

	engine_health(e, &now);
	if (now.state != before)
		log_write(now.state == HEALTH_READY ? LOG_NOTICE : LOG_WARNING, ENGINE_LOG,
			  "health: %s%s%s%s%s",
			  now.state == HEALTH_READY	 ? "ready"
			  : now.state == HEALTH_DEGRADED ? "degraded"
							 : "failed",
			  now.n ? ": " : "", now.n ? now.reasons[0].text : "", now.n ? ", " : "",
			  now.n ? now.reasons[0].doing : "");
}

static void note_figures(const struct engine *e, struct health *now)
{
	struct operator_figures op;
	struct world_figures w;

	figures_of_world(e, &w);
	figures_of_operators(e, &op);
	now->ledger_bytes = w.ledger_bytes;
	now->journal_bytes = w.journal_bytes;
	now->series_bytes = w.series_bytes;
	now->solver_ms = w.solver_ms;
	now->pending = op.pending;
	for (size_t i = 0; i < e->n_sites; i++) {
		const struct held_plan *h = e->sites[i].held;

		if (h && h->plan->gap > now->solver_gap)
			now->solver_gap = h->plan->gap;
	}
}

void engine_health(const struct engine *e, struct health *ret)
{
	struct health_memory *memory = e->health;
	struct health *now = ret;
	struct survey s = {.e = e, .h = now, .before = &memory->now};

	memset(now, 0, sizeof(*now));
	now->state = HEALTH_READY;
	now->samples = e->ingest.samples;
	now->audit_seq = e->records.meta.audit_seq;
	note_figures(e, now);
	survey_store(&s);
	survey_clock(&s);
	for (size_t i = 0; i < e->n_sites; i++) {
		survey_plan(&s, &e->sites[i]);
		survey_points(&s, &e->sites[i]);
		survey_frozen(&s, &e->sites[i]);
		survey_assets(&s, &e->sites[i]);
	}
	if (now->n > 0 && now->state == HEALTH_READY)
		now->state = HEALTH_DEGRADED;
	memory->now = *now;
}
