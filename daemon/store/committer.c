#include "store/committer.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/require.h"
#include "store/env.h"

struct committer {
	struct loop *loop;
	struct env *env;
	struct lane *lane;
	struct committer_settings settings;
	struct committer_events events;
	struct list queue; /* journal_group, ascending; the last may be open */
	struct journal_group *open;
	uint64_t next_group, trim_to;
	struct defer kick;  /* write in this tick */
	struct timer delay; /* write when T is over */
	struct outage outage;
	int64_t began_us; /* of the last write */
	bool finishing, idle_said;
	struct committer_stats stats;

	/* the write under way: the lane's until its done callback */
	struct job job;
	struct list flight;
	size_t flight_bytes;
	uint64_t flight_trim;
	int64_t took_us;
};

static void schedule(struct committer *c);

/* ---- On the lane --------------------------------------------------------------------------------- */

static int write_groups(struct job *job)
{
	struct committer *c = container_of(job, struct committer, job);
	int64_t began = clock_mono_us();
	int r = journal_write(c->env, &c->flight, c->flight_trim);

	c->took_us = clock_mono_us() - began;
	return r;
}

/* ---- Results --------------------------------------------------------------------------------------- */

static void say_done(struct committer *c, struct list *groups, int rc)
{
	while (!list_is_empty(groups)) {
		struct journal_group *g = list_entry(groups->next, struct journal_group, node);

		list_remove(&g->node);
		c->stats.pending_bytes -= buf_avail(&g->bytes);
		for (size_t i = 0; i < g->n_tokens; i++)
			c->events.done(c->events.arg, g->tokens[i], rc);
		uint64_t number = g->number;
		journal_group_free(g);
		if (rc == 0)
			c->events.flushed(c->events.arg, number);
	}
}

static void move_all(struct list *from, struct list *to)
{
	if (list_is_empty(from))
		return;
	/* the whole ring of `from`, without its head, before the first of `to` */
	struct list *first = from->next, *last = from->prev;

	list_init(from);
	first->prev = to;
	last->next = to->next;
	to->next->prev = last;
	to->next = first;
}

static void count(struct committer *c)
{
	double took_ms = (double)c->took_us / 1000;

	list_foreach(it, &c->flight)
	{
		const struct journal_group *g = list_entry(it, struct journal_group, node);

		c->stats.groups++;
		c->stats.batches += g->n_tokens;
		c->stats.bytes += buf_avail(&g->bytes);
	}
	c->stats.commit_ms += (took_ms - c->stats.commit_ms) / (c->stats.groups == 1 ? 1 : 8);
}

static void on_written(struct job *job, int result)
{
	struct committer *c = container_of(job, struct committer, job);

	if (result == 0) {
		outage_end(&c->outage);
		count(c);
		struct list groups;
		list_init(&groups);
		move_all(&c->flight, &groups);
		say_done(c, &groups, 0);
	} else {
		move_all(&c->flight, &c->queue);
		outage_begin(&c->outage, "journal", result);
		if (c->finishing) {
			outage_stop(&c->outage);
			c->open = NULL;
			say_done(c, &c->queue, ERR_STORE);
		}
	}
	schedule(c);
}

/* ---- When to write ---------------------------------------------------------------------------------- */

static void begin(struct committer *c)
{
	if (c->job.busy || list_is_empty(&c->queue))
		return;
	timer_stop(&c->delay);
	c->open = NULL;
	move_all(&c->queue, &c->flight);
	c->flight_trim = c->trim_to;
	c->began_us = clock_mono_us();
	REQUIRE(lane_submit(c->lane, &c->job, JOB_NO_DEADLINE, write_groups, on_written) == 0);
}

static void on_kick(void *arg)
{
	begin(arg);
}

static void on_retry(void *arg)
{
	struct committer *c = arg;
	int r = env_revive(c->env);

	if (r) {
		outage_begin(&c->outage, "journal", r);
		return;
	}
	begin(c);
}

static int64_t wait_us(const struct committer *c)
{
	double t = 4000 * c->stats.commit_ms, most = 1000.0 * (double)c->settings.commit_max_ms;

	return (int64_t)(t < most ? t : most);
}

