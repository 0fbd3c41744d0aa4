#include "model/tariff.h"

#include <string.h>

#define MIN_PER_DAY 1440
#define MIN_PER_H 60

const char *tou_class_name(enum tou_class c)
{
	static const char *const names[] = {"valley", "flat", "peak", "critical"};

	return (unsigned)c < ARRAY_SIZE(names) ? names[c] : "?";
}

static bool span_holds(const struct tou_span *s, int minute)
{
	if (s->from_min < s->to_min)
		return minute >= s->from_min && minute < s->to_min;
	return minute >= s->from_min || minute < s->to_min;
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
