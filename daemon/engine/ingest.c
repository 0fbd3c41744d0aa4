#include "engine/ingest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/require.h"
#include "engine/land.h"
#include "engine/points.h"
#include "engine/state.h"
#include "engine/wake.h"

/* Wall clock: a sample further ahead has a broken clock behind it. */
#define AHEAD_MAX_MS MS_PER_H

/* A batch between submission and its flush; one that was refused has nothing to flush and waits for those before. */
struct pending {
	struct pending *next;
	struct source *source;
	uint64_t token; /* 0 = refused */
	uint64_t epoch, seq, run;
};

void ingest_init(struct engine *e)
{
	map_init_str(&e->ingest.by_name);
	list_init(&e->ingest.sources);
	e->ingest.pending_end = &e->ingest.pending;
}

void ingest_fini(struct engine *e)
{
	struct pending *p;

	while ((p = e->ingest.pending)) {
		e->ingest.pending = p->next;
		free(p);
	}
	list_foreach(it, &e->ingest.sources) free(list_entry(it, struct source, node));
	map_fini(&e->ingest.by_name);
}

/* The source of that name, made if new; NULL: out of memory. */
static struct source *source_of(struct engine *e, const char *name)
{
	struct source *s = map_get_str(&e->ingest.by_name, name);
	void *old = NULL;

	if (s)
		return s;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	snprintf(s->name, sizeof(s->name), "%s", name);
	s->ack.source = s->name;
	if (map_put_str(&e->ingest.by_name, name, s, &old)) {
		free(s);
		return NULL;
	}
	list_insert(&e->ingest.sources, &s->node);
	return s;
}

int ingest_restore_cursor(struct engine *e, const char *source, uint64_t epoch, uint64_t seq)
{
	struct source *s = source_of(e, source);

	if (!s)
		return -ENOMEM;
	s->epoch = s->durable_epoch = epoch;
	s->seq = s->durable_seq = seq;
	return 0;
}

static bool is_duplicate(const struct source *s, uint64_t epoch, uint64_t seq)
{
	return epoch < s->epoch || (epoch == s->epoch && seq <= s->seq);
}

static void note_gap(struct engine *e, struct source *s, uint64_t from, uint64_t to)
{
	e->ingest.gaps++;
	log_notice(ENGINE_LOG, "source %s lost batches %" PRIu64 " to %" PRIu64, s->name, from, to);
	if (s->ack.n_gaps == ARRAY_SIZE(s->ack.gaps)) {
		/* more than an ack can carry: the last one grows */
		s->ack.gaps[s->ack.n_gaps - 1].to_seq = to;
		return;
	}
	s->ack.gaps[s->ack.n_gaps].from_seq = from;
	s->ack.gaps[s->ack.n_gaps].to_seq = to;
	s->ack.n_gaps++;
}

/* The batch counts as seen from here on. */
static void see(struct engine *e, struct source *s, uint64_t epoch, uint64_t seq)
{
	uint64_t expected = epoch == s->epoch ? s->seq + 1 : 1;

	if (seq > expected)
		note_gap(e, s, expected, seq - 1);
	s->epoch = epoch;
	s->seq = seq;
}

static void note_duplicate(struct engine *e, struct source *s)
{
	s->ack.duplicates++;
	e->ingest.duplicates++;
	s->ack_due = true;
	wake(e);
}

static struct pending *new_pending(struct source *s, uint64_t epoch, uint64_t seq)
{
	struct pending *p = calloc(1, sizeof(*p));

	if (p)
		*p = (struct pending){.source = s, .epoch = epoch, .seq = seq, .run = s->run};
	return p;
}

static void append(struct engine *e, struct pending *p)
{
	*e->ingest.pending_end = p;
	e->ingest.pending_end = &p->next;
}

/* What is at the head and needs no flush any more is durable. */
static void settle_head(struct engine *e)
{
	struct pending *p;

	while ((p = e->ingest.pending) && p->token == 0) {
		struct source *s = p->source;

		if (p->run == s->run) {
			s->durable_epoch = p->epoch;
			s->durable_seq = p->seq;
			s->ack_due = true;
		}
		e->ingest.pending = p->next;
		free(p);
	}
	if (!e->ingest.pending)
		e->ingest.pending_end = &e->ingest.pending;
}

