/* The workload of the engine of tests. */
#include <string.h>

#include "engine/workload.h"
#include "fake_engine.h"

int engine_push_jobs(struct engine *e, const struct compute_job *jobs, size_t n, struct waiter *w,
		     struct fault *f)
{
	(void)e;
	if (fake.jobs_rc < 0)
		return fault_set(f, fake.jobs_rc, "jobs[%zu].devices: refused by the test", n - 1);
	if (n > 0)
		fake.job = jobs[n - 1];
	fake.n_jobs += n;
	fake_take(w);
	return 0;
}

int engine_job_events(struct engine *e, const struct job_event *events, size_t n, struct waiter *w,
		      struct fault *f)
{
	(void)e;
	if (fake.jobs_rc < 0)
		return fault_set(f, fake.jobs_rc, "events[%zu].job: refused by the test", n - 1);
	if (n > 0) {
		fake.job_event_kind = (int)events[n - 1].kind;
		fake.job_event_work_ds = events[n - 1].has_work ? events[n - 1].work_ds : -1;
	}
	fake_take(w);
	return 0;
}

int engine_list_jobs(const struct engine *e, const struct job_query *q,
		     bool (*visit)(void *arg, const struct job_info *info), void *arg,
		     struct job_page *ret, struct fault *f)
{
	struct job_info info = {
		.job = &fake.job,
		.left_ds = 77,
		.has_outlook = true,
		.n_steps = 1,
		.steps = {{.what = STEP_RUN, .start_ms = 1, .end_ms = 2, .power_w = 3}},
		.end_ms = 2,
		.has_slack = true,
		.slack_ms = -5,
		.text = "late"};

	(void)e;
	(void)f;
	/* with steps that fill a page beyond a frame */
	for (int i = 1; fake.long_jobs && i < JOB_STEPS_MAX; i++) {
		info.steps[i] = info.steps[0];
		memset(info.steps[i].to, 'x', sizeof(info.steps[i].to) - 1);
		info.n_steps = i + 1;
	}
	*ret = (struct job_page){.next = 9, .n_live = (uint32_t)fake.n_jobs, .backlog_ds = 77};
	for (uint32_t i = 0; i < q->limit && i < fake.n_jobs; i++) {
		fake.job.number = i + 1;
		if (!visit(arg, &info))
			break;
	}
	return 0;
}
