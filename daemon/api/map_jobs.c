#include "api/map_jobs.h"

#include <stdio.h>
#include <string.h>

#include "api/map_in.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX 1000

/* protobuf-c's strings are not const, though packing only reads them. */
#define STR(s) ((char *)(s))

#define NEW(a, type, init, ret)                                                                    \
	do {                                                                                       \
		(ret) = ARENA_NEW((a), type);                                                      \
		if (!(ret))                                                                        \
			return NULL;                                                               \
		*(ret) = (type)init;                                                               \
	} while (0)

/* ---- In ---------------------------------------------------------------------------------------- */

struct place {
	char s[96];
};

static struct place place(const char *list, size_t i, const char *field)
{
	struct place p;

	snprintf(p.s, sizeof(p.s), "%s[%zu].%s", list, i, field);
	return p;
}

/* An engine fault that names its field. */
void map_in_path(struct refusal *r)
{
	const char *end = strstr(r->fault.text, ": ");
	struct fault f = r->fault;
	size_t n = end ? (size_t)(end - r->fault.text) : 0;

	if (!end || n >= sizeof(r->field) || !memchr(r->fault.text, '[', n))
		return;
	memcpy(r->field, f.text, n);
	r->field[n] = '\0';
	snprintf(r->fault.text, sizeof(r->fault.text), "%s", f.text + n + 2);
}

static int map_names(struct refusal *r, const Suandian__V1__Job *m, size_t i,
		     struct compute_job *ret)
{
	int rc = map_in_id(r, place("jobs", i, "id").s, m->id, ret->id);

	if (rc == 0)
		rc = map_in_id(r, place("jobs", i, "site").s, m->site, ret->site);
	if (rc == 0)
		rc = map_in_id(r, place("jobs", i, "queue").s, m->queue, ret->queue);
	if (rc == 0 && m->tenant[0])
		rc = map_in_id(r, place("jobs", i, "tenant").s, m->tenant, ret->tenant);
	return rc;
}

static int map_job(struct refusal *r, const Suandian__V1__Job *m, size_t i, struct compute_job *ret)
{
	int rc = map_names(r, m, i, ret);

	if (rc)
		return rc;
	if (m->tier > FLEX_F3)
		return refuse_at(r, "jobs", i, "tier", "0 to 3");
	if ((unsigned)m->state > JOB_STATE_LAST)
		return refuse_at(r, "jobs", i, "state", "is unknown");
	ret->tier = (enum flex_tier)m->tier;
	ret->devices = m->devices;
	ret->min_devices = m->min_devices;
	ret->work_ds = m->work_ds;
	ret->arrival_ms = m->arrival_ms;
	ret->deadline_ms = m->deadline_ms;
	ret->earliest_start_ms = m->earliest_start_ms;
	ret->preemptible = m->preemptible;
	ret->state = (int)m->state;
	if (m->checkpoint) {
		ret->checkpoint_period_ms = m->checkpoint->period_ms;
		ret->checkpoint_cost_ms = m->checkpoint->cost_ms;
		ret->last_checkpoint_ms = m->checkpoint->last_ms;
	}
	if (m->mobility) {
		ret->migratable = m->mobility->migratable;
		ret->transfer_bytes = m->mobility->transfer_bytes;
	}
	return 0;
}

int map_in_jobs(struct refusal *r, const Suandian__V1__PushJobs *m, struct arena *a,
		struct compute_job **ret)
{
	struct compute_job *jobs;

	if (m->n_jobs > JOBS_BATCH_MAX)
		return refuse(r, ERR_FULL, "jobs", "at most %d in one request", JOBS_BATCH_MAX);
	jobs = ARENA_ARRAY(a, m->n_jobs, struct compute_job);
	if (!jobs)
		return refuse(r, -ENOMEM, "", "out of memory");
	for (size_t i = 0; i < m->n_jobs; i++) {
		int rc = map_job(r, m->jobs[i], i, &jobs[i]);

		if (rc)
			return rc;
	}
	*ret = jobs;
	return 0;
}

static int map_job_event(struct refusal *r, const Suandian__V1__JobEvent *m, size_t i,
			 struct job_event *ret)
{
	if (!id_is_valid(m->site))
		return refuse_at(r, "events", i, "site", "is no id");
	if (!id_is_valid(m->job))
		return refuse_at(r, "events", i, "job", "is no id");
	if ((unsigned)m->kind > JOB_EVENT_LAST)
		return refuse_at(r, "events", i, "kind", "is unknown");
	if (!text_is_valid(m->reason, strlen(m->reason)))
		return refuse_at(r, "events", i, "reason", "is no clean text");
	*ret = (struct job_event){
		.site = m->site,
		.job = m->job,
		.kind = (enum job_event_kind)m->kind,
		.t_ms = m->t_ms,
		.has_work = m->has_work_case == SUANDIAN__V1__JOB_EVENT__HAS_WORK_WORK_DS,
		.reason = m->reason,
		.to_site = m->to_site,
		.to_queue = m->to_queue,
	};
	if (ret->has_work)
		ret->work_ds = m->work_ds;
	if (ret->kind == JOB_EVENT_MIGRATED &&
	    !(id_is_valid(m->to_site) && id_is_valid(m->to_queue)))
		return refuse_at(r, "events", i, "to_queue", "a site and a queue where it went");
	return 0;
}

int map_in_job_events(struct refusal *r, const Suandian__V1__JobEvents *m, struct arena *a,
		      struct job_event **ret)
{
	struct job_event *events;

