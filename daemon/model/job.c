#include "model/job.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define OVER (SM_BIT(JOB_DONE) | SM_BIT(JOB_FAILED) | SM_BIT(JOB_CANCELLED))
#define LIVE                                                                                       \
	(SM_BIT(JOB_PENDING) | SM_BIT(JOB_RUNNING) | SM_BIT(JOB_PAUSED) | SM_BIT(JOB_HELD) |       \
	 SM_BIT(JOB_MIGRATING))

static const struct sm_state states[] = {
	[JOB_NONE] = {"none", LIVE, false},
	[JOB_PENDING] = {"pending",
			 SM_BIT(JOB_RUNNING) | SM_BIT(JOB_HELD) | SM_BIT(JOB_MIGRATING) | OVER,
			 false},
	[JOB_RUNNING] = {"running",
			 SM_BIT(JOB_PENDING) | SM_BIT(JOB_PAUSED) | SM_BIT(JOB_MIGRATING) | OVER,
			 false},
	[JOB_PAUSED] = {"paused",
			SM_BIT(JOB_PENDING) | SM_BIT(JOB_RUNNING) | SM_BIT(JOB_HELD) |
				SM_BIT(JOB_MIGRATING) | OVER,
			false},
	[JOB_HELD] = {"held",
		      SM_BIT(JOB_PENDING) | SM_BIT(JOB_RUNNING) | SM_BIT(JOB_MIGRATING) | OVER,
		      false},
	[JOB_MIGRATING] = {"migrating", SM_BIT(JOB_PENDING) | SM_BIT(JOB_RUNNING) | OVER, false},
	[JOB_DONE] = {"done", 0, true},
	[JOB_FAILED] = {"failed", 0, true},
	[JOB_CANCELLED] = {"cancelled", 0, true},
};

static bool is_consistent(const void *obj, int state)
{
	const struct compute_job *j = obj;

	if (!j || state == JOB_NONE)
		return true;
	return j->number != 0 && j->devices > 0 && j->work_ds >= 0;
}

const struct sm_class job_sm = {
	.name = "job",
	.states = states,
	.n_states = ARRAY_SIZE(states),
	.invariant = is_consistent,
};

const char *job_state_name(int state)
{
	return (unsigned)state < ARRAY_SIZE(states) ? states[state].name : "?";
}

/* ---- Check ------------------------------------------------------------------------------------- */

struct checker {
	check_cb cb;
	void *arg;
	int n;
};

PRINTF_LIKE(3, 4)
static void report(struct checker *c, const char *path, const char *fmt, ...)
{
	char text[TEXT_MAX_B];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->n++;
	c->cb(c->arg, path, text);
}

static void check_id(struct checker *c, const char *path, const char *id)
{
	if (!id_is_valid(id))
		report(c, path, "is no id: 1 to %d of a-z 0-9 _ . -", ID_MAX - 1);
}

static void check_between(struct checker *c, const char *path, int64_t x, int64_t lo, int64_t hi)
{
	if (x < lo || x > hi)
		report(c, path, "%" PRId64 " is not between %" PRId64 " and %" PRId64, x, lo, hi);
}

static void check_devices(struct checker *c, const struct compute_job *j, const struct queue *q)
{
	int64_t most = q ? q->devices : JOB_DEVICES_MAX;

	if (j->devices < 1)
		report(c, "devices", "at least 1");
	else if (j->devices > most)
		report(c, "devices", "%" PRId64 ", the queue has %" PRId64, j->devices, most);
	if (j->min_devices < 1 || j->min_devices > j->devices)
		report(c, "min_devices", "between 1 and devices");
}

static void check_times(struct checker *c, const struct compute_job *j)
{
	const int64_t far = INT64_MAX / 4;

	check_between(c, "arrival_ms", j->arrival_ms, 1, far);
	check_between(c, "earliest_start_ms", j->earliest_start_ms, 0, far);
	if (j->deadline_ms <= j->arrival_ms || j->deadline_ms > far)
		report(c, "deadline_ms", "after the arrival");
	check_between(c, "checkpoint.period_ms", j->checkpoint_period_ms, 0, JOB_PERIOD_MAX_MS);
	check_between(c, "checkpoint.cost_ms", j->checkpoint_cost_ms, 0, JOB_PERIOD_MAX_MS);
	check_between(c, "checkpoint.last_ms", j->last_checkpoint_ms, 0, far);
	if (j->checkpoint_period_ms > 0 && j->checkpoint_cost_ms >= j->checkpoint_period_ms)
		report(c, "checkpoint.cost_ms", "below the period");
	if (j->checkpoint_period_ms == 0 && j->last_checkpoint_ms != 0)
		report(c, "checkpoint.last_ms", "needs a period");
}

