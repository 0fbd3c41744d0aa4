/* The POSIX TZ rule in the footer of a TZif file (RFC 8536 §3.3): "CET-1CEST,M3.5.0,M10.5.0/3". It says what
 * holds after the last transition of the table. Part of zone.c's work; pure. */
#pragma once

#include "base/base.h"

/* A day of the year, and the local time of the clock before it is moved. */
struct tzrule_date {
	enum { TZRULE_MONTH_WEEK, TZRULE_JULIAN_NO_LEAP, TZRULE_DAY_OF_YEAR } kind;
	int month, week, weekday; /* 1…12, 1…5 (5 = last), 0 = Sunday */
	int day;		  /* J: 1…365, 29 February is never counted; plain: 0…365 */
	int32_t time_s;		  /* −167 h … 167 h from local midnight (RFC 8536 §3.3.1) */
};

struct tzrule {
	int32_t std_s, dst_s; /* seconds east of UTC */
	bool has_dst;
	struct tzrule_date start, end; /* of DST */
};

/* 0 or ERR_MALFORMED. A name of DST without dates is malformed: RFC 8536 demands them. */
int tzrule_parse(const char *s, struct tzrule *ret);

/* Seconds east of UTC that hold at UTC second t_s. */
int32_t tzrule_offset_s(const struct tzrule *r, int64_t t_s);
