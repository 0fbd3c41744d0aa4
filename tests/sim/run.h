/* A plant, an adapter and an operator around one engine, in lock-step on the driven clock, with faults on every way
 * in and out. Crashes are survived here: a new engine recovers from what was durable and the run goes on. */
#pragma once

#include "simtest/plant.h"
#include "simtest/world.h"

#define RUN_SOURCE "plant"

/* ppm: of batches, of decisions. */
struct run_faults {
	uint32_t lost_ppm, late_ppm, doubled_ppm, corrupt_ppm;
	uint32_t ack_lost_ppm, fails_ppm, rejects_ppm, queue_full_ppm;
};

struct run_settings {
	uint64_t seed;
	int64_t start_ms, step_ms;
	bool shuffle; /* rows of a step come in another order, in other batches */
	uint64_t shuffle_seed;
	bool greedy; /* the simple planner instead of the real one */
	struct run_faults faults;
	struct world_faults world;
	/* called after every engine start, crash or not, before time moves */
	void (*on_start)(void *arg, struct engine *e);
	/* a job's decision, before it is acknowledged */
	void (*on_job)(void *arg, const struct decision *d);
	void *arg;
};

struct run_batch; /* on its way, not acknowledged */

struct run {
	struct run_settings s;
	struct sim_world world;
	struct configuration *configuration; /* the plant's own copy */
	struct plant plant;
	struct engine *engine;
	struct rng rng, order;
	int64_t now_ms; /* reached and quiescent */
	uint32_t ids[PLANT_POINTS];
	uint64_t epoch, seq, acked_seq;
	struct run_batch *batches, **batches_end;
	struct run_batch *late; /* rows that come with the next step */
	struct decision inbox[64];
	size_t n_inbox;
	uint64_t last_decision; /* greatest id seen */
	bool queue_was_full;
	/* figures */
	uint64_t restarts, refused, acks, decisions, double_sent, unacked_durable;
};

void run_init(struct run *r, const struct run_settings *s);
void run_fini(struct run *r);
/* To that engine time, in steps. */
void run_to(struct run *r, int64_t to_ms);
/* Waits for the answer. The rc of the waiter, or of the call. */
int run_put_event(struct run *r, const struct event *ev, uint64_t *ret_id);
int run_cancel_event(struct run *r, const char *external_id);
/* Lets things happen until nothing does. */
void run_settle(struct run *r);
/* Kills the engine where it stands and recovers. */
void run_crash(struct run *r);

/* 2025-07-14T00:00 in Shanghai, a Monday. */
#define RUN_MONDAY INT64_C(1752422400000)
/* An event of the run's site: reduction_w from start to end with a ramp before. */
struct event run_event(const char *external_id, int64_t start_ms, int64_t end_ms,
		       int64_t reduction_w);
