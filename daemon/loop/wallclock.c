#include "loop/wallclock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/require.h"
#include "loop/loop_priv.h"

/* An unarmed clock still needs a running timerfd to be told of steps: the year 2200. */
#define NEVER_MS INT64_C(7258118400000)

struct wallclock {
	struct loop *loop;
	struct loop_tag tag;
	uv_poll_t poll;
	int fd;
	const struct wallclock_ops *ops;
	void *arg;
	struct wallclock_source source;
	struct defer stepped; /* a step that arming the timer told of */
	bool armed;
	int64_t next_ms;
	int64_t offset_ms; /* wall − monotonic: both are slewed alike, so only a step changes it */
	bool closing;
	closed_cb closed;
	void *closed_arg;
};

static ssize_t read_fd(int fd, uint64_t *ret_expirations)
{
	ssize_t n = read(fd, ret_expirations, sizeof(*ret_expirations));

	return n < 0 ? -errno : n;
}

static const struct wallclock_source system_source = {clock_wall_ms, clock_mono_ms, read_fd};

/* Armed even if the clock was set since the last call, which the kernel reports here instead of
 * at the next read. */
static int set_timer(struct wallclock *w)
{
	int64_t at_ms = w->armed ? clamp_i64(w->next_ms, 1, NEVER_MS) : NEVER_MS;
	struct itimerspec spec = {.it_value = {.tv_sec = (time_t)(at_ms / MS_PER_S),
					       .tv_nsec = (long)(at_ms % MS_PER_S) * 1000000}};

	if (timerfd_settime(w->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, NULL) == 0)
		return 0;
	if (errno != ECANCELED)
		return -errno;
	loop_defer(w->loop, &w->stepped);
	return 0;
}

static void tell_step(struct wallclock *w)
{
	int64_t offset_ms = w->source.wall_ms() - w->source.mono_ms();
	int64_t step_ms = offset_ms - w->offset_ms;

	w->offset_ms = offset_ms;
	if (step_ms != 0)
		w->ops->step(w->arg, step_ms);
}

static void tell_due(struct wallclock *w)
{
	if (w->closing || !w->armed || w->source.wall_ms() < w->next_ms)
		return;
	w->armed = false;
	w->ops->due(w->arg, w->next_ms);
}

static void on_step(void *arg)
{
	struct wallclock *w = arg;

	tell_step(w);
	tell_due(w);
	if (!w->closing)
		(void)set_timer(w);
}

static void on_timerfd(uv_poll_t *h, int status, int events)
{
	struct wallclock *w = container_of(h, struct wallclock, poll);
	uint64_t expirations;

	(void)status;
	(void)events;
	ssize_t n = w->source.read(w->fd, &expirations);
	if (n == -EAGAIN)
		return;
	if (n == -ECANCELED)
		tell_step(w);
	tell_due(w);
	if (!w->closing)
		(void)set_timer(w);
}

static void on_closed(uv_handle_t *h)
{
	struct wallclock *w = container_of((uv_poll_t *)h, struct wallclock, poll);
	closed_cb closed = w->closed;
	void *arg = w->closed_arg;

	free(w);
	if (closed)
		closed(arg);
}

int wallclock_new(struct loop *loop, const struct wallclock_ops *ops, void *arg,
		  const struct wallclock_source *source, struct wallclock **ret_wallclock)
{
	struct wallclock *w = calloc(1, sizeof(*w));
	int rc = -ENOMEM;

	if (!w)
		return rc;
	w->loop = loop;
	w->tag.owner = "wallclock";
	w->ops = ops;
	w->arg = arg;
	w->source = source ? *source : system_source;
	defer_init(&w->stepped, on_step, w);
	w->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (w->fd < 0) {
		rc = -errno;
		goto err_after_alloc;
	}
	w->offset_ms = w->source.wall_ms() - w->source.mono_ms();
	rc = set_timer(w);
	if (rc < 0)
		goto err_after_fd;
	rc = uv_poll_init(&loop->uv, &w->poll, w->fd);
	if (rc < 0)
		goto err_after_fd;
	w->poll.data = &w->tag;
	(void)uv_poll_start(&w->poll, UV_READABLE, on_timerfd);
	*ret_wallclock = w;
	return 0;

err_after_fd:
	defer_cancel(&w->stepped);
	(void)close(w->fd);
err_after_alloc:
	free(w);
	return rc;
}

int wallclock_arm(struct wallclock *w, int64_t next_ms)
{
	if (w->closing)
		return 0;
	w->armed = true;
	w->next_ms = next_ms;
	return set_timer(w);
}

void wallclock_disarm(struct wallclock *w)
{
	if (w->closing)
		return;
	w->armed = false;
	(void)set_timer(w);
}

void wallclock_close(struct wallclock *w, closed_cb closed, void *arg)
{
	if (w->closing)
		return;
	w->closing = true;
	w->closed = closed;
	w->closed_arg = arg;
	defer_cancel(&w->stepped);
	uv_close((uv_handle_t *)&w->poll, on_closed);
	(void)close(w->fd);
}
