/* What kind of day a local date is, as data: public holidays, and the days at weekends that are worked to make up for
 * them (调休). China publishes both once a year (国务院办公厅关于部分节假日安排的通知); no rule foretells them, so a year
 * that is not listed has its weekends only. Dates are numbers of days since 1970-01-01 (num_days_from_civil). Pure. */
#pragma once

#include "base/slot.h"
#include "model/tariff.h"

#define CALENDAR_MAX_HOLIDAYS 256
#define CALENDAR_MAX_WORKDAYS 128

enum day_kind {
	DAY_WORKDAY,
	DAY_REST,    /* a weekend that is one */
	DAY_HOLIDAY, /* named */
	DAY_KINDS
};
const char *day_kind_name(enum day_kind k); /* "workday", "rest day", "holiday" */

struct calendar_holiday {
	char name[ID_MAX];
	int32_t from_day, to_day; /* both included */
};

struct calendar {
	char id[ID_MAX];
	char document[TEXT_MAX_B]; /* where the dates come from */
	int n_holidays, n_workdays;
	struct calendar_holiday holidays[CALENDAR_MAX_HOLIDAYS];
	int32_t workdays[CALENDAR_MAX_WORKDAYS]; /* worked though at a weekend */
};

/* c NULL: weekends only. A date that is both a holiday and a workday is a holiday (calendar_check reports it). */
enum day_kind calendar_day_kind(const struct calendar *c, int32_t day);
/* Name of the holiday, "" if it is none. */
const char *calendar_holiday_name(const struct calendar *c, int32_t day);
/* 0 = Monday … 6 = Sunday. */
int calendar_weekday(int32_t day);
/* The local date of a moment. */
int32_t calendar_date(const struct zone *z, int64_t t_ms);
/* UTC ms of the local midnight that begins it. */
int64_t calendar_midnight(const struct zone *z, int32_t day);

/* Reports every fault ("holidays[2].to": before from; "workdays[0]": no weekend, listed twice, a holiday); returns
 * how many. */
int calendar_check(const struct calendar *c, check_cb cb, void *arg);
