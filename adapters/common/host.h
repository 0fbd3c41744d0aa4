/* The host of an adapter: its connection to the daemon on the event loop. It connects, comes back after a pause when
 * the connection is lost, keeps it alive, and drives the client (proto/client.h), which keeps points, samples and
 * leases over reconnects.
 *
 *	host_new() → host_start() → … host_client() for requests, pushes, acks … → host_drain() or host_close()
 *
 * Callbacks of the client (host_options.events) run on the loop, never inside a call of the user's. Leases end by the
 * client's own clock (the monotonic one, or engine time where the daemon's is driven) whether connected or not:
 * on_fallback comes from the host's timer. Loop thread only; `loop` must outlive the host. */
#pragma once

#include "loop/loop.h"
#include "loop/stream.h"
#include "proto/client.h"

#define HOST_BACKOFF_MIN_MS 200
#define HOST_BACKOFF_MAX_MS 15000

struct host;

struct host_options {
	const char *path; /* of the daemon's socket; copied */
	struct client_options client;
	struct client_events events; /* events.arg is given to the callbacks below, too */
	/* Connected or lost; may be NULL. `why` is 0 for up. Down: the next try comes after pause_ms; < 0: never, the host
	 * is closing. */
	void (*on_link)(void *arg, bool up, const struct fault *why, int64_t pause_ms);
	/* Samples were waiting, and now all are on the daemon's disk; may be NULL. */
	void (*on_flushed)(void *arg);
	int64_t backoff_min_ms, backoff_max_ms; /* 0 = defaults */
	uint64_t seed;				/* of the jitter; differs between instances */
	bool reconnect; /* false: the first loss is the end (on_link says so) */
};

/* Errors of client_new(). Does not connect yet. */
int host_new(struct loop *loop, const struct host_options *options, struct host **ret);
void host_start(struct host *h);

/* The client, to call anything of client.h but what drives it. What was queued goes out at the end of this tick: so ask
 * for it again in each callback rather than keep it. */
struct client *host_client(struct host *h);
bool host_is_up(const struct host *h);

/* Everything that was pushed is on the daemon's disk. */
bool host_is_flushed(const struct host *h);

/* No more samples will come: closes once all are acknowledged, or after limit_ms. Then host_close()'s callback.
 * For SIGTERM. Idempotent. */
void host_drain(struct host *h, int64_t limit_ms, void (*closed)(void *arg), void *arg);

/* Ends the connection now, calls closed (may be NULL) on a later tick and frees the host. Idempotent; also while
 * draining. Not to be used afterwards but for host_close() before `closed`. */
void host_close(struct host *h, void (*closed)(void *arg), void *arg);
