/* Jobs at the rig's engine: pushed, told about, listed, ordered. One rig for the tests of a program. */
#pragma once

#include "engine/operator.h"
#include "engine/workload.h"
#include "rig.h"

#define T0 RUN_MONDAY /* midnight: the valley */
#define SUB 5
#define SITE "hongyuan"
#define QUEUE "hongyuan/batch"

extern struct rig g;
extern struct fault fault; /* of the last push or event */

struct listed {
	int n;
	struct job_info at[16];
	struct compute_job job[16];
};

struct compute_job job(const char *id, int64_t devices, int64_t hours, int64_t deadline_h);
int push(const struct compute_job *jobs, size_t n);
void push_one(const struct compute_job *j);
int tell(const char *id, enum job_event_kind kind, int64_t t_ms, int64_t work_ds);
/* A visitor of engine_list_jobs(): arg is a struct listed. */
bool on_info(void *arg, const struct job_info *info);
struct listed list(const struct job_query *q, struct job_page *page);
struct job_query query(void);
struct job_info look(const char *id, struct compute_job *ret);
int state_of(const char *id);
/* Decisions of a verb that were sent for a job, each counted once. */
int sent(const char *id, enum job_verb verb);
const struct decision *last_of(const char *id);
int ack(uint64_t id, enum decision_state state);
void ack_all(void);
void ack_assets(void);
void subscribe(void);
void begin(void);
void end(void);
