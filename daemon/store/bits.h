/* Numbers in few bytes and few bits, for tiles. Readers never pass the end of what they were given. Header only. */
#pragma once

#include <string.h>

#include "base/base.h"

/* ---- Whole bytes ------------------------------------------------------------------------------- */

static inline uint64_t zigzag(uint64_t x)
{
	return x << 1 ^ (uint64_t)((int64_t)x >> 63);
}
static inline uint64_t unzigzag(uint64_t x)
{
	return x >> 1 ^ (0 - (x & 1));
}

#define VARINT_MAX 10

static inline uint8_t *varint_put(uint8_t *p, uint64_t x)
{
	while (x >= 128) {
		*p++ = (uint8_t)(x | 128);
		x >>= 7;
	}
	*p++ = (uint8_t)x;
	return p;
}

/* Bytes yet to be read; `bad` is sticky, and what is read after it is 0. */
struct reader {
	const uint8_t *p, *end;
	bool bad;
};

static inline uint64_t varint_get(struct reader *r)
{
	uint64_t x = 0;

	for (int shift = 0; shift < 64 && r->p < r->end; shift += 7) {
		uint8_t byte = *r->p++;

		x |= (uint64_t)(byte & 127) << shift;
		if (byte < 128)
			return x;
	}
	r->bad = true;
	return 0;
}

static inline uint8_t byte_get(struct reader *r)
{
	if (r->p < r->end)
		return *r->p++;
	r->bad = true;
	return 0;
}

/* ---- Bits, lowest first ---------------------------------------------------------------------------- */

/* How many bits hold x. */
static inline unsigned bit_width(uint64_t x)
{
	return x ? 64 - (unsigned)__builtin_clzll(x) : 0;
}

struct bit_writer {
	uint8_t *p;
	uint64_t acc;
	unsigned n; /* bits in acc, < 64 */
};

/* The low `width` <= 64 bits of x. */
static inline void bits_put(struct bit_writer *w, uint64_t x, unsigned width)
{
	if (width == 0)
		return;
	if (width < 64)
		x &= (UINT64_C(1) << width) - 1;
	w->acc |= x << w->n;
	if (w->n + width < 64) {
		w->n += width;
		return;
	}
	memcpy(w->p, &w->acc, 8);
	w->p += 8;
	w->acc = w->n ? x >> (64 - w->n) : 0;
	w->n = w->n + width - 64;
}

/* The rest, up to a whole byte; returns the end. */
static inline uint8_t *bits_end(struct bit_writer *w)
{
	for (; w->n > 0; w->n = w->n > 8 ? w->n - 8 : 0, w->acc >>= 8)
		*w->p++ = (uint8_t)w->acc;
	return w->p;
}

struct bit_reader {
	const uint8_t *p, *end;
	size_t at; /* bit */
};

/* The caller has made sure that so many bits are there. */
static inline uint64_t bits_get(struct bit_reader *r, unsigned width)
{
	if (width == 0)
		return 0;
	const uint8_t *p = r->p + (r->at >> 3);
	unsigned shift = r->at & 7;
	size_t left = (size_t)(r->end - p);
	uint64_t low = 0, high = 0;

	memcpy(&low, p, left < 8 ? left : 8);
	if (left > 8)
		high = p[8];
	uint64_t x = low >> shift;
	if (shift)
		x |= high << (64 - shift);
	r->at += width;
	return width < 64 ? x & ((UINT64_C(1) << width) - 1) : x;
}
