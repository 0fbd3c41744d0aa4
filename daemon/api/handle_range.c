#include "api/handlers.h"
#include "api/limits.h"
#include "api/map_in.h"
#include "api/reply.h"
#include "api/task.h"

struct range_task {
	struct task task;
	uint32_t point;
	int64_t from_ms, to_ms;
	uint64_t left; /* samples that may still be sent */
};

/* One chunk being filled. */
struct chunk {
	Suandian__V1__RangeChunk body;
	int64_t dt_ms[RANGE_CHUNK];
	double value[RANGE_CHUNK];
	uint32_t q_index[RANGE_CHUNK];
	Suandian__V1__Quality q_value[RANGE_CHUNK];
	int64_t last_ms;
	uint64_t room;
	bool more;
	int64_t next_ms;
};

static bool add_sample(void *arg, const struct sample *s)
{
	struct chunk *c = arg;
	size_t i = c->body.n_value;

	if (i >= RANGE_CHUNK || i >= c->room) {
		c->more = i < c->room;
		c->next_ms = s->t_ms;
		return false;
	}
	if (i == 0)
		c->body.base_ms = c->last_ms = s->t_ms;
	c->dt_ms[i] = s->t_ms - c->last_ms;
	c->value[i] = s->value;
	c->last_ms = s->t_ms;
	c->body.n_value++;
	if (s->quality != QUALITY_OK) {
		c->q_index[c->body.n_q_index] = (uint32_t)i;
		c->q_value[c->body.n_q_index++] = (Suandian__V1__Quality)s->quality;
	}
	return true;
}

static int step_range(struct task *task, struct refusal *r)
{
	struct range_task *t = container_of(task, struct range_task, task);
	struct core *core = t->task.session->core;
	struct chunk *c = ARENA_NEW(core_answer(core), struct chunk);
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	if (!c)
		return refuse(r, -ENOMEM, "", "out of memory");
	c->body = (Suandian__V1__RangeChunk)SUANDIAN__V1__RANGE_CHUNK__INIT;
	c->room = t->left;
	int rc = engine_range(core->engine, t->point, t->from_ms, t->to_ms, add_sample, c);
	if (rc < 0)
		return refuse(r, rc, "", "%s", err_text(rc));
	c->body.point = t->point;
	c->body.dt_ms = c->dt_ms;
	c->body.n_dt_ms = c->body.n_value;
	c->body.value = c->value;
	c->body.q_index = c->q_index;
	c->body.q_value = c->q_value;
	c->body.n_q_value = c->body.n_q_index;
	c->body.last = !c->more;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_RANGE_CHUNK;
	env.range_chunk = &c->body;
	reply(t->task.session, t->task.id, &env);
	t->from_ms = c->next_ms;
	t->left -= c->body.n_value;
	return c->more ? TASK_MORE : 0;
}

int handle_query_range(struct request *r)
{
	const Suandian__V1__QueryRange *m = r->env->query_range;
	struct range_task *t;
	struct task *task;
	int64_t to_ms;
	int rc = map_in_span(&r->refusal, m->from_ms, m->to_ms, &to_ms);

	if (rc < 0)
		return rc;
	if (!engine_point(r->engine, m->point))
		return refuse(&r->refusal, ERR_NOTFOUND, "point", "there is no point %u", m->point);
	rc = task_new(r, sizeof(*t), step_range, &task);
	if (rc < 0)
		return rc;
	t = container_of(task, struct range_task, task);
	t->point = m->point;
	t->from_ms = m->from_ms;
	t->to_ms = to_ms;
	t->left = m->max_samples ? m->max_samples : UINT64_MAX;
	return 0;
}
