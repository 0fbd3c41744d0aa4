#include "simtest/world.h"

#include <stdlib.h>

#include "base/require.h"

#define SLOW_MS 700

static int64_t mono_ms(void *ctx)
{
	return ((struct sim_world *)ctx)->mono_ms;
}

static int64_t wall_ms(void *ctx)
{
	return ((struct sim_world *)ctx)->wall_ms;
}

static uint64_t random_u64(void *ctx)
{
	return rng_next(&((struct sim_world *)ctx)->rng);
}

static void arm_wall(void *ctx, int64_t due_ms)
{
	((struct sim_world *)ctx)->wall_due_ms = due_ms;
}

static void arm_mono(void *ctx, int64_t delay_ms)
{
	struct sim_world *w = ctx;

	w->mono_due_ms = delay_ms == INT64_MAX ? INT64_MAX : w->mono_ms + delay_ms;
}

static bool happens(struct sim_world *w, uint32_t ppm)
{
	return ppm != 0 && rng_below(&w->rng, 1000000) < ppm;
}

static void submit(struct sim_world *w, struct disk_write *write)
{
	*w->writes_end = write;
	w->writes_end = &write->next;
}

/* Each submission and each report is a store operation at which the process may die. */
static bool dies(struct sim_world *w)
{
	w->store_ops++;
	if (w->store_ops == w->faults.crash_at || happens(w, w->faults.crash_ppm))
		w->crashed = true;
	return w->crashed;
}

static int journal(void *ctx, const struct sample_batch *b, uint64_t token)
{
	struct sim_world *w = ctx;

	submit(w, disk_write_batch(&w->disk, b, token));
	dies(w);
	return 0;
}

static int commit(void *ctx, const struct ledger_op *ops, size_t n, uint64_t token)
{
	struct sim_world *w = ctx;

	submit(w, disk_write_ops(ops, n, token));
	dies(w);
	return 0;
}

static int trouble(void *ctx, bool ledger_only, struct fault *f)
{
	const struct sim_world *w = ctx;

	(void)ledger_only;
	return w->trouble ? fault_set(f, ERR_STORE, "the disk is in trouble") : 0;
}

static int range(void *ctx, uint32_t point, int64_t from_ms, int64_t to_ms,
		 bool (*visit)(void *arg, const struct sample *s), void *arg)
{
	return disk_range(&((struct sim_world *)ctx)->disk, point, from_ms, to_ms, visit, arg);
}

static int scan(void *ctx, enum ledger_kind kind, uint64_t from_key,
		bool (*visit)(void *arg, const struct ledger_op *op), void *arg)
{
	return disk_scan(&((struct sim_world *)ctx)->disk, kind, from_key, visit, arg);
}

static int recent(void *ctx, int64_t since_ms,
		  bool (*visit)(void *arg, uint32_t point, const struct sample *s), void *arg)
{
	return disk_recent(&((struct sim_world *)ctx)->disk, since_ms, visit, arg);
}

static int cursors(void *ctx,
		   void (*visit)(void *arg, const char *source, uint64_t epoch, uint64_t seq),
		   void *arg)
{
	return disk_cursors(&((struct sim_world *)ctx)->disk, visit, arg);
}

static void begin_job(struct sim_world *w, struct solve_job *job, bool canceled)
{
	w->job = job;
	w->job_canceled = canceled;
	w->job_due_ms = w->mono_ms + (happens(w, w->faults.solver_slow_ppm) ? SLOW_MS : 0);
	w->solves++;
}

static int solve(void *ctx, struct solve_job *job)
{
	struct sim_world *w = ctx;

	if (!w->job) {
		begin_job(w, job, false);
		return 0;
	}
	REQUIRE(!w->next_job);
	w->next_job = job;
	w->next_canceled = false;
	return 0;
}

static void solve_cancel(void *ctx, struct solve_job *job)
{
	struct sim_world *w = ctx;

	if (w->job == job)
		w->job_canceled = true;
	if (w->next_job == job)
		w->next_canceled = true;
}

static int send_decision(void *ctx, uint64_t subscriber, const struct decision *d)
{
	struct sim_world *w = ctx;

	return w->on_send ? w->on_send(w->arg, subscriber, d) : 0;
}

