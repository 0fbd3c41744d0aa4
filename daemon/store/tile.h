/* Tiles: the samples of up to 256 neighbouring points in one window of time, as sealed once. A window that is sealed
 * again (late samples, or several seals within it) gets another part; readers merge parts.
 *
 *	key:   window start i64 · group u32 · part u64, big-endian, so that retention cuts at the head of the table
 *	value: version · claims {source, epoch, correction} · directory {index, bytes} · blocks of each point
 *
 * Every claim that was made on a (point, time) is kept; which one stands is decided when reading. Pure. */
#pragma once

#include "base/arena.h"
#include "store/block.h"

#define TILE_VERSION 1
#define TILE_POINTS 256
#define TILE_WINDOW_MS MS_PER_H
#define TILE_KEY 20

struct tile_key {
	int64_t window_ms;
	uint32_t group; /* point number / TILE_POINTS */
	uint64_t part;	/* last journal group in it */
};

/* Start of the window of t; t within ±2^62. */
int64_t tile_window(int64_t t_ms);
void tile_key_put(const struct tile_key *k, uint8_t out[TILE_KEY]);
/* False: not a key of ours. */
bool tile_key_get(const uint8_t *p, size_t n, struct tile_key *ret);

/* Who said it: the number of its source, and how. */
struct tile_claim {
	uint64_t epoch;
	uint32_t source;
	bool correction;
};

/* ---- Writing ----------------------------------------------------------------------------------- */

struct tile_writer {
	const struct tile_claim *claims; /* what rows name; borrowed */
	size_t n_claims;
	uint32_t *local; /* claim → number in this tile + 1 */
	uint32_t n_local;
	uint32_t n_points;
	uint64_t n_rows;
	struct buf heads, directory, blocks;
};

/* 0 or -ENOMEM. */
int tile_writer_init(struct tile_writer *w, const struct tile_claim *claims, size_t n_claims);
void tile_writer_fini(struct tile_writer *w);
/* Rows of one point, ascending in time; points in ascending order; `claim` of the rows is changed. */
int tile_writer_add(struct tile_writer *w, unsigned index, int64_t window_ms,
		    struct block_row *rows, size_t n);
/* The tile's value, appended to out; the writer is empty again. 0 or -ENOMEM. */
int tile_writer_finish(struct tile_writer *w, struct buf *out);

/* ---- Reading ----------------------------------------------------------------------------------- */

struct tile {
	int64_t window_ms;
	const struct tile_claim *claims; /* in the arena */
	size_t n_claims;
	struct reader points[TILE_POINTS]; /* empty: not there */
};

/* Looks at the head of a value, which must outlive the tile. ERR_CORRUPT, ERR_VERSION, -ENOMEM. */
int tile_open(int64_t window_ms, const uint8_t *value, size_t len, struct arena *a,
	      struct tile *ret);
bool tile_has(const struct tile *t, unsigned index);
/* The next block of a point: at most BLOCK_MAX rows; *ret_n 0 at the end. */
int tile_next(struct tile *t, unsigned index, struct block_row *rows, size_t *ret_n);
