/* HTTP requests of adapters on the event loop: libcurl's multi interface on libuv. No thread, no resolver
 * (endpoint.h), no proxy, no redirect, no cookie, nothing taken from the environment. Connections are kept for the next
 * request.
 *
 * Everything is bounded: the time from asking to the answer, the bytes of body and head, connections, requests under
 * way. A request that was taken is told about exactly once, on the loop, never inside the call that started or ended
 * it. Loop thread only. */
#pragma once

#include "common/endpoint.h"
#include "loop/group.h"

#define HTTP_CALLS_MAX 256
#define HTTP_CONNECTIONS_MAX 8
#define HTTP_HEAD_MAX_B ((size_t)64 << 10)
#define HTTP_URL_MAX_B ((size_t)16 << 10)

struct http;
struct http_call;

struct http_options {
	const char *agent;   /* "suandian-prometheus"; copied */
	const char *ca_file; /* of trusted certificates; NULL or "" = the system's; copied */
};

/* Valid during the call only. */
struct http_answer {
	/* 0: an answer came whole, whatever its status. Else ERR_TIMEOUT; ERR_FULL (more than max_bytes, or head);
	 * ERR_CLOSED (the connection ended early); ERR_DENIED (certificate); ERR_MALFORMED (no HTTP); ERR_CANCELED;
	 * -ECONNREFUSED and others of connect; -ENOMEM. */
	int code;
	const struct fault *fault; /* with the endpoint; NULL if code is 0 */
	long status;		   /* 200 …; 0 if there was none */
	const char *content_type;  /* "" if there was none */
	const uint8_t *body;
	size_t n;
};

struct http_ask {
	const struct endpoint *to;
	const char *path;	    /* with query, behind the endpoint's base; NULL or "": none */
	const char *const *headers; /* "Accept: text/plain" */
	size_t n_headers;
	int64_t timeout_ms; /* of the whole, > 0 */
	size_t max_bytes;   /* of the body, > 0 */
	void (*done)(void *arg, const struct http_answer *answer);
	void *arg;
};

/* -ENOMEM, or ERR_STATE if libcurl cannot be used. */
int http_new(struct loop *loop, const struct http_options *options, struct http **ret);

/* GETs. What `ask` points to is copied. *ret (may be NULL) is good until done() is called. ERR_FULL: HTTP_CALLS_MAX;
 * ERR_CLOSED: http_close() was called; ERR_INVALID: a name that is not resolved, or too long a URL; -ENOMEM. */
int http_get(struct http *h, const struct http_ask *ask, struct http_call **ret);

/* done() comes soon, with ERR_CANCELED. Not inside this call's own done(). */
void http_cancel(struct http_call *call);

/* Cancels all, then calls closed and frees h; until then done() may be called. A second call does nothing. */
void http_close(struct http *h, closed_cb closed, void *arg);

/* text as part of a query: all but unreserved characters as %XX, into out (ERR_FULL if it does not fit). */
int http_escape(const char *text, char *out, size_t n);
