/* The block codec: up to BLOCK_MAX samples of one point in few bytes, back to the bit. Pure.
 *
 *	varint n · flags · time head · seq head · value head · [exceptions] · [quality] · claims · bits
 *
 * Time stamps and batch numbers: a straight line, and what is left of each in as many bits as the largest needs.
 * Values, whichever of these holds them all (a few exceptions aside, which are kept raw): decimals of 0 to 6 places
 * as integers, float32, double; as differences from the least, or between neighbours, or as runs of equals.
 * Quality and claims: only where they are not the ordinary. Little-endian machines only, as LMDB's files are.
 *
 * Compare: Pelkonen et al., Gorilla, VLDB 2015; Afroozeh et al., ALP, SIGMOD 2023. */
#pragma once

#include "base/buf.h"
#include "store/bits.h"

#define BLOCK_MAX 1024

/* `claim` is an index into the tile's table of who said it. */
struct block_row {
	int64_t t_ms;
	double value;
	uint64_t seq;
	uint32_t claim;
	uint8_t quality;
};

/* Appends n rows, 1 … BLOCK_MAX; fewest bytes if times ascend. base_ms: any time near, the same when decoding.
 * 0 or -ENOMEM. */
int block_encode(const struct block_row *rows, size_t n, int64_t base_ms, struct buf *out);

/* The next block; what r->p points to after it is the following one's. rows has room for BLOCK_MAX. 0 or
 * ERR_CORRUPT: cut short, or not from block_encode(); whatever the bytes, nothing beyond r->end is read. */
int block_decode(struct reader *r, int64_t base_ms, struct block_row *rows, size_t *ret_n);
