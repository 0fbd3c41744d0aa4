/* Points, layouts and samples. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "proto/batch.h"
#include "proto/client_priv.h"
#include "proto/codec.h"
#include "proto/frame.h"

/* ---- Declarations ------------------------------------------------------------------------------ */

static void points_answered(void *arg, const struct client_answer *answer)
{
	struct client *c = arg;
	const Suandian__V1__DeclarePoints *points;
	const Suandian__V1__PointsDeclared *ids;
	struct fault fault = {0};

	if (answer->code == ERR_CLOSED)
		return;
	points = (const Suandian__V1__DeclarePoints *)c->points.message;
	if (answer->code) {
		fault_set(&fault, answer->code, "points not declared: %s", answer->fault->text);
		client_note(c, &fault);
		return;
	}
	ids = answer->env->body_case == SUANDIAN__V1__ENVELOPE__BODY_POINTS_DECLARED
		      ? answer->env->points_declared
		      : NULL;
	if (!ids || ids->n_id != points->n_points) {
		fault_set(&fault, ERR_MALFORMED, "the answer to %zu point declarations is none",
			  points->n_points);
		client_note(c, &fault);
		return;
	}
	if (c->events.on_points)
		c->events.on_points(c->events.arg, ids->id, ids->n_id);
}

static int send_points(struct client *c)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_DECLARE_POINTS;
	env.declare_points = (Suandian__V1__DeclarePoints *)c->points.message;
	return client_request_own(c, &env, points_answered, c, NULL);
}

int client_declare(struct client *c, const Suandian__V1__DeclarePoints *points)
{
	int r = client_stand(c, &c->points, &points->base);

	return r == 0 && c->state == CLIENT_READY ? send_points(c) : r;
}

/* ---- Layouts ----------------------------------------------------------------------------------- */

static uint32_t layout_number(const struct layout *l)
{
	return (uint32_t)(l - l->client->layouts) + 1;
}

static void layout_answered(void *arg, const struct client_answer *answer)
{
	struct layout *l = arg;
	struct fault fault = {0};

	if (answer->code == 0 || answer->code == ERR_CLOSED)
		return;
	l->refused = true;
	fault_set(&fault, answer->code, "layout %u refused: %s; sending point numbers",
		  layout_number(l), answer->fault->text);
	client_note(l->client, &fault);
}

static int send_layout(struct client *c, struct layout *l)
{
	Suandian__V1__RegisterLayout body = SUANDIAN__V1__REGISTER_LAYOUT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	l->refused = false;
	body.layout = layout_number(l);
	body.n_point = l->n;
	body.point = l->point;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_REGISTER_LAYOUT;
	env.register_layout = &body;
	return client_request_own(c, &env, layout_answered, l, NULL);
}

static const struct layout *find_layout(const struct client *c, const uint32_t *point, size_t n)
{
	for (size_t i = 0; i < c->n_layouts; i++) {
		const struct layout *l = &c->layouts[i];

		if (l->n == n && memcmp(l->point, point, n * sizeof(*point)) == 0)
			return l;
	}
	return NULL;
}

int client_add_layout(struct client *c, const uint32_t *point, size_t n)
{
	struct layout *l;

	/* a point takes at most five bytes */
	if (n == 0 || n > (FRAME_BODY_MAX - BATCH_HEAD_MAX) / 5)
		return ERR_INVALID;
	if (find_layout(c, point, n))
		return 0;
	if (c->n_layouts == CLIENT_LAYOUTS_MAX)
		return ERR_FULL;
	l = &c->layouts[c->n_layouts];
	*l = (struct layout){.point = malloc(n * sizeof(*point)), .n = n, .client = c};
	if (!l->point)
		return -ENOMEM;
	memcpy(l->point, point, n * sizeof(*point));
	c->n_layouts++;
	return c->state == CLIENT_READY ? send_layout(c, l) : 0;
}

int client_samples_open(struct client *c)
{
	int r = c->points.message ? send_points(c) : 0;

	for (size_t i = 0; r == 0 && i < c->n_layouts; i++)
		r = send_layout(c, &c->layouts[i]);
	return r;
}

void client_samples_fini(struct client *c)
{
	for (size_t i = 0; i < c->n_layouts; i++)
		free(c->layouts[i].point);
	spool_fini(&c->spool);
}

/* ---- Pushing ----------------------------------------------------------------------------------- */

