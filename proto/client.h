/* A client of the daemon, without I/O: bytes in, bytes out, time as an argument. It speaks Hello, numbers
 * requests, matches answers, keeps what was pushed until the daemon has it on disk, and watches the leases of
 * decisions. Adapters drive it on their event loop, client_sync.h drives it blocking.
 *
 *	client_new()
 *	connected:     client_connected(c, now)
 *	readable:      client_feed(c, bytes, n, now)        < 0: close the connection
 *	writable:      client_next_out() … write … client_sent(n)
 *	timer:         client_tick(c, now)                  at client_next_tick_ms(); < 0: close
 *	lost:          client_disconnected(c), then connect again after a pause (the caller's)
 *
 *	    IDLE ── connected ──► HELLO ── Welcome ──► READY
 *	      ▲                     │ refused,           │ Goodbye,
 *	      │                     ▼ time-out           ▼ malformed
 *	      └─── disconnected ── CLOSING ◄─────────────┘
 *
 * What outlives a connection: the spool of samples that are not acknowledged, point declarations, layouts,
 * kept requests, the decision subscription and every lease. After a Welcome they are sent again in this order:
 * declarations, layouts, subscription, kept requests, samples.
 *
 * Callbacks run only inside client_feed(), client_tick(), client_set_engine_ms() and client_disconnected(),
 * never inside the call that started something. They may call anything here except those four and
 * client_free(). What they are given is valid during the call only.
 *
 * `now_ms` is monotonic milliseconds (any origin) and must not go back. Engine time is used only for leases
 * of a daemon with a driven clock. One thread at a time. */
#pragma once

#include "proto/answer.h"
#include "proto/rows.h"

#define CLIENT_API_MAJOR 1
#define CLIENT_API_MINOR 0

/* Assets with a decision, layouts, and points of one layout that one client may hold. */
#define CLIENT_ASSETS_MAX 4096
#define CLIENT_LAYOUTS_MAX 64
#define CLIENT_KEPT_MAX 1024
/* Defaults of the options. */
#define CLIENT_SPOOL_DEFAULT ((size_t)16 << 20)
#define CLIENT_HELLO_TIMEOUT_MS 10000
#define CLIENT_REQUEST_TIMEOUT_MS 30000

struct client;

/* All callbacks may be NULL. */
struct client_events {
	/* The connection is ready; requests may be made from here on. */
	void (*on_welcome)(void *arg, const Suandian__V1__Welcome *welcome);
	/* Numbers of the declared points, in the order of the declarations. Called after every Welcome; the
	 * numbers are permanent, so nothing changes on the second call. */
	void (*on_points)(void *arg, const uint32_t *id, size_t n);
	/* A decision to apply: new, or with another action than before under the same id (a refreshed set
	 * point), or renewed after its fallback was applied. action == NULL resets the asset. */
	void (*on_decision)(void *arg, const Suandian__V1__Decision *decision);
	/* The lease of `decision` ended without a newer one: apply decision->fallback (NULL = reset) now.
	 * Exactly once per lease, connected or not. */
	void (*on_fallback)(void *arg, const Suandian__V1__Decision *decision);
	/* What belongs to no request: a refused Hello, a refused batch or declaration, Goodbye, a broken frame.
	 * `closing`: the connection is of no more use, feed or tick will say so too. */
	void (*on_fault)(void *arg, const struct fault *fault, bool closing);
	void *arg;
};

struct client_options {
	const char *role;  /* observe | operate | admin | adapter */
	const char *name;  /* of the client; for adapters the source of samples */
	const char *build; /* free text for the daemon's log; may be NULL */
	uint64_t epoch; /* of the samples; greater than any earlier one of this source (a start time
				   in ms does); 0 is allowed for clients that push nothing */
	size_t spool_bytes;	  /* bound of unacknowledged samples; 0 = CLIENT_SPOOL_DEFAULT */
	int64_t hello_timeout_ms; /* 0 = CLIENT_HELLO_TIMEOUT_MS */
};

/* Strings are copied; `events` is copied. 0 or -ENOMEM. */
int client_new(const struct client_options *options, const struct client_events *events,
	       struct client **ret);
/* Takes NULL. Pending callbacks are not called. */
void client_free(struct client *c);

/* ---- The connection ------------------------------------------------------------------------------ */

enum client_state { CLIENT_IDLE, CLIENT_HELLO, CLIENT_READY, CLIENT_CLOSING };
enum client_state client_get_state(const struct client *c);
/* Why the connection is or was last being closed; code 0 if it was not. */
const struct fault *client_get_fault(const struct client *c);

/* A transport is there: Hello goes out. Required: state IDLE. */
void client_connected(struct client *c, int64_t now_ms);
/* The transport is gone (or the caller gives it up). Requests that are not kept end with ERR_CLOSED. A frame
 * that was received in part is forgotten. No-op in state IDLE. */
void client_disconnected(struct client *c);

/* Bytes from the peer, in any pieces. 0, or why the connection must be closed now: ERR_MALFORMED, ERR_VERSION
 * or another code of a refused Hello, ERR_CLOSED after a Goodbye, -ENOMEM. */
int client_feed(struct client *c, const uint8_t *p, size_t n, int64_t now_ms);

/* Bytes for the peer: pointer and *ret_n, NULL and 0 if there are none. Valid until the next call of
 * anything here. */
const uint8_t *client_next_out(struct client *c, size_t *ret_n);
/* n <= *ret_n of them were written. */
void client_sent(struct client *c, size_t n);

/* Ends requests and leases whose time has come, and keeps an idle connection alive (Health, which every role
 * may ask). 0, or as client_feed(): ERR_TIMEOUT if no Welcome came in time. */
