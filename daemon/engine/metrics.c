/* What the engine counts, in Prometheus' text form. */
#include <stdio.h>
#include <stdlib.h>

#include "base/require.h"
#include "engine/figures.h"
#include "engine/state.h"

#define METRICS_MAX 192
#define SOURCES_MAX 64
#define LABEL_B (NAME_MAX_B + 16)

struct sheet {
	struct metric at[METRICS_MAX];
	size_t n;
	char labels[SOURCES_MAX][LABEL_B]; /* of sources */
};

static void put(struct sheet *s, enum metric_kind kind, const char *name, const char *labels,
		const char *help, double value)
{
	REQUIRE(s->n < METRICS_MAX);
	s->at[s->n++] = (struct metric){
		.name = name, .labels = labels, .help = help, .kind = kind, .value = value};
}

#define COUNTER(s, name, help, value) put(s, METRIC_COUNTER, name, NULL, help, (double)(value))
#define GAUGE(s, name, help, value) put(s, METRIC_GAUGE, name, NULL, help, (double)(value))

static void put_ingest(struct sheet *s, const struct engine *e)
{
	static const char *const labels[] = {"quality=\"ok\"", "quality=\"estimated\"",
					     "quality=\"missing\"", "quality=\"bad\""};

	for (size_t i = 0; i < ARRAY_SIZE(labels); i++)
		put(s, METRIC_COUNTER, "suandian_ingest_samples_total", labels[i],
		    "Samples taken, by quality; missing ones are dropped.",
		    (double)e->ingest.by_quality[i]);
	COUNTER(s, "suandian_ingest_batches_total", "Batches taken.", e->ingest.batches);
	COUNTER(s, "suandian_ingest_duplicates_total", "Batches ignored as seen before.",
		e->ingest.duplicates);
	COUNTER(s, "suandian_ingest_gaps_total", "Gaps in batch numbers.", e->ingest.gaps);
	COUNTER(s, "suandian_refused_total", "Batches and requests refused.", e->ingest.refused);
	GAUGE(s, "suandian_points", "Points declared.", e->points.n);
}

static void put_plan(struct sheet *s, const struct engine *e)
{
	uint64_t adopted = 0, kept = 0, shifted = 0;
	struct health h;

	for (size_t i = 0; i < e->n_sites; i++) {
		adopted += e->sites[i].adopted;
		kept += e->sites[i].kept;
		shifted += e->sites[i].shifted;
	}
	engine_health(e, &h);
	COUNTER(s, "suandian_plan_runs_total", "Planning runs begun.", e->cycle.runs);
	COUNTER(s, "suandian_plan_failures_total", "Planning runs without a result.",
		e->cycle.failures);
	COUNTER(s, "suandian_plan_dropped_total", "Results dropped as out of date.",
		e->cycle.dropped);
	COUNTER(s, "suandian_plans_adopted_total", "New plans that went into force.", adopted);
	COUNTER(s, "suandian_plans_kept_total", "Runs after which the old plan stayed.", kept);
	COUNTER(s, "suandian_plans_shifted_total", "Old plans kept for lack of a result.", shifted);
	GAUGE(s, "suandian_plan_age_seconds", "Age of the oldest plan in force, -1 without one.",
	      h.plan_age_ms < 0 ? -1.0 : (double)h.plan_age_ms / (double)MS_PER_S);
	GAUGE(s, "suandian_health_state", "0 ready, 1 degraded, 2 failed.", h.state);
	GAUGE(s, "suandian_health_reasons", "Reasons for not being ready.", h.n);
}

static void put_decisions(struct sheet *s, const struct engine *e)
{
	uint64_t in_force = 0, open = 0;
	size_t live = 0, at = 0;
	const struct event_live *el;

	list_foreach(it, &e->decisions.in_force)
	{
		const struct decision_live *dl = list_entry(it, struct decision_live, node);

		in_force++;
		open += dl->d.state == DECISION_ISSUED;
	}
	while ((el = map_next(&e->events.by_id, &at, NULL, NULL)))
		live += event_is_live(&el->ev);
	COUNTER(s, "suandian_outlooks_total", "Forecasts made from a point's own past.",
		e->forecasts.outlooks);
	COUNTER(s, "suandian_forecasts_learnt_total", "Points whose past was learnt from anew.",
		e->forecasts.learnt);
	COUNTER(s, "suandian_decisions_total", "Decisions issued.", e->decisions.total);
	COUNTER(s, "suandian_decision_renewals_total", "Leases renewed.", e->decisions.renewals);
	COUNTER(s, "suandian_decisions_failed_total", "Decisions that failed or were rejected.",
		e->decisions.failed);
	COUNTER(s, "suandian_decision_resends_total", "Sendings repeated for lack of an answer.",
		e->decisions.resent);
	GAUGE(s, "suandian_decisions_in_force", "Decisions in force.", in_force);
	GAUGE(s, "suandian_decisions_open", "Of these, without an answer.", open);
	COUNTER(s, "suandian_event_moves_total", "Moves of events.", e->events.moves);
	GAUGE(s, "suandian_events_live", "Events accepted, armed or active.", live);
}

