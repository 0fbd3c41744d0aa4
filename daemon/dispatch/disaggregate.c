#include "dispatch/disaggregate.h"

#include <errno.h>
#include <stdlib.h>

#include "dispatch/edf.h"

/* A stop waits for a checkpoint that is not further than this, nor than a quarter of its period. */
#define NEAR_MS (5 * MS_PER_MIN)

/* ---- What moves -------------------------------------------------------------------------------- */

static bool may_move(const struct dispatch_task *t)
{
	const struct compute_job *j = t->job;

	return j->migratable && !j->committed && t->left_ds > 0 && !t->barred &&
	       (j->state == JOB_PENDING || j->state == JOB_PAUSED);
}

static int by_slack(const void *pa, const void *pb)
{
	const struct dispatch_task *a = *(struct dispatch_task *const *)pa;
	const struct dispatch_task *b = *(struct dispatch_task *const *)pb;

	if (a->job->deadline_ms != b->job->deadline_ms)
		return a->job->deadline_ms > b->job->deadline_ms ? -1 : 1;
	return a->job->number < b->job->number ? -1 : a->job->number > b->job->number;
}

/* Those with the latest deadlines, as far as they fit. */
static int choose_moves(const struct dispatch_queue *q, struct dispatch_task *tasks, size_t n,
			struct arena *a, int64_t *ret_moved_ds)
{
	struct dispatch_task **at = NULL;
	size_t n_at = 0;

	*ret_moved_ds = 0;
	if (q->n_moves == 0)
		return 0;
	at = (struct dispatch_task **)arena_array(a, n, sizeof(struct dispatch_task *));
	if (!at)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (may_move(&tasks[i]))
			at[n_at++] = &tasks[i];
	qsort(at, n_at, sizeof(struct dispatch_task *), by_slack);
	for (uint32_t m = 0; m < q->n_moves; m++) {
		struct dispatch_move *move = &q->moves[m];

		move->moved_ds = 0;
		for (size_t i = 0; i < n_at; i++) {
			if (at[i]->want == WANT_MOVE ||
			    at[i]->left_ds > move->work_ds - move->moved_ds)
				continue;
			at[i]->want = WANT_MOVE;
			at[i]->move = m;
			move->moved_ds += at[i]->left_ds;
		}
		*ret_moved_ds += move->moved_ds;
	}
	return 0;
}

/* ---- Who runs ---------------------------------------------------------------------------------- */

/* A running job that may be stopped, and what speaks for keeping it. */
struct runner {
	uint32_t job;
	bool kept;	 /* in its dwell */
	int64_t lost_ms; /* since its last checkpoint */
};

static int by_claim(const void *pa, const void *pb)
{
	const struct runner *a = pa, *b = pb;

	if (a->kept != b->kept)
		return a->kept ? -1 : 1;
	if (a->lost_ms != b->lost_ms)
		return a->lost_ms > b->lost_ms ? -1 : 1;
	return a->job < b->job ? -1 : a->job > b->job;
}

struct runners {
	uint32_t *job;
	uint32_t n, n_kept;
};

/* Those that run and could be stopped: in their dwell first, then those that would lose most, then by deadline. */
static int list_runners(const struct edf *e, const struct dispatch_queue *q,
			const struct dispatch_task *tasks, struct arena *a, struct runners *ret)
{
	struct runner *all = ARENA_ARRAY(a, e->n, struct runner);
	uint32_t n = 0;

	*ret = (struct runners){.job = ARENA_ARRAY(a, e->n, uint32_t)};
	if (!all || !ret->job)
		return -ENOMEM;
	for (uint32_t job = e->next[e->n]; job != e->n; job = e->next[job]) {
		const struct compute_job *j = tasks[e->jobs[job].task].job;

		if (!job_is_on(j))
			continue;
		all[n++] = (struct runner){
			.job = job,
			.kept = !q->slots[0].hard && q->now_ms - j->started_ms < q->dwell_ms,
			.lost_ms = job_lost_ds(j, q->now_ms) * MS_PER_S / j->devices,
		};
	}
	qsort(all, n, sizeof(*all), by_claim);
	for (uint32_t i = 0; i < n; i++) {
		ret->job[ret->n++] = all[i].job;
		ret->n_kept += all[i].kept;
	}
	return 0;
}

static bool is_worse(const struct edf *a, const struct edf *b)
{
	return a->n_late != b->n_late ? a->n_late > b->n_late : a->late_ds > b->late_ds;
}

/* Ways to fill the present slot, in the order of preference. */
enum way { WAY_KEEP, WAY_URGENT, WAY_DEADLINES, N_WAYS };

