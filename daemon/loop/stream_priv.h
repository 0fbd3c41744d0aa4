/* The inside of struct stream, shared by its reading half (stream.c) and its writing half
 * (stream_out.c). */
#pragma once

#include "base/buf.h"
#include "loop/loop_priv.h"
#include "loop/stream.h"
#include "loop/timer.h"

enum stream_state { STREAM_NEW, STREAM_OPEN, STREAM_FINISHING, STREAM_CLOSING };

/* Sent by one request, copied out of the queue so that the queue may move meanwhile. */
#define STREAM_CHUNK ((size_t)256 << 10)
/* Queued bytes that do not wait for the end of the tick. */
#define STREAM_FLUSH_AT ((size_t)64 << 10)

struct stream {
	struct loop *loop;
	struct loop_tag tag;
	uv_pipe_t pipe;
	const struct stream_ops *ops;
	void *owner;
	struct stream_limits limits;
	struct stream_peer peer;
	enum stream_state state;
	int reason;

	/* reading */
	struct buf in; /* what came and was not taken */
	struct defer ready;
	uint64_t bytes_in;
	bool reading;
	bool paused;
	bool hungry;   /* the owner wants more bytes than `in` has */
	uint64_t tick; /* of the budget that follows */
	uint32_t frames;
	int64_t spent_us;

	/* writing */
	struct buf out; /* queued, not yet with libuv */
	uint8_t *chunk; /* being sent; NULL if nothing is */
	uv_write_t req;
	struct defer flush;
	struct timer stall;
	uint64_t bytes_queued; /* since the start */
	uint64_t stall_mark;   /* bytes_queued when the stall timer was started */
	bool congested;
};

void stream_out_init(struct stream *s);
void stream_out_fini(struct stream *s);
/* Starts or stops reading, or schedules delivery, as the state of the stream demands. */
void stream_update_reading(struct stream *s);
