/* Jobs on their way to the daemon: those that came, and what happened to them. */
#include "sim/drive.h"

#include <errno.h>

#include "base/arena.h"
#include "base/log.h"

#define FRAME_MAX 2000 /* jobs or events */

static void answered(void *arg, const struct client_answer *answer)
{
	struct drive_site *s = arg;

	if (answer->code == ERR_CLOSED)
		return; /* kept: it is sent again */
	s->out--;
	if (answer->code == ERR_UNIMPLEMENTED) {
		if (!s->d->no_jobs)
			log_notice(
				"sim",
				"the daemon does not know of jobs: their queues are told as a whole");
		s->d->no_jobs = true;
	} else if (answer->code < 0) {
		struct fault f = *answer->fault;

		(void)fault_prefix(&f, "jobs are refused");
		drive_fail(s->d, &f);
		return;
	}
	drive_pushed(s->d);
}

static int push_frame(struct drive_site *s, Suandian__V1__Envelope *env)
{
	struct client_request how = {.on_answer = answered, .arg = s, .keep = true};
	int r = client_request(host_client(s->host), env, &how, NULL);

	if (r == 0)
		s->out++;
	return r;
}

/* ---- Those that came ----------------------------------------------------------------------------------- */

static Suandian__V1__Job *describe(const struct drive_site *s, int queue, const struct job *job,
				   struct arena *a)
{
	const struct scenario *sc = run_scenario(s->d->run, s->index);
	const struct plant_queue *q = &sc->plant.queues[queue];
	Suandian__V1__Job *j = ARENA_NEW(a, Suandian__V1__Job);

	if (!j)
		return NULL;
	suandian__v1__job__init(j);
	j->id = (char *)job->id; /* read only: it is encoded */
	j->site = (char *)sc->plant.site;
	j->queue = (char *)q->id;
	j->tier = (uint32_t)job->tier;
	j->devices = (uint32_t)job->devices;
	j->work_ds = (job->work_dms + MS_PER_S - 1) / MS_PER_S;
	j->arrival_ms = job->arrival_ms;
	j->deadline_ms = job->due_ms;
	j->preemptible = job->tier > 0;
	if (q->checkpoint_every_ms) {
		j->checkpoint = ARENA_NEW(a, Suandian__V1__Checkpoint);
		if (!j->checkpoint)
			return NULL;
		suandian__v1__checkpoint__init(j->checkpoint);
		j->checkpoint->period_ms = q->checkpoint_every_ms;
		j->checkpoint->cost_ms = q->checkpoint_ms;
	}
	if (job->tier > 0 && s->d->run->set->n_links > 0) {
		j->mobility = ARENA_NEW(a, Suandian__V1__Mobility);
		if (!j->mobility)
			return NULL;
		suandian__v1__mobility__init(j->mobility);
		j->mobility->migratable = true;
		j->mobility->transfer_bytes =
			(int64_t)((__int128)job->work_dms * q->transfer_bytes_per_ds / MS_PER_S);
	}
	j->state = SUANDIAN__V1__JOB_STATE__JOB_PENDING;
	return j;
}

static int push_new(struct drive_site *s, int queue)
{
	const struct job_list *all = &s->d->run->site[s->index].exo->jobs[queue];
	size_t from = s->next_job[queue], n = 0;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	Suandian__V1__PushJobs body = SUANDIAN__V1__PUSH_JOBS__INIT;
	struct arena a;
	int r = 0;

	/* Those that came before the run belong to nobody. */
	while (from < all->n && all->at[from].arrival_ms <= s->d->run->from_ms - s->d->run->step_ms)
		from++;
	while (from + n < all->n && n < FRAME_MAX &&
	       all->at[from + n].arrival_ms <= run_now(s->d->run))
		n++;
	s->next_job[queue] = from + n;
	if (n == 0)
		return 0;
	arena_init(&a, (size_t)4 << 20);
	body.jobs = ARENA_ARRAY(&a, n, Suandian__V1__Job *);
	for (size_t i = 0; i < n && body.jobs && r == 0; i++) {
		body.jobs[i] = describe(s, queue, &all->at[from + i], &a);
		r = body.jobs[i] ? 0 : -ENOMEM;
	}
	body.n_jobs = n;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PUSH_JOBS;
	env.push_jobs = &body;
	s->d->counts.jobs += n;
	r = !body.jobs || r < 0 ? -ENOMEM : push_frame(s, &env);
	arena_fini(&a);
	return r;
}

