#include "loop/lane.h"

#include <check.h>
#include <pthread.h>
#include <signal.h>

#include "base/clock.h"
#include "base/err.h"
#include "loop/timer.h"
#include "looptest.h"
#include "testlib/heap.h"
#include "testlib/rng.h"
#include "testlib/run.h"

static struct loop *loop;
static struct lane *lane;
static bool lane_closed;

static void setup(void)
{
	lane_closed = false;
	ck_assert_int_eq(loop_new(&loop), 0);
	ck_assert_int_eq(lane_new(loop, "worker", 64, &lane), 0);
}

static void teardown(void)
{
	if (!lane_closed)
		lane_close(lane, set_flag, &lane_closed);
	loop_run(loop);
	ck_assert(lane_closed);
	loop_free(loop);
}

/* A gate: work that waits in it until the test opens it. */
static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_moved = PTHREAD_COND_INITIALIZER;
static bool gate_open, gate_reached;

static void gate_shut(void)
{
	gate_open = gate_reached = false;
}

static void gate_let_go(void)
{
	pthread_mutex_lock(&gate_lock);
	gate_open = true;
	pthread_cond_broadcast(&gate_moved);
	pthread_mutex_unlock(&gate_lock);
}

static void gate_wait_reached(void)
{
	pthread_mutex_lock(&gate_lock);
	while (!gate_reached)
		pthread_cond_wait(&gate_moved, &gate_lock);
	pthread_mutex_unlock(&gate_lock);
}

static void gate_pass(void)
{
	pthread_mutex_lock(&gate_lock);
	gate_reached = true;
	pthread_cond_broadcast(&gate_moved);
	while (!gate_open)
		pthread_cond_wait(&gate_moved, &gate_lock);
	pthread_mutex_unlock(&gate_lock);
}

struct task {
	struct job job;
	int number;
	int ran;  /* on the worker */
	int done; /* on the loop */
	int result;
};

static int n_ran, n_done;
static bool all_done;
static int expected;

static struct task *task_of(struct job *job)
{
	return container_of(job, struct task, job);
}

static int work(struct job *job)
{
	struct task *t = task_of(job);

	t->ran++;
	ck_assert_int_eq(t->number, n_ran);
	n_ran++;
	return t->number;
}

static int wait_at_gate(struct job *job)
{
	task_of(job)->ran++;
	gate_pass();
	return 7;
}

static int wait_until_told_to_stop(struct job *job)
{
	task_of(job)->ran++;
	gate_pass();
	while (!job_should_stop(job))
		;
	return job_stop_reason(job);
}

static void count(struct job *job, int result)
{
	struct task *t = task_of(job);

	t->done++;
	t->result = result;
	n_done++;
	all_done = n_done >= expected;
}

static void in_order(struct job *job, int result)
{
	ck_assert_int_eq(task_of(job)->number, n_done);
	count(job, result);
}

static void start(struct task *t, job_work_cb how)
{
	ck_assert_int_eq(lane_submit(lane, &t->job, JOB_NO_DEADLINE, how, count), 0);
}

static void expect(int n)
{
	expected = n;
	all_done = n_done >= n;
	turn_until(loop, &all_done);
}

static void fresh(struct task *t, int n)
{
	n_ran = n_done = 0;
	gate_shut();
	for (int i = 0; i < n; i++) {
		t[i] = (struct task){.number = i};
		job_init(&t[i].job);
	}
}

START_TEST(jobs_run_and_complete_in_the_order_they_were_submitted)
{
	struct task t[50];

	for (int round = 0; round < 20; round++) {
		fresh(t, 50);
		for (int i = 0; i < 50; i++)
			ck_assert_int_eq(
				lane_submit(lane, &t[i].job, JOB_NO_DEADLINE, work, in_order), 0);
		ck_assert_int_eq(n_done, 0);
		expect(50);
		ck_assert_int_eq(n_ran, 50);
		for (int i = 0; i < 50; i++)
			ck_assert_int_eq(t[i].result, i);
		ck_assert_uint_eq(lane_depth(lane), 0);
	}
}
END_TEST

