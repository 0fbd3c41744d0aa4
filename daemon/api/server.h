/* The sockets of the daemon: two doors (control for people, adapter for adapters), a cap on sessions, decisions to
 * their subscribers. See dispatch.c for what may be asked. Loop thread. */
#pragma once

#include "base/err.h"
#include "engine/engine.h"
#include "loop/group.h"

enum server_door { SERVER_CONTROL, SERVER_ADAPTER };

struct server;

/* The engine must be there before sessions are, and outlive them. build: shown in Welcome. */
int server_new(struct loop *loop, struct engine *engine, const char *build, struct server **ret);

/* Takes the fd, on failure too. */
int server_listen_fd(struct server *s, enum server_door door, int fd, struct fault *f);
/* Binds the path, mode 0660. */
int server_listen_path(struct server *s, enum server_door door, const char *path, struct fault *f);

/* world.send. 0; -EAGAIN: engine_subscriber_ready() follows; ERR_CLOSED. */
int server_send(struct server *s, uint64_t subscriber, const struct decision *d);

/* The rules of access may have changed. Soon, not within the call: Goodbye, with the reason, to every session that may
 * not be what it came in as, or speak for a source that it speaks for. */
void server_check_access(struct server *s);

/* No new connection, no new request; answers that are due still go out. */
void server_stop(struct server *s);
/* Goodbye to all, then closed(arg) once the last session has gone (a peer that does not read is given up after the
 * stall limit). */
void server_close(struct server *s, closed_cb closed, void *arg);
/* After closed, and after the engine that may still hold waiters is gone. */
void server_free(struct server *s);
