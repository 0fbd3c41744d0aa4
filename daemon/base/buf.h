/* A growable byte buffer with a read offset: receive and encode buffers, text being built.
 * All sizes are overflow-checked and capped. Owner's thread only. */
#pragma once

#include "base/base.h"

struct buf {
	uint8_t *data; /* malloc'ed, NULL while empty */
	size_t off;    /* first unread byte */
	size_t len;    /* end of valid bytes; off <= len <= size */
	size_t size;   /* allocated */
	size_t cap;    /* never grows beyond; 0 = BUF_CAP_DEFAULT */
	int err; /* sticky: first -ENOMEM / ERR_FULL of any append; appends after it are no-ops */
};

#define BUF_CAP_DEFAULT ((size_t)256 << 20)

void buf_init(struct buf *b, size_t cap);
void buf_fini(struct buf *b);
/* Forgets contents and error, keeps memory. */
void buf_reset(struct buf *b);

/* Unread bytes: [buf_peek(b), buf_peek(b) + buf_avail(b)). */
static inline size_t buf_avail(const struct buf *b)
{
	return b->len - b->off;
}
static inline const uint8_t *buf_peek(const struct buf *b)
{
	return b->data ? b->data + b->off : (const uint8_t *)"";
}
/* Marks n <= buf_avail() bytes as read; compacts when worthwhile. */
void buf_consume(struct buf *b, size_t n);

/* Room for n more bytes at the returned pointer, then buf_commit(b, written <= n). NULL: see b->err. */
MUST_USE uint8_t *buf_reserve(struct buf *b, size_t n);
void buf_commit(struct buf *b, size_t n);

/* 0, -ENOMEM or ERR_FULL (cap). */
int buf_append(struct buf *b, const void *p, size_t n);
int buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* NUL-terminates (the NUL is not counted in len) and returns the text, "" if empty or failed. */
const char *buf_str(struct buf *b);