START_TEST(a_job_cancelled_while_waiting_never_runs_and_is_told_in_its_turn)
{
	struct task t[3];

	fresh(t, 3);
	start(&t[0], wait_at_gate);
	start(&t[1], wait_at_gate);
	start(&t[2], wait_at_gate);
	gate_wait_reached();
	job_cancel(&t[1].job);
	job_cancel(&t[1].job);
	gate_let_go();
	expect(3);
	ck_assert_int_eq(t[0].result, 7);
	ck_assert_int_eq(t[1].result, ERR_CANCELED);
	ck_assert_int_eq(t[1].ran, 0);
	ck_assert_int_eq(t[2].result, 7);
	/* not busy: harmless, and forgotten at the next submit */
	job_cancel(&t[2].job);
	start(&t[2], wait_at_gate);
	expect(4);
	ck_assert_int_eq(t[2].result, 7);
}
END_TEST

START_TEST(a_running_job_sees_that_it_was_cancelled)
{
	struct task t;

	fresh(&t, 1);
	gate_open = true;
	start(&t, wait_until_told_to_stop);
	gate_wait_reached();
	job_cancel(&t.job);
	expect(1);
	ck_assert_int_eq(t.ran, 1);
	ck_assert_int_eq(t.result, ERR_CANCELED);
}
END_TEST

START_TEST(work_that_finished_in_spite_of_a_cancel_reports_what_it_did)
{
	struct task t;

	fresh(&t, 1);
	start(&t, wait_at_gate);
	gate_wait_reached();
	job_cancel(&t.job);
	gate_let_go();
	expect(1);
	ck_assert_int_eq(t.result, 7);
}
END_TEST

START_TEST(a_job_whose_deadline_passed_while_waiting_never_runs)
{
	struct task t[2];

	fresh(t, 2);
	ck_assert_int_eq(lane_submit(lane, &t[0].job, clock_mono_ms() - 1, wait_at_gate, count), 0);
	ck_assert_int_eq(
		lane_submit(lane, &t[1].job, clock_mono_ms() + 3600000, wait_at_gate, count), 0);
	gate_let_go();
	expect(2);
	ck_assert_int_eq(t[0].result, ERR_TIMEOUT);
	ck_assert_int_eq(t[0].ran, 0);
	ck_assert_int_eq(t[1].result, 7);
}
END_TEST

START_TEST(a_running_job_sees_its_deadline)
{
	struct task t;
	int64_t deadline_ms = clock_mono_ms() + 200;

	fresh(&t, 1);
	gate_open = true;
	ck_assert_int_eq(lane_submit(lane, &t.job, deadline_ms, wait_until_told_to_stop, count), 0);
	expect(1);
	ck_assert_int_eq(t.result, ERR_TIMEOUT);
	ck_assert_int_ge(clock_mono_ms(), deadline_ms);
}
END_TEST

START_TEST(a_full_lane_refuses_without_a_callback)
{
	struct task t[65];

	fresh(t, 65);
	for (int i = 0; i < 64; i++)
		start(&t[i], wait_at_gate);
	ck_assert_uint_eq(lane_depth(lane), 64);
	ck_assert_int_eq(lane_submit(lane, &t[64].job, JOB_NO_DEADLINE, wait_at_gate, count),
			 ERR_FULL);
	gate_let_go();
	expect(64);
	turn_ticks(loop, 3);
	ck_assert_int_eq(n_done, 64);
	ck_assert_int_eq(t[64].done, 0);
	/* there is room again */
	start(&t[64], wait_at_gate);
	expect(65);
}
END_TEST

