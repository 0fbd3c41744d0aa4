#include "webserver.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/err.h"

#define DRIP_MS 5

struct web_connection {
	struct web *web;
	struct stream *s;
	struct timer drip;
	const char *endless; /* sent again and again */
};

static void say(struct web_connection *c, const char *text)
{
	(void)stream_write(c->s, text, strlen(text));
}

static void say_body(struct web_connection *c, const char *status, const char *body)
{
	char head[256];

	(void)snprintf(head, sizeof(head),
		       "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4\r\n"
		       "Content-Length: %zu\r\n\r\n",
		       status, strlen(body));
	say(c, head);
	say(c, body);
}

static void pour(struct web_connection *c)
{
	while (!stream_is_congested(c->s) && !stream_is_closing(c->s))
		say(c, c->endless);
}

static void drip(void *arg)
{
	struct web_connection *c = arg;

	say(c, "x");
}

static void answer(struct web_connection *c, const char *path)
{
	const char *page = c->web->page ? c->web->page(c->web->page_arg, path) : NULL;

	if (page) {
		say_body(c, "200 OK", page);
	} else if (strcmp(path, "/ok") == 0) {
		say_body(c, "200 OK", "hello");
	} else if (strcmp(path, "/body") == 0) {
		say_body(c, "200 OK", c->web->body);
	} else if (strncmp(path, "/status/", 8) == 0) {
		say_body(c, path + 8, "sorry");
	} else if (strcmp(path, "/chunked") == 0) {
		say(c,
		    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n"
		    "0\r\n\r\n");
	} else if (strcmp(path, "/empty") == 0) {
		say(c, "HTTP/1.1 204 No Content\r\n\r\n");
	} else if (strcmp(path, "/moved") == 0) {
		say(c, "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n");
	} else if (strcmp(path, "/huge") == 0) {
		say(c, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\nhello");
	} else if (strcmp(path, "/endless") == 0) {
		say(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
		c->endless = "8\r\n12345678\r\n";
		pour(c);
	} else if (strcmp(path, "/headers") == 0) {
		say(c, "HTTP/1.1 200 OK\r\n");
		c->endless = "X-Filler: 0123456789012345678901234567890123456789\r\n";
		pour(c);
	} else if (strcmp(path, "/truncated") == 0) {
		say(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
		stream_finish(c->s, ERR_CLOSED);
	} else if (strcmp(path, "/gone") == 0) {
		stream_finish(c->s, ERR_CLOSED);
	} else if (strcmp(path, "/garbage") == 0) {
		say(c, "SSH-2.0-OpenSSH_9.2\r\n");
		stream_finish(c->s, ERR_CLOSED);
	} else if (strcmp(path, "/drip") == 0) {
		say(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
		timer_start_every(&c->drip, clock_mono_ms() + DRIP_MS, DRIP_MS);
	}
}

static int consume(void *owner, const uint8_t *p, size_t n, size_t *ret_used)
{
	struct web_connection *c = owner;
	struct web *w = c->web;
	const uint8_t *end = memmem(p, n, "\r\n\r\n", 4);
	char path[2048];

	if (!end)
		return 0;
	*ret_used = (size_t)(end - p) + 4;
	ck_assert_uint_lt(*ret_used, sizeof(w->last));
	memcpy(w->last, p, *ret_used);
	w->last[*ret_used] = '\0';
	w->requests++;
	ck_assert_int_eq(sscanf(w->last, "GET %2047s HTTP/1.1", path), 1);
	answer(c, path);
	return 0;
}

static void drained(void *owner)
{
	struct web_connection *c = owner;

	if (c->endless)
		pour(c);
}

static void closed(void *owner, int reason)
{
	struct web_connection *c = owner;

	(void)reason;
	timer_stop(&c->drip);
	for (int i = 0; i < WEB_CONNECTIONS_MAX; i++)
		if (c->web->at[i] == c)
			c->web->at[i] = NULL;
	c->web->open--;
	free(c);
}

static const struct stream_ops ops = {.consume = consume, .drained = drained, .closed = closed};

static void accepted(void *owner, struct stream *s)
{
	/* what is endless would else fill a kernel's buffer and the loop's memory */
	static const struct stream_limits limits = {.in_max = 8192,
						    .out_high = 65536,
						    .out_max = 1 << 20,
						    .stall_ms = 10000,
						    .tick_frames = 4,
						    .tick_us = 1000};
	struct web *w = owner;
	struct web_connection *c = calloc(1, sizeof(*c));
	int i = 0;

	ck_assert_ptr_nonnull(c);
	while (i < WEB_CONNECTIONS_MAX && w->at[i])
		i++;
	ck_assert_int_lt(i, WEB_CONNECTIONS_MAX);
	w->at[i] = c;
	c->web = w;
	c->s = s;
	timer_init(&c->drip, w->loop, "web", drip, c);
	w->connections++;
	w->open++;
	stream_start(s, &ops, c, &limits);
}

void web_start(struct web *w, struct loop *loop, const char *path)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd;

	*w = (struct web){.loop = loop, .body = ""};
	if (path) {
		ck_assert_int_eq(listener_new_path(loop, path, 0600, accepted, w, &w->listener), 0);
		return;
	}
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, len), 0);
	ck_assert_int_eq(listen(fd, 16), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	w->port = ntohs(a.sin_port);
	ck_assert_int_eq(listener_new_fd(loop, fd, accepted, w, &w->listener), 0);
}

void web_drop(struct web *w)
{
	for (int i = 0; i < WEB_CONNECTIONS_MAX; i++)
		if (w->at[i])
			stream_close(w->at[i]->s, ERR_CLOSED);
}

void web_stop(struct web *w)
{
	listener_close(w->listener, NULL, NULL);
	web_drop(w);
}

const char *web_url(const struct web *w)
{
	static char url[64];

	if (w->port == 0)
		return "http://localhost";
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d", w->port);
	return url;
}
