/* Frames of the socket: a varint length, then so many bytes of one protobuf message (what Java's
 * writeDelimitedTo and Go's protodelim write).
 *
 * Sans-I/O: the functions look at bytes that the caller holds and keep no state, so a stream may arrive in
 * any pieces; nothing is copied or allocated here.  Any thread. */
#pragma once

#include "base/base.h"

/* Limits of the body, checked before the bytes are waited for or stored. An empty body is refused: no
 * message of ours is empty, and a peer that sends zeros is not speaking this protocol. */
#define FRAME_BODY_MIN 1
#define FRAME_BODY_MAX ((size_t)1 << 20)
/* 1 MiB takes 21 bits: a length that is longer than three bytes is out of bounds whatever it says. */
#define FRAME_PREFIX_MAX 3
#define FRAME_MAX (FRAME_PREFIX_MAX + FRAME_BODY_MAX)

enum frame_status {
	FRAME_NEED_MORE, /* the bytes so far are a proper beginning */
	FRAME_READY,	 /* a whole frame stands at the beginning of the bytes */
	FRAME_MALFORMED, /* no more bytes can make it right: close the connection */
};

struct frame {
	const uint8_t *body; /* FRAME_READY: into the caller's bytes; valid as long as they are */
	size_t len; /* of the body, once known; 0 = the length itself is still incomplete */
	size_t size; /* of prefix and body, once known: what to consume, or how many bytes to wait for */
	const char *reason; /* FRAME_MALFORMED: a constant text for logs, else NULL */
};

/* Looks at the n bytes at p. *ret is filled in every case (it holds NULLs and zeros where nothing is known).
 *
 *	while ((status = frame_split(buf_peek(in), buf_avail(in), &f)) == FRAME_READY) {
 *		handle(f.body, f.len);
 *		buf_consume(in, f.size);
 *	}
 *
 * Costs a few instructions however many bytes are missing, so calling it after every read is fine. */
enum frame_status frame_split(const uint8_t *p, size_t n, struct frame *ret);

/* Bytes of the length prefix for a body of len bytes; FRAME_BODY_MIN <= len <= FRAME_BODY_MAX required. */
size_t frame_prefix_size(size_t len);

/* Writes that prefix and returns its size. */
size_t frame_put_prefix(uint8_t out[FRAME_PREFIX_MAX], size_t len);
