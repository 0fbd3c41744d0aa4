/* Listening unix sockets: inherited from the service manager, or bound here. Loop thread only. */
#pragma once

#include "base/base.h"
#include "loop/group.h"
#include "loop/stream.h"

struct listener;

/* A new connection; the owner now owns the stream and calls stream_start() or stream_close() (a
 * cap on sessions, with a last message through stream_start + stream_write + stream_finish, is
 * the owner's). */
typedef void (*listen_accept_cb)(void *owner, struct stream *s);

/* Adopts a listening stream socket (notify_listen_fd()), taking the fd, on failure too. Its path
 * is never unlinked: it belongs to the service manager. -ENOTSOCK, -EINVAL (not listening),
 * -ENOMEM or the system's error. */
int listener_new_fd(struct loop *loop, int fd, listen_accept_cb on_accept, void *owner,
		    struct listener **ret_listener);

/* Binds `path` (≤ 107 bytes) with exactly `mode` (0666 &c.), at no moment wider. Holds a lock on
 * "<path>.lock" as long as it listens; a socket file left by a dead process is removed, one that
 * answers is not. Unlinks the path (not the lock file) when closed.
 * -EADDRINUSE: someone listens there; -EEXIST: the path is something else than a socket;
 * -ENAMETOOLONG; or the system's error. */
int listener_new_path(struct loop *loop, const char *path, unsigned mode,
		      listen_accept_cb on_accept, void *owner, struct listener **ret_listener);

/* Stop and go on accepting; connections wait in the kernel's queue meanwhile. */
void listener_pause(struct listener *l);
void listener_resume(struct listener *l);

/* How often accepting stopped for 100 ms because the process or system had no descriptors left
 * (EMFILE, ENFILE) or no memory. No connection is dropped for it. */
uint64_t listener_backoffs(const struct listener *l);

/* Stops listening, then calls closed and frees the listener. A second call does nothing, its
 * callback is not kept. Streams that were accepted live on. */
void listener_close(struct listener *l, closed_cb closed, void *arg);
