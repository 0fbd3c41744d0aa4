/* Decisions of the daemon become set points of the twin. Storage and cooling take a power, generators and queues a cap,
 * jobs a verb, queues and jobs a journey; no action, or release, gives control back to the asset's own logic (rest, all
 * that sun, wind or river give, own pace, thermostat). Leases are watched by the adapter's client; while there is no
 * adapter the plant's controllers watch them themselves (obey_lapse_due). Owner's thread. */
#pragma once

#include "sim/twin.h"
#include "suandian/v1/decision.pb-c.h"

#define OBEY_KINDS (KIND_COOLING + 1)
#define OBEY_JOBS_WAITING 64
#define OBEY_JOURNEYS 256

/* A decision whose time has not come. */
struct obey_pending {
	bool waits;
	uint64_t decision_id;
	int64_t valid_from_ms;
	Suandian__V1__Action__WhatCase what;
	int64_t value;
};

struct obey_lease {
	int64_t until_ms;		     /* 0 = none */
	Suandian__V1__Action__WhatCase what; /* the fallback */
	int64_t value;
};

struct obey_job {
	uint64_t decision_id;
	int64_t valid_from_ms, valid_until_ms;
	int queue;
	char job[JOB_ID_B];
	Suandian__V1__JobAction__Verb verb;
	int64_t cap_w;
};

struct obey_journey {
	int queue;
	const char *job; /* "" = any work of that amount */
	const char *to_site, *to_queue;
	int64_t work_dms;
};

struct obey {
	struct twin *twin;
	struct obey_pending pending[OBEY_KINDS][PLANT_MAX];
	struct obey_lease lease[OBEY_KINDS][PLANT_MAX];
	int n_waiting;
	struct obey_job waiting[OBEY_JOBS_WAITING];
	/* Sends work away; NULL, or why not. */
	const char *(*send)(void *arg, const struct obey_journey *j);
	void *arg;
	uint64_t gone[OBEY_JOURNEYS]; /* decisions that sent something: once each */
	size_t n_gone;
};

/* What an adapter says to the daemon about a decision. */
struct obey_answer {
	uint64_t decision_id;
	Suandian__V1__DecisionState state; /* APPLIED, REJECTED; ACCEPTED = its time will come */
	int64_t measured_w;		   /* APPLIED */
	const char *reason;		   /* REJECTED; static */
};

void obey_init(struct obey *o, struct twin *twin);

/* `now` are the conditions of the step of dt_ms that begins now: what is measured depends on them. */
struct obey_now {
	const struct twin_exogenous *exogenous;
	int64_t dt_ms;
};
struct obey_answer obey_take(struct obey *o, const Suandian__V1__Decision *d,
			     const struct obey_now *now);
/* The lease ended: the fallback holds. */
void obey_lapse(struct obey *o, const Suandian__V1__Decision *d);
/* Leases that ended by the twin's time, where no client watches them; returns how many. */
int obey_lapse_due(struct obey *o);
/* Applies one decision whose time has come by the twin's time; false: there is none (left). */
bool obey_due(struct obey *o, const struct obey_now *now, struct obey_answer *ret);

/* obey_jobs.c: decisions for one job, and for work that moves. */
struct obey_answer obey_take_job(struct obey *o, int queue, const Suandian__V1__Decision *d,
				 const struct obey_now *now);
struct obey_answer obey_take_journey(struct obey *o, int queue, const Suandian__V1__Decision *d);
void obey_lapse_job(struct obey *o, int queue, const Suandian__V1__JobAction *fallback);
bool obey_job_due(struct obey *o, const struct obey_now *now, struct obey_answer *ret);
int obey_jobs_lapse_due(struct obey *o);
