/* Computing jobs: kept requests, sent again after a reconnect until the daemon has them on disk. Both are idempotent
 * there, so that twice does no harm. */
#include "proto/client_priv.h"

int client_push_jobs(struct client *c, const Suandian__V1__PushJobs *jobs,
		     client_answer_cb on_answer, void *arg)
{
	struct client_request how = {.on_answer = on_answer, .arg = arg, .keep = true};
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PUSH_JOBS;
	env.push_jobs = (Suandian__V1__PushJobs *)jobs; /* read only: it is encoded */
	return client_request(c, &env, &how, NULL);
}

int client_job_events(struct client *c, const Suandian__V1__JobEvents *events,
		      client_answer_cb on_answer, void *arg)
{
	struct client_request how = {.on_answer = on_answer, .arg = arg, .keep = true};
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_JOB_EVENTS;
	env.job_events = (Suandian__V1__JobEvents *)events; /* read only: it is encoded */
	return client_request(c, &env, &how, NULL);
}