static void submit_anew(struct job *job, int result)
{
	count(job, result);
	if (task_of(job)->done < 10)
		ck_assert_int_eq(lane_submit(lane, job, JOB_NO_DEADLINE, wait_at_gate, submit_anew),
				 0);
}

START_TEST(a_job_may_be_submitted_anew_in_its_done_callback)
{
	struct task t;

	fresh(&t, 1);
	gate_open = true;
	ck_assert_int_eq(lane_submit(lane, &t.job, JOB_NO_DEADLINE, wait_at_gate, submit_anew), 0);
	expect(10);
	ck_assert_int_eq(t.ran, 10);
}
END_TEST

static void after_the_jobs(void *arg)
{
	(void)arg;
	ck_assert_int_eq(n_done, 10);
	lane_closed = true;
}

START_TEST(closing_cancels_all_and_still_delivers_every_callback_before_its_own)
{
	struct task t[10];
	struct job late;
	bool never = false;

	fresh(t, 10);
	start(&t[0], wait_until_told_to_stop);
	for (int i = 1; i < 10; i++)
		start(&t[i], wait_at_gate);
	gate_let_go();
	gate_wait_reached();
	lane_close(lane, after_the_jobs, NULL);
	lane_close(lane, set_flag, &never);
	job_init(&late);
	ck_assert_int_eq(lane_submit(lane, &late, JOB_NO_DEADLINE, wait_at_gate, count),
			 ERR_CLOSED);
	ck_assert_int_eq(n_done, 0);
	turn_until(loop, &lane_closed);
	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(t[i].done, 1);
		ck_assert_int_eq(t[i].result, ERR_CANCELED);
		ck_assert_int_eq(t[i].ran, i == 0);
	}
	ck_assert(!never);
}
END_TEST

static void close_lane(struct job *job, int result)
{
	count(job, result);
	lane_close(lane, set_flag, &lane_closed);
	ck_assert(!lane_closed);
}

START_TEST(a_lane_may_be_closed_in_a_done_callback)
{
	struct task t[2];

	fresh(t, 2);
	ck_assert_int_eq(lane_submit(lane, &t[0].job, JOB_NO_DEADLINE, wait_at_gate, close_lane),
			 0);
	start(&t[1], wait_at_gate);
	gate_let_go();
	turn_until(loop, &lane_closed);
	ck_assert_int_eq(n_done, 2);
}
END_TEST

static char thread_name[16];
static int n_open_signals;

static int look_around(struct job *job)
{
	sigset_t blocked;

	(void)job;
	(void)pthread_getname_np(pthread_self(), thread_name, sizeof(thread_name));
	(void)pthread_sigmask(SIG_BLOCK, NULL, &blocked);
	n_open_signals = !sigismember(&blocked, SIGTERM) + !sigismember(&blocked, SIGHUP) +
			 !sigismember(&blocked, SIGINT) + !sigismember(&blocked, SIGCHLD);
	return 0;
}

START_TEST(the_worker_has_the_lanes_name_and_takes_no_signals)
{
	struct task t[2];

	/* pthread_create() may run the worker before its name is set: the second job sees it */
	fresh(t, 2);
	ck_assert_str_eq(lane_name(lane), "worker");
	start(&t[0], look_around);
	expect(1);
	start(&t[1], look_around);
	expect(2);
	ck_assert_str_eq(thread_name, "worker");
	ck_assert_int_eq(n_open_signals, 0);
}
END_TEST

static void tick(void *arg)
{
	++*(int *)arg;
}

START_TEST(a_job_does_not_hold_up_the_loop)
{
	struct timer timer;
	struct task t;
	int ticks = 0;

	fresh(&t, 1);
	start(&t, wait_at_gate);
	gate_wait_reached();
	timer_init(&timer, loop, "test", tick, &ticks);
	timer_start_every(&timer, clock_mono_ms(), 1);
	while (ticks < 5)
		ck_assert(loop_step(loop, true));
	ck_assert_int_eq(n_done, 0);
	timer_stop(&timer);
	gate_let_go();
	expect(1);
}
END_TEST

