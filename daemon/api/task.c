#include "api/task.h"

#include <stdlib.h>

#include "api/limits.h"
#include "api/reply.h"
#include "base/require.h"

static void free_task(struct task *t)
{
	defer_cancel(&t->next);
	list_remove(&t->attachment.node);
	t->session->n_tasks--;
	session_end_request(t->session);
	if (t->gone)
		t->gone(t);
	free(t);
}

static void on_detach(struct attachment *a)
{
	free_task(container_of(a, struct task, attachment));
}

static void on_drained(struct attachment *a)
{
	struct task *t = container_of(a, struct task, attachment);

	loop_defer(t->session->core->loop, &t->next);
}

static const struct attachment_ops ops = {
	.stream = true, .detach = on_detach, .drained = on_drained};

static void run(void *arg)
{
	struct task *t = arg;
	struct session *s = t->session;
	struct refusal r = {0};

	/* on_drained() comes back here; a session that ends frees us */
	if (!session_is_open(s) || session_is_congested(s))
		return;
	int rc = t->step(t, &r);
	if (rc == TASK_MORE) {
		loop_defer(s->core->loop, &t->next);
		return;
	}
	if (rc < 0)
		reply_error(s, t->id, &r);
	free_task(t);
}

int task_new(struct request *r, size_t size, int (*step)(struct task *t, struct refusal *r),
	     struct task **ret)
{
	struct session *s = r->session;
	struct task *t;

	REQUIRE(size >= sizeof(*t));
	if (session_find(s, r->id))
		return refuse(&r->refusal, ERR_EXISTS, "id",
			      "a request of this id is being answered");
	if (s->n_tasks >= TASKS_MAX)
		return refuse(&r->refusal, ERR_FULL, "", "at most %d streams at a time", TASKS_MAX);
	t = calloc(1, size);
	if (!t)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	t->session = s;
	t->id = r->id;
	t->step = step;
	defer_init(&t->next, run, t);
	session_attach(s, &t->attachment, &ops, r->id);
	s->n_tasks++;
	session_begin_request(s);
	loop_defer(s->core->loop, &t->next);
	*ret = t;
	return 0;
}
