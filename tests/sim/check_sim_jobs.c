/* A cluster with jobs: nobody late, nothing started twice, whatever dies when. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "engine/workload.h"
#include "simtest/run.h"
#include "testlib/run.h"

#define FROM (RUN_MONDAY + 20 * MS_PER_H)
#define JOBS_MAX 64

/* What the scheduler of the cluster knows. */
struct cluster_job {
	struct compute_job j;
	enum { WAITS, RUNS, PAUSED, DONE } is;
	int64_t left_ds, end_ms;
	uint64_t start_id;  /* of the order that it follows */
	uint64_t last_id;   /* greatest decision seen */
	int doubled;	    /* ordered to start though it ran */
	int64_t finish_due; /* told the daemon? */
	bool told;
};

struct cluster {
	int n;
	struct cluster_job all[JOBS_MAX];
	bool pushed;
	int64_t now_ms;
	struct run run;
};

static struct cluster c;

static struct cluster_job *find(const char *id)
{
	for (int i = 0; i < c.n; i++)
		if (strcmp(c.all[i].j.id, id) == 0)
			return &c.all[i];
	ck_abort_msg("an order for job %s, which nobody knows", id);
	return NULL;
}

static void on_job(void *arg, const struct decision *d)
{
	struct cluster_job *x = find(d->action.job);

	(void)arg;
	if (d->id <= x->last_id || x->is == DONE)
		return; /* seen before, or over: only acknowledged again */
	x->last_id = d->id;
	switch (d->action.verb) {
	case VERB_START:
		x->doubled += x->is == RUNS;
		x->is = RUNS;
		x->start_id = d->id;
		break;
	case VERB_RESUME:
		x->is = RUNS;
		break;
	case VERB_PAUSE:
		x->is = x->is == RUNS ? PAUSED : x->is;
		break;
	default:
		break;
	}
}

static void add(int64_t devices, int64_t minutes, int64_t deadline_min, bool preemptible)
{
	struct cluster_job *x = &c.all[c.n];

	*x = (struct cluster_job){.is = WAITS};
	x->j = (struct compute_job){.tier = FLEX_F2,
				    .devices = devices,
				    .work_ds = devices * minutes * 60,
				    .deadline_ms = FROM + deadline_min * MS_PER_MIN,
				    .preemptible = preemptible};
	snprintf(x->j.id, sizeof(x->j.id), "j%d", c.n);
	snprintf(x->j.site, sizeof(x->j.site), "hongyuan");
	snprintf(x->j.queue, sizeof(x->j.queue), "batch");
	x->left_ds = x->j.work_ds;
	c.n++;
}

/* Pushes until the daemon has them: a push may die with it. */
static void push_all(void)
{
	struct compute_job jobs[JOBS_MAX];

	for (int i = 0; i < c.n; i++)
		jobs[i] = c.all[i].j;
	engine_push_jobs(c.run.engine, jobs, (size_t)c.n, NULL, NULL);
}

static void tell_finished(struct cluster_job *x)
{
	struct job_event ev = {.site = x->j.site,
			       .job = x->j.id,
			       .kind = JOB_EVENT_FINISHED,
			       .t_ms = x->end_ms,
			       .reason = "",
			       .to_site = "",
			       .to_queue = ""};

	engine_job_events(c.run.engine, &ev, 1, NULL, NULL);
}

static void work(int64_t to_ms)
{
	for (int i = 0; i < c.n; i++) {
		struct cluster_job *x = &c.all[i];
		int64_t done = x->j.devices * (to_ms - c.now_ms) / MS_PER_S;

		if (x->is != RUNS)
			continue;
		if (done >= x->left_ds) {
			x->end_ms = c.now_ms + x->left_ds * MS_PER_S / x->j.devices;
			x->is = DONE;
		}
		x->left_ds = max_i64(x->left_ds - done, 0);
	}
	c.now_ms = to_ms;
}

/* At-least-once: everything is told again in every step. */
static void step(int64_t to_ms)
{
	push_all();
	for (int i = 0; i < c.n; i++)
		if (c.all[i].is == DONE)
			tell_finished(&c.all[i]);
	run_to(&c.run, to_ms);
	work(to_ms);
}

static void go(const struct run_settings *settings, int64_t to_ms)
{
	struct run_settings s = *settings;

	s.start_ms = FROM;
	s.step_ms = 5 * MS_PER_MIN;
	s.on_job = on_job;
	c.now_ms = FROM;
	run_init(&c.run, &s);
	for (int64_t t = FROM; t < to_ms; t += 5 * MS_PER_MIN)
		step(t + 5 * MS_PER_MIN);
	run_settle(&c.run);
}