static size_t batch_max(const struct client *c)
{
	size_t fits = (c->max_frame - BATCH_HEAD_MAX) / BATCH_SAMPLE_MAX;

	return fits < c->max_batch ? fits : c->max_batch;
}

static const struct layout *choose_layout(const struct client *c, const struct client_samples *s)
{
	for (size_t i = 0; i < c->n_layouts; i++) {
		const struct layout *l = &c->layouts[i];

		if (!l->refused && batch_fits_layout(s, l->point, l->n))
			return l;
	}
	return NULL;
}

/* A batch with a layout begins at the layout's first point, so all but the last end at its last one. Returns how
 * many samples of the span it takes, 0 if it cannot be used here. */
static size_t layout_span(const struct layout *l, size_t at, size_t span, size_t n)
{
	if (!l || at % l->n != 0)
		return 0;
	return at + span == n ? span : span - span % l->n;
}

static int push_batch(struct client *c, const struct client_samples *s, size_t at, size_t n,
		      const struct layout *l)
{
	Suandian__V1__PushSamples body = SUANDIAN__V1__PUSH_SAMPLES__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct batch head = {.seq = c->last_seq + 1, .id = c->next_id, .samples = n};
	int r;

	arena_reset(&c->building);
	r = batch_fill(&c->building, s, at, n, l ? layout_number(l) : 0, &body);
	if (r < 0)
		return r;
	body.epoch = c->epoch;
	body.seq = head.seq;
	env.id = head.id;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PUSH_SAMPLES;
	env.push_samples = &body;
	buf_reset(&c->scratch);
	r = codec_encode(&c->scratch, &env);
	if (r < 0)
		return r;
	head.size = buf_avail(&c->scratch);
	r = spool_add(&c->spool, &head, buf_peek(&c->scratch));
	if (r < 0)
		return r;
	c->last_seq++;
	c->next_id++;
	c->stats.batches_pushed++;
	return 0;
}

int client_push_samples(struct client *c, const struct client_samples *s)
{
	const struct layout *l;
	size_t at = 0;
	int r = batch_check(s);

	if (r < 0 || s->n == 0)
		return r;
	l = choose_layout(c, s);
	while (r == 0 && at < s->n) {
		size_t n = batch_span(s, at, batch_max(c));
		size_t fit = layout_span(l, at, n, s->n);

		r = push_batch(c, s, at, fit ? fit : n, fit ? l : NULL);
		at += fit ? fit : n;
	}
	return r;
}

int client_push(struct client *c, const uint32_t *point, const int64_t *t_ms, const double *value,
		const uint8_t *quality, size_t n)
{
	struct client_samples s = {
		.point = point,
		.t_ms = t_ms,
		.value = value,
		.quality = quality,
		.n = n,
	};

	return client_push_samples(c, &s);
}

/* ---- What the daemon says about it ------------------------------------------------------------- */

void client_samples_acked(struct client *c, const Suandian__V1__SamplesAck *ack)
{
	struct fault fault = {0};

	if (ack->epoch != c->epoch || (ack->source[0] && strcmp(ack->source, c->name) != 0)) {
		c->stats.answers_unmatched++;
		return;
	}
	if (ack->seq > c->sent_seq) {
		fault_set(&fault, ERR_STATE,
			  "seq %" PRIu64 " acknowledged, %" PRIu64 " sent: epoch %" PRIu64
			  " was used before",
			  ack->seq, c->sent_seq, c->epoch);
		client_note(c, &fault);
		return;
	}
	spool_ack(&c->spool, ack->seq);
	c->spool.credit = ack->credit_bytes;
	if (ack->seq > c->acked_seq)
		c->acked_seq = ack->seq;
	c->stats.duplicates += ack->duplicates;
	for (size_t i = 0; i < ack->n_gaps; i++)
		if (ack->gaps[i]->to_seq >= ack->gaps[i]->from_seq)
			c->stats.gaps += ack->gaps[i]->to_seq - ack->gaps[i]->from_seq + 1;
}

bool client_samples_refused(struct client *c, const Suandian__V1__Error *error)
{
	struct fault fault = {0};

	if (error->seq == 0 || !spool_refuse(&c->spool, error->seq))
		return false;
	fault_set(&fault, codec_error_code(error->code), "batch %" PRIu64 " refused: %s%s%s",
		  error->seq, error->field, error->field[0] ? ": " : "", error->text);
	client_note(c, &fault);
	return true;
}
