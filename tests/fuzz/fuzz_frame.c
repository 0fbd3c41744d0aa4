/* A byte stream in any pieces gives the same frames as in one, and each has the prefix that we would have
 * written. The first byte of the input chooses the pieces. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "proto/frame.h"

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void check_one(const uint8_t *at, const struct frame *f)
{
	uint8_t prefix[FRAME_PREFIX_MAX];
	size_t n = frame_put_prefix(prefix, f->len);

	expect(f->len >= FRAME_BODY_MIN && f->len <= FRAME_BODY_MAX && f->size == n + f->len);
	expect(f->body == at + n && memcmp(at, prefix, n) == 0 && !f->reason);
}

/* Length of what was understood, and how it ended. */
static size_t split_whole(const uint8_t *p, size_t n, enum frame_status *ret)
{
	struct frame f;
	size_t at = 0;

	while ((*ret = frame_split(p + at, n - at, &f)) == FRAME_READY) {
		check_one(p + at, &f);
		at += f.size;
	}
	expect((*ret == FRAME_MALFORMED) == (f.reason != NULL) && !f.body);
	return at;
}

static size_t split_pieces(const uint8_t *p, size_t n, size_t piece, enum frame_status *ret)
{
	struct buf in;
	struct frame f;
	size_t understood = 0;

	buf_init(&in, 0);
	*ret = FRAME_NEED_MORE;
	for (size_t at = 0; at < n && *ret == FRAME_NEED_MORE; at += piece) {
		size_t m = piece < n - at ? piece : n - at;
		expect(buf_append(&in, p + at, m) == 0);
		while ((*ret = frame_split(buf_peek(&in), buf_avail(&in), &f)) == FRAME_READY) {
			check_one(buf_peek(&in), &f);
			buf_consume(&in, f.size);
			understood += f.size;
		}
	}
	buf_fini(&in);
	return understood;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum frame_status whole, pieces;

	if (size < 1)
		return 0;
	size_t a = split_whole(data + 1, size - 1, &whole);
	size_t b = split_pieces(data + 1, size - 1, data[0] % 32 + 1, &pieces);
	expect(a == b && whole == pieces);
	return 0;
}
