#include "ctl/times.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"

/* "21:00", "21:00:30", "24:00" by way of the parser of moments: on 1 January 1970 they are milliseconds. */
static int parse_ofday(const char *s, int64_t *ret_ms)
{
	char moment[40];

	if (strcmp(s, "24:00") == 0 || strcmp(s, "24:00:00") == 0) {
		*ret_ms = MS_PER_DAY;
		return 0;
	}
	if (snprintf(moment, sizeof(moment), "1970-01-01T%sZ", s) >= (int)sizeof(moment) ||
	    strpbrk(s, "+-Z"))
		return ERR_MALFORMED;
	return num_parse_time_ms(moment, INT32_MIN, ret_ms);
}

static int parse_now(const char *s, struct time_expr *ret)
{
	struct time_expr t = {.form = TIME_NOW};
	int r;

	if (strncmp(s, "now", 3) == 0)
		s += 3;
	if (*s == '\0') {
		*ret = t;
		return 0;
	}
	if (*s != '+' && *s != '-')
		return ERR_MALFORMED;
	/* a hundred years: what is added to a time then fits */
	r = num_parse_duration_ms(s + 1, &t.ms);
	if (r < 0)
		return r;
	if (t.ms > 36525 * MS_PER_DAY)
		return ERR_INVALID;
	if (*s == '-')
		t.ms = -t.ms;
	*ret = t;
	return 0;
}

/* True if s begins with the name of a day; *ret_rest is what follows. */
static bool take_day(const char *s, int *ret_days, const char **ret_rest)
{
	static const struct {
		const char *name;
		int days;
	} names[] = {{"today", 0}, {"tomorrow", 1}, {"yesterday", -1}};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t n = strlen(names[i].name);

		if (strncmp(s, names[i].name, n) == 0) {
			*ret_days = names[i].days;
			*ret_rest = s + n;
			return true;
		}
	}
	return false;
}

static int parse_day(const char *s, struct time_expr *ret)
{
	struct time_expr t = {.form = TIME_OFDAY};
	const char *rest;
	int r = 0;

	if (!take_day(s, &t.days, &rest))
		return ERR_MALFORMED;
	if (*rest == ' ' || *rest == 'T')
		r = parse_ofday(rest + 1, &t.ms);
	else if (*rest)
		r = ERR_MALFORMED;
	if (r == 0)
		*ret = t;
	return r;
}

/* A date, with or without time, with or without zone. */
static int parse_dated(const char *s, struct time_expr *ret)
{
	struct time_expr t = {.form = TIME_MOMENT};
	char midnight[32];
	int r = num_parse_time_ms(s, INT32_MIN, &t.ms);

	if (r == ERR_MALFORMED) {
		t.form = TIME_LOCAL;
		r = num_parse_time_ms(s, 0, &t.ms);
	}
	if (r == ERR_MALFORMED && strlen(s) == strlen("2025-07-15")) {
		(void)snprintf(midnight, sizeof(midnight), "%sT00:00", s);
		r = num_parse_time_ms(midnight, 0, &t.ms);
	}
	if (r == 0)
		*ret = t;
	return r;
}

int times_parse(const char *s, struct time_expr *ret)
{
	struct time_expr t = {.form = TIME_OFDAY, .bare = true};
	int r;

	if (*s == '\0')
		return ERR_MALFORMED;
	if (*s == '+' || *s == '-' || strncmp(s, "now", 3) == 0)
		return parse_now(s, ret);
	r = parse_day(s, ret);
	if (r != ERR_MALFORMED)
		return r;
	r = parse_ofday(s, &t.ms);
	if (r == 0)
		*ret = t;
	return r == ERR_MALFORMED ? parse_dated(s, ret) : r;
}

/* UTC of a wall time: days since 1970-01-01 of the local calendar, and ms of that day. */
static int64_t utc_of(const struct zone *zone, int64_t days, int64_t ms)
{
	int64_t minutes;
	int year, month, day;

	days += ms / MS_PER_DAY;
	ms %= MS_PER_DAY;
	minutes = ms / MS_PER_MIN;
	num_civil_from_days(days, &year, &month, &day);
	return zone_utc(zone, year, month, day, (int)(minutes / 60), (int)(minutes % 60)) +
	       ms % MS_PER_MIN;
}

static int64_t days_of_today(const struct zone *zone, int64_t now_ms)
{
	struct local_time l = zone_local(zone, now_ms);

	return num_days_from_civil(l.year, l.month, l.day);
}

int64_t times_resolve(const struct time_expr *t, const struct zone *zone, int64_t now_ms)
{
	int64_t days;

	switch (t->form) {
	case TIME_MOMENT:
		return t->ms;
	case TIME_NOW:
		return now_ms + t->ms;
	case TIME_OFDAY:
		return utc_of(zone, days_of_today(zone, now_ms) + t->days, t->ms);
	case TIME_LOCAL:
		break;
	}
	days = t->ms / MS_PER_DAY - (t->ms % MS_PER_DAY < 0);
	return utc_of(zone, days, t->ms - days * MS_PER_DAY);
}

int64_t times_resolve_after(const struct time_expr *t, const struct zone *zone, int64_t now_ms,
			    int64_t after_ms)
{
	int64_t days = days_of_today(zone, after_ms), ms;

	if (!t->bare)
		return times_resolve(t, zone, now_ms);
	ms = utc_of(zone, days, t->ms);
	return ms > after_ms ? ms : utc_of(zone, days + 1, t->ms);
}
