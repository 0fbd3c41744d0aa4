#include "model/job.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/require.h"
#include "testlib/run.h"

#define T0 (INT64_C(1752480000000))

static struct compute_job j;
static char paths[1024];

static void setup(void)
{
	j = (struct compute_job){
		.number = 1,
		.id = "train-17",
		.site = "hongyuan",
		.queue = "batch",
		.tier = FLEX_F2,
		.devices = 10,
		.min_devices = 10,
		.work_ds = 36000,
		.arrival_ms = T0,
		.deadline_ms = T0 + MS_PER_DAY,
		.preemptible = true,
	};
	paths[0] = '\0';
}

static void note(void *arg, const char *path, const char *text)
{
	size_t n = strlen(paths);

	(void)arg;
	ck_assert_str_ne(text, "");
	snprintf(paths + n, sizeof(paths) - n, "%s ", path);
}

START_TEST(a_good_job_has_no_fault)
{
	struct queue q = {.devices = 10};

	ck_assert_int_eq(job_check(&j, NULL, note, NULL), 0);
	ck_assert_int_eq(job_check(&j, &q, note, NULL), 0);
	j.work_ds = 0;
	j.checkpoint_period_ms = MS_PER_H;
	j.checkpoint_cost_ms = MS_PER_MIN;
	j.last_checkpoint_ms = T0;
	ck_assert_int_eq(job_check(&j, &q, note, NULL), 0);
}
END_TEST

START_TEST(every_fault_is_reported_with_its_path)
{
	struct queue q = {.devices = 5};

	j.id[0] = 'T';
	j.site[0] = '\0';
	memcpy(j.queue, "a b", 4);
	memcpy(j.tenant, "x/y", 4);
	j.tier = (enum flex_tier)4;
	j.min_devices = 11;
	j.work_ds = -1;
	j.deadline_ms = T0;
	j.earliest_start_ms = -1;
	j.checkpoint_period_ms = 1;
	j.checkpoint_cost_ms = 1;
	j.last_checkpoint_ms = -1;
	j.transfer_bytes = -1;
	j.state = 99;
	ck_assert_int_eq(job_check(&j, &q, note, NULL), 14);
	ck_assert_str_eq(paths,
			 "id site queue tenant tier devices min_devices work_ds "
			 "earliest_start_ms deadline_ms checkpoint.last_ms checkpoint.cost_ms "
			 "mobility.transfer_bytes state ");
	setup();
	j.devices = j.min_devices = 0;
	j.arrival_ms = 0;
	j.last_checkpoint_ms = T0;
	ck_assert_int_eq(job_check(&j, NULL, note, NULL), 4);
	ck_assert_str_eq(paths, "devices min_devices arrival_ms checkpoint.last_ms ");
}
END_TEST

START_TEST(exactly_the_moves_of_the_graph_are_allowed)
{
	static const char *const want[] = {
		[JOB_NONE] = "prahm",	  [JOB_PENDING] = "rhmdfc", [JOB_RUNNING] = "pamdfc",
		[JOB_PAUSED] = "prhmdfc", [JOB_HELD] = "prmdfc",    [JOB_MIGRATING] = "prdfc",
		[JOB_DONE] = "",	  [JOB_FAILED] = "",	    [JOB_CANCELLED] = "",
	};
	static const char letter[] = "-prahmdfc";

	for (int from = JOB_NONE; from <= JOB_STATE_LAST; from++)
		for (int to = JOB_NONE; to <= JOB_STATE_LAST; to++)
			ck_assert_msg(sm_allowed(&job_sm, from, to) ==
					      (to != JOB_NONE && strchr(want[from], letter[to])),
				      "%s to %s", job_state_name(from), job_state_name(to));
	ck_assert_str_eq(job_state_name(JOB_MIGRATING), "migrating");
	ck_assert_str_eq(job_state_name(17), "?");
}
END_TEST

START_TEST(a_job_that_is_over_moves_no_more)
{
	j.state = JOB_DONE;
	sm_move(&job_sm, &j.state, JOB_RUNNING, &j);
}
END_TEST

START_TEST(work_is_counted_down_while_it_runs)
{
	j.counted_ms = T0;
	ck_assert_int_eq(job_left_ds(&j, 700, T0 + MS_PER_MIN), 36000);
	j.state = JOB_RUNNING;
	ck_assert_int_eq(job_left_ds(&j, 700, T0 + 10 * MS_PER_MIN), 30000);
	/* at half the power half the pace */
	j.cap_w = 3500;
	ck_assert_int_eq(job_left_ds(&j, 700, T0 + 10 * MS_PER_MIN), 33000);
	j.cap_w = 0;
	/* counting is not knowing */
	ck_assert_int_eq(job_left_ds(&j, 700, T0 + MS_PER_DAY), 600);
	j.state = JOB_DONE;
	j.work_ds = 0;
	ck_assert_int_eq(job_left_ds(&j, 700, T0 + MS_PER_DAY), 0);
}
END_TEST

START_TEST(what_is_lost_goes_back_to_the_last_checkpoint)
{
	j.state = JOB_RUNNING;
	j.started_ms = T0;
	ck_assert_int_eq(job_lost_ds(&j, T0 + MS_PER_H), 0);
	ck_assert_int_eq(job_next_checkpoint_ms(&j, T0), INT64_MAX);
	j.checkpoint_period_ms = MS_PER_H;
	j.checkpoint_cost_ms = 30 * MS_PER_S;
	ck_assert_int_eq(job_lost_ds(&j, T0 + 20 * MS_PER_MIN), 10 * 1200);
	ck_assert_int_eq(job_next_checkpoint_ms(&j, T0 + 20 * MS_PER_MIN),
			 T0 + MS_PER_H + 30 * MS_PER_S);
	j.last_checkpoint_ms = T0 + 15 * MS_PER_MIN;
	ck_assert_int_eq(job_lost_ds(&j, T0 + 20 * MS_PER_MIN), 10 * 300);
	/* it writes them by itself, told or not */
	ck_assert_int_eq(job_lost_ds(&j, T0 + MS_PER_DAY), 10 * 3600);
	j.state = JOB_PAUSED;
	ck_assert_int_eq(job_lost_ds(&j, T0 + 20 * MS_PER_MIN), 0);
}
END_TEST

START_TEST(tiers_orders_and_readiness)
{
	ck_assert(job_may_pause(&j));
	j.tier = FLEX_F0;
	ck_assert(!job_may_pause(&j));
	ck_assert(!job_is_on(&j));
	j.state = JOB_PENDING;
	j.committed = true;
	ck_assert(job_is_on(&j));
	j.earliest_start_ms = T0 + 5;
	ck_assert_int_eq(job_ready_ms(&j), T0 + 5);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("job");
	TCase *t = tcase_create("job");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, a_good_job_has_no_fault);
	tcase_add_test(t, every_fault_is_reported_with_its_path);
	tcase_add_test(t, exactly_the_moves_of_the_graph_are_allowed);
	tcase_add_test_raise_signal(t, a_job_that_is_over_moves_no_more, SIGABRT);
	tcase_add_test(t, work_is_counted_down_while_it_runs);
	tcase_add_test(t, what_is_lost_goes_back_to_the_last_checkpoint);
	tcase_add_test(t, tiers_orders_and_readiness);
	suite_add_tcase(s, t);
	return run_suite(s);
}
