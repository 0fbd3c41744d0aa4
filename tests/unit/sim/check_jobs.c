/* Named jobs in a queue: gangs, orders, checkpoints, news; nothing of their work is lost or doubled. */
#include <stdio.h>
#include <string.h>

#include "plants.h"
#include "sim/queue.h"
#include "testlib/run.h"

#define STEP (5 * MS_PER_MIN)
#define NO_CAP INT64_MAX

static struct queue_state q;
static struct plant_queue spec;

static void setup(void)
{
	queue_init(&q);
	spec = (struct plant_queue){
		.id = "train", .devices = 100, .device_power_w = 700, .slack_ms = MS_PER_H};
}

static void teardown(void)
{
	queue_fini(&q);
}

static struct job job(const char *id, int64_t devices, int64_t minutes, int64_t due_ms)
{
	struct job j = {.tier = 2,
			.devices = devices,
			.work_dms = devices * minutes * MS_PER_MIN,
			.due_ms = due_ms};

	memcpy(j.id, id, strlen(id) + 1);
	return j;
}

static struct queue_flow pass(int64_t now_ms, int64_t cap_w)
{
	struct queue_bounds b = {.cap_w = cap_w, .room_w = NO_CAP, .now_ms = now_ms, .dt_ms = STEP};
	struct queue_flow f;

	ck_assert_int_eq(queue_step(&q, &spec, &b, &f), 0);
	return f;
}

static bool has_news(const char *id, enum job_news news)
{
	for (size_t i = 0; i < q.n_notes; i++)
		if (strcmp(q.note[i].job->id, id) == 0 && q.note[i].news == news)
			return true;
	return false;
}

START_TEST(a_gang_runs_on_all_its_devices_and_the_earliest_due_first)
{
	struct job a = job("a", 60, 10, 4 * MS_PER_H), b = job("b", 60, 10, 2 * MS_PER_H);
	struct queue_flow f;

	ck_assert_int_eq(queue_add_job(&q, &a, a.work_dms), 0);
	ck_assert_int_eq(queue_add_job(&q, &b, b.work_dms), 0);
	f = pass(0, NO_CAP);
	ck_assert_int_eq(f.power_w, 60 * 700); /* both do not fit */
	ck_assert(has_news("b", JOB_STARTED) && !has_news("a", JOB_STARTED));
	(void)pass(STEP, NO_CAP);
	ck_assert(has_news("b", JOB_FINISHED));
	(void)pass(2 * STEP, NO_CAP);
	ck_assert(has_news("a", JOB_STARTED));
	ck_assert_int_eq(q.arrived_dms, q.done_dms + q.backlog_dms);
}
END_TEST

START_TEST(once_jobs_are_decided_over_a_capped_queue_waits_for_start)
{
	struct job a = job("a", 50, 60, 12 * MS_PER_H);
	struct queue_lot *l;

	ck_assert_int_eq(queue_add_job(&q, &a, a.work_dms), 0);
	q.by_job = true;
	ck_assert_int_eq(pass(0, 70000).power_w, 0);
	l = queue_find_job(&q, "a");
	ck_assert_int_eq(queue_start_job(&q, l), 0);
	ck_assert_int_eq(pass(STEP, 70000).power_w, 35000);
	/* at half its power it does half its work: the curve is linear */
	queue_find_job(&q, "a")->cap_w = 17500;
	ck_assert_int_eq(pass(2 * STEP, 70000).work_dms, 25 * STEP);
	queue_resume_job(&q, queue_find_job(&q, "a"));
	ck_assert_int_eq(pass(3 * STEP, 70000).work_dms, 50 * STEP);
	/* and one that is released runs what is there */
	ck_assert_int_eq(
		queue_add_job(&q, &(struct job){.id = "b", .devices = 10, .due_ms = MS_PER_DAY},
			      STEP),
		0);
	ck_assert_int_gt(pass(4 * STEP, NO_CAP).power_w, 35000);
}
END_TEST

START_TEST(a_pause_waits_for_a_checkpoint_and_a_hard_one_loses_what_is_not_saved)
{
	struct job a = job("a", 100, 120, 12 * MS_PER_H);
	int64_t left;

	spec.checkpoint_every_ms = 30 * MS_PER_MIN;
	spec.checkpoint_ms = MS_PER_MIN;
	ck_assert_int_eq(queue_add_job(&q, &a, a.work_dms), 0);
	(void)pass(0, NO_CAP);
	ck_assert_int_eq(queue_pause_job(&q, &spec, queue_find_job(&q, "a"), STEP), 0);
	left = queue_find_job(&q, "a")->left_dms;
	(void)pass(STEP, NO_CAP);
	ck_assert(has_news("a", JOB_CHECKPOINTED) && has_news("a", JOB_PAUSED));
	ck_assert_int_eq(queue_find_job(&q, "a")->left_dms, left);
	ck_assert_int_eq(pass(2 * STEP, NO_CAP).power_w, 0);
	queue_resume_job(&q, queue_find_job(&q, "a"));
	(void)pass(3 * STEP, NO_CAP);
	ck_assert_int_lt(queue_find_job(&q, "a")->left_dms, left);
	spec.pause_hard = true;
	ck_assert_int_eq(queue_pause_job(&q, &spec, queue_find_job(&q, "a"), 4 * STEP), 0);
	ck_assert_int_eq(queue_find_job(&q, "a")->left_dms, left);
	ck_assert_int_gt(q.lost_dms, 0);
	ck_assert_int_eq(q.arrived_dms, q.done_dms + q.backlog_dms);
}
END_TEST

