#include "engine/forecasts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/curves.h"
#include "engine/points.h"
#include "engine/state.h"
#include "forecast/frozen.h"

#define CURVE_MAX_AGE_MS (2 * MS_PER_DAY)
/* Points learn at different times of the night, so that no plan waits for all of them. */
#define LEARN_AFTER_MS MS_PER_H
#define LEARN_GROUPS 16
#define FROZEN_LOOK_SLOTS (4 * SLOTS_PER_DAY)
/* A meter's last slot may be on its way. */
#define FROZEN_LAG_SLOTS 2

int forecasts_init(struct engine *e)
{
	e->forecasts.work = calloc(1, sizeof(*e->forecasts.work));
	return e->forecasts.work ? 0 : -ENOMEM;
}

void forecasts_fini(struct engine *e)
{
	free(e->forecasts.work);
}

static enum forecast_kind kind_of_generator(enum asset_kind k)
{
	return k == ASSET_WIND ? FORECAST_WIND : k == ASSET_HYDRO ? FORECAST_HYDRO : FORECAST_PV;
}

bool forecasts_kind(const struct live_point *lp, enum forecast_kind *ret)
{
	const char *role = lp->binding ? lp->binding->role : "";
	struct site_role r;

	/* what others load a shared limit with is nobody's role */
	if (!lp->binding && lp->history) {
		*ret = FORECAST_OTHER;
		return true;
	}
	if (site_role_parse(role, &r))
		return false;
	if (asset_kind_is_generator(r.kind))
		*ret = kind_of_generator(r.kind);
	else if (strcmp(role, "load.power") == 0 || strcmp(role, "pcc.power") == 0)
		*ret = FORECAST_LOAD;
	else if (strncmp(role, "price.", 6) == 0)
		*ret = FORECAST_PRICE;
	else if (strcmp(role, "temperature") == 0)
		*ret = FORECAST_TEMPERATURE;
	else if (strcmp(role, "carbon") == 0 ||
		 (r.kind == ASSET_QUEUE && strstr(role, "].arrivals")))
		*ret = FORECAST_OTHER;
	else
		return false;
	/* what passes the PCC may have either sign, and no ratio */
	if (strcmp(role, "pcc.power") == 0)
		*ret = FORECAST_OTHER;
	return true;
}

/* ---- Outlooks ------------------------------------------------------------------------------------ */

static double long_mean(const void *ctx, int64_t slot_ms)
{
	return history_long_mean(ctx, slot_ms);
}

static double unknown(const void *ctx, int64_t slot_ms)
{
	(void)ctx;
	(void)slot_ms;
	return NAN;
}

static struct dayview_ask view_of(const struct site *site, enum forecast_kind kind,
				  struct history *h, int64_t at_ms)
{
	bool given = kind == FORECAST_PV || kind == FORECAST_WIND || kind == FORECAST_HYDRO;

	if (h)
		history_settle(h);
	return (struct dayview_ask){.zone = site->zone,
				    .calendar = site->calendar,
				    .now_ms = at_ms,
				    .sign = given ? -1 : 1,
				    .period_ms = h ? h->decl.period_ms : SLOT_MS,
				    .mean = h ? long_mean : unknown,
				    .ctx = h};
}

/* The midnight up to which is learnt from, later for some points than for others. */
static int64_t learn_until(const struct site *site, uint32_t point, int64_t now_ms)
{
	int64_t wait = LEARN_AFTER_MS + point % LEARN_GROUPS * SLOT_MS;

	return zone_day_start(site->zone, now_ms - wait);
}

static const struct score *learn(struct engine *e, const struct live_point *lp,
				 const struct site *site, enum forecast_kind kind)
{
	struct forecast_work *w = e->forecasts.work;
	struct learnt *l = lp->learnt;
	int64_t until = learn_until(site, lp->point.id, e->clock.now_ms);
	struct dayview_ask then = view_of(site, kind, lp->history, until);

	if (l->until_ms == until && lp->history->changed_ms >= until)
		return &l->score;
	dayview_init(&w->view, &then);
	score_make(method_of(kind), &w->view, &w->score, &l->score);
	l->until_ms = until;
	lp->history->changed_ms = INT64_MAX;
	e->forecasts.learnt++;
	return &l->score;
}

static const struct outlook *make(struct engine *e, const struct live_point *lp,
				  const struct site *site, struct outlook_ask *ask)
{
	struct forecast_work *w = e->forecasts.work;
	struct history *h = lp ? lp->history : NULL;
	struct dayview_ask now = view_of(site, ask->kind, h, e->clock.now_ms);

	if (h)
		ask->score = learn(e, lp, site, ask->kind);
	dayview_init(&w->view, &now);
	if (w->view.n_known == 0 && !ask->month_ppm)
		return NULL;
	ask->sign = now.sign;
	ask->view = &w->view;
	outlook_make(ask, &w->outlook);
	e->forecasts.outlooks++;
	return &w->outlook;
}

static const struct site *site_of(const struct engine *e, const struct live_point *lp)
{
	if (!lp || e->n_sites == 0)
		return NULL;
	return e->sites[lp->site >= 0 ? lp->site : 0].site;
}

