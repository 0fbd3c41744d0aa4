#include "base/tzrule.h"

#include "base/ascii.h"
#include "base/err.h"
#include "base/num.h"

static bool take_char(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

static bool take_int(const char **s, int lo, int hi, int *ret)
{
	int x = 0;

	if (!ascii_is_digit(**s))
		return false;
	for (; ascii_is_digit(**s); (*s)++) {
		x = x * 10 + (**s - '0');
		if (x > hi)
			return false;
	}
	*ret = x;
	return x >= lo;
}

/* "CET" or "<+08>" */
static bool take_name(const char **s)
{
	const char *from = *s;

	if (take_char(s, '<')) {
		while (ascii_is_letter(**s) || ascii_is_digit(**s) || **s == '+' || **s == '-')
			(*s)++;
		return *s - from >= 4 && take_char(s, '>');
	}
	while (ascii_is_letter(**s))
		(*s)++;
	return *s - from >= 3;
}

/* [+-]hh[:mm[:ss]] in seconds */
static bool take_time(const char **s, int hours_max, int32_t *ret_s)
{
	bool negative = **s == '-';
	int h, m = 0, sec = 0;

	if (**s == '-' || **s == '+')
		(*s)++;
	if (!take_int(s, 0, hours_max, &h))
		return false;
	if (take_char(s, ':') && !take_int(s, 0, 59, &m))
		return false;
	if (take_char(s, ':') && !take_int(s, 0, 59, &sec))
		return false;
	*ret_s = (h * 3600 + m * 60 + sec) * (negative ? -1 : 1);
	return true;
}

static bool take_day(const char **s, struct tzrule_date *d)
{
	if (take_char(s, 'M')) {
		d->kind = TZRULE_MONTH_WEEK;
		return take_int(s, 1, 12, &d->month) && take_char(s, '.') &&
		       take_int(s, 1, 5, &d->week) && take_char(s, '.') &&
		       take_int(s, 0, 6, &d->weekday);
	}
	if (take_char(s, 'J')) {
		d->kind = TZRULE_JULIAN_NO_LEAP;
		return take_int(s, 1, 365, &d->day);
	}
	d->kind = TZRULE_DAY_OF_YEAR;
	return take_int(s, 0, 365, &d->day);
}

static bool take_date(const char **s, struct tzrule_date *d)
{
	d->time_s = 2 * 3600;
	return take_char(s, ',') && take_day(s, d) &&
	       (!take_char(s, '/') || take_time(s, 167, &d->time_s));
}

int tzrule_parse(const char *s, struct tzrule *ret)
{
	struct tzrule r = {0};
	int32_t west_s;

	/* POSIX counts westward */
	if (!take_name(&s) || !take_time(&s, 24, &west_s))
		return ERR_MALFORMED;
	r.std_s = -west_s;
	r.has_dst = *s != '\0';
	if (r.has_dst) {
		west_s -= 3600;
		if (!take_name(&s) || (*s != ',' && !take_time(&s, 24, &west_s)))
			return ERR_MALFORMED;
		r.dst_s = -west_s;
		if (!take_date(&s, &r.start) || !take_date(&s, &r.end) || *s)
			return ERR_MALFORMED;
	}
	*ret = r;
	return 0;
}

static int64_t day_of_month_week(const struct tzrule_date *d, int year)
{
	int64_t first = num_days_from_civil(year, d->month, 1);
	int64_t next = d->month == 12 ? num_days_from_civil(year + 1, 1, 1)
				      : num_days_from_civil(year, d->month + 1, 1);
	int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
	int64_t day = first + (d->weekday - weekday + 7) % 7 + 7 * (d->week - 1);

	while (day >= next)
		day -= 7;
	return day;
}

/* Seconds of the date in the year, as local wall time counted like UTC. */
static int64_t local_s(const struct tzrule_date *d, int year)
{
	int64_t jan1 = num_days_from_civil(year, 1, 1);
	int64_t day;

	switch (d->kind) {
	case TZRULE_MONTH_WEEK:
		day = day_of_month_week(d, year);
		break;
	case TZRULE_JULIAN_NO_LEAP:
		/* day 60 is 1 March in every year */
		day = d->day < 60 ? jan1 + d->day - 1
				  : num_days_from_civil(year, 3, 1) + d->day - 60;
		break;
	default:
		day = jan1 + d->day;
		break;
	}
	return day * 86400 + d->time_s;
}

int32_t tzrule_offset_s(const struct tzrule *r, int64_t t_s)
{
	int64_t latest_s = INT64_MIN;
	int32_t offset_s = r->std_s;
	int year, month, day;

	if (!r->has_dst)
		return r->std_s;
	num_civil_from_days((t_s - (t_s % 86400 + 86400) % 86400) / 86400, &year, &month, &day);
	/* The last change at or before t counts. Ends come first: where the end of one DST is the start of the
	 * next (DST all year), the start wins. */
	for (int y = year - 1; y <= year + 1; y++) {
		int64_t end_s = local_s(&r->end, y) - r->dst_s;

		if (end_s <= t_s && end_s > latest_s) {
			latest_s = end_s;
			offset_s = r->std_s;
		}
	}
	for (int y = year - 1; y <= year + 1; y++) {
		int64_t start_s = local_s(&r->start, y) - r->std_s;

		if (start_s <= t_s && start_s >= latest_s) {
			latest_s = start_s;
			offset_s = r->dst_s;
		}
	}
	return offset_s;
}
