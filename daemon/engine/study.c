#include "engine/study.h"

#include <stdlib.h>

#include "engine/cycle.h"
#include "engine/solvejob.h"
#include "engine/state.h"
#include "engine/wake.h"

static struct study *first(const struct engine *e)
{
	return list_is_empty(&e->studies) ? NULL : list_entry(e->studies.next, struct study, node);
}

static void end(struct study *s, int rc, const struct fault *f)
{
	list_remove(&s->node);
	if (s->w)
		s->w->fn(s->w, rc, f);
	for (int i = 0; i < s->n_runs; i++)
		solvejob_free(s->jobs[i]);
	s->ops->free(s);
}

int study_check_room(const struct engine *e, struct fault *f)
{
	size_t n = 0;

	list_foreach(it, &e->studies) n++;
	if (e->stopping)
		return fault_set(f, ERR_STATE, "the daemon is ending");
	if (n >= STUDIES_MAX)
		return fault_set(f, ERR_FULL, "%d studies wait already, ask again later",
				 STUDIES_MAX);
	return 0;
}

int study_submit(struct engine *e, struct study *s, struct fault *f)
{
	int r = study_check_room(e, f);

	if (r)
		return r;
	list_init(&s->node);
	list_insert(&e->studies, &s->node);
	wake(e);
	return 0;
}

/* Gives the next run to the world. */
static bool begin_run(struct engine *e, struct study *s)
{
	struct solve_job *job = s->jobs[s->run];
	struct fault f = {0};
	int rc = s->ops->prepare(e, s, s->run, &f);

	if (rc == 0)
		rc = e->ops->solve(e->world, job);
	if (rc) {
		end(s, rc, &f);
		return true;
	}
	s->with_world = true;
	return true;
}

static bool end_run(struct engine *e, struct study *s)
{
	struct solve_job *job = s->jobs[s->run];
	struct fault f = job->fault;
	int rc = e->stopping ? ERR_CLOSED : job->rc;

	s->with_world = s->solved = false;
	if (rc == 0 && ++s->run < s->n_runs)
		return true;
	if (rc == 0) {
		f = (struct fault){0};
		rc = s->ops->finish(e, s, &f);
	}
	end(s, rc, &f);
	return true;
}

bool study_step(struct engine *e)
{
	struct study *s = first(e);

	if (!s)
		return false;
	if (s->with_world)
		return s->solved && end_run(e, s);
	if (e->stopping) {
		end(s, ERR_CLOSED, NULL);
		return true;
	}
	return e->started && cycle_lets_study(e) && begin_run(e, s);
}

bool study_solved(struct engine *e, const struct solve_job *job)
{
	struct study *s = first(e);

	if (!s || !s->with_world || s->jobs[s->run] != job)
		return false;
	s->solved = true;
	return true;
}

bool study_stop(struct engine *e)
{
	struct study *s = first(e);

	if (s && s->with_world && !s->solved)
		e->ops->solve_cancel(e->world, s->jobs[s->run]);
	return s == NULL;
}

void study_fini(struct engine *e)
{
	struct study *s;

	while ((s = first(e)))
		end(s, ERR_CLOSED, NULL);
}
