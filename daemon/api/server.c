#include "api/server.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/dispatch.h"
#include "api/feed.h"
#include "api/hello.h"
#include "api/limits.h"
#include "api/pending.h"
#include "api/reply.h"
#include "api/subscription.h"
#include "base/log.h"
#include "loop/listen.h"

#define DOORS 2
#define SOCKET_MODE 0660

struct server_entry {
	struct server *server;
	enum door door;
	struct listener *listener;
};

struct server {
	struct core core;
	struct server_entry doors[DOORS];
	struct list sessions; /* in the order they came */
	struct defer access;
	bool stopping;
	struct group closing;
	bool closing_begun;
};

/* ---- Sessions ---------------------------------------------------------------------------------- */

static struct server *server_of(struct session *s)
{
	return container_of(s->core, struct server, core);
}

static void on_hello(struct session *s, const Suandian__V1__Envelope *env)
{
	hello_handle(s, env);
}

static void on_session_closed(struct session *s)
{
	struct server *server = server_of(s);

	if (server->closing_begun)
		group_leave(&server->closing);
}

static const struct session_ops session_ops = {on_hello, dispatch_request, on_session_closed};

/* Connections that have not said Hello: how many, and the oldest. */
static uint32_t count_strangers(const struct server *server, struct session **ret_oldest)
{
	uint32_t n = 0;

	*ret_oldest = NULL;
	list_foreach(it, &server->sessions)
	{
		struct session *s = list_entry(it, struct session, node);

		if (s->state != SESSION_HELLO)
			continue;
		if (n++ == 0)
			*ret_oldest = s;
	}
	return n;
}

/* Whoever connects and says nothing makes room for the next, so that a crowd of silent connections keeps nobody out
 * who speaks at once. */
static bool make_room(struct server *server)
{
	int64_t cap = engine_configuration(server->core.engine)->settings.limits.sessions;
	struct session *oldest;
	uint32_t strangers;

	if ((int64_t)server->core.n_sessions * HELLO_SHARE < cap)
		return true;
	strangers = count_strangers(server, &oldest);
	if (oldest &&
	    ((int64_t)server->core.n_sessions >= cap || (int64_t)strangers * HELLO_SHARE >= cap)) {
		server->core.n.evicted++;
		list_remove(&oldest->node);
		session_end(oldest, ERR_FULL, "no Hello came, and others wait");
		return true;
	}
	return (int64_t)server->core.n_sessions < cap;
}

static void on_accept(void *owner, struct stream *stream)
{
	struct server_entry *entry = owner;
	struct server *server = entry->server;
	bool room = make_room(server);
	struct session *s;

	if (session_new(&server->core, &session_ops, stream, entry->door, &s) < 0) {
		log_warning("api", "out of memory, a connection was dropped");
		return;
	}
	list_insert(&server->sessions, &s->node);
	if (room)
		return;
	server->core.n.refused_connections++;
	session_end(s, ERR_FULL, "too many sessions");
}

/* ---- Access ------------------------------------------------------------------------------------ */

/* The name that it may not have any more; "" = the role; NULL: all is well. */
static const char *what_it_lost(const struct session *s)
{
	struct access_peer peer = peer_access(&s->peer);
	const char *name = s->role == ROLE_ADAPTER ? s->name : NULL;

	if (!configuration_allows(engine_configuration(s->core->engine), &peer, s->role, name))
		return name ? name : "";
	return feed_forbidden_source(s);
}

static void check_access(void *arg)
{
	struct server *server = arg;

	list_foreach(it, &server->sessions)
	{
		struct session *s = list_entry(it, struct session, node);
		const char *lost = s->state == SESSION_READY ? what_it_lost(s) : NULL;

		if (!lost)
			continue;
		log_notice("api", "a session ends, its role is taken away: user=%s role=%s name=%s",
			   s->peer.who, access_role_name(s->role), s->name);
		if (*lost)
			session_end(
				s, ERR_DENIED,
				"the configuration was changed: %s may not be the adapter %s any more",
				s->peer.who, lost);
		else
			session_end(s, ERR_DENIED,
				    "the configuration was changed: %s may not %s any more",
				    s->peer.who, access_role_name(s->role));
	}
}

void server_check_access(struct server *s)
{
	if (!s->closing_begun)
		loop_defer(s->core.loop, &s->access);
}

/* ---- Life -------------------------------------------------------------------------------------- */

int server_new(struct loop *loop, struct engine *engine, const char *build, struct server **ret)
{
	struct server *server = calloc(1, sizeof(*server));

	if (!server)
		return -ENOMEM;
	core_init(&server->core, loop, engine, build);
	list_init(&server->sessions);
	defer_init(&server->access, check_access, server);
	for (int i = 0; i < DOORS; i++)
		server->doors[i] = (struct server_entry){.server = server, .door = (enum door)i};
	*ret = server;
	return 0;
}

static const char *door_name(enum server_door door)
{
	return door == SERVER_ADAPTER ? "adapter" : "control";
}

int server_listen_fd(struct server *s, enum server_door door, int fd, struct fault *f)
{
	struct server_entry *entry = &s->doors[door];
	int rc = listener_new_fd(s->core.loop, fd, on_accept, entry, &entry->listener);

	if (rc < 0)
		return fault_set(f, rc, "the %s socket that was passed: %s", door_name(door),
				 err_text(rc));
	return 0;
}

int server_listen_path(struct server *s, enum server_door door, const char *path, struct fault *f)
{
	struct server_entry *entry = &s->doors[door];
	int rc = listener_new_path(s->core.loop, path, SOCKET_MODE, on_accept, entry,
				   &entry->listener);

	if (rc < 0)
		return fault_set(f, rc, "%s: %s", path, err_text(rc));
	return 0;
}

int server_send(struct server *s, uint64_t subscriber, const struct decision *d)
{
	return subscription_send(&s->core, subscriber, d);
}

void server_stop(struct server *s)
{
	if (s->stopping)
		return;
	s->stopping = true;
	for (int i = 0; i < DOORS; i++)
		if (s->doors[i].listener)
			listener_pause(s->doors[i].listener);
	list_foreach(it, &s->sessions)
		session_block(list_entry(it, struct session, node), BLOCK_STOPPING);
}

void server_close(struct server *s, closed_cb closed, void *arg)
{
	group_init(&s->closing, s->core.loop, "server", closed, arg);
	s->closing_begun = true;
	defer_cancel(&s->access);
	for (uint32_t i = 0; i < s->core.n_sessions; i++)
		(void)group_enter(&s->closing);
	for (int i = 0; i < DOORS; i++)
		if (s->doors[i].listener)
			listener_close(s->doors[i].listener, group_leave, group_enter(&s->closing));
	list_foreach(it, &s->sessions)
		session_end(list_entry(it, struct session, node), ERR_CLOSED, "the daemon ends");
	group_seal(&s->closing);
}

void server_free(struct server *s)
{
	if (!s)
		return;
	pending_free_all(&s->core);
	core_fini(&s->core);
	free(s);
}