static void reset(void)
{
	memset(&c, 0, sizeof(c));
}

struct count {
	int n[JOBS_MAX];
};

static bool on_decision(void *arg, const struct ledger_op *op)
{
	struct count *n = arg;

	if (op->decision->action.kind == ACTION_JOB && op->decision->action.verb == VERB_START)
		n->n[find(op->decision->action.job) - c.all]++;
	return true;
}

static void evening(uint64_t crash_at)
{
	struct run_settings s = {.seed = 5, .greedy = true, .world.crash_at = crash_at};

	reset();
	add(100, 20, 200, true);
	add(200, 30, 120, false);
	add(50, 40, 300, true);
	go(&s, FROM + 110 * MS_PER_MIN);
}

START_TEST(a_death_at_any_store_operation_starts_no_job_twice)
{
	uint64_t ops;

	evening(0);
	ops = c.run.world.store_ops;
	ck_assert_uint_gt(ops, 50);
	run_fini(&c.run);
	for (uint64_t at = 1; at <= ops; at++) {
		struct count starts = {{0}};

		evening(at);
		ck_assert_uint_eq(c.run.restarts, 1);
		disk_scan(&c.run.world.disk, LEDGER_DECISION, 1, on_decision, &starts);
		for (int i = 0; i < c.n; i++) {
			ck_assert_msg(c.all[i].is == DONE,
				      "death at %" PRIu64 ": job %d is not done", at, i);
			ck_assert_msg(c.all[i].doubled == 0, "death at %" PRIu64 ": job %d", at, i);
			ck_assert_msg(starts.n[i] == 1,
				      "death at %" PRIu64 ": job %d has %d orders to start", at, i,
				      starts.n[i]);
			ck_assert_int_le(c.all[i].end_ms, c.all[i].j.deadline_ms);
		}
		run_fini(&c.run);
	}
}
END_TEST

/* The real planner, a night: gangs, some that must not be stopped. The cluster is far from full, so that earliest
 * deadline first alone would meet every deadline. */
START_TEST(a_night_of_jobs_is_done_in_time)
{
	struct run_settings s = {.seed = 11};
	struct rng r;

	reset();
	rng_init(&r, 3);
	for (int i = 0; i < 30; i++)
		add(rng_range(&r, 20, 300), rng_range(&r, 20, 150), rng_range(&r, 240, 900),
		    i % 3 != 0);
	go(&s, FROM + 16 * MS_PER_H);
	for (int i = 0; i < c.n; i++) {
		ck_assert_msg(c.all[i].is == DONE, "job %d is not done: left %" PRId64, i,
			      c.all[i].left_ds);
		ck_assert_msg(c.all[i].end_ms <= c.all[i].j.deadline_ms,
			      "job %d is %" PRId64 " s late", i,
			      (c.all[i].end_ms - c.all[i].j.deadline_ms) / 1000);
		ck_assert_int_eq(c.all[i].doubled, 0);
	}
	run_fini(&c.run);
}
END_TEST

/* Refusals, failures, lost acks, full queues: still everything is done, and nothing runs twice. */
START_TEST(an_adapter_that_fails_now_and_then_delays_and_doubles_nothing)
{
	for (uint64_t seed = 1; seed <= 6; seed++) {
		struct run_settings s = {.seed = seed,
					 .greedy = true,
					 .faults = {.ack_lost_ppm = 50000,
						    .fails_ppm = 20000,
						    .rejects_ppm = 20000,
						    .queue_full_ppm = 20000}};
		struct rng r;

		reset();
		rng_init(&r, seed);
		for (int i = 0; i < 20; i++)
			add(rng_range(&r, 20, 300), rng_range(&r, 20, 90), rng_range(&r, 400, 900),
			    i % 4 != 0);
		go(&s, FROM + 10 * MS_PER_H);
		for (int i = 0; i < c.n; i++) {
			ck_assert_msg(c.all[i].is == DONE,
				      "seed %" PRIu64 ": job %d: left %" PRId64, seed, i,
				      c.all[i].left_ds);
			ck_assert_int_eq(c.all[i].doubled, 0);
		}
		run_fini(&c.run);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim_jobs");
	TCase *t = tcase_create("jobs");

	log_set_level(LOG_ERROR);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_death_at_any_store_operation_starts_no_job_twice);
	tcase_add_test(t, a_night_of_jobs_is_done_in_time);
	tcase_add_test(t, an_adapter_that_fails_now_and_then_delays_and_doubles_nothing);
	suite_add_tcase(s, t);
	return run_suite(s);
}
