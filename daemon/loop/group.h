/* A close group: N things closing, one callback when the last is closed, whatever their order
 * (libuv's close callbacks run last-in-first-out). Also what the loop knows of a handle:
 * who owns it.
 *
 *     group_init(&e->closing, loop, "engine", all_closed, e);
 *     lane_close(e->solver, group_leave, group_enter(&e->closing));
 *     listener_close(e->api, group_leave, group_enter(&e->closing));
 *     group_seal(&e->closing);
 *
 * The owner frees itself in the callback at the earliest. Loop thread only. */
#pragma once

#include "base/base.h"
#include "loop/loop.h"

struct uv_handle_s;

/* What every x_close() of this floor takes; cb may be NULL. Never runs inside x_close(). */
typedef void (*closed_cb)(void *arg);

struct group {
	struct loop *loop;
	const char *owner;
	closed_cb cb;
	void *arg;
	int open; /* members not yet closed, plus one until sealed */
	bool sealed;
	bool done; /* cb has run */
	struct defer last;
};

void group_init(struct group *g, struct loop *loop, const char *owner, closed_cb cb, void *arg);

/* One more member; returns g, as the argument for group_leave(). Not after the callback ran. */
void *group_enter(struct group *g);
/* A member is closed. A closed_cb; `group` is a struct group. */
void group_leave(void *group);

/* No more members from outside the group's own closing. The callback comes once all have left;
 * from the loop's next tick if none is open. Once per group. */
void group_seal(struct group *g);

/* uv_close() of a handle as a member; handle->data must be a struct loop_tag. Not twice for one
 * handle. */
void group_close_handle(struct group *g, struct uv_handle_s *handle);
