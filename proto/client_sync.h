/* A blocking client over a unix socket, for command lines and tests: client.h driven by poll(2).
 * Every call has a deadline on the monotonic clock. One thread at a time; SIGPIPE is never raised. */
#pragma once

#include "proto/client.h"

struct client_sync;

/* Connects to the socket at `path`, says Hello and waits for the Welcome, all within timeout_ms. `options` and
 * `events` (may be NULL) as in client_new(). 0; ERR_TIMEOUT; ERR_VERSION, ERR_DENIED … of a refused Hello; ERR_INVALID:
 * the path does not fit a socket address; -errno of connect. `ret_fault` (may be NULL) says it for people. */
int client_sync_connect(const char *path, const struct client_options *options,
			const struct client_events *events, int64_t timeout_ms,
			struct client_sync **ret, struct fault *ret_fault);
/* Closes at once; takes NULL. */
void client_sync_free(struct client_sync *s);

/* What the daemon granted; valid as long as s. */
const Suandian__V1__Welcome *client_sync_welcome(const struct client_sync *s);
/* The client inside: for client_push(), client_declare(), client_subscribe_decisions() …, to be followed by
 * client_sync_pump(). The caller must not feed, tick, disconnect or free it. */
struct client *client_sync_client(struct client_sync *s);

/* Sends a request and waits for its answer: *ret is valid until the next call with s. An Error of the daemon is
 * returned as its code with *ret_fault filled. Other codes: ERR_TIMEOUT, ERR_CLOSED, ERR_MALFORMED, -errno.
 * After ERR_TIMEOUT the connection is still of use; a late answer is dropped. */
int client_sync_call(struct client_sync *s, Suandian__V1__Envelope *request, int64_t timeout_ms,
		     const Suandian__V1__Envelope **ret, struct fault *ret_fault);

/* Streams: begin, then next until it says 0 or an error. One stream at a time.
 * client_sync_next(): 1 = *ret is the next part (valid until the next call with s), 0 = the stream has ended,
 * < 0 as client_sync_call(). The last part that carries data is given with 1. A time-out does not end the
 * stream. */
int client_sync_stream(struct client_sync *s, Suandian__V1__Envelope *request,
		       struct fault *ret_fault);
int client_sync_next(struct client_sync *s, int64_t timeout_ms, const Suandian__V1__Envelope **ret,
		     struct fault *ret_fault);
/* Unsubscribes an unfinished stream. */
void client_sync_stream_end(struct client_sync *s);

/* Reads and writes until done(arg) is true (asked first, and after everything that happened) or the time is
 * over. done == NULL: until all is written. 0, ERR_TIMEOUT, or why the connection is lost. */
int client_sync_pump(struct client_sync *s, bool (*done)(void *arg), void *arg, int64_t timeout_ms);
/* Until every pushed sample is acknowledged (on disk). */
int client_sync_flush(struct client_sync *s, int64_t timeout_ms);
