#include "loop/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/require.h"
#include "loop/loop_priv.h"

void defer_init(struct defer *d, defer_cb cb, void *arg)
{
	list_init(&d->node);
	d->cb = cb;
	d->arg = arg;
}

bool defer_is_pending(const struct defer *d)
{
	return !list_is_empty(&d->node);
}

void loop_defer(struct loop *loop, struct defer *d)
{
	if (defer_is_pending(d))
		return;
	list_insert(&loop->deferred, &d->node);
	loop_wake(loop);
}

void defer_cancel(struct defer *d)
{
	list_remove(&d->node);
}

/* Takes the list as it is now, so that a callback that defers itself cannot hold up the sockets. */
static void run_deferred(struct loop *loop)
{
	struct list batch;
	list_init(&batch);
	if (list_is_empty(&loop->deferred))
		return;
	list_insert(&loop->deferred, &batch);
	list_remove(&loop->deferred);
	while (!list_is_empty(&batch)) {
		struct defer *d = list_entry(batch.next, struct defer, node);
		list_remove(&d->node);
		d->cb(d->arg);
	}
}

static void on_idle(uv_idle_t *h)
{
	(void)h;
}

void loop_wake(struct loop *loop)
{
	(void)uv_idle_start(&loop->idle, on_idle);
}

static void on_check(uv_check_t *h)
{
	struct loop *loop = container_of(h, struct loop, check);

	timers_run(loop);
	run_deferred(loop);
	if (list_is_empty(&loop->deferred))
		(void)uv_idle_stop(&loop->idle);
	timers_rearm(loop);
}

/* Before each poll: all time since the last one, less the time asleep, was lag. */
static void on_prepare(uv_prepare_t *h)
{
	struct loop *loop = container_of(h, struct loop, prepare);

	loop->tick++;
	struct loop_lag *lag = &loop->lag;
	uint64_t now = uv_hrtime(), idle = uv_metrics_idle_time(&loop->uv);
	uint64_t passed = now - loop->lag_since_ns, asleep = idle - loop->lag_idle_ns;

	loop->lag_since_ns = now;
	loop->lag_idle_ns = idle;
	lag->last_ms = passed > asleep ? (double)(passed - asleep) / 1e6 : 0;
	lag->ewma_ms += (lag->last_ms - lag->ewma_ms) / 16;
	if (lag->last_ms > lag->max_ms)
		lag->max_ms = lag->last_ms;
	lag->ticks++;
}

void loop_get_lag(const struct loop *loop, struct loop_lag *ret_lag)
{
	*ret_lag = loop->lag;
}

void loop_reset_lag_max(struct loop *loop)
{
	loop->lag.max_ms = 0;
}

static void init_handles(struct loop *loop)
{
	(void)uv_prepare_init(&loop->uv, &loop->prepare);
	(void)uv_check_init(&loop->uv, &loop->check);
	(void)uv_idle_init(&loop->uv, &loop->idle);
	(void)uv_timer_init(&loop->uv, &loop->alarm);
	loop->tag.owner = "loop";
	loop->prepare.data = loop->check.data = loop->idle.data = loop->alarm.data = &loop->tag;
	(void)uv_prepare_start(&loop->prepare, on_prepare);
	(void)uv_check_start(&loop->check, on_check);
	uv_unref((uv_handle_t *)&loop->prepare);
	uv_unref((uv_handle_t *)&loop->check);
}

int loop_new(struct loop **ret_loop)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	int rc = -ENOMEM;

	if (!loop)
		return rc;
	loop->read_buf = malloc(LOOP_READ_SIZE);
	if (!loop->read_buf)
		goto err_after_alloc;
	rc = uv_loop_init(&loop->uv);
	if (rc < 0)
		goto err_after_buf;
	rc = uv_loop_configure(&loop->uv, UV_METRICS_IDLE_TIME);
	if (rc < 0)
		goto err_after_uv;
	(void)signal(SIGPIPE, SIG_IGN);
	list_init(&loop->deferred);
	init_handles(loop);
	loop->lag_since_ns = loop->left_ns = uv_hrtime();
	*ret_loop = loop;
	return 0;

err_after_uv:
	(void)uv_loop_close(&loop->uv);
err_after_buf:
	free(loop->read_buf);
err_after_alloc:
	free(loop);
	return rc;
}

/* Time outside the loop is not lag. */
static bool run(struct loop *loop, uv_run_mode mode)
{
	REQUIRE(!loop->running);
	loop->running = true;
	loop->lag_since_ns += uv_hrtime() - loop->left_ns;
	/* a timer may have been started outside, or a run stopped before its check phase */
	timers_rearm(loop);
	bool alive = uv_run(&loop->uv, mode) != 0;
	loop->left_ns = uv_hrtime();
	loop->running = false;
	return alive;
}

void loop_run(struct loop *loop)
{
	(void)run(loop, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
	uv_stop(&loop->uv);
}

bool loop_step(struct loop *loop, bool wait)
{
	return run(loop, wait ? UV_RUN_ONCE : UV_RUN_NOWAIT);
}

struct uv_loop_s *loop_uv(struct loop *loop)
{
	return &loop->uv;
}

static void on_uv_signal(uv_signal_t *h, int signo)
{
	struct loop *loop = container_of((struct loop_tag *)h->data, struct loop, tag);
	int i = (int)(h - loop->signals);

	loop->on_signal[i].cb(loop->on_signal[i].arg, signo);
}

int loop_on_signal(struct loop *loop, int signo, loop_signal_cb cb, void *arg)
{
	int i = loop->n_signals;

	for (int k = 0; k < i; k++)
		if (loop->on_signal[k].signo == signo)
			return ERR_EXISTS;
	if (i == LOOP_SIGNALS_MAX)
		return ERR_FULL;
	uv_signal_t *h = &loop->signals[i];
	int rc = uv_signal_init(&loop->uv, h);
	if (rc < 0)
		return rc;
	/* counted from here on: an initialised handle must be closed, started or not */
	h->data = &loop->tag;
	loop->n_signals++;
	loop->on_signal[i].cb = cb;
	loop->on_signal[i].arg = arg;
	rc = uv_signal_start(h, on_uv_signal, signo);
	if (rc < 0)
		return rc;
	uv_unref((uv_handle_t *)h);
	loop->on_signal[i].signo = signo;
	return 0;
}
