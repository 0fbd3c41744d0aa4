/* A byte stream over a unix socket, framed by its owner: the daemon's sessions and the adapters'
 * connection.
 *
 * Reading: bytes go to ops->consume as one contiguous view until the owner takes no more. A tick
 * gives one stream at most limits.tick_frames calls or limits.tick_us of time; what remains waits
 * for the next tick while others have their turn, and the peer is not read meanwhile, so a stream
 * holds at most one read (64 KiB) more than limits.in_max bytes.
 * Writing: bytes are copied and sent at the end of the tick (many frames, one system call). A peer
 * that does not read is not read either (limits.out_high), then closed (limits.out_max bytes, or
 * the oldest unsent for limits.stall_ms).
 * Hello and idle time-outs are the owner's timers.
 *
 *      OPEN ──stream_finish──> FINISHING ──all sent──> CLOSING ──> (closed callback, freed)
 *        └───────────stream_close, end of file, error────┘
 *
 * Ownership: the stream frees itself after ops->closed. Until then every function here may be
 * called, and does nothing useful on a closing stream. Loop thread only. */
#pragma once

#include <sys/types.h>

#include "base/base.h"
#include "loop/loop.h"

struct stream;

struct stream_ops {
	/* Unread bytes p[0..n), n > 0, valid during the call. Takes at most one frame (so that
	 * the budget means something), sets *ret_used (0 on entry) and returns 0. *ret_used == 0:
	 * the frame is not complete, call again when more has come. A negative code closes the
	 * stream with it as the reason. May call any function here. Not called while paused. */
	int (*consume)(void *owner, const uint8_t *p, size_t n, size_t *ret_used);
	/* The queue of unsent bytes, having been above out_high, is below half of it. May be
	 * NULL. */
	void (*drained)(void *owner);
	/* Last call. reason: ERR_CLOSED (peer ended), ERR_FULL (out_max, or a frame larger than
	 * in_max), ERR_TIMEOUT (stall), -errno, or what stream_close/stream_finish/consume said.
	 * Never NULL. */
	void (*closed)(void *owner, int reason);
};

struct stream_limits {
	size_t in_max;	      /* an incomplete frame of this many bytes closes the stream */
	size_t out_high;      /* unsent bytes above which the peer is not read */
	size_t out_max;	      /* unsent bytes above which the stream is closed */
	int64_t stall_ms;     /* age of an unsent byte at which it is closed */
	uint32_t tick_frames; /* consume calls per tick */
	int64_t tick_us;      /* time in consume per tick */
};

/* 1 MiB + 16 (frame and its length), 1 MiB, 4 MiB, 10 s, 64 frames, 1 ms. */
extern const struct stream_limits stream_limits_default;

struct stream_peer {
	pid_t pid;
	uid_t uid;
	gid_t gid;
};

/* Makes a stream of a connected stream socket, and takes the fd (closes it on failure too). Reads
 * nothing before stream_start(). -ENOMEM, -ENOTSOCK or the system's error. listen.h and
 * stream_connect() call it. */
int stream_new(struct loop *loop, int fd, struct stream **ret_stream);

/* Connects to a listening unix socket. Immediate: 0 or -errno at once (-ENOENT and -ECONNREFUSED:
 * nobody there, -EAGAIN: its queue is full, -ENAMETOOLONG: over 107 bytes); the back-off is the
 * caller's. */
int stream_connect(struct loop *loop, const char *path, struct stream **ret_stream);

/* Binds the owner and begins to read. ops must outlive the stream; limits are copied, NULL =
 * default. Once per stream. */
void stream_start(struct stream *s, const struct stream_ops *ops, void *owner,
		  const struct stream_limits *limits);

/* Queues a copy of p[0..n). 0; ERR_CLOSED (finishing or closing: dropped); ERR_FULL or -ENOMEM
 * (dropped, and the stream closes with that reason). A write error shows as the reason in
 * ops->closed. */
int stream_write(struct stream *s, const void *p, size_t n);
/* Unsent bytes. A producer of streams of data asks before making more (below out_high) and goes
 * on in drained(). */
size_t stream_queued(const struct stream *s);
/* Is the queue above out_high, or was it, and has not yet drained to half? */
bool stream_is_congested(const struct stream *s);

/* Stop and resume delivery; while paused the peer is not read once what came is buffered. Do not
 * nest. */
void stream_pause(struct stream *s);
void stream_resume(struct stream *s);

/* Who is at the other end, by SO_PEERCRED, as of connect/accept. */
struct stream_peer stream_get_peer(const struct stream *s);

/* Stops reading, sends what is queued (limits.stall_ms still holds), then closes with `reason`.
 * For a last error message. Does nothing if already finishing or closing. */
void stream_finish(struct stream *s, int reason);
/* Closes now; unsent bytes are dropped. ops->closed comes later, with the first reason given.
 * Idempotent. A stream that was never started is just freed. */
void stream_close(struct stream *s, int reason);

bool stream_is_closing(const struct stream *s);
uint64_t stream_bytes_in(const struct stream *s);
uint64_t stream_bytes_out(const struct stream *s);
