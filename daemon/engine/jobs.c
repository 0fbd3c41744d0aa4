#include "engine/jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "engine/records.h"
#include "engine/state.h"
#include "engine/wake.h"

struct name {
	char s[2 * ID_MAX];
};

static struct name name_of(const char *site, const char *id)
{
	struct name n;

	snprintf(n.s, sizeof(n.s), "%s/%s", site, id);
	return n;
}

void jobs_init(struct engine *e)
{
	map_init_u64(&e->jobs.by_number);
	map_init_str(&e->jobs.by_name);
	list_init(&e->jobs.over);
	list_init(&e->jobs.nowhere);
}

void jobs_fini(struct engine *e)
{
	struct job_live *jl;
	size_t at = 0;

	while ((jl = map_next(&e->jobs.by_number, &at, NULL, NULL)))
		free(jl);
	map_fini(&e->jobs.by_number);
	map_fini(&e->jobs.by_name);
	free(e->jobs.queues);
}

/* ---- Queues ------------------------------------------------------------------------------------ */

static int find_queue(const struct engine *e, const char *site, const char *queue)
{
	for (int i = 0; i < e->jobs.n_queues; i++) {
		const struct job_queue *q = &e->jobs.queues[i];
		const struct site_state *ss = &e->sites[q->site];

		if (strcmp(ss->site->id, site) == 0 && strcmp(ss->assets[q->asset].id, queue) == 0)
			return i;
	}
	return -1;
}

static struct job_queue *queue_of(const struct engine *e, const struct job_live *jl)
{
	return jl->queue >= 0 ? &e->jobs.queues[jl->queue] : NULL;
}

/* Before which node of the list. */
static struct list *place_in(struct list *head, uint64_t number)
{
	struct list *at = head;

	while (at->prev != head && list_entry(at->prev, struct job_live, node)->job.number > number)
		at = at->prev;
	return at;
}

/* Into the list where it belongs; its queue is known. */
static void list_in(struct engine *e, struct job_live *jl)
{
	struct job_queue *q = queue_of(e, jl);
	bool over = job_is_over(&jl->job);

	struct list *at = over ? &e->jobs.over : q ? &q->live : &e->jobs.nowhere;

	/* live ones in the order of numbers: nearly always the last */
	if (!over)
		at = place_in(at, jl->job.number);
	list_insert(at, &jl->node);
	if (q)
		*(over ? &q->n_over : &q->n_live) += 1;
	*(over ? &e->jobs.n_over : &e->jobs.n_live) += 1;
}

static void list_out(struct engine *e, struct job_live *jl, bool over)
{
	struct job_queue *q = queue_of(e, jl);

	list_remove(&jl->node);
	if (q)
		*(over ? &q->n_over : &q->n_live) -= 1;
	*(over ? &e->jobs.n_over : &e->jobs.n_live) -= 1;
}

struct job_queue *jobs_room(const struct site_state *sites, size_t n_sites)
{
	size_t n = 0;

	for (size_t s = 0; s < n_sites; s++)
		for (int a = 0; a < sites[s].n_assets; a++)
			n += sites[s].assets[a].kind == ASSET_QUEUE;
	return calloc(n ? n : 1, sizeof(struct job_queue));
}

static void list_queues(struct engine *e, struct job_queue *room)
{
	e->jobs.queues = room;
	e->jobs.n_queues = 0;
	for (size_t s = 0; s < e->n_sites; s++)
		for (int a = 0; a < e->sites[s].n_assets; a++) {
			struct job_queue *q = &e->jobs.queues[e->jobs.n_queues];

			if (e->sites[s].assets[a].kind != ASSET_QUEUE)
				continue;
			*q = (struct job_queue){.site = (int)s, .asset = a, .moved_slot_ms = -1};
			list_init(&q->live);
			e->jobs.n_queues++;
		}
}

void jobs_attach(struct engine *e, struct job_queue *room)
{
	struct job_queue *old = e->jobs.queues;
	struct job_live *jl;
	size_t at = 0;

	list_queues(e, room);
	list_init(&e->jobs.over);
	list_init(&e->jobs.nowhere);
	e->jobs.n_live = e->jobs.n_over = 0;
	while ((jl = map_next(&e->jobs.by_number, &at, NULL, NULL))) {
		list_init(&jl->node);
		jl->queue = find_queue(e, jl->job.site, jl->job.queue);
		list_in(e, jl);
	}
	free(old);
}

/* ---- The table --------------------------------------------------------------------------------- */

struct job_live *jobs_find(const struct engine *e, const char *site, const char *id)
{
	struct name n = name_of(site, id);

	return map_get_str(&e->jobs.by_name, n.s);
}

struct job_live *jobs_of_decision(const struct engine *e, const struct decision *d)
{
	char site[2 * ID_MAX];
	char *slash;

	if (d->action.kind != ACTION_JOB && d->action.kind != ACTION_MIGRATE)
		return NULL;
	snprintf(site, sizeof(site), "%s", d->asset);
	slash = strchr(site, '/');
	if (slash)
		*slash = '\0';
	return jobs_find(e, site, d->action.job);
}

