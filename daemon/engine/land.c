/* The usual batch is in order: each row newer than all its point had. Then live state needs no question. A batch with
 * late or doubled rows goes the long way: the store is asked what stood before and what stands after. */
#include "engine/land.h"

#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "engine/forecasts.h"
#include "engine/live.h"
#include "engine/points.h"
#include "engine/state.h"

struct row {
	uint32_t point;
	int64_t t_ms;
	double value;
	uint8_t quality;
};

/* One (point, t) of a batch that went the long way. */
struct key {
	struct live_point *lp;
	struct sample before, after;
};

struct columns {
	uint32_t n;
	uint32_t *point;
	int64_t *t_ms;
	double *value;
	uint8_t *quality;
	void *memory;
	uint32_t judged[4]; /* rows by quality, the dropped ones too */
};

static bool alloc_columns(struct columns *c, uint32_t n)
{
	size_t each = sizeof(*c->t_ms) + sizeof(*c->value) + sizeof(*c->point) + 1;

	c->memory = malloc(n ? n * each : 1);
	if (!c->memory)
		return false;
	c->t_ms = c->memory;
	c->value = (double *)(c->t_ms + n);
	c->point = (uint32_t *)(c->value + n);
	c->quality = (uint8_t *)(c->point + n);
	return true;
}

static void judge(const struct engine *e, const struct sample_batch *b, struct columns *c)
{
	c->n = 0;
	memset(c->judged, 0, sizeof(c->judged));
	for (uint32_t i = 0; i < b->n; i++) {
		const struct live_point *lp = points_get(e, b->point[i]);
		enum quality q = point_judge(&lp->point.decl, b->value[i],
					     b->quality ? (enum quality)b->quality[i] : QUALITY_OK);

		c->judged[q]++;
		if (q == QUALITY_MISSING)
			continue;
		c->point[c->n] = b->point[i];
		c->t_ms[c->n] = b->t_ms[i];
		c->value[c->n] = b->value[i];
		c->quality[c->n] = (uint8_t)q;
		c->n++;
	}
}

static struct sample row_of(const struct columns *c, uint32_t i)
{
	return (struct sample){
		.t_ms = c->t_ms[i], .value = c->value[i], .quality = (enum quality)c->quality[i]};
}

/* Rows are in order if each is newer than everything of its point, those of the batch before it included. That
 * needs a mark per point; the latest value serves, and is put back. */
static bool is_in_order(const struct engine *e, const struct columns *c)
{
	struct sample *kept = malloc((c->n ? c->n : 1) * sizeof(*kept));
	uint32_t i;
	bool ok = kept != NULL;

	for (i = 0; ok && i < c->n; i++) {
		struct live_point *lp = points_get(e, c->point[i]);

		kept[i] = lp->latest;
		if (lp->latest.t_ms != 0 && c->t_ms[i] <= lp->latest.t_ms)
			break;
		lp->latest.t_ms = c->t_ms[i];
	}
	ok = ok && i == c->n;
	while (kept && i > 0) {
		i--;
		points_get(e, c->point[i])->latest = kept[i];
	}
	free(kept);
	return ok;
}

static int by_key(const void *pa, const void *pb)
{
	const struct key *a = pa, *b = pb;

	if (a->lp->point.id != b->lp->point.id)
		return a->lp->point.id < b->lp->point.id ? -1 : 1;
	return a->before.t_ms < b->before.t_ms ? -1 : a->before.t_ms > b->before.t_ms;
}

/* The distinct (point, t) of the batch, and what stands at each now. */
static uint32_t ask_before(const struct engine *e, const struct columns *c, struct key *keys)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->n; i++)
		keys[i] = (struct key){.lp = points_get(e, c->point[i]), .before = row_of(c, i)};
	qsort(keys, c->n, sizeof(*keys), by_key);
	for (uint32_t i = 0; i < c->n; i++) {
		if (n == 0 || by_key(&keys[n - 1], &keys[i]) != 0)
			keys[n++] = keys[i];
	}
	for (uint32_t i = 0; i < n; i++) {
		int64_t t = keys[i].before.t_ms;

		keys[i].after.t_ms = t;
		live_ask(e, keys[i].lp, t, &keys[i].before);
	}
	return n;
}

static void follow(struct engine *e, const struct key *keys, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct key *k = &keys[i];
		struct sample now;

		live_ask(e, k->lp, k->after.t_ms, &now);
		if (now.t_ms == 0)
			continue;
		if (k->before.t_ms == 0)
			live_add(k->lp, &now);
		else
			live_replace(k->lp, &k->before, &now);
		forecasts_repair(e, k->lp, now.t_ms);
	}
}

static int journal(struct engine *e, const struct sample_batch *b, const struct columns *c,
		   uint64_t token)
{
	struct sample_batch out = *b;

	out.n = c->n;
	out.point = c->point;
	out.t_ms = c->t_ms;
	out.value = c->value;
	out.quality = c->quality;
	return e->ops->journal(e->world, &out, token);
}

static int land_in_order(struct engine *e, const struct sample_batch *b, const struct columns *c,
			 uint64_t token)
{
	int r = journal(e, b, c, token);

	for (uint32_t i = 0; r == 0 && i < c->n; i++) {
		struct sample s = row_of(c, i);

		live_add(points_get(e, c->point[i]), &s);
	}
	return r;
}

static int land_out_of_order(struct engine *e, const struct sample_batch *b,
			     const struct columns *c, uint64_t token)
{
	struct key *keys = malloc((c->n ? c->n : 1) * sizeof(*keys));
	uint32_t n;
	int r;

	if (!keys)
		return -ENOMEM;
	n = ask_before(e, c, keys);
	r = journal(e, b, c, token);
	if (r == 0)
		follow(e, keys, n);
	free(keys);
	return r;
}

int land_batch(struct engine *e, const struct sample_batch *b, uint64_t token)
{
	struct columns c;
	int r;

	if (!alloc_columns(&c, b->n))
		return -ENOMEM;
	judge(e, b, &c);
	if (is_in_order(e, &c))
		r = land_in_order(e, b, &c, token);
	else
		r = land_out_of_order(e, b, &c, token);
	if (r == 0)
		e->ingest.samples += c.n;
	for (size_t q = 0; r == 0 && q < ARRAY_SIZE(c.judged); q++)
		e->ingest.by_quality[q] += c.judged[q];
	free(c.memory);
	return r;
}