static const struct world_ops ops = {
	.mono_ms = mono_ms,
	.wall_ms = wall_ms,
	.random = random_u64,
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
	.send = send_decision,
};

void world_init(struct sim_world *w, uint64_t seed)
{
	*w = (struct sim_world){.mono_ms = 1000,
				.mono_due_ms = INT64_MAX,
				.wall_due_ms = INT64_MAX,
				.solver = world_solve_for_real};
	w->vtable = (struct world){.ops = &ops, .ctx = w};
	w->writes_end = &w->writes;
	rng_init(&w->rng, seed);
	disk_init(&w->disk);
}

static void lose_writes(struct sim_world *w)
{
	while (w->writes) {
		struct disk_write *next = w->writes->next;

		disk_lose(w->writes);
		w->writes = next;
	}
	w->writes_end = &w->writes;
}

void world_fini(struct sim_world *w)
{
	lose_writes(w);
	disk_fini(&w->disk);
}

void world_crash(struct sim_world *w)
{
	/* the oldest write may have reached the disk although nobody heard of it */
	if (w->writes && rng_below(&w->rng, 2) == 0) {
		struct disk_write *first = w->writes;

		w->writes = first->next;
		disk_flush(&w->disk, first);
	}
	lose_writes(w);
	disk_replay(&w->disk);
	w->job = w->next_job = NULL;
	w->crashed = false;
	w->mono_due_ms = w->wall_due_ms = INT64_MAX;
	w->faults.crash_at = 0;
	w->poisoned = 0; /* tokens begin anew */
}

static void report(struct sim_world *w, bool is_batch, uint64_t token, int rc)
{
	if (dies(w))
		return;
	if (is_batch)
		engine_journaled(w->engine, token, rc);
	else
		engine_committed(w->engine, token, rc);
}

/* A disk that fails a journal flush fails what was queued behind it, too. */
static bool write_fails(struct sim_world *w, const struct disk_write *write)
{
	uint32_t ppm = write->is_batch ? w->faults.journal_fails_ppm : w->faults.commit_fails_ppm;

	if (write->is_batch && write->token <= w->poisoned)
		return true;
	if (!happens(w, ppm))
		return false;
	for (const struct disk_write *x = write; x && write->is_batch; x = x->next) {
		if (x->is_batch)
			w->poisoned = x->token;
	}
	return true;
}

static void finish_write(struct sim_world *w)
{
	struct disk_write *first = w->writes;
	bool is_batch = first->is_batch, fails = write_fails(w, first);
	uint64_t token = first->token;

	w->writes = first->next;
	if (!w->writes)
		w->writes_end = &w->writes;
	if (!fails) {
		disk_flush(&w->disk, first);
		report(w, is_batch, token, 0);
		return;
	}
	disk_lose(first);
	if (is_batch)
		disk_replay(&w->disk);
	report(w, is_batch, token, ERR_STORE);
}

static void finish_solve(struct sim_world *w)
{
	struct solve_job *job = w->job, *next = w->next_job;
	bool canceled = w->job_canceled;

	w->job = w->next_job = NULL;
	if (next)
		begin_job(w, next, w->next_canceled);
	if (canceled)
		job->rc = ERR_CANCELED;
	else if (happens(w, w->faults.solver_fails_ppm))
		job->rc = fault_set(&job->fault, ERR_SOLVER, "the solver was made to fail");
	else
		job->rc = w->solver(job);
	engine_solved(w->engine, job);
}

bool world_turn(struct sim_world *w)
{
	if (w->crashed)
		return false;
	if (w->mono_due_ms <= w->mono_ms) {
		w->mono_due_ms = INT64_MAX;
		engine_tick(w->engine);
		return true;
	}
	if (w->writes && !w->trouble) {
		finish_write(w);
		return true;
	}
	if (w->job && w->job_due_ms <= w->mono_ms) {
		finish_solve(w);
		return true;
	}
	if (w->job || w->mono_due_ms != INT64_MAX) {
		w->mono_ms = min_i64(w->job ? w->job_due_ms : INT64_MAX, w->mono_due_ms);
		return true;
	}
	return false;
}

int world_solve_for_real(struct solve_job *job)
{
	struct solve_ctl ctl = {.max_iterations = job->max_iterations};

	return region_make(job->region, &ctl, &job->arena, job->plans, &job->fault);
}
