#include "world.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "api/server.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/require.h"
#include "engine/engine.h"
#include "engine/figures.h"
#include "loop/lane.h"
#include "loop/timer.h"
#include "loop/wallclock.h"

/* Runs being solved or waiting for it: one of the cycle, one of the studies, and some being cancelled. */
#define SOLVER_JOBS 256

struct outside {
	struct loop *loop;
	struct store *store;
	struct lane *solver;
	struct wallclock *wall;
	struct timer mono;
	struct engine *engine;
	struct server *server;
	struct group closing;
	double solver_ms; /* of the last plan */
	bool is_closing;  /* the engine hears nothing any more: its answer would be to try again */
};

/* One plan on the solver's lane. */
struct solving {
	struct job job;
	struct outside *outside;
	struct solve_job *plan;
	int64_t began_us; /* monotonic */
};

/* ---- Clocks ------------------------------------------------------------------------------------ */

static int64_t now_mono(void *ctx)
{
	(void)ctx;
	return clock_mono_ms();
}

static int64_t now_wall(void *ctx)
{
	(void)ctx;
	return clock_wall_ms();
}

static uint64_t draw(void *ctx)
{
	uint64_t x = 0;

	(void)ctx;
	/* cannot fail once the pool is ready, and it is before services start */
	if (getrandom(&x, sizeof(x), 0) != (ssize_t)sizeof(x))
		log_warning("main", "no randomness from the system, ids are predictable");
	return x;
}

static void arm_wall(void *ctx, int64_t due_ms)
{
	struct outside *o = ctx;
	int rc = 0;

	if (o->is_closing)
		return;
	if (due_ms == INT64_MAX)
		wallclock_disarm(o->wall);
	else
		rc = wallclock_arm(o->wall, due_ms);
	if (rc < 0)
		log_error("main", "the clock cannot be armed: %s; slots will be late",
			  err_text(rc));
}

static void arm_mono(void *ctx, int64_t delay_ms)
{
	struct outside *o = ctx;

	if (delay_ms == INT64_MAX || o->is_closing)
		timer_stop(&o->mono);
	else
		timer_start_in(&o->mono, max_i64(0, delay_ms));
}

static void on_mono(void *arg)
{
	struct outside *o = arg;

	engine_tick(o->engine);
}

static void on_due(void *arg, int64_t due_ms)
{
	struct outside *o = arg;

	(void)due_ms;
	engine_tick(o->engine);
}

static void on_step(void *arg, int64_t step_ms)
{
	struct outside *o = arg;

	log_notice("main", "the system clock was set by %lld ms", (long long)step_ms);
	if (o->engine && !engine_is_driven(o->engine))
		engine_clock_stepped(o->engine, step_ms);
}

static const struct wallclock_ops wall_ops = {on_due, on_step};

/* ---- Disk -------------------------------------------------------------------------------------- */

static int journal(void *ctx, const struct sample_batch *b, uint64_t token)
{
	struct outside *o = ctx;

	return store_append(o->store, b, token);
}

static int commit(void *ctx, const struct ledger_op *ops, size_t n, uint64_t token)
{
	struct outside *o = ctx;

	return store_commit(o->store, ops, n, token);
}

static int trouble(void *ctx, bool ledger_only, struct fault *f)
{
	struct outside *o = ctx;

	return ledger_only ? store_ledger_health(o->store, f) : store_health(o->store, f);
}

static int range(void *ctx, uint32_t point, int64_t from_ms, int64_t to_ms,
		 bool (*visit)(void *arg, const struct sample *s), void *arg)
{
	struct outside *o = ctx;

	return store_range(o->store, point, from_ms, to_ms, visit, arg);
}

static int scan(void *ctx, enum ledger_kind kind, uint64_t from_key,
		bool (*visit)(void *arg, const struct ledger_op *op), void *arg)
{
	struct outside *o = ctx;

	return store_scan(o->store, kind, from_key, visit, arg);
}

static int recent(void *ctx, int64_t since_ms,
		  bool (*visit)(void *arg, uint32_t point, const struct sample *s), void *arg)
{
	struct outside *o = ctx;

	return store_recent(o->store, since_ms, visit, arg);
}

static int cursors(void *ctx,
		   void (*visit)(void *arg, const char *source, uint64_t epoch, uint64_t seq),
		   void *arg)
{
	struct outside *o = ctx;

	return store_cursors(o->store, visit, arg);
}

static void on_journaled(void *arg, uint64_t token, int rc)
{
	struct outside *o = arg;

	if (!o->is_closing)
		engine_journaled(o->engine, token, rc);
}

static void on_committed(void *arg, uint64_t token, int rc)
{
	struct outside *o = arg;

	if (!o->is_closing)
		engine_committed(o->engine, token, rc);
}

/* ---- Solver ------------------------------------------------------------------------------------ */

static bool should_stop(void *arg)
{
	return job_should_stop(arg);
}

