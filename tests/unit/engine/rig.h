/* An engine in the simulator's world, driven by hand: no plant, no adapter. For tests of single rooms. */
#pragma once

#include "simtest/run.h"

struct rig {
	struct sim_world world;
	struct engine *engine;
	char path[512]; /* of the configuration */
	struct decision sent[512];
	size_t n_sent;
	int send_rc; /* what the subscriber's queue answers */
	struct source_ack acks[64];
	size_t n_acks;
};

struct rig_answer {
	struct waiter w;
	bool done;
	int rc;
};

/* Greedy planner, driven clock unless wall. The clock is claimed by client 1 at start_ms. */
void rig_init(struct rig *g, bool driven, int64_t start_ms);
/* The same with another configuration file. */
void rig_init_with(struct rig *g, const char *path, bool driven, int64_t start_ms);
void rig_fini(struct rig *g);
/* Dies and recovers; the clock is claimed where it stood. */
void rig_crash(struct rig *g);
void rig_settle(struct rig *g);
struct rig_answer rig_answer_new(void);
/* Driven: moves the clock there and settles; must succeed. */
void rig_advance(struct rig *g, int64_t to_ms);
uint32_t rig_declare(struct rig *g, const char *source, const char *name, enum unit unit,
		     int64_t period_ms);
/* One sample in a batch of its own. */
int rig_push(struct rig *g, uint64_t seq, uint32_t point, int64_t t_ms, double value);
/* Acks of source "s" collect in acks[]. */
void rig_listen(struct rig *g);
