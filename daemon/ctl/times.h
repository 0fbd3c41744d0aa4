/* Times as people type them. What can be checked without the daemon is checked by times_parse(); the zone and
 * the engine's time come in by times_resolve(). Pure.
 *
 *	2025-07-15T21:00+08:00  2025-07-15T13:00Z   a moment
 *	2025-07-15T21:00  2025-07-15                 local time, local midnight
 *	21:00  21:00:30  24:00                        of today (local, by the engine's clock)
 *	today  tomorrow  yesterday                    their midnights
 *	tomorrow 21:00                                (or tomorrowT21:00)
 *	now  +2h  -15min  now+2h */
#pragma once

#include "base/slot.h"

enum time_form {
	TIME_MOMENT, /* ms: UTC */
	TIME_LOCAL,  /* ms: wall time, counted as if it were UTC */
	TIME_OFDAY,  /* ms: since local midnight of `days` from today */
	TIME_NOW,    /* ms: from now */
};

struct time_expr {
	enum time_form form;
	int64_t ms;
	int days;
	bool bare; /* TIME_OFDAY without a day: "21:00" */
};

/* 0, ERR_MALFORMED or ERR_INVALID (hour 25, 30 February). */
int times_parse(const char *s, struct time_expr *ret);

/* UTC ms. */
int64_t times_resolve(const struct time_expr *t, const struct zone *zone, int64_t now_ms);
/* The same, but a bare hour is the first such hour after after_ms. */
int64_t times_resolve_after(const struct time_expr *t, const struct zone *zone, int64_t now_ms,
			    int64_t after_ms);
