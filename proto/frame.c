#include "proto/frame.h"

#include "base/require.h"

static enum frame_status malformed(struct frame *ret, const char *reason)
{
	ret->reason = reason;
	return FRAME_MALFORMED;
}

enum frame_status frame_split(const uint8_t *p, size_t n, struct frame *ret)
{
	size_t len = 0;
	size_t i = 0;

	*ret = (struct frame){0};
	do {
		if (i == FRAME_PREFIX_MAX)
			return malformed(ret, "length above 1 MiB");
		if (i == n)
			return FRAME_NEED_MORE;
		len |= (size_t)(p[i] & 0x7f) << (7 * i);
	} while (p[i++] & 0x80);

	/* A last byte of zero adds nothing: the same length has a shorter form. */
	if (i > 1 && p[i - 1] == 0)
		return malformed(ret, "overlong length");
	if (len < FRAME_BODY_MIN)
		return malformed(ret, "empty frame");
	if (len > FRAME_BODY_MAX)
		return malformed(ret, "length above 1 MiB");

	ret->len = len;
	ret->size = i + len;
	if (n < ret->size)
		return FRAME_NEED_MORE;
	ret->body = p + i;
	return FRAME_READY;
}

size_t frame_prefix_size(size_t len)
{
	REQUIRE(len >= FRAME_BODY_MIN && len <= FRAME_BODY_MAX);
	return len < (1u << 7) ? 1 : len < (1u << 14) ? 2 : 3;
}

size_t frame_put_prefix(uint8_t out[FRAME_PREFIX_MAX], size_t len)
{
	size_t size = frame_prefix_size(len);

	for (size_t i = 0; i + 1 < size; i++) {
		out[i] = (uint8_t)(len | 0x80);
		len >>= 7;
	}
	out[size - 1] = (uint8_t)len;
	return size;
}
