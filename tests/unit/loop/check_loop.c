#include "loop/loop.h"

#include <check.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/err.h"
#include "loop/listen.h"
#include "loop/stream.h"
#include "loop/timer.h"
#include "looptest.h"
#include "testlib/heap.h"
#include "testlib/run.h"

static struct loop *loop;

static void setup(void)
{
	ck_assert_int_eq(loop_new(&loop), 0);
}

static void teardown(void)
{
	loop_free(loop);
}

/* -- running -- */

START_TEST(a_loop_with_nothing_to_do_returns)
{
	loop_run(loop);
	ck_assert(!loop_step(loop, true));
	ck_assert(!loop_step(loop, false));
}
END_TEST

static int order[16], n_order;
static struct defer first, second, again;
static int n_again;

static void note(void *arg)
{
	order[n_order++] = *(const int *)arg;
}

static const int one = 1, two = 2;

START_TEST(deferred_callbacks_run_once_in_the_order_asked_for_and_never_inside_the_call)
{
	defer_init(&first, note, (void *)&one);
	defer_init(&second, note, (void *)&two);
	loop_defer(loop, &second);
	loop_defer(loop, &first);
	loop_defer(loop, &second);
	ck_assert_int_eq(n_order, 0);
	ck_assert(defer_is_pending(&first) && defer_is_pending(&second));
	loop_run(loop);
	ck_assert_int_eq(n_order, 2);
	ck_assert_int_eq(order[0], 2);
	ck_assert_int_eq(order[1], 1);
	ck_assert(!defer_is_pending(&first) && !defer_is_pending(&second));
}
END_TEST

static void defer_again(void *arg)
{
	(void)arg;
	if (++n_again < 5)
		loop_defer(loop, &again);
}

START_TEST(what_a_deferred_callback_defers_runs_one_tick_later)
{
	defer_init(&again, defer_again, NULL);
	loop_defer(loop, &again);
	for (int i = 1; i <= 5; i++) {
		(void)loop_step(loop, false);
		ck_assert_int_eq(n_again, i);
	}
	ck_assert(!loop_step(loop, false));
	ck_assert_int_eq(n_again, 5);
}
END_TEST

static void cancel_second(void *arg)
{
	(void)arg;
	defer_cancel(&second);
}

START_TEST(a_cancelled_deferred_callback_does_not_run)
{
	defer_init(&first, cancel_second, NULL);
	defer_init(&second, note, (void *)&two);
	defer_cancel(&first);
	loop_defer(loop, &first);
	loop_defer(loop, &second);
	loop_run(loop);
	ck_assert_int_eq(n_order, 0);
}
END_TEST

static void stop(void *arg)
{
	(void)arg;
	loop_stop(loop);
	loop_defer(loop, &second);
}

START_TEST(a_stopped_loop_returns_after_the_tick_and_goes_on_later)
{
	defer_init(&first, stop, NULL);
	defer_init(&second, note, (void *)&two);
	loop_defer(loop, &first);
	loop_run(loop);
	ck_assert_int_eq(n_order, 0);
	loop_run(loop);
	ck_assert_int_eq(n_order, 1);
}
END_TEST

START_TEST(a_stop_asked_for_while_not_running_is_remembered)
{
	defer_init(&first, note, (void *)&one);
	loop_defer(loop, &first);
	loop_stop(loop);
	loop_run(loop);
	ck_assert_int_eq(n_order, 0);
	loop_run(loop);
	ck_assert_int_eq(n_order, 1);
}
END_TEST

/* -- signals -- */

static int last_signal, n_signals;

static void on_signal(void *arg, int signo)
{
	ck_assert_ptr_eq(arg, &last_signal);
	last_signal = signo;
	n_signals++;
}

START_TEST(signals_come_through_the_loop)
{
	struct timer alive;

	timer_init(&alive, loop, "test", note, (void *)&one);
	timer_start_in(&alive, 1000000);
	ck_assert_int_eq(loop_on_signal(loop, SIGUSR1, on_signal, &last_signal), 0);
	ck_assert_int_eq(loop_on_signal(loop, SIGHUP, on_signal, &last_signal), 0);
	raise(SIGHUP);
	ck_assert_int_eq(n_signals, 0);
	turn_ticks(loop, 3);
	ck_assert_int_eq(n_signals, 1);
	ck_assert_int_eq(last_signal, SIGHUP);
	raise(SIGUSR1);
	turn_ticks(loop, 3);
	ck_assert_int_eq(n_signals, 2);
	ck_assert_int_eq(last_signal, SIGUSR1);
	timer_stop(&alive);
}
END_TEST

START_TEST(a_signal_handler_does_not_keep_the_loop_running)
{
	ck_assert_int_eq(loop_on_signal(loop, SIGTERM, on_signal, &last_signal), 0);
	loop_run(loop);
}
END_TEST

START_TEST(a_signal_is_taken_once_and_there_is_a_bound)
{
	int n = 0;

	ck_assert_int_eq(loop_on_signal(loop, SIGTERM, on_signal, &last_signal), 0);
	ck_assert_int_eq(loop_on_signal(loop, SIGTERM, on_signal, &last_signal), ERR_EXISTS);
	while (loop_on_signal(loop, SIGRTMIN + n, on_signal, &last_signal) == 0)
		n++;
	ck_assert_int_eq(n + 1, LOOP_SIGNALS_MAX);
	ck_assert_int_eq(loop_on_signal(loop, SIGUSR2, on_signal, &last_signal), ERR_FULL);
}
END_TEST