static void ask_basic(const struct engine *e, const struct live_point *lp, struct forecast_ask *ask)
{
	ask->now_ms = e->clock.now_ms;
	ask->curve = curves_get(lp);
	ask->curve_max_age_ms = CURVE_MAX_AGE_MS;
	ask->history = lp ? lp->history : NULL;
	ask->outlook = NULL;
}

void forecasts_ask(struct engine *e, const struct live_point *lp, struct forecast_ask *ask)
{
	const struct site *site = site_of(e, lp);
	struct outlook_ask o = {0};

	ask_basic(e, lp, ask);
	if (site && lp->history && forecasts_kind(lp, &o.kind))
		ask->outlook = make(e, lp, site, &o);
}

void forecasts_ask_generator(struct engine *e, const struct live_point *lp, const struct site *site,
			     const struct generator *g, struct forecast_ask *ask)
{
	struct outlook_ask o = {.kind = kind_of_generator(generator_kind(g)),
				.capacity = (double)g->capacity_w};

	ask_basic(e, lp, ask);
	for (int i = 0; i < 12; i++) {
		if (g->month_ppm[i] > 0)
			o.month_ppm = g->month_ppm;
	}
	ask->outlook = make(e, lp && lp->history ? lp : NULL, site, &o);
}

/* ---- Quantiles ----------------------------------------------------------------------------------- */

static double curve_quantile(const struct curve *c, const double *value, int64_t from_ms,
			     int64_t to_ms)
{
	struct curve one = *c;

	one.value = (double *)value;
	return value ? curve_mean(&one, from_ms, to_ms) : NAN;
}

static struct band slot_band(const struct forecast_ask *ask, int64_t from_ms)
{
	const struct curve *c = ask->curve;
	struct band b = {NAN, NAN, NAN};

	if (c && c->issue_ms >= ask->now_ms - ask->curve_max_age_ms &&
	    !isnan(curve_mean(c, from_ms, from_ms + SLOT_MS))) {
		b.p10 = curve_quantile(c, c->p10, from_ms, from_ms + SLOT_MS);
		b.p50 = curve_mean(c, from_ms, from_ms + SLOT_MS);
		b.p90 = curve_quantile(c, c->p90, from_ms, from_ms + SLOT_MS);
		if (!isnan(b.p10) && !isnan(b.p90))
			return b;
	}
	return ask->outlook ? outlook_band(ask->outlook, from_ms) : b;
}

bool forecasts_quantiles(struct engine *e, const struct live_point *lp,
			 const struct forecast_steps *steps, struct band *ret)
{
	struct forecast_ask ask = {0};
	bool any = false;

	forecasts_ask(e, lp, &ask);
	for (uint32_t i = 0; i < steps->n; i++) {
		int64_t end = steps->start_ms[i] + steps->duration_ms[i];
		struct band sum = {0};
		int n = 0;

		for (int64_t t = slot_floor(steps->start_ms[i]); t < end; t += SLOT_MS, n++) {
			struct band b = slot_band(&ask, t);

			sum.p10 += b.p10;
			sum.p50 += b.p50;
			sum.p90 += b.p90;
		}
		ret[i] = (struct band){sum.p10 / n, sum.p50 / n, sum.p90 / n};
		any |= !isnan(ret[i].p50);
	}
	return any;
}

/* ---- Meters that hang ---------------------------------------------------------------------------- */

/* The slot means of the last days up to now; false: not a point that is watched for that. */
static bool look_back(const struct engine *e, const struct live_point *lp,
		      float mean[FROZEN_LOOK_SLOTS])
{
	int64_t end = slot_floor(e->clock.now_ms);
	enum forecast_kind kind;

	if (!lp->history || !forecasts_kind(lp, &kind) || kind == FORECAST_PRICE)
		return false;
	history_settle(lp->history);
	for (int i = 0; i < FROZEN_LOOK_SLOTS; i++)
		mean[i] = (float)history_long_mean(lp->history,
						   end - (FROZEN_LOOK_SLOTS - i) * SLOT_MS);
	return true;
}

int64_t forecasts_frozen_ms(const struct engine *e, const struct live_point *lp)
{
	float mean[FROZEN_LOOK_SLOTS];
	int n = FROZEN_LOOK_SLOTS;

	if (!look_back(e, lp, mean))
		return 0;
	for (int lag = 0; lag < FROZEN_LAG_SLOTS && isnan(mean[n - 1]); lag++)
		n--;
	return frozen_tail(mean, n, lp->point.decl.period_ms) * SLOT_MS;
}

void forecasts_frozen_slots(const struct engine *e, const struct live_point *lp, int n, bool *ret)
{
	float mean[FROZEN_LOOK_SLOTS], masked[FROZEN_LOOK_SLOTS];

	memset(ret, 0, (size_t)n * sizeof(*ret));
	if (!look_back(e, lp, mean))
		return;
	memcpy(masked, mean, sizeof(masked));
	if (frozen_mask(masked, FROZEN_LOOK_SLOTS, lp->point.decl.period_ms) == 0)
		return;
	for (int i = 0; i < n; i++) {
		int at = FROZEN_LOOK_SLOTS - n + i;

		ret[i] = isnan(masked[at]) && !isnan(mean[at]);
	}
}
