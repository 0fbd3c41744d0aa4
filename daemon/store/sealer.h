/* Memtables and their way into tiles.
 *
 * One memtable takes new batches; when it is full or old it is frozen at a boundary of journal groups, and once all
 * those groups are on disk the sealer's lane writes it to the series environment, in one transaction with the
 * watermark. Never two at a time, never out of order: sealing is a barrier. If the next memtable is full before that
 * has ended, appends are refused (ERR_FULL).
 *
 * A seal's last page is flushed by the following one (series.h), so journal groups may be deleted only up to the seal
 * before the last. Loop thread. */
#pragma once

#include "loop/lane.h"
#include "store/mem.h"
#include "store/outage.h"
#include "store/sources.h"

struct env;
struct sealer;

/* Times of samples are within ±this. */
#define SEALER_TIME_MAX (INT64_C(1) << 61)

struct sealer_settings {
	uint32_t seal_samples;
	int64_t seal_age_ms, retention_ms;
};

struct sealer_events {
	/* Ends the open journal group; the number of the last one that has batches of the active memtable. */
	uint64_t (*cut)(void *arg);
	/* Journal groups up to this one may be deleted. */
	void (*trim)(void *arg, uint64_t group);
	void (*idle)(void *arg); /* after sealer_finish() */
	void *arg;
};

/* Takes over the environment when it succeeds; reads cursors and watermark. */
int sealer_new(struct loop *loop, struct env *series, const struct sealer_settings *settings,
	       const struct sealer_events *events, struct sealer **ret);
/* The lane it seals on, the caller's; before the loop runs. */
void sealer_start(struct sealer *s, struct lane *lane);
/* After idle(), or before it was started. Takes NULL. */
void sealer_free(struct sealer *s);
/* Waits for the seal under way. What is in the memtables is in the journal: the next start replays it. */
void sealer_finish(struct sealer *s);

uint64_t sealer_watermark(const struct sealer *s);
struct sources *sealer_sources(struct sealer *s);
struct env *sealer_env(struct sealer *s);

/* Is there room for more? */
bool sealer_has_room(const struct sealer *s);
/* Into the active memtable, and the source's cursor. 0 or -ENOMEM. */
int sealer_add(struct sealer *s, struct source *source, const struct sample_batch *b);
/* Takes back the batch added just now, and puts the source back to where it was (epoch and seq of `before`). */
void sealer_undo(struct sealer *s, struct source *source, const struct source *before,
		 const struct sample_batch *b);
/* Engine time, where it is known: for ages and retention. */
void sealer_set_now(struct sealer *s, int64_t now_ms);
/* Journal groups up to this one are on disk. */
void sealer_flushed(struct sealer *s, uint64_t group);

/* Memtables to be read, oldest first; returns how many (at most 2). */
int sealer_memtables(const struct sealer *s, const struct mem *ret[2]);

struct sealer_stats {
	uint64_t samples;			  /* added since the start */
	uint64_t tiles, tile_bytes, tile_samples; /* sealed since the start */
};
void sealer_get_stats(const struct sealer *s, struct sealer_stats *ret);
/* NULL while all is well. */
const struct fault *sealer_fault(const struct sealer *s);
