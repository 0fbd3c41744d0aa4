#include "ctl/cmd.h"

#include "ctl/jobfile.h"
#include "suandian/v1/envelope.pb-c.h"

/* Of one request. */
#define BATCH 1000

int cmd_job_push(struct ctl *c)
{
	Suandian__V1__PushJobs body = SUANDIAN__V1__PUSH_JOBS__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	Suandian__V1__Job **jobs = NULL;
	size_t n = 0;
	int r = ctl_connect(c, NULL);

	r = r ? r : jobfile_read(c, c->args.operand[0], &jobs, &n);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PUSH_JOBS;
	env.push_jobs = &body;
	/* an empty table is asked for, too: the daemon says whether it takes jobs here */
	for (size_t i = 0; r == CTL_OK && (i < n || i == 0); i += n ? body.n_jobs : 1) {
		body.jobs = jobs + i;
		body.n_jobs = n - i < BATCH ? n - i : BATCH;
		r = ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_OK, &answer);
	}
	if (r)
		return r;
	if (c->json)
		return ctl_print_json(c, json_pack("{s:I}", "jobs", (json_int_t)n));
	out_line(&c->out, STYLE_GOOD, "%zu jobs pushed", n);
	return CTL_OK;
}
