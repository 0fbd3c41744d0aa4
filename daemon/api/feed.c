#include "api/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/limits.h"
#include "api/reply.h"
#include "base/clock.h"
#include "base/require.h"

struct source {
	struct list node; /* of the feed */
	struct session *session;
	char name[NAME_MAX_B];
	struct unacked *queue; /* ring of `size` */
	size_t at, n, size;
	uint64_t bytes;
};

struct feed {
	struct attachment attachment;
	struct session *session;
	struct map layouts; /* number → struct layout */
	struct list sources;
	size_t n_sources;
	struct timer retry;
};

/* ---- Sources ----------------------------------------------------------------------------------- */

static void account(struct source *src, int64_t bytes)
{
	src->bytes += (uint64_t)bytes;
	src->session->core->unacked_bytes += (uint64_t)bytes;
}

static void free_source(struct source *src)
{
	struct core *core = src->session->core;

	account(src, -(int64_t)src->bytes);
	engine_unlisten_source(core->engine, src->name, src);
	if (map_get_str(&core->sources, src->name) == src)
		(void)map_take_str(&core->sources, src->name);
	list_remove(&src->node);
	free(src->queue);
	free(src);
}

/* Bytes that this session may have outstanding from now on. */
static uint64_t credit(const struct core *core)
{
	uint64_t busy = core->unacked_bytes < UNACKED_MAX ? core->unacked_bytes : UNACKED_MAX;
	uint64_t share = CREDIT_MAX - CREDIT_MAX * busy / UNACKED_MAX;

	return share > CREDIT_MIN ? share : CREDIT_MIN;
}

/* Drops what the ack covers; the id of the latest. */
static uint64_t settle(struct source *src, const struct source_ack *ack)
{
	int64_t now_ms = clock_mono_ms();
	uint64_t id = 0;

	while (src->n > 0) {
		const struct unacked *u = &src->queue[src->at];

		if (u->epoch > ack->epoch || (u->epoch == ack->epoch && u->seq > ack->seq))
			break;
		id = u->id;
		metric_observe(&src->session->core->ack_s, (double)(now_ms - u->came_ms) / 1000);
		account(src, -(int64_t)u->bytes);
		src->at = (src->at + 1) % src->size;
		src->n--;
	}
	return id;
}

static void on_ack(void *arg, const struct source_ack *ack)
{
	struct source *src = arg;
	struct session *s = src->session;
	Suandian__V1__SamplesAck body = SUANDIAN__V1__SAMPLES_ACK__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	Suandian__V1__SeqGap gaps[ARRAY_SIZE(ack->gaps)];
	Suandian__V1__SeqGap *gap_list[ARRAY_SIZE(ack->gaps)];
	uint64_t id = settle(src, ack);

	for (uint32_t i = 0; i < ack->n_gaps && i < ARRAY_SIZE(gaps); i++) {
		gaps[i] = (Suandian__V1__SeqGap)SUANDIAN__V1__SEQ_GAP__INIT;
		gaps[i].from_seq = ack->gaps[i].from_seq;
		gaps[i].to_seq = ack->gaps[i].to_seq;
		gap_list[i] = &gaps[i];
		body.n_gaps++;
	}
	body.gaps = gap_list;
	body.source = src->name;
	body.epoch = ack->epoch;
	body.seq = ack->seq;
	body.duplicates = ack->duplicates;
	body.credit_bytes = credit(s->core);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_SAMPLES_ACK;
	env.samples_ack = &body;
	reply(s, id, &env);
	s->core->n.acks++;
	session_unblock(s, BLOCK_DISK);
	session_unblock(s, BLOCK_CREDIT);
}

int source_reserve(struct source *src)
{
	size_t size = src->size ? 2 * src->size : 64;
	struct unacked *queue;

	if (src->n < src->size)
		return 0;
	queue = calloc(size, sizeof(*queue));
	if (!queue)
		return -ENOMEM;
	for (size_t i = 0; src->size && i < src->n; i++)
		queue[i] = src->queue[(src->at + i) % src->size];
	free(src->queue);
	src->queue = queue;
	src->at = 0;
	src->size = size;
	return 0;
}

int source_sent(struct source *src, const struct unacked *u)
{
	int rc = source_reserve(src);

	if (rc < 0)
		return rc;
	src->queue[(src->at + src->n++) % src->size] = *u;
	account(src, u->bytes);
	/* One batch beyond the credit is legal however large it is. */
	if (src->bytes > 2 * CREDIT_MAX || src->n >= UNACKED_FRAMES_MAX)
		session_block(src->session, BLOCK_CREDIT);
	return 0;
}