START_TEST(sigpipe_is_ignored)
{
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	close(fds[1]);
	ck_assert_int_eq(write(fds[0], "x", 1), -1);
	ck_assert_int_eq(errno, EPIPE);
	close(fds[0]);
}
END_TEST

/* -- lag -- */

#define BUSY_US 20000

static void be_busy(void *arg)
{
	int64_t until = clock_mono_us() + BUSY_US;

	(void)arg;
	while (clock_mono_us() < until)
		;
}

static void do_nothing(void *arg)
{
	(void)arg;
}

START_TEST(a_callback_that_holds_up_the_loop_is_lag)
{
	struct loop_lag lag;

	defer_init(&first, be_busy, NULL);
	defer_init(&second, do_nothing, NULL);
	loop_get_lag(loop, &lag);
	ck_assert(lag.max_ms == 0 && lag.ticks == 0);
	loop_defer(loop, &first);
	turn_ticks(loop, 1);
	loop_defer(loop, &second);
	turn_ticks(loop, 1);
	loop_get_lag(loop, &lag);
	ck_assert_double_ge(lag.max_ms, BUSY_US / 1e3);
	ck_assert_double_ge(lag.last_ms, BUSY_US / 1e3);
	ck_assert_double_gt(lag.ewma_ms, 0);
	ck_assert_uint_eq(lag.ticks, 2);
	loop_reset_lag_max(loop);
	loop_get_lag(loop, &lag);
	ck_assert(lag.max_ms == 0);
}
END_TEST

#define ASLEEP_MS 400

START_TEST(time_asleep_is_no_lag_nor_is_time_outside_the_loop)
{
	struct timer t;
	struct loop_lag lag;

	be_busy(NULL);
	timer_init(&t, loop, "test", do_nothing, NULL);
	timer_start_in(&t, ASLEEP_MS);
	loop_run(loop);
	loop_get_lag(loop, &lag);
	/* a machine under load wakes us late, which is lag: hence half */
	ck_assert_double_lt(lag.max_ms, ASLEEP_MS / 2.0);
}
END_TEST

/* -- leaks -- */

static struct loop *leaky(void)
{
	struct loop *l;

	if (loop_new(&l) < 0)
		_exit(1);
	return l;
}

static void leak_timer(void)
{
	struct loop *l = leaky();
	struct timer t;

	timer_init(&t, l, "the test's own", do_nothing, NULL);
	timer_start_in(&t, 1000000);
	loop_free(l);
}

static void leak_defer(void)
{
	struct loop *l = leaky();

	defer_init(&first, do_nothing, NULL);
	loop_defer(l, &first);
	loop_free(l);
}

static void leak_stream(void)
{
	struct loop *l = leaky();
	struct stream *s;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0 || stream_new(l, fds[0], &s) < 0)
		_exit(1);
	loop_free(l);
}

START_TEST(what_is_left_at_the_end_is_named)
{
	dies_saying(leak_timer, "left running: timer of the test's own");
	dies_saying(leak_defer, "left pending: deferred callbacks");
	dies_saying(leak_stream, "left open: pipe of stream");
}
END_TEST

START_TEST(null_is_a_loop_that_can_be_freed)
{
	loop_free(NULL);
}
END_TEST

START_TEST(memory_that_runs_out_is_an_error)
{
	struct loop *l = NULL;
	int r;

	for (long k = 1;; k++) {
		heap_fail_at(k);
		r = loop_new(&l);
		if (!heap_stop())
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_ptr_null(l);
	}
	ck_assert_int_eq(r, 0);
	loop_free(l);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("loop");
	TCase *t = tcase_create("loop");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_loop_with_nothing_to_do_returns);
	tcase_add_test(
		t, deferred_callbacks_run_once_in_the_order_asked_for_and_never_inside_the_call);
	tcase_add_test(t, what_a_deferred_callback_defers_runs_one_tick_later);
	tcase_add_test(t, a_cancelled_deferred_callback_does_not_run);
	tcase_add_test(t, a_stopped_loop_returns_after_the_tick_and_goes_on_later);
	tcase_add_test(t, a_stop_asked_for_while_not_running_is_remembered);
	tcase_add_test(t, signals_come_through_the_loop);
	tcase_add_test(t, a_signal_handler_does_not_keep_the_loop_running);
	tcase_add_test(t, a_signal_is_taken_once_and_there_is_a_bound);
	tcase_add_test(t, sigpipe_is_ignored);
	tcase_add_test(t, a_callback_that_holds_up_the_loop_is_lag);
	tcase_add_test(t, time_asleep_is_no_lag_nor_is_time_outside_the_loop);
	tcase_add_test(t, what_is_left_at_the_end_is_named);
	tcase_add_test(t, null_is_a_loop_that_can_be_freed);
	tcase_add_test(t, memory_that_runs_out_is_an_error);
	suite_add_tcase(s, t);
	return run_suite(s);
}