static void say_idle(struct committer *c)
{
	if (c->idle_said)
		return;
	c->idle_said = true;
	c->events.idle(c->events.arg);
}

static void schedule(struct committer *c)
{
	if (c->job.busy)
		return;
	if (list_is_empty(&c->queue)) {
		if (c->finishing)
			say_idle(c);
		return;
	}
	if (outage_is_on(&c->outage) && !c->finishing)
		return; /* the retry will write */
	int64_t due_us = c->began_us + wait_us(c);
	if (c->finishing || c->stats.pending_bytes >= c->settings.group_bytes ||
	    clock_mono_us() >= due_us)
		loop_defer(c->loop, &c->kick);
	else if (!timer_is_running(&c->delay))
		timer_start_at(&c->delay, (due_us + 999) / 1000);
}

/* ---- Life ------------------------------------------------------------------------------------------ */

int committer_new(struct loop *loop, struct env *journal, uint64_t next_group,
		  const struct committer_settings *settings, const struct committer_events *events,
		  struct committer **ret)
{
	struct committer *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->loop = loop;
	c->env = journal;
	c->settings = *settings;
	c->events = *events;
	c->next_group = next_group;
	c->began_us = INT64_MIN / 2;
	list_init(&c->queue);
	list_init(&c->flight);
	job_init(&c->job);
	defer_init(&c->kick, on_kick, c);
	timer_init(&c->delay, loop, "store commit", on_kick, c);
	outage_init(&c->outage, loop, on_retry, c);
	*ret = c;
	return 0;
}

void committer_start(struct committer *c, struct lane *lane)
{
	c->lane = lane;
}

void committer_free(struct committer *c)
{
	if (!c)
		return;
	defer_cancel(&c->kick);
	REQUIRE(!c->job.busy && list_is_empty(&c->flight));
	while (!list_is_empty(&c->queue)) {
		struct journal_group *g = list_entry(c->queue.next, struct journal_group, node);

		list_remove(&g->node);
		journal_group_free(g);
	}
	env_close(c->env);
	free(c);
}

static void on_finish(void *arg)
{
	schedule(arg);
}

void committer_finish(struct committer *c)
{
	c->finishing = true;
	timer_stop(&c->delay);
	outage_stop(&c->outage);
	if (c->job.busy)
		return;
	/* not inside the call: through the deferred callback, whether there is something to write or not */
	if (list_is_empty(&c->queue))
		defer_init(&c->kick, on_finish, c);
	loop_defer(c->loop, &c->kick);
}

/* ---- Work ------------------------------------------------------------------------------------------ */

int committer_check(const struct committer *c)
{
	REQUIRE(!c->finishing);
	if (outage_is_on(&c->outage))
		return ERR_STORE;
	return c->stats.pending_bytes >= c->settings.pending_bytes ? ERR_FULL : 0;
}

int committer_append(struct committer *c, const struct sample_batch *b, uint64_t token)
{
	int r = committer_check(c);

	if (r)
		return r;
	if (!c->open) {
		c->open = journal_group_new(c->next_group);
		if (!c->open)
			return -ENOMEM;
		c->next_group++;
		list_insert(&c->queue, &c->open->node);
	}
	size_t before = buf_avail(&c->open->bytes);
	r = journal_group_add(c->open, b, token);
	c->stats.pending_bytes += buf_avail(&c->open->bytes) - before;
	schedule(c);
	return r;
}

uint64_t committer_cut(struct committer *c)
{
	c->open = NULL;
	return c->next_group - 1;
}

void committer_trim(struct committer *c, uint64_t group)
{
	c->trim_to = group;
}

void committer_get_stats(const struct committer *c, struct committer_stats *ret)
{
	*ret = c->stats;
}

const struct fault *committer_fault(const struct committer *c)
{
	return outage_is_on(&c->outage) ? &c->outage.fault : NULL;
}

uint64_t committer_used_bytes(struct committer *c)
{
	return env_used_bytes(c->env);
}
