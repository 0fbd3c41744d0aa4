#include "api/core.h"

#include <stdio.h>

#include "api/limits.h"
#include "base/clock.h"

/* Twice what the largest frame may take to decode: blocks are handed out whole. */
#define FRAME_ARENA_MAX ((size_t)20 << 20)

static const double ack_bounds_s[] = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05,
				      0.1,   0.2,   0.5,   1,	 2,    5};

void core_init(struct core *c, struct loop *loop, struct engine *engine, const char *build)
{
	*c = (struct core){.loop = loop, .engine = engine, .started_ms = clock_mono_ms()};
	snprintf(c->build, sizeof(c->build), "%s", build);
	arena_init(&c->in, FRAME_ARENA_MAX);
	arena_init(&c->out, ANSWER_ARENA_MAX);
	buf_init(&c->scratch, 0);
	list_init(&c->pendings);
	map_init_u64(&c->subscribers);
	map_init_str(&c->sources);
	c->ack_s = (struct metric){
		.name = "suandian_api_ack_seconds",
		.help = "From a batch's arrival to its acknowledgement",
		.kind = METRIC_HISTOGRAM,
		.bounds = ack_bounds_s,
		.n_bounds = ARRAY_SIZE(ack_bounds_s),
	};
}

void core_fini(struct core *c)
{
	map_fini(&c->sources);
	map_fini(&c->subscribers);
	buf_fini(&c->scratch);
	arena_fini(&c->out);
	arena_fini(&c->in);
}

struct arena *core_answer(struct core *c)
{
	arena_reset(&c->out);
	return &c->out;
}

void core_note_refusal(struct core *c, const char *who, const char *request, const char *text)
{
	int64_t now_ms = clock_mono_ms();
	int64_t pace_ms = max_i64(c->refusals.until_ms, now_ms) + REFUSAL_EVERY_MS;
	char more[240];

	c->n.denied++;
	if (pace_ms - now_ms > (int64_t)REFUSAL_BURST * REFUSAL_EVERY_MS) {
		c->refusals.unrecorded++;
		return;
	}
	c->refusals.until_ms = pace_ms;
	snprintf(more, sizeof(more), "%s", text);
	if (c->refusals.unrecorded)
		snprintf(more, sizeof(more), "%s (and %llu before it, not recorded)", text,
			 (unsigned long long)c->refusals.unrecorded);
	c->refusals.unrecorded = 0;
	engine_audit_refusal(c->engine, who, request, ERR_DENIED, more);
}

double core_ack_p99_ms(const struct core *c)
{
	const struct metric *m = &c->ack_s;
	uint64_t all = 0, seen = 0;

	for (uint32_t i = 0; i <= m->n_bounds; i++)
		all += m->buckets[i];
	for (uint32_t i = 0; all > 0 && i < m->n_bounds; i++) {
		seen += m->buckets[i];
		if (100 * seen >= 99 * all)
			return 1000 * m->bounds[i];
	}
	return all > 0 ? 1000 * m->bounds[m->n_bounds - 1] : 0;
}

/* ---- Metrics ----------------------------------------------------------------------------------- */

static struct metric counter(const char *name, const char *help, uint64_t value)
{
	return (struct metric){
		.name = name, .help = help, .kind = METRIC_COUNTER, .value = (double)value};
}

static struct metric gauge(const char *name, const char *help, double value)
{
	return (struct metric){.name = name, .help = help, .kind = METRIC_GAUGE, .value = value};
}

int core_write_metrics(struct core *c, struct buf *out)
{
	const struct counters *n = &c->n;
	struct loop_lag lag;

	loop_get_lag(c->loop, &lag);
	struct metric metrics[] = {
		gauge("suandian_api_sessions", "Open connections", c->n_sessions),
		counter("suandian_api_accepted_total", "Connections accepted", n->accepted),
		counter("suandian_api_connections_refused_total",
			"Connections refused for the cap on sessions", n->refused_connections),
		counter("suandian_api_evicted_total",
			"Connections without a Hello closed to make room", n->evicted),
		counter("suandian_api_goodbyes_total", "Sessions closed with a reason",
			n->goodbyes),
		counter("suandian_api_frames_in_total", "Frames received", n->frames_in),
		counter("suandian_api_frames_out_total", "Frames sent", n->frames_out),
		counter("suandian_api_malformed_total", "Frames that could not be decoded",
			n->malformed),
		counter("suandian_api_errors_total", "Requests answered with an error", n->errors),
		counter("suandian_api_refused_total", "Requests refused for the caller's role",
			n->denied),
		counter("suandian_api_unimplemented_total",
			"Requests that this build does not know", n->unimplemented),
		counter("suandian_api_batches_total", "Batches of samples taken", n->batches),
		counter("suandian_api_samples_total", "Samples in them", n->samples),
		counter("suandian_api_duplicates_total", "Batches that were known already",
			n->duplicates),
		counter("suandian_api_batches_refused_total", "Batches refused",
			n->batches_refused),
		counter("suandian_api_acks_total", "Acknowledgements of batches sent", n->acks),
		counter("suandian_api_stops_total", "Sessions stopped because the disk was behind",
			n->stops),
		gauge("suandian_api_unacked_bytes", "Bytes of batches not acknowledged yet",
		      (double)c->unacked_bytes),
		counter("suandian_api_decisions_total", "Decisions sent to subscribers",
			n->decisions),
		c->ack_s,
		gauge("suandian_loop_lag_seconds", "How long ticks keep the loop from its sockets",
		      lag.ewma_ms / 1000),
		gauge("suandian_loop_lag_max_seconds", "The longest since the watchdog was fed",
		      lag.max_ms / 1000),
		counter("suandian_loop_ticks_total", "Ticks of the event loop", lag.ticks),
		gauge("suandian_uptime_seconds", "Since the daemon started",
		      (double)(clock_mono_ms() - c->started_ms) / 1000),
	};

	return metric_write(metrics, ARRAY_SIZE(metrics), out);
}