int client_tick(struct client *c, int64_t now_ms);
/* When to call client_tick() next at the latest, INT64_MAX = not needed. Leases on engine time are not in it. */
int64_t client_next_tick_ms(const struct client *c);

/* Does the daemon's Welcome say that its clock is driven? Then leases run on engine time, which the client
 * learns from every answer that carries it and from here (whoever drives the clock knows it first). Going
 * back is ignored. Ends leases whose time has come. */
bool client_is_driven(const struct client *c);
void client_set_engine_ms(struct client *c, int64_t engine_ms);
/* The latest engine time known; 0 before the first Welcome. On a wall-clock daemon it is as old as the
 * last answer that carried it. */
int64_t client_get_engine_ms(const struct client *c);

/* ---- Requests --------------------------------------------------------------------------------------- */

/* Sends a request; env->id is set here and nowhere else, *ret_id (may be NULL) tells it. The answer is given to
 * on_answer: once, or part by part for streams (QueryRange, ReadAudit, SubscribeDecisions) until `last`.
 * The message is encoded at once and stays the caller's.
 * ERR_STATE: not READY; ERR_FULL: the daemon's max_in_flight or CLIENT_KEPT_MAX is reached; ERR_INVALID: no or a too
 * large body; -ENOMEM. */
int client_request(struct client *c, Suandian__V1__Envelope *env, const struct client_request *how,
		   uint64_t *ret_id);

/* Ends a request locally: its callback is not called again, answers that still come are dropped. A stream is
 * also unsubscribed at the daemon. ERR_NOTFOUND. */
int client_cancel(struct client *c, uint64_t id);

/* ---- Points and samples ----------------------------------------------------------------------------- */

/* Points of this source; replaces an earlier call. Copied; sent now if READY and after every Welcome.
 * The numbers come by on_points. ERR_INVALID: does not fit a frame; -ENOMEM. */
int client_declare(struct client *c, const Suandian__V1__DeclarePoints *points);

/* From now on, pushes of exactly these points in this order (repeated, and cut short, as often as they like)
 * go without a point column. Registered now if READY and after every Welcome. A layout that the daemon refuses
 * is not used any more. Adding the same again changes nothing. ERR_FULL: CLIENT_LAYOUTS_MAX; ERR_INVALID: n is 0,
 * or does not fit a frame; -ENOMEM. */
int client_add_layout(struct client *c, const uint32_t *point, size_t n);

/* Samples into the spool, as one batch or as several where limits ask for it (max_batch, the frame, steps of
 * more than 24 days), each with the next seq. Works in any state; sent as the daemon's credit allows.
 * When the spool is full its oldest batches that are not on the wire are dropped and counted: their seqs are
 * the gap that the daemon reports.
 * ERR_INVALID: a point above INT32_MAX or a quality that is none (nothing was taken); -ENOMEM. n == 0 is no-op. */
int client_push_samples(struct client *c, const struct client_samples *samples);
int client_push(struct client *c, const uint32_t *point, const int64_t *t_ms, const double *value,
		const uint8_t *quality, size_t n);

/* ---- Decisions -------------------------------------------------------------------------------------- */

/* Subscribes to decisions for these assets ("hongyuan/bess", a star in place of the asset means all of the
 * site; n == 0 = all that this client may see), now if READY and after every Welcome, then from
 * the oldest decision that is held. Replaces an earlier call. Copied. -ENOMEM, ERR_INVALID: does not fit a frame. */
int client_subscribe_decisions(struct client *c, const char *const *asset, size_t n);

struct client_ack {
	uint64_t decision_id;
	Suandian__V1__DecisionState state; /* ACCEPTED, APPLIED, FAILED, REJECTED */
	bool has_measured;
	int64_t measured_w;
	const char *reason; /* may be NULL */
};
/* A kept request: repeated after a reconnect until the daemon has it on disk. Errors as client_request(). */
int client_ack_decision(struct client *c, const struct client_ack *ack);

/* The latest decision for an asset, lapsed or not; NULL if none came. *ret_remaining_ms (may be NULL): of the lease,
 * 0 = ended. Valid until the next call of anything that runs callbacks. */
const Suandian__V1__Decision *client_peek_decision(const struct client *c, const char *asset,
						   int64_t now_ms, int64_t *ret_remaining_ms);

/* ---- Computing jobs ---------------------------------------------------------------------------------- */

/* Kept requests: made in any state, encoded at once, sent again after a reconnect until they are answered; pushing and
 * telling twice does no harm. At most CLIENT_KEPT_MAX wait, acks of decisions included (ERR_FULL). In order; a job's events
 * after its push. on_answer (may be NULL) is called once: Ok when on disk, or the daemon's refusal with its field. Other
 * errors as client_request(). */
int client_push_jobs(struct client *c, const Suandian__V1__PushJobs *jobs,
		     client_answer_cb on_answer, void *arg);
int client_job_events(struct client *c, const Suandian__V1__JobEvents *events,
		      client_answer_cb on_answer, void *arg);

/* ---- Counters, since client_new() -------------------------------------------------------------------- */

struct client_stats {
	uint64_t batches_pushed, batches_acked, batches_resent;
	uint64_t batches_dropped, samples_dropped; /* spool overflow */
	uint64_t batches_refused;		   /* Error with a seq */
	uint64_t gaps;				   /* seqs that the daemon reported missing */
	uint64_t duplicates;			   /* batches it had already */
	uint64_t decisions, decisions_stale; /* given to on_decision; older than what was held */
	uint64_t fallbacks;
	uint64_t frames_in, frames_out, answers_unmatched;
	size_t spool_bytes;	/* now */
	size_t in_flight_bytes; /* now: sent and not acknowledged, prefix included */
	uint64_t last_seq, acked_seq;
};
void client_get_stats(const struct client *c, struct client_stats *ret);
