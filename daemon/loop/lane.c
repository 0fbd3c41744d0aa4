#include "loop/lane.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/require.h"
#include "loop/loop_priv.h"

struct lane {
	struct loop_tag tag;
	char name[16];
	char owner[24]; /* "lane <name>" */
	uv_async_t async;
	pthread_t thread;

	/* loop thread */
	size_t depth, cap;
	bool closing;
	closed_cb closed;
	void *closed_arg;

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t wake;
	struct list queue;    /* waiting */
	struct list finished; /* for the loop */
	struct job *running;
	bool stop;
	bool exited; /* the worker touches nothing of ours any more, but for one uv_async_send() */
};

void job_init(struct job *job)
{
	*job = (struct job){.deadline_ms = JOB_NO_DEADLINE};
	list_init(&job->node);
	atomic_init(&job->cancel, false);
}

void job_cancel(struct job *job)
{
	if (job->busy)
		atomic_store(&job->cancel, true);
}

int job_stop_reason(const struct job *job)
{
	if (atomic_load_explicit(&job->cancel, memory_order_relaxed))
		return ERR_CANCELED;
	if (job->deadline_ms != JOB_NO_DEADLINE && clock_mono_ms() >= job->deadline_ms)
		return ERR_TIMEOUT;
	return 0;
}

bool job_should_stop(const struct job *job)
{
	return job_stop_reason(job) != 0;
}

/* The next job, or NULL when the lane ends. Locked. */
static struct job *next_job(struct lane *lane)
{
	while (list_is_empty(&lane->queue) && !lane->stop)
		pthread_cond_wait(&lane->wake, &lane->lock);
	if (list_is_empty(&lane->queue))
		return NULL;
	struct job *job = list_entry(lane->queue.next, struct job, node);
	list_remove(&job->node);
	return job;
}

static void *worker(void *arg)
{
	struct lane *lane = arg;
	struct job *job;

	pthread_mutex_lock(&lane->lock);
	while ((job = next_job(lane))) {
		lane->running = job;
		pthread_mutex_unlock(&lane->lock);
		int result = job_stop_reason(job);
		if (result == 0)
			result = job->work(job);
		pthread_mutex_lock(&lane->lock);
		lane->running = NULL;
		job->result = result;
		list_insert(&lane->finished, &job->node);
		(void)uv_async_send(&lane->async);
	}
	lane->exited = true;
	pthread_mutex_unlock(&lane->lock);
	(void)uv_async_send(&lane->async);
	return NULL;
}

static void on_lane_closed(uv_handle_t *h)
{
	struct lane *lane = container_of((uv_async_t *)h, struct lane, async);
	closed_cb closed = lane->closed;
	void *arg = lane->closed_arg;

	(void)pthread_cond_destroy(&lane->wake);
	(void)pthread_mutex_destroy(&lane->lock);
	free(lane);
	if (closed)
		closed(arg);
}

/* Sends coalesce, so everything finished is taken. The thread is joined before its async is
 * closed: it may still be inside uv_async_send(). */
static void on_finished(uv_async_t *async)
{
	struct lane *lane = container_of(async, struct lane, async);
	struct list batch;

	list_init(&batch);
	pthread_mutex_lock(&lane->lock);
	if (!list_is_empty(&lane->finished)) {
		list_insert(&lane->finished, &batch);
		list_remove(&lane->finished);
	}
	bool exited = lane->exited;
	pthread_mutex_unlock(&lane->lock);

	while (!list_is_empty(&batch)) {
		struct job *job = list_entry(batch.next, struct job, node);
		list_remove(&job->node);
		lane->depth--;
		job->busy = false;
		job->done(job, job->result);
	}
	if (exited && !uv_is_closing((uv_handle_t *)async)) {
		REQUIRE(lane->depth == 0);
		REQUIRE(pthread_join(lane->thread, NULL) == 0);
		uv_close((uv_handle_t *)async, on_lane_closed);
	}
}

/* Signals are the loop's; the worker has them all blocked. */
static int start_thread(struct lane *lane)
{
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&lane->thread, NULL, worker, lane);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc == 0)
		(void)pthread_setname_np(lane->thread, lane->name);
	return -rc;
}

int lane_new(struct loop *loop, const char *name, size_t cap, struct lane **ret_lane)
{
	REQUIRE(strlen(name) < sizeof(((struct lane *)0)->name) && cap > 0);
	struct lane *lane = calloc(1, sizeof(*lane));
	if (!lane)
		return -ENOMEM;
	(void)snprintf(lane->name, sizeof(lane->name), "%s", name);
	(void)snprintf(lane->owner, sizeof(lane->owner), "lane %s", name);
	lane->tag.owner = lane->owner;
	lane->cap = cap;
	list_init(&lane->queue);
	list_init(&lane->finished);
	(void)pthread_mutex_init(&lane->lock, NULL);
	(void)pthread_cond_init(&lane->wake, NULL);
	int rc = uv_async_init(&loop->uv, &lane->async, on_finished);
	if (rc < 0)
		goto err_before_async;
	lane->async.data = &lane->tag;
	rc = start_thread(lane);
	if (rc < 0) {
		/* an initialised handle can only be closed, which frees the lane later */
		uv_close((uv_handle_t *)&lane->async, on_lane_closed);
		return rc;
	}
	*ret_lane = lane;
	return 0;

err_before_async:
	(void)pthread_cond_destroy(&lane->wake);
	(void)pthread_mutex_destroy(&lane->lock);
	free(lane);
	return rc;
}

int lane_submit(struct lane *lane, struct job *job, int64_t deadline_ms, job_work_cb work,
		job_done_cb done)
{
	REQUIRE(!job->busy && work && done);
	if (lane->closing)
		return ERR_CLOSED;
	if (lane->depth == lane->cap)
		return ERR_FULL;
	lane->depth++;
	job->busy = true;
	job->work = work;
	job->done = done;
	job->deadline_ms = deadline_ms;
	atomic_store(&job->cancel, false);
	pthread_mutex_lock(&lane->lock);
	list_insert(&lane->queue, &job->node);
	pthread_cond_signal(&lane->wake);
	pthread_mutex_unlock(&lane->lock);
	return 0;
}

size_t lane_depth(const struct lane *lane)
{
	return lane->depth;
}

const char *lane_name(const struct lane *lane)
{
	return lane->name;
}

void lane_close(struct lane *lane, closed_cb closed, void *arg)
{
	if (lane->closing)
		return;
	lane->closing = true;
	lane->closed = closed;
	lane->closed_arg = arg;
	pthread_mutex_lock(&lane->lock);
	list_foreach(it, &lane->queue)
		atomic_store(&list_entry(it, struct job, node)->cancel, true);
	if (lane->running)
		atomic_store(&lane->running->cancel, true);
	lane->stop = true;
	pthread_cond_signal(&lane->wake);
	pthread_mutex_unlock(&lane->lock);
}
