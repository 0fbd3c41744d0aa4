/* A small HTTP server for tests, on the same loop: what it answers is named by the path. Counts what came.
 *
 *	/ok            200 with a body that says "hello"
 *	/chunked       the same in chunks
 *	/empty         204
 *	/status/N      that status, with a body
 *	/moved         302 to /ok
 *	/body          200 with server->body
 *	/huge          a length of 1 GiB is announced
 *	/endless       chunks without end
 *	/headers       headers without end
 *	/truncated     half of the announced body, then the end
 *	/gone          the end, without a word
 *	/garbage       no HTTP
 *	/hang          nothing at all
 *	/drip          a byte of the body every 5 ms, without end */
#pragma once

#include "base/buf.h"
#include "loop/listen.h"
#include "loop/timer.h"

#define WEB_CONNECTIONS_MAX 16

struct web_connection;

struct web {
	struct loop *loop;
	struct listener *listener;
	struct web_connection *at[WEB_CONNECTIONS_MAX];
	int port; /* of TCP; 0 = a unix socket */
	const char *body;
	/* Asked first; may be NULL. The body of a 200, or NULL for what the path says. */
	const char *(*page)(void *arg, const char *path);
	void *page_arg;
	int connections, requests; /* ever */
	int open;		   /* now */
	char last[4096];	   /* the last request's head */
};

/* On path if it is not NULL, else on 127.0.0.1 and a free port. */
void web_start(struct web *w, struct loop *loop, const char *path);
void web_stop(struct web *w);
/* Closes all connections. */
void web_drop(struct web *w);
/* "http://127.0.0.1:PORT", or "http://localhost" for a unix socket. */
const char *web_url(const struct web *w);
