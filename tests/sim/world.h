/* The engine's world in memory: fake clocks, the disk of disk.h, a solver that answers later, and faults. Nothing
 * happens by itself: world_turn() lets one thing happen. */
#pragma once

#include "engine/engine.h"
#include "engine/world.h"
#include "simtest/disk.h"
#include "testlib/rng.h"

struct world_faults {
	uint32_t commit_fails_ppm, journal_fails_ppm; /* ERR_STORE, with nothing written */
	uint32_t solver_fails_ppm;		      /* ERR_SOLVER */
	uint32_t solver_slow_ppm;		      /* answers only after real time passed */
	uint32_t crash_ppm;			      /* per store operation */
	uint64_t crash_at;			      /* at this store operation; 0 = never */
};

struct sim_world {
	struct world vtable;
	struct engine *engine; /* set by whoever makes it */
	struct disk disk;
	struct rng rng;
	struct world_faults faults;
	int64_t mono_ms, wall_ms;
	int64_t mono_due_ms, wall_due_ms; /* armed; INT64_MAX = not */
	struct disk_write *writes, **writes_end;
	uint64_t poisoned; /* batches up to this token fail: a flush before them did */
	bool trouble;	   /* the store says so of itself; writes stay submitted */
	uint64_t store_ops;
	bool crashed;
	struct solve_job *job; /* with the solver */
	int64_t job_due_ms;    /* mono time at which it answers */
	bool job_canceled;
	/* behind it in the line: what is asked between runs of the cycle, and a run that waits for it */
	struct solve_job *next_job;
	bool next_canceled;
	int (*solver)(struct solve_job *job); /* fills job->plans; returns rc */
	uint64_t solves;
	/* decisions on their way to subscribers */
	int (*on_send)(void *arg, uint64_t subscriber, const struct decision *d);
	void *arg;
};

void world_init(struct sim_world *w, uint64_t seed);
void world_fini(struct sim_world *w);
/* One completion or tick; false if nothing will happen by itself. Stops moving once crashed. */
bool world_turn(struct sim_world *w);
/* As if the process had died: what was not flushed is gone, nothing will be reported. */
void world_crash(struct sim_world *w);

/* Solvers: the real planner, and one that never answers in time. */
int world_solve_for_real(struct solve_job *job);