void engine_skip_batch(struct engine *e, const char *source, uint64_t epoch, uint64_t seq)
{
	struct source *s = source_of(e, source);
	struct pending *p;

	e->ingest.refused++;
	if (!s || is_duplicate(s, epoch, seq))
		return;
	p = new_pending(s, epoch, seq);
	if (!p)
		return;
	append(e, p);
	see(e, s, epoch, seq);
	settle_head(e);
	wake(e);
}

static int check_rows(const struct engine *e, const struct sample_batch *b, struct fault *f)
{
	for (uint32_t i = 0; i < b->n; i++) {
		const struct live_point *lp = points_get(e, b->point[i]);

		if (!lp)
			return fault_set(f, ERR_INVALID, "point[%u]: %u is not declared", i,
					 b->point[i]);
		if (strcmp(lp->point.source, b->source) != 0)
			return fault_set(f, ERR_DENIED, "point[%u]: %s belongs to source %s", i,
					 lp->point.decl.name, lp->point.source);
		if (b->t_ms[i] <= 0 || b->t_ms[i] > INT64_MAX / 4)
			return fault_set(f, ERR_INVALID, "t[%u] is out of range", i);
		if (!e->settings.driven && b->t_ms[i] > e->clock.now_ms + AHEAD_MAX_MS)
			return fault_set(f, ERR_INVALID, "t[%u] lies in the future", i);
	}
	return 0;
}

int engine_push_samples(struct engine *e, const struct sample_batch *b, enum push_result *ret,
			struct fault *f)
{
	struct source *s = source_of(e, b->source);
	struct pending *p;
	int r;

	if (!s)
		return fault_set(f, -ENOMEM, "out of memory");
	if (e->stopping)
		return fault_set(f, ERR_STATE, "the daemon is stopping");
	if (is_duplicate(s, b->epoch, b->seq)) {
		note_duplicate(e, s);
		*ret = PUSH_DUPLICATE;
		return 0;
	}
	r = check_rows(e, b, f);
	if (r) {
		engine_skip_batch(e, b->source, b->epoch, b->seq);
		return r;
	}
	p = new_pending(s, b->epoch, b->seq);
	if (!p)
		return fault_set(f, -ENOMEM, "out of memory");
	p->token = e->ingest.token + 1;
	r = land_batch(e, b, p->token);
	if (r) {
		free(p);
		return fault_set(f, r, "the journal does not take more now: %s", err_text(r));
	}
	append(e, p);
	e->ingest.token++;
	e->ingest.batches++;
	see(e, s, b->epoch, b->seq);
	*ret = PUSH_TAKEN;
	return 0;
}

static void flush_failed(struct source *s, const struct pending *p, int rc)
{
	if (p->run != s->run)
		return;
	log_error(ENGINE_LOG, "journal lost batch %" PRIu64 " of %s: %s, not acknowledged", p->seq,
		  s->name, err_text(rc));
	/* later ones may land, but a cumulative ack must not pass this one: the source sends again */
	s->run++;
	s->epoch = s->durable_epoch;
	s->seq = s->durable_seq;
}

void ingest_journaled(struct engine *e, uint64_t token, int rc)
{
	struct pending *p;

	settle_head(e);
	p = e->ingest.pending;
	if (FAILS(p && p->token == token))
		return;
	e->ingest.rc = rc;
	p->token = 0;
	if (rc)
		flush_failed(p->source, p, rc);
	settle_head(e);
}

bool ingest_acknowledge(struct engine *e)
{
	bool any = false;

	list_foreach(it, &e->ingest.sources)
	{
		struct source *s = list_entry(it, struct source, node);

		if (!s->ack_due || !s->on_ack)
			continue;
		s->ack_due = false;
		s->ack.epoch = s->durable_epoch;
		s->ack.seq = s->durable_seq;
		s->on_ack(s->arg, &s->ack);
		s->ack.n_gaps = 0;
		s->ack.duplicates = 0;
		any = true;
	}
	return any;
}

bool ingest_is_idle(const struct engine *e)
{
	return !e->ingest.pending;
}

int engine_listen_source(struct engine *e, const char *source,
			 void (*on_ack)(void *arg, const struct source_ack *a), void *arg)
{
	struct source *s = source_of(e, source);

	if (!s)
		return -ENOMEM;
	s->on_ack = on_ack;
	s->arg = arg;
	return 0;
}

void engine_unlisten_source(struct engine *e, const char *source, void *arg)
{
	struct source *s = map_get_str(&e->ingest.by_name, source);

	if (!s || s->arg != arg)
		return;
	s->on_ack = NULL;
	s->arg = NULL;
}
