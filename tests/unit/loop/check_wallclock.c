#include "loop/wallclock.h"

#include <check.h>
#include <signal.h>

#include "base/clock.h"
#include "looptest.h"
#include "testlib/heap.h"
#include "testlib/run.h"

/* A machine whose clock is the test's. The timerfd itself stays real: armed for a time long past
 * it is always readable, and what reading it says is up to us. */
static int64_t wall_ms, mono_ms;
static ssize_t next_read;
static int n_reads;

static int64_t fake_wall(void)
{
	return wall_ms;
}

static int64_t fake_mono(void)
{
	return mono_ms;
}

static ssize_t fake_read(int fd, uint64_t *ret)
{
	ssize_t n = next_read;

	if (n != -EAGAIN)
		(void)!read(fd, ret, sizeof(*ret));
	n_reads++;
	next_read = sizeof(*ret);
	return n;
}

static const struct wallclock_source fake = {fake_wall, fake_mono, fake_read};

static struct loop *loop;
static struct wallclock *clk;
static bool closed;

/* What was told, in order: 'd' due, 's' step. */
static char told[64];
static int n_told, n_seen;
static int64_t last_due, last_step;
static bool close_in_due, close_in_step;

static void tell(char c)
{
	told[n_told++] = c;
	told[n_told] = '\0';
}

static void on_due(void *arg, int64_t due_ms)
{
	ck_assert_ptr_eq(arg, &n_seen);
	last_due = due_ms;
	tell('d');
	if (close_in_due)
		wallclock_close(clk, set_flag, &closed);
}

static void on_step(void *arg, int64_t step_ms)
{
	ck_assert_ptr_eq(arg, &n_seen);
	last_step = step_ms;
	tell('s');
	if (close_in_step)
		wallclock_close(clk, set_flag, &closed);
}

static const struct wallclock_ops ops = {on_due, on_step};

static void setup(void)
{
	ck_assert_int_eq(loop_new(&loop), 0);
	wall_ms = 1000000;
	mono_ms = 500;
	next_read = sizeof(uint64_t);
	ck_assert_int_eq(wallclock_new(loop, &ops, &n_seen, &fake, &clk), 0);
}

static void teardown(void)
{
	if (!closed)
		wallclock_close(clk, set_flag, &closed);
	turn_until(loop, &closed);
	loop_free(loop);
}

static void pass(int64_t ms)
{
	wall_ms += ms;
	mono_ms += ms;
	turn_ticks(loop, 2);
}

START_TEST(due_comes_once_when_the_clock_reads_that_much)
{
	ck_assert_int_eq(wallclock_arm(clk, 1001000), 0);
	ck_assert_str_eq(told, "");
	pass(999);
	ck_assert_str_eq(told, "");
	ck_assert_int_gt(n_reads, 0);
	pass(1);
	ck_assert_str_eq(told, "d");
	ck_assert_int_eq(last_due, 1001000);
	pass(100000);
	ck_assert_str_eq(told, "d");
}
END_TEST

START_TEST(a_time_that_has_passed_is_due_in_the_next_tick)
{
	ck_assert_int_eq(wallclock_arm(clk, 5), 0);
	ck_assert_str_eq(told, "");
	pass(0);
	ck_assert_str_eq(told, "d");
	ck_assert_int_eq(wallclock_arm(clk, -5), 0);
	pass(0);
	ck_assert_str_eq(told, "dd");
	ck_assert_int_eq(last_due, -5);
}
END_TEST

START_TEST(arming_again_replaces_and_disarming_forgets)
{
	ck_assert_int_eq(wallclock_arm(clk, 1000000), 0);
	ck_assert_int_eq(wallclock_arm(clk, 1000010), 0);
	pass(0);
	ck_assert_str_eq(told, "");
	pass(10);
	ck_assert_str_eq(told, "d");
	ck_assert_int_eq(last_due, 1000010);
	ck_assert_int_eq(wallclock_arm(clk, 1000020), 0);
	wallclock_disarm(clk);
	pass(100);
	ck_assert_str_eq(told, "d");
}
END_TEST

/* The clock is set; the kernel tells whoever reads the timer. */
static void set_clock(int64_t by_ms)
{
	wall_ms += by_ms;
	next_read = -ECANCELED;
	turn_ticks(loop, 2);
}

START_TEST(a_step_is_told_with_its_size_before_what_it_made_due)
{
	ck_assert_int_eq(wallclock_arm(clk, 1003600), 0);
	set_clock(3600);
	ck_assert_str_eq(told, "sd");
	ck_assert_int_eq(last_step, 3600);
	ck_assert_int_eq(last_due, 1003600);
	/* each step by itself */
	ck_assert_int_eq(wallclock_arm(clk, 9000000), 0);
	set_clock(-7200);
	ck_assert_str_eq(told, "sds");
	ck_assert_int_eq(last_step, -7200);
}
END_TEST

