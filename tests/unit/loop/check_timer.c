#include "loop/timer.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "loop/loop.h"
#include "looptest.h"
#include "testlib/rng.h"
#include "testlib/run.h"

/* The clock that the timers see (ld --wrap). Real until a test takes it over. */
int64_t __wrap_clock_mono_ms(void);
int64_t __wrap_clock_mono_us(void);
int64_t __real_clock_mono_ms(void);

static bool faked;
static int64_t now_ms;

int64_t __wrap_clock_mono_ms(void)
{
	return faked ? now_ms : __real_clock_mono_ms();
}

int64_t __wrap_clock_mono_us(void)
{
	return __wrap_clock_mono_ms() * 1000;
}

static struct loop *loop;

static void setup(void)
{
	ck_assert_int_eq(loop_new(&loop), 0);
	faked = true;
	now_ms = __real_clock_mono_ms();
}

static void teardown(void)
{
	loop_free(loop);
}

/* One tick, with the clock moved by ms. */
static void pass(int64_t ms)
{
	now_ms += ms;
	turn_ticks(loop, 1);
}

#define MAX_FIRED 4096

static int fired[MAX_FIRED], n_fired;

static void note(void *arg)
{
	ck_assert_int_lt(n_fired, MAX_FIRED);
	fired[n_fired++] = *(const int *)arg;
}

static int id[8] = {0, 1, 2, 3, 4, 5, 6, 7};

START_TEST(a_timer_fires_once_at_its_deadline_not_before_and_not_inside_start)
{
	struct timer t;

	timer_init(&t, loop, "test", note, &id[1]);
	ck_assert(!timer_is_running(&t));
	timer_start_at(&t, now_ms + 100);
	ck_assert(timer_is_running(&t));
	pass(99);
	ck_assert_int_eq(n_fired, 0);
	pass(1);
	ck_assert_int_eq(n_fired, 1);
	ck_assert(!timer_is_running(&t));
	pass(1000);
	ck_assert_int_eq(n_fired, 1);
	timer_start_at(&t, now_ms - 5);
	timer_start_in(&t, 0);
	ck_assert_int_eq(n_fired, 1);
	pass(0);
	ck_assert_int_eq(n_fired, 2);
}
END_TEST

START_TEST(timers_of_one_deadline_fire_in_the_order_they_were_started)
{
	struct timer t[4];

	for (int i = 0; i < 4; i++)
		timer_init(&t[i], loop, "test", note, &id[i]);
	for (int i = 0; i < 4; i++)
		timer_start_at(&t[i], now_ms + 10);
	/* restarted: now the last */
	timer_start_at(&t[1], now_ms + 10);
	pass(10);
	ck_assert_int_eq(n_fired, 4);
	ck_assert(fired[0] == 0 && fired[1] == 2 && fired[2] == 3 && fired[3] == 1);
}
END_TEST

static struct timer self, other;

static void stop_other(void *arg)
{
	note(arg);
	timer_stop(&other);
}

START_TEST(a_timer_stopped_by_an_earlier_callback_does_not_fire)
{
	timer_init(&self, loop, "test", stop_other, &id[1]);
	timer_init(&other, loop, "test", note, &id[2]);
	timer_start_in(&self, 1);
	timer_start_in(&other, 1);
	pass(1);
	ck_assert_int_eq(n_fired, 1);
	ck_assert(!timer_is_running(&other));
	timer_stop(&other);
}
END_TEST

static void start_both_at_once(void *arg)
{
	note(arg);
	if (n_fired > 2)
		return;
	timer_start_at(&self, now_ms - 100);
	timer_start_at(&other, now_ms - 100);
}

START_TEST(a_timer_restarted_for_a_time_that_has_passed_waits_for_the_next_tick)
{
	timer_init(&self, loop, "test", start_both_at_once, &id[1]);
	timer_init(&other, loop, "test", note, &id[2]);
	timer_start_in(&self, 0);
	timer_start_in(&other, 0);
	pass(0);
	ck_assert_int_eq(n_fired, 1);
	pass(0);
	ck_assert_int_ge(n_fired, 2);
	timer_stop(&self);
	timer_stop(&other);
}
END_TEST

START_TEST(a_period_keeps_its_rhythm_however_long_the_loop_was_busy)
{
	struct timer t;
	int64_t start_ms = now_ms;

	timer_init(&t, loop, "test", note, &id[1]);
	timer_start_every(&t, start_ms + 10, 100);
	pass(9);
	ck_assert_int_eq(n_fired, 0);
	pass(1);
	ck_assert_int_eq(n_fired, 1);
	/* busy over four periods: one callback */
	pass(433);
	ck_assert_int_eq(n_fired, 2);
	ck_assert_int_eq(t.deadline_ms, start_ms + 510);
	pass(66);
	ck_assert_int_eq(n_fired, 2);
	pass(1);
	ck_assert_int_eq(n_fired, 3);
	ck_assert_int_eq(t.deadline_ms, start_ms + 610);
	timer_stop(&t);
	pass(1000);
	ck_assert_int_eq(n_fired, 3);
}
END_TEST

static void stop_self(void *arg)
{
	note(arg);
	timer_stop(&self);
}

START_TEST(a_period_can_be_stopped_in_its_own_callback)
{
	timer_init(&self, loop, "test", stop_self, &id[1]);
	timer_start_every(&self, now_ms, 1);
	pass(10);
	pass(10);
	ck_assert_int_eq(n_fired, 1);
	ck_assert(!timer_is_running(&self));
}
END_TEST

