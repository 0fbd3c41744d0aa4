/* Bytes both ways: one walk over a structure, which writes its fields or reads them, so that what is written is what
 * is read. Text is a length and bytes without NUL, numbers are little endian: every value has exactly one encoding.
 * Errors are sticky. Pure. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct coder {
	struct buf *out; /* writing if not NULL */
	const uint8_t *p;
	size_t n;
	struct arena *a;
	uint32_t version; /* of what is read or written; the walk's own business */
	int err;
};

void coder_fail(struct coder *c, int err);
static inline bool coder_is_reading(const struct coder *c)
{
	return !c->out && !c->err;
}

void coder_bytes(struct coder *c, uint8_t *b, size_t n);
/* The low `size` bytes of a number. */
void coder_word(struct coder *c, uint64_t *v, size_t size);
void coder_i64(struct coder *c, int64_t *v);
void coder_i64s(struct coder *c, int64_t *const *fields, size_t n);
/* A number from 0 to max; else ERR_MALFORMED. */
void coder_count(struct coder *c, uint32_t *v, uint32_t max);
void coder_int(struct coder *c, int *v, int max);
void coder_bool(struct coder *c, bool *v);
void coder_text(struct coder *c, char *text, size_t size);
/* n numbers or flags; reading takes them from the arena, once it is sure that there are as many bytes. */
void coder_series(struct coder *c, int64_t **v, uint32_t n);
void coder_flags(struct coder *c, bool **v, uint32_t n);
/* The same, or nothing (NULL), which has a byte of its own to say so. */
void coder_optional_series(struct coder *c, int64_t **v, uint32_t n);
