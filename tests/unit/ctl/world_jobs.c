/* Three computing jobs: one runs and will be paused, one waits, one will be late. */
#include "world_priv.h"

static Suandian__V1__JobStep *step(struct arena *a, int what, int64_t from_min, int64_t to_min,
				   int64_t power_w)
{
	NEW(a, Suandian__V1__JobStep, s) SUANDIAN__V1__JOB_STEP__INIT;

	s->what = (Suandian__V1__JobStep__What)what;
	s->start_ms = WORLD_NOW_MS + from_min * WORLD_MIN_MS;
	s->end_ms = WORLD_NOW_MS + to_min * WORLD_MIN_MS;
	s->power_w = power_w;
	return s;
}

static Suandian__V1__JobOutlook *outlook(struct arena *a, int i)
{
	NEW(a, Suandian__V1__JobOutlook, o) SUANDIAN__V1__JOB_OUTLOOK__INIT;

	o->steps = ARENA_ARRAY(a, 3, Suandian__V1__JobStep *);
	o->has_slack_case = SUANDIAN__V1__JOB_OUTLOOK__HAS_SLACK_SLACK_MS;
	if (i == 0) {
		o->steps[0] = step(a, 1, 0, 45, 44800);
		o->steps[1] = step(a, 2, 45, 150, 0);
		o->steps[2] = step(a, 1, 150, 200, 44800);
		o->n_steps = 3;
		o->start_ms = WORLD_NOW_MS;
		o->end_ms = WORLD_NOW_MS + 200 * WORLD_MIN_MS;
		o->slack_ms = 605 * WORLD_MIN_MS;
	} else if (i == 1) {
		o->has_slack_case = SUANDIAN__V1__JOB_OUTLOOK__HAS_SLACK__NOT_SET;
		o->steps[0] = step(a, 4, 0, 0, 0);
		o->steps[0]->to = "liangshan/batch";
		o->n_steps = 1;
		o->text = "waits beyond the plan's horizon";
	} else {
		o->steps[0] = step(a, 3, 15, 300, 70000);
		o->n_steps = 1;
		o->start_ms = WORLD_NOW_MS + 15 * WORLD_MIN_MS;
		o->end_ms = WORLD_NOW_MS + 300 * WORLD_MIN_MS;
		o->slack_ms = -40 * WORLD_MIN_MS;
		o->text = "late under the plan in force";
	}
	return o;
}

static Suandian__V1__JobInfo *job(struct arena *a, int i)
{
	static const char *const ids[] = {"train-17", "render-3", "sweep-9"};
	NEW(a, Suandian__V1__JobInfo, info) SUANDIAN__V1__JOB_INFO__INIT;
	NEW(a, Suandian__V1__Job, j) SUANDIAN__V1__JOB__INIT;
	NEW(a, Suandian__V1__Checkpoint, checkpoint) SUANDIAN__V1__CHECKPOINT__INIT;
	NEW(a, Suandian__V1__Mobility, mobility) SUANDIAN__V1__MOBILITY__INIT;

	checkpoint->period_ms = i == 2 ? 0 : 60 * WORLD_MIN_MS;
	checkpoint->cost_ms = 30000;
	checkpoint->last_ms = i == 0 ? WORLD_NOW_MS - 20 * WORLD_MIN_MS : 0;
	mobility->migratable = i == 1;
	j->id = (char *)ids[i];
	j->site = "hongyuan";
	j->queue = "batch";
	j->tenant = i == 0 ? "lab" : "";
	j->tier = (uint32_t)i + 1;
	j->devices = j->min_devices = i == 0 ? 64 : 100;
	j->work_ds = (i + 1) * 352800;
	j->arrival_ms = WORLD_NOW_MS - 90 * WORLD_MIN_MS;
	j->deadline_ms = WORLD_NOW_MS + (i == 2 ? 260 : 805) * WORLD_MIN_MS;
	j->preemptible = i != 2;
	j->checkpoint = checkpoint;
	j->mobility = mobility;
	j->state = i == 0 ? SUANDIAN__V1__JOB_STATE__JOB_RUNNING
			  : SUANDIAN__V1__JOB_STATE__JOB_PENDING;
	info->number = (uint64_t)i + 1;
	info->job = j;
	info->started_ms = i == 0 ? WORLD_NOW_MS - 80 * WORLD_MIN_MS : 0;
	info->lost_ds = i == 0 ? 7200 : 0;
	info->outlook = outlook(a, i);
	return info;
}

void world_answer_jobs(struct arena *a, const Suandian__V1__ListJobs *q,
		       Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__JobList, list) SUANDIAN__V1__JOB_LIST__INIT;

	list->jobs = ARENA_ARRAY(a, 3, Suandian__V1__JobInfo *);
	for (int i = 0; i < 3; i++) {
		Suandian__V1__JobInfo *info = job(a, i);

		if (info->number <= q->after || (*q->id && strcmp(q->id, info->job->id) != 0) ||
		    (q->state && q->state != info->job->state))
			continue;
		if (list->n_jobs == q->limit && q->limit) {
			list->next = (uint64_t)i;
			break;
		}
		list->jobs[list->n_jobs++] = info;
	}
	list->n_live = 3;
	list->backlog_ds = 2116800;
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_JOB_LIST;
	env->job_list = list;
}

/* Only what a small cluster would push. */
void world_answer_push(struct arena *a, const Suandian__V1__PushJobs *q, const char *role,
		       Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__Ok, ok) SUANDIAN__V1__OK__INIT;

	if (strcmp(role, "adapter") != 0 || q->n_jobs != 2 || q->jobs[0]->devices != 64 ||
	    q->jobs[0]->tier != 2 || q->jobs[0]->checkpoint->period_ms != 3600000 ||
	    !q->jobs[1]->preemptible ||
	    q->jobs[1]->deadline_ms != WORLD_NOW_MS + 360 * WORLD_MIN_MS) {
		world_answer_error(a, "INVALID", "not as expected", "jobs[0]", env);
		return;
	}
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_OK;
	env->ok = ok;
}