static void fill(struct edf *e, const struct dispatch_slot *slot, enum way way,
		 const struct runners *r)
{
	e->urgent_first = way != WAY_DEADLINES;
	if (way == WAY_KEEP)
		edf_fill_first(e, slot, r->job, r->n, r->n_kept);
	else
		edf_fill(e, slot);
}

/* Keeps what runs, unless somebody is late by it that would be in time otherwise. What deadlines alone can do is never
 * lost that way: where they meet all from here on, one of the ways does, after this slot as well. */
static int choose_runners(struct edf *e, const struct dispatch_queue *q,
			  const struct dispatch_task *tasks, struct arena *a,
			  struct dispatch_result *ret)
{
	enum way best = WAY_KEEP;
	struct edf tried, least = {0};
	struct runners runners;

	if (list_runners(e, q, tasks, a, &runners))
		return -ENOMEM;
	for (int way = WAY_KEEP; way < N_WAYS; way++) {
		if (edf_copy(&tried, e, a))
			return -ENOMEM;
		fill(&tried, &q->slots[0], (enum way)way, &runners);
		edf_advance(&tried, &q->slots[0], NULL);
		edf_run(&tried, q, 1, NULL);
		if (way == WAY_KEEP || is_worse(&least, &tried)) {
			least = tried;
			best = (enum way)way;
		}
		if (least.n_late == 0)
			break;
	}
	fill(e, &q->slots[0], best, &runners);
	ret->reshuffled = best != WAY_KEEP;
	ret->n_late = least.n_late;
	ret->late_ds = least.late_ds;
	return 0;
}

/* ---- What becomes of it ------------------------------------------------------------------------ */

static void stop(const struct dispatch_queue *q, struct dispatch_task *t)
{
	int64_t next = job_next_checkpoint_ms(t->job, q->now_ms);
	int64_t end = q->slots[0].start_ms + q->slots[0].duration_ms;
	int64_t near = min_i64(NEAR_MS, t->job->checkpoint_period_ms / 4);

	t->want = WANT_STOP;
	t->at_ms = q->now_ms;
	if (!q->slots[0].hard && next < end && next - q->now_ms <= near)
		t->at_ms = next;
	else
		t->lost_ds = job_lost_ds(t->job, q->now_ms);
}

static void write_back(const struct edf *e, const struct dispatch_queue *q,
		       struct dispatch_task *tasks, size_t n)
{
	for (uint32_t i = 0; i < e->n_grants; i++) {
		const struct edf_job *j = &e->jobs[e->grants[i].job];
		struct dispatch_task *t = &tasks[j->task];

		t->power_w = e->grants[i].power_w;
		t->want = t->power_w < j->full_w ? WANT_CAP : WANT_RUN;
	}
	for (size_t i = 0; i < n; i++)
		if (tasks[i].want == WANT_WAIT && tasks[i].left_ds > 0 && job_is_on(tasks[i].job))
			stop(q, &tasks[i]);
}

static void sum_up(const struct dispatch_queue *q, const struct dispatch_task *tasks, size_t n,
		   struct dispatch_result *ret)
{
	const struct dispatch_slot *slot = &q->slots[0];
	int64_t late_wh = 0;

	ret->target_w = slot->power_w;
	for (size_t i = 0; i < n; i++) {
		const struct dispatch_task *t = &tasks[i];

		ret->power_w += t->power_w;
		ret->lost_ds += t->lost_ds;
		if (t->want == WANT_STOP)
			late_wh += energy_of_power(t->job->devices * q->queue->device_power_w,
						   t->at_ms - q->now_ms);
	}
	ret->off_wh =
		late_wh + energy_of_power(llabs(ret->power_w - ret->target_w), slot->duration_ms);
}

int disaggregate(const struct dispatch_queue *q, struct dispatch_task *tasks, size_t n,
		 struct arena *a, struct dispatch_result *ret)
{
	struct dispatch_result result = {0};
	struct edf e;

	for (size_t i = 0; i < n; i++) {
		struct dispatch_task *t = &tasks[i];

		*t = (struct dispatch_task){
			.job = t->job, .left_ds = t->left_ds, .barred = t->barred};
	}
	if (choose_moves(q, tasks, n, a, &result.moved_ds) || edf_init(&e, q, tasks, n, a) ||
	    choose_runners(&e, q, tasks, a, &result))
		return -ENOMEM;
	write_back(&e, q, tasks, n);
	sum_up(q, tasks, n, &result);
	*ret = result;
	return 0;
}
