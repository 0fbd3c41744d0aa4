/* What all sessions share: engine, loop, memory for one frame and one answer, counters. Loop thread. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/list.h"
#include "base/map.h"
#include "base/metric.h"
#include "engine/engine.h"
#include "loop/loop.h"

struct counters {
	uint64_t accepted, refused_connections, evicted, goodbyes;
	uint64_t frames_in, frames_out, malformed;
	uint64_t errors; /* answers that are an Error */
	uint64_t denied, unimplemented;
	uint64_t batches, samples, duplicates, batches_refused, acks;
	uint64_t stops; /* sessions stopped because the disk was behind */
	uint64_t decisions;
};

struct core {
	struct loop *loop;
	struct engine *engine;
	char build[64];
	int64_t started_ms; /* monotonic */
	uint32_t n_sessions;
	uint32_t n_backtests; /* under way */
	uint64_t last_session, last_subscriber;
	struct arena in;  /* the frame being handled */
	struct arena out; /* the answer being made; not across calls of the engine */
	struct buf scratch;
	struct list pendings;	/* answers that wait for the engine */
	struct map subscribers; /* number → struct subscription */
	struct map sources;	/* name → struct source */
	uint64_t unacked_bytes; /* of all sources */
	struct {
		int64_t until_ms; /* monotonic: how far ahead of its pace the recording is */
		uint64_t unrecorded;
	} refusals;
	struct counters n;
	struct metric ack_s; /* histogram: from a batch to its ack */
};

void core_init(struct core *c, struct loop *loop, struct engine *engine, const char *build);
void core_fini(struct core *c);

/* The answer's arena, empty. */
struct arena *core_answer(struct core *c);

/* Counts a call refused for its role, and records it in the audit chain, as often as that may be. */
void core_note_refusal(struct core *c, const char *who, const char *request, const char *text);

/* Bound of the bucket that holds the 99th of a hundred acks since the start; 0 = none yet. */
double core_ack_p99_ms(const struct core *c);

/* Appends the api's own metrics, and the loop's. 0 or buf error. */
int core_write_metrics(struct core *c, struct buf *out);
