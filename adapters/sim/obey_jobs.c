#include "sim/obey.h"

#include <stdio.h>
#include <string.h>

#include "base/slot.h"

#define VERB(name) SUANDIAN__V1__JOB_ACTION__VERB__VERB_##name

static int64_t power_now_w(const struct obey *o, const struct obey_job *j)
{
	const struct queue_lot *l = queue_find_job(&o->twin->queues[j->queue], j->job);

	if (!l || l->state != LOT_RUNNING)
		return 0;
	return min_i64(l->cap_w, l->job->devices * o->twin->plant->queues[j->queue].device_power_w);
}

/* NULL, or why not. A job that has ended (or left) has done what could be asked of it. */
static const char *order(struct obey *o, const struct obey_job *j)
{
	struct queue_state *q = &o->twin->queues[j->queue];
	struct queue_lot *l = queue_find_job(q, j->job);
	int r = 0;

	q->by_job = true;
	if (!l)
		return NULL;
	l->until_ms = j->valid_until_ms;
	switch (j->verb) {
	case VERB(START):
		r = queue_start_job(q, l);
		break;
	case VERB(HOLD):
		queue_hold_job(q, l);
		break;
	case VERB(PAUSE):
		r = queue_pause_job(q, &o->twin->plant->queues[j->queue], l, o->twin->now_ms);
		break;
	case VERB(RESUME):
		queue_resume_job(q, l);
		break;
	case VERB(CAP):
		l->cap_w = max_i64(j->cap_w, 1);
		break;
	default:
		return "no such verb";
	}
	return r < 0 ? "out of memory" : NULL;
}

static struct obey_answer answer_of(struct obey *o, const struct obey_job *j)
{
	struct obey_answer a = {.decision_id = j->decision_id, .reason = order(o, j)};

	a.state = a.reason ? SUANDIAN__V1__DECISION_STATE__DECISION_REJECTED
			   : SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED;
	a.measured_w = a.reason ? 0 : power_now_w(o, j);
	return a;
}

struct obey_answer obey_take_job(struct obey *o, int queue, const Suandian__V1__Decision *d,
				 const struct obey_now *now)
{
	const Suandian__V1__JobAction *job = d->action->job;
	struct obey_job j = {.decision_id = d->id,
			     .valid_from_ms = d->valid_from_ms,
			     .valid_until_ms = d->valid_until_ms,
			     .queue = queue,
			     .verb = job->verb,
			     .cap_w = job->cap_w};

	(void)now;
	(void)snprintf(j.job, sizeof(j.job), "%s", job->job);
	if (d->valid_from_ms <= o->twin->now_ms)
		return answer_of(o, &j);
	if (o->n_waiting == OBEY_JOBS_WAITING)
		return (struct obey_answer){.decision_id = d->id,
					    .state =
						    SUANDIAN__V1__DECISION_STATE__DECISION_REJECTED,
					    .reason = "too much is to be done later"};
	o->waiting[o->n_waiting++] = j;
	return (struct obey_answer){.decision_id = d->id,
				    .state = SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED};
}

bool obey_job_due(struct obey *o, const struct obey_now *now, struct obey_answer *ret)
{
	(void)now;
	for (int i = 0; i < o->n_waiting; i++) {
		struct obey_job j = o->waiting[i];

		if (j.valid_from_ms > o->twin->now_ms)
			continue;
		o->waiting[i] = o->waiting[--o->n_waiting];
		*ret = answer_of(o, &j);
		return true;
	}
	return false;
}

void obey_lapse_job(struct obey *o, int queue, const Suandian__V1__JobAction *fallback)
{
	struct queue_lot *l = queue_find_job(&o->twin->queues[queue], fallback->job);

	if (!l)
		return;
	l->until_ms = 0;
	queue_resume_job(&o->twin->queues[queue], l);
}

static int lapse_queue(struct obey *o, struct queue_state *q)
{
	int n = 0;

	for (size_t i = 0; i < q->n; i++) {
		struct queue_lot *l = &q->lot[i];

		if (l->until_ms == 0 || l->until_ms > o->twin->now_ms)
			continue;
		l->until_ms = 0;
		queue_resume_job(q, l);
		n++;
	}
	return n;
}

int obey_jobs_lapse_due(struct obey *o)
{
	int n = 0;

	for (int i = 0; i < o->twin->plant->n_queues; i++)
		n += lapse_queue(o, &o->twin->queues[i]);
	return n;
}

static bool is_gone(const struct obey *o, uint64_t decision_id)
{
	for (size_t i = 0; i < OBEY_JOURNEYS; i++)
		if (o->gone[i] == decision_id)
			return true;
	return false;
}

struct obey_answer obey_take_journey(struct obey *o, int queue, const Suandian__V1__Decision *d)
{
	const Suandian__V1__MigrateAction *m = d->action->migrate;
	struct obey_journey j = {queue, m->job, m->to_site, m->to_queue, m->work_ds * MS_PER_S};
	struct obey_answer a = {.decision_id = d->id,
				.state = SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED};

	if (is_gone(o, d->id))
		return a;
	a.reason = o->send ? o->send(o->arg, &j) : "there is no link from here";
	if (a.reason)
		a.state = SUANDIAN__V1__DECISION_STATE__DECISION_REJECTED;
	else
		o->gone[o->n_gone++ % OBEY_JOURNEYS] = d->id;
	return a;
}
