#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/require.h"
#include "model/tariff.h"

#define MIN_PER_DAY 1440

struct checker {
	const struct tariff *t;
	check_cb cb;
	void *arg;
	int n;
};

PRINTF_LIKE(3, 4)
static void report(struct checker *c, const char *path, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->n++;
	c->cb(c->arg, path, text);
}

static bool span_is_valid(const struct tou_span *s)
{
	return (unsigned)s->cls <= TOU_CRITICAL && s->from_min >= 0 && s->from_min < MIN_PER_DAY &&
	       s->to_min >= 0 && s->to_min <= MIN_PER_DAY && s->from_min != s->to_min;
}

static int span_length(const struct tou_span *s)
{
	return s->to_min > s->from_min ? s->to_min - s->from_min
				       : MIN_PER_DAY - s->from_min + s->to_min;
}

static void check_span(struct checker *c, int season, int k)
{
	const struct tou_season *s = &c->t->seasons[season];
	char path[64];

	snprintf(path, sizeof(path), "seasons[%d].spans[%d]", season, k);
	if (!span_is_valid(&s->spans[k]))
		report(c, path, "a span is from one time of day to another one, 00:00 to 24:00");
	else if (s->overlay != (s->spans[k].cls == TOU_CRITICAL))
		report(c, path, "%s, %s", tou_class_name(s->spans[k].cls),
		       s->overlay ? "but an overlay adds critical periods only"
				  : "but critical periods stand in overlay seasons");
}

static void check_season(struct checker *c, int i)
{
	const struct tou_season *s = &c->t->seasons[i];
	char path[64];

	REQUIRE(s->n_spans >= 0 && s->n_spans <= TARIFF_MAX_SPANS);
	snprintf(path, sizeof(path), "seasons[%d].months", i);
	if (s->months == 0 || (s->months & ~TARIFF_ALL_MONTHS))
		report(c, path, "at least one month, 1 to 12");
	snprintf(path, sizeof(path), "seasons[%d].day_flag", i);
	if (s->day_flag[0] && !s->overlay)
		report(c, path, "only an overlay may depend on a day flag");
	if (s->day_flag[0] && !id_is_valid(s->day_flag))
		report(c, path, "a flag is an id of [a-z0-9_.-]");
	snprintf(path, sizeof(path), "seasons[%d].spans", i);
	if (s->n_spans == 0)
		report(c, path, "at least one span");
	for (int k = 0; k < s->n_spans; k++)
		check_span(c, i, k);
}

/* How the base seasons cover one month. */
struct cover {
	uint8_t count[MIN_PER_DAY];
	int8_t cls[MIN_PER_DAY];
};

static void cover_month(struct checker *c, int month, struct cover *cover)
{
	memset(cover, 0, sizeof(*cover));
	for (int i = 0; i < c->t->n_seasons; i++) {
		const struct tou_season *s = &c->t->seasons[i];

		if (s->overlay || !(s->months & UINT32_C(1) << (month - 1)))
			continue;
		for (int k = 0; k < s->n_spans; k++) {
			int at = s->spans[k].from_min;

			if (!span_is_valid(&s->spans[k]))
				continue;
			for (int left = span_length(&s->spans[k]); left > 0; left--) {
				if (cover->count[at] < UINT8_MAX)
					cover->count[at]++;
				cover->cls[at] = (int8_t)s->spans[k].cls;
				at = (at + 1) % MIN_PER_DAY;
			}
		}
	}
}

static void check_cover(struct checker *c, int month, const struct cover *cover)
{
	for (int from = 0; from < MIN_PER_DAY;) {
		int to = from + 1;

		while (to < MIN_PER_DAY && (cover->count[to] > 1) == (cover->count[from] > 1) &&
		       (cover->count[to] == 0) == (cover->count[from] == 0))
			to++;
		if (cover->count[from] != 1)
			report(c, "seasons",
			       "month %d, %02d:%02d-%02d:%02d is in %s period; every minute is in "
			       "exactly one",
			       month, from / 60, from % 60, to / 60, to % 60,
			       cover->count[from] ? "more than one" : "no");
		from = to;
	}
}

/* A critical period of the calendar is a part of the peak; one of a flagged day stands where its rule says. */
static void check_overlay(struct checker *c, int month, int season, const struct cover *cover)
{
	const struct tou_season *s = &c->t->seasons[season];
	char path[64];

	for (int k = 0; k < s->n_spans; k++) {
		int at = s->spans[k].from_min;

		if (!span_is_valid(&s->spans[k]))
			continue;
		for (int left = span_length(&s->spans[k]); left > 0; left--) {
			if (cover->count[at] == 1 && cover->cls[at] != TOU_PEAK) {
				snprintf(path, sizeof(path), "seasons[%d].spans[%d]", season, k);
				report(c, path, "month %d: %02d:%02d is %s, not peak", month,
				       at / 60, at % 60,
				       tou_class_name((enum tou_class)cover->cls[at]));
				break;
			}
			at = (at + 1) % MIN_PER_DAY;
		}
	}
}