/* ---- The feed ---------------------------------------------------------------------------------- */

static void on_detach(struct attachment *a)
{
	struct feed *f = container_of(a, struct feed, attachment);
	struct layout *l;
	size_t at = 0;

	timer_stop(&f->retry);
	list_foreach(it, &f->sources) free_source(list_entry(it, struct source, node));
	while ((l = map_next(&f->layouts, &at, NULL, NULL))) {
		free(l->point);
		free(l);
	}
	map_fini(&f->layouts);
	f->session->feed = NULL;
	free(f);
}

static const struct attachment_ops ops = {.detach = on_detach};

static void on_retry(void *arg)
{
	struct feed *f = arg;

	session_unblock(f->session, BLOCK_DISK);
}

static struct feed *get_feed(struct session *s)
{
	struct feed *f = s->feed;

	if (f)
		return f;
	f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->session = s;
	map_init_u64(&f->layouts);
	list_init(&f->sources);
	timer_init(&f->retry, s->core->loop, "session (disk behind)", on_retry, f);
	session_attach(s, &f->attachment, &ops, 0);
	s->feed = f;
	return f;
}

void feed_stop(struct session *s)
{
	struct feed *f = s->feed;

	REQUIRE(f);
	s->core->n.stops++;
	session_block(s, BLOCK_DISK);
	timer_start_in(&f->retry, RETRY_MS);
}

static struct source *find_source(const struct feed *f, const char *name)
{
	list_foreach(it, &f->sources)
	{
		struct source *src = list_entry(it, struct source, node);

		if (strcmp(src->name, name) == 0)
			return src;
	}
	return NULL;
}

static void displace(struct core *core, const char *name)
{
	struct source *old = map_get_str(&core->sources, name);

	if (old)
		session_end(old->session, ERR_EXISTS, "another session speaks for %s now", name);
}

static int listen_for(struct source *src)
{
	struct core *core = src->session->core;
	int rc;

	displace(core, src->name);
	rc = map_put_str(&core->sources, src->name, src, NULL);
	if (rc == 0)
		rc = engine_listen_source(core->engine, src->name, on_ack, src);
	if (rc < 0 && map_get_str(&core->sources, src->name) == src)
		(void)map_take_str(&core->sources, src->name);
	return rc;
}

int feed_source(struct session *s, const char *name, struct source **ret, struct refusal *r)
{
	struct feed *f = get_feed(s);
	struct source *src = f ? find_source(f, name) : NULL;
	int rc = -ENOMEM;

	if (src) {
		*ret = src;
		return 0;
	}
	if (f && f->n_sources >= SOURCES_MAX)
		return refuse(r, ERR_FULL, "source", "a session speaks for at most %d sources",
			      SOURCES_MAX);
	src = f ? calloc(1, sizeof(*src)) : NULL;
	if (src) {
		src->session = s;
		snprintf(src->name, sizeof(src->name), "%s", name);
		rc = listen_for(src);
	}
	if (rc < 0) {
		free(src);
		return refuse(r, rc, "source", "%s", err_text(rc));
	}
	list_insert(&f->sources, &src->node);
	f->n_sources++;
	*ret = src;
	return 0;
}

/* ---- Layouts ----------------------------------------------------------------------------------- */

const struct layout *feed_layout(const struct session *s, uint32_t number)
{
	return s->feed && number ? map_get_u64(&s->feed->layouts, number) : NULL;
}

const char *feed_forbidden_source(const struct session *s)
{
	if (!s->feed)
		return NULL;
	list_foreach(it, &s->feed->sources)
	{
		const struct source *src = list_entry(it, struct source, node);

		if (!session_may_speak_for(s, src->name))
			return src->name;
	}
	return NULL;
}

int feed_set_layout(struct session *s, uint32_t number, const uint32_t *point, size_t n)
{
	struct feed *f = get_feed(s);
	struct layout *l = f ? map_get_u64(&f->layouts, number) : NULL;
	uint32_t *copy = malloc(n * sizeof(*point));
	bool is_new = !l;
	int rc = 0;

	if (!f || !copy) {
		free(copy);
		return -ENOMEM;
	}
	memcpy(copy, point, n * sizeof(*point));
	if (is_new)
		rc = map_count(&f->layouts) >= LAYOUTS_MAX ? ERR_FULL
		     : (l = calloc(1, sizeof(*l))) ? map_put_u64(&f->layouts, number, l, NULL)
						   : -ENOMEM;
	if (rc < 0) {
		if (is_new)
			free(l);
		free(copy);
		return rc;
	}
	free(l->point);
	l->point = copy;
	l->n = n;
	return 0;
}
