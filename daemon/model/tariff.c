#include "model/tariff.h"

#include <stdio.h>
#include <string.h>

#define MIN_PER_DAY 1440
#define MIN_PER_H 60

const char *tou_class_name(enum tou_class c)
{
	static const char *const names[] = {"valley", "flat", "peak", "critical"};

	return (unsigned)c < ARRAY_SIZE(names) ? names[c] : "?";
}

static bool hours_hold(int from_min, int to_min, int minute)
{
	if (from_min < to_min)
		return minute >= from_min && minute < to_min;
	return minute >= from_min || minute < to_min;
}

static bool span_holds(const struct tou_span *s, int minute)
{
	return hours_hold(s->from_min, s->to_min, minute);
}

static bool season_holds(const struct tou_season *s, int month, const char *const *flags,
			 int n_flags)
{
	if (!(s->months & UINT32_C(1) << (month - 1)))
		return false;
	if (s->day_flag[0] == '\0')
		return true;
	for (int i = 0; i < n_flags; i++) {
		if (strcmp(flags[i], s->day_flag) == 0)
			return true;
	}
	return false;
}

/* The class of a minute of a day, or −1 where no base season covers it. The last overlay wins. */
static int class_of_minute(const struct tariff *t, int month, int minute, const char *const *flags,
			   int n_flags)
{
	int base = -1, over = -1;

	for (int i = 0; i < t->n_seasons; i++) {
		const struct tou_season *s = &t->seasons[i];

		if (!season_holds(s, month, flags, n_flags))
			continue;
		for (int k = 0; k < s->n_spans; k++) {
			if (span_holds(&s->spans[k], minute))
				*(s->overlay ? &over : &base) = (int)s->spans[k].cls;
		}
	}
	return over >= 0 ? over : base;
}

int tariff_class_at(const struct tariff *t, const struct zone *z, int64_t t_ms,
		    const char *const *flags, int n_flags, enum tou_class *ret)
{
	struct local_time l;
	int cls;

	if (t_ms < t->valid_from_ms || t_ms >= t->valid_to_ms)
		return ERR_NODATA;
	l = zone_local(z, t_ms);
	cls = class_of_minute(t, l.month, l.hour * MIN_PER_H + l.minute, flags, n_flags);
	if (cls < 0)
		return ERR_NODATA;
	*ret = (enum tou_class)cls;
	return 0;
}

int tariff_price_at(const struct tariff *t, const struct zone *z, int64_t t_ms,
		    const char *const *flags, int n_flags, int64_t *ret_buy_e4)
{
	enum tou_class cls;
	int r = tariff_class_at(t, z, t_ms, flags, n_flags, &cls);
	__int128 scaled;

	if (r)
		return r;
	scaled = (__int128)t->flat_price_e4 * t->ratio_ppm[cls];
	*ret_buy_e4 = (int64_t)((scaled < 0 ? scaled - PPM / 2 : scaled + PPM / 2) / PPM);
	return 0;
}

int64_t tariff_weighted_hours_ppm(const struct tariff *t, int month, const char *const *flags,
				  int n_flags)
{
	int64_t sum = 0;

	for (int minute = 0; minute < MIN_PER_DAY; minute++) {
		int cls = class_of_minute(t, month, minute, flags, n_flags);

		if (cls >= 0)
			sum += t->ratio_ppm[cls];
	}
	return (sum + MIN_PER_H / 2) / MIN_PER_H;
}

int tariff_demands(const struct tariff *t, struct tariff_demand ret[static TARIFF_MAX_DEMANDS])
{
	int n = 0;

	if (t->demand_price_e4 > 0) {
		ret[n] = (struct tariff_demand){.price_e4 = t->demand_price_e4,
						.interval_ms = SLOT_MS,
						.months = TARIFF_ALL_MONTHS};
		snprintf(ret[n++].id, sizeof(ret[0].id), "demand");
	}
	for (int i = 0; i < t->n_demands && n < TARIFF_MAX_DEMANDS; i++)
		ret[n++] = t->demands[i];
	return n;
}

bool tariff_demand_holds(const struct tariff_demand *d, const struct zone *z, int64_t t_ms)
{
	struct local_time l = zone_local(z, t_ms);

	if (!(d->months & UINT32_C(1) << (l.month - 1)))
		return false;
	for (int i = 0; i < d->n_hours; i++) {
		if (hours_hold(d->hours[i].from_min, d->hours[i].to_min,
			       l.hour * MIN_PER_H + l.minute))
			return true;
	}
	return d->n_hours == 0;
}
