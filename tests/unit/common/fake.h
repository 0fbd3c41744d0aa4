/* A daemon for tests, on the same loop: says Welcome, numbers points, acknowledges samples when it is told to, answers
 * acks, sends decisions. One connection at a time. */
#pragma once

#include "loop/listen.h"
#include "proto/codec.h"

struct fake {
	struct loop *loop;
	struct listener *listener;
	struct stream *peer; /* NULL = none */
	struct arena arena;
	bool driven;
	bool withhold_acks; /* of samples */
	bool deny;	    /* Hello */
	int hellos, declared, pushes, acks, healths;
	uint64_t last_seq, last_epoch;
	uint64_t subscription; /* envelope id; 0 = none */
	Suandian__V1__AckDecision last_ack;
	void (*on_change)(struct fake *f); /* something came; may be NULL */
	void *arg;
};

void fake_start(struct fake *f, struct loop *loop, const char *path);
/* Closes the listener and the connection. */
void fake_stop(struct fake *f);
void fake_drop(struct fake *f);
void fake_ack_samples(struct fake *f);
/* A decision for "site/bess": power_w, lease and fallback. */
void fake_decide(struct fake *f, uint64_t id, int64_t power_w, int64_t valid_for_ms,
		 int64_t fallback_w);
