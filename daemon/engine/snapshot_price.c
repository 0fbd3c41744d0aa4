/* Prices: what is pushed goes before the tariff. */
#include <math.h>
#include <stdio.h>

#include "engine/dayflags.h"
#include "engine/forecasts.h"
#include "engine/points.h"
#include "engine/snapshot_priv.h"

#define PRICE_MAX 1e9

/* Mean tariff price of a step; false where the tariff does not hold. */
static bool tariff_mean(const struct engine *e, const struct site *s, int64_t from_ms,
			int64_t to_ms, int64_t *ret)
{
	const char *flags[DAY_FLAGS_MAX];
	int64_t sum = 0, n = 0, price;

	for (int64_t t = from_ms; t < to_ms; t += SLOT_MS, n++) {
		const struct tariff *tariff = site_tariff_at(s, t);
		int n_flags = dayflags_at(e, s, t, flags);

		if (!tariff || tariff_price_at(tariff, s->zone, t, flags, n_flags, &price))
			return false;
		sum += price;
	}
	if (n > 0)
		*ret = (2 * sum + n) / (2 * n);
	return n > 0;
}

static void tariff_prices(struct snapshot_builder *b, bool buy, int64_t *ret,
			  struct plan_source *src)
{
	const struct site *s = b->ss->site;
	const struct tariff *first = site_tariff_at(s, b->in->now_ms);
	bool whole;

	if (!first &&
	    s->n_tariffs > 0) /* outside of all: the last one is the nearest to the truth */
		first = s->tariffs[s->n_tariffs - 1];
	whole = first != NULL;

	for (uint32_t i = 0; i < b->in->n; i++) {
		int64_t from = b->in->start_ms[i], to = from + b->in->duration_ms[i];
		const struct tariff *t = site_tariff_at(s, from);

		t = t ? t : first;
		ret[i] = t ? t->sell_price_e4 : 0;
		if (!buy || tariff_mean(b->e, s, from, to, &ret[i]))
			continue;
		ret[i] = t ? t->flat_price_e4 : 0;
		whole = false;
	}
	snprintf(src->source, sizeof(src->source), "tariff:%s%s", first ? first->id : "none",
		 whole ? "" : ", outside its validity");
	src->quality = whole ? QUALITY_OK : QUALITY_MISSING;
}

/* A price that is pushed goes before the tariff, step by step; where no tariff holds, what was paid so far tells. */
static int fill_price(struct snapshot_builder *b, bool buy, int64_t *ret)
{
	const char *input = buy ? "price_buy" : "price_sell";
	const struct live_point *lp =
		points_bound(b->e, b->ss->site, buy ? "price.buy" : "price.sell");
	struct forecast_ask ask = {
		.input = input, .as = FORECAST_MEAN, .min = -PRICE_MAX, .max = PRICE_MAX};
	double *v = ARENA_ARRAY(b->arena, b->in->n, double);
	enum quality *q = ARENA_ARRAY(b->arena, b->in->n, enum quality), worst;
	struct plan_source *src = snapshot_next_source(b), pushed;
	uint32_t n_taken = 0;

	if (!v || !q)
		return -ENOMEM;
	snapshot_set_source(src, input, "", QUALITY_OK);
	tariff_prices(b, buy, ret, src);
	worst = src->quality == QUALITY_OK ? QUALITY_OK : QUALITY_ESTIMATED;
	forecasts_ask(b->e, lp, &ask);
	if (!ask.curve && (worst == QUALITY_OK || !ask.outlook))
		return 0;
	forecast_fill(&ask, &b->steps, v, q, &pushed);
	for (uint32_t i = 0; i < b->in->n; i++) {
		if (q[i] > worst)
			continue;
		ret[i] = llround(v[i]);
		n_taken++;
	}
	if (n_taken == b->in->n)
		*src = pushed;
	else if (n_taken > 0)
		snprintf(src->source, sizeof(src->source), "%s%.90s (%u of %u steps), then tariff",
			 ask.curve ? "curve:" : "", ask.curve ? ask.curve->source : pushed.source,
			 n_taken, b->in->n);
	return 0;
}

int snapshot_prices(struct snapshot_builder *b)
{
	int r = fill_price(b, true, b->in->price_buy_e4);

	return r ? r : fill_price(b, false, b->in->price_sell_e4);
}
