/* Timers on the monotonic clock, as plain embedded objects: no handle, no allocation, nothing to
 * wait for. All timers of a loop share one kernel timer through a heap, so a session may have
 * several.
 *
 * A callback runs on the loop, never inside timer_start_*(), and never before its deadline as
 * clock_mono_ms() sees it. Timers of one deadline run in the order they were started. Owner:
 * whoever embeds it; stop it before its memory goes. Loop thread only. */
#pragma once

#include "base/base.h"
#include "base/list.h"

struct loop;

typedef void (*timer_cb)(void *arg);

struct timer {
	struct loop *loop;
	const char *owner; /* literal; named when the loop ends with this timer still running */
	timer_cb cb;
	void *arg;
	int64_t deadline_ms; /* monotonic */
	int64_t period_ms;   /* 0 = one-shot */
	/* below: private to timer.c */
	uint64_t seq;
	struct timer *child, *next, *prev; /* pairing heap */
	struct list due;
	int state;
};

/* Stopped. `owner` must outlive the timer. */
void timer_init(struct timer *t, struct loop *loop, const char *owner, timer_cb cb, void *arg);

/* One shot at a monotonic time; one that has passed fires on the next tick. Restarts a running
 * timer. */
void timer_start_at(struct timer *t, int64_t deadline_ms);
/* One shot `delay_ms` (>= 0) after now, now being read afresh (not the loop's cached time).
 * INT64_MAX: never. */
void timer_start_in(struct timer *t, int64_t delay_ms);
/* First at a monotonic time, then every period_ms (> 0). A loop that was busy over several
 * periods gets one callback, and the rhythm is kept: the next deadline is the first in the
 * future. */
void timer_start_every(struct timer *t, int64_t first_ms, int64_t period_ms);

/* Harmless on a stopped timer; allowed inside any timer's callback, its own included. */
void timer_stop(struct timer *t);
bool timer_is_running(const struct timer *t);
