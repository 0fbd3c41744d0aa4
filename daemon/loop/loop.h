/* The event loop: one thread that owns all state and sockets. Wraps libuv, whose types stay
 * behind this floor.
 *
 * Rules that hold for everything on this floor:
 *  - everything here is for the loop's thread only, except what lane.h says otherwise;
 *  - a callback never runs inside the call that started it;
 *  - x_close() is asynchronous and idempotent; the memory is free only once the closed callback
 *    ran;
 *  - errors are returned, never logged above debug. */
#pragma once

#include "base/base.h"
#include "base/list.h"

struct group;
struct loop;
struct uv_loop_s;

/* `data` of every libuv handle on our loops points to one of these. */
struct loop_tag {
	const char *owner;   /* "lane solver", printed if the handle is left over at loop_free() */
	struct group *group; /* set while closing through a group */
};

/* Makes a loop and ignores SIGPIPE (for the whole process). -ENOMEM or the system's error. */
int loop_new(struct loop **ret_loop);

/* Ends the loop. Everything on it must have been closed, and its callbacks have run; running
 * timers and pending deferred callbacks count too. What is left is printed to stderr with type
 * and owner, then REQUIRE fails: a leak is a bug. NULL is fine. Not inside a callback. */
void loop_free(struct loop *loop);

/* Runs until loop_stop(), or until nothing is left that could make an event (signal handlers do
 * not count). */
void loop_run(struct loop *loop);
/* Makes loop_run() return after the present tick; remembered if the loop is not running. */
void loop_stop(struct loop *loop);
/* One tick; `wait`: sleeps until at least one event. For tests and for draining with a deadline
 * of one's own. Returns false when nothing is left that could make an event. */
bool loop_step(struct loop *loop, bool wait);

/* libuv's loop, for adapters/common's HTTP client only. Handles made on it must set handle->data
 * to a struct loop_tag, which loop_free() prints when one is left over. */
struct uv_loop_s *loop_uv(struct loop *loop);

/* -- deferred callbacks: "after this tick's events" -- */

typedef void (*defer_cb)(void *arg);

/* Embedded in its owner, who cancels it before the memory goes. */
struct defer {
	struct list node;
	defer_cb cb;
	void *arg;
};

void defer_init(struct defer *d, defer_cb cb, void *arg);
/* Runs cb once, soon, from the loop. In the order asked for; asking again while pending changes
 * nothing. What a deferred callback defers runs one tick later, after sockets had their turn. */
void loop_defer(struct loop *loop, struct defer *d);
/* Harmless if not pending. */
void defer_cancel(struct defer *d);
bool defer_is_pending(const struct defer *d);

/* -- signals -- */

typedef void (*loop_signal_cb)(void *arg, int signo);

#define LOOP_SIGNALS_MAX 8

/* Calls cb on the loop for each delivery of signo (SIGTERM, SIGINT, SIGHUP, …), until
 * loop_free(). Deliveries coalesce as signals do. ERR_EXISTS if signo is taken, ERR_FULL above
 * LOOP_SIGNALS_MAX, or the system's error. */
int loop_on_signal(struct loop *loop, int signo, loop_signal_cb cb, void *arg);

/* -- lag -- */

/* How long ticks keep the loop from looking at its sockets: the wait an event has that comes at
 * the worst moment. Busy time only; time asleep is not lag. */
struct loop_lag {
	double last_ms;
	double ewma_ms; /* over ticks, weight 1/16 */
	double max_ms;	/* since start or loop_reset_lag_max() */
	uint64_t ticks;
};

void loop_get_lag(const struct loop *loop, struct loop_lag *ret_lag);
void loop_reset_lag_max(struct loop *loop);
