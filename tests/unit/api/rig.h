/* A server on sockets in a temporary directory, and clients that speak frames by hand, all in one thread: whoever waits
 * for an answer turns the loop. */
#pragma once

#include "api/server.h"
#include "base/arena.h"
#include "loop/loop.h"
#include "suandian/v1/envelope.pb-c.h"

struct rig {
	struct loop *loop;
	struct server *server;
	char *paths[2];
	bool closed;
};

void rig_start(struct rig *r);
/* Ends the server; everything must go. */
void rig_stop(struct rig *r);
/* Turns the loop a few times without waiting. */
void rig_turn(struct rig *r);

struct peer_end {
	struct rig *rig;
	int fd;
	struct buf in;
	struct arena arena;
};

void peer_connect(struct rig *r, enum server_door door, struct peer_end *ret);
/* Connects, says Hello, takes the Welcome. */
void peer_enter(struct rig *r, enum server_door door, const char *role, const char *name,
		struct peer_end *ret);
void peer_close(struct peer_end *p);
void peer_send_bytes(struct peer_end *p, const void *bytes, size_t n);
void peer_send(struct peer_end *p, uint64_t id, Suandian__V1__Envelope *env);
/* The next frame; NULL: the connection has ended. Valid until the next call. Fails the test after some seconds. */
const Suandian__V1__Envelope *peer_next(struct peer_end *p);
/* No frame comes although the loop was turned. */
bool peer_is_silent(struct peer_end *p);
void peer_hello(struct peer_end *p, uint32_t major, const char *role, const char *name);

/* The next frame is an Error with this code. */
#define ck_assert_refused(peer, want_code)                                                         \
	do {                                                                                       \
		const Suandian__V1__Envelope *env_ = peer_next(peer);                              \
		ck_assert_ptr_nonnull(env_);                                                       \
		ck_assert_int_eq(env_->body_case, SUANDIAN__V1__ENVELOPE__BODY_ERROR);             \
		ck_assert_str_eq(env_->error->code, want_code);                                    \
	} while (0)
/* The next frame has this body. */
#define ck_assert_answer(env, peer, body)                                                          \
	do {                                                                                       \
		(env) = peer_next(peer);                                                           \
		ck_assert_ptr_nonnull(env);                                                        \
		if ((env)->body_case == SUANDIAN__V1__ENVELOPE__BODY_ERROR)                        \
			ck_abort_msg("%s: %s", (env)->error->code, (env)->error->text);            \
		ck_assert_int_eq((env)->body_case, SUANDIAN__V1__ENVELOPE__BODY_##body);           \
	} while (0)
