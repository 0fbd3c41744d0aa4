/* The series environment: tiles, the sources' last batches, and the watermark: the last journal group whose batches
 * are in tiles. All of a seal is in one transaction, so a group is either in the tiles or to be replayed, never both.
 * Flushed lazily (the journal still holds what the last transaction brought). Written on the sealer's lane, read
 * anywhere. */
#pragma once

#include "base/err.h"
#include "store/mem.h"

struct env;

int series_open(const char *dir, uint64_t map_bytes, struct env **ret, struct fault *f);

/* ---- Sealing ------------------------------------------------------------------------------------------ */

struct series_sealed {
	uint64_t tiles, bytes, rows, dropped; /* dropped: tiles beyond retention */
};

/* Writes all of a frozen memtable, its cursors and its watermark, and deletes tiles of windows that ended before
 * keep_from_ms (INT64_MIN: none), a bounded number. Repeating it changes nothing. */
int series_seal(struct env *env, const struct mem *m, int64_t keep_from_ms,
		struct series_sealed *ret);

/* ---- Reading ------------------------------------------------------------------------------------------ */

int series_watermark(struct env *env, uint64_t *ret);
/* Ascending by number. visit: 0 or an error that ends it. */
int series_cursors(struct env *env, int (*visit)(void *arg, const struct mem_cursor *c), void *arg);

/* What reads of one point go through: opened, and closed inside the same callback. */
struct series_reader;
int series_reader_new(struct env *env, struct series_reader **ret);
void series_reader_free(struct series_reader *r);

/* The first window at or after *window_ms (and before to_ms) with a tile of the point's group. False: none, or failed
 * (see series_reader_error()). */
bool series_find_window(struct series_reader *r, uint32_t point, int64_t *window_ms, int64_t to_ms);
/* Claims on the point in that window and [from, to), of all parts. */
int series_collect(struct series_reader *r, uint32_t point, int64_t window_ms, int64_t from_ms,
		   int64_t to_ms, struct rows *out);
int series_reader_error(const struct series_reader *r);

/* Points with a tile in windows at or after from_ms: for each group, once, a set of TILE_POINTS flags. */
struct series_points {
	uint32_t group;
	bool has[TILE_POINTS];
};
int series_list_points(struct env *env, int64_t from_ms, struct map *by_group);
