/* Named computing jobs: what they are (immutable, made once per run), and what happens to them. Plain data. */
#pragma once

#include "base/base.h"

#define JOB_ID_B 56

struct job {
	char id[JOB_ID_B]; /* unique within its site */
	int tier;	   /* 0…3: F0 … F3 */
	int64_t devices;   /* it runs on all of them or not at all */
	int64_t work_dms;  /* device-milliseconds */
	int64_t arrival_ms, due_ms;
};

/* Ascending arrival. */
struct job_list {
	struct job *at; /* malloc'ed */
	size_t n;
};

enum job_news {
	JOB_STARTED,
	JOB_PROGRESSED,
	JOB_CHECKPOINTED,
	JOB_PAUSED,
	JOB_FINISHED,
	JOB_LEAVES,
	JOB_ARRIVED
};

struct job_note {
	const struct job *job;
	enum job_news news;
	int64_t t_ms;
	int64_t left_dms;
	int to_site,
		to_queue; /* JOB_ARRIVED: index of the site in the run, of the queue in its plant */
};
