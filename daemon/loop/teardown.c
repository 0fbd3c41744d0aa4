/* The end of a loop. Apart from loop.c, because it stands on groups and timers, which stand on the
 * loop. */
#include "loop/loop.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/require.h"
#include "loop/group.h"
#include "loop/loop_priv.h"

static void print_left(uv_handle_t *h, void *arg)
{
	const struct loop_tag *tag = h->data;

	(void)arg;
	fprintf(stderr, "loop: left open: %s of %s%s\n", uv_handle_type_name(uv_handle_get_type(h)),
		tag && tag->owner ? tag->owner : "?", uv_is_closing(h) ? " (closing)" : "");
}

static void own_closed(void *arg)
{
	*(bool *)arg = true;
}

static void close_own(struct loop *loop)
{
	struct group g;
	bool closed = false;

	group_init(&g, loop, "loop", own_closed, &closed);
	group_close_handle(&g, (uv_handle_t *)&loop->prepare);
	group_close_handle(&g, (uv_handle_t *)&loop->check);
	group_close_handle(&g, (uv_handle_t *)&loop->idle);
	group_close_handle(&g, (uv_handle_t *)&loop->alarm);
	for (int i = 0; i < loop->n_signals; i++)
		group_close_handle(&g, (uv_handle_t *)&loop->signals[i]);
	group_seal(&g);
	while (!closed)
		(void)uv_run(&loop->uv, UV_RUN_NOWAIT);
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	REQUIRE(!loop->running);
	int timers_left = timers_dump(loop);
	bool deferred_left = !list_is_empty(&loop->deferred);
	if (deferred_left)
		fprintf(stderr, "loop: left pending: deferred callbacks\n");
	REQUIRE(timers_left == 0 && !deferred_left);

	close_own(loop);
	int rc = uv_loop_close(&loop->uv);
	if (rc == UV_EBUSY)
		uv_walk(&loop->uv, print_left, NULL);
	REQUIRE(rc == 0);
	free(loop->read_buf);
	free(loop);
}
