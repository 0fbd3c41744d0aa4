#include "dispatch/outlook.h"

#include <errno.h>
#include <string.h>

#include "dispatch/edf.h"

struct walk {
	void (*visit)(void *arg, const struct outlook_step *s);
	void *arg;
	bool *ran; /* [n] by task: in the slot before */
	bool *runs;
};

static void on_step(void *arg, const struct edf_job *job, const struct dispatch_slot *slot,
		    int64_t power_w, int64_t end_ms)
{
	struct walk *w = arg;

	w->runs[job->task] = end_ms == 0;
	w->ran[job->task] = false;
	w->visit(w->arg, &(struct outlook_step){.task = job->task,
						.start_ms = slot->start_ms,
						.duration_ms = slot->duration_ms,
						.power_w = power_w,
						.end_ms = end_ms});
}

/* Whoever ran in the slot before and got nothing in this one was stopped. */
static void tell_stops(struct walk *w, const struct dispatch_slot *slot, size_t n)
{
	bool *swap = w->ran;

	for (size_t i = 0; i < n; i++)
		if (w->ran[i])
			w->visit(w->arg, &(struct outlook_step){.task = i,
								.start_ms = slot->start_ms,
								.duration_ms = slot->duration_ms});
	w->ran = w->runs;
	w->runs = swap;
	memset(w->runs, 0, n * sizeof(*w->runs));
}

/* Grants as the disaggregation made them. */
static void grant_as_told(struct edf *e, const struct dispatch_task *tasks)
{
	e->n_grants = 0;
	for (uint32_t i = 0; i < e->n; i++) {
		const struct dispatch_task *t = &tasks[e->jobs[i].task];

		if (t->want != WANT_RUN && t->want != WANT_CAP)
			continue;
		e->grants[e->n_grants++] =
			(struct edf_grant){.job = i,
					   .fixed = e->jobs[i].stays && job_is_on(t->job),
					   .power_w = t->power_w};
		e->granted[i] = true;
	}
}

int outlook_walk(const struct dispatch_queue *q, const struct dispatch_task *tasks, size_t n,
		 struct arena *a, void (*visit)(void *arg, const struct outlook_step *s), void *arg)
{
	struct walk w = {.visit = visit,
			 .arg = arg,
			 .ran = ARENA_ARRAY(a, n, bool),
			 .runs = ARENA_ARRAY(a, n, bool)};
	struct edf_visitor v = {.fn = on_step, .arg = &w};
	struct edf e;

	if (!w.ran || !w.runs || edf_init(&e, q, tasks, n, a))
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		w.ran[i] = tasks[i].left_ds > 0 && job_is_on(tasks[i].job);
	e.urgent_first = true;
	for (uint32_t s = 0; s < q->n_slots; s++) {
		if (s == 0)
			grant_as_told(&e, tasks);
		else
			edf_fill(&e, &q->slots[s]);
		edf_advance(&e, &q->slots[s], &v);
		tell_stops(&w, &q->slots[s], n);
	}
	return 0;
}
