#include "store/sealer.h"

#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "store/env.h"
#include "store/series.h"

struct sealer {
	struct loop *loop;
	struct env *env;
	struct lane *lane;
	struct sealer_settings settings;
	struct sealer_events events;
	struct sources sources;
	struct mem *active, *frozen;
	uint64_t watermark; /* of the last seal */
	uint64_t unflushed; /* that watermark, if the next seal will have flushed it; 0: not sure */
	uint64_t flushed;   /* journal groups on disk */
	int64_t now_ms;	    /* engine time; INT64_MIN: not known */
	int64_t clock_ms;   /* the latest time seen anywhere */
	struct defer kick;
	struct outage outage;
	bool finishing, idle_said;
	struct sealer_stats stats;

	/* the seal under way; the lane reads `frozen`, nobody writes it */
	struct job job;
	int64_t keep_from_ms;
	struct series_sealed sealed;
};

static void check(struct sealer *s);

/* ---- Sealing ------------------------------------------------------------------------------------------- */

static int seal(struct job *job)
{
	struct sealer *s = container_of(job, struct sealer, job);

	return series_seal(s->env, s->frozen, s->keep_from_ms, &s->sealed);
}

static void on_sealed(struct job *job, int result)
{
	struct sealer *s = container_of(job, struct sealer, job);

	if (result == 0) {
		outage_end(&s->outage);
		if (s->unflushed)
			s->events.trim(s->events.arg, s->unflushed);
		s->watermark = s->unflushed = s->frozen->last_group;
		s->stats.tiles += s->sealed.tiles;
		s->stats.tile_bytes += s->sealed.bytes;
		s->stats.tile_samples += s->sealed.rows;
		mem_free(s->frozen);
		s->frozen = NULL;
	} else {
		/* The kernel may have dropped the page of the last root with the error: that seal counts as flushed
		 * only when two more have succeeded. */
		s->unflushed = 0;
		outage_begin(&s->outage, "series", result);
		(void)env_revive(s->env); /* for reads; else the retry does it */
		if (s->finishing)
			outage_stop(&s->outage);
	}
	check(s);
}

static void on_retry(void *arg)
{
	struct sealer *s = arg;
	int r = env_revive(s->env);

	if (r) {
		outage_begin(&s->outage, "series", r);
		return;
	}
	REQUIRE(lane_submit(s->lane, &s->job, JOB_NO_DEADLINE, seal, on_sealed) == 0);
}

static bool is_due(const struct sealer *s)
{
	const struct mem *m = s->active;

	if (m->n_batches == 0)
		return false;
	return m->n_samples >= s->settings.seal_samples ||
	       m->n_batches >= s->settings.seal_samples ||
	       s->clock_ms - m->born_ms >= s->settings.seal_age_ms;
}

/* All that was submitted by now is in groups up to the cut, hence in this memtable or an earlier one. */
static int freeze(struct sealer *s)
{
	struct mem *next = mem_new(), *m = s->active;

	if (!next)
		return -ENOMEM;
	m->cursors = calloc(s->sources.n + 1, sizeof(*m->cursors));
	if (!m->cursors) {
		mem_free(next);
		return -ENOMEM;
	}
	for (size_t i = 0; i < s->sources.n; i++) {
		const struct source *from = s->sources.at[i];
		struct mem_cursor *to = &m->cursors[m->n_cursors++];

		memcpy(to->name, from->name, sizeof(to->name));
		to->source = from->number;
		to->epoch = from->epoch;
		to->seq = from->seq;
	}
	m->last_group = s->events.cut(s->events.arg);
	s->frozen = m;
	s->active = next;
	return 0;
}

static void check(struct sealer *s)
{
	if (s->job.busy)
		return;
	if (s->finishing) {
		if (!s->idle_said) {
			s->idle_said = true;
			s->events.idle(s->events.arg);
		}
		return;
	}
	if (!s->frozen && is_due(s) && freeze(s) != 0)
		return; /* tried again at the next append */
	if (!s->frozen || s->flushed < s->frozen->last_group || outage_is_on(&s->outage))
		return;
	s->keep_from_ms = s->settings.retention_ms && s->now_ms != INT64_MIN
				  ? s->now_ms - s->settings.retention_ms
				  : INT64_MIN;
	REQUIRE(lane_submit(s->lane, &s->job, JOB_NO_DEADLINE, seal, on_sealed) == 0);
}

static void on_kick(void *arg)
{
	check(arg);
}

/* ---- Life ------------------------------------------------------------------------------------------------ */

