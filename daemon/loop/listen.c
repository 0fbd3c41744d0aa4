#include "loop/listen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop/loop_priv.h"
#include "loop/timer.h"
#include "loop/unixsock.h"

#define ACCEPTS_PER_TICK 16
#define BACKOFF_MS 100

/* Not uv_listen(): out of descriptors, libuv accepts and drops connections with a spare one,
 * unseen by us. Polling the socket ourselves leaves them in the kernel's queue. */
struct listener {
	struct loop *loop;
	struct loop_tag tag;
	uv_poll_t poll;
	int fd;
	int lock_fd; /* -1: inherited */
	char *path;  /* to unlink, NULL: inherited */
	listen_accept_cb on_accept;
	void *owner;
	struct timer backoff;
	uint64_t backoffs;
	bool paused;
	bool closing;
	closed_cb closed;
	void *closed_arg;
};

static void on_connection(uv_poll_t *h, int status, int events);

static void update_polling(struct listener *l)
{
	if (l->closing)
		return;
	if (l->paused || timer_is_running(&l->backoff))
		(void)uv_poll_stop(&l->poll);
	else
		(void)uv_poll_start(&l->poll, UV_READABLE, on_connection);
}

static void back_off(struct listener *l)
{
	l->backoffs++;
	timer_start_in(&l->backoff, BACKOFF_MS);
	update_polling(l);
}

static void on_backoff(void *arg)
{
	update_polling(arg);
}

/* True if there may be more. */
static bool accept_one(struct listener *l)
{
	struct stream *s;
	int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return false;
	if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
		return true;
	if (fd < 0 || stream_new(l->loop, fd, &s) < 0) {
		back_off(l);
		return false;
	}
	l->on_accept(l->owner, s);
	return true;
}

static void on_connection(uv_poll_t *h, int status, int events)
{
	struct listener *l = container_of(h, struct listener, poll);

	(void)events;
	if (status < 0) {
		back_off(l);
		return;
	}
	for (int i = 0; i < ACCEPTS_PER_TICK && !l->closing && !l->paused; i++)
		if (!accept_one(l))
			break;
}

/* Takes fd, lock_fd and path in any case. */
static int new_listener(struct loop *loop, const struct listener *from, struct listener **ret)
{
	struct listener *l = malloc(sizeof(*l));
	int rc = -ENOMEM;

	if (!l)
		goto err_before_alloc;
	*l = *from;
	l->loop = loop;
	l->tag.owner = "listener";
	timer_init(&l->backoff, loop, "listener (back-off)", on_backoff, l);
	rc = uv_poll_init(&loop->uv, &l->poll, l->fd);
	if (rc < 0)
		goto err_after_alloc;
	l->poll.data = &l->tag;
	update_polling(l);
	*ret = l;
	return 0;

err_after_alloc:
	free(l);
err_before_alloc:
	if (from->path)
		(void)unlink(from->path);
	free(from->path);
	(void)close(from->fd);
	if (from->lock_fd >= 0)
		(void)close(from->lock_fd);
	return rc;
}

int listener_new_fd(struct loop *loop, int fd, listen_accept_cb on_accept, void *owner,
		    struct listener **ret_listener)
{
	int listening = 0;
	socklen_t len = sizeof(listening);
	int rc = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) < 0)
		rc = -errno;
	else if (!listening)
		rc = -EINVAL;
	if (rc < 0) {
		(void)close(fd);
		return rc;
	}
	struct listener from = {.fd = fd, .lock_fd = -1, .on_accept = on_accept, .owner = owner};
	return new_listener(loop, &from, ret_listener);
}

int listener_new_path(struct loop *loop, const char *path, unsigned mode,
		      listen_accept_cb on_accept, void *owner, struct listener **ret_listener)
{
	struct listener from = {.on_accept = on_accept, .owner = owner};
	int rc = unixsock_listen(path, mode, &from.fd, &from.lock_fd);

	if (rc < 0)
		return rc;
	from.path = strdup(path);
	if (!from.path) {
		(void)unlink(path);
		(void)close(from.fd);
		(void)close(from.lock_fd);
		return -ENOMEM;
	}
	return new_listener(loop, &from, ret_listener);
}

void listener_pause(struct listener *l)
{
	l->paused = true;
	update_polling(l);
}

void listener_resume(struct listener *l)
{
	l->paused = false;
	update_polling(l);
}

uint64_t listener_backoffs(const struct listener *l)
{
	return l->backoffs;
}

static void on_closed(uv_handle_t *h)
{
	struct listener *l = container_of((uv_poll_t *)h, struct listener, poll);
	closed_cb closed = l->closed;
	void *arg = l->closed_arg;

	free(l->path);
	free(l);
	if (closed)
		closed(arg);
}

/* The path goes first and the lock last, so that a successor never finds a path that is about to
 * go. */
void listener_close(struct listener *l, closed_cb closed, void *arg)
{
	if (l->closing)
		return;
	l->closing = true;
	l->closed = closed;
	l->closed_arg = arg;
	timer_stop(&l->backoff);
	uv_close((uv_handle_t *)&l->poll, on_closed);
	if (l->path)
		(void)unlink(l->path);
	(void)close(l->fd);
	if (l->lock_fd >= 0)
		(void)close(l->lock_fd);
}