	if (m->n_events > JOBS_BATCH_MAX)
		return refuse(r, ERR_FULL, "events", "at most %d in one request", JOBS_BATCH_MAX);
	events = ARENA_ARRAY(a, m->n_events, struct job_event);
	if (!events)
		return refuse(r, -ENOMEM, "", "out of memory");
	for (size_t i = 0; i < m->n_events; i++) {
		int rc = map_job_event(r, m->events[i], i, &events[i]);

		if (rc)
			return rc;
	}
	*ret = events;
	return 0;
}

int map_in_job_query(struct refusal *r, const Suandian__V1__ListJobs *m, struct job_query *ret)
{
	if (m->queue[0] && !m->site[0])
		return refuse(r, ERR_INVALID, "queue", "needs a site");
	if (m->id[0] && !m->site[0])
		return refuse(r, ERR_INVALID, "id", "needs a site");
	if ((unsigned)m->state > JOB_STATE_LAST)
		return refuse(r, ERR_INVALID, "state", "is unknown");
	if (m->to_ms < m->from_ms || m->from_ms < 0)
		return refuse(r, ERR_INVALID, "to_ms", "after from_ms");
	if (m->limit > LIMIT_MAX)
		return refuse(r, ERR_FULL, "limit", "at most %d", LIMIT_MAX);
	*ret = (struct job_query){
		.site = m->site,
		.queue = m->queue,
		.state = (int)m->state,
		.from_ms = m->from_ms,
		.to_ms = m->to_ms,
		.id = m->id,
		.limit = m->limit ? m->limit : LIMIT_DEFAULT,
		.after = m->after,
	};
	return 0;
}

/* ---- Out --------------------------------------------------------------------------------------- */

static Suandian__V1__Job *map_description(struct arena *a, const struct compute_job *j,
					  int64_t left_ds)
{
	Suandian__V1__Job *m;

	NEW(a, Suandian__V1__Job, SUANDIAN__V1__JOB__INIT, m);
	NEW(a, Suandian__V1__Checkpoint, SUANDIAN__V1__CHECKPOINT__INIT, m->checkpoint);
	NEW(a, Suandian__V1__Mobility, SUANDIAN__V1__MOBILITY__INIT, m->mobility);
	m->id = STR(j->id);
	m->site = STR(j->site);
	m->queue = STR(j->queue);
	m->tenant = STR(j->tenant);
	m->tier = (uint32_t)j->tier;
	m->devices = (uint32_t)j->devices;
	m->min_devices = (uint32_t)j->min_devices;
	m->work_ds = left_ds;
	m->arrival_ms = j->arrival_ms;
	m->deadline_ms = j->deadline_ms;
	m->earliest_start_ms = j->earliest_start_ms;
	m->preemptible = j->preemptible;
	m->checkpoint->period_ms = j->checkpoint_period_ms;
	m->checkpoint->cost_ms = j->checkpoint_cost_ms;
	m->checkpoint->last_ms = j->last_checkpoint_ms;
	m->mobility->migratable = j->migratable;
	m->mobility->transfer_bytes = j->transfer_bytes;
	m->state = (Suandian__V1__JobState)j->state;
	return m;
}

static Suandian__V1__JobStep *map_step(struct arena *a, const struct job_step *s)
{
	Suandian__V1__JobStep *m;

	NEW(a, Suandian__V1__JobStep, SUANDIAN__V1__JOB_STEP__INIT, m);
	m->what = (Suandian__V1__JobStep__What)s->what;
	m->start_ms = s->start_ms;
	m->end_ms = s->end_ms;
	m->power_w = s->power_w;
	m->to = arena_strdup(a, s->to);
	return m->to ? m : NULL;
}

static Suandian__V1__JobOutlook *map_outlook(struct arena *a, const struct job_info *info)
{
	Suandian__V1__JobOutlook *m;

	NEW(a, Suandian__V1__JobOutlook, SUANDIAN__V1__JOB_OUTLOOK__INIT, m);
	m->steps = ARENA_ARRAY(a, (size_t)info->n_steps, Suandian__V1__JobStep *);
	if (!m->steps)
		return NULL;
	for (int i = 0; i < info->n_steps; i++) {
		m->steps[i] = map_step(a, &info->steps[i]);
		if (!m->steps[i])
			return NULL;
		m->n_steps++;
	}
	m->start_ms = info->start_ms;
	m->end_ms = info->end_ms;
	if (info->has_slack) {
		m->has_slack_case = SUANDIAN__V1__JOB_OUTLOOK__HAS_SLACK_SLACK_MS;
		m->slack_ms = info->slack_ms;
	}
	m->text = STR(info->text);
	return m;
}

Suandian__V1__JobInfo *map_out_job(struct arena *a, const struct job_info *info)
{
	const struct compute_job *j = info->job;
	Suandian__V1__JobInfo *m;

	NEW(a, Suandian__V1__JobInfo, SUANDIAN__V1__JOB_INFO__INIT, m);
	m->number = j->number;
	m->job = map_description(a, j, info->left_ds);
	m->started_ms = j->started_ms;
	m->dwell_until_ms = info->dwell_until_ms;
	m->committed = j->committed;
	m->decision_id = info->decision_id;
	m->lost_ds = j->lost_ds;
	if (info->has_outlook)
		m->outlook = map_outlook(a, info);
	return m->job && (m->outlook || !info->has_outlook) ? m : NULL;
}