static int take_cursor(void *arg, const struct mem_cursor *c)
{
	struct sealer *s = arg;
	struct source *source;

	if (c->source != s->sources.n)
		return ERR_CORRUPT;
	source = sources_need(&s->sources, c->name);
	if (!source)
		return -ENOMEM;
	if (source->number != c->source)
		return ERR_CORRUPT;
	source_submit(source, c->epoch, c->seq);
	source_settle(source, c->epoch, c->seq);
	return 0;
}

int sealer_new(struct loop *loop, struct env *series, const struct sealer_settings *settings,
	       const struct sealer_events *events, struct sealer **ret)
{
	struct sealer *s = calloc(1, sizeof(*s));
	int r = -ENOMEM;

	if (!s)
		return -ENOMEM;
	sources_init(&s->sources);
	s->active = mem_new();
	if (!s->active)
		goto err;
	r = series_watermark(series, &s->watermark);
	if (r == 0)
		r = series_cursors(series, take_cursor, s);
	if (r == 0)
		r = env_flush(series); /* what is read from here on is on disk */
	if (r)
		goto err;
	s->loop = loop;
	s->env = series;
	s->settings = *settings;
	s->events = *events;
	s->flushed = s->watermark;
	s->now_ms = INT64_MIN;
	s->clock_ms = -SEALER_TIME_MAX;
	job_init(&s->job);
	defer_init(&s->kick, on_kick, s);
	outage_init(&s->outage, loop, on_retry, s);
	*ret = s;
	return 0;

err:
	mem_free(s->active);
	sources_fini(&s->sources);
	free(s);
	return r;
}

void sealer_start(struct sealer *s, struct lane *lane)
{
	s->lane = lane;
}

void sealer_free(struct sealer *s)
{
	if (!s)
		return;
	defer_cancel(&s->kick);
	REQUIRE(!s->job.busy);
	mem_free(s->active);
	mem_free(s->frozen);
	sources_fini(&s->sources);
	env_close(s->env);
	free(s);
}

void sealer_finish(struct sealer *s)
{
	s->finishing = true;
	outage_stop(&s->outage);
	if (!s->job.busy)
		loop_defer(s->loop, &s->kick);
}

/* ---- Work ------------------------------------------------------------------------------------------------ */

uint64_t sealer_watermark(const struct sealer *s)
{
	return s->watermark;
}

struct sources *sealer_sources(struct sealer *s)
{
	return &s->sources;
}

struct env *sealer_env(struct sealer *s)
{
	return s->env;
}

bool sealer_has_room(const struct sealer *s)
{
	return !s->frozen || s->active->n_samples < s->settings.seal_samples;
}

static void see_time(struct sealer *s, int64_t t_ms)
{
	if (t_ms > s->clock_ms)
		s->clock_ms = t_ms;
}

int sealer_add(struct sealer *s, struct source *source, const struct sample_batch *b)
{
	bool is_first = s->active->n_batches == 0;

	if (mem_add(s->active, b, source->number) != 0)
		return -ENOMEM;
	source_submit(source, b->epoch, b->seq);
	for (uint32_t i = 0; i < b->n; i++)
		see_time(s, b->t_ms[i]);
	if (is_first)
		s->active->born_ms = s->clock_ms;
	s->stats.samples += b->n;
	if (!s->frozen && is_due(s) && !s->finishing)
		loop_defer(s->loop, &s->kick);
	return 0;
}

void sealer_undo(struct sealer *s, struct source *source, const struct source *before,
		 const struct sample_batch *b)
{
	mem_undo(s->active, b);
	s->stats.samples -= b->n;
	source->epoch = before->epoch;
	source->seq = before->seq;
}

void sealer_set_now(struct sealer *s, int64_t now_ms)
{
	s->now_ms = max_i64(s->now_ms, now_ms);
	see_time(s, clamp_i64(now_ms, -SEALER_TIME_MAX, SEALER_TIME_MAX));
}

void sealer_flushed(struct sealer *s, uint64_t group)
{
	s->flushed = group;
	if (s->frozen && !s->job.busy)
		loop_defer(s->loop, &s->kick);
}

int sealer_memtables(const struct sealer *s, const struct mem *ret[2])
{
	int n = 0;

	if (s->frozen)
		ret[n++] = s->frozen;
	ret[n++] = s->active;
	return n;
}

void sealer_get_stats(const struct sealer *s, struct sealer_stats *ret)
{
	*ret = s->stats;
}

const struct fault *sealer_fault(const struct sealer *s)
{
	return outage_is_on(&s->outage) ? &s->outage.fault : NULL;
}