START_TEST(a_step_back_puts_off_what_is_due)
{
	ck_assert_int_eq(wallclock_arm(clk, 1000100), 0);
	set_clock(-50);
	pass(100);
	ck_assert_str_eq(told, "s");
	pass(50);
	ck_assert_str_eq(told, "sd");
}
END_TEST

START_TEST(setting_the_clock_to_what_it_reads_is_no_step)
{
	ck_assert_int_eq(wallclock_arm(clk, 1000100), 0);
	set_clock(0);
	ck_assert_str_eq(told, "");
}
END_TEST

START_TEST(a_read_that_finds_nothing_changes_nothing)
{
	ck_assert_int_eq(wallclock_arm(clk, 1000000), 0);
	next_read = -EAGAIN;
	turn_ticks(loop, 1);
	turn_ticks(loop, 2);
	ck_assert_str_eq(told, "d");
}
END_TEST

START_TEST(it_may_be_closed_in_its_own_callbacks)
{
	close_in_step = true;
	ck_assert_int_eq(wallclock_arm(clk, 1000000), 0);
	set_clock(10);
	ck_assert_str_eq(told, "s");
	turn_until(loop, &closed);
	closed = false;
	close_in_step = false;
	close_in_due = true;
	n_told = 0;
	ck_assert_int_eq(wallclock_new(loop, &ops, &n_seen, &fake, &clk), 0);
	ck_assert_int_eq(wallclock_arm(clk, 0), 0);
	pass(0);
	ck_assert_str_eq(told, "d");
	turn_until(loop, &closed);
}
END_TEST

START_TEST(closing_is_asynchronous_and_idempotent)
{
	bool never = false;

	ck_assert_int_eq(wallclock_arm(clk, 0), 0);
	wallclock_close(clk, set_flag, &closed);
	wallclock_close(clk, set_flag, &never);
	ck_assert_int_eq(wallclock_arm(clk, 0), 0);
	wallclock_disarm(clk);
	ck_assert(!closed);
	turn_until(loop, &closed);
	turn_ticks(loop, 2);
	ck_assert(!never);
	ck_assert_str_eq(told, "");
}
END_TEST

/* -- the machine's own clock -- */

static bool came;

static void real_due(void *arg, int64_t due_ms)
{
	(void)arg;
	ck_assert_int_ge(clock_wall_ms(), due_ms);
	came = true;
}

static void real_step(void *arg, int64_t step_ms)
{
	(void)arg;
	(void)step_ms;
}

static const struct wallclock_ops real_ops = {real_due, real_step};

START_TEST(the_systems_clock_wakes_a_waiting_loop)
{
	struct wallclock *w;
	bool gone = false;

	ck_assert_int_eq(wallclock_new(loop, &real_ops, NULL, NULL, &w), 0);
	ck_assert_int_eq(wallclock_arm(w, clock_wall_ms() + 20), 0);
	turn_until(loop, &came);
	wallclock_close(w, set_flag, &gone);
	turn_until(loop, &gone);
}
END_TEST

START_TEST(memory_that_runs_out_is_an_error)
{
	struct wallclock *w = NULL;
	bool gone = false;
	int r;

	for (long k = 1;; k++) {
		heap_fail_at(k);
		r = wallclock_new(loop, &ops, &n_seen, &fake, &w);
		if (!heap_stop())
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_ptr_null(w);
	}
	ck_assert_int_eq(r, 0);
	wallclock_close(w, set_flag, &gone);
	turn_until(loop, &gone);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wallclock");
	TCase *t = tcase_create("wallclock");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, due_comes_once_when_the_clock_reads_that_much);
	tcase_add_test(t, a_time_that_has_passed_is_due_in_the_next_tick);
	tcase_add_test(t, arming_again_replaces_and_disarming_forgets);
	tcase_add_test(t, a_step_is_told_with_its_size_before_what_it_made_due);
	tcase_add_test(t, a_step_back_puts_off_what_is_due);
	tcase_add_test(t, setting_the_clock_to_what_it_reads_is_no_step);
	tcase_add_test(t, a_read_that_finds_nothing_changes_nothing);
	tcase_add_test(t, it_may_be_closed_in_its_own_callbacks);
	tcase_add_test(t, closing_is_asynchronous_and_idempotent);
	tcase_add_test(t, the_systems_clock_wakes_a_waiting_loop);
	tcase_add_test(t, memory_that_runs_out_is_an_error);
	suite_add_tcase(s, t);
	return run_suite(s);
}