static int work(struct job *job)
{
	struct solving *s = container_of(job, struct solving, job);
	struct solve_job *p = s->plan;
	struct solve_ctl ctl = {
		.should_stop = should_stop,
		.arg = job,
		.max_iterations = p->max_iterations,
	};

	return region_make(p->region, &ctl, &p->arena, p->plans, &p->fault);
}

static void done(struct job *job, int result)
{
	struct solving *s = container_of(job, struct solving, job);
	struct outside *o = s->outside;
	struct solve_job *p = s->plan;

	o->solver_ms = (double)(clock_mono_us() - s->began_us) / 1000;
	free(s);
	p->world = NULL;
	p->rc = result;
	if (result < 0 && !p->fault.code)
		fault_set(&p->fault, result, "%s", err_text(result));
	if (!o->is_closing)
		engine_solved(o->engine, p);
}

static int solve(void *ctx, struct solve_job *p)
{
	struct outside *o = ctx;
	struct solving *s = calloc(1, sizeof(*s));
	int64_t deadline_ms = p->deadline_ms ? clock_mono_ms() + p->deadline_ms : JOB_NO_DEADLINE;
	int rc;

	if (!s)
		return -ENOMEM;
	job_init(&s->job);
	s->outside = o;
	s->plan = p;
	s->began_us = clock_mono_us();
	p->world = s;
	rc = lane_submit(o->solver, &s->job, deadline_ms, work, done);
	if (rc < 0) {
		p->world = NULL;
		free(s);
	}
	return rc;
}

static void solve_cancel(void *ctx, struct solve_job *p)
{
	struct solving *s = p->world;

	(void)ctx;
	if (s)
		job_cancel(&s->job);
}

/* ---- Subscribers ------------------------------------------------------------------------------- */

static int send(void *ctx, uint64_t subscriber, const struct decision *d)
{
	struct outside *o = ctx;

	return o->server ? server_send(o->server, subscriber, d) : ERR_CLOSED;
}

/* Whoever lost the role that it came in with is sent away. */
static void configured(void *ctx)
{
	struct outside *o = ctx;

	if (o->server)
		server_check_access(o->server);
}

static void figures(void *ctx, struct world_figures *ret)
{
	struct outside *o = ctx;
	struct store_stats s;

	store_get_stats(o->store, &s);
	*ret = (struct world_figures){.ledger_bytes = s.ledger_used,
				      .journal_bytes = s.journal_used,
				      .series_bytes = s.series_used,
				      .commit_ms = s.commit_ewma_ms,
				      .solver_ms = o->solver_ms};
}

static const struct world_ops ops = {
	.mono_ms = now_mono,
	.wall_ms = now_wall,
	.random = draw,
	.arm_wall = arm_wall,
	.arm_mono = arm_mono,
	.journal = journal,
	.commit = commit,
	.trouble = trouble,
	.range = range,
	.scan = scan,
	.recent = recent,
	.cursors = cursors,
	.solve = solve,
	.solve_cancel = solve_cancel,
	.send = send,
	.figures = figures,
	.configured = configured,
};

/* ---- Life -------------------------------------------------------------------------------------- */

struct world outside_world(struct outside *o)
{
	return (struct world){.ops = &ops, .ctx = o};
}

/* A point is one source's: its binding ranks it. */
static uint32_t rank(void *arg, const char *source, uint32_t point)
{
	struct outside *o = arg;

	(void)source;
	return engine_point_rank(o->engine, point);
}

void outside_bind(struct outside *o, struct engine *engine)
{
	o->engine = engine;
	store_set_rank(o->store, rank, o);
}

void outside_bind_server(struct outside *o, struct server *server)
{
	o->server = server;
}

struct store *outside_store(struct outside *o)
{
	return o->store;
}

int outside_open(struct loop *loop, const struct store_settings *store, struct outside **ret,
		 struct fault *f)
{
	struct outside *o = calloc(1, sizeof(*o));
	int rc;

	if (!o)
		return fault_set(f, -ENOMEM, "out of memory");
	o->loop = loop;
	timer_init(&o->mono, loop, "engine", on_mono, o);
	rc = wallclock_new(loop, &wall_ops, o, NULL, &o->wall);
	if (rc == 0)
		rc = lane_new(loop, "solver", SOLVER_JOBS, &o->solver);
	if (rc < 0)
		fault_set(f, rc, "clock or solver: %s", err_text(rc));
	else
		rc = store_open(loop, store, &o->store, f);
	*ret = o;
	if (rc == 0)
		store_set_callbacks(o->store, on_journaled, on_committed, o);
	return rc;
}

void outside_close(struct outside *o, closed_cb closed, void *arg)
{
	o->is_closing = true;
	timer_stop(&o->mono);
	group_init(&o->closing, o->loop, "world", closed, arg);
	if (o->store)
		store_close(o->store, group_leave, group_enter(&o->closing));
	if (o->solver)
		lane_close(o->solver, group_leave, group_enter(&o->closing));
	if (o->wall)
		wallclock_close(o->wall, group_leave, group_enter(&o->closing));
	group_seal(&o->closing);
}

void outside_free(struct outside *o)
{
	free(o);
}