static void check_months(struct checker *c)
{
	struct cover cover;

	for (int month = 1; month <= 12; month++) {
		cover_month(c, month, &cover);
		check_cover(c, month, &cover);
		for (int i = 0; i < c->t->n_seasons; i++) {
			const struct tou_season *s = &c->t->seasons[i];

			if (s->overlay && s->day_flag[0] == '\0' &&
			    (s->months & UINT32_C(1) << (month - 1)))
				check_overlay(c, month, i, &cover);
		}
	}
}

static void check_ratios(struct checker *c)
{
	const int64_t *r = c->t->ratio_ppm;

	if (r[TOU_FLAT] != PPM)
		report(c, "ratios.flat", "the flat price is the unit: 1");
	if (r[TOU_VALLEY] <= 0 || r[TOU_VALLEY] > r[TOU_FLAT])
		report(c, "ratios.valley", "above 0 and not above flat");
	if (r[TOU_PEAK] < r[TOU_FLAT])
		report(c, "ratios.peak", "not below flat");
	if (r[TOU_CRITICAL] < r[TOU_PEAK])
		report(c, "ratios.critical", "not below peak");
}

static bool hours_are_valid(const struct day_hours *h)
{
	return h->from_min >= 0 && h->from_min < MIN_PER_DAY && h->to_min >= 0 &&
	       h->to_min <= MIN_PER_DAY && h->from_min != h->to_min;
}

static void check_demand(struct checker *c, int i)
{
	const struct tariff_demand *d = &c->t->demands[i];
	char path[64];

	REQUIRE(d->n_hours >= 0 && d->n_hours <= DEMAND_MAX_HOURS);
	snprintf(path, sizeof(path), "demand[%d].id", i);
	if (!id_is_valid(d->id))
		report(c, path, "1 to %d of [a-z0-9_.-]", ID_MAX - 1);
	for (int k = 0; k < i; k++) {
		if (strcmp(d->id, c->t->demands[k].id) == 0)
			report(c, path, "\"%s\" is the id of another charge too", d->id);
	}
	snprintf(path, sizeof(path), "demand[%d].price", i);
	if (d->price_e4 <= 0)
		report(c, path, "above 0");
	snprintf(path, sizeof(path), "demand[%d].interval", i);
	if (d->interval_ms != SLOT_MS && d->interval_ms != 2 * SLOT_MS &&
	    d->interval_ms != MS_PER_H)
		report(c, path, "15min, 30min or 1h");
	snprintf(path, sizeof(path), "demand[%d].months", i);
	if (d->months == 0 || (d->months & ~TARIFF_ALL_MONTHS))
		report(c, path, "at least one month, 1 to 12");
	for (int k = 0; k < d->n_hours; k++) {
		snprintf(path, sizeof(path), "demand[%d].hours[%d]", i, k);
		if (!hours_are_valid(&d->hours[k]))
			report(c, path, "from one time of day to another one, 00:00 to 24:00");
	}
}

static void check_demands(struct checker *c)
{
	REQUIRE(c->t->n_demands >= 0 && c->t->n_demands <= TARIFF_MAX_DEMANDS);
	if (c->t->demand_price_e4 < 0)
		report(c, "demand_price", "0 or more");
	if (c->t->demand_price_e4 > 0 && c->t->n_demands > 0)
		report(c, "demand_price", "is the short form of demand: one of the two");
	for (int i = 0; i < c->t->n_demands; i++)
		check_demand(c, i);
}

int tariff_check(const struct tariff *t, check_cb cb, void *arg)
{
	struct checker c = {t, cb, arg, 0};

	REQUIRE(t->n_seasons >= 0 && t->n_seasons <= TARIFF_MAX_SEASONS);
	if (!id_is_valid(t->id))
		report(&c, "id", "1 to %d of [a-z0-9_.-]", ID_MAX - 1);
	if (t->valid_from_ms >= t->valid_to_ms)
		report(&c, "valid_to", "is not after valid_from");
	if (t->flat_price_e4 <= 0)
		report(&c, "flat_price", "above 0");
	check_demands(&c);
	check_ratios(&c);
	for (int i = 0; i < t->n_seasons; i++)
		check_season(&c, i);
	check_months(&c);
	return c.n;
}
