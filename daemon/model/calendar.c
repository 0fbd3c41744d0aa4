#include "model/calendar.h"

#include <stdio.h>

#include "base/num.h"

const char *day_kind_name(enum day_kind k)
{
	static const char *const names[] = {"workday", "rest day", "holiday"};

	return (unsigned)k < ARRAY_SIZE(names) ? names[k] : "?";
}

int calendar_weekday(int32_t day)
{
	/* 1970-01-01 was a Thursday */
	int w = (day + 3) % 7;

	return w < 0 ? w + 7 : w;
}

static const struct calendar_holiday *find_holiday(const struct calendar *c, int32_t day)
{
	for (int i = 0; c && i < c->n_holidays; i++) {
		if (day >= c->holidays[i].from_day && day <= c->holidays[i].to_day)
			return &c->holidays[i];
	}
	return NULL;
}

static bool is_made_up(const struct calendar *c, int32_t day)
{
	for (int i = 0; c && i < c->n_workdays; i++) {
		if (c->workdays[i] == day)
			return true;
	}
	return false;
}

enum day_kind calendar_day_kind(const struct calendar *c, int32_t day)
{
	if (find_holiday(c, day))
		return DAY_HOLIDAY;
	if (calendar_weekday(day) < 5 || is_made_up(c, day))
		return DAY_WORKDAY;
	return DAY_REST;
}

const char *calendar_holiday_name(const struct calendar *c, int32_t day)
{
	const struct calendar_holiday *h = find_holiday(c, day);

	return h ? h->name : "";
}

int32_t calendar_date(const struct zone *z, int64_t t_ms)
{
	struct local_time l = zone_local(z, t_ms);

	return (int32_t)num_days_from_civil(l.year, l.month, l.day);
}

int64_t calendar_midnight(const struct zone *z, int32_t day)
{
	int y, m, d;

	num_civil_from_days(day, &y, &m, &d);
	return zone_utc(z, y, m, d, 0, 0);
}

struct checking {
	check_cb cb;
	void *arg;
	int n;
};

static void report(struct checking *x, const char *list, int i, const char *key, const char *text)
{
	char path[ID_MAX];

	snprintf(path, sizeof(path), "%s[%d]%s", list, i, key);
	x->cb(x->arg, path, text);
	x->n++;
}

static void check_holidays(struct checking *x, const struct calendar *c)
{
	for (int i = 0; i < c->n_holidays; i++) {
		const struct calendar_holiday *h = &c->holidays[i];
		bool overlaps = false;

		if (h->name[0] == '\0')
			report(x, "holidays", i, ".name", "is missing");
		if (h->to_day < h->from_day) {
			report(x, "holidays", i, ".to", "is before from");
			continue;
		}
		for (int k = 0; k < i; k++)
			overlaps |= c->holidays[k].from_day <= h->to_day &&
				    c->holidays[k].to_day >= h->from_day;
		if (overlaps)
			report(x, "holidays", i, "", "overlaps one before it");
	}
}

int calendar_check(const struct calendar *c, check_cb cb, void *arg)
{
	struct checking x = {.cb = cb, .arg = arg};

	check_holidays(&x, c);
	for (int i = 0; i < c->n_workdays; i++) {
		bool twice = false;

		for (int k = 0; k < i; k++)
			twice |= c->workdays[k] == c->workdays[i];
		if (twice)
			report(&x, "workdays", i, "", "is listed twice");
		else if (find_holiday(c, c->workdays[i]))
			report(&x, "workdays", i, "", "is a holiday too");
		else if (calendar_weekday(c->workdays[i]) < 5)
			report(&x, "workdays", i, "", "is no weekend: it is worked anyway");
	}
	return x.n;
}