int job_check(const struct compute_job *j, const struct queue *q, check_cb cb, void *arg)
{
	struct checker c = {.cb = cb, .arg = arg};

	check_id(&c, "id", j->id);
	check_id(&c, "site", j->site);
	check_id(&c, "queue", j->queue);
	if (j->tenant[0])
		check_id(&c, "tenant", j->tenant);
	if ((unsigned)j->tier > FLEX_F3)
		report(&c, "tier", "0 to 3");
	check_devices(&c, j, q);
	check_between(&c, "work_ds", j->work_ds, 0, JOB_WORK_MAX);
	check_times(&c, j);
	check_between(&c, "mobility.transfer_bytes", j->transfer_bytes, 0, INT64_MAX / 2);
	if ((unsigned)j->state > JOB_STATE_LAST)
		report(&c, "state", "is unknown");
	return c.n;
}

/* ---- What it is -------------------------------------------------------------------------------- */

static bool same_description(const struct compute_job *a, const struct compute_job *b)
{
	return strcmp(a->id, b->id) == 0 && strcmp(a->site, b->site) == 0 &&
	       strcmp(a->queue, b->queue) == 0 && strcmp(a->tenant, b->tenant) == 0 &&
	       a->tier == b->tier && a->devices == b->devices && a->min_devices == b->min_devices &&
	       a->arrival_ms == b->arrival_ms && a->deadline_ms == b->deadline_ms &&
	       a->earliest_start_ms == b->earliest_start_ms &&
	       a->checkpoint_period_ms == b->checkpoint_period_ms &&
	       a->checkpoint_cost_ms == b->checkpoint_cost_ms && a->preemptible == b->preemptible &&
	       a->migratable == b->migratable && a->transfer_bytes == b->transfer_bytes;
}

bool job_is_same(const struct compute_job *a, const struct compute_job *b)
{
	return same_description(a, b) && a->number == b->number && a->work_ds == b->work_ds &&
	       a->last_checkpoint_ms == b->last_checkpoint_ms && a->state == b->state &&
	       a->committed == b->committed && a->counted_ms == b->counted_ms &&
	       a->started_ms == b->started_ms && a->event_ms == b->event_ms &&
	       a->ended_ms == b->ended_ms && a->lost_ds == b->lost_ds && a->cap_w == b->cap_w &&
	       a->pushed_ds == b->pushed_ds && a->pushed_state == b->pushed_state;
}

bool job_is_over(const struct compute_job *j)
{
	return j->state == JOB_DONE || j->state == JOB_FAILED || j->state == JOB_CANCELLED;
}

bool job_may_pause(const struct compute_job *j)
{
	return j->preemptible && j->tier != FLEX_F0;
}

int64_t job_ready_ms(const struct compute_job *j)
{
	return max_i64(j->arrival_ms, j->earliest_start_ms);
}

bool job_is_on(const struct compute_job *j)
{
	return j->state == JOB_RUNNING ||
	       (j->committed && (j->state == JOB_PENDING || j->state == JOB_PAUSED));
}

/* What is not told to be over is not over, whatever was counted. */
static int64_t at_least(const struct compute_job *j, int64_t left_ds)
{
	return job_is_over(j) ? left_ds : max_i64(left_ds, j->devices * 60);
}

int64_t job_left_ds(const struct compute_job *j, int64_t device_power_w, int64_t t_ms)
{
	int64_t span_ms = t_ms - j->counted_ms;
	__int128 done;

	if (j->state != JOB_RUNNING || span_ms <= 0)
		return at_least(j, j->work_ds);
	done = (__int128)j->devices * span_ms / MS_PER_S;
	if (j->cap_w > 0 && device_power_w > 0 && j->cap_w < j->devices * device_power_w)
		done = done * j->cap_w / ((__int128)j->devices * device_power_w);
	return at_least(j, done >= j->work_ds ? 0 : j->work_ds - (int64_t)done);
}

/* Since when nothing is saved. */
static int64_t unsaved_ms(const struct compute_job *j)
{
	return max_i64(j->last_checkpoint_ms, j->started_ms);
}

int64_t job_lost_ds(const struct compute_job *j, int64_t t_ms)
{
	int64_t span_ms = t_ms - unsaved_ms(j);

	if (j->state != JOB_RUNNING || j->checkpoint_period_ms == 0 || span_ms <= 0)
		return 0;
	/* it writes them by itself, whether we are told or not */
	span_ms = min_i64(span_ms, j->checkpoint_period_ms);
	return (int64_t)((__int128)j->devices * span_ms / MS_PER_S);
}

int64_t job_next_checkpoint_ms(const struct compute_job *j, int64_t t_ms)
{
	int64_t from = unsaved_ms(j), n;

	if (j->state != JOB_RUNNING || j->checkpoint_period_ms == 0)
		return INT64_MAX;
	n = max_i64(t_ms - from, 0) / j->checkpoint_period_ms;
	return from + (n + 1) * j->checkpoint_period_ms + j->checkpoint_cost_ms;
}
