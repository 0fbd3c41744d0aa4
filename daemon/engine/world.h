/* How the engine reaches the world: clocks, randomness, disk, solver, subscribers. Two implementations: the real
 * one (daemon/main: loop + store + solver lane) and the in-memory one of tests/sim with faults.
 *
 * All calls come from the engine's thread and return at once. Whatever takes time is finished later by calling the
 * engine's completion function, never from inside the call. */
#pragma once

#include "base/buf.h"
#include "store/record.h"
#include "model/sample.h"
#include "plan/plan.h"
#include "plan/region.h"

struct engine;
struct world_figures;

/* The plans of a group of sites, to be solved off the engine's thread. Owned by the engine; the world fills the
 * result and calls engine_solved(e, job) once. */
struct solve_job {
	uint64_t generation;		  /* of the group's events, as in the region */
	const struct plan_region *region; /* in arena */
	struct arena arena;		  /* input and result live here */
	uint64_t max_iterations;	  /* driven clock: the budget; 0 = none */
	int64_t deadline_ms; /* wall clock: real milliseconds from submission; 0 = none */
	/* result */
	int rc;
	struct plan **
		plans; /* [region->n_sites], in its order; the engine makes room for the pointers */
	struct fault fault;
	void *world; /* the world's own */
	void *owner; /* the engine's own */
};

struct world_ops {
	/* Real monotonic ms: resend, back-off, liveness of adapters. */
	int64_t (*mono_ms)(void *ctx);
	/* CLOCK_REALTIME ms; not asked when the clock is driven. */
	int64_t (*wall_ms)(void *ctx);
	uint64_t (*random)(void *ctx);
	/* Call engine_tick(e) soon after wall time due_ms (wall clock only) / in delay_ms of real time. Re-arming
	 * replaces. INT64_MAX = disarm. */
	void (*arm_wall)(void *ctx, int64_t due_ms);
	void (*arm_mono)(void *ctx, int64_t delay_ms);

	/* Durable journal append; batch and its columns are copied before returning. token comes back in
	 * engine_journaled(e, token, rc), in order of submission. ERR_FULL: stop reading sources, ask again later. */
	int (*journal)(void *ctx, const struct sample_batch *b, uint64_t token);
	/* Durable, atomic, in order of submission: all ops of the batch or none. Ops are copied (encoded) before
	 * returning. engine_committed(e, token, rc) afterwards. */
	int (*commit)(void *ctx, const struct ledger_op *ops, size_t n, uint64_t token);
	/* Is the disk in the way of what was submitted? 0, or ERR_STORE with the reason; the store tries again by
	 * itself and reports nothing meanwhile. ledger_only: of commits. */
	int (*trouble)(void *ctx, bool ledger_only, struct fault *f);
	/* Committed and journaled samples of a point in [from, to), ascending; visit returns false to stop. */
	int (*range)(void *ctx, uint32_t point, int64_t from_ms, int64_t to_ms,
		     bool (*visit)(void *arg, const struct sample *s), void *arg);
	/* Everything in the ledger of one kind, ascending by key, decoded; for recovery and rare questions. from_key
	 * is inclusive. The op is valid during the call; visit returns false to stop. */
	int (*scan)(void *ctx, enum ledger_kind kind, uint64_t from_key,
		    bool (*visit)(void *arg, const struct ledger_op *op), void *arg);
	/* Same for journaled batches that a restart must replay into live state (latest values, slot means): all
	 * samples newer than since_ms, any order between points, ascending within one. */
	int (*recent)(void *ctx, int64_t since_ms,
		      bool (*visit)(void *arg, uint32_t point, const struct sample *s), void *arg);

	/* The last durable (epoch, seq) of each source, for dedupe after a restart. */
	int (*cursors)(void *ctx,
		       void (*visit)(void *arg, const char *source, uint64_t epoch, uint64_t seq),
		       void *arg);

	/* Starts solving; engine_solved(e, job) later, in the order of submission. */
	int (*solve)(void *ctx, struct solve_job *job);
	void (*solve_cancel)(void *ctx, struct solve_job *job);

	/* A decision to one subscriber (id from engine_subscribe). -EAGAIN: its queue is full, the engine resends. */
	int (*send)(void *ctx, uint64_t subscriber, const struct decision *d);
	/* Figures of store and solver, for people. NULL: there are none. */
	void (*figures)(void *ctx, struct world_figures *ret);
	/* Another configuration is in force: rules of access may have changed. Calls nothing back. NULL: nobody cares. */
	void (*configured)(void *ctx);
};

struct world {
	const struct world_ops *ops;
	void *ctx;
};
