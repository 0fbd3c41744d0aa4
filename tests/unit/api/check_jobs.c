/* Jobs at the door: who may push, what is validated, what comes back. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "fake_engine.h"
#include "rig.h"
#include "testlib/run.h"

static struct rig rig;
static const Suandian__V1__Envelope *answer;
static struct peer_end p;

static void setup(void)
{
	rig_start(&rig);
}

static void teardown(void)
{
	rig_stop(&rig);
}

static Suandian__V1__Job a_job(void)
{
	Suandian__V1__Job j = SUANDIAN__V1__JOB__INIT;

	j.id = "train-17";
	j.site = "hongyuan";
	j.queue = "batch";
	j.tenant = "lab";
	j.tier = 2;
	j.devices = 64;
	j.work_ds = 64 * 3600;
	j.deadline_ms = fake.now_ms + MS_PER_DAY;
	j.preemptible = true;
	return j;
}

START_TEST(a_push_is_answered_when_it_is_on_disk)
{
	Suandian__V1__Checkpoint checkpoint = SUANDIAN__V1__CHECKPOINT__INIT;
	Suandian__V1__Job job = a_job(), *jobs[] = {&job};
	ASK(PUSH_JOBS, push_jobs, Suandian__V1__PushJobs, SUANDIAN__V1__PUSH_JOBS__INIT);

	checkpoint.period_ms = MS_PER_H;
	job.checkpoint = &checkpoint;
	body.jobs = jobs;
	body.n_jobs = 1;
	peer_enter(&rig, SERVER_ADAPTER, "adapter", "slurm", &p);
	peer_send(&p, 2, &env);
	ck_assert(peer_is_silent(&p));
	fake_complete(0);
	ck_assert_answer(answer, &p, OK);
	ck_assert_str_eq(fake.job.id, "train-17");
	ck_assert_str_eq(fake.job.tenant, "lab");
	ck_assert_int_eq(fake.job.tier, FLEX_F2);
	ck_assert_int_eq(fake.job.devices, 64);
	ck_assert_int_eq(fake.job.checkpoint_period_ms, MS_PER_H);
	ck_assert(fake.job.preemptible && !fake.job.migratable);
	/* an engine's path becomes the field */
	fake.jobs_rc = ERR_INVALID;
	peer_send(&p, 3, &env);
	answer = peer_next(&p);
	ck_assert_int_eq(answer->body_case, SUANDIAN__V1__ENVELOPE__BODY_ERROR);
	ck_assert_str_eq(answer->error->field, "jobs[0].devices");
	ck_assert_str_eq(answer->error->text, "refused by the test");
}
END_TEST

START_TEST(what_is_no_job_is_refused_by_its_field)
{
	Suandian__V1__Job job = a_job(), *jobs[] = {&job};
	ASK(PUSH_JOBS, push_jobs, Suandian__V1__PushJobs, SUANDIAN__V1__PUSH_JOBS__INIT);

	body.jobs = jobs;
	body.n_jobs = 1;
	peer_enter(&rig, SERVER_ADAPTER, "adapter", "slurm", &p);
	job.id = "Train 17";
	peer_send(&p, 2, &env);
	answer = peer_next(&p);
	ck_assert_int_eq(answer->body_case, SUANDIAN__V1__ENVELOPE__BODY_ERROR);
	ck_assert_str_eq(answer->error->field, "jobs[0].id");
	job = a_job();
	job.tier = 4;
	peer_send(&p, 3, &env);
	answer = peer_next(&p);
	ck_assert_int_eq(answer->body_case, SUANDIAN__V1__ENVELOPE__BODY_ERROR);
	ck_assert_str_eq(answer->error->field, "jobs[0].tier");
	job = a_job();
	job.state = (Suandian__V1__JobState)99;
	peer_send(&p, 4, &env);
	answer = peer_next(&p);
	ck_assert_int_eq(answer->body_case, SUANDIAN__V1__ENVELOPE__BODY_ERROR);
	ck_assert_str_eq(answer->error->field, "jobs[0].state");
	ck_assert_uint_eq(fake.n_jobs, 0);
}
END_TEST

