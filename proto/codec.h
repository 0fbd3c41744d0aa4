/* Envelopes from bytes and to bytes.
 *
 * Decoding goes into the caller's arena with a budget that grows with the frame, so that a small hostile
 * frame cannot become a large allocation (protobuf-c alone turns 1 MiB of empty submessages into 48 MiB).
 * Only the shape is checked here: what the values mean (lengths of columns, enum ranges, UTF-8, finite
 * numbers) is validated by whoever maps them.
 *
 * Any thread; an arena or buffer belongs to its caller. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "suandian/v1/envelope.pb-c.h"

/* Memory that decoding one message of len bytes may take: honest row batches need up to 6.4 times their
 * size, hostile frames 24 to 48 times. */
#define CODEC_BUDGET(len) (8 * (len) + ((size_t)64 << 10))

/* Decodes the body of a frame (without its length prefix). The result and all it points to live in `a`
 * until that is reset; never give it to a free_unpacked function. Strings may hold any bytes but NUL.
 * The same oneof given twice: the later one wins, as protobuf says.
 *
 * 0; ERR_MALFORMED: not an Envelope, or longer than FRAME_BODY_MAX; ERR_FULL: needs more than CODEC_BUDGET or
 * the arena's own cap. `ret_fault` (may be NULL) then names the position and the reason as far as they
 * can be known. An Envelope whose body is a number we do not know decodes: see codec_body_number(). */
int codec_decode(struct arena *a, const uint8_t *body, size_t len, Suandian__V1__Envelope **ret,
		 struct fault *ret_fault);

/* The same for any other message type of ours (records of the store), of any length: the caller bounds it. */
int codec_decode_message(struct arena *a, const ProtobufCMessageDescriptor *type,
			 const uint8_t *body, size_t len, ProtobufCMessage **ret,
			 struct fault *ret_fault);

/* The field number of the body: of the member that is set, else of the last unknown field that could be one
 * (a length-delimited field; to be answered UNIMPLEMENTED), else 0: an envelope without a body. */
uint32_t codec_body_number(const Suandian__V1__Envelope *env);
/* Is the number a body that this build knows? */
bool codec_body_is_known(uint32_t number);
/* "push_samples"; NULL if not known. Static. */
const char *codec_body_name(uint32_t number);

/* Appends the envelope as one frame (length prefix and body), packed in place.
 * 0; ERR_INVALID: an empty envelope or a body above FRAME_BODY_MAX (nothing was appended); ERR_FULL or -ENOMEM
 * of the buffer (which is then sticky in out->err). */
int codec_encode(struct buf *out, const Suandian__V1__Envelope *env);

/* Our number for a code that came in an Error ("INVALID" → ERR_INVALID, "ENOENT" is not sent by a daemon);
 * -EPROTO for a name this build does not know. Never 0. */
int codec_error_code(const char *name);

/* The first message type reachable from `root` that contains itself, directly or through others; NULL if
 * there is none. protobuf-c decodes nested messages by recursion without a limit, so one such type would let a
 * frame of 34 kB overflow the stack: a test calls this on every type we decode. */
const ProtobufCMessageDescriptor *codec_find_cycle(const ProtobufCMessageDescriptor *root);
