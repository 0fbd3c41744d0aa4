#include <stdio.h>

#include "api/feed.h"
#include "api/handlers.h"
#include "api/pending.h"
#include "api/reply.h"
#include "api/source_name.h"
#include "base/clock.h"

static struct bounds bounds_now(const struct request *r)
{
	return (struct bounds){
		.n_points = engine_point_count(r->engine),
		.now_ms = engine_now(r->engine),
	};
}

int handle_register_layout(struct request *r)
{
	const Suandian__V1__RegisterLayout *m = r->env->register_layout;
	struct bounds bounds = bounds_now(r);
	int rc = map_in_layout(&r->refusal, m, &bounds);

	if (rc < 0)
		return rc;
	rc = feed_set_layout(r->session, m->layout, m->point, m->n_point);
	if (rc < 0)
		return refuse(&r->refusal, rc, "layout", "%s", err_text(rc));
	reply_ok(r->session, r->id);
	return 0;
}

/* ---- Batches ----------------------------------------------------------------------------------- */

static void remember(struct request *r, struct source *src)
{
	const Suandian__V1__PushSamples *m = r->env->push_samples;
	struct unacked u = {
		.epoch = m->epoch,
		.seq = m->seq,
		.id = r->id,
		.bytes = (uint32_t)protobuf_c_message_get_packed_size(&r->env->base),
		.came_ms = clock_mono_ms(),
	};

	/* cannot fail: room was made before */
	(void)source_sent(src, &u);
}

static int push(struct request *r, const struct sample_batch *batch, struct source *src)
{
	struct counters *n = &r->core->n;
	enum push_result result;
	int rc = engine_push_samples(r->engine, batch, &result, &r->refusal.fault);

	/* not a word about a batch that the disk cannot take yet: the client would give it up */
	if (rc == ERR_FULL || rc == ERR_STORE) {
		feed_stop(r->session);
		return SESSION_AGAIN;
	}
	if (rc < 0)
		return rc;
	n->batches++;
	n->samples += batch->n;
	n->duplicates += result == PUSH_DUPLICATE;
	remember(r, src);
	return 0;
}

int handle_push_samples(struct request *r)
{
	const Suandian__V1__PushSamples *m = r->env->push_samples;
	struct bounds bounds = bounds_now(r);
	struct sample_batch batch;
	char source[NAME_MAX_B];
	struct source *src = NULL;
	int rc = source_name(r, m->source, source);

	r->refusal.seq = m->seq;
	if (rc == 0)
		rc = feed_source(r->session, source, &src, &r->refusal);
	if (rc == 0 && source_reserve(src) < 0)
		rc = refuse(&r->refusal, -ENOMEM, "", "out of memory");
	if (rc < 0) {
		r->core->n.batches_refused++;
		return rc;
	}
	rc = map_in_batch(&r->refusal, m, feed_layout(r->session, m->layout), &bounds, r->arena,
			  &batch);
	if (rc < 0 && m->seq > 0)
		engine_skip_batch(r->engine, source, m->epoch, m->seq);
	if (rc == 0) {
		snprintf(batch.source, sizeof(batch.source), "%s", source);
		rc = push(r, &batch, src);
	}
	r->core->n.batches_refused += rc < 0;
	return rc;
}

/* ---- Curves ------------------------------------------------------------------------------------ */

int handle_push_curve(struct request *r)
{
	const Suandian__V1__PushCurve *m = r->env->push_curve;
	struct bounds bounds = bounds_now(r);
	char source[NAME_MAX_B];
	struct curve curve;
	struct pending *p;
	int rc = source_name(r, m->source, source);

	if (rc == 0)
		rc = map_in_curve(&r->refusal, m, &bounds, r->arena, &curve);
	if (rc < 0)
		return rc;
	snprintf(curve.source, sizeof(curve.source), "%s", source);
	p = pending_new(r, pending_ok);
	if (!p)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	rc = engine_push_curve(r->engine, source, &curve, &p->waiter, &r->refusal.fault);
	if (rc < 0)
		pending_drop(p);
	return rc;
}
