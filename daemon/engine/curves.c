#include "engine/curves.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/points.h"
#include "engine/records.h"
#include "engine/state.h"
#include "engine/wake.h"

/* How much of the past a merged curve keeps: the running slot and a little for people to look at. */
#define KEEP_PAST_MS MS_PER_DAY
/* Clocks differ. A forecast from further ahead would stand against every later one until its time comes. */
#define ISSUE_AHEAD_MS MS_PER_DAY

const struct curve *curves_get(const struct live_point *lp)
{
	return lp ? lp->curve : NULL;
}

static void free_curve(struct curve *c)
{
	if (!c)
		return;
	free(c->value);
	free(c->p10);
	free(c->p90);
	free(c);
}

static double *nans(uint32_t n)
{
	double *v = malloc(n * sizeof(*v));

	for (uint32_t i = 0; v && i < n; i++)
		v[i] = NAN;
	return v;
}

/* An empty curve of that shape; NULL: out of memory. */
static struct curve *new_curve(const struct curve *shape, int64_t start_ms, uint32_t n,
			       bool quantiles)
{
	struct curve *c = malloc(sizeof(*c));

	if (!c)
		return NULL;
	*c = *shape;
	c->start_ms = start_ms;
	c->n = n;
	c->value = nans(n);
	c->p10 = quantiles ? nans(n) : NULL;
	c->p90 = quantiles ? nans(n) : NULL;
	if (c->value && (!quantiles || (c->p10 && c->p90)))
		return c;
	free_curve(c);
	return NULL;
}

/* Lays the finite steps of `from` over `to`. */
static void lay(struct curve *to, const struct curve *from)
{
	for (uint32_t i = 0; i < from->n; i++) {
		int64_t t = from->start_ms + (int64_t)i * from->step_ms;
		int64_t k = (t - to->start_ms) / to->step_ms;

		if (t < to->start_ms || k >= to->n || !isfinite(from->value[i]))
			continue;
		to->value[k] = from->value[i];
		if (!to->p10)
			continue;
		to->p10[k] = from->p10 ? from->p10[i] : NAN;
		to->p90[k] = from->p90 ? from->p90[i] : NAN;
	}
}

static int64_t end_of(const struct curve *c)
{
	return c->start_ms + (int64_t)c->n * c->step_ms;
}

static bool same_grid(const struct curve *a, const struct curve *b)
{
	return a->step_ms == b->step_ms && (a->start_ms - b->start_ms) % a->step_ms == 0;
}

/* The merge of what is known and what came; NULL: out of memory. Which came first does not matter, but for two of
 * one issue time, where the later stands. */
static struct curve *merge(const struct curve *known, const struct curve *came)
{
	bool newer = !known || came->issue_ms >= known->issue_ms;
	const struct curve *top = newer ? came : known, *below = newer ? known : came;
	bool quantiles = top->p10 != NULL || (below && below->p10 != NULL);
	int64_t start = top->start_ms, end = end_of(top);
	struct curve *c;

	if (below && same_grid(top, below)) {
		int64_t keep = top->issue_ms - KEEP_PAST_MS;
		int64_t first = below->start_ms;

		if (first < keep)
			first += (keep - first) / top->step_ms * top->step_ms;
		start = min_i64(start, first);
		end = max_i64(end, end_of(below));
		/* what came has to fit, whatever of the old goes for it */
		start = max_i64(start, end_of(top) - (int64_t)CURVE_MAX * top->step_ms);
		end = min_i64(end, start + (int64_t)CURVE_MAX * top->step_ms);
	} else {
		below = NULL;
	}
	c = new_curve(top, start, (uint32_t)((end - start) / top->step_ms), quantiles);
	if (!c)
		return NULL;
	if (below)
		lay(c, below);
	lay(c, top);
	return c;
}

static int check(const struct engine *e, const char *source, const struct curve *c, struct fault *f)
{
	const struct live_point *lp = points_get(e, c->point);

	if (!lp)
		return fault_set(f, ERR_NOTFOUND, "point %u is not declared", c->point);
	if (c->n == 0 || c->n > CURVE_MAX)
		return fault_set(f, ERR_INVALID, "%u steps; 1 to %d are allowed", c->n, CURVE_MAX);
	if (c->step_ms < MS_PER_S || c->step_ms > MS_PER_DAY)
		return fault_set(f, ERR_INVALID, "a step is 1 s to 1 day");
	if (c->start_ms < 0 || c->start_ms > INT64_MAX / 4 || c->issue_ms < 0 ||
	    c->issue_ms > INT64_MAX / 4)
		return fault_set(f, ERR_INVALID, "start or issue time is out of range");
	if (e->clock.now_ms > 0 && c->issue_ms > e->clock.now_ms + ISSUE_AHEAD_MS)
		return fault_set(f, ERR_INVALID, "issue_ms: lies over a day in the future");
	if (!source[0])
		return fault_set(f, ERR_INVALID, "a curve has a source");
	return 0;
}

int engine_push_curve(struct engine *e, const char *source, const struct curve *c, struct waiter *w,
		      struct fault *f)
{
	struct live_point *lp = points_get(e, c->point);
	struct curve named = *c, *merged;
	int r = records_check(e, f);

	if (r == 0)
		r = check(e, source, c, f);
	if (r)
		return r;
	snprintf(named.source, sizeof(named.source), "%s", source);
	merged = merge(lp->curve, &named);
	if (!merged)
		return fault_set(f, -ENOMEM, "out of memory");
	free_curve(lp->curve);
	lp->curve = merged;
	records_put(e, &(struct ledger_op){.kind = LEDGER_CURVE, .curve = merged});
	records_wait(e, w, records_mark(e));
	return 0;
}

int curves_restore(struct engine *e, const struct curve *c)
{
	struct live_point *lp = points_get(e, c->point);
	struct curve *copy;

	if (!lp || c->n == 0 || c->step_ms <= 0)
		return ERR_CORRUPT;
	copy = merge(NULL, c);
	if (!copy)
		return -ENOMEM;
	free_curve(lp->curve);
	lp->curve = copy;
	return 0;
}
