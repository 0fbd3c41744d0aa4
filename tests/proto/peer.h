/* The daemon's end of a sans-I/O client, played by the test: takes the client's frames one by one, says frames in
 * random pieces, and remembers what the client's callbacks were told. */
#pragma once

#include <check.h>

#include "base/arena.h"
#include "proto/client.h"
#include "testlib/rng.h"

#define PEER_FRAMES_MAX 4096
#define PEER_NOTES_MAX 64

struct peer_note {
	char what; /* 'd' decision, 'f' fallback */
	uint64_t id;
	char asset[32];
	bool has_power;
	int64_t power_w; /* of the action, or of the fallback */
};

struct peer {
	struct client *c;
	int64_t now_ms;
	struct rng rng;
	struct arena arena; /* of the frames below */
	Suandian__V1__Envelope *got[PEER_FRAMES_MAX];
	unsigned n_got, n_taken;

	int welcomes, n_points_calls;
	uint32_t points[16];
	size_t n_points;
	struct peer_note notes[PEER_NOTES_MAX];
	int n_notes;
	int n_faults;
	struct fault fault; /* the last told */
	bool closing;
};

/* A client "test" of role adapter, epoch 77; spool_bytes 0 = default. */
void peer_start(struct peer *p, size_t spool_bytes);
void peer_stop(struct peer *p);

/* The client is connected: its Hello is taken, and checked. */
void peer_connect(struct peer *p);
/* Says a Welcome; what is NULL in it gets usual values. Returns what client_feed() said. */
int peer_welcome(struct peer *p, const Suandian__V1__Welcome *w);
/* Both, with a usual Welcome. */
void peer_ready(struct peer *p);
void peer_lose(struct peer *p);

/* The client's next frame, which must have that body. */
Suandian__V1__Envelope *peer_take(struct peer *p, int body_case);
/* The client has nothing more to say. */
void peer_expect_silence(struct peer *p);

/* Says one frame, with that id, in random pieces. Returns what client_feed() said. */
int peer_say(struct peer *p, uint64_t id, Suandian__V1__Envelope *env);
/* Usual answers. */
int peer_say_ok(struct peer *p, uint64_t id);
int peer_say_error(struct peer *p, uint64_t id, const char *code, const char *text, uint64_t seq);
int peer_say_ack(struct peer *p, uint64_t seq, uint64_t credit);

/* Time passes, in ticks as the client asks for them. Returns what the last client_tick() said. */
int peer_pass(struct peer *p, int64_t ms);

#define PEER_SAY(p, id, name, NAME, ...)                                                           \
	({                                                                                         \
		Suandian__V1__Envelope say_env = SUANDIAN__V1__ENVELOPE__INIT;                     \
		say_env.body_case = SUANDIAN__V1__ENVELOPE__BODY_##NAME;                           \
		say_env.name = (__VA_ARGS__);                                                      \
		peer_say((p), (id), &say_env);                                                     \
	})