/* ---- What happened -------------------------------------------------------------------------------------- */

static Suandian__V1__JobEventKind kind_of(enum job_news news)
{
	switch (news) {
	case JOB_STARTED:
		return SUANDIAN__V1__JOB_EVENT_KIND__JOB_EVENT_STARTED;
	case JOB_CHECKPOINTED:
		return SUANDIAN__V1__JOB_EVENT_KIND__JOB_EVENT_CHECKPOINT;
	case JOB_PAUSED:
		return SUANDIAN__V1__JOB_EVENT_KIND__JOB_EVENT_PAUSED;
	case JOB_FINISHED:
		return SUANDIAN__V1__JOB_EVENT_KIND__JOB_EVENT_FINISHED;
	case JOB_LEAVES:
		return SUANDIAN__V1__JOB_EVENT_KIND__JOB_EVENT_MIGRATING;
	case JOB_ARRIVED:
		return SUANDIAN__V1__JOB_EVENT_KIND__JOB_EVENT_MIGRATED;
	case JOB_PROGRESSED:
		break;
	}
	return SUANDIAN__V1__JOB_EVENT_KIND__JOB_EVENT_PROGRESS;
}

static Suandian__V1__JobEvent *tell(const struct drive_site *s, const struct job_note *note,
				    struct arena *a)
{
	Suandian__V1__JobEvent *e = ARENA_NEW(a, Suandian__V1__JobEvent);

	if (!e)
		return NULL;
	suandian__v1__job_event__init(e);
	e->site = (char *)run_scenario(s->d->run, s->index)->plant.site;
	e->job = (char *)note->job->id;
	e->kind = kind_of(note->news);
	e->t_ms = note->t_ms;
	e->has_work_case = SUANDIAN__V1__JOB_EVENT__HAS_WORK_WORK_DS;
	e->work_ds = (note->left_dms + MS_PER_S - 1) / MS_PER_S;
	if (note->news == JOB_ARRIVED) {
		const struct plant *to = &run_scenario(s->d->run, note->to_site)->plant;

		e->to_site = (char *)to->site;
		e->to_queue = (char *)to->queues[note->to_queue].id;
	}
	return e;
}

static int push_notes(struct drive_site *s, const struct job_note *note, size_t n)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	Suandian__V1__JobEvents body = SUANDIAN__V1__JOB_EVENTS__INIT;
	struct arena a;
	int r = 0;

	arena_init(&a, (size_t)4 << 20);
	body.events = ARENA_ARRAY(&a, n, Suandian__V1__JobEvent *);
	for (size_t i = 0; i < n && body.events && r == 0; i++) {
		body.events[i] = tell(s, &note[i], &a);
		r = body.events[i] ? 0 : -ENOMEM;
	}
	body.n_events = n;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_JOB_EVENTS;
	env.job_events = &body;
	s->d->counts.job_events += n;
	r = !body.events || r < 0 ? -ENOMEM : push_frame(s, &env);
	arena_fini(&a);
	return r;
}

/* How far those are that run, once a quarter hour. */
static int note_progress(struct drive_site *s, struct queue_state *q)
{
	int64_t now_ms = run_now(s->d->run);
	int r = 0;

	if (now_ms % SLOT_MS != 0)
		return 0;
	for (size_t i = 0; i < q->n && r == 0; i++)
		if (q->lot[i].job && q->lot[i].state == LOT_RUNNING)
			r = queue_note(q, &(struct job_note){.job = q->lot[i].job,
							     .news = JOB_PROGRESSED,
							     .t_ms = now_ms,
							     .left_dms = q->lot[i].left_dms});
	return r;
}

int drive_push_jobs(struct drive_site *s)
{
	struct twin *t = &s->d->run->site[s->index].twin[RUN_OBEY];
	int r = 0;

	for (int i = 0; i < t->plant->n_queues && r == 0; i++) {
		struct queue_state *q = &t->queues[i];

		if (!s->d->no_jobs)
			r = push_new(s, i);
		if (r == 0 && !s->d->no_jobs)
			r = note_progress(s, q);
		for (size_t k = 0; k < q->n_notes && r == 0 && !s->d->no_jobs; k += FRAME_MAX)
			r = push_notes(s, q->note + k,
				       q->n_notes - k < FRAME_MAX ? q->n_notes - k : FRAME_MAX);
		queue_forget(q);
	}
	return r;
}