START_TEST(the_ends_of_the_scale_are_now_and_never)
{
	struct timer t;

	timer_init(&t, loop, "test", note, &id[1]);
	timer_start_in(&t, INT64_MAX);
	pass(1000000000);
	ck_assert_int_eq(n_fired, 0);
	timer_start_at(&t, INT64_MAX);
	pass(1);
	ck_assert_int_eq(n_fired, 0);
	timer_start_at(&t, INT64_MIN);
	pass(0);
	ck_assert_int_eq(n_fired, 1);
	timer_start_every(&t, INT64_MIN, 1000);
	pass(0);
	ck_assert_int_eq(n_fired, 2);
	ck_assert_int_gt(t.deadline_ms, now_ms);
	ck_assert_int_le(t.deadline_ms, now_ms + 1000);
	timer_stop(&t);
}
END_TEST

/* -- the heap against a list -- */

#define N_TIMERS 64

struct model {
	struct timer timer;
	int id;
	bool running;
	int64_t deadline_ms;
	uint64_t seq;
};

static struct model models[N_TIMERS];
static uint64_t model_seq;

static void model_start(struct model *m, int64_t deadline_ms)
{
	timer_start_at(&m->timer, deadline_ms);
	m->running = true;
	m->deadline_ms = deadline_ms;
	m->seq = model_seq++;
}

static void model_stop(struct model *m)
{
	timer_stop(&m->timer);
	m->running = false;
}

static int compare(const void *pa, const void *pb)
{
	const struct model *a = *(struct model *const *)pa, *b = *(struct model *const *)pb;

	if (a->deadline_ms != b->deadline_ms)
		return a->deadline_ms < b->deadline_ms ? -1 : 1;
	return a->seq < b->seq ? -1 : 1;
}

/* What a sorted list says is due, in order; those are then stopped in the model. */
static int model_due(int want[static N_TIMERS])
{
	struct model *due[N_TIMERS];
	int n = 0;

	for (int i = 0; i < N_TIMERS; i++)
		if (models[i].running && models[i].deadline_ms <= now_ms)
			due[n++] = &models[i];
	qsort(due, (size_t)n, sizeof(struct model *), compare);
	for (int i = 0; i < n; i++) {
		want[i] = due[i]->id;
		due[i]->running = false;
	}
	return n;
}

static void check_round(struct rng *r, uint64_t seed)
{
	int want[N_TIMERS];
	int n;

	for (uint64_t k = rng_below(r, 40); k > 0; k--) {
		struct model *m = &models[rng_below(r, N_TIMERS)];

		if (rng_below(r, 4) == 0)
			model_stop(m);
		else
			model_start(m, now_ms + rng_range(r, -3, 30));
		ck_assert_int_eq(timer_is_running(&m->timer), m->running);
	}
	now_ms += rng_range(r, 0, 5);
	n_fired = 0;
	n = model_due(want);
	turn_ticks(loop, 1);
	ck_assert_msg(n_fired == n, "seed %#llx: %d fired, %d were due", (unsigned long long)seed,
		      n_fired, n);
	for (int i = 0; i < n; i++)
		ck_assert_msg(fired[i] == want[i], "seed %#llx: number %d is %d, not %d",
			      (unsigned long long)seed, i, fired[i], want[i]);
	for (int i = 0; i < N_TIMERS; i++)
		ck_assert_int_eq(timer_is_running(&models[i].timer), models[i].running);
}

START_TEST(any_starts_and_stops_fire_as_a_sorted_list_would)
{
	uint64_t seed = rng_seed(0x71e3);
	struct rng r;

	rng_init(&r, seed);
	for (int i = 0; i < N_TIMERS; i++) {
		models[i].id = i;
		timer_init(&models[i].timer, loop, "test", note, &models[i].id);
	}
	for (int round = 0; round < 3000; round++)
		check_round(&r, seed);
	for (int i = 0; i < N_TIMERS; i++)
		model_stop(&models[i]);
}
END_TEST

/* -- with the machine's clock -- */

START_TEST(a_waiting_loop_is_woken_for_a_deadline_and_ends_when_no_timer_runs)
{
	struct timer t;
	int64_t deadline_ms;

	faked = false;
	timer_init(&t, loop, "test", note, &id[1]);
	deadline_ms = clock_mono_ms() + 20;
	timer_start_at(&t, deadline_ms);
	loop_run(loop);
	ck_assert_int_eq(n_fired, 1);
	ck_assert_int_ge(clock_mono_ms(), deadline_ms);
	/* stopped: nothing keeps the loop */
	timer_start_in(&t, 1000000);
	timer_stop(&t);
	loop_run(loop);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("timer");
	TCase *t = tcase_create("timer");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_timer_fires_once_at_its_deadline_not_before_and_not_inside_start);
	tcase_add_test(t, timers_of_one_deadline_fire_in_the_order_they_were_started);
	tcase_add_test(t, a_timer_stopped_by_an_earlier_callback_does_not_fire);
	tcase_add_test(t, a_timer_restarted_for_a_time_that_has_passed_waits_for_the_next_tick);
	tcase_add_test(t, a_period_keeps_its_rhythm_however_long_the_loop_was_busy);
	tcase_add_test(t, a_period_can_be_stopped_in_its_own_callback);
	tcase_add_test(t, the_ends_of_the_scale_are_now_and_never);
	tcase_add_test(t, any_starts_and_stops_fire_as_a_sorted_list_would);
	tcase_add_test(t, a_waiting_loop_is_woken_for_a_deadline_and_ends_when_no_timer_runs);
	suite_add_tcase(s, t);
	return run_suite(s);
}