static void put_jobs(struct sheet *s, const struct engine *e)
{
	uint64_t late = 0;

	for (int i = 0; i < e->jobs.n_queues; i++)
		late += e->jobs.queues[i].n_late;
	GAUGE(s, "suandian_jobs_live", "Jobs that are not over.", e->jobs.n_live);
	GAUGE(s, "suandian_jobs_late", "Of these, not done in time under the plan in force.", late);
	COUNTER(s, "suandian_jobs_pushed_total", "Jobs pushed, repetitions included.",
		e->jobs.pushed);
	COUNTER(s, "suandian_job_events_total", "Events of jobs, repetitions included.",
		e->jobs.events);
	COUNTER(s, "suandian_jobs_lost_device_seconds_total", "Work lost by pauses.",
		e->jobs.lost_ds);
	COUNTER(s, "suandian_jobs_off_target_joules_total",
		"What the jobs' powers were off the plan's, by disaggregation.",
		e->jobs.off_wh * 3600);
}

static void put_ledger(struct sheet *s, const struct engine *e)
{
	COUNTER(s, "suandian_ledger_commits_total", "Commits of the ledger.", e->records.commits);
	COUNTER(s, "suandian_ledger_failures_total", "Commits that failed and were tried again.",
		e->records.failures);
	COUNTER(s, "suandian_audit_records_total", "Records of the audit chain.",
		e->records.meta.audit_seq);
	GAUGE(s, "suandian_engine_time_seconds", "Engine time, Unix seconds.",
	      (double)e->clock.now_ms / (double)MS_PER_S);
	COUNTER(s, "suandian_invariants_failed_total", "Invariants found broken and survived.",
		require_failed_count());
}

static void put_world(struct sheet *s, const struct engine *e)
{
	struct world_figures w;
	struct health h;

	figures_of_world(e, &w);
	engine_health(e, &h);
	put(s, METRIC_GAUGE, "suandian_store_used_bytes", "environment=\"ledger\"", "Pages in use.",
	    (double)w.ledger_bytes);
	put(s, METRIC_GAUGE, "suandian_store_used_bytes", "environment=\"journal\"",
	    "Pages in use.", (double)w.journal_bytes);
	put(s, METRIC_GAUGE, "suandian_store_used_bytes", "environment=\"series\"", "Pages in use.",
	    (double)w.series_bytes);
	GAUGE(s, "suandian_store_flush_seconds", "One flush of the journal, smoothed.",
	      w.commit_ms / (double)MS_PER_S);
	GAUGE(s, "suandian_solver_seconds", "Real time of the last plan.",
	      w.solver_ms / (double)MS_PER_S);
	GAUGE(s, "suandian_plan_gap_ratio", "The largest certified gap of the plans in force.",
	      h.solver_gap);
	GAUGE(s, "suandian_watermark_seconds",
	      "Everything bound was heard of up to then, Unix seconds; 0 without.",
	      (double)engine_watermark(e) / (double)MS_PER_S);
}

/* Names of sources are of [a-z0-9_.-] and /: nothing in them needs to be escaped. */
static void put_sources(struct sheet *s, const struct engine *e)
{
	struct source_figures at[SOURCES_MAX];
	uint32_t n = engine_sources(e, at, SOURCES_MAX);

	for (uint32_t i = 0; i < n; i++) {
		int64_t lag = e->clock.now_ms - at[i].newest_ms;

		snprintf(s->labels[i], LABEL_B, "source=\"%s\"", at[i].name);
		put(s, METRIC_GAUGE, "suandian_source_lag_seconds", s->labels[i],
		    "Age of the newest sample of a source, -1 without one.",
		    at[i].newest_ms ? (double)max_i64(lag, 0) / (double)MS_PER_S : -1.0);
	}
}

static void put_operators(struct sheet *s, const struct engine *e)
{
	struct operator_figures f;

	figures_of_operators(e, &f);
	GAUGE(s, "suandian_overrides_in_force", "Overrides of operators in force.", f.overrides);
	GAUGE(s, "suandian_assets_out_of_service", "Assets that operators took out of service.",
	      f.out_of_service);
	GAUGE(s, "suandian_approvals_pending", "What waits for a second person.", f.pending);
	GAUGE(s, "suandian_sites_not_auto", "Sites in the mode advisory or hold.", f.not_auto);
}

int engine_metrics(const struct engine *e, struct buf *out)
{
	struct sheet *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	put_ingest(s, e);
	put_plan(s, e);
	put_decisions(s, e);
	put_jobs(s, e);
	put_ledger(s, e);
	put_world(s, e);
	put_sources(s, e);
	put_operators(s, e);
	r = metric_write(s->at, s->n, out);
	free(s);
	return r;
}