/* -- any mixture of submits and cancels on several lanes -- */

#define N_LANES 3
#define N_TASKS 40

static int spin(struct job *job)
{
	struct task *t = task_of(job);

	t->ran++;
	for (int i = 0; i < t->number * 50 && !job_should_stop(job); i++)
		;
	return job_stop_reason(job);
}

static void one_storm(struct rng *r)
{
	struct lane *lanes[N_LANES];
	struct task t[N_TASKS];
	int submits[N_TASKS] = {0};
	bool closed[N_LANES] = {false};
	int all = 0;

	fresh(t, N_TASKS);
	for (int i = 0; i < N_LANES; i++)
		ck_assert_int_eq(lane_new(loop, "storm", 8, &lanes[i]), 0);
	for (int k = 0; k < 400; k++) {
		int i = (int)rng_below(r, N_TASKS);

		switch (rng_below(r, 4)) {
		case 0:
			job_cancel(&t[i].job);
			break;
		case 1:
			(void)loop_step(loop, false);
			break;
		default:
			if (!t[i].job.busy && lane_submit(lanes[rng_below(r, N_LANES)], &t[i].job,
							  JOB_NO_DEADLINE, spin, count) == 0)
				submits[i]++;
		}
	}
	for (int i = 0; i < N_LANES; i++)
		lane_close(lanes[i], set_flag, &closed[i]);
	for (int i = 0; i < N_LANES; i++)
		turn_until(loop, &closed[i]);
	for (int i = 0; i < N_TASKS; i++) {
		ck_assert_int_eq(t[i].done, submits[i]);
		ck_assert_int_le(t[i].ran, submits[i]);
		all += submits[i];
	}
	ck_assert_int_eq(n_done, all);
}

START_TEST(each_submit_gets_exactly_one_callback_whatever_happens)
{
	struct rng r;

	rng_init(&r, rng_seed(0x1a2e));
	for (int round = 0; round < 30; round++)
		one_storm(&r);
}
END_TEST

START_TEST(memory_that_runs_out_is_an_error)
{
	struct lane *l = NULL;
	bool closed = false;
	int r;

	for (long k = 1;; k++) {
		heap_fail_at(k);
		r = lane_new(loop, "oom", 1, &l);
		if (!heap_stop())
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_ptr_null(l);
	}
	ck_assert_int_eq(r, 0);
	lane_close(l, set_flag, &closed);
	turn_until(loop, &closed);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("lane");
	TCase *t = tcase_create("lane");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, jobs_run_and_complete_in_the_order_they_were_submitted);
	tcase_add_test(t, a_job_cancelled_while_waiting_never_runs_and_is_told_in_its_turn);
	tcase_add_test(t, a_running_job_sees_that_it_was_cancelled);
	tcase_add_test(t, work_that_finished_in_spite_of_a_cancel_reports_what_it_did);
	tcase_add_test(t, a_job_whose_deadline_passed_while_waiting_never_runs);
	tcase_add_test(t, a_running_job_sees_its_deadline);
	tcase_add_test(t, a_full_lane_refuses_without_a_callback);
	tcase_add_test(t, a_job_may_be_submitted_anew_in_its_done_callback);
	tcase_add_test(t, closing_cancels_all_and_still_delivers_every_callback_before_its_own);
	tcase_add_test(t, a_lane_may_be_closed_in_a_done_callback);
	tcase_add_test(t, the_worker_has_the_lanes_name_and_takes_no_signals);
	tcase_add_test(t, a_job_does_not_hold_up_the_loop);
	tcase_add_test(t, each_submit_gets_exactly_one_callback_whatever_happens);
	tcase_add_test(t, memory_that_runs_out_is_an_error);
	suite_add_tcase(s, t);
	return run_suite(s);
}
