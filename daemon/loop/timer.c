#include "loop/timer.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/require.h"
#include "loop/loop_priv.h"

enum { STOPPED, RUNNING, DUE };

/* A pairing heap: `prev` is the parent for a first child, else the elder sibling. */
static bool before(const struct timer *a, const struct timer *b)
{
	if (a->deadline_ms != b->deadline_ms)
		return a->deadline_ms < b->deadline_ms;
	return a->seq < b->seq;
}

static struct timer *meld(struct timer *a, struct timer *b)
{
	if (!a || !b)
		return a ? a : b;
	if (before(b, a)) {
		struct timer *swap = a;
		a = b;
		b = swap;
	}
	b->prev = a;
	b->next = a->child;
	if (a->child)
		a->child->prev = b;
	a->child = b;
	return a;
}

/* Two passes over the children, the usual way to an amortised O(log n). */
static struct timer *meld_children(struct timer *first)
{
	struct timer *pairs = NULL, *root = NULL;

	while (first) {
		struct timer *a = first, *b = a->next;
		first = b ? b->next : NULL;
		a->next = a->prev = NULL;
		if (b)
			b->next = b->prev = NULL;
		a = meld(a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		struct timer *a = pairs;
		pairs = a->next;
		a->next = NULL;
		root = meld(root, a);
	}
	return root;
}

static void heap_remove(struct loop *loop, struct timer *t)
{
	struct timer *rest = meld_children(t->child);

	if (loop->timers == t) {
		loop->timers = rest;
	} else {
		if (t->prev->child == t)
			t->prev->child = t->next;
		else
			t->prev->next = t->next;
		if (t->next)
			t->next->prev = t->prev;
		loop->timers = meld(loop->timers, rest);
	}
	t->child = t->next = t->prev = NULL;
}

static void start(struct timer *t, int64_t deadline_ms, int64_t period_ms)
{
	timer_stop(t);
	t->deadline_ms = deadline_ms;
	t->period_ms = period_ms;
	t->seq = t->loop->timer_seq++;
	t->state = RUNNING;
	t->loop->timers = meld(t->loop->timers, t);
	if (t->loop->timers == t)
		timers_rearm(t->loop);
}

void timer_init(struct timer *t, struct loop *loop, const char *owner, timer_cb cb, void *arg)
{
	*t = (struct timer){.loop = loop, .owner = owner, .cb = cb, .arg = arg};
	list_init(&t->due);
}

void timer_start_at(struct timer *t, int64_t deadline_ms)
{
	start(t, deadline_ms, 0);
}

void timer_start_in(struct timer *t, int64_t delay_ms)
{
	int64_t deadline_ms;

	REQUIRE(delay_ms >= 0);
	if (__builtin_add_overflow(clock_mono_ms(), delay_ms, &deadline_ms))
		deadline_ms = INT64_MAX;
	start(t, deadline_ms, 0);
}

void timer_start_every(struct timer *t, int64_t first_ms, int64_t period_ms)
{
	REQUIRE(period_ms > 0);
	/* times so far back leave no room to count what was missed */
	start(t, max_i64(first_ms, 0), period_ms);
}

void timer_stop(struct timer *t)
{
	if (t->state == RUNNING) {
		heap_remove(t->loop, t);
		/* the uv timer would keep a loop alive that has nothing left to do */
		if (!t->loop->timers)
			timers_rearm(t->loop);
	} else if (t->state == DUE) {
		list_remove(&t->due);
	}
	t->state = STOPPED;
}

bool timer_is_running(const struct timer *t)
{
	return t->state != STOPPED;
}

static void fire(struct timer *t, int64_t now_ms)
{
	t->state = STOPPED;
	if (t->period_ms > 0) {
		int64_t missed = (now_ms - t->deadline_ms) / t->period_ms;
		start(t, t->deadline_ms + (missed + 1) * t->period_ms, t->period_ms);
	}
	t->cb(t->arg);
}

/* What is due is taken out first: a timer restarted by a callback for a time that has passed
 * waits for the next tick, and one stopped by an earlier callback does not fire. */
void timers_run(struct loop *loop)
{
	struct list due;
	int64_t now_ms;

	if (!loop->timers)
		return;
	now_ms = clock_mono_ms();
	list_init(&due);
	while (loop->timers && loop->timers->deadline_ms <= now_ms) {
		struct timer *t = loop->timers;
		heap_remove(loop, t);
		t->state = DUE;
		list_insert(&due, &t->due);
	}
	while (!list_is_empty(&due)) {
		struct timer *t = list_entry(due.next, struct timer, due);
		list_remove(&t->due);
		fire(t, now_ms);
	}
}

static void on_alarm(uv_timer_t *h)
{
	loop_wake(container_of(h, struct loop, alarm));
}

/* libuv's time and ours are both CLOCK_MONOTONIC in ms; its cached now cancels out of now +
 * delay. */
void timers_rearm(struct loop *loop)
{
	if (!loop->timers) {
		(void)uv_timer_stop(&loop->alarm);
		return;
	}
	/* the clock counts from boot: a deadline below 0 is as past as one of 0 */
	int64_t delay_ms = max_i64(loop->timers->deadline_ms, 0) - (int64_t)uv_now(&loop->uv);
	(void)uv_timer_start(&loop->alarm, on_alarm, (uint64_t)max_i64(delay_ms, 0), 0);
}

int timers_dump(struct loop *loop)
{
	int n = 0;

	for (; loop->timers; n++) {
		fprintf(stderr, "loop: left running: timer of %s\n", loop->timers->owner);
		timer_stop(loop->timers);
	}
	return n;
}