static struct job_live *insert(struct engine *e, const struct compute_job *j)
{
	struct job_live *jl = calloc(1, sizeof(*jl));
	struct name n = name_of(j->site, j->id);

	if (!jl)
		return NULL;
	jl->job = *j;
	list_init(&jl->node);
	jl->queue = find_queue(e, j->site, j->queue);
	if (map_put_u64(&e->jobs.by_number, j->number, jl, NULL)) {
		free(jl);
		return NULL;
	}
	if (map_put_str(&e->jobs.by_name, n.s, jl, NULL)) {
		map_take_u64(&e->jobs.by_number, j->number);
		free(jl);
		return NULL;
	}
	list_in(e, jl);
	return jl;
}

int jobs_restore(struct engine *e, const struct compute_job *j)
{
	if (e->records.meta.next_job <= j->number)
		e->records.meta.next_job = j->number + 1;
	/* of two of one name the earlier one can be asked for */
	if (FAILS(!jobs_find(e, j->site, j->id)))
		return 0;
	return insert(e, j) ? 0 : -ENOMEM;
}

struct job_live *jobs_add(struct engine *e, const struct compute_job *j)
{
	struct compute_job fresh = *j;
	struct job_live *jl;

	fresh.number = e->records.meta.next_job;
	jl = insert(e, &fresh);
	if (jl)
		e->records.meta.next_job++;
	return jl;
}

void jobs_put(struct engine *e, struct job_live *jl)
{
	records_put(e, &(struct ledger_op){.kind = LEDGER_JOB, .job = &jl->job});
}

void jobs_touch(struct engine *e, const struct job_live *jl)
{
	struct job_queue *q = queue_of(e, jl);

	if (!q)
		return;
	q->touched = true;
	wake(e);
}

/* ---- Changes ----------------------------------------------------------------------------------- */

int64_t jobs_device_w(const struct engine *e, const struct job_live *jl)
{
	const struct job_queue *q = queue_of(e, jl);
	const struct site_state *ss = q ? &e->sites[q->site] : NULL;

	return ss ? ss->site->queues[ss->assets[q->asset].index].device_power_w : 0;
}

void jobs_count(struct engine *e, struct job_live *jl, int64_t t_ms)
{
	struct compute_job *j = &jl->job;

	j->work_ds = job_left_ds(j, jobs_device_w(e, jl), t_ms);
	j->counted_ms = max_i64(j->counted_ms, t_ms);
}

void jobs_enter(struct engine *e, struct job_live *jl, int to, int64_t t_ms)
{
	struct compute_job *j = &jl->job;
	bool was_over = job_is_over(j);

	jobs_count(e, jl, t_ms);
	if (to == JOB_RUNNING && j->state != JOB_RUNNING)
		j->started_ms = t_ms;
	if (to != JOB_RUNNING)
		j->cap_w = 0;
	j->committed = false;
	sm_move(&job_sm, &j->state, to, j);
	if (job_is_over(j)) {
		j->ended_ms = t_ms;
		j->work_ds = to == JOB_DONE ? 0 : j->work_ds;
		if (!was_over) {
			list_out(e, jl, false);
			list_in(e, jl);
		}
	}
}

int jobs_rename(struct engine *e, struct job_live *jl, const char *site, const char *queue)
{
	struct name was = name_of(jl->job.site, jl->job.id), is = name_of(site, jl->job.id);

	if (strcmp(was.s, is.s) != 0) {
		if (map_put_str(&e->jobs.by_name, is.s, jl, NULL))
			return -ENOMEM;
		map_take_str(&e->jobs.by_name, was.s);
	}
	list_out(e, jl, job_is_over(&jl->job));
	snprintf(jl->job.site, sizeof(jl->job.site), "%s", site);
	snprintf(jl->job.queue, sizeof(jl->job.queue), "%s", queue);
	jl->queue = find_queue(e, site, queue);
	list_in(e, jl);
	return 0;
}

void jobs_forget(struct engine *e, struct job_live *jl)
{
	struct compute_job gone = {.number = jl->job.number, .state = JOB_NONE};
	struct name n = name_of(jl->job.site, jl->job.id);

	records_put(e, &(struct ledger_op){.kind = LEDGER_JOB, .job = &gone});
	list_out(e, jl, job_is_over(&jl->job));
	map_take_u64(&e->jobs.by_number, jl->job.number);
	map_take_str(&e->jobs.by_name, n.s);
	free(jl);
}

void jobs_failed(struct engine *e, struct job_live *jl)
{
	jl->barred_until_ms = slot_floor(e->clock.now_ms) + SLOT_MS;
	jl->job.committed = false;
	jobs_put(e, jl);
	jobs_touch(e, jl);
}

/* The adapter applies the fallback by itself. */
void jobs_lapsed(struct engine *e, struct decision_live *dl)
{
	struct job_live *jl = dl->job;

	if (!jl || dl->d.fallback.kind != ACTION_JOB || dl->d.fallback.verb != VERB_RESUME)
		return;
	if (jl->job.state == JOB_PAUSED)
		jobs_enter(e, jl, JOB_RUNNING, e->clock.now_ms);
	jobs_count(e, jl, e->clock.now_ms);
	jl->job.cap_w = 0;
	jobs_put(e, jl);
	jobs_touch(e, jl);
}
