/* Callbacks at wall-clock times, and news of clock steps: a timerfd on CLOCK_REALTIME that the
 * kernel cancels when the clock is set. Slots are wall-clock; deadlines are timer.h. Loop thread
 * only. */
#pragma once

#include <sys/types.h>

#include "base/base.h"
#include "loop/group.h"

struct wallclock;

struct wallclock_ops {
	/* The wall clock reads at least due_ms. Once per wallclock_arm(); arm the next one here. */
	void (*due)(void *arg, int64_t due_ms);
	/* The clock was set: it now reads step_ms more (less, if negative) than it would have.
	 * Comes before a due() that the step made due. Waking from suspend shows as a step
	 * forward. Slewing is not a step. */
	void (*step)(void *arg, int64_t step_ms);
};

/* Where times come from; tests give their own. read: as read(2) on the timerfd, -ECANCELED when
 * the clock was set. */
struct wallclock_source {
	int64_t (*wall_ms)(void);
	int64_t (*mono_ms)(void);
	ssize_t (*read)(int fd, uint64_t *ret_expirations);
};

/* ops must outlive it. source: NULL = the system's clocks. -ENOMEM or the system's error. */
int wallclock_new(struct loop *loop, const struct wallclock_ops *ops, void *arg,
		  const struct wallclock_source *source, struct wallclock **ret_wallclock);

/* due() at next_ms (UTC), or on the next tick if that has passed. Replaces an earlier time. 0 or
 * -errno. */
int wallclock_arm(struct wallclock *w, int64_t next_ms);
/* Steps are still told. */
void wallclock_disarm(struct wallclock *w);

/* Calls closed, then frees. A second call does nothing, its callback is not kept. */
void wallclock_close(struct wallclock *w, closed_cb closed, void *arg);
