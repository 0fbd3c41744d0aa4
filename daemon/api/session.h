/* One connection: frames in, Hello, timers, frames out, and what hangs on it (answers that wait, streams,
 * subscriptions, sources). What a request means is dispatch's business.
 *
 *	HELLO ── Welcome ──► READY ──┐
 *	  │ refused, time-out        │ Goodbye, malformed, idle, peer ended
 *	  └──────────► ENDING ◄──────┘ ──► closed, freed
 *
 * Loop thread. */
#pragma once

#include "api/core.h"
#include "api/peer.h"
#include "loop/timer.h"
#include "suandian/v1/envelope.pb-c.h"

enum door { DOOR_CONTROL, DOOR_ADAPTER };

struct session;

/* Something that belongs to a session and ends with it. */
struct attachment {
	struct list node;
	const struct attachment_ops *ops;
	uint64_t id; /* of the request it answers */
};

struct attachment_ops {
	bool stream; /* Unsubscribe may end it */
	/* Lets go of the session, for it ends, or for Unsubscribe; frees itself when it can. The node is already
	 * out of the list. */
	void (*detach)(struct attachment *a);
	/* The queue of unsent bytes has room again. May be NULL. */
	void (*drained)(struct attachment *a);
};

/* on_request's answers besides 0. */
#define SESSION_AGAIN 1 /* not taken now: the session is blocked, the frame comes again */

struct session_ops {
	/* The first message, whatever it is: answers it, and moves the session on with session_enter() or ends it. */
	void (*on_hello)(struct session *s, const Suandian__V1__Envelope *env);
	/* A request in state READY, in core->in until it returns. 0 or SESSION_AGAIN. */
	int (*on_request)(struct session *s, const Suandian__V1__Envelope *env);
	/* Last call: the session is freed when it returns, and is in no list of the owner's by then. */
	void (*on_closed)(struct session *s);
};

/* Why a session is not read. */
enum block {
	BLOCK_DISK = 1,	     /* the store is behind */
	BLOCK_IN_FLIGHT = 2, /* too many requests without an answer */
	BLOCK_CREDIT = 4,    /* too many batches without an ack */
	BLOCK_STOPPING = 8,  /* the daemon ends */
};

enum session_state { SESSION_HELLO, SESSION_READY, SESSION_ENDING };

struct session {
	struct list node; /* the server's */
	struct core *core;
	const struct session_ops *ops;
	struct stream *stream;
	enum door door;
	uint64_t id; /* never used twice */
	enum session_state state;
	struct peer peer;
	enum access_role role;
	char name[NAME_MAX_B];
	struct timer timer;
	int64_t heard_ms,
		partial_ms; /* last whole frame; since when one is incomplete, 0 = is not */
	unsigned blocked;   /* enum block */
	uint32_t in_flight, n_tasks, n_subscriptions, n_refusals;
	struct list attachments;
	bool has_clock;	   /* it may have claimed the driven clock */
	struct feed *feed; /* layouts and sources; NULL until the first */
};

/* Takes the stream and starts it. -ENOMEM (the stream is closed). */
int session_new(struct core *core, const struct session_ops *ops, struct stream *stream,
		enum door door, struct session **ret);

/* HELLO → READY, with role and name. */
void session_enter(struct session *s, enum access_role role, const char *name);

/* Goodbye with a reason, then the end once it is sent. */
void session_end(struct session *s, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* What was said last, then the end. For a refused Hello or a broken frame, after the Error. */
void session_finish(struct session *s, int code);
/* At once, without a word. */
void session_close(struct session *s, int code);

void session_block(struct session *s, enum block why);
void session_unblock(struct session *s, enum block why);

void session_attach(struct session *s, struct attachment *a, const struct attachment_ops *ops,
		    uint64_t id);
/* Is a request of this id still being answered? */
struct attachment *session_find(const struct session *s, uint64_t id);

/* One more and one less request without an answer. */
void session_begin_request(struct session *s);
void session_end_request(struct session *s);

/* May more be sent? Producers of streams ask, and go on when drained. */
bool session_is_congested(const struct session *s);
bool session_is_open(const struct session *s);

/* Does the configuration let this peer speak for the source? */
bool session_may_speak_for(const struct session *s, const char *source);
