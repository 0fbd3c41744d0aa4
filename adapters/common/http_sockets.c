/* libcurl's sockets on libuv's loop. The traps behind this code:
 *  - libcurl's timer callback must not act inside itself: 0 ms is a timer of the next tick;
 *  - a socket that libcurl closes may still be watched: its closing is ours, and ends the watch first;
 *  - two watches of one descriptor are an error of libuv's: found by number, one each;
 *  - a watch is freed only when libuv has closed it. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "common/http_priv.h"

struct poller {
	uv_poll_t poll;
	struct loop_tag tag;
	struct list node; /* http.pollers; alone once it is closing */
	struct http *http;
	curl_socket_t fd;
};

static void poller_closed(uv_handle_t *handle)
{
	struct poller *p = container_of((uv_poll_t *)handle, struct poller, poll);
	struct group *g = p->tag.group;

	free(p);
	group_leave(g);
}

static void poller_close(struct poller *p)
{
	list_remove(&p->node);
	p->tag.group = group_enter(&p->http->handles);
	uv_close((uv_handle_t *)&p->poll, poller_closed);
}

static struct poller *poller_find(const struct http *h, curl_socket_t fd)
{
	list_foreach(it, &h->pollers)
	{
		struct poller *p = list_entry(it, struct poller, node);

		if (p->fd == fd)
			return p;
	}
	return NULL;
}

static int poller_new(struct http *h, curl_socket_t fd, struct poller **ret)
{
	struct poller *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	r = uv_poll_init(loop_uv(h->loop), &p->poll, fd);
	if (r < 0) {
		free(p);
		return r;
	}
	p->tag.owner = "http";
	p->poll.data = &p->tag;
	p->http = h;
	p->fd = fd;
	list_insert(&h->pollers, &p->node);
	*ret = p;
	return 0;
}

static void act(struct http *h, curl_socket_t fd, int flags)
{
	int running;

	(void)curl_multi_socket_action(h->multi, fd, flags, &running);
	http_collect(h);
}

static void on_poll(uv_poll_t *handle, int status, int events)
{
	struct poller *p = container_of(handle, struct poller, poll);
	int flags = status < 0 ? CURL_CSELECT_ERR : 0;

	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	act(p->http, p->fd, flags); /* p may be gone */
}

static int watch(struct http *h, curl_socket_t fd, int what)
{
	struct poller *p = poller_find(h, fd);
	int events = 0, r = 0;

	if (!p)
		r = poller_new(h, fd, &p);
	if (r < 0)
		return r;
	if (what & CURL_POLL_IN)
		events |= UV_READABLE;
	if (what & CURL_POLL_OUT)
		events |= UV_WRITABLE;
	return uv_poll_start(&p->poll, events, on_poll);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *of_socket)
{
	struct http *h = arg;
	struct poller *p;
	int r;

	(void)easy;
	(void)of_socket;
	if (what == CURL_POLL_REMOVE) {
		p = poller_find(h, fd);
		if (p)
			poller_close(p);
		return 0;
	}
	r = watch(h, fd, what);
	if (r < 0 && h->error == 0) {
		/* An error returned from here would end all that the multi ever does. */
		h->error = r;
		loop_defer(h->loop, &h->tell);
	}
	return 0;
}

static int on_timer(CURLM *multi, long ms, void *arg)
{
	struct http *h = arg;

	(void)multi;
	if (ms < 0)
		timer_stop(&h->alarm);
	else
		timer_start_in(&h->alarm, ms);
	return 0;
}

static void on_alarm(void *arg)
{
	act(arg, CURL_SOCKET_TIMEOUT, 0);
}

void http_sockets_init(struct http *h)
{
	timer_init(&h->alarm, h->loop, "http", on_alarm, h);
	list_init(&h->pollers);
	(void)curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	(void)curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
	(void)curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	(void)curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
}

void http_sockets_fini(struct http *h)
{
	timer_stop(&h->alarm);
	list_foreach(it, &h->pollers) poller_close(list_entry(it, struct poller, node));
}

/* ---- Of connections ------------------------------------------------------------------------------------ */

curl_socket_t http_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	(void)arg;
	(void)purpose;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

int http_close_socket(void *arg, curl_socket_t fd)
{
	struct poller *p = poller_find(arg, fd);

	if (p)
		poller_close(p);
	return close(fd);
}