START_TEST(events_are_told_by_adapters)
{
	Suandian__V1__JobEvent event = SUANDIAN__V1__JOB_EVENT__INIT, *events[] = {&event};
	ASK(JOB_EVENTS, job_events, Suandian__V1__JobEvents, SUANDIAN__V1__JOB_EVENTS__INIT);

	body.events = events;
	body.n_events = 1;
	event.site = "hongyuan";
	event.job = "train-17";
	event.kind = SUANDIAN__V1__JOB_EVENT_KIND__JOB_EVENT_PROGRESS;
	event.t_ms = fake.now_ms;
	event.has_work_case = SUANDIAN__V1__JOB_EVENT__HAS_WORK_WORK_DS;
	event.work_ds = 5;
	peer_enter(&rig, SERVER_ADAPTER, "adapter", "slurm", &p);
	peer_send(&p, 2, &env);
	fake_complete(0);
	ck_assert_answer(answer, &p, OK);
	ck_assert_int_eq(fake.job_event_kind, JOB_EVENT_PROGRESS);
	ck_assert_int_eq(fake.job_event_work_ds, 5);
	event.kind = SUANDIAN__V1__JOB_EVENT_KIND__JOB_EVENT_MIGRATED;
	peer_send(&p, 3, &env);
	answer = peer_next(&p);
	ck_assert_int_eq(answer->body_case, SUANDIAN__V1__ENVELOPE__BODY_ERROR);
	ck_assert_str_eq(answer->error->field, "events[0].to_queue");
	event.kind = SUANDIAN__V1__JOB_EVENT_KIND__JOB_EVENT_STARTED;
	event.job = "";
	peer_send(&p, 4, &env);
	answer = peer_next(&p);
	ck_assert_int_eq(answer->body_case, SUANDIAN__V1__ENVELOPE__BODY_ERROR);
	ck_assert_str_eq(answer->error->field, "events[0].job");
}
END_TEST

START_TEST(observers_list_pages)
{
	ASK(LIST_JOBS, list_jobs, Suandian__V1__ListJobs, SUANDIAN__V1__LIST_JOBS__INIT);
	const Suandian__V1__JobInfo *info;

	fake.n_jobs = 3;
	snprintf(fake.job.id, sizeof(fake.job.id), "j1");
	fake.job.devices = fake.job.min_devices = 4;
	body.limit = 2;
	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	peer_send(&p, 2, &env);
	ck_assert_answer(answer, &p, JOB_LIST);
	ck_assert_uint_eq(answer->job_list->n_jobs, 2);
	ck_assert_uint_eq(answer->job_list->next, 9);
	ck_assert_uint_eq(answer->job_list->n_live, 3);
	info = answer->job_list->jobs[0];
	ck_assert_str_eq(info->job->id, "j1");
	ck_assert_int_eq(info->job->work_ds, 77);
	ck_assert_uint_eq(info->outlook->n_steps, 1);
	ck_assert_int_eq(info->outlook->steps[0]->power_w, 3);
	ck_assert_int_eq(info->outlook->slack_ms, -5);
	ck_assert_str_eq(info->outlook->text, "late");
	body.queue = "batch";
	peer_send(&p, 3, &env);
	ck_assert_refused(&p, "INVALID");
	body.queue = "";
	body.limit = 1001;
	peer_send(&p, 4, &env);
	ck_assert_refused(&p, "FULL");
}
END_TEST

START_TEST(a_page_that_does_not_fit_a_frame_ends_before)
{
	ASK(LIST_JOBS, list_jobs, Suandian__V1__ListJobs, SUANDIAN__V1__LIST_JOBS__INIT);

	fake.n_jobs = 1000;
	fake.long_jobs = true;
	snprintf(fake.job.id, sizeof(fake.job.id), "j1");
	body.limit = 1000;
	peer_enter(&rig, SERVER_CONTROL, "observe", "t", &p);
	peer_send(&p, 2, &env);
	ck_assert_answer(answer, &p, JOB_LIST);
	ck_assert_uint_gt(answer->job_list->n_jobs, 500);
	ck_assert_uint_lt(answer->job_list->n_jobs, 1000);
	/* the page after it begins with the first that had no room */
	ck_assert_uint_eq(answer->job_list->next, answer->job_list->n_jobs);
}
END_TEST

START_TEST(observers_do_not_push)
{
	ASK(PUSH_JOBS, push_jobs, Suandian__V1__PushJobs, SUANDIAN__V1__PUSH_JOBS__INIT);

	peer_enter(&rig, SERVER_CONTROL, "admin", "t", &p);
	peer_send(&p, 5, &env);
	ck_assert_refused(&p, "DENIED");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("api_jobs");
	TCase *t = tcase_create("jobs");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_push_is_answered_when_it_is_on_disk);
	tcase_add_test(t, what_is_no_job_is_refused_by_its_field);
	tcase_add_test(t, events_are_told_by_adapters);
	tcase_add_test(t, observers_list_pages);
	tcase_add_test(t, a_page_that_does_not_fit_a_frame_ends_before);
	tcase_add_test(t, observers_do_not_push);
	suite_add_tcase(s, t);
	return run_suite(s);
}
