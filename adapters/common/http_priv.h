/* Inside of http: the sockets that libcurl wants to be told about (http_sockets.c), and what a result means
 * (http_result.c). */
#pragma once

#include <curl/curl.h>

#include "base/buf.h"
#include "base/list.h"
#include "common/http.h"
#include "loop/timer.h"

struct http {
	struct loop *loop;
	char *agent, *ca_file;
	CURLM *multi;
	struct timer alarm;   /* libcurl's */
	struct list calls;    /* under way */
	struct list ended;    /* to be told */
	struct list pollers;  /* of sockets */
	struct group handles; /* the pollers', open until the end */
	struct defer tell;
	size_t n;  /* calls of both lists */
	int error; /* a socket that cannot be watched: all calls end with it */
	bool closing, shut;
	closed_cb closed;
	void *closed_arg;
};

struct http_call {
	struct list node;
	struct http *http;
	CURL *easy;
	struct curl_slist *headers, *resolve;
	struct timer limit;
	void (*done)(void *arg, const struct http_answer *answer);
	void *arg;
	struct buf body;
	size_t head_b;
	int code; /* why we ended it; 0: libcurl did */
	struct fault fault;
	bool is_ended, is_told;
	long status;
	char content_type[128];
	char base[ENDPOINT_TEXT_B]; /* for messages */
	char error[CURL_ERROR_SIZE];
};

/* http_sockets.c: gives the multi its callbacks. */
void http_sockets_init(struct http *h);
/* After curl_multi_cleanup(): nothing is watched any more; handles close through h->handles. */
void http_sockets_fini(struct http *h);
/* CURLOPT_OPENSOCKETFUNCTION, CURLOPT_CLOSESOCKETFUNCTION (data: the struct http). */
curl_socket_t http_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a);
int http_close_socket(void *arg, curl_socket_t fd);

/* http.c: takes from libcurl what has ended. To be called after each curl_multi_socket_action(). */
void http_collect(struct http *h);

/* http_result.c: call->code and ->fault of a result of libcurl, unless they are set. */
void http_translate(struct http_call *c, CURLcode result);
