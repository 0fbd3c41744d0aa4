/* The inside of struct loop, for this floor only: the one place besides it that may include uv.h is
 * adapters/common's HTTP client, through loop_uv(). */
#pragma once

#include <uv.h>

#include "loop/loop.h"

#define LOOP_READ_SIZE ((size_t)64 << 10)

/* One tick: libuv polls and runs socket callbacks; then, in the check phase, due timers and
 * deferred callbacks. The idle handle only keeps the poll from sleeping, the uv timer only wakes
 * it. */
struct loop {
	uv_loop_t uv;
	struct loop_tag tag;
	uv_prepare_t prepare;
	uv_check_t check;
	uv_idle_t idle;
	uv_timer_t alarm;
	uv_signal_t signals[LOOP_SIGNALS_MAX];
	struct {
		int signo;
		loop_signal_cb cb;
		void *arg;
	} on_signal[LOOP_SIGNALS_MAX];
	int n_signals;
	bool running;
	uint64_t tick; /* counts budgets: raised before each poll */

	struct timer *timers; /* root of the heap */
	uint64_t timer_seq;
	struct list deferred;

	struct loop_lag lag;
	uint64_t lag_since_ns, lag_idle_ns, left_ns;

	uint8_t *read_buf; /* LOOP_READ_SIZE, shared: valid only inside one read callback */
};

/* Keeps the next poll from sleeping. */
void loop_wake(struct loop *loop);

/* Runs what is due, once each. */
void timers_run(struct loop *loop);
/* Sets the uv timer for the earliest deadline. */
void timers_rearm(struct loop *loop);
/* Prints and stops running timers; how many. */
int timers_dump(struct loop *loop);
