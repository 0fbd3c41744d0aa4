#include "loop/group.h"

#include "base/require.h"
#include "loop/loop_priv.h"

static void finish(void *arg)
{
	struct group *g = arg;

	g->done = true;
	g->cb(g->arg);
}

void group_init(struct group *g, struct loop *loop, const char *owner, closed_cb cb, void *arg)
{
	*g = (struct group){.loop = loop, .owner = owner, .cb = cb, .arg = arg, .open = 1};
	defer_init(&g->last, finish, g);
}

void *group_enter(struct group *g)
{
	REQUIRE(g->open > 0);
	g->open++;
	return g;
}

void group_leave(void *group)
{
	struct group *g = group;

	REQUIRE(g->open > 0 && !g->done);
	if (--g->open == 0)
		finish(g);
}

void group_seal(struct group *g)
{
	REQUIRE(!g->sealed);
	g->sealed = true;
	if (--g->open == 0)
		loop_defer(g->loop, &g->last);
}

static void on_handle_closed(uv_handle_t *h)
{
	struct loop_tag *tag = h->data;

	group_leave(tag->group);
}

void group_close_handle(struct group *g, struct uv_handle_s *handle)
{
	struct loop_tag *tag = handle->data;

	REQUIRE(!uv_is_closing(handle));
	tag->group = group_enter(g);
	uv_close(handle, on_handle_closed);
}
