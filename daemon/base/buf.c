#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/require.h"

#define SIZE_FIRST ((size_t)256)
/* Moving less than this out of the way is not worth the copy. */
#define COMPACT_MIN ((size_t)4096)

void buf_init(struct buf *b, size_t cap)
{
	*b = (struct buf){.cap = cap};
}

void buf_fini(struct buf *b)
{
	free(b->data);
	buf_init(b, b->cap);
}

void buf_reset(struct buf *b)
{
	b->off = b->len = 0;
	b->err = 0;
}

static void compact(struct buf *b)
{
	if (b->off == 0)
		return;
	memmove(b->data, b->data + b->off, buf_avail(b));
	b->len -= b->off;
	b->off = 0;
}

void buf_consume(struct buf *b, size_t n)
{
	REQUIRE(n <= buf_avail(b));
	b->off += n;
	if (b->off == b->len)
		b->off = b->len = 0;
	else if (b->off >= COMPACT_MIN && b->off >= b->len / 2)
		compact(b);
}

static size_t cap_of(const struct buf *b)
{
	return b->cap ? b->cap : BUF_CAP_DEFAULT;
}

static int resize(struct buf *b, size_t want)
{
	size_t size = b->size ? b->size : SIZE_FIRST;
	uint8_t *data;

	while (size < want && size <= cap_of(b) / 2)
		size *= 2;
	if (size < want || size > cap_of(b))
		size = cap_of(b);
	/* one byte more than told, so that buf_str() always has room for its NUL */
	data = realloc(b->data, size + 1);
	if (!data)
		return -ENOMEM;
	b->data = data;
	b->size = size;
	return 0;
}

uint8_t *buf_reserve(struct buf *b, size_t n)
{
	size_t want;

	if (b->err)
		return NULL;
	if (!add_size(buf_avail(b), n, &want) || want > cap_of(b)) {
		b->err = ERR_FULL;
		return NULL;
	}
	if (n > b->size - b->len)
		compact(b);
	if (!b->data || n > b->size - b->len)
		b->err = resize(b, want);
	return b->err ? NULL : b->data + b->len;
}

void buf_commit(struct buf *b, size_t n)
{
	REQUIRE(n <= b->size - b->len);
	b->len += n;
}

int buf_append(struct buf *b, const void *p, size_t n)
{
	uint8_t *to = buf_reserve(b, n);

	if (!to)
		return b->err;
	if (n)
		memcpy(to, p, n);
	buf_commit(b, n);
	return 0;
}

int buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	uint8_t *to = NULL;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0 && !b->err)
		b->err = -ENOMEM;
	if (n >= 0)
		to = buf_reserve(b, (size_t)n);
	if (to) {
		/* the NUL lands in the spare byte behind size */
		vsnprintf((char *)to, (size_t)n + 1, fmt, again);
		buf_commit(b, (size_t)n);
	}
	va_end(again);
	va_end(ap);
	return b->err;
}

const char *buf_str(struct buf *b)
{
	if (!b->data || b->err)
		return "";
	b->data[b->len] = '\0';
	return (const char *)b->data + b->off;
}