START_TEST(what_moves_leaves_whole_and_is_due_as_before)
{
	struct job a = job("a", 100, 60, 12 * MS_PER_H);
	struct queue_lot taken;
	struct queue_state to;

	queue_init(&to);
	ck_assert_int_eq(queue_add_job(&q, &a, a.work_dms), 0);
	(void)pass(0, NO_CAP);
	taken = queue_remove_job(&q, queue_find_job(&q, "a"));
	ck_assert_ptr_null(queue_find_job(&q, "a"));
	ck_assert_int_eq(q.backlog_dms, 0);
	ck_assert_int_eq(taken.left_dms, a.work_dms - 100 * STEP);
	ck_assert_int_eq(queue_add_job(&to, taken.job, taken.left_dms), 0);
	ck_assert_int_eq(q.done_dms + to.backlog_dms, a.work_dms);
	ck_assert_int_eq(queue_find_job(&to, "a")->due_ms, a.due_ms);
	queue_fini(&to);
}
END_TEST

START_TEST(what_has_to_be_done_by_a_time_counts_that_a_gang_has_its_pace)
{
	struct job a = job("a", 10, 60, 2 * MS_PER_H);

	ck_assert_int_eq(queue_add_job(&q, &a, a.work_dms), 0);
	ck_assert_int_eq(queue_due_by_dms(&q, MS_PER_H), 0);
	ck_assert_int_eq(queue_due_by_dms(&q, MS_PER_H + MS_PER_H / 2), a.work_dms / 2);
	ck_assert_int_eq(queue_due_by_dms(&q, 2 * MS_PER_H), a.work_dms);
}
END_TEST

/* Random jobs, random orders: the books balance, nothing runs beyond the devices, the cap or its own size. */
START_TEST(the_books_of_random_jobs_balance)
{
	static struct job jobs[60];
	struct rng r;

	rng_init(&r, rng_seed(0x10b5 + (uint64_t)_i));
	spec.checkpoint_every_ms = rng_below(&r, 2) ? 20 * MS_PER_MIN : 0;
	spec.checkpoint_ms = MS_PER_MIN;
	spec.pause_hard = rng_below(&r, 2);
	for (int k = 0; k < 60; k++) {
		char id[16];
		int64_t cap_w = rng_below(&r, 3) ? rng_range(&r, 0, 70000) : NO_CAP,
			now_ms = k * STEP;
		struct queue_flow f;

		(void)snprintf(id, sizeof(id), "j%d", k);
		jobs[k] = job(id, rng_range(&r, 1, 100), rng_range(&r, 1, 90),
			      now_ms + rng_range(&r, 1, MS_PER_H * 6));
		ck_assert_int_eq(queue_add_job(&q, &jobs[k], jobs[k].work_dms), 0);
		if (q.n && rng_below(&r, 2)) {
			struct queue_lot *l = &q.lot[rng_below(&r, (uint32_t)q.n)];

			switch (rng_below(&r, 4)) {
			case 0:
				ck_assert_int_eq(queue_start_job(&q, l), 0);
				break;
			case 1:
				ck_assert_int_eq(queue_pause_job(&q, &spec, l, now_ms), 0);
				break;
			case 2:
				queue_resume_job(&q, l);
				break;
			default:
				queue_hold_job(&q, l);
				break;
			}
		}
		f = pass(now_ms, cap_w);
		ck_assert_int_ge(f.power_w, 0);
		ck_assert_int_le(f.power_w, min_i64(cap_w, 70000));
		ck_assert_int_le(f.work_dms, 100 * STEP);
		ck_assert_int_eq(q.arrived_dms, q.done_dms + q.backlog_dms);
	}
	for (size_t i = 1; i < q.n_notes; i++)
		for (size_t k = 0; k < i; k++)
			if (q.note[i].job == q.note[k].job)
				ck_assert_int_gt(q.note[i].t_ms, q.note[k].t_ms);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("jobs");
	TCase *tc = tcase_create("jobs");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_gang_runs_on_all_its_devices_and_the_earliest_due_first);
	tcase_add_test(tc, once_jobs_are_decided_over_a_capped_queue_waits_for_start);
	tcase_add_test(tc, a_pause_waits_for_a_checkpoint_and_a_hard_one_loses_what_is_not_saved);
	tcase_add_test(tc, what_moves_leaves_whole_and_is_due_as_before);
	tcase_add_test(tc, what_has_to_be_done_by_a_time_counts_that_a_gang_has_its_pace);
	tcase_add_loop_test(tc, the_books_of_random_jobs_balance, 0, 20);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
