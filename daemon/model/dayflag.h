/* Flags of days that tariffs ask for: "heat35" says that a day is, or will be, as hot as 35 °C. A flag comes as data,
 * with its source and time of issue, and may be revised: of several words about the same day the latest issue stands.
 * Pure. */
#pragma once

#include "model/units.h"

#define DAY_FLAGS_MAX 8 /* of one day */

struct day_flag {
	uint64_t id;		/* of its record; a revision keeps it */
	char scope[ID_MAX * 2]; /* a site's id, a time zone's name, "" = everywhere */
	char name[ID_MAX];
	int32_t day; /* days since 1970-01-01 of the local date */
	bool set;
	char source[NAME_MAX_B];
	int64_t issue_ms; /* when the source said so */
	int64_t put_ms;	  /* when it came */
	char who[ID_MAX];
};

/* Are both about the same day, flag and place? */
bool day_flag_is_same(const struct day_flag *a, const struct day_flag *b);
/* Does b, which came later, take the place of a? The latest issue stands; of equal ones the later word. */
bool day_flag_replaces(const struct day_flag *a, const struct day_flag *b);
