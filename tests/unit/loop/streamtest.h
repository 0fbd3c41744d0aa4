/* A stream whose other end is a plain socket of the test's, and a clock of the test's. */
#pragma once

#include <check.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/err.h"
#include "loop/stream.h"
#include "looptest.h"

/* One end of a pair is a stream, the other a plain socket of the test's. */
struct end {
	struct stream *s;
	int peer;
	struct {
		uint8_t *p;
		size_t n;
	} got;		 /* all that consume took */
	size_t frame;	 /* consume takes so many bytes at a time; 0: all that is there */
	int calls;	 /* of consume */
	int64_t cost_us; /* of each */
	size_t most;	 /* bytes ever shown at once */
	int fail_with;	 /* consume says so after the calls below */
	int fail_after;
	int pause_after;
	bool close_in_consume, write_in_consume;
	int drained;
	bool close_in_drained;
	int closed; /* calls */
	int reason;
	bool gone;
};

extern struct loop *loop;
extern struct end a, b;
extern const struct stream_ops end_ops;
/* in_max 1000, out_high 200 000, out_max 1 000 000, stall 5 s, 8 frames and 1 ms a tick. */
extern const struct stream_limits small;
/* What clock_mono_ms() and clock_mono_us() say (ld --wrap). */
extern int64_t now_us;

/* The fixture: a loop; both ends closed and freed. */
void setup(void);
void teardown(void);

/* A pair, its stream not yet started, and started. */
void open_end(struct end *e);
void start(struct end *e, const struct stream_limits *limits);
/* Closes and frees both ends. */
void end_of(struct end *e);
/* The closed callback of the ops, which notes what it is told. */
void on_closed(void *owner, int reason);

/* Sends from the other end. */
void put(struct end *e, const void *p, size_t n);
/* Reads and forgets at the other end what has come, at most max; how much. */
size_t take(struct end *e, size_t max);
/* Fills the other end's way to us until the kernel takes no more; how much. */
size_t flood(struct end *e);
/* Writes n bytes of zeros to the stream, 10 000 at a time, until it refuses: the code. */
int write_zeros(struct end *e, size_t n);
